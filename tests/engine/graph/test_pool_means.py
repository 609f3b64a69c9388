from __future__ import annotations

import numpy as np
import pytest

from engine.graph.clean import clean
from engine.graph.inference import infer
from engine.graph.layers import index_layers
from engine.graph.pool_means import pool_means

WEIGHTS = {"w": np.random.default_rng(0).normal(size=(6, 3, 3, 3)).astype(np.float32)}
FEEDS = {"x": np.random.default_rng(1).normal(size=(2, 3, 9, 7)).astype(np.float32)}


def text(line: str, output: str) -> str:
    return f"g (float[2,3,9,7] x) => (float[{output}] y) {{ c = Conv(x, w) r = Relu(c) [mean] {line} }}"


@pytest.mark.parametrize(
    ("line", "output", "opset"),
    [
        ("y = ReduceMean<axes=[2,3]>(r)", "2,6,1,1", 13),
        ("y = ReduceMean<axes=[-1,-2], keepdims=0>(r)", "2,6", 13),
        ("y = ReduceMean<keepdims=0>(r, axes)", "2,6", 18),
    ],
)
def test_the_result_is_the_same(parse, run_model, line: str, output: str, opset: int) -> None:
    axes = {"axes": np.array([2, 3], np.int64)} if "axes)" in line else {}
    model = parse(text(line, output), opset=opset, **WEIGHTS, **axes)
    infer(model, forget=False)
    expected = run_model(model, FEEDS)[0]
    assert pool_means(model) == 1
    assert index_layers(model).node("mean").op_type == "GlobalAveragePool"
    found = run_model(model, FEEDS)[0]
    assert found.shape == expected.shape
    np.testing.assert_allclose(found, expected, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize(
    ("line", "output"),
    [
        ("y = ReduceMean<axes=[1]>(r)", "2,1,7,5"),
        ("y = ReduceMean<axes=[1,2,3]>(r)", "2,1,1,1"),
        ("t = Transpose<perm=[0,2,3,1]>(r) y = ReduceMean<axes=[2,3]>(t)", "2,7,1,1"),
        ("y = ReduceMean(r)", "1,1,1,1"),
    ],
    ids=["channels", "all but the batch", "channels last", "everything"],
)
def test_what_it_leaves_alone(parse, line: str, output: str) -> None:
    model = parse(text(line, output), **WEIGHTS)
    infer(model, forget=False)
    assert pool_means(model) == 0


def test_cleaning_says_so(parse) -> None:
    changes = clean(parse(text("y = ReduceMean<axes=[2,3]>(r)", "2,6,1,1"), **WEIGHTS)).changes
    assert "1 ReduceMean turned into GlobalAveragePool" in changes
