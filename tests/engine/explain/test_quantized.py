"""Which Q/DQ kernels could have fused, on small graphs with kernels given by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from engine.backend import RunSettings
from engine.backends import backend_of
from engine.explain.quantized import stayed
from engine.explain.reason import Side
from engine.graph.layers import index_layers
from engine.profiling.profile import KernelTiming, Latency, Profile
from tests.engine.profiling.helpers import floats, parsed

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'


def side(body: str, own: list[str], ops: dict[str, str] | None = None, inserted: tuple[str, ...] = ()) -> Side:
    """A graph from x to y; the layers in ``own`` ran as kernels of their own."""
    weights = {"s": np.float32(0.1).reshape(()), "z": np.zeros((), np.uint8), "w": floats(4, 4)}
    weights |= {"w_q": np.ones((4, 4), np.int8), "w_z": np.zeros((), np.int8)}
    model = parsed(HEAD + f"g (float[4,4] x) => (float[4,4] y) {{ {body} }}", weights)
    index = index_layers(model)
    kernels = tuple(
        KernelTiming(
            name, (ops or {}).get(name, index.by_id[name].op), "CPU", (name,), name, 5.0, 5.0, 0.1, name in inserted
        )
        for name in own
    )
    profile = Profile(
        device="cpu", threads=1, batch=1, runs=1, latency_ms=Latency(1.0, 1.0, 1.0, 1.0), throughput_per_s=1000.0,
        kernel_sum_ms=0.1, profiled_ms=1.0, profiler_overhead=0.0, attributed_share=1.0, peak_memory_bytes=0,
        noisy=False, inputs="synthetic", kernels=kernels, layers=(),
    )  # fmt: skip
    return Side(model, model, index, profile, RunSettings(), backend_of("cpu").facts("cpu"))


EDGES = """
    [q1] a = QuantizeLinear(x, s, z) [d1] b = DequantizeLinear(a, s, z)
    [dw] v = DequantizeLinear(w_q, s, w_z)
    [mm] c = MatMul(b, v)
    [q2] d = QuantizeLinear(c, s, z) [d2] y = DequantizeLinear(d, s, z)
"""
ISLAND = """
    [q1] a = QuantizeLinear(x, s, z) [d1] b = DequantizeLinear(a, s, z) [mm1] c = MatMul(b, w)
    [q2] d = QuantizeLinear(c, s, z) [d2] e = DequantizeLinear(d, s, z) [odd] f = Softmax(e)
    [q3] g = QuantizeLinear(f, s, z) [d3] h = DequantizeLinear(g, s, z) [mm2] i = MatMul(h, w)
    [q4] j = QuantizeLinear(i, s, z) [d4] y = DequantizeLinear(j, s, z)
"""


def found(one: Side) -> list[str]:
    return [stay.kernel.name for stay in stayed(one)]


def test_the_edges_of_an_integer_region_are_unavoidable() -> None:
    assert found(side(EDGES, ["q1", "mm", "d2"], {"mm": "QLinearMatMul"})) == []


def test_a_float_layer_between_integer_ones_has_a_pair_that_stayed() -> None:
    one = side(ISLAND, ["q1", "mm1", "d2", "odd", "q3", "mm2", "d4"])
    assert found(one) == ["d2", "q3"]
    assert {stay.around for stay in stayed(one)} == {("odd",)}
    assert {stay.activations for stay in stayed(one)} == {"uint8"}


def test_a_weight_that_is_dequantized_in_every_run_is_avoidable() -> None:
    one = side(EDGES, ["q1", "d1", "dw", "mm", "d2"])
    (weight,) = (stay for stay in stayed(one) if stay.kernel.name == "dw")
    assert weight.around == ("mm",) and weight.activations == "uint8"


def test_a_pair_with_nothing_between_only_rounds() -> None:
    body = "[q1] a = QuantizeLinear(x, s, z) [d1] b = DequantizeLinear(a, s, z) [act] y = Softmax(b)"
    one = side(body, ["q1", "d1", "act"])
    assert found(one) == ["q1", "d1"]
    (dequantize,) = (stay for stay in stayed(one) if stay.kernel.name == "d1")
    assert dequantize.around == ("act",)


def test_a_long_float_part_between_is_a_choice_and_not_a_pair() -> None:
    chain = " ".join(f"[r{n}] e{n + 1} = Softmax(e{n})" for n in range(6))
    body = ISLAND.replace("[d2] e = ", "[d2] e0 = ").replace("[odd] f = Softmax(e)", chain).replace("(f, s", "(e6, s")
    assert found(side(body, ["q1", "mm1", "d2", "q3", "mm2", "d4"])) == []


@pytest.mark.parametrize("op", ["Subgraph", "FakeQuantize"])
def test_a_kernel_that_does_only_quantize_is_one_whatever_its_name(op: str) -> None:
    assert found(side(ISLAND, ["q3"], {"q3": op})) == ["q3"]
    moved = side(ISLAND, ["q3"], {"q3": "Reorder"}, inserted=("q3",))
    assert found(moved) == [], "what the runtime inserted for it is a change of layout"


def test_layers_of_the_source_are_named_where_a_treatment_says_them() -> None:
    one = side(ISLAND, ["d2"])
    one.index.node("d2").metadata_props["lathe.origins"] = '["odd", "gone"]'
    (stay,) = stayed(replace(one, index=index_layers(one.model)))
    assert stay.asked_by == ("odd",), "layers that the model no longer has are left out"
