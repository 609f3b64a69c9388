from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest

from engine.backend import RunSettings, SessionRequest
from engine.errors import DeviceError
from engine.profiling.onnxruntime import session as ort_session
from engine.profiling.onnxruntime.binding import BoundRuns, Memory
from engine.profiling.onnxruntime.session import OrtSession, Setup
from engine.profiling.onnxruntime.trace import CPU

TEXT = """<ir_version: 8, opset_import: ["" : 17]>
g (float[N,4] x) => (float[N,4] y, float[N,4] z) { [first] y = Sin(x) [second] z = Cos(y) }"""


@pytest.fixture
def model(tmp_path: Path) -> Path:
    return saved(TEXT, tmp_path)


def saved(text: str, folder: Path) -> Path:
    onnx.save(onnx.parser.parse_model(text), folder / "m.onnx")
    return folder / "m.onnx"


def request(model: Path, scratch: Path | None = None) -> SessionRequest:
    return SessionRequest(model, RunSettings(threads=1), profile=scratch is not None, scratch=scratch)


def test_phases_of_a_run_on_bound_values(model: Path) -> None:
    """The same code as on a GPU, on the processor's own memory."""
    session = OrtSession(request(model), Setup(memory=Memory("cpu")))
    for rows in (2, 3, 3):
        phases = session.phases({"x": np.ones((rows, 4), np.float32)})
        assert phases is not None
        assert min(phases.copy_in_us, phases.compute_us, phases.copy_out_us) > 0


def test_a_bound_run_gives_what_a_plain_one_gives(model: Path) -> None:
    import onnxruntime as ort

    bound = BoundRuns(ort.InferenceSession(str(model), providers=[CPU]), Memory("cpu"))
    for value in (1.0, 2.0):  # the second overwrites the values of the first
        x = np.full((3, 4), value, np.float32)
        _, (y, z) = bound.run({"x": x})
        np.testing.assert_allclose(y, np.sin(x), rtol=1e-5)
        np.testing.assert_allclose(z, np.cos(np.sin(x)), rtol=1e-5)


def test_a_run_cannot_be_taken_apart_where_memory_is_shared_or_values_are_no_numbers(tmp_path: Path) -> None:
    text = saved(
        '<ir_version: 8, opset_import: ["" : 17]> g (string[2] s) => (string[2] t) { t = Identity(s) }', tmp_path
    )
    feeds = {"s": np.array(["a", "b"], object)}
    assert OrtSession(request(text), Setup(memory=Memory("cpu"))).phases(feeds) is None
    assert OrtSession(request(text), Setup()).phases(feeds) is None


def test_a_wrong_feed_of_a_bound_run_is_the_device_s_error(model: Path) -> None:
    with pytest.raises(DeviceError, match="x"):
        OrtSession(request(model), Setup(memory=Memory("cpu"))).phases({"x": np.ones((2, 5), np.float32)})


def test_a_provider_that_this_build_lacks_is_an_error_and_no_silent_run_on_the_processor(model: Path) -> None:
    setup = Setup(providers=(("CUDAExecutionProvider", {}),), way_out="Install it.")
    with pytest.raises(DeviceError, match="no CUDAExecutionProvider") as raised:
        OrtSession(request(model), setup)
    assert raised.value.exit_status == 4 and raised.value.way_out == "Install it."


def test_a_provider_that_does_not_load_is_an_error(model: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """ONNX Runtime warns of it only and goes on without: here its Python layer does, for a provider that it lacks."""
    monkeypatch.setattr(ort_session, "require_providers", lambda setup, where: None)
    with pytest.warns(UserWarning, match="not in available"), pytest.raises(DeviceError, match="could not load CUDA"):
        OrtSession(request(model), Setup(providers=(("CUDAExecutionProvider", {}),)))


def test_nothing_falls_back_where_it_must_not(model: Path) -> None:
    setup = Setup(providers=(("AzureExecutionProvider", {}),), cpu_fallback=False)
    with pytest.raises(DeviceError, match="fallback to CPU EP has been explicitly disabled"):
        OrtSession(request(model), setup)
    allowed = OrtSession(request(model), Setup(providers=(("AzureExecutionProvider", {}),)))
    assert len(allowed.run({"x": np.ones((1, 4), np.float32)})) == 2


def test_the_trace_of_a_session_that_cannot_save_its_graph(model: Path, tmp_path: Path) -> None:
    setup = Setup(providers=(("AzureExecutionProvider", {}),), compiles=True, notes={"host": ("a note",)})
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    session = OrtSession(request(model, scratch), setup)
    session.run({"x": np.ones((1, 4), np.float32)})
    trace = session.finish_trace()
    assert [(node.name, node.inputs, node.outputs) for node in trace.executed] == [
        ("first", ("x",), ("y",)),
        ("second", ("y",), ("z",)),
    ]
    assert (trace.clock, trace.notes) == ("host", ("a note",))
    assert {event.provider for event in trace.runs[0]} == {CPU}
    assert not (scratch / "optimized.onnx").exists()
