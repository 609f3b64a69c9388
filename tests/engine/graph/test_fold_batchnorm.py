from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.fold_batchnorm import fold_batchnorms
from engine.graph.layers import origins

BN = "BatchNormalization<epsilon=0.01>"
BN_OF_A = f"{BN}(a, gamma, beta, mean, var)"


def statistics(channels: int, rng: np.random.Generator) -> dict[str, np.ndarray]:
    return {
        "gamma": rng.uniform(-2, 2, channels).astype(np.float32),
        "beta": rng.standard_normal(channels).astype(np.float32),
        "mean": rng.standard_normal(channels).astype(np.float32),
        "var": rng.uniform(0.1, 2, channels).astype(np.float32),
    }


@settings(max_examples=40, deadline=None)
@given(
    kind=st.sampled_from(["Conv", "ConvTranspose", "Gemm", "Gemm<transB=1>", "Gemm<alpha=0.5, beta=2.0>"]),
    group=st.sampled_from([1, 2, 4]),
    bias=st.booleans(),
    seed=st.integers(0, 2**32 - 1),
)
def test_the_result_is_the_same(parse, run_model, kind: str, group: int, bias: bool, seed: int) -> None:
    rng = np.random.default_rng(seed)
    channels = 8
    weights = statistics(channels, rng)
    if kind.startswith("Gemm"):
        shape, out, op = "1,4", "1,8", kind
        weights["w"] = rng.standard_normal((8, 4) if "transB" in kind else (4, 8)).astype(np.float32)
    else:
        shape, out, op = "1,4,5,5", "1,8,H,W", f"{kind}<group={group}>"
        size = (8, 4 // group, 3, 3) if kind == "Conv" else (4, 8 // group, 3, 3)
        weights["w"] = rng.standard_normal(size).astype(np.float32)
    if bias:
        weights["b"] = rng.standard_normal(channels).astype(np.float32)
    text = f"g (float[{shape}] x) => (float[{out}] y) {{ [first] a = {op}(x, w{', b' if bias else ''}) "
    model = parse(text + f"[bn] y = {BN_OF_A} }}", **weights)
    feeds = {"x": rng.standard_normal([int(size) for size in shape.split(",")]).astype(np.float32)}
    before = run_model(model, feeds)[0]
    folded, refused = fold_batchnorms(model)
    assert (sum(folded.values()), refused) == (1, {})
    (node,) = model.graph
    assert (node.name, origins(node), node.outputs[0].name) == ("first", ("first", "bn"), "y")
    after = run_model(model, feeds)[0]
    assert np.max(np.abs(after - before)) <= 1e-5 * max(1.0, float(np.max(np.abs(before))))


def conv_bn(parse, text: str, **more: np.ndarray) -> ir.Model:
    rng = np.random.default_rng(0)
    return parse(text, w=np.ones((8, 4, 1, 1), np.float32), **statistics(8, rng), **more)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (f"(float[1,4,5,5] x) => (float[1,8,5,5] y, float[1,8,5,5] a) {{ a = Conv(x, w) y = {BN_OF_A} }}",
         "something else"),
        (f"(float[1,4,5,5] x) => (float[1,8,5,5] y) {{ a = Conv(x, w) n = {BN_OF_A} y = Add(n, a) }}",
         "something else"),
        (f"(float[1,4,5,5] x, float[8] b) => (float[1,8,5,5] y) {{ a = Conv(x, w) y = {BN}(a, gamma, b, mean, var) }}",
         "not constant"),
        (f"(float[1,8,5,5] x) => (float[1,8,5,5] y) {{ a = Relu(x) y = {BN_OF_A} }}", "stands before"),
    ],
)  # fmt: skip
def test_refuses_with_a_reason(parse, text: str, why: str) -> None:
    model = conv_bn(parse, "g " + text)
    before = ir.to_proto(model).SerializeToString()
    folded, refused = fold_batchnorms(model)
    assert folded == {}
    assert why in next(iter(refused.values()))
    assert ir.to_proto(model).SerializeToString() == before


def test_a_shared_weight_keeps_its_other_users(parse, run_model) -> None:
    text = f"""g (float[1,4,5,5] x) => (float[1,8,5,5] y, float[1,8,5,5] z) {{
        [a] a = Conv(x, w) [bn] y = {BN_OF_A} [z] z = Conv(x, w)
    }}"""
    model = conv_bn(parse, text)
    feeds = {"x": np.random.default_rng(1).standard_normal((1, 4, 5, 5)).astype(np.float32)}
    before = run_model(model, feeds)
    fold_batchnorms(model)
    for old, new in zip(before, run_model(model, feeds), strict=True):
        np.testing.assert_allclose(new, old, rtol=1e-4, atol=1e-5)


def test_source_tensors_are_not_written(parse) -> None:
    text = f"g (float[1,4,5,5] x) => (float[1,8,5,5] y) {{ a = Conv(x, w) y = {BN_OF_A} }}"
    model = conv_bn(parse, text)
    before = model.graph.initializers["w"].const_value.numpy().tobytes()
    fold_batchnorms(model.clone())
    assert model.graph.initializers["w"].const_value.numpy().tobytes() == before
