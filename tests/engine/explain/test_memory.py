from __future__ import annotations

import numpy as np
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.explain.memory import ActivationMemory, activation_memory
from engine.formats import open_source
from engine.graph.layers import index_layers
from engine.graph.shapes import bind
from engine.profiling.child import Child
from engine.profiling.measure import profile
from engine.progress import Progress
from tests.conftest import FindPath
from tests.engine.explain.measured import Measured, measured

KIB = 1024
"""Bytes of float[256]; every value of the models here is one, two or four of them."""

HEAD = '<ir_version: 8, opset_import: ["": 17]>'
RESIDUAL = f"""{HEAD}
g (float[256] x) => (float[256] y) {{
    [one] a = Abs(x)
    [two] b = Neg(a)
    [three] c = Sqrt(b)
    [four] y = Add(c, a)
}}"""


def memory(found: Measured) -> ActivationMemory:
    return activation_memory(found.model, found.index, found.profile)


def kib(found: ActivationMemory) -> dict[str, float]:
    return {step.layer: step.live_bytes / KIB for step in found.steps}


def test_a_residual_stays_alive_until_it_is_added() -> None:
    found = memory(measured(RESIDUAL))
    # x is held by the caller throughout; at three: x, a (for the Add), b, c.
    assert kib(found) == {"one": 2, "two": 3, "three": 4, "four": 4}
    assert found.peak_bytes == 4 * KIB
    assert set(found.peak_layers) == {"one", "two", "three"}
    assert [step.own_bytes for step in found.steps] == [KIB] * 4


def test_what_stays_inside_a_kernel_never_exists() -> None:
    found = memory(measured(RESIDUAL, ("two", "three")))
    assert kib(found) == {"one": 2, "two": 3, "four": 4}


def test_a_kernel_that_reads_late_keeps_its_input() -> None:
    found = memory(measured(RESIDUAL, ("four", "two", "three")))
    assert kib(found) == {"one": 2, "four": 3}


def test_concat_holds_both_sides_and_the_result() -> None:
    found = memory(
        measured(f"""{HEAD}
        g (float[256] x) => (float[256] y) {{
            [left] a = Abs(x)
            [right] b = Neg(x)
            [join] c = Concat<axis=0>(a, b)
            [sum] d = Abs(c)
            [out] y = Slice(d, start, end)
        }}""", arrays={"start": np.array([0]), "end": np.array([256])})
    )  # fmt: skip
    assert kib(found) == {"left": 2, "right": 3, "join": 5, "sum": 5, "out": 4}
    assert found.peak_layers[0] == "join"
    assert set(found.peak_layers) == {"join", "left", "right"}


def test_a_reshape_is_a_view() -> None:
    text = f"""{HEAD}
    g (float[256] x) => (float[256] y) {{
        [one] a = Abs(x)
        [shape] b = Reshape(a, to)
        [two] c = Neg(b)
        [back] d = Flatten(c)
        [three] e = Sqrt(d)
        [last] y = Reshape(e, flat)
    }}"""
    arrays = {"to": np.array([16, 16]), "flat": np.array([256])}
    found = memory(measured(text, arrays=arrays))
    # The last one is the model's output, which is memory of its own.
    assert kib(found) == {"one": 2, "shape": 2, "two": 3, "back": 2, "three": 3, "last": 3}
    assert [step.own_bytes for step in found.steps if step.layer in ("shape", "back")] == [0, 0]


def test_a_view_keeps_what_it_views() -> None:
    text = f"""{HEAD}
    g (float[256] x) => (float[256] y) {{
        [one] a = Abs(x)
        [shape] b = Reshape(a, to)
        [two] c = Neg(x)
        [three] d = Sqrt(c)
        [flat] e = Flatten<axis=0>(b)
        [same] f = Reshape(e, back)
        [four] y = Add(d, f)
    }}"""
    found = memory(measured(text, arrays={"to": np.array([16, 16]), "back": np.array([256])}))
    assert kib(found)["three"] == 4  # x, a behind its view, c, d


