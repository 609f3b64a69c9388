from __future__ import annotations

import json
import math
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.backend import RunSettings, Runtime, Session, SessionRequest
from engine.backends import backend_of, backends
from engine.data.arrays import open_arrays
from engine.data.dataset import open_dataset
from engine.data.options import DataOptions
from engine.data.samples import Samples
from engine.data.synthetic import synthetic
from engine.errors import DataError, ModelError
from engine.graph.shapes import inputs
from engine.options import OptionValue
from engine.profiling.child import Child
from engine.progress import Progress
from engine.verification.compare import Comparison, compare
from engine.verification.metric_function import Metric


class Here:
    """A host without a process of its own."""

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


def model(text: str) -> ir.Model:
    return ir.from_proto(onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}'))


def classifier(scale: float = 1.0, head: str = "", batch: str = "n") -> ir.Model:
    return model(
        f"""g (float[{batch}, 4] x) => (float[{batch}, 4] logits{", float[n, 64] embedding" if head else ""})
        <float scale = {{{scale}}}, float[64] wide = {{{", ".join(["1.0"] * 64)}}}, int64[1] zero = {{0}},
         int64[1] one = {{1}}>
        {{ logits = Mul(x, scale) {head} }}"""
    )


def samples(path: Path, of: ir.Model, labels: bool = True) -> Samples:
    x = np.eye(4, dtype=np.float32)[[0, 1, 2, 3, 1]]
    extra = {"labels": np.array([0, 1, 2, 3, 2])} if labels else {}
    np.savez(path / "s.npz", x=x, **extra)
    return open_arrays(path / "s.npz", inputs(of), samples=None, seed=0)


def compared(a: ir.Model, b: ir.Model, on: Samples, batch: int = 2) -> Comparison:
    return compare(a, b, Runtime(backend_of("cpu"), RunSettings(batch=batch), Here()), on, Progress())


def test_a_model_is_identical_with_itself(tmp_path: Path) -> None:
    found = compared(classifier(), classifier(), samples(tmp_path, classifier()))
    assert found.exact and found.samples == 5 and found.outputs[0].sqnr_db == math.inf
    assert found.accuracy is not None
    assert (found.accuracy.a, found.accuracy.b, found.accuracy.agreement) == (0.8, 0.8, 1.0)


def test_a_broken_scale_is_seen(tmp_path: Path) -> None:
    found = compared(classifier(), classifier(-1.0), samples(tmp_path, classifier()))
    assert found.outputs[0].sqnr_db == pytest.approx(20 * math.log10(0.5)) and found.outputs[0].cosine == -1
    assert found.accuracy is not None and found.accuracy.b < 0.3 and found.max_abs_error == 2


def test_accuracy_is_null_without_labels(tmp_path: Path) -> None:
    assert compared(classifier(), classifier(), samples(tmp_path, classifier(), labels=False)).accuracy is None


def test_large_models_are_in_memory_one_after_the_other(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """And found as different as when both are."""
    head = "first = Slice(logits, zero, one, one) embedding = Mul(first, wide)"
    a, b = classifier(head=head), classifier(-1.0, head=head)
    cpu, alive = backend_of("cpu"), list[weakref.ref[Session]]()

    def only_one(request: SessionRequest) -> Session:
        assert all(session() is None for session in alive)
        session = cpu.open(request)
        alive.append(weakref.ref(session))
        return session

    runtime, on = Runtime(replace(cpu, open=only_one), RunSettings(batch=2), Here()), samples(tmp_path, a)
    with pytest.raises(AssertionError):
        compare(a, b, runtime, on, Progress())
    monkeypatch.setattr("engine.profiling.handover.APART_BYTES", 8)
    alive.clear()
    assert compare(a, b, runtime, on, Progress()) == compared(a, b, on)
    assert len(alive) == 2


def test_logits_are_scored_beside_an_embedding(tmp_path: Path) -> None:
    head = "first = Slice(logits, zero, one, one) embedding = Mul(first, wide)"
    both = classifier(head=head)
    found = compared(both, both, samples(tmp_path, both))
    assert found.accuracy is not None and found.accuracy.output == "logits" and found.accuracy.a == 0.8


def test_models_that_take_one_sample_at_a_time(tmp_path: Path) -> None:
    single = classifier(batch="1")
    found = compared(single, single, samples(tmp_path, single), batch=4)
    assert found.samples == 5 and found.accuracy is not None and found.accuracy.a == 0.8


def test_outputs_and_inputs_of_other_names_go_by_position(tmp_path: Path) -> None:
    renamed = model("g (float[n, 4] z) => (float[n, 4] w) { w = Identity(z) }")
    found = compared(classifier(), renamed, samples(tmp_path, classifier()))
    assert found.exact and found.outputs[0].name == "logits"


def test_integer_outputs_are_compared_as_numbers(tmp_path: Path) -> None:
    classes = model("g (float[n, 4] x) => (int64[n] k) { k = ArgMax<axis = 1, keepdims = 0>(x) }")
    other = model("g (float[n, 4] x) => (int64[n] k) { k = ArgMin<axis = 1, keepdims = 0>(x) }")
    found = compared(classes, other, samples(tmp_path, classes))
    assert found.accuracy is not None and found.accuracy.a == 0.8 and found.max_abs_error == 3


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ("g (float[n, 4] x) => (float[n, 1] logits) { logits = ReduceSum(x) }", "has shape"),
        (
            "g (float[n, 4] x) => (float[n, 4] p, float[n, 4] q) { p = Identity(x) q = Identity(x) }",
            "do not correspond",
        ),
        ("g (float[n, 8] x) => (float[n, 8] logits) { logits = Identity(x) }", "No shape fits both"),
        ("g (float[3, 4] x) => (float[3, 4] logits) { logits = Identity(x) }", "--shape x=3,4"),
    ],
)
def test_models_that_do_not_correspond_are_refused(tmp_path: Path, other: str, words: str) -> None:
    with pytest.raises(ModelError, match=words):
        compared(classifier(), model(other), samples(tmp_path, classifier()))


