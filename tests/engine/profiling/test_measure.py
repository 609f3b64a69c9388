from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import numpy as np
import onnx_ir as ir
import psutil
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import Cancelled, DeviceError, EngineError, RuntimeCrash, UsageError
from engine.profiling.child import Child
from engine.profiling.measure import profile
from engine.profiling.profile import Profile, Transfers
from engine.progress import Progress, Tick
from tests.conftest import FindPath
from tests.engine.profiling import fakes
from tests.engine.profiling.helpers import floats, parsed

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
SETTINGS = RunSettings(threads=1, runs=30, warmup=2)
FAKE = RunSettings(device="fake", threads=1, runs=50, warmup=2)
ONCE = replace(FAKE, runs=2)


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as child:
        yield child


def measured(child: Child, model: ir.Model, settings: RunSettings = SETTINGS) -> Profile:
    return profile(
        model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, settings.batch), Progress()
    )


def faked(
    child: Child,
    open_session: fakes.Open,
    model: ir.Model | None = None,
    settings: RunSettings | None = None,
    progress: Progress | None = None,
) -> Profile:
    model = model or parsed(HEAD + "g (float[4] x) => (float[4] y) { [a] y = Abs(x) }")
    settings = settings or FAKE
    runtime = Runtime(fakes.backend(open_session), settings, child)
    return profile(model, runtime, synthetic(model, settings, 1), progress or Progress())


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
    assert found.kernel_sum_ms + found.between_kernels_ms == pytest.approx(found.profiled_ms)
    assert found.between_kernels_ms >= 0
    assert found.attributed_share == 1.0
    assert (found.unattributed_us, found.unattributed_share) == (0, 0)
    assert (found.latency_ms.sessions, found.latency_ms.this_session_only) == (1, True), "30 runs are of one session"
    assert found.settings["threads"] == 1 and found.settings["batch"] == 1
    assert "optimization" in found.settings, "options at their defaults as well"
    assert found.warmup == "2 runs in the session, as asked"
    assert found.complete and not found.stopped
    assert sum(found.latency_ms.histogram.counts) == 30
    assert {(k.provider, k.fallback, k.copy) for k in found.kernels} == {("CPUExecutionProvider", False, False)}
    assert {layer.provider for layer in found.layers} == {"CPUExecutionProvider"}
    assert (found.kernel_clock, found.transfers) == ("host", None)
    assert sum(kernel.share for kernel in found.kernels) == pytest.approx(1)
    assert sum(layer.share for layer in found.layers) == pytest.approx(1)
    assert {layer.id: layer.state for layer in found.layers} == {"a": "timed", "b": "timed", "end": "timed"}
    assert len(found.model_sha256) == 64
    assert {"lathe", "processor", "device", "python", "system", "onnxruntime"} <= set(found.environment)
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


def test_made_up_values_are_not_blamed_where_the_model_is_not_even_opened(child: Child) -> None:
    model = parsed(HEAD + "g (int64[5] x) => (int64[5] y) { y = Abs(x) }")
    model.graph.node(0).op_type = "NoSuchOp"
    with pytest.raises(DeviceError, match="NoSuchOp") as error:
        measured(child, model)
    assert not error.value.way_out


def test_a_name_that_only_tagging_mends_is_refused(child: Child) -> None:
    model = parsed(HEAD + "g (float[2] x) => (float[2] y) { [same] a = Abs(x) [other] y = Abs(a) }")
    model.graph.node(1).name = "same"
    with pytest.raises(DeviceError, match="same"):
        measured(child, model)


def test_enough_runs_are_spread_over_five_fresh_sessions(child: Child) -> None:
    found = measured(child, convs({"a": 3}), replace(SETTINGS, runs=50))
    latency = found.latency_ms
    assert (found.runs, latency.sessions, latency.this_session_only) == (50, 5, False)
    assert latency.median == sorted(latency.session_medians)[2]
    assert latency.interval[0] < latency.median < latency.interval[1]


def test_where_a_layer_ran_and_what_the_copy_for_it_took(child: Child) -> None:
    model = parsed(HEAD + "g (float[4] x) => (float[4] y) { [a] s = Abs(x) [b] t = Sin(s) [c] y = Neg(t) }")
    found = faked(child, fakes.open_placed, model, replace(FAKE, runs=50, options={"fast": False}))
    kernels = {kernel.op: kernel for kernel in found.kernels}
    layers = {layer.id: layer for layer in found.layers}
    assert [len(found.kernels), found.latency_ms.sessions] == [4, 5], "one copy kernel, whatever its number"
    assert kernels["MemcpyToHost"].copy and not kernels["MemcpyToHost"].fallback
    assert kernels["Neg"].fallback and not kernels["Neg"].copy
    assert (kernels["Sin"].precision, kernels["Sin"].implementation) == ("float16", "sin_f16")
    assert (layers["b"].provider, layers["b"].precision, layers["b"].fallback) == ("FakeProvider", "float16", False)
    assert (layers["c"].provider, layers["c"].fallback) == ("CPUExecutionProvider", True)
    assert layers["c"].copies_us == layers["c"].inserted_us == 10
    assert sum(layer.share for layer in found.layers) + found.unattributed_share == pytest.approx(1)
    assert found.kernel_sum_ms == pytest.approx(0.095)
    assert found.kernel_sum_ms + found.between_kernels_ms == pytest.approx(found.profiled_ms)
    assert found.transfers == Transfers(3.0, 90.0, 4.0)
    assert found.kernel_clock == "device"
    assert found.settings == {"threads": 1, "batch": 1, "fast": False, "cache": None}
    assert {"fake": "1.0", "driver": "2.0", "device": "A fake"}.items() <= found.environment.items()


