"""Send every model through a worker, and make a table of what came of it.

A step that takes longer than its limit is a hang: the worker is killed, and the next model gets a fresh one. Time that
a busy machine takes for itself does not count.
"""

from __future__ import annotations

import contextlib
import json
import queue
import subprocess
import sys
import threading
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import psutil

from benchmarks.coverage.corpus import Entry
from benchmarks.subject import ROOT

LIMIT_S = {"inspect": 10.0, "profile": 60.0}
_START_S, _PATIENCE = 60.0, 6
STEPS = ("inspect", "profile")


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one model.

    Attributes:
        inspected, profiled: "yes", "refused", "traceback", "crash", "hang", or "" where it was not tried.
        message: of what did not go well; where all went well, what is to be said of it.
    """

    group: str
    name: str
    inspected: str
    profiled: str
    message: str
    seconds: float


def walk(entries: Iterable[Entry], *, profile: bool) -> Iterator[Row]:
    """One row for each model, in order."""
    worker = _Worker()
    try:
        for entry in entries:
            outcomes: dict[str, str] = dict.fromkeys(STEPS, "")
            message, seconds = "", 0.0
            for step in STEPS if profile else STEPS[:1]:
                found = worker.ask(step, entry)
                outcomes[step] = next(
                    (k for k in ("ok", "message", "traceback", "crash", "hang") if k in found), "crash"
                )
                message = found.get(outcomes[step]) or message
                seconds += found.get("seconds", 0.0)
                if outcomes[step] in ("crash", "hang"):
                    worker.close()
                    worker = _Worker()
                if outcomes[step] != "ok":
                    break
            words = {"ok": "yes", "message": "refused"}
            inspected, profiled = (words.get(outcomes[step], outcomes[step]) for step in STEPS)
            yield Row(entry.group, entry.name, inspected, profiled, message, seconds)
    finally:
        worker.close()


def faults(rows: Sequence[Row]) -> list[Row]:
    """The rows that show a bug of Lathe."""
    return [row for row in rows if {row.inspected, row.profiled} & {"traceback", "crash", "hang"}]


def summary(rows: Sequence[Row]) -> list[str]:
    """How many of each group, and the most frequent reasons."""
    lines = []
    for group in dict.fromkeys(row.group for row in rows):
        own = [row for row in rows if row.group == group]
        inspected, profiled = Counter(row.inspected for row in own), Counter(row.profiled for row in own)
        lines.append(
            f"{group}: {len(own)} models, inspected {inspected['yes']}, refused {inspected['refused']}; profiled "
            f"{profiled['yes']}, refused {profiled['refused']}; tracebacks, crashes and hangs {len(faults(own))}"
        )
    reasons = Counter(_kind(row.message) for row in rows if "refused" in (row.inspected, row.profiled))
    return [*lines, "", *(f"{count:6d}  {reason}" for reason, count in reasons.most_common(25))]


def _kind(message: str) -> str:
    """The reason without names and numbers."""
    first = message.splitlines()[0].split(": ", 1)[-1][:140]
    return " ".join("…" if "'" in word or any(c.isdigit() for c in word) else word for word in first.split())


class _Worker:
    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.coverage.worker"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        threading.Thread(target=self._read, daemon=True).start()

    def ask(self, step: str, entry: Entry) -> dict[str, Any]:
        assert self._process.stdin is not None
        data = None if entry.data is None else str(entry.data)
        try:
            self._process.stdin.write(json.dumps({"step": step, "path": str(entry.path), "data": data}) + "\n")
            self._process.stdin.flush()
            reply: dict[str, Any] = json.loads(self._reply(LIMIT_S[step]))
        except queue.Empty:
            return {"hang": f"more than {LIMIT_S[step]:g} s"}
        except (EOFError, BrokenPipeError):
            return {"crash": f"the process ended with {self._process.wait()}"}
        return reply

    def close(self) -> None:
        """End it and the child that it started."""
        with contextlib.suppress(psutil.NoSuchProcess):
            for child in psutil.Process(self._process.pid).children(recursive=True):
                child.kill()
        self._process.kill()
        self._process.wait()

    def _reply(self, limit_s: float) -> str:
        process = psutil.Process(self._process.pid)
        before = sum(process.cpu_times()[:4])
        for _ in range(_PATIENCE):
            with contextlib.suppress(queue.Empty):
                line = self._lines.get(timeout=limit_s + _START_S * (before < 1))
                if not line:
                    raise EOFError
                return line
            if sum(process.cpu_times()[:4]) - before > limit_s:
                break
        raise queue.Empty

    def _read(self) -> None:
        assert self._process.stdout is not None
        for line in self._process.stdout:
            self._lines.put(line)
        self._lines.put("")
