from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx_ir as ir
import psutil
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import Cancelled, DeviceError, RuntimeCrash, UsageError
from engine.profiling.child import Child
from engine.profiling.measure import profile
from engine.profiling.profile import Profile
from engine.progress import Progress
from tests.conftest import FindPath
from tests.engine.profiling.helpers import floats, parsed

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
SETTINGS = RunSettings(threads=1, runs=30, warmup=2)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as child:
        yield child


def measured(child: Child, model: ir.Model, settings: RunSettings = SETTINGS) -> Profile:
    return profile(
        model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, settings.batch), Progress()
    )


def convs(sizes: dict[str, int]) -> ir.Model:
    """A chain of convolutions that differ in the size of their kernel."""
    body, value = "", "x"
    for name, size in sizes.items():
        pad = size // 2
        body += f"[{name}] {name}_out = Conv<pads=[{pad},{pad},{pad},{pad}]>({value}, {name}_w)\n"
        value = f"{name}_out"
    weights = {f"{name}_w": floats(16, 16, size, size) * 0.01 for name, size in sizes.items()}
    return parsed(
        HEAD + f"g (float[1,16,48,48] x) => (float[1,16,48,48] y) {{ {body} [end] y = Abs({value}) }}", weights
    )


def test_a_profile_says_all_that_it_promises(child: Child) -> None:
    found = measured(child, convs({"a": 3, "b": 3}))
    assert (found.device, found.threads, found.batch, found.runs, found.inputs) == ("cpu", 1, 1, 30, "synthetic")
    assert 0 < found.latency_ms.min <= found.latency_ms.median <= found.latency_ms.p90
    assert found.throughput_per_s == pytest.approx(1000 / found.latency_ms.median)
    assert 0 < found.kernel_sum_ms <= found.profiled_ms
    assert found.attributed_share == 1.0
    assert sum(kernel.share for kernel in found.kernels) == pytest.approx(1)
    assert sum(layer.share for layer in found.layers) == pytest.approx(1)
    assert {layer.id: layer.state for layer in found.layers} == {"a": "timed", "b": "timed", "end": "timed"}
    assert len(found.model_sha256) == 64
    assert {"lathe", "processor", "device", "python", "system"} <= set(found.environment)
    assert "ONNX Runtime" in found.environment["device"]
    names = [kernel.name for kernel in found.kernels]
    assert not any("~" in name for name in names), names


@pytest.mark.parametrize("heavy", ["first", "second", "third"])
def test_the_heavy_layer_gets_the_time(child: Child, heavy: str) -> None:
    sizes = {name: 7 if name == heavy else 1 for name in ("first", "second", "third")}
    found = {layer.id: layer for layer in measured(child, convs(sizes)).layers}
    assert found[heavy].median_us - found[heavy].inserted_us > 3 * max(
        found[name].median_us - found[name].inserted_us for name in sizes if name != heavy
    )


def test_the_heavy_branch_gets_the_time(child: Child) -> None:
    model = parsed(
        HEAD
        + """g (float[1,16,48,48] x) => (float[1,16,48,48] y) {
            [one] a = Conv<pads=[1,1,1,1]>(x, u) [one_act] b = Relu(a)
            [two] c = Conv<pads=[4,4,4,4]>(x, v) [two_act] d = Relu(c)
            [sum] y = Add(b, d) }""",
        {"u": floats(16, 16, 3, 3), "v": floats(16, 16, 9, 9)},
    )
    found = {layer.id: layer for layer in measured(child, model).layers}
    assert found["two"].median_us > 3 * found["one"].median_us
    assert found["two_act"].lead in ("two", None)


def test_layers_take_as_long_as_in_models_of_their_own(child: Child) -> None:
    """An oracle without attribution: end-to-end times of single layers stand in the same proportion."""
    sizes = {"small": 3, "large": 9}
    together = {layer.id: layer.median_us for layer in measured(child, convs(sizes)).layers}
    alone = {name: measured(child, convs({name: size})).kernel_sum_ms for name, size in sizes.items()}
    proportion = (together["large"] / together["small"]) / (alone["large"] / alone["small"])
    assert 0.3 < proportion < 4


def test_the_time_of_a_loop_is_its_body_s(child: Child) -> None:
    model = parsed(
        HEAD
        + """g (float[256,256] x) => (float[256,256] y) {
            [loop] y = Loop <body = b (int64 i, bool go, float[256,256] s) => (bool on, float[256,256] t)
                { [keep] on = Identity(go) [product] t = MatMul(s, w) }> (n, c, x) }""",
        {"n": np.array(4, np.int64), "c": np.array(True), "w": floats(256, 256) * 0.01},
    )
    found = measured(child, model)
    layers = {layer.id: layer for layer in found.layers}
    assert layers["loop/body/product"].share > 0.6
    assert layers["loop"].share < 0.3, "self time only"
    assert found.kernel_sum_ms <= found.profiled_ms


def test_memory_grows_by_the_weights_at_least(child: Child) -> None:
    model = parsed(
        HEAD + "g (float[1,2048] x) => (float[1,4096] y) { [product] y = MatMul(x, w) }", {"w": floats(2048, 4096)}
    )
    small = measured(child, convs({"a": 1})).peak_memory_bytes
    large = measured(child, model).peak_memory_bytes
    assert 32 << 20 < large < 256 << 20
    assert small < 16 << 20, "what an earlier model took is not counted again"


