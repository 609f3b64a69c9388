from __future__ import annotations

import pytest

from engine.graph.values import Dim, batch_axis, symbol


@pytest.mark.parametrize(("dim", "name"), [("batch", "batch"), ("?", None), ("-1", None), (3, None), (None, None)])
def test_a_symbol_is_a_name(dim: Dim, name: str | None) -> None:
    assert symbol(dim) == name


@pytest.mark.parametrize(
    ("shape", "axis"),
    [
        (("batch", 3), 0),
        ((2, "batch_size", 128), 1),
        ((None, 3, "?", "?"), 0),
        (("N",), 0),
        (("unk",), None),
        ((), None),
        ((1, 3), None),
        (("sequence_length", 3), None),
        (("num_tokens", "batch"), 1),
    ],
)
def test_where_the_batch_is(shape: tuple[Dim, ...], axis: int | None) -> None:
    assert batch_axis(shape) == axis
