from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data import npz
from engine.errors import DataError


@pytest.mark.parametrize("save", [np.savez, np.savez_compressed])
@pytest.mark.parametrize("order", ["C", "F"])
def test_rows_are_those_that_numpy_reads(tmp_path: Path, save: object, order: str) -> None:
    array = np.asarray(np.arange(60, dtype=np.int32).reshape(10, 3, 2), order=order)  # type: ignore[call-overload]
    save(tmp_path / "a.npz", x=array)  # type: ignore[operator]
    assert npz.headers(tmp_path / "a.npz")["x"].shape == (10, 3, 2)
    found = list(npz.rows(tmp_path / "a.npz", "x", [0, 3, 4, 9]))
    np.testing.assert_array_equal(np.stack(found), array[[0, 3, 4, 9]])
    np.testing.assert_array_equal(npz.whole(tmp_path / "a.npz", "x"), array)


def test_python_objects_are_never_unpickled(tmp_path: Path) -> None:
    np.savez(tmp_path / "a.npz", x=np.array([{"a": 1}], object))
    with pytest.raises(DataError, match="Python objects"):
        npz.headers(tmp_path / "a.npz")


def test_a_file_that_is_no_zip_is_named(tmp_path: Path) -> None:
    (tmp_path / "a.npz").write_bytes(b"not a zip")
    with pytest.raises(DataError, match=r"a\.npz: cannot be read"):
        npz.headers(tmp_path / "a.npz")


def test_a_damaged_member_is_no_array_of_other_numbers(tmp_path: Path) -> None:
    path = tmp_path / "a.npz"
    np.savez(path, x=np.zeros((100, 100)))
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 0xFF
    path.write_bytes(content)
    with pytest.raises(DataError, match="cannot be read"):
        npz.whole(path, "x")
