from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import psutil
import pytest

from engine.errors import Cancelled, ModelError, RuntimeCrash
from engine.profiling.child import Child
from engine.progress import Progress

PATIENCE_S = 0.5


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as child:
        yield child


def pid(*, progress: Progress) -> int:
    return os.getpid()


def echo(value: object, *, progress: Progress) -> object:
    return value


def tick(*, progress: Progress) -> str:
    for _ in progress.track(range(3), "counting"):
        time.sleep(0.06)
    return "done"


def sleep(*, progress: Progress) -> None:
    progress.step("sleeping")
    time.sleep(60)


def spin(*, progress: Progress) -> None:
    progress.step("spinning")
    while True:
        pass


def refuse(*, progress: Progress) -> NoReturn:
    raise ModelError("is broken", where="m.onnx", way_out="Mend it.")


def bug(*, progress: Progress) -> NoReturn:
    raise KeyError("a bug")


def unpicklable_bug(*, progress: Progress) -> NoReturn:
    class Local(Exception):
        pass

    raise Local("inner")


def die(number: int, *, progress: Progress) -> None:
    os.kill(os.getpid(), number)


def out_of_memory(*, progress: Progress) -> NoReturn:
    raise MemoryError


def until_finished(*, progress: Progress) -> str:
    progress.step("waiting")
    while not progress.finishing:
        time.sleep(0.01)
    return "ended early"


def finishing(*, progress: Progress) -> bool:
    time.sleep(0.1)
    return progress.finishing


def keep_and_die(*, progress: Progress) -> None:
    progress.keep("first")
    progress.keep("second")
    os.kill(os.getpid(), signal.SIGKILL)


def leave_a_heir(*, progress: Progress) -> None:
    """A process that was forked off holds the pipe of the replies open, as those of a data loader do."""
    heir = os.fork()
    if heir == 0:
        time.sleep(60)
        os._exit(0)
    progress.keep(heir)
    os.kill(os.getpid(), signal.SIGKILL)


def print_everywhere(*, progress: Progress) -> None:
    print("through print")
    os.write(1, b"through the descriptor\n")
    subprocess.run([sys.executable, "-c", "print('through a grandchild')"], check=True, timeout=120)


def wait_for(condition: str, progress: Progress) -> None:
    end = time.monotonic() + 20
    while progress.tick.label != condition:
        assert time.monotonic() < end, progress.tick
        time.sleep(0.005)


def cancel_in_background(child: Child, function: object, progress: Progress, after: str | float) -> float:
    """How long the caller still waited after the cancel."""
    moment: list[float] = []

    def cancel() -> None:
        wait_for(after, progress) if isinstance(after, str) else time.sleep(after)
        moment.append(time.monotonic())
        progress.cancel()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    with pytest.raises(Cancelled):
        child.call(function, progress=progress)  # type: ignore[arg-type]
    waited = time.monotonic() - moment[0]
    canceller.join(30)
    return waited


@pytest.mark.skipif(not hasattr(os, "fork"), reason="processes are not forked here")
def test_a_child_that_died_and_left_its_pipe_to_another_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.profiling.child._LAST_WORDS_S", 0.4)
    progress, began = Progress(), time.monotonic()
    with Child() as child:
        with pytest.raises(RuntimeCrash):
            child.call(leave_a_heir, progress=progress)
        assert child.call(echo, "again", progress=Progress()) == "again"
    assert time.monotonic() - began < 20
    assert isinstance(progress.kept, int)
    os.kill(progress.kept, signal.SIGKILL)


def test_it_is_another_process_and_stays_warm(child: Child) -> None:
    first = child.call(pid, progress=Progress())
    assert first != os.getpid()
    assert child.call(pid, progress=Progress()) == first


def test_large_arguments_and_results_cross(child: Child) -> None:
    value = os.urandom(50_000_000)
    assert child.call(echo, value, progress=Progress()) == value


def test_ticks_are_forwarded(child: Child) -> None:
    progress = Progress()
    assert child.call(tick, progress=progress) == "done"
    assert (progress.tick.label, progress.tick.total) == ("counting", 3)
    assert progress.tick.done >= 1


def test_an_early_end_reaches_the_call_and_only_that(child: Child) -> None:
    progress = Progress()

    def finish() -> None:
        wait_for("waiting", progress)
        progress.finish()
        progress.finish()

    asking = threading.Thread(target=finish)
    asking.start()
    assert child.call(until_finished, progress=progress) == "ended early"
    asking.join(30)
    assert child.call(finishing, progress=Progress()) is False
    assert child.call(until_finished, progress=progress) == "ended early", "it was asked for before the call"


def test_what_was_kept_survives_a_crash(child: Child) -> None:
    progress = Progress()
    with pytest.raises(RuntimeCrash):
        child.call(keep_and_die, progress=progress)
    assert progress.kept == "second"


