from __future__ import annotations

import numpy as np
import pytest

from engine.graph.constants import stored_behind
from engine.graph.followed import can_follow, has_endless_shape
from engine.graph.shapes import bind

RANGE = "g (float[2] x) => (int64[n] y) { y = Range(a, b, d) }"


def limits(limit: int) -> dict[str, np.ndarray]:
    return {"a": np.array(0), "b": np.array(limit), "d": np.array(1)}


def doublings(count: int) -> str:
    return " ".join(f"v{k + 1} = Concat<axis = 0>(v{k}, v{k})" for k in range(count))


@pytest.mark.parametrize(("limit", "follows"), [(1000, True), (1 << 40, False)])
def test_a_range_is_followed_as_far_as_it_is_short(parse, limit: int, follows: bool) -> None:
    assert can_follow(parse(RANGE, **limits(limit)), {}) is follows


def test_a_range_with_computed_limits_is_not_followed_until_they_are_known(parse) -> None:
    model = parse(
        "g (float[2, 7] x) => (int64[n] y) { s = Shape(x) n = Gather<axis = 0>(s, i) y = Range(a, n, d) }",
        a=np.array(0), d=np.array(1), i=np.array(1),
    )  # fmt: skip
    assert not can_follow(model, {})
    assert can_follow(model, {model.graph[1].outputs[0]: np.array(7)})
    bound = bind(model, {}, strict=False)
    assert bound.graph.outputs[0].shape is not None and list(bound.graph.outputs[0].shape) == [7]


@pytest.mark.parametrize(("count", "follows"), [(4, True), (40, False)])
def test_a_value_that_is_doubled_and_doubled_is_not_followed(parse, count: int, follows: bool) -> None:
    text = f"g (float[2] x) => (float[n] y) {{ {doublings(count)} y = Identity(v{count}) }}"
    model = parse(text, v0=np.array([1], np.float32))
    assert can_follow(model, {}) is follows


def test_weights_behind_very_many_nodes_are_found_or_given_up_in_no_time(parse) -> None:
    text = f"g (float[1,2] x) => (float[1,n] y) {{ {doublings(60)} y = MatMul(x, v60) }}"
    model = parse(text, v0=np.ones((2, 2), np.float32))
    assert len(stored_behind(model.graph[-1].inputs[1])) == 1
    chain = " ".join(f"v{k + 1} = Transpose(v{k})" for k in range(5000))
    model = parse(
        f"g (float[1,2] x) => (float[1,2] y) {{ {chain} y = MatMul(x, v5000) }}", v0=np.ones((2, 2), np.float32)
    )
    assert stored_behind(model.graph[-1].inputs[1]) == ()


def test_long_vectors_are_counted_where_they_are_joined_only(parse) -> None:
    chain = doublings(3)
    long = np.ones(20_000, np.float32)
    assert not can_follow(parse(f"g (float[2] x) => (float[n] y) {{ {chain} y = Identity(v3) }}", v0=long), {})
    assert can_follow(parse("g (float[n] x) => (float[n] y) { y = Add(x, v) }", v=np.ones(100_000, np.float32)), {})


@pytest.mark.parametrize(("length", "endless"), [(4, False), (2**31 - 1, True)])
def test_a_shape_of_billions_of_dimensions_is_not_inferred(parse, length: int, endless: bool) -> None:
    text = f"g (float[1,3,1] x, int64[{length}] s) => (y) {{ t = Identity(s) u = Neg(t) y = Expand(x, u) }}"
    model = parse(text)
    assert has_endless_shape(model) is endless
    bound = bind(model, {}, strict=False)
    assert (bound.graph.outputs[0].shape is None) is endless


def test_the_shape_of_a_long_signal_is_a_short_one(parse) -> None:
    model = parse("g (float[100000] x) => (y) { s = Shape(x) y = Reshape(x, s) }")
    assert not has_endless_shape(model)
