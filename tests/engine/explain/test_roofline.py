from __future__ import annotations

import numpy as np
import pytest

from engine.explain.roofline import Ceilings, LayerRoof, roofline
from tests.engine.explain.measured import Measured, measured

HEAD = '<ir_version: 8, opset_import: ["": 17]>'
CEILINGS = Ceilings("cpu", 1, {"float32": 100.0, "int8": 400.0, "bfloat16": 200.0}, 10.0, "")
"""100 GMAC/s and 10 GB/s: float32 is bound by memory below 10 MACs a byte."""

CONV = f"""{HEAD}
g (float[1,16,8,8] x) => (float[1,32,8,8] y) {{
    [conv] a = Conv<pads=[1,1,1,1]>(x, w)
    [act] y = Relu(a)
}}"""
WEIGHT = {"w": np.zeros((32, 16, 3, 3), np.float32)}


def roofs(found: Measured, ceilings: Ceilings = CEILINGS) -> dict[str, LayerRoof]:
    return {roof.layer: roof for roof in roofline(found.index, found.profile, ceilings).layers}


def test_a_kernel_moves_what_crosses_its_boundary_once() -> None:
    (roof,) = roofs(measured(CONV, ("conv", "act"), arrays=WEIGHT, us=10.0)).values()
    assert roof.layer == "conv"
    assert roof.macs == 32 * 8 * 8 * 16 * 9
    assert roof.bytes == 4 * (16 * 64 + 32 * 16 * 9 + 32 * 64)
    assert roof.gmacs_per_s == pytest.approx(roof.macs / 10_000)
    assert roof.gbytes_per_s == pytest.approx(roof.bytes / 10_000)
    assert roof.intensity == pytest.approx(roof.macs / roof.bytes)


def test_a_kernel_alone_writes_what_the_next_one_reads() -> None:
    found = roofs(measured(CONV, arrays=WEIGHT))
    assert found["conv"].bytes == 4 * (16 * 64 + 32 * 16 * 9 + 32 * 64)
    assert found["act"].bytes == 4 * 2 * 32 * 64
    assert found["act"].macs == 0


def test_the_lower_ceiling_bounds() -> None:
    conv = roofs(measured(CONV, arrays=WEIGHT, us=10.0))["conv"]
    # 294,912 MACs take 2.95 us at 100 GMAC/s; 30,720 bytes take 3.07 us at 10 GB/s.
    assert conv.bound == "memory"
    assert conv.of_ceiling == pytest.approx(0.3072)
    fast = roofs(measured(CONV, arrays=WEIGHT, us=10.0), Ceilings("cpu", 1, {"float32": 100.0}, 20.0, ""))["conv"]
    assert fast.bound == "compute"
    assert fast.of_ceiling == pytest.approx(0.294912)


def test_a_precision_that_was_not_measured_stands_under_the_fastest_floats() -> None:
    assert [CEILINGS.rate(name) for name in ("float32", "int8", "float64", "")] == [100, 400, 200, 200]
    assert Ceilings("cpu", 1, {"int8": 400.0}, 10.0, "").rate("float32") == 0


def test_small_kernels_stand_under_the_bandwidth_of_the_cache() -> None:
    cached = Ceilings("cpu", 1, {"float32": 1e9}, 10.0, "", by_size=((1 << 10, 100.0), (1 << 20, 10.0)))
    assert [cached.bandwidth(size) for size in (1, 1 << 10, 1 << 19, 1 << 20, 1 << 30)] == [100, 100, 100, 10, 10]
    assert roofs(measured(CONV, arrays=WEIGHT, us=10.0), cached)["conv"].of_ceiling == pytest.approx(0.03072)


def test_copies_around_a_kernel_are_not_its_time() -> None:
    with_copies = roofs(measured(CONV, arrays=WEIGHT, us=10.0, inserted_us=90.0))["conv"]
    assert with_copies.gmacs_per_s == pytest.approx(294_912 / 10_000)


def test_the_precision_that_ran_sets_sizes_and_ceiling() -> None:
    short = roofs(measured(CONV, ("conv", "act"), arrays=WEIGHT, precision="bfloat16"))["conv"]
    assert short.precision == "bfloat16"
    assert short.bytes == 2 * (16 * 64 + 32 * 16 * 9 + 32 * 64)
    assert short.bound == "memory"


def test_a_fused_quantized_kernel_moves_bytes() -> None:
    text = f"""{HEAD}
    g (uint8[1,16,8,8] x) => (uint8[1,32,8,8] y) {{
        [in] a = DequantizeLinear(x, s, z)
        [weight] b = DequantizeLinear(w, s, zw)
        [conv] c = Conv<pads=[1,1,1,1]>(a, b)
        [out] y = QuantizeLinear(c, s, z)
    }}"""
    arrays = {
        "w": np.zeros((32, 16, 3, 3), np.int8),
        "s": np.array(1.0, np.float32),
        "z": np.array(0, np.uint8),
        "zw": np.array(0, np.int8),
    }
    fused = roofs(measured(text, ("conv", "in", "weight", "out"), arrays=arrays))["conv"]
    assert fused.precision == "int8"
    assert fused.bytes == 16 * 64 + 32 * 16 * 9 + 32 * 64 + 4 + 1 + 1
    apart = roofs(measured(text, ("conv", "weight"), arrays=arrays))
    assert apart["conv"].bytes > 2 * fused.bytes  # its activations are float32
    assert apart["conv"].precision == "float32"


def test_what_moves_nothing_has_no_roof() -> None:
    text = f"""{HEAD}
    g (float[4,64] x) => (float[64] y) {{
        [one] a = Abs(x)
        [view] b = Reshape(a, to)
        [cut] c = Slice(b, start, end)
        [two] y = Abs(c)
    }}"""
    arrays = {"to": np.array([256]), "start": np.array([0]), "end": np.array([64])}
    found = roofs(measured(text, arrays=arrays))
    assert set(found) == {"one", "cut", "two"}
    assert found["cut"].bytes == 2 * 4 * 64 + 8 + 8  # it reads what it gives, and its bounds


def test_layers_of_a_loop_count_every_iteration() -> None:
    text = f"""{HEAD}
    g (float[1,64] x, bool c) => (float[1,64] y) {{
        [loop] y = Loop (n, yes, x) <
            body = b (int64 i, bool going, float[1,64] before) => (bool still, float[1,64] after) {{
                [still] still = Identity(going)
                [step] after = MatMul(before, w)
            }}
        >
    }}"""
    arrays = {"n": np.array(5), "yes": np.array(True), "w": np.zeros((64, 64), np.float32)}
    found = roofs(measured(text, arrays=arrays))
    assert set(found) == {"loop/body/step"}
    assert found["loop/body/step"].macs == 5 * 64 * 64
    assert found["loop/body/step"].bytes == 5 * 4 * (64 * 64 + 2 * 64)