@pytest.mark.parametrize(
    ("device", "options", "precise", "expected"),
    [
        ("openvino:cpu", {}, False, {}),
        ("openvino:cpu", {"precision": "bf16", "hint": "throughput"}, False, {"precision": "bf16"}),
        ("openvino:cpu", {"precision": "bf16"}, True, {"precision": "f32"}),
        ("cpu", {"optimization": "disabled"}, True, {"spinning": False}),
    ],
)
def test_the_runtime_s_defaults_but_the_precision_that_was_chosen(
    tmp_path: Path, device: str, options: dict[str, OptionValue], precise: bool, expected: dict[str, OptionValue]
) -> None:
    seen: list[RunSettings] = []

    def watch(request: SessionRequest) -> Session:
        seen.append(request.settings)
        return backend_of("cpu").open(replace(request, settings=RunSettings()))

    backend = next(b for b in backends().values() if any(d.id == device for d in b.devices()))
    runtime = Runtime(replace(backend, open=watch), RunSettings(device=device, options=options), Here())
    a = classifier()
    compare(a, a, runtime, samples(tmp_path, a), Progress(), precise=precise)
    assert [settings.options for settings in seen] == [expected, expected]


def test_no_samples_are_an_error(tmp_path: Path) -> None:
    with pytest.raises(DataError, match="no samples"):
        compared(classifier(), classifier(), synthetic(classifier(), RunSettings(), 0))


def test_json_has_no_infinity(tmp_path: Path) -> None:
    found = compared(classifier(), classifier(), samples(tmp_path, classifier())).to_json()
    assert json.loads(json.dumps(found, allow_nan=False)) == found
    assert found["outputs"][0]["sqnr_db"] is None and found["outputs"][0]["max_abs_error"] == 0


@pytest.mark.real_models
def test_a_quantized_network_in_the_child(
    real_model: Callable[[str], Path], shared_data: Callable[[str], Path]
) -> None:
    a = ir.load(real_model("cifar_resnet20/cifar_resnet20_ts_op13.onnx"))
    b = ir.load(real_model("cifar_resnet20_qdq_int8"))
    data = open_dataset(shared_data("cifar10"), inputs(a), samples=200, seed=0)
    with Child() as child:
        found = compare(a, b, Runtime(backend_of("cpu"), RunSettings(batch=10), child), data.evaluation, Progress())
    (output,) = found.outputs
    assert 20 < output.sqnr_db < 40 and output.cosine > 0.99
    assert found.accuracy is not None and found.accuracy.agreement > 0.95
    assert abs(found.accuracy.a - found.accuracy.b) < 0.03


QUANTIZED = """g (float[n, 4, 6, 6] x) => (float[n, 4] logits)
    <float s = {%(scale)s}, uint8 z = {128}, int8[4, 4, 1, 1] w = {%(weights)s}, float[4] ws = {%(scales)s},
     int8[4] wz = {0, 0, 0, 0}, int64[2] axes = {2, 3}>
    { q = QuantizeLinear(x, s, z) d = DequantizeLinear(q, s, z) f = DequantizeLinear<axis = %(axis)d>(w, ws, wz)
      c = Conv(d, f) logits = ReduceSum<keepdims = 0>(c, axes) }"""
FLOAT = """g (float[n, 4, 6, 6] x) => (float[n, 4] logits)
    <float[4, 4, 1, 1] w = {%(weights)s}, int64[2] axes = {2, 3}>
    { c = Conv(x, w) logits = ReduceSum<keepdims = 0>(c, axes) }"""


