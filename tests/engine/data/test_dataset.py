from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from PIL import Image

from engine.data.dataset import open_dataset
from engine.errors import DataError, UsageError
from engine.graph.values import ValueInfo

ARRAY = ValueInfo("x", "float32", ("batch", 3))
IMAGE = ValueInfo("x", "float32", ("batch", 3, 8, 8))


def images(folder: Path, count: int = 4) -> None:
    folder.mkdir(parents=True)
    for number in range(count):
        Image.new("RGB", (8, 8), (number, 0, 0)).save(folder / f"{number}.png")


def npz(path: Path, count: int = 4) -> None:
    np.savez(path, x=np.zeros((count, 3), np.float32), labels=np.zeros(count, int))


def test_one_npz_serves_both_parts_and_says_so(tmp_path: Path) -> None:
    npz(tmp_path / "set.npz")
    found = open_dataset(tmp_path / "set.npz", [ARRAY], samples=None, seed=0)
    assert found.split == "none" and found.calibration is found.evaluation


def test_a_folder_with_two_npz_is_split(tmp_path: Path) -> None:
    npz(tmp_path / "calibration.npz", 4)
    npz(tmp_path / "evaluation.npz", 7)
    found = open_dataset(tmp_path, [ARRAY], samples=5, seed=0)
    assert (found.split, len(found.calibration), len(found.evaluation)) == ("named", 4, 5)


def test_a_folder_of_images_takes_labels_from_sub_folders(tmp_path: Path) -> None:
    images(tmp_path / "cat")
    images(tmp_path / "dog")
    found = open_dataset(tmp_path, [IMAGE], samples=4, seed=0)
    assert found.split == "none" and found.evaluation.labels is not None
    assert np.bincount(found.evaluation.labels).tolist() == [2, 2]


def test_sub_folders_named_after_the_parts_are_the_parts(tmp_path: Path) -> None:
    images(tmp_path / "calibration" / "cat", 1)
    images(tmp_path / "evaluation" / "cat", 2)
    images(tmp_path / "evaluation" / "ant", 2)
    found = open_dataset(tmp_path, [IMAGE], samples=None, seed=0)
    assert found.split == "named" and found.calibration.labels is not None
    assert found.calibration.labels.tolist() == [1], "ant is class 0 in both parts"


def test_images_alone_have_no_labels(tmp_path: Path) -> None:
    images(tmp_path / "d")
    found = open_dataset(tmp_path / "d", [IMAGE], samples=None, seed=0)
    assert found.evaluation.labels is None and len(found.evaluation) == 4


def test_onnx_test_data_is_fed_as_it_is(tmp_path: Path) -> None:
    for number in (0, 1, 10):
        folder = tmp_path / f"test_data_set_{number}"
        folder.mkdir()
        tensor = onnx.numpy_helper.from_array(np.full((2, 3), number, np.float32))
        (folder / "input_0.pb").write_bytes(tensor.SerializeToString())
    found = open_dataset(tmp_path, [ARRAY], samples=None, seed=0)
    fed = [feeds["x"] for feeds in found.evaluation.batches(8)]
    assert [array.shape for array in fed] == [(2, 3)] * 3 and [array[0, 0] for array in fed] == [0, 1, 10]


def test_a_broken_tensor_is_named(tmp_path: Path) -> None:
    (tmp_path / "test_data_set_0").mkdir()
    (tmp_path / "test_data_set_0" / "input_0.pb").write_bytes(b"\xff\xff\xff")
    with pytest.raises(DataError, match=r"input_0\.pb: is no readable ONNX tensor"):
        open_dataset(tmp_path, [ARRAY], samples=None, seed=0)


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"kind": "images", "calibration": "a", "meen": 1}, "unknown key 'meen'"),
        ({"kind": "sounds"}, '"kind"'),
        ({"kind": "images"}, 'neither "calibration" nor "evaluation"'),
        ({"kind": "images", "calibration": "b"}, "names calibration 'b', which does not exist"),
        ({"kind": "images", "calibration": "a", "std": [0, 1, 1]}, '"std" must be positive'),
        ({"kind": "images", "calibration": "a", "center_crop": [1]}, r"\[height, width\]"),
        ({"kind": "images", "calibration": "a", "labels": "l.csv"}, r"l\.csv does not exist"),
    ],
)
def test_a_wrong_description_says_what_is_wrong(tmp_path: Path, said: dict[str, object], words: str) -> None:
    images(tmp_path / "a")
    (tmp_path / "dataset.json").write_text(json.dumps(said))
    with pytest.raises(DataError, match=words):
        open_dataset(tmp_path, [IMAGE], samples=None, seed=0)