def test_engine_errors_cross(child: Child) -> None:
    with pytest.raises(ModelError) as raised:
        child.call(refuse, progress=Progress())
    assert (raised.value.what, raised.value.where, raised.value.way_out) == ("is broken", "m.onnx", "Mend it.")


def test_a_bug_carries_the_traceback_of_the_child(child: Child) -> None:
    with pytest.raises(KeyError, match="a bug") as raised:
        child.call(bug, progress=Progress())
    assert 'raise KeyError("a bug")' in raised.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Local: inner"):
        child.call(unpicklable_bug, progress=Progress())


@pytest.mark.parametrize(
    ("number", "says"),
    [
        (signal.SIGSEGV, "crashed with SIGSEGV"),
        (signal.SIGABRT, "crashed with SIGABRT"),
        (signal.SIGKILL, "SIGKILL.*memory"),
    ],
)
def test_a_crash_is_an_error_and_the_next_call_works(child: Child, number: int, says: str) -> None:
    before = child.call(pid, progress=Progress())
    with pytest.raises(RuntimeCrash, match=says):
        child.call(die, number, progress=Progress())
    assert child.call(pid, progress=Progress()) != before


def test_running_out_of_memory_is_a_crash(child: Child) -> None:
    with pytest.raises(RuntimeCrash, match="memory"):
        child.call(out_of_memory, progress=Progress())


def test_a_child_that_died_while_idle_is_replaced(child: Child) -> None:
    before = child.call(pid, progress=Progress())
    os.kill(before, signal.SIGKILL)
    psutil.wait_procs([psutil.Process(before)] if psutil.pid_exists(before) else [], timeout=5)
    assert child.call(pid, progress=Progress()) != before


@pytest.mark.parametrize(("function", "label"), [(sleep, "sleeping"), (spin, "spinning")])
def test_cancel_ends_the_call_at_once_whatever_runs(child: Child, function: object, label: str) -> None:
    before = child.call(pid, progress=Progress())
    assert cancel_in_background(child, function, Progress(), label) < PATIENCE_S
    assert child.call(pid, progress=Progress()) != before
    assert not psutil.pid_exists(before)


@pytest.mark.parametrize("after_s", [0.0, 0.002, 0.02, 0.05])
def test_cancel_while_the_child_starts(after_s: float) -> None:
    with Child() as fresh:
        assert cancel_in_background(fresh, sleep, Progress(), after_s) < PATIENCE_S


def test_cancel_of_a_stopped_child() -> None:
    with Child() as fresh:
        os.kill(fresh.call(pid, progress=Progress()), signal.SIGSTOP)
        assert cancel_in_background(fresh, sleep, Progress(), 0.1) < PATIENCE_S


def test_a_cancelled_progress_starts_nothing(child: Child) -> None:
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        child.call(pid, progress=progress)


def test_calls_from_several_threads_wait_for_each_other(child: Child) -> None:
    results: list[object] = []
    threads = [
        threading.Thread(target=lambda n=n: results.append(child.call(echo, n, progress=Progress()))) for n in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert sorted(results) == list(range(8))  # type: ignore[type-var]


def test_nothing_that_the_child_prints_reaches_standard_output(child: Child, capfd: pytest.CaptureFixture[str]) -> None:
    with Child() as fresh:  # started while the descriptors are captured
        fresh.call(print_everywhere, progress=Progress())
    captured = capfd.readouterr()
    assert captured.out == ""
    for way in ("print", "the descriptor", "a grandchild"):
        assert f"through {way}" in captured.err


def test_the_child_goes_with_a_parent_that_was_killed(tmp_path: Path) -> None:
    program = (
        f"import sys; sys.path[:] = {sys.path!r}\n"
        "from tests.engine.profiling import test_child as t\n"
        "child = t.Child(); print(child.call(t.pid, progress=t.Progress()), flush=True)\n"
        "child.call(t.spin, progress=t.Progress())\n"
    )
    root = Path(__file__).resolve().parents[3]
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, cwd=root, text=True)
    assert parent.stdout is not None
    late = threading.Timer(60, parent.kill)
    late.start()
    child_pid = int(parent.stdout.readline())
    late.cancel()
    assert psutil.pid_exists(child_pid)
    time.sleep(0.2)
    parent.kill()
    parent.wait(30)
    parent.stdout.close()
    end = time.monotonic() + 5
    while psutil.pid_exists(child_pid) and psutil.Process(child_pid).status() != psutil.STATUS_ZOMBIE:
        assert time.monotonic() < end, "the child outlived its parent"
        time.sleep(0.05)


def test_close_leaves_neither_process_nor_thread() -> None:
    readers = sum(thread.name == "lathe-child-replies" for thread in threading.enumerate())
    fresh = Child()
    before = fresh.call(pid, progress=Progress())
    fresh.close()
    assert not psutil.pid_exists(before)
    assert sum(thread.name == "lathe-child-replies" for thread in threading.enumerate()) == readers
