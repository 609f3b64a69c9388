from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.data.arrays import open_arrays
from engine.data.samples import Head, stamp
from engine.graph.values import ValueInfo


@pytest.mark.parametrize(("batch", "count", "size", "shapes"), [("n", 3, 2, [2, 2]), ("n", 3, 8, [3]), (4, 3, 1, [4])])
def test_the_first_samples_come_in_whole_feeds(
    tmp_path: Path, batch: int | str, count: int, size: int, shapes: list[int]
) -> None:
    np.savez(tmp_path / "s.npz", x=np.zeros((8, 2)), labels=np.arange(8))
    info = ValueInfo("x", "float32", (batch, 2))
    head = Head(open_arrays(tmp_path / "s.npz", [info], samples=None, seed=0), count)
    fed = [feeds["x"].shape[0] for feeds in head.batches(size)]
    assert fed[0] == shapes[0] and sum(fed) >= count and head.labels is not None
    assert len(head) == len(head.labels) == max(count, head.group or 0)


def test_the_stamp_of_a_missing_file_is_another(tmp_path: Path) -> None:
    (tmp_path / "a").touch()
    before = stamp([tmp_path / "a"])
    (tmp_path / "a").unlink()
    assert stamp([tmp_path / "a"]) != before
