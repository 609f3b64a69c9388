from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest

import engine.backends
from engine.backend import RunSettings, SessionRequest
from engine.backends import backend_of, backends, devices, onnxruntime_cpu
from engine.errors import DeviceError, RuntimeCrash, UsageError
from engine.options import specs
from engine.profiling.onnxruntime.session import cannot_run
from engine.profiling.processor import Processor

TEXT = """<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,4] y, float[N,4] z) { [first] y = Sin(x) [second] z = Cos(y) }"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "m.onnx"
    onnx.save(onnx.parser.parse_model(TEXT), path)
    return path


def request(model: Path, **options: object) -> SessionRequest:
    return SessionRequest(model, RunSettings(threads=1, options=options))  # type: ignore[arg-type]


def test_the_processor_is_a_device() -> None:
    cpu = devices()[0]
    assert (cpu.id, cpu.available, cpu.reason) == ("cpu", True, "")
    assert "ONNX Runtime" in cpu.title
    assert backend_of("cpu") is backends()["onnxruntime_cpu"]


def test_listing_devices_imports_no_runtime() -> None:
    program = (
        "import sys; from engine.backends import devices; devices(); "
        "sys.exit(any(m in sys.modules for m in ('onnxruntime', 'onnx', 'onnx_ir', 'torch')))"
    )
    assert (
        subprocess.run([sys.executable, "-c", program], cwd=Path(engine.__file__).parents[1], timeout=120).returncode
        == 0
    )


def test_a_device_that_is_not_here_is_listed_with_the_reason() -> None:
    missing = [device for device in devices() if not device.available]
    assert {"coreml", "directml:0"} & {device.id for device in missing}
    assert all(device.reason for device in missing)
    with pytest.raises(DeviceError, match="not available") as raised:
        backend_of(missing[0].id)
    assert raised.value.exit_status == 4


def test_an_unknown_device_is_wrong_usage() -> None:
    with pytest.raises(UsageError, match="cpu"):
        backend_of("gpu:7")


def test_without_onnx_runtime_the_device_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    cpu = devices()[0]
    assert not cpu.available
    with pytest.raises(DeviceError, match="pip install") as raised:
        backend_of("cpu")
    assert raised.value.exit_status == 4


@pytest.mark.parametrize(
    ("arm", "features", "dtype", "reduced", "block"),
    [
        (False, {"sse2", "avx2", "avx512f", "avx512_vnni"}, np.uint8, False, 16),
        (False, {"sse2", "avx2", "avx_vnni"}, np.uint8, False, 8),
        (False, {"sse2", "avx2", "avx512f"}, np.uint8, True, 16),
        (False, set(), np.uint8, True, 8),
        (True, {"asimd"}, np.int8, False, 4),
    ],
)
def test_facts_follow_from_the_processor(
    monkeypatch: pytest.MonkeyPatch, arm: bool, features: set[str], dtype: type, reduced: bool, block: int
) -> None:
    monkeypatch.setattr(onnxruntime_cpu, "processor", lambda: Processor("test", arm, frozenset(features)))
    facts = backend_of("cpu").facts("cpu")
    assert (facts.activation_dtype, facts.reduce_range, facts.channel_block) == (np.dtype(dtype), reduced, block)
    assert {"Conv", "MatMul", "Gemm", "Add"} <= facts.integer_ops
    assert "Sin" not in facts.integer_ops


def test_a_session_runs_and_gives_the_outputs_that_are_asked_for(model: Path) -> None:
    session = backend_of("cpu").open(request(model))
    assert [(v.name, v.dtype, v.shape) for v in session.inputs] == [("x", "float32", ("N", 4))]
    assert [v.name for v in session.outputs] == ["y", "z"]
    x = np.ones((3, 4), np.float32)
    (z,) = session.run({"x": x}, ["z"])
    np.testing.assert_allclose(z, np.cos(np.sin(x)), rtol=1e-5)
    assert len(session.run({"x": x})) == 2


def test_a_trace_has_runs_wall_times_and_the_executed_graph(model: Path, tmp_path: Path) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    session = backend_of("cpu").open(SessionRequest(model, RunSettings(threads=1), profile=True, scratch=scratch))
    for _ in range(3):
        session.run({"x": np.ones((2, 4), np.float32)})
    trace = session.finish_trace()
    assert [[event.name for event in run] for run in trace.runs] == [["first", "second"]] * 3
    assert [node.name for node in trace.executed] == ["first", "second"]
    for run, wall_us in zip(trace.runs, trace.wall_us, strict=True):
        assert sum(event.duration_us for event in run) <= wall_us
    assert {path.parent for path in tmp_path.rglob("*.json")} == {scratch}


def test_every_option_is_taken(model: Path) -> None:
    for spec in specs(onnxruntime_cpu.Options):
        values = spec.choices or ((True, False) if isinstance(spec.default, bool) else (spec.default,))
        for value in values:
            backend_of("cpu").open(request(model, **{spec.name: value}))
    with pytest.raises(UsageError, match="optimization"):
        backend_of("cpu").open(request(model, optimization="some"))


def test_what_does_not_load_or_run_is_the_device_s_error_with_its_reason(model: Path, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    proto = onnx.load(model)
    proto.graph.node[0].op_type = "NoSuchOp"
    onnx.save(proto, broken)
    with pytest.raises(DeviceError, match="NoSuchOp") as raised:
        backend_of("cpu").open(request(broken))
    assert str(tmp_path) not in str(raised.value)
    with pytest.raises(DeviceError, match="x"):
        backend_of("cpu").open(request(model)).run({"x": np.ones((2, 5), np.float32)})


def test_the_reason_is_without_places_in_the_runtime_s_source(model: Path, tmp_path: Path) -> None:
    path = tmp_path / "future.onnx"
    proto = onnx.load(model)
    proto.opset_import[0].version = 99
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(DeviceError, match="Opset 99") as raised:
        backend_of("cpu").open(request(path))
    assert ".h:" not in raised.value.what and "std::" not in raised.value.what


def test_the_runtime_does_not_log_what_it_raises(tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "gather.onnx"
    text = "g (int64[1] i) => (float[1] y) <float[2] t = {1,2}> { y = Gather(t, i) }"
    onnx.save(onnx.parser.parse_model(f'<ir_version: 8, opset_import: ["" : 17]> {text}'), path)
    with pytest.raises(DeviceError, match="out of data bounds"):
        backend_of("cpu").open(request(path)).run({"i": np.array([5])})
    assert capfd.readouterr().err == ""


def test_out_of_memory_is_told_apart() -> None:
    error = cannot_run(RuntimeError("[ONNXRuntimeError] : 6 : RUNTIME : std::bad_alloc"), "cpu")
    assert isinstance(error, RuntimeCrash)
