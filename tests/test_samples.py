"""The sample models are what the window and the documentation say of them."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import numpy as np
import onnx
import onnxruntime
import pytest
from numpy.typing import NDArray

from resources import Sample, samples

BY_KEY = {sample.key: sample for sample in samples()}
EACH = pytest.mark.parametrize("sample", BY_KEY.values(), ids=BY_KEY.keys())


def answers(model: Path, images: NDArray[np.float32]) -> NDArray[np.int64]:
    session = onnxruntime.InferenceSession(model, providers=["CPUExecutionProvider"])
    (scores,) = session.run(None, {"image": images})
    return np.asarray(scores).argmax(axis=1)


def test_keys_are_the_files() -> None:
    assert set(BY_KEY) == {"digits_resnet", "digits_cnn"}
    assert all(sample.model.stem == key for key, sample in BY_KEY.items())


@EACH
def test_reads_held_out_digits(sample: Sample) -> None:
    with np.load(sample.data / "evaluation.npz") as part:
        images, labels = part["image"], part["labels"]
    assert len(labels) >= 360
    given = answers(sample.model, images)
    assert (given == labels).mean() >= 0.975
    assert (given == np.roll(labels, 1)).mean() < 0.3, "answers to other images must not score"


@EACH
def test_batch_is_dynamic_and_nodes_are_named_after_modules(sample: Sample) -> None:
    model = onnx.load(sample.model)
    onnx.checker.check_model(model, full_check=True)
    (image,) = model.graph.input
    batch, *rest = image.type.tensor_type.shape.dim
    assert batch.dim_param
    assert [dim.dim_value for dim in rest] == [1, 28, 28]
    names = [node.name for node in model.graph.node]
    assert all(names)
    assert len(set(names)) == len(names)
    for node in model.graph.node:
        assert [note.key for note in node.metadata_props] == ["pkg.torch.onnx.name_scopes"]


@EACH
def test_nothing_of_the_machine_that_trained_it_is_left(sample: Sample) -> None:
    content = sample.model.read_bytes()
    assert b"site-packages" not in content
    assert b".py" not in content


def test_residual_network_has_one_of_everything() -> None:
    model = onnx.load(BY_KEY["digits_resnet"].model)
    ops = Counter(node.op_type for node in model.graph.node)
    assert ops["Add"] >= 9
    assert ops["Concat"] == 1
    assert (ops["Sigmoid"], ops["Mul"]) == (1, 1)
    weights = {tensor.name: tensor for tensor in model.graph.initializer}
    convs = [node for node in model.graph.node if node.op_type == "Conv"]
    channels = [weights[node.input[1]].dims[0] for node in convs]
    assert all(count % 16 == 0 for count in channels)
    groups = [next(a.i for a in node.attribute if a.name == "group") for node in convs]
    assert [(g, c) for g, c in zip(groups, channels, strict=True) if g > 1] == [(128, 128)]


def test_small_network_is_the_classic_one() -> None:
    model = onnx.load(BY_KEY["digits_cnn"].model)
    assert [node.op_type for node in model.graph.node] == ["Conv", "Relu", "MaxPool", "Reshape", "Gemm", "Relu", "Gemm"]
    weights = {tensor.name: tuple(tensor.dims) for tensor in model.graph.initializer}
    assert weights["conv.weight"][0] == 32
    assert weights["dense.weight"][0] == 64
    assert weights["classifier.weight"][0] == 10


def test_together_they_stay_small() -> None:
    assert sum(sample.model.stat().st_size for sample in BY_KEY.values()) < 12e6


def test_calibration_and_evaluation_share_no_image() -> None:
    folder = BY_KEY["digits_cnn"].data
    with np.load(folder / "calibration.npz") as part:
        calibration = {image.tobytes() for image in part["image"]}
        assert part["image"].dtype == np.float32
        assert (part["image"].min(), part["image"].max()) == (0, 1)
    with np.load(folder / "evaluation.npz") as part:
        evaluation = {image.tobytes() for image in part["image"]}
    assert len(calibration) == 200
    assert not calibration & evaluation