def test_a_branch_adds_to_its_owner_and_hands_its_result_over() -> None:
    text = f"""{HEAD}
    g (float[256] x, bool c) => (float[256] y) {{
        [one] a = Abs(x)
        [if] r = If (c) <
            then_branch = t () => (float[256] u) {{
                [big] p = Concat<axis=0>(a, a, a, a)
                [cut] u = Slice(p, start, end)
            }},
            else_branch = e () => (float[256] v) {{
                [small] v = Neg(a)
            }}
        >
        [two] y = Neg(r)
    }}"""
    arrays = {"start": np.array([0]), "end": np.array([256])}
    found = memory(measured(text, arrays=arrays))
    live = {step.layer: step.live_bytes for step in found.steps}
    assert live["one"] == 2 * KIB + 1  # and one byte of the condition
    # x, a (captured by the branches), the larger branch with p and u, where u is the result r
    assert live["if"] == (2 + 4 + 1) * KIB + 1
    assert live["two"] == 3 * KIB + 1
    assert "if/then_branch/big" in found.peak_layers[0]

    not_taken = memory(measured(text, arrays=arrays, states={"if/then_branch/big": "not_run",
                                                             "if/then_branch/cut": "not_run"}))  # fmt: skip
    assert {step.layer: step.live_bytes for step in not_taken.steps}["if"] == 3 * KIB + 1


def test_the_body_of_a_loop_holds_its_state_once() -> None:
    text = f"""{HEAD}
    g (float[256] x, int64 n, bool c) => (float[256] y) {{
        [loop] y = Loop (n, c, x) <
            body = b (int64 i, bool going, float[256] before) => (bool still, float[256] after) {{
                [still] still = Identity(going)
                [step] after = Neg(before)
            }}
        >
    }}"""
    found = memory(measured(text))
    (step,) = found.steps
    # x outside; before and after inside, one of which becomes y; and a few bytes of counters and conditions
    assert 3 * KIB <= step.live_bytes < 3 * KIB + 32


def test_what_the_runtime_took_away_holds_nothing() -> None:
    text = f"""{HEAD}
    g (float[256] x) => (float[256] y) {{
        [one] a = Abs(x)
        [gone] b = Identity(a)
        [two] y = Neg(b)
    }}"""
    assert kib(memory(measured(text, states={"gone": "eliminated"}))) == {"one": 2, "two": 3}


def test_weights_count_once_and_apart() -> None:
    text = f"""{HEAD}
    g (float[1,256] x) => (float[1,256] y) {{
        [one] a = MatMul(x, w)
        [two] b = MatMul(a, w)
        [folded] t = Abs(bias)
        [three] y = Add(b, t)
    }}"""
    arrays = {"w": np.zeros((256, 256), np.float32), "bias": np.zeros(256, np.float32)}
    found = memory(measured(text, arrays=arrays, states={"folded": "folded"}))
    assert found.weight_bytes == 257 * KIB
    assert kib(found) == {"one": 2, "two": 3, "three": 3}


def test_a_precision_that_ran_halves_what_its_kernels_leave() -> None:
    found = memory(measured(RESIDUAL, precision="bfloat16"))
    assert kib(found) == {"one": 1.5, "two": 2, "three": 2.5, "four": 2.5}


def test_sizes_that_nobody_knows_are_named() -> None:
    text = f"""{HEAD}
    g (float[N] x) => (float[M] y) {{
        [one] a = NonZero(x)
        [two] b = Cast<to=1>(a)
        [three] y = Abs(b)
    }}"""
    assert "one" in memory(measured(text)).unknown
    assert memory(measured(RESIDUAL)).unknown == ()


@pytest.mark.real_models
def test_mobilenet_peaks_at_its_first_expansion(real_model: FindPath) -> None:
    progress, settings = Progress(), RunSettings(runs=3)
    model = open_source(real_model("mobilenet_v2_1.0_224_fp32"), progress).model
    with Child() as host:
        runtime = Runtime(backend_of("cpu"), settings, host)
        found = profile(model, runtime, synthetic(model, settings, 1), progress)
    bound = bind(model, {}, 1, strict=True)
    memory = activation_memory(bound, index_layers(bound), found)
    image, wide, narrow = 3 * 224 * 224, 96 * 112 * 112, 96 * 56 * 56
    # The depthwise convolution with stride 2 reads the expanded activations and writes a quarter of them.
    assert memory.peak_bytes == 4 * (image + wide + narrow)
    assert memory.peak_layers == ("conv3", "conv4")
    assert memory.weight_bytes == pytest.approx(13.96e6, rel=0.01)
    assert memory.unknown == ()
    # What the runtime's allocator really held has the same activations without the caller's image, and some more.
    assert found.arena_bytes is not None
    assert 4 * (wide + narrow) <= found.arena_bytes < 8 * (image + wide + narrow)
