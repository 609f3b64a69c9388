"""``python -m tests.fuzz``: damage real models for a while, open and inspect them, and keep what fails.

No input may end in a traceback, a crash, more than ten seconds of work, or a gigabyte of memory. The file of each
failure is kept in ``tests/fuzz/kept``, where it is a test from then on. The same seed gives the same inputs.
"""

from __future__ import annotations

import argparse
import contextlib
import json
import os
import queue
import subprocess
import sys
import threading
import time
from collections import Counter
from pathlib import Path
from typing import Any

import psutil

from tests.fuzz.corpus import sources
from tests.fuzz.mutate import damaged

ROOT = Path(__file__).resolve().parents[2]
KEPT = Path(__file__).parent / "kept"
LIMIT_S = 10.0
_START_S = 120.0
_MOST_WAITS = 18


class Worker:
    """A child process and the thread that reads what it says."""

    def __init__(self, files: list[Path]) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.fuzz.worker", *map(str, files)],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            errors="replace",
            env={**os.environ, "OMP_NUM_THREADS": "1"},
        )
        self._lines: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._said: list[str] = []
        self._fresh = True
        threading.Thread(target=self._read, daemon=True).start()
        threading.Thread(target=self._listen, daemon=True).start()

    def try_seed(self, seed: str) -> dict[str, Any]:
        """What came of it; ``crash`` where the process died and ``hang`` where it had to be killed."""
        assert self.process.stdin is not None
        try:
            self.process.stdin.write(f"{seed}\n")
            self.process.stdin.flush()
            self._line(_START_S)
            reply: dict[str, Any] = json.loads(self._reply())
        except queue.Empty:
            self.close()
            return {"seed": seed, "hang": f"more than {LIMIT_S:g} s: {''.join(self._said)[-3000:]}"}
        except (EOFError, BrokenPipeError):
            return {"seed": seed, "crash": f"status {self.process.wait()}: {''.join(self._said)[-1500:]}"}
        return reply

    def close(self) -> None:
        self.process.kill()
        self.process.wait()

    def _reply(self) -> str:
        """The next line; a machine that is busy with other things may take longer than the work itself."""
        process = psutil.Process(self.process.pid)
        before = sum(process.cpu_times()[:2])
        for _ in range(_MOST_WAITS):
            with contextlib.suppress(queue.Empty):
                return self._line(LIMIT_S)
            if sum(process.cpu_times()[:2]) - before > LIMIT_S:
                break
        raise queue.Empty

    def _line(self, seconds: float) -> str:
        line = self._lines.get(timeout=seconds)
        if not line:
            raise EOFError
        return line

    def _read(self) -> None:
        assert self.process.stdout is not None
        for line in self.process.stdout:
            self._lines.put(line)
        self._lines.put("")

    def _listen(self) -> None:
        assert self.process.stderr is not None
        for line in self.process.stderr:
            self._said.append(line)
            del self._said[:-50]


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.fuzz", description="Open and inspect damaged models.")
    parser.add_argument("--seconds", type=float, default=600, help="for how long (default: 600)")
    parser.add_argument("--seed", type=int, default=0, help="of the first input (default: 0)")
    parser.add_argument("--only", metavar="SEED", help="one input, and what comes of it")
    args = parser.parse_args()
    files = sources()
    contents = [path.read_bytes() for path in files]
    worker = Worker(files)
    tried, slowest, failures, messages = 0, 0.0, 0, Counter[str]()
    end = time.monotonic() + args.seconds
    number = args.seed
    while time.monotonic() < end:
        seed = args.only or f"{number}"
        found = worker.try_seed(seed)
        tried, number = tried + 1, number + 1
        slowest = max(slowest, found.get("seconds", 0.0))
        messages[_kind(found)] += 1
        fault = next((key for key in ("traceback", "crash", "hang", "memory_kib") if key in found), None)
        if fault:
            failures += 1
            KEPT.mkdir(exist_ok=True)
            (KEPT / f"{fault.split('_')[0]}_{seed}.onnx").write_bytes(damaged(contents, seed))
            print(f"seed {seed}: {fault}: {found[fault]}", file=sys.stderr, flush=True)
            if fault in ("crash", "hang"):
                worker.close()
                worker = Worker(files)
        if args.only:
            print(json.dumps(found, indent=1))
            break
    worker.close()
    for kind, count in messages.most_common(30):
        print(f"{count:7d}  {kind}")
    print(f"{tried} inputs (seeds {args.seed} to {number - 1}), {failures} failures, slowest {slowest:.2f} s")
    return 1 if failures else 0


def _kind(found: dict[str, Any]) -> str:
    """The message without what is between quotes and without numbers."""
    if "message" not in found:
        return "failed"
    text = found["message"][:80] or "inspected"
    words = ("…" if part[:1] in "'\"" or any(c.isdigit() for c in part) else part for part in text.split())
    return " ".join(words)


if __name__ == "__main__":
    sys.exit(main())
