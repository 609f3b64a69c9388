from __future__ import annotations

import importlib.util
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import onnx_ir as ir
import pytest

import engine.backends
from engine.backend import Array, RunSettings, Session, SessionRequest
from engine.backends import backend_of, devices, openvino
from engine.errors import DeviceError, RuntimeCrash, UsageError
from engine.options import specs
from engine.profiling.handover import Handover
from engine.profiling.openvino.session import cannot_run
from engine.profiling.processor import Processor
from tests.conftest import FindPath

CPU = "openvino:cpu"
installed = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO is not installed (pip install 'lathe[openvino]')"
)
HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
TEXT = HEAD + "g (float[N,4] x) => (float[N,4] y, float[N,4] z) { [first] y = Sin(x) [second] z = Cos(y) }"


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved(tmp_path, TEXT)


def saved(folder: Path, text: str) -> Path:
    path = folder / "m.onnx"
    onnx.save(onnx.parser.parse_model(text), path)
    return path


def opened(path: Path, **options: object) -> Session:
    settings = RunSettings(device=CPU, threads=1, options=options)  # type: ignore[arg-type]
    return backend_of(CPU).open(SessionRequest(path, settings))


def profiled(path: Path, scratch: Path, **options: object) -> Session:
    settings = RunSettings(device=CPU, threads=2, options=options)  # type: ignore[arg-type]
    return backend_of(CPU).open(SessionRequest(path, settings, profile=True, scratch=scratch))


def ones(*shape: int) -> Array:
    return np.ones(shape, np.float32)


@installed
def test_the_processor_is_a_device_and_listing_it_imports_nothing() -> None:
    assert {d.id: d.available for d in devices()}[CPU]
    program = "import sys; from engine.backends import devices; devices(); sys.exit('openvino' in sys.modules)"
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=Path(engine.__file__).parents[1], timeout=120).returncode
        == 0
    )


