from __future__ import annotations

import numpy as np
import pytest

from engine.data.fitting import cast, check_castable, role
from engine.errors import DataError
from engine.graph.values import ValueInfo


@pytest.mark.parametrize(
    ("shape", "wanted", "samples", "expected"),
    [
        ((200, 1, 28, 28), (1, 1, 28, 28), 200, "rows"),
        ((200, 1, 28, 28), ("batch", 1, 28, 28), 200, "rows"),
        ((200, 1, 1, 28, 28), (1, 1, 28, 28), 200, "feeds"),
        ((7,), (), 7, "feeds"),
        ((), (), 7, "constant"),
        ((2, 1, 128), (2, None, 128), 100, "constant"),
        ((100, 2, 1, 128), (2, None, 128), 100, "feeds"),
        ((8, 3), (4, 3), 8, "rows"),
    ],
)
def test_the_first_axis_is_told_from_the_rank(
    shape: tuple[int, ...], wanted: tuple[int | str | None, ...], samples: int, expected: str
) -> None:
    assert role(shape, ValueInfo("x", "float32", wanted), samples, "f") == expected


def test_a_shape_that_fits_in_no_way_is_named() -> None:
    with pytest.raises(DataError, match=r"'x' has shape \[5, 4\].*\[batch, 3\]"):
        role((5, 4), ValueInfo("x", "float32", ("batch", 3)), 5, "f")


@pytest.mark.parametrize(("have", "wanted"), [("float64", "float32"), ("uint8", "float32"), ("int64", "int32")])
def test_safe_casts_are_done(have: str, wanted: str) -> None:
    info = ValueInfo("x", wanted, (2,))
    check_castable(np.dtype(have), info, "f")
    found = cast(np.array([1, 2], have), info, "f")
    assert found.dtype == wanted and found.tolist() == [1, 2]


@pytest.mark.parametrize(("have", "wanted"), [("float32", "int64"), ("complex64", "float32"), ("U3", "float32")])
def test_other_casts_are_refused(have: str, wanted: str) -> None:
    with pytest.raises(DataError, match="Convert it"):
        check_castable(np.dtype(have), ValueInfo("x", wanted, (2,)), "f")


def test_values_that_do_not_fit_the_type_are_refused() -> None:
    with pytest.raises(DataError, match="outside int32"):
        cast(np.array([1 << 40]), ValueInfo("x", "int32", (1,)), "f")


def test_nan_is_found_where_it_stands() -> None:
    with pytest.raises(DataError, match=r"NaN at \[1, 0\]"):
        cast(np.array([[0.0, 1.0], [np.nan, 1.0]]), ValueInfo("x", "float32", (2, 2)), "f")


def test_infinity_is_a_value_that_attention_masks_have() -> None:
    assert np.isinf(cast(np.array([-np.inf]), ValueInfo("x", "float32", (1,)), "f")).all()


def test_scalars_stay_scalars() -> None:
    assert cast(np.array(3), ValueInfo("x", "int64", ()), "f").shape == ()