def test_dynamic_batches_are_fed_as_asked(child: Child) -> None:
    model = parsed(HEAD + "g (float[N,8] x) => (float[N,8] y) { [sin] y = Sin(x) }")
    settings = replace(SETTINGS, batch=4)
    found = measured(child, model, settings)
    assert (found.batch, found.throughput_per_s) == (4, pytest.approx(4000 / found.latency_ms.median))
    with pytest.raises(UsageError, match="batch of 4"):
        profile(model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, 2), Progress())


def test_a_fixed_batch_is_not_measured_as_another(child: Child) -> None:
    with pytest.raises(UsageError, match="no batch of 8 can be fed"):
        measured(child, convs({"a": 1}), replace(SETTINGS, batch=8))


def test_a_given_shape_says_the_batch_as_well(child: Child) -> None:
    model = parsed(HEAD + "g (float[N,8] x) => (float[N,8] y) { [sin] y = Sin(x) }")
    found = measured(child, model, replace(SETTINGS, shapes={"x": (4, 8)}))
    assert (found.batch, found.throughput_per_s) == (4, pytest.approx(4000 / found.latency_ms.median))


def test_what_cannot_run_says_so_in_the_model_s_own_names(child: Child) -> None:
    model = parsed(HEAD + "g (float[2] x) => (float[2] y) { [good] a = Abs(x) [fancy] y = Abs(a) }")
    model.graph.node(1).op_type = "NoSuchOp"
    with pytest.raises(DeviceError, match="NoSuchOp") as raised:
        measured(child, model)
    assert "~" not in str(raised.value)
    assert os.sep + "lathe-" not in str(raised.value)


def test_a_made_up_value_that_the_model_does_not_take_can_be_given(child: Child) -> None:
    text = "g (float[5] x, int64[1] size) => (float[n] y) { [shape] y = Reshape(x, size) }"
    with pytest.raises(DeviceError, match="shape") as error:
        measured(child, parsed(HEAD + text), replace(SETTINGS, inputs={"size": "4"}))
    assert "size" not in str(error.value.way_out), "that one was given"
    with pytest.raises(DeviceError, match="shape") as error:
        measured(child, parsed(HEAD + text))
    assert "--input size=VALUE" in str(error.value.way_out)
    assert measured(child, parsed(HEAD + text), replace(SETTINGS, inputs={"size": "5"})).runs


def test_a_name_that_only_tagging_mends_is_refused(child: Child) -> None:
    model = parsed(HEAD + "g (float[2] x) => (float[2] y) { [same] a = Abs(x) [other] y = Abs(a) }")
    model.graph.node(1).name = "same"
    with pytest.raises(DeviceError, match="same"):
        measured(child, model)


def in_background(child: Child, model: ir.Model, progress: Progress) -> tuple[threading.Thread, list[BaseException]]:
    settings = RunSettings(threads=1, runs=1_000_000)
    outcome: list[BaseException] = []

    def work() -> None:
        try:
            profile(model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, 1), progress)
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=work)
    thread.start()
    end = time.monotonic() + 20
    while progress.tick.label != "measuring":
        assert time.monotonic() < end and thread.is_alive(), (progress.tick, outcome)
        time.sleep(0.01)
    return thread, outcome


def test_cancel_in_the_middle_and_measure_again() -> None:
    model, progress = convs({"a": 3}), Progress()
    with Child() as child:
        thread, outcome = in_background(child, model, progress)
        begin = time.monotonic()
        progress.cancel()
        thread.join(5)
        assert time.monotonic() - begin < 1
        assert [type(error) for error in outcome] == [Cancelled]
        assert measured(child, model).runs == 30


def test_a_killed_child_is_a_message_and_the_next_profile_works() -> None:
    model = convs({"a": 3})
    with Child() as child:
        before = set(psutil.Process().children())
        thread, outcome = in_background(child, model, Progress())
        (process,) = set(psutil.Process().children()) - before
        os.kill(process.pid, signal.SIGKILL)
        thread.join(5)
        (error,) = outcome
        assert isinstance(error, RuntimeCrash) and "SIGKILL" in str(error)
        assert measured(child, model).runs == 30


def test_the_child_is_idle_between_calls() -> None:
    with Child() as child:
        others = set(psutil.Process().children())
        measured(child, convs({"a": 3}))
        (process,) = set(psutil.Process().children()) - others
        time.sleep(0.2)
        before = process.cpu_times()
        time.sleep(0.5)
        after = process.cpu_times()
    assert (after.user - before.user) + (after.system - before.system) < 0.1


@pytest.mark.real_models
def test_external_weights_stay_where_they_are(child: Child, real_model: FindPath) -> None:
    path = real_model("trt_ext_weights")
    before = {file: file.stat().st_mtime_ns for file in path.parent.iterdir()}
    found = measured(child, ir.load(path))
    assert found.attributed_share == 1
    assert {file: file.stat().st_mtime_ns for file in path.parent.iterdir()} == before


@pytest.mark.real_models
def test_the_states_of_silero(child: Child, real_model: FindPath) -> None:
    model = ir.load(real_model("silero_vad"))
    settings = replace(SETTINGS, shapes={"input": (1, 576), "state": (2, 1, 128)}, inputs={"sr": "16000"})
    found = measured(child, model, settings)
    states = {layer.id: layer.state for layer in found.layers}
    assert found.attributed_share >= 0.99
    assert {states[layer] for layer in states if layer.startswith("If_0/else_branch/") and "Conv" in layer} == {
        "not_run"
    }
    assert states["If_0"] == "timed"


def test_nothing_is_left_in_the_temporary_folder(child: Child, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    measured(child, convs({"a": 1}))
    assert list(tmp_path.iterdir()) == []
