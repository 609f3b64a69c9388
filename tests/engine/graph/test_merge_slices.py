from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.graph.clean import clean
from engine.graph.inference import infer
from engine.graph.layers import origins
from engine.graph.merge_slices import merge_slices


def numbers(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


TWO = "g (float[2,6,8] x) => (float[A,B,C] y) { [a] t = Slice(x, s1, e1, a1, p1) [b] y = Slice(t, s2, e2, a2, p2) }"


@settings(max_examples=60, deadline=None)
@given(
    axes=st.permutations([0, 1, 2]),
    starts=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    ends=st.tuples(st.integers(-9, 9), st.integers(-9, 9)),
    steps=st.tuples(st.sampled_from([1, 2, 3, -1, -2]), st.sampled_from([1, 2, -1])),
    negative=st.booleans(),
)
def test_the_result_is_the_same(parse, run_model, axes, starts, ends, steps, negative) -> None:
    weights = {
        f"{letter}{n + 1}": numbers(value)
        for letter, pair in (("s", starts), ("e", ends), ("p", steps))
        for n, value in enumerate(pair)
    }
    weights |= {"a1": numbers(axes[0]), "a2": numbers(axes[1] - 3 if negative else axes[1])}
    model = parse(TWO, **weights)
    infer(model, forget=False)
    feeds = {"x": np.arange(96, dtype=np.float32).reshape(2, 6, 8)}
    expected = run_model(model, feeds)[0]
    assert merge_slices(model) == 1
    (node,) = model.graph
    assert origins(node) == ("a", "b")
    np.testing.assert_array_equal(run_model(model, feeds)[0], expected)


@pytest.mark.parametrize(
    "text",
    [
        "g (float[2,6,8] x) => (float[A,B,C] y) { t = Slice(x, s, e, a, p) y = Slice(t, s, e, a, p) }",
        "g (float[2,6,8] x) => (float[A,B,C] y, float[A,B,C] t) { t = Slice(x, s, e, a, p) y = Slice(t, s, e, b, p) }",
        "g (float[2,6,8] x, int64[1] q) => (float[A,B,C] y) { t = Slice(x, q, e, a, p) y = Slice(t, s, e, b, p) }",
        "g (float[2,6,8] x) => (float[A,B,C] y) { t = Slice(x, s, e, a, p) u = Slice(t, s, e, b, p) y = Add(u, t) }",
    ],
    ids=["same axis", "output between", "start not known", "read by another"],
)
def test_what_it_leaves_alone(parse, text: str) -> None:
    weights = {"s": numbers(0), "e": numbers(4), "a": numbers(1), "b": numbers(2), "p": numbers(1)}
    model = parse(text, **weights)
    before = len(list(model.graph))
    assert merge_slices(model) == 0
    assert len(list(model.graph)) == before


def test_cleaning_says_so(parse) -> None:
    weights = {"s1": numbers(0), "e1": numbers(9), "a1": numbers(1), "p1": numbers(2)}
    weights |= {"s2": numbers(0), "e2": numbers(9), "a2": numbers(2), "p2": numbers(2)}
    cleaned = clean(parse(TWO, **weights))
    assert "1 Slice merged into the one before" in cleaned.changes
    assert len(list(cleaned.model.graph)) == 1
