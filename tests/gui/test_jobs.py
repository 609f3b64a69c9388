"""Jobs: every outcome comes back on the window's thread, and nothing is left when the runner closes."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import Any

import pytest
import shiboken6
from PySide6.QtCore import QObject
from pytestqt.qtbot import QtBot

from engine.errors import EngineError, ModelError
from engine.progress import Progress
from gui.jobs import JobRunner


@pytest.fixture
def runner(qtbot: QtBot) -> Iterator[JobRunner]:
    made = JobRunner("test")
    yield made
    assert made.close()


def test_result_comes_to_the_thread_of_the_window(runner: JobRunner, qtbot: QtBot) -> None:
    got: list[tuple[int, threading.Thread]] = []

    def work(a: int, *, progress: Progress) -> tuple[int, threading.Thread]:
        return a + 1, threading.current_thread()

    runner.run("add", work, 1, done=lambda r: got.append((*r, threading.current_thread())))
    qtbot.waitUntil(lambda: bool(got))
    value, worker, window = got[0]
    assert value == 2
    assert worker is not window
    assert window is threading.main_thread()


def test_jobs_run_one_after_the_other(runner: JobRunner, qtbot: QtBot) -> None:
    inside, most, done = [0], [0], []

    def work(n: int, *, progress: Progress) -> int:
        inside[0] += 1
        most[0] = max(most[0], inside[0])
        time.sleep(0.01)
        inside[0] -= 1
        return n

    for n in range(4):
        runner.run("job", work, n, done=done.append)
    qtbot.waitUntil(lambda: len(done) == 4)
    assert done == [0, 1, 2, 3]
    assert most == [1]


def test_cancel_stops_the_running_job_and_those_that_wait(runner: JobRunner, qtbot: QtBot) -> None:
    started, done, states = threading.Event(), [], []
    runner.finished.connect(lambda _job, state: states.append(state))

    def endless(*, progress: Progress) -> None:
        started.set()
        while True:
            progress.check()
            time.sleep(0.002)

    runner.run("first", endless, done=done.append)
    runner.run("second", endless, done=done.append)
    assert started.wait(5)
    runner.cancel()
    qtbot.waitUntil(lambda: not runner.busy)
    assert states == ["cancelled", "cancelled"]
    assert done == []


def test_nobody_waits_for_a_cancelled_call_that_does_not_stop(runner: JobRunner, qtbot: QtBot) -> None:
    started, go_on, done, states = threading.Event(), threading.Event(), [], []
    runner.finished.connect(lambda _job, state: states.append(state))

    def deaf(*, progress: Progress) -> str:
        started.set()
        assert go_on.wait(10)
        return "too late"

    runner.run("deaf", deaf, done=done.append)
    assert started.wait(5)
    began = time.monotonic()
    runner.cancel()
    qtbot.waitUntil(lambda: not runner.busy, timeout=3000)
    assert time.monotonic() - began < 1
    runner.run("next", lambda *, progress: "next", done=done.append)
    go_on.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert states == ["cancelled", "done"]
    assert done == ["next"]


def test_cancelling_is_shown_at_once(runner: JobRunner, qtbot: QtBot) -> None:
    started, go_on, shown = threading.Event(), threading.Event(), []

    def deaf(*, progress: Progress) -> None:
        started.set()
        assert go_on.wait(10)

    runner.run("deaf", deaf, done=lambda _: None)
    assert started.wait(5)
    runner.ticked.connect(lambda job: shown.append(job.progress.cancelled))
    runner.cancel()
    assert shown == [True]
    go_on.set()
    qtbot.waitUntil(lambda: not runner.busy)


def test_progress_is_polled(runner: JobRunner, qtbot: QtBot) -> None:
    ticks: list[Any] = []
    runner.ticked.connect(lambda job: ticks.append(job.progress.tick))

    def work(*, progress: Progress) -> None:
        for _ in progress.track(range(40), "counting"):
            time.sleep(0.01)

    runner.run("count", work, done=lambda _: None)
    qtbot.waitUntil(lambda: not runner.busy)
    assert any(t.label == "counting" and t.total == 40 and t.done > 0 for t in ticks)


def test_engine_error_becomes_a_message(runner: JobRunner, qtbot: QtBot) -> None:
    messages: list[EngineError] = []
    taken: list[EngineError] = []
    runner.message.connect(messages.append)

    def broken(*, progress: Progress) -> None:
        raise ModelError("is truncated", where="a.onnx", way_out="Download it again.")

    runner.run("open", broken, done=lambda _: None)
    runner.run("open", broken, done=lambda _: None, failed=taken.append)
    qtbot.waitUntil(lambda: not runner.busy)
    assert [str(m) for m in messages] == ["a.onnx: is truncated\nDownload it again."]
    assert len(taken) == 1


def test_any_other_exception_is_a_crash_with_its_traceback(runner: JobRunner, qtbot: QtBot) -> None:
    traces: list[str] = []
    ended: list[bool] = []
    runner.crashed.connect(traces.append)

    def bug(*, progress: Progress) -> None:
        raise ZeroDivisionError("in the engine")

    runner.run("bug", bug, done=lambda _: None, ended=lambda: ended.append(True))
    qtbot.waitUntil(lambda: not runner.busy)
    assert "ZeroDivisionError: in the engine" in traces[0]
    assert "def bug" in traces[0] or "in bug" in traces[0]
    assert ended == [True]


def test_close_drops_outcomes(qtbot: QtBot) -> None:
    runner, done = JobRunner("closing"), []

    def endless(*, progress: Progress) -> None:
        while True:
            progress.check()
            time.sleep(0.002)

    runner.run("endless", endless, done=done.append)
    assert runner.close()
    assert done == []
    assert not runner.busy


def test_finish_asks_for_an_early_end_that_is_a_result(runner: JobRunner, qtbot: QtBot) -> None:
    started, done, left, states = threading.Event(), [], [], []
    runner.finished.connect(lambda _job, state: states.append(state))

    def measure(*, progress: Progress) -> str:
        started.set()
        while not progress.finishing:
            progress.check()
            time.sleep(0.002)
        return "what there is"

    runner.run("measure", measure, done=done.append, partial=left.append)
    assert started.wait(5)
    runner.finish()
    qtbot.waitUntil(lambda: not runner.busy)
    assert (states, done, left) == (["done"], ["what there is"], [])


def test_a_job_that_keeps_nothing_cannot_be_finished(runner: JobRunner, qtbot: QtBot) -> None:
    started, go_on, asked = threading.Event(), threading.Event(), []

    def work(*, progress: Progress) -> None:
        started.set()
        assert go_on.wait(10)
        asked.append(progress.finishing)

    runner.run("work", work, done=lambda _: None)
    assert started.wait(5)
    runner.finish()
    go_on.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert asked == [False]


@pytest.mark.parametrize(("stopped", "cancelled", "kept"), [(False, False, True), (False, True, False),
                                                            (True, True, True)])  # fmt: skip
def test_what_an_error_carries_is_kept_unless_it_was_cancelled(
    runner: JobRunner, qtbot: QtBot, stopped: bool, cancelled: bool, kept: bool
) -> None:
    """A crash keeps; a cancel discards; a cancel after an early end was asked for keeps."""
    started, left = threading.Event(), []

    def measure(*, progress: Progress) -> None:
        started.set()
        while cancelled and not progress.cancelled:
            time.sleep(0.002)
        error = ModelError("the process died")
        error.partial = "two rounds"
        raise error

    runner.run("measure", measure, done=lambda _: None, failed=lambda _: None, partial=left.append)
    assert started.wait(5)
    if stopped:
        runner.finish()
    if cancelled:
        runner.cancel()
    qtbot.waitUntil(lambda: not runner.busy)
    assert left == (["two rounds"] if kept else [])


def test_nobody_is_told_for_a_widget_that_is_gone(runner: JobRunner, qtbot: QtBot) -> None:
    told: list[str] = []
    here, gone = QObject(), QObject()
    leave = threading.Event()

    def work(*, progress: Progress) -> str:
        leave.wait(5)
        return "done"

    runner.run("a", work, done=lambda r: told.append(f"gone {r}"), ended=lambda: told.append("gone ended"), asker=gone)
    runner.run("b", work, done=lambda r: told.append(f"here {r}"), asker=here)
    shiboken6.delete(gone)
    leave.set()
    qtbot.waitUntil(lambda: not runner.busy)
    assert told == ["here done"]
