"""What cleaning promises, on small graphs and on every real model that ONNX Runtime loads.

``LATHE_GOLDEN=write`` writes the golden dumps anew.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.errors import UsageError
from engine.formats import open_source
from engine.graph.clean import IR_VERSION, OPSET, clean
from engine.graph.digest import model_sha256
from engine.graph.dump import dump
from engine.graph.layers import index_layers
from engine.graph.shapes import inputs
from engine.progress import Progress

GOLDEN = Path(__file__).parent / "golden"

RESIDUAL = """net (float[N,3,8,8] x, float[4,3,3,3] w1) => (float[N,10] logits, float[N,4,8,8] features) {
    a = Conv<pads=[1,1,1,1]>(x, w1)
    b = BatchNormalization(a, g1, b1, m1, v1)
    c = Relu(b)
    [twice] d = Conv<pads=[1,1,1,1]>(c, w2)
    [twice] e = BatchNormalization(d, g1, b1, m1, v1)
    f = Add(e, c)
    features = Identity(f)
    half = Constant<value = float {0.5}>()
    h = Mul(f, half)
    p = GlobalAveragePool(h)
    s = Shape(p)
    i = Constant<value = int64 {0}>()
    n = Gather(s, i)
    u = Unsqueeze<axes=[0]>(n)
    t = Concat<axis=0>(u, rest)
    flat = Reshape(p, t)
    unused = Neg(flat)
    logits = Gemm<transB=1>(flat, wf, bf)
}"""

CONTROL = """net (bool c, float[2,3] x) => (float[1,2,3] y) {
    z = Identity(x)
    [choice] y = If(c) <
        then_branch = t () => (float[1,2,3] a) {
            two = Constant<value = float {2.0}>() m = Mul(z, two) a = Unsqueeze<axes=[0]>(m)
        },
        else_branch = e () => (float[1,2,3] b) { sm = Softmax<axis=0>(z) b = Unsqueeze<axes=[0]>(sm) }>
}"""


def residual(parse) -> ir.Model:
    rng = np.random.default_rng(0)
    weights = {
        "w1": rng.standard_normal((4, 3, 3, 3)),
        "w2": rng.standard_normal((4, 4, 3, 3)),
        "wf": rng.standard_normal((10, 4)),
        "bf": rng.standard_normal(10),
        **{name: rng.uniform(0.5, 2, 4) for name in ("g1", "b1", "m1", "v1")},
    }
    floats = {name: array.astype(np.float32) for name, array in weights.items()}
    return parse(RESIDUAL, opset=9, ir_version=3, rest=np.asarray([-1]), **floats)


def as_golden(name: str, text: str) -> None:
    path = GOLDEN / f"{name}.txt"
    if os.environ.get("LATHE_GOLDEN") == "write":
        path.write_text(text)
    assert text == path.read_text()


def test_a_residual_network_becomes_the_golden_graph(parse) -> None:
    cleaned = clean(residual(parse))
    as_golden("residual", "\n".join(cleaned.changes) + "\n\n" + dump(cleaned.model))


def test_control_flow_becomes_the_golden_graph(parse) -> None:
    cleaned = clean(parse(CONTROL, opset=11))
    as_golden("control", "\n".join(cleaned.changes) + "\n\n" + dump(cleaned.model))


def test_says_what_it_did_with_counts(parse) -> None:
    changes = clean(residual(parse)).changes
    assert "2 BatchNormalization nodes folded into Conv" in changes
    assert "1 initializer taken out of the graph inputs" in changes
    assert "Opset raised from 9 to 13" in changes
    assert "IR version raised from 3 to 8" in changes


def test_the_source_is_left_as_it_is(parse) -> None:
    model = residual(parse)
    before, digest = ir.to_proto(model).SerializeToString(), model_sha256(model)
    clean(model, {"x": (2, 3, 8, 8)})
    assert ir.to_proto(model).SerializeToString() == before
    assert model_sha256(model) == digest


def test_outputs_are_equal_and_the_model_is_valid(parse, run_model) -> None:
    model = residual(parse)
    cleaned = clean(model).model
    model.graph[3].name = model.graph[4].name = ""  # the runtime refuses to run nodes of one name
    onnx.checker.check_model(ir.to_proto(cleaned), full_check=True)
    assert (cleaned.ir_version, cleaned.opset_imports[""]) == (IR_VERSION, OPSET)
    feeds = {"x": np.random.default_rng(1).standard_normal((2, 3, 8, 8)).astype(np.float32)}
    compare(run_model(model, feeds), run_model(cleaned, feeds), 1e-5)


def test_cleaning_twice_changes_nothing_more(parse) -> None:
    once = clean(residual(parse))
    twice = clean(once.model)
    assert twice.changes == ()
    assert dump(twice.model) == dump(once.model)


def test_layer_ids_survive(parse) -> None:
    model = residual(parse)
    before = index_layers(model).by_id
    after = index_layers(clean(model).model)
    assert after.by_id.keys() <= before.keys()
    (merged,) = [layer for layer in after.layers if "BatchNormalization_4" in layer.origins]
    assert (merged.id, merged.op, merged.origins) == ("Conv_3", "Conv", ("Conv_3", "BatchNormalization_4"))


def test_inputs_are_frozen_on_request_only(parse) -> None:
    model = residual(parse)
    assert [info.shape for info in inputs(clean(model).model)] == [("N", 3, 8, 8)]
    frozen = clean(model, {"x": (2, 3, 8, 8)})
    assert [info.shape for info in inputs(frozen.model)] == [(2, 3, 8, 8)]
    assert "Inputs frozen: x to 2x3x8x8" in frozen.changes
    assert not [node for node in frozen.model.graph if node.op_type in ("Shape", "Gather", "Concat")]
    with pytest.raises(UsageError, match="no such input"):
        clean(model, {"z": (1,)})


def test_an_opset_that_cannot_be_raised_is_kept_and_said(parse) -> None:
    model = parse("g (float[2,2] x) => (float[4,4] y) { y = Upsample<scales=[2.0,2.0]>(x) }", opset=7)
    model.graph[0].attributes["scales"] = ir.AttrString("scales", "nonsense")
    cleaned = clean(model)
    assert cleaned.model.opset_imports[""] == 7
    assert any(change.startswith("Opset 7 kept: it cannot be converted (") for change in cleaned.changes)


def compare(before: list[Any], after: list[Any], limit: float) -> None:
    """The largest difference, relative to the largest value of the output."""
    assert len(before) == len(after)
    for old, new in zip(before, after, strict=True):
        assert (old.shape, old.dtype) == (new.shape, new.dtype)
        if old.size:
            difference = np.max(np.abs(old.astype(np.float64) - new.astype(np.float64)))
            assert difference <= limit * max(float(np.max(np.abs(old.astype(np.float64)))), 1e-12)


def test_the_comparison_sees_a_difference() -> None:
    with pytest.raises(AssertionError):
        compare([np.asarray([1.0, 100.0])], [np.asarray([1.0, 100.1])], 1e-4)


FIXED: dict[str, dict[str, tuple[int, ...]]] = {
    "ppocr_mobile_v1_1_det": {"image": (1, 3, 320, 320)},
    "silero_vad": {"input": (1, 576), "state": (2, 1, 128)},
    "superres_core_fp32": {"_ppp5_expanded": (1, 1, 64, 64)},
}
RUNS = (
    "basic_pitch", "cifar_resnet20/cifar_resnet20_dynamo_op18.onnx", "cifar_resnet20/cifar_resnet20_ts_op13.onnx",
    "cifar_resnet20_qdq_int8", "dtln_1", "dtln_2", "fastestdet", "gtcrn_simple", "magika_v3_3", "mnist_cntk",
    "mobilenet_v2_1.0_224_fp32", "ppocr_mobile_v1_1_det", "silero_vad", "superres_core_fp32", "trt_ext_weights",
    "trt_loop", "trt_scan", "ultraface_rfb_320",
)  # fmt: skip


@pytest.mark.real_models
@pytest.mark.parametrize("name", RUNS)
def test_real_models_give_the_same_outputs(real_model, tmp_path: Path, name: str) -> None:
    path = real_model(name)
    model = open_source(path, Progress()).model
    cleaned = clean(model).model
    assert [value.name for value in cleaned.graph.outputs] == [value.name for value in model.graph.outputs]
    ir.save(cleaned, tmp_path / "cleaned.onnx", external_data="weights.bin", size_threshold_bytes=1 << 30)
    feeds = random_feeds(model, FIXED.get(name, {}))
    compare(run_file(path, feeds), run_file(tmp_path / "cleaned.onnx", feeds), 1e-4)


def random_feeds(model: ir.Model, fixed: Mapping[str, tuple[int, ...]]) -> dict[str, Any]:
    rng = np.random.default_rng(0)
    feeds: dict[str, Any] = {}
    for info in inputs(model):
        shape = fixed.get(info.name, tuple(size if isinstance(size, int) else 1 for size in info.shape))
        if info.name == "sr":
            feeds[info.name] = np.asarray(16000, np.int64)
        elif info.dtype.startswith("float"):
            feeds[info.name] = rng.standard_normal(shape).astype(info.dtype)
        else:
            feeds[info.name] = rng.integers(0, 100, shape).astype(info.dtype)
    return feeds


def run_file(path: Path, feeds: Mapping[str, Any]) -> list[Any]:
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 3
    session = ort.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    return list(session.run(None, dict(feeds)))