def test_without_the_package_every_device_says_what_to_install(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    found = openvino.BACKEND.devices()
    assert [device.id for device in found] == [CPU, "openvino:gpu", "openvino:npu"]
    assert all(not device.available and "pip install 'lathe[openvino]'" in device.reason for device in found)
    with pytest.raises(DeviceError, match="pip install"):
        openvino.BACKEND.open(SessionRequest(tmp_path / "m.onnx", RunSettings(device=CPU)))


@installed
def test_a_device_that_is_not_there_is_listed_with_the_reason(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(openvino, "missing", lambda kind: f"no Intel {kind.upper()} was found in this machine")
    gpu = next(device for device in openvino.BACKEND.devices() if device.id == "openvino:gpu")
    assert (gpu.available, gpu.reason) == (False, "no Intel GPU was found in this machine")


@installed
def test_telemetry_is_never_imported() -> None:
    program = (
        "import sys; from engine.profiling.openvino.session import runtime; runtime().Core();"
        "sys.exit(any(m.startswith('openvino_telemetry') for m, module in sys.modules.items() if module is not None))"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=Path(engine.__file__).parents[1], timeout=120).returncode
        == 0
    )


@pytest.mark.parametrize(
    ("features", "reduced"), [({"sse2", "avx2", "avx512f", "avx512_vnni"}, False), ({"sse2", "avx2"}, True)]
)
def test_facts_follow_from_the_processor(monkeypatch: pytest.MonkeyPatch, features: set[str], reduced: bool) -> None:
    monkeypatch.setattr(openvino, "processor", lambda: Processor("test", False, frozenset(features)))
    facts = openvino.BACKEND.facts(CPU)
    assert (facts.activation_dtype, facts.reduce_range) == (np.dtype(np.uint8), reduced)
    assert {"Conv", "MatMul", "Add", "Relu"} <= facts.integer_ops
    assert not {"Sigmoid", "Softmax"} & facts.integer_ops, "OpenVINO computes these in float"


@installed
def test_a_session_runs_and_gives_the_outputs_that_are_asked_for(model: Path) -> None:
    session = opened(model, precision="f32")
    assert [(v.name, v.dtype, v.shape) for v in session.inputs] == [("x", "float32", (None, 4))]
    assert [v.name for v in session.outputs] == ["y", "z"]
    (z,) = session.run({"x": ones(3, 4)}, ["z"])
    np.testing.assert_allclose(z, np.cos(np.sin(ones(3, 4))), rtol=1e-5)
    assert len(session.run({"x": ones(3, 4)})) == 2


@installed
@pytest.mark.parametrize("fixed", [True, False])
def test_inputs_of_other_shapes_later(model: Path, fixed: bool) -> None:
    session = opened(model, precision="f32", fixed_shapes=fixed)
    for rows in (3, 5, 3, 1):
        y, _ = session.run({"x": ones(rows, 4)})
        np.testing.assert_allclose(y, np.sin(ones(rows, 4)), rtol=1e-5)


@installed
def test_results_are_not_overwritten_by_the_next_run(model: Path) -> None:
    session = opened(model)
    (first,) = session.run({"x": ones(1, 4)}, ["y"])
    kept = first.copy()
    session.run({"x": np.zeros((1, 4), np.float32)})
    np.testing.assert_array_equal(first, kept)


@installed
def test_element_types_and_scalars(tmp_path: Path) -> None:
    text = (
        HEAD + "g (int64 n, float16[2] h, bool[2] b, float[2] f) =>"
        " (int64 m, float16[2] i, bool[2] c, float[2] same, float s) <float k = {3}> {"
        " m = Add(n, n) i = Add(h, h) c = Not(b) same = Identity(f) s = Identity(k) }"
    )
    session = opened(saved(tmp_path, text))
    feeds = {
        "n": np.array(2, np.int64),
        "h": np.array([1, 2], np.float16),
        "b": np.array([True, False]),
        "f": np.arange(4, dtype=np.float32)[::2],  # not contiguous
    }
    m, i, c, same, s = session.run(feeds)
    assert [array.dtype.name for array in (m, i, c, same, s)] == ["int64", "float16", "bool", "float32", "float32"]
    assert (int(m), float(s), m.shape) == (4, 3.0, ())
    assert (i.tolist(), c.tolist(), same.tolist()) == ([2, 4], [False, True], [0, 2])


@installed
@pytest.mark.parametrize(
    ("feeds", "words"),
    [
        ({"x": np.ones((2, 4))}, "takes float32 and is fed float64"),
        ({"x": np.array([["a", "b", "c", "d"]])}, "is fed text"),
        ({"q": ones(2, 4)}, "no input 'q'"),
        ({"x": ones(2, 5)}, "5"),
    ],
)
def test_what_cannot_be_fed_is_the_device_s_error(model: Path, feeds: dict[str, Array], words: str) -> None:
    with pytest.raises(DeviceError, match=words) as raised:
        opened(model).run(feeds)
    assert raised.value.where == CPU


@installed
def test_several_threads_run_at_a_time(model: Path) -> None:
    session = opened(model, streams=2, precision="f32")
    found: dict[int, Array] = {}

    def work(value: int) -> None:
        for _ in range(20):
            (found[value],) = session.run({"x": np.full((1, 4), value, np.float32)}, ["y"])

    threads = [threading.Thread(target=work, args=(value,)) for value in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    for value, y in found.items():
        np.testing.assert_allclose(y, np.sin(np.full((1, 4), value)), rtol=1e-4, atol=1e-6)


@installed
def test_a_trace_has_runs_wall_times_and_the_executed_graph(model: Path, tmp_path: Path) -> None:
    session = profiled(model, tmp_path, precision="f32")
    for _ in range(5):
        session.run({"x": ones(20_000, 4)})
    trace = session.finish_trace()
    assert len(trace.runs) == len(trace.wall_us) == 5
    for run, wall_us in zip(trace.runs, trace.wall_us, strict=True):
        assert 0 < sum(event.duration_us for event in run) <= wall_us * 1.000001
        ends = [event.start_us + event.duration_us for event in run]
        assert all(end <= after.start_us + 1e-6 for end, after in zip(ends, run[1:], strict=False))
    assert {event.precision for event in trace.runs[0]} == {"float32"}
    assert all(event.implementation.endswith("_f32") for event in trace.runs[0])
    assert {"y", "z"} <= {name for node in trace.executed for name in node.outputs}
    assert all(node.originals for node in trace.executed)
    assert trace.notes and not any("precision=f32" in note for note in trace.notes)


@installed
def test_a_trace_after_a_change_of_shapes_is_of_the_last_compiled_model(model: Path, tmp_path: Path) -> None:
    session = profiled(model, tmp_path)
    for rows in (1, 1, 20_000, 20_000):
        session.run({"x": ones(rows, 4)})
    trace = session.finish_trace()
    assert [bool(run) for run in trace.runs] == [False, False, True, True]
    assert len(trace.wall_us) == 4


@installed
def test_streams_do_not_divide_the_counters(model: Path, tmp_path: Path) -> None:
    session = profiled(model, tmp_path, streams=2)
    for _ in range(6):
        session.run({"x": ones(20_000, 4)})
    assert all(sum(event.duration_us for event in run) > 0 for run in session.finish_trace().runs)


@installed
def test_every_option_is_taken(model: Path) -> None:
    for spec in specs(openvino.Options):
        for value in spec.choices or ((True, False) if spec.type is bool else (0, 2)):
            opened(model, **{spec.name: value}).run({"x": ones(1, 4)})
    with pytest.raises(UsageError, match="precision"):
        opened(model, precision="int3")


@installed
def test_the_precision_that_is_asked_for_is_the_one_that_runs(tmp_path: Path) -> None:
    text = HEAD + "g (float[64,64] x) => (float[64,64] y) { y = MatMul(x, x) }"
    x = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    exact = x.astype(np.float64) @ x
    (y,) = opened(saved(tmp_path, text), precision="f32").run({"x": x})
    assert np.abs(y - exact).max() < 1e-3
    (y,) = opened(saved(tmp_path, text), execution="accuracy").run({"x": x})
    assert np.abs(y - exact).max() < 1e-3


@installed
def test_lower_precision_that_nobody_asked_for_is_said(tmp_path: Path) -> None:
    text = HEAD + "g (float[64,64] x) => (float[64,64] y) { y = MatMul(x, x) }"
    session = profiled(saved(tmp_path, text), tmp_path)
    session.run({"x": ones(64, 64)})
    trace = session.finish_trace()
    lower = any(event.precision in ("bfloat16", "float16") for event in trace.runs[0])
    assert any("precision=f32" in note for note in trace.notes) == lower


@installed
def test_external_data_is_read_where_it_stands_and_nothing_is_written_there(tmp_path: Path) -> None:
    source = tmp_path / "source"
    source.mkdir()
    weights = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    proto = onnx.parser.parse_model(HEAD + "g (float[1,64] x) => (float[1,64] y) { y = MatMul(x, w) }")
    proto.graph.initializer.append(onnx.numpy_helper.from_array(weights, "w"))
    onnx.save(proto, source / "m.onnx", save_as_external_data=True, location="m.data", size_threshold=0)
    before = sorted(source.iterdir())
    loaded = ir.load(source / "m.onnx")
    with Handover() as handover:
        request = SessionRequest(
            handover.write(loaded, "m.onnx"),
            RunSettings(device=CPU, options={"precision": "f32"}),
            handover.weights(loaded),
        )
        assert request.weights is not None
        here = Path.cwd()
        (y,) = backend_of(CPU).open(request).run({"x": np.eye(1, 64, dtype=np.float32)})
    np.testing.assert_allclose(y[0], weights[0], rtol=1e-5)
    assert Path.cwd() == here and sorted(source.iterdir()) == before


@installed
def test_what_does_not_load_is_the_device_s_error_with_its_reason(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    proto = onnx.load(model)
    proto.graph.node[0].op_type = "NoSuchOp"
    onnx.save(proto, broken)
    with pytest.raises(DeviceError, match="NoSuchOp") as raised:
        opened(broken)
    assert raised.value.exit_status == 4
    assert ".cpp" not in raised.value.what and "\n" not in raised.value.what


def test_the_reason_is_without_places_in_the_runtime_s_source() -> None:
    text = (
        "Exception from src/inference/src/cpp/core.cpp:105:\n"
        "Check 'false' failed at src/frontends/common_translators/src/unconverted_ops_report.cpp:151:\n"
        "FrontEnd API failed with OpConversionFailure:\n"
        "Model wasn't fully converted. Failed operations detailed log:\n"
        "-- Conv-16 with a message:\n"
        "While validating ONNX node '<Node(Conv): first>': Check 'data.rank()' failed at src/op/conv.cpp:38:\n"
        "FrontEnd API failed with GeneralFailure:\n"
        "The input data tensor's rank has to be known (static)\n\n"
        "Summary:\n-- Conversion is failed for: Conv-16\n"
    )
    assert cannot_run(RuntimeError(text), CPU).what == (
        "OpenVINO cannot run this model: Model wasn't fully converted. Failed operations detailed log: Conv-16 with a "
        "message: While validating ONNX node '<Node(Conv): first>': The input data tensor's rank has to be known "
        "(static)"
    )
    assert isinstance(cannot_run(RuntimeError("std::bad_alloc"), CPU), RuntimeCrash)


@installed
@pytest.mark.real_models
def test_a_real_model_that_openvino_does_not_take(real_model: FindPath) -> None:
    with pytest.raises(DeviceError, match="rank has to be known") as raised:
        opened(real_model("silero_vad"))
    assert raised.value.exit_status == 4