def test_kernels_that_ran_at_the_same_time_do_not_exceed_the_run(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    model = parsed(HEAD + "g (float[4] x) => (float[4] y) { [a] s = Abs(x) [b] t = Sin(s) [c] y = Neg(t) }")
    found = faked(child, fakes.open_overlapping, model, ONCE)
    assert found.kernel_sum_ms == found.profiled_ms
    assert found.between_kernels_ms == 0
    assert any("at the same time" in note for note in found.notes)


def test_without_any_kernel_time_is_in_no_layer(child: Child) -> None:
    found = faked(child, fakes.open_quick, settings=ONCE)
    assert (found.kernels, found.kernel_sum_ms) == ((), 0)
    assert sum(layer.share for layer in found.layers) + found.unattributed_share == 1


@pytest.mark.parametrize(
    ("open_session", "kind", "says"),
    [
        (fakes.open_and_die_later, RuntimeCrash, "SIGKILL"),
        (fakes.open_and_run_out_later, RuntimeCrash, "out of memory"),
        (fakes.open_and_refuse_later, DeviceError, "the device is gone"),
    ],
)
def test_what_was_measured_before_a_fault_is_kept(
    child: Child, open_session: fakes.Open, kind: type[EngineError], says: str
) -> None:
    with pytest.raises(kind, match=says) as raised:
        faked(child, open_session)
    partial = raised.value.partial
    assert isinstance(partial, tuple)
    found: Profile = partial[0]
    assert not found.complete
    assert says in found.stopped and found.stopped.endswith("after 1 of 5 sessions")
    assert (found.latency_ms.sessions, found.latency_ms.this_session_only) == (1, True)
    assert found.runs == 10
    assert faked(child, fakes.open_quick, settings=ONCE).complete, "the next profile is whole"


def test_nothing_is_kept_where_nothing_was_measured(child: Child) -> None:
    with pytest.raises(RuntimeCrash, match="out of memory") as raised:
        faked(child, fakes.open_and_run_out)
    assert raised.value.partial is None


@pytest.mark.parametrize("open_session", [fakes.open_slow, fakes.open_and_hang_later])
def test_cancel_while_a_session_is_built(open_session: fakes.Open) -> None:
    with Child() as child:
        progress = Progress()
        thread, outcome = started(lambda: faked(child, open_session, progress=progress))
        wait_for(lambda: progress.tick.label == "building the session" and progress.tick.seconds >= 1)
        begin = time.monotonic()
        progress.cancel()
        thread.join(5)
        assert time.monotonic() - begin < 1
        (error,) = outcome
        assert isinstance(error, Cancelled)
        assert (error.partial is not None) == (open_session is fakes.open_and_hang_later)
        assert faked(child, fakes.open_quick, settings=ONCE).complete


def test_an_early_end_gives_what_there_is(child: Child) -> None:
    progress = Progress()
    profiles: list[Profile] = []
    settings = replace(FAKE, runs=100_000)
    thread, outcome = started(lambda: profiles.append(faked(child, fakes.open_quick, None, settings, progress)))
    wait_for(lambda: progress.tick.label == "measuring" and progress.tick.done >= 2)
    progress.finish()
    thread.join(20)
    assert not outcome
    (found,) = profiles
    assert not found.complete
    assert found.stopped == "stopped by the user after 1 of 5 sessions, the last one cut short"
    assert 0 < found.runs < 20_000
    assert found.latency_ms.this_session_only
    assert faked(child, fakes.open_quick, settings=ONCE).complete, "the wish for an end was for that profile only"


def test_ticks_count_to_the_end(child: Child) -> None:
    class Watched(Progress):
        seen: ClassVar[list[Tick]] = []

        def __setattr__(self, name: str, value: object) -> None:
            super().__setattr__(name, value)
            if name == "tick":
                self.seen.append(value)  # type: ignore[arg-type]

    faked(child, fakes.open_quick, progress=Watched())
    counts = [(tick.done, tick.total) for tick in Watched.seen if tick.label == "measuring"]
    assert counts[0][0] == 0
    assert {total for _, total in counts} == {counts[0][1]}
    assert [done for done, _ in counts] == sorted(done for done, _ in counts)
    assert counts[-1][0] >= 0.8 * (counts[-1][1] or 0)


def started(work: Callable[[], object]) -> tuple[threading.Thread, list[BaseException]]:
    outcome: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            outcome.append(error)

    thread = threading.Thread(target=run)
    thread.start()
    return thread, outcome


def wait_for(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.01)


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


def test_sessions_of_a_large_model_are_open_one_after_the_other(child: Child, monkeypatch: pytest.MonkeyPatch) -> None:
    weight = "float[4] w = {1.0, 2.0, 3.0, 4.0}"
    model = parsed(HEAD + f"g (float[4] x) => (float[4] y) <{weight}> {{ s = Abs(x) t = Sin(s) y = Neg(t) }}")
    with pytest.raises(RuntimeCrash, match="memory"):
        faked(child, fakes.open_one_at_a_time, model, ONCE)
    monkeypatch.setattr("engine.profiling.handover.APART_BYTES", 8)
    found = faked(child, fakes.open_one_at_a_time, model, ONCE)
    assert found.complete and found.runs == ONCE.runs and found.kernels
