"""Engine calls in a background worker thread, with progress and cancel.

One runner has one thread, which serialises what it is given. Whoever shows a running job gets its ``Tick`` from a
timer; one queued signal brings the outcome back to the window's thread: the result, cancelled, an ``EngineError`` (a
message) or anything else (a bug, with its traceback).

A job with ``partial`` can be stopped and keeps what there is: ``finish`` asks the call for an early end, which then
comes back as its result. Where the call fails, or is cancelled because it would not end, ``partial`` gets what the
error carries of the work until then.
"""

from __future__ import annotations

import queue
import threading
import traceback
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot
from shiboken6 import isValid

from engine.errors import Cancelled, EngineError
from engine.progress import Progress, Tick

POLL_MS = 80
PATIENCE_MS = 600
"""A cancelled call that has not stopped by then is left to end by itself, and its outcome is dropped."""
State = Literal["done", "cancelled", "failed", "crashed"]


@dataclass(eq=False, slots=True)
class Job:
    """One call, from when it was asked for to its outcome.

    ``partial`` takes what an unfinished one leaves behind. Where ``asker`` is gone by then, nobody is told.
    """

    label: str
    call: Callable[[Progress], Any]
    done: Callable[[Any], None]
    failed: Callable[[EngineError], None] | None = None
    ended: Callable[[], None] | None = None
    partial: Callable[[Any], None] | None = None
    deaf: bool = False
    asker: QObject | None = None
    progress: Progress = field(default_factory=Progress)


class JobRunner(QObject):
    """``message`` carries an EngineError that the job's owner did not take, ``crashed`` a traceback."""

    started = Signal(object)
    ticked = Signal(object)
    finished = Signal(object, str)
    message = Signal(object)
    crashed = Signal(str)
    _outcome = Signal(object, str, object)

    def __init__(self, name: str, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._name = name
        self._queue: queue.SimpleQueue[Job | None] = queue.SimpleQueue()
        self._thread: threading.Thread | None = None
        self._waiting: list[Job] = []
        self._timer = QTimer(self)
        self._timer.setInterval(POLL_MS)
        self._timer.timeout.connect(self._poll)
        self._last: tuple[Job, Tick] | None = None
        self._outcome.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    @property
    def current(self) -> Job | None:
        """The job that runs or is next to run."""
        return self._waiting[0] if self._waiting else None

    @property
    def busy(self) -> bool:
        return bool(self._waiting)

    def run(
        self,
        label: str,
        function: Callable[..., Any],
        *args: Any,
        done: Callable[[Any], None],
        failed: Callable[[EngineError], None] | None = None,
        ended: Callable[[], None] | None = None,
        partial: Callable[[Any], None] | None = None,
        deaf: bool = False,
        asker: QObject | None = None,
    ) -> Job:
        """Call ``function(*args, progress=...)`` on the worker; ``ended`` comes last, whatever the outcome.

        ``deaf``: the call knows no early end, and leaves its ``partial`` behind only where it is cancelled. ``asker``:
        the widget that the outcome is for, which may be gone by then.
        """

        def call(progress: Progress) -> Any:
            return function(*args, progress=progress)

        job = Job(label, call, done, failed, ended, partial, deaf, asker)
        job.progress.tick = Tick(label)
        if self._thread is None:
            self._thread = threading.Thread(target=self._work, name=f"lathe {self._name}", daemon=True)
            self._thread.start()
        self._waiting.append(job)
        self._queue.put(job)
        if len(self._waiting) == 1:
            self._timer.start()
            self.started.emit(job)
        return job

    def finish(self) -> None:
        """Ask the running job for an early end with what it has, where it can give that."""
        job = self.current
        if job is not None and job.partial is not None and not job.progress.finishing:
            job.progress.finish()
            if job.deaf:
                job.progress.cancel()
            self.ticked.emit(job)

    def cancel(self) -> None:
        """Cancel the running job and all that wait."""
        jobs = list(self._waiting)
        for job in jobs:
            job.progress.cancel()
        if jobs:
            self.ticked.emit(jobs[0])
            QTimer.singleShot(PATIENCE_MS, self, lambda: self._abandon(jobs))

    def _abandon(self, jobs: Sequence[Job]) -> None:
        """Not every step of a call looks whether it was cancelled; nobody has to wait for one that does not."""
        for job in jobs:
            self._deliver(job, "cancelled", None)

    def close(self, timeout_s: float = 5.0) -> bool:
        """Cancel, drop all outcomes and end the thread; False where a call did not stop in time."""
        self.cancel()
        self._timer.stop()
        self._outcome.disconnect(self._deliver)
        self._waiting.clear()
        if self._thread is None:
            return True
        self._queue.put(None)
        self._thread.join(timeout_s)
        return not self._thread.is_alive()

    def _work(self) -> None:
        while (job := self._queue.get()) is not None:
            state: State = "done"
            value: Any = None
            try:
                job.progress.check()
                value = job.call(job.progress)
            except Cancelled as stopped:
                state, value = "cancelled", stopped
            except EngineError as error:
                state, value = "cancelled" if job.progress.cancelled else "failed", error
            except BaseException:
                state, value = "crashed", traceback.format_exc()
            self._outcome.emit(job, state, value)
            del job, value

    @Slot(object, str, object)
    def _deliver(self, job: Job, state: State, value: Any) -> None:
        if job not in self._waiting:  # closed while this outcome was on its way
            return
        self._waiting.remove(job)
        following = self.current
        if following is None:
            self._timer.stop()
        self.finished.emit(job, state)
        if following is not None:
            self.started.emit(following)
        if job.asker is not None and not isValid(job.asker):
            return
        left = getattr(value, "partial", None)
        # Who cancels discards; who first asked for an early end wants what there is.
        wanted = state == "failed" or (state == "cancelled" and job.progress.finishing)
        try:
            if left is not None and wanted and job.partial is not None:
                job.partial(left)
            if state == "done":
                job.done(value)
            elif state == "failed":
                (job.failed or self.message.emit)(value)
            elif state == "crashed":
                self.crashed.emit(value)
        finally:
            if job.ended is not None:
                job.ended()

    def _poll(self) -> None:
        if (job := self.current) is not None:
            seen = (job, job.progress.tick)
            if seen != self._last:
                self._last = seen
                self.ticked.emit(job)
