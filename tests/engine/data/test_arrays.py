from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
import pytest

from engine.data.arrays import ArraySamples, open_arrays
from engine.data.options import DataOptions
from engine.errors import DataError
from engine.graph.values import ValueInfo

IMAGE = ValueInfo("x", "float32", ("batch", 3))


def opened(path: Path, *inputs: ValueInfo, samples: int | None = None, **arrays: np.ndarray) -> ArraySamples:
    np.savez(path / "set.npz", **arrays)
    return open_arrays(path / "set.npz", inputs or (IMAGE,), samples=samples, seed=0)


def test_a_dynamic_batch_takes_the_asked_size(tmp_path: Path) -> None:
    x = np.arange(30, dtype=np.float64).reshape(10, 3)
    found = opened(tmp_path, x=x, labels=np.arange(10))
    assert [feeds["x"].shape for feeds in found.batches(4)] == [(4, 3), (4, 3), (2, 3)]
    joined = np.concatenate([feeds["x"] for feeds in found.batches(4)])
    assert joined.dtype == np.float32 and (joined == x).all()
    assert found.labels is not None and found.labels.dtype == np.int64 and len(found) == 10


def test_a_fixed_batch_of_one_is_fed_sample_by_sample(tmp_path: Path) -> None:
    found = opened(tmp_path, ValueInfo("x", "float32", (1, 3)), x=np.zeros((10, 3)))
    assert [feeds["x"].shape for feeds in found.batches(4)] == [(1, 3)] * 10


def test_a_fixed_batch_of_several_leaves_out_the_rest_and_says_how_many_are_left(tmp_path: Path) -> None:
    found = opened(tmp_path, ValueInfo("x", "float32", (4, 3)), x=np.zeros((10, 3)), labels=np.arange(10))
    assert [feeds["x"].shape for feeds in found.batches(1)] == [(4, 3)] * 2
    assert len(found) == 8 and found.labels is not None and len(found.labels) == 8


def test_a_model_with_state_gets_whole_feeds_and_constants(tmp_path: Path) -> None:
    inputs = (
        ValueInfo("input", "float32", (None, None)),
        ValueInfo("state", "float32", (2, None, 8)),
        ValueInfo("sr", "int64", ()),
    )
    arrays = {"input": np.zeros((5, 1, 16)), "state": np.ones((2, 1, 8)), "sr": np.array(16000)}
    found = opened(tmp_path, *inputs, **arrays)
    shapes = [{name: array.shape for name, array in feeds.items()} for feeds in found.batches(3)]
    assert shapes == [{"input": (1, 16), "state": (2, 1, 8), "sr": ()}] * 5


def test_fewer_samples_carry_their_own_labels(tmp_path: Path) -> None:
    x = np.repeat(np.arange(100.0)[:, None], 3, axis=1)
    found = opened(tmp_path, samples=7, x=x, labels=np.arange(100))
    (feeds,) = found.batches(7)
    assert found.labels is not None and feeds["x"][:, 0].tolist() == found.labels.tolist()


def test_a_missing_array_is_named_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(DataError, match=r"no array for the model's input 'x'; it has: 'y'") as caught:
        opened(tmp_path, y=np.zeros((5, 3)), labels=np.zeros(5, int))
    assert "float32" in caught.value.way_out


def test_arrays_that_numpy_named_go_by_position(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", np.ones((2, 3)))
    (feeds,) = open_arrays(tmp_path / "set.npz", (IMAGE,), samples=None, seed=0).batches(2)
    assert feeds["x"].shape == (2, 3)


def test_rows_with_nan_or_without_label_are_left_out_with_their_labels(tmp_path: Path) -> None:
    x = np.repeat(np.arange(6.0)[:, None], 3, axis=1)
    x[4, 1], x[1, 2] = np.nan, -np.inf
    found = opened(tmp_path, x=x, labels=np.array([0, 1, 2, np.nan, 4, 5]))
    assert found.labels is not None and found.labels.tolist() == [0, 2, 5]
    assert np.concatenate([feeds["x"][:, 0] for feeds in found.batches(2)]).tolist() == [0, 2, 5]
    assert found.good is not None
    assert [(item.name, item.reason, item.detail) for item in found.good.report.left_out] == [
        ("row 1", "infinity", "infinity at [2]"),
        ("row 3", "no label", ""),
        ("row 4", "NaN", "NaN at [1]"),
    ]


def test_infinite_values_stay_where_they_are_meant(tmp_path: Path) -> None:
    np.savez(tmp_path / "set.npz", x=np.full((2, 3), -np.inf))
    with pytest.raises(DataError, match="no sample that can be used: 2 infinity") as caught:
        open_arrays(tmp_path / "set.npz", (IMAGE,), samples=None, seed=0)
    assert "data.infinite=yes" in caught.value.way_out
    options = DataOptions(infinite=True)
    found = open_arrays(tmp_path / "set.npz", (IMAGE,), samples=None, seed=0, options=options)
    assert np.isinf(next(found.batches(2))["x"]).all()


def test_no_more_rows_are_looked_at_than_are_wanted_and_bad_ones_are_replaced(tmp_path: Path) -> None:
    x = np.zeros((1000, 3))
    x[::2] = np.nan
    found = opened(tmp_path, samples=10, x=x)
    assert found.good is not None and len(found) == 10 and all(index % 2 for index in found.indices)
    report = found.good.report
    assert (report.found, report.used) == (1000, 10) and report.checked == 10 + len(report.left_out) < 50


@pytest.mark.parametrize("labels", [np.zeros(4, int), np.full(5, 0.5), np.full(5, -1), np.zeros((5, 10), int)])
def test_labels_are_one_class_index_for_each_sample(tmp_path: Path, labels: np.ndarray) -> None:
    with pytest.raises(DataError):
        opened(tmp_path, x=np.zeros((5, 3)), labels=labels)


def test_the_fingerprint_follows_the_content_and_the_choice(tmp_path: Path) -> None:
    first = opened(tmp_path, x=np.zeros((5, 3)))
    assert first.fingerprint == pickle.loads(pickle.dumps(first)).fingerprint
    fewer = open_arrays(tmp_path / "set.npz", (IMAGE,), samples=2, seed=0)
    assert fewer.fingerprint != first.fingerprint
    before = first.fingerprint
    opened(tmp_path, x=np.zeros((6, 3)))
    assert first.fingerprint != before


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    import tracemalloc

    np.savez(tmp_path / "set.npz", x=np.zeros((4000, 3000), np.float32))
    found = open_arrays(tmp_path / "set.npz", (ValueInfo("x", "float32", (None, 3000)),), samples=None, seed=0)
    tracemalloc.start()
    for _ in found.batches(8):
        pass
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 4_000_000, "the whole array has 48 MB"


def test_different_numbers_of_samples_are_refused_by_name(tmp_path: Path) -> None:
    inputs = (ValueInfo("x", "float32", ("N", 3)), ValueInfo("z", "float32", ("N", 5)))
    with pytest.raises(DataError, match="'z' holds 10 samples and 'x' 20"):
        opened(tmp_path, *inputs, x=np.zeros((20, 3)), z=np.zeros((10, 5)), labels=np.zeros(20, np.int64))
    assert len(opened(tmp_path, *inputs, x=np.zeros((20, 3)), z=np.zeros((1, 5)), labels=np.zeros(20, np.int64))) == 20