def quantized_pair(tmp_path: Path, *, scale: float = 1 / 32, axis: int = 0) -> Comparison:
    """A convolution and its quantized form, on 64 samples whose labels are the float model's own answers."""
    rng = np.random.default_rng(0)
    whole = rng.integers(-127, 128, (4, 4))
    scales = np.array([1.0, 0.5, 0.25, 0.125]) / 64

    def listed(values: np.ndarray) -> str:
        return ", ".join(f"{value:.8f}" if values.dtype.kind == "f" else str(value) for value in values.ravel())

    a = model(FLOAT % {"weights": listed(whole * scales[:, None])})
    said = {"scale": scale, "weights": listed(whole), "scales": listed(scales), "axis": axis}
    x = rng.uniform(-3.9, 3.9, (64, 4, 6, 6)).astype(np.float32)
    labels = np.einsum("oc,ncij->no", whole * scales[:, None], x).argmax(1)
    np.savez(tmp_path / "s.npz", x=x, labels=labels)
    found = open_arrays(tmp_path / "s.npz", inputs(a), samples=None, seed=0)
    return compared(a, model(QUANTIZED % said), found, batch=16)


def test_a_sound_quantized_model_is_close(tmp_path: Path) -> None:
    found = quantized_pair(tmp_path)
    assert found.outputs[0].sqnr_db > 30 and found.accuracy is not None
    assert found.accuracy.a == 1 and found.accuracy.b > 0.95


@pytest.mark.parametrize("scale", [1 / 256, 4.0])
def test_a_scale_that_saturates_or_is_too_coarse_is_seen(tmp_path: Path, scale: float) -> None:
    found = quantized_pair(tmp_path, scale=scale)
    assert found.outputs[0].sqnr_db < 12 and found.accuracy is not None and found.accuracy.agreement < 0.9


def test_weights_scaled_along_the_wrong_axis_are_seen(tmp_path: Path) -> None:
    found = quantized_pair(tmp_path, axis=1)
    assert found.outputs[0].sqnr_db < 6 and found.accuracy is not None and found.accuracy.agreement < 0.8
    assert found.accuracy.paired is not None and found.accuracy.paired.p_value < 0.01


@pytest.mark.real_models
def test_channels_in_the_wrong_order_are_seen(
    real_model: Callable[[str], Path], shared_data: Callable[[str], Path]
) -> None:
    """The same network on pictures whose blue comes first."""
    net = ir.load(real_model("cifar_resnet20/cifar_resnet20_ts_op13.onnx"))
    scores = []
    for color in ("RGB", "BGR"):
        options = DataOptions(color=color)  # type: ignore[arg-type]
        data = open_dataset(shared_data("cifar10"), inputs(net), samples=200, seed=0, options=options)
        found = compared(net, net, data.evaluation, batch=20)
        assert found.accuracy is not None
        scores.append(found.accuracy.a)
    assert scores[0] > scores[1] + 0.1


def test_the_first_five_are_scored_where_there_are_more_classes(tmp_path: Path) -> None:
    wide = model("g (float[n, 8] x) => (float[n, 8] logits) { logits = Identity(x) }")
    turned = model("g (float[n, 8] x) => (float[n, 8] logits) { logits = Neg(x) }")
    x = np.tile(np.arange(8, dtype=np.float32), (8, 1))  # class 7 first, class 0 last
    np.savez(tmp_path / "s.npz", x=x, labels=np.arange(8))
    found = compared(wide, turned, open_arrays(tmp_path / "s.npz", inputs(wide), samples=None, seed=0), batch=3)
    assert found.accuracy is not None and found.accuracy.top5 == (5 / 8, 5 / 8) and found.accuracy.a == 1 / 8
    told = found.to_json()["accuracy"]
    assert told["top5"] == {"a": 5 / 8, "b": 5 / 8} and (told["lost"], told["gained"]) == (1, 1)
    assert told["difference"] == 0 and told["p_value"] == 1 and told["interval"][0] < 0 < told["interval"][1]
    few = compared(classifier(), classifier(), samples(tmp_path, classifier()))
    assert few.accuracy is not None and few.accuracy.top5 is None, "all of four classes are among the first five"


def test_a_metric_of_the_user_runs_on_all_samples_of_both(tmp_path: Path) -> None:
    (tmp_path / "m.py").write_text(
        "def share(outputs, labels):\n"
        "    assert len(labels) == 5\n"
        "    return (outputs['logits'].argmax(axis=1) == labels).mean()\n"
    )
    runtime = Runtime(backend_of("cpu"), RunSettings(batch=2), Here())
    pair, on = (classifier(), classifier(-1.0)), samples(tmp_path, classifier())
    found = compare(*pair, runtime, on, Progress(), metric=Metric(tmp_path / "m.py", "share"))
    assert found.metric is not None and found.accuracy is not None
    assert (found.metric.a, found.metric.b) == (found.accuracy.a, found.accuracy.b)
    assert found.to_json()["metric"]["name"] == "m.py:share"


def test_models_that_take_half_floats_are_fed_them_on_either_side(tmp_path: Path) -> None:
    full = model("net (float[n,4] x) => (float[n,4] y) { y = Relu(x) }")
    half = model("net (float16[n,4] x) => (float16[n,4] y) { y = Relu(x) }")
    on = samples(tmp_path, full, labels=False)
    for a, b in ((full, half), (half, full), (half, half)):
        assert compared(a, b, on).outputs[0].sqnr_db > 50
