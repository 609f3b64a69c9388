from __future__ import annotations

import pickle
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.backend import RunSettings
from engine.data.synthetic import synthetic
from engine.errors import ModelError, UsageError


def model(text: str, opset: int = 17) -> ir.Model:
    return ir.from_proto(onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}]> {text}'))


DYNAMIC = model("g (float[batch, 3] x, float[2, batch, 4] state) => (float[batch, 3] y) { y = Identity(x) }")


def test_the_batch_is_every_dimension_of_its_name() -> None:
    samples = synthetic(DYNAMIC, RunSettings(), 5)
    shapes = [(feeds["x"].shape, feeds["state"].shape) for feeds in samples.batches(2)]
    assert shapes == [((2, 3), (2, 2, 4)), ((2, 3), (2, 2, 4)), ((1, 3), (2, 1, 4))]


def test_a_sample_has_the_same_values_in_any_batch() -> None:
    samples = synthetic(DYNAMIC, RunSettings(), 4)
    (together,) = samples.batches(4)
    single = [feeds["x"] for feeds in pickle.loads(pickle.dumps(samples)).batches(1)]
    np.testing.assert_array_equal(np.concatenate(single), together["x"])
    assert len({array.tobytes() for array in single}) == 4


def test_the_seed_changes_values_and_fingerprint() -> None:
    first, second = (synthetic(DYNAMIC, RunSettings(seed=seed), 1) for seed in (0, 1))
    assert first.fingerprint != second.fingerprint
    assert (next(first.batches(1))["x"] != next(second.batches(1))["x"]).any()


def test_a_given_shape_fixes_the_batch_of_the_others() -> None:
    samples = synthetic(DYNAMIC, RunSettings(shapes={"x": (4, 3)}), 2)
    assert [feeds["state"].shape for feeds in samples.batches(8)] == [(2, 4, 4)] * 2


@pytest.mark.parametrize(
    "body",
    [
        "y = Gather(table, ids)",
        "i = Cast<to = 7>(ids) u = Reshape(i, flat) y = Gather(table, u)",
        "y = GatherElements(table, ids)",
        "u = Reshape(ids, column) y = GatherND(table, u)",
        "y = OneHot(ids, depth, values)",
        "hot = Equal(ids, range) y = Cast<to = 1>(hot)",
        "shifted = Add(ids, one) y = Gather(table8, shifted)",
    ],
)
def test_indices_stay_inside_the_table(body: str) -> None:
    found = synthetic(
        model(
            f"""g (int32[1, 1000] ids, float[7, 9] table, float[8, 9] table8) => (float[a, b] y)
            <int64[1] flat = {{-1}}, int64[2] column = {{-1, 1}}, int64 depth = {{7}}, float[2] values = {{0.0, 1.0}},
             int32[7] range = {{0, 1, 2, 3, 4, 5, 6}}, int32 one = {{1}}>
            {{ {body} }}"""
        ),
        RunSettings(),
        1,
    )
    ids = next(found.batches(1))["ids"]
    assert (ids.min(), ids.max()) == (0, 6)


def test_the_smallest_table_decides_also_inside_a_body() -> None:
    text = """g (bool c, int64[1000] ids, float[9, 3] large, float[5, 3] small) => (float[n, 3] y) {
        y = If (c) <
            then_branch = t () => (float[n, 3] u) { u = Gather(large, ids) },
            else_branch = e () => (float[n, 3] v) { v = Gather(small, ids) }
        >
    }"""
    feeds = next(synthetic(model(text), RunSettings(), 1).batches(1))
    assert feeds["ids"].max() == 4 and feeds["c"].all()


def test_integers_that_index_nothing_are_lengths_or_pixels() -> None:
    text = "g (int64[1] n, uint8[1, 64, 64] image) => (int64[1] y) { y = Identity(n) }"
    feeds = next(synthetic(model(text), RunSettings(), 1).batches(1))
    assert feeds["n"].tolist() == [1] and (feeds["image"].min(), feeds["image"].max()) == (0, 255)


def test_a_dimension_without_a_size_names_the_flag() -> None:
    text = "g (float[batch, 3, height, width] image) => (float[batch, 3, height, width] y) { y = Identity(image) }"
    with pytest.raises(ModelError, match=r"height.*\n.*--shape image=1,3,N,N"):
        synthetic(model(text), RunSettings(), 1)


def test_strings_must_be_given() -> None:
    text = "g (string[1] words) => (string[1] y) { y = Identity(words) }"
    with pytest.raises(ModelError, match=r"strings.*\n.*--input words=VALUE"):
        synthetic(model(text), RunSettings(), 1)
    feeds = next(synthetic(model(text), RunSettings(inputs={"words": "hello"}), 1).batches(1))
    assert feeds["words"].tolist() == ["hello"]


def test_given_values_are_used_in_every_batch(tmp_path: Path) -> None:
    np.save(tmp_path / "s.npy", np.full((2, 3, 4), 7.0))
    found = synthetic(DYNAMIC, RunSettings(inputs={"x": "0.5", "state": str(tmp_path / "s.npy")}), 1)
    feeds = next(found.batches(8))
    assert feeds["x"].shape == (3, 3) and (feeds["x"] == 0.5).all() and (feeds["state"] == 7).all()


@pytest.mark.parametrize("settings", [RunSettings(inputs={"z": "1"}), RunSettings(shapes={"z": (1,)})])
def test_an_input_that_the_model_does_not_have_is_wrong_usage(settings: RunSettings) -> None:
    with pytest.raises(UsageError, match="no input 'z'"):
        synthetic(DYNAMIC, settings, 1)


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("name", "settings"),
    [
        (
            "silero_vad",
            RunSettings(shapes={"input": (1, 576), "state": (2, 1, 128)}, inputs={"sr": "16000"}),
        ),
        ("magika_v3_3", RunSettings()),
        ("trt_loop", RunSettings()),
        ("trt_scan", RunSettings()),
        ("gtcrn_simple", RunSettings()),
        ("dtln_2", RunSettings()),
        ("ultraface_rfb_320", RunSettings()),
    ],
)
def test_real_models_run_on_made_up_samples(
    name: str, settings: RunSettings, real_model: Callable[[str], Path]
) -> None:
    import onnxruntime as ort

    ort.set_default_logger_severity(3)
    path = real_model(name)
    feeds = next(synthetic(ir.load(path), settings, 1).batches(1))
    results = ort.InferenceSession(str(path), providers=["CPUExecutionProvider"]).run(None, dict(feeds))
    assert all(np.isfinite(result).all() for result in results)


@pytest.mark.real_models
def test_a_one_hot_by_comparison_bounds_the_bytes(real_model: Callable[[str], Path]) -> None:
    feeds = next(synthetic(ir.load(real_model("magika_v3_3")), RunSettings(), 1).batches(1))
    assert feeds["bytes"].min() >= 0 and 200 < feeds["bytes"].max() <= 256


def test_an_input_of_unknown_rank_needs_a_shape() -> None:
    unranked = model("g (float[1] x) => (float[1] y) { y = Relu(x) }")
    unranked.graph.inputs[0].shape = None
    with pytest.raises(ModelError, match="number of dimensions") as refused:
        synthetic(unranked, RunSettings(), 1)
    assert "--shape x=" in str(refused.value)
    (feeds,) = synthetic(unranked, RunSettings(shapes={"x": (2, 3)}), 1).batches(1)
    assert feeds["x"].shape == (2, 3)
