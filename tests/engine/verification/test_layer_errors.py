from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime
import pytest

from engine.data.samples import Head
from engine.errors import DataError
from engine.progress import Progress
from engine.recipe import Rule
from engine.verification import layer_errors as module
from engine.verification.layer_errors import LayerError, layer_errors
from tests.engine.verification.scene import Scene


def errors(scene: Scene, model: ir.Model) -> dict[str, LayerError]:
    found = layer_errors(scene.model, model, scene.samples, scene.runtime, Progress())
    return {layer.id: layer for layer in found}


def outputs(model: ir.Model, feeds: dict[str, np.ndarray]) -> np.ndarray:
    session = onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    found: np.ndarray = session.run(["logits"], feeds)[0]
    return found


def integer_kernels(model: ir.Model, folder: Path) -> int:
    options = onnxruntime.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    options.log_severity_level = 3
    onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString(), options, providers=["CPUExecutionProvider"])
    graph = onnx.load(folder / "optimized.onnx").graph
    return sum(node.op_type in ("QLinearConv", "QGemm") for node in graph.node)


def test_looking_does_not_change_what_the_quantized_model_computes(scene: Scene, tmp_path: Path) -> None:
    model, _ = scene.prepared().without()
    probes = module._probes(scene.model, model)
    assert sum(probe.codes is not None for probe in probes) >= 6
    exposed = module._with_outputs(model, [probe.other for probe in probes])
    (feeds,) = scene.samples.batches(24)
    np.testing.assert_array_equal(outputs(exposed, dict(feeds)), outputs(model, dict(feeds)))
    assert integer_kernels(exposed, tmp_path) == integer_kernels(model, tmp_path) == 5
    # The check can fail: with what the Convs give before their rounding nothing is fused there.
    inside = module._with_outputs(model, ["a", "b", "f"])
    assert integer_kernels(inside, tmp_path) < 5


def test_a_conv_and_the_relu_that_its_rounding_takes_over_are_one_layer(scene: Scene) -> None:
    model, _ = scene.prepared().without()
    found = errors(scene, model)
    assert "act" not in found and found["stem"].value == "r" and found["stem"].rounded
    assert found["right"].value == "d" and found["right"].rounded
    assert 30 < found["stem"].sqnr_db < 70 and found["stem"].cosine > 0.999
    assert not found["head"].rounded or found["head"].value == "logits"


def test_the_last_layer_has_the_error_of_the_output(scene: Scene) -> None:
    from engine.verification.compare import compare

    model, _ = scene.prepared().without()
    whole = compare(scene.model, model, scene.runtime, scene.samples, Progress()).outputs[0]
    last = errors(scene, model)["head"]
    assert last.sqnr_db == pytest.approx(whole.sqnr_db, abs=0.01)
    assert last.max_abs_error == pytest.approx(whole.max_abs_error, rel=1e-3)


def test_a_broken_scale_shows_where_it_is_and_not_before(scene: Scene) -> None:
    prepared = scene.prepared()
    known = prepared.calibrations["int8_static"]
    wide = replace(known.values["c"], low=0.0, high=known.values["c"].high * 1000, chosen={})
    broken = replace(prepared, calibrations={"int8_static": replace(known, values={**known.values, "c": wide})})
    good, bad = errors(scene, prepared.without()[0]), errors(scene, broken.without()[0])
    assert bad["stem"].sqnr_db == pytest.approx(good["stem"].sqnr_db)
    assert bad["left"].sqnr_db < good["left"].sqnr_db - 20


def test_a_swapped_channel_axis_is_seen(scene: Scene) -> None:
    """The scales of a weight's channels in another order."""
    model, _ = scene.prepared().without()
    scale = model.graph.initializers["left/weight/scale"]
    assert scale.const_value is not None
    scale.const_value = ir.tensor(np.ascontiguousarray(scale.const_value.numpy()[::-1]), name=scale.name)
    found = errors(scene, model)
    assert found["left"].sqnr_db < 25 < found["stem"].sqnr_db


def test_layers_in_float_have_the_error_that_reaches_them(scene: Scene) -> None:
    model, _ = scene.prepared(Rule("quantization", "int8_static", "last")).without()
    found = errors(scene, model)
    assert found["stem"].max_abs_error < 1e-5 and not found["stem"].rounded
    assert found["last"].rounded and found["head"].max_abs_error > 0


def test_values_that_do_not_fit_into_memory_are_read_in_passes(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    model, _ = scene.prepared().without()
    at_once = errors(scene, model)
    monkeypatch.setattr("engine.quantization.calibrate.PASS_BYTES", 4096)
    labels: list[str] = []

    class Watched(Progress):
        def step(self, label: str, done: int = 0, total: int | None = None, *, seconds: int = 0) -> None:
            labels.append(label)
            super().step(label, done, total, seconds=seconds)

    found = layer_errors(scene.model, model, scene.samples, scene.runtime, Watched())
    assert {layer.id: layer.sqnr_db for layer in found} == pytest.approx(
        {name: layer.sqnr_db for name, layer in at_once.items()}, abs=0.01
    )
    assert any("pass 2 of" in label for label in labels)


def test_json_has_no_infinity(scene: Scene) -> None:
    found = errors(scene, scene.model.clone())
    assert {layer.to_json()["sqnr_db"] for layer in found.values()} == {None}


def test_no_samples_are_refused(scene: Scene) -> None:
    with pytest.raises(DataError, match="no samples"):
        layer_errors(scene.model, scene.model, Head(scene.samples, 0), scene.runtime, Progress())
