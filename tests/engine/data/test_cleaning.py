from __future__ import annotations

import threading
from collections.abc import Generator, Sequence
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from engine.data.cleaning import Fault, Good, Verdict, good_samples
from engine.data.dataset import open_dataset
from engine.data.options import DataOptions
from engine.errors import Cancelled, DataError
from engine.graph.values import ValueInfo
from engine.progress import Progress

IMAGE = ValueInfo("x", "float32", ("batch", 3, 8, 8))
ARRAY = ValueInfo("x", "float32", ("batch", 3))


def images(folder: Path, colours: Sequence[int]) -> None:
    folder.mkdir(parents=True)
    for number, colour in enumerate(colours):
        Image.new("RGB", (8, 8), (colour, 0, 0)).save(folder / f"{number}.png")


def chosen(bad: set[int], count: int = 10, **changed: object) -> Good:
    def look(indices: Sequence[int]) -> Generator[Verdict, None, None]:
        for index in indices:
            yield Verdict(bytes([index]), Fault("NaN", "") if index in bad else None)

    said: dict[str, object] = {
        "wanted": None, "seed": 0, "labels": None, "known": {}, "look": look, "name": str, "group": None,
        "options": DataOptions(), "progress": Progress(), "where": "set",
    }  # fmt: skip
    return good_samples(count, **(said | changed))  # type: ignore[arg-type]


def test_good_samples_stay_in_order_and_the_others_are_told() -> None:
    found = chosen({3, 7}, known={5: Fault("no label", "line 6")})
    assert found.indices == (0, 1, 2, 4, 6, 8, 9)
    assert found.report.to_json() == {
        "found": 10,
        "checked": 10,
        "used": 7,
        "left_out": 3,
        "reasons": [
            {"reason": "NaN", "count": 2, "first": [{"name": "3", "detail": ""}, {"name": "7", "detail": ""}]},
            {"reason": "no label", "count": 1, "first": [{"name": "5", "detail": "line 6"}]},
        ],
        "copies": {"count": 0, "first": []},
        "rest": 0,
    }


def test_bad_samples_do_not_change_which_others_are_chosen() -> None:
    good = set(chosen(set(), wanted=5).indices)
    (bad, *_) = good
    assert good - {bad} < set(chosen({bad}, wanted=5).indices)


def test_the_user_may_refuse_instead() -> None:
    with pytest.raises(DataError, match=r"2 of 10 samples cannot be used: 2 NaN: 3, 7") as caught:
        chosen({3, 7}, options=DataOptions(bad_samples="refuse"))
    assert "--bad-samples leave-out" in caught.value.way_out
    assert len(chosen(set(), options=DataOptions(bad_samples="refuse")).indices) == 10


def test_what_fills_no_batch_is_told() -> None:
    found = chosen({0}, group=4)
    assert len(found.indices) == 8 and found.report.rest == 1
    with pytest.raises(DataError, match="has 1 samples that can be used, and the model takes 4 at a time"):
        chosen(set(range(9)), group=4)


def test_looking_can_be_cancelled_and_leaves_no_thread(tmp_path: Path) -> None:
    images(tmp_path / "d", range(200))
    progress = Progress()
    progress.cancel()
    options = DataOptions(check="decode")
    with pytest.raises(Cancelled):
        open_dataset(tmp_path / "d", [IMAGE], samples=None, seed=0, options=options, progress=progress)
    assert not [t for t in threading.enumerate() if t.name.startswith("check")]


def split(path: Path) -> None:
    """Of four calibration images, two are in the evaluation part under other names."""
    images(path / "calibration", [0, 1, 2, 3])
    images(path / "evaluation", [9, 8, 1, 3, 7, 7])


def test_calibration_samples_in_the_evaluation_are_counted_and_named(tmp_path: Path) -> None:
    split(tmp_path)
    found = open_dataset(tmp_path, [IMAGE], samples=None, seed=0)
    assert found.report is not None and len(found.calibration) == 4
    told = found.report.to_json()
    assert told["overlap"] == {"count": 2, "first": [["1.png", "2.png"], ["3.png", "3.png"]], "left_out": False}
    assert told["evaluation"]["copies"] == {"count": 1, "first": ["5.png"]}


def test_a_split_without_common_samples_has_no_overlap(tmp_path: Path) -> None:
    images(tmp_path / "calibration", [0, 1])
    images(tmp_path / "evaluation", [2, 3])
    found = open_dataset(tmp_path, [IMAGE], samples=None, seed=0)
    assert found.report is not None and not found.report.overlap


def test_an_overlap_may_be_refused_or_left_out_of_the_calibration(tmp_path: Path) -> None:
    split(tmp_path)
    with pytest.raises(DataError, match=r"2 of 4 calibration samples are in the evaluation part too: 1\.png is 2\.png"):
        open_dataset(tmp_path, [IMAGE], samples=None, seed=0, options=DataOptions(overlap="refuse"))
    found = open_dataset(tmp_path, [IMAGE], samples=None, seed=0, options=DataOptions(overlap="leave-out"))
    fed = [round(255 * float(feeds["x"][0, 0, 0, 0])) for feeds in found.calibration.batches(1)]
    assert fed == [0, 2] and len(found.evaluation) == 6
    assert found.report is not None and found.report.overlap_left_out and len(found.report.overlap) == 2


def test_rows_of_arrays_overlap_by_their_content(tmp_path: Path) -> None:
    np.savez(tmp_path / "calibration.npz", x=np.arange(6.0).reshape(2, 3))
    np.savez_compressed(tmp_path / "evaluation.npz", x=np.arange(3.0, 9.0).reshape(2, 3), labels=np.arange(2))
    found = open_dataset(tmp_path, [ARRAY], samples=None, seed=0)
    assert found.report is not None and found.report.overlap == (("row 1", "row 0"),)


def test_test_sets_of_the_wrong_shape_or_type_are_left_out(tmp_path: Path) -> None:
    arrays = [np.zeros((2, 3)), np.zeros((2, 4)), np.full((2, 3), np.nan), np.array([["a"] * 3]), np.ones((1, 3))]
    for number, array in enumerate(arrays):
        folder = tmp_path / f"test_data_set_{number}"
        folder.mkdir()
        tensor = onnx.numpy_helper.from_array(array if array.dtype.kind == "U" else array.astype(np.float32))
        (folder / "input_0.pb").write_bytes(tensor.SerializeToString())
    (tmp_path / "test_data_set_9").mkdir()
    found = open_dataset(tmp_path, [ARRAY], samples=None, seed=0)
    assert [feeds["x"].shape for feeds in found.evaluation.batches(1)] == [(2, 3), (1, 3)]
    assert found.report is not None
    reasons = {item.name[-1]: item.reason for item in found.report.parts["evaluation"].left_out}
    assert reasons == {"1": "wrong shape", "2": "NaN", "3": "wrong type", "9": "missing file"}


def test_a_set_of_nothing_but_faults_says_the_way_out(tmp_path: Path) -> None:
    (tmp_path / "d").mkdir()
    (tmp_path / "d" / "a.png").write_text("text")
    with pytest.raises(DataError, match=r"no sample that can be used: 1 unreadable: a\.png") as caught:
        open_dataset(tmp_path / "d", [IMAGE], samples=None, seed=0)
    assert caught.value.way_out