def test_what_is_no_data_gets_the_list_of_forms(tmp_path: Path) -> None:
    (tmp_path / "model.onnx").touch()
    for path in (tmp_path / "model.onnx", tmp_path / "missing", tmp_path):
        with pytest.raises(DataError):
            open_dataset(path, [ARRAY], samples=None, seed=0)


def test_other_inputs_can_be_given(tmp_path: Path) -> None:
    images(tmp_path / "d")
    inputs = [IMAGE, ValueInfo("threshold", "float32", (1,))]
    with pytest.raises(DataError, match="takes also"):
        open_dataset(tmp_path / "d", inputs, samples=None, seed=0)
    found = open_dataset(tmp_path / "d", inputs, samples=None, seed=0, values={"threshold": "0.5"})
    (feeds,) = found.evaluation.batches(4)
    assert feeds["threshold"].tolist() == [0.5] and feeds["x"].shape == (4, 3, 8, 8)


def test_shapes_fix_what_the_model_leaves_open(tmp_path: Path) -> None:
    images(tmp_path / "d")
    info = ValueInfo("x", "float32", (None, 3, None, None))
    found = open_dataset(tmp_path / "d", [info], samples=None, seed=0, shapes={"x": (1, 3, 5, 6)})
    assert [feeds["x"].shape for feeds in found.evaluation.batches(4)] == [(1, 3, 5, 6)] * 4
    with pytest.raises(UsageError, match="contradicts"):
        open_dataset(tmp_path / "d", [IMAGE], samples=None, seed=0, shapes={"x": (1, 3, 5, 6)})


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("data", "model", "samples", "accuracy"),
    [
        ("cifar10", "cifar_resnet20/cifar_resnet20_ts_op13.onnx", (200, 2000), 0.8105),
        ("magika", "magika_v3_3", (40, 112), 0.982),
        ("mnist", "mnist_cntk", (200, 2000), 0.9825),
    ],
)
def test_real_models_reach_their_known_accuracy(
    data: str,
    model: str,
    samples: tuple[int, int],
    accuracy: float,
    real_model: Callable[[str], Path],
    shared_data: Callable[[str], Path],
) -> None:
    found = open_dataset(shared_data(data), _inputs(real_model(model)), samples=None, seed=0)
    assert found.split == "named" and (len(found.calibration), len(found.evaluation)) == samples
    assert _accuracy(real_model(model), found.evaluation, 16) == pytest.approx(accuracy, abs=5e-4)


@pytest.mark.real_models
def test_photographs_are_prepared_as_the_model_was_trained(
    real_model: Callable[[str], Path], shared_data: Callable[[str], Path]
) -> None:
    """A third of the images; all 300 give 88.0 %."""
    model = real_model("mobilenet_v2_1.0_224_fp32")
    found = open_dataset(shared_data("imagenet_samples"), _inputs(model), samples=100, seed=0)
    assert _accuracy(model, found.evaluation, 4) > 0.84


def _inputs(path: Path) -> tuple[ValueInfo, ...]:
    import onnx_ir as ir

    from engine.graph.shapes import inputs

    return inputs(ir.load(path))


def _accuracy(path: Path, samples: object, size: int) -> float:
    import onnxruntime as ort

    ort.set_default_logger_severity(3)
    session = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    samples = pickle.loads(pickle.dumps(samples))
    classes = [session.run(None, dict(feeds))[0].argmax(-1) for feeds in samples.batches(size)]
    return float((np.concatenate(classes) == samples.labels).mean())
