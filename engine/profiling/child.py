r"""The process that owns the runtime while it measures.

A program of its own (``spawn``, never ``fork``), so that the window's repaints and the interpreter lock stay out of the
numbers, cancel means kill, and a native crash becomes a message. It stays warm between calls and is replaced after a
kill or a crash. Requests go to its standard input, replies come from its standard output, both as a length of eight
bytes and a pickle. A request that is a number alone asks the call of that number for an early end; a reply is a tick,
what the function ``keep``\ s, or its outcome. Before anything else runs there, the child points descriptor 1 at
standard error, so that nothing that a runtime prints can reach either the replies or the parent's own output. The end
of its input means that the parent is gone, however it went, and ends the child.

A frozen program (PyInstaller) has no interpreter to start: its entry point calls ``serve_if_asked()`` first.
"""

from __future__ import annotations

import contextlib
import os
import pickle
import queue
import signal
import struct
import subprocess
import sys
import threading
import time
import traceback
from collections.abc import Callable, Iterator
from pathlib import Path
from types import TracebackType
from typing import Any, BinaryIO, TypeVar

from engine.errors import Cancelled, EngineError, RuntimeCrash
from engine.progress import Progress, Tick

T = TypeVar("T")

CHILD_FLAG = "--lathe-child"
_LENGTH = struct.Struct("<Q")
_TICK_SECONDS = 0.05
_LAST_WORDS_S = 2.0
_DEAD = b""


class Child:
    """The ``Host`` of the product: runs functions in a child process that is started when it is first needed.

    Calls from several threads wait for each other. ``close`` ends the process; a later call would start a new one.
    """

    def __init__(self) -> None:
        self._turn = threading.Lock()
        self._worker: _Worker | None = None

    def call(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        """Run ``function(*args, progress=...)`` of an importable module, with picklable arguments and result.

        Raises:
            Cancelled: ``progress`` was cancelled; the child was killed.
            RuntimeCrash: the child crashed or ran out of memory.
            Exception: what the function raised; other than an ``EngineError`` it carries the child's traceback as a
                note.
        """
        assert function.__module__ != "__main__", f"{function.__qualname__} must be in a module that can be imported"
        request = pickle.dumps((function, args), protocol=pickle.HIGHEST_PROTOCOL)
        with self._wait_for_turn(progress), progress.on_cancel(self._kill):
            progress.check()
            worker = self._alive()
            try:
                progress.check()  # a cancel before the worker existed had nothing to kill
                number = worker.send(request)
                with progress.on_finish(lambda: worker.ask_to_finish(number)):
                    result: T = self._converse(worker, progress)
                return result
            except BaseException:
                if worker.busy:
                    worker.kill()
                raise

    def start(self) -> None:
        """Start the process ahead of the first call, without waiting for it."""
        with self._turn:
            self._alive()

    def close(self) -> None:
        """Kill the process where there is one."""
        self._kill()
        with self._turn:
            if self._worker is not None:
                self._worker.close()
            self._worker = None

    def __enter__(self) -> Child:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextlib.contextmanager
    def _wait_for_turn(self, progress: Progress) -> Iterator[None]:
        while not self._turn.acquire(timeout=_TICK_SECONDS):
            progress.check()
        try:
            yield
        finally:
            self._turn.release()

    def _alive(self) -> _Worker:
        if self._worker is not None and not self._worker.alive:
            self._worker.close()
            self._worker = None
        if self._worker is None:
            self._worker = _Worker()
        return self._worker

    def _kill(self) -> None:
        worker = self._worker
        if worker is not None:
            worker.kill()

    @staticmethod
    def _converse(worker: _Worker, progress: Progress) -> Any:  # what the function returned
        while True:
            frame = worker.receive()
            progress.check()
            if frame is _DEAD:
                raise worker.crash()
            kind, *content = pickle.loads(frame)
            if kind == "tick":
                progress.tick = Tick(*content)
                continue
            if kind == "kept":
                progress.keep(content[0])
                continue
            worker.busy = False
            if kind == "result":
                return content[0]
            raise content[0]


class _Worker:
    """One child process. A thread reads its replies, so that a cancel never waits for the process to go."""

    def __init__(self) -> None:
        self.busy = False
        self._calls = 0
        self._sending = threading.Lock()
        self._killed = threading.Event()
        self._replies: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        # A group of its own: Ctrl-C in a terminal is the parent's to handle. Popen closes all other descriptors.
        group: dict[str, Any] = {"process_group": 0}
        if sys.platform == "win32":
            group = {"creationflags": subprocess.CREATE_NEW_PROCESS_GROUP | subprocess.CREATE_NO_WINDOW}
        self._process = subprocess.Popen(
            _command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0, env=_environment(), **group
        )
        self._reader = threading.Thread(target=self._read, name="lathe-child-replies", daemon=True)
        self._reader.start()

    @property
    def alive(self) -> bool:
        return not self._killed.is_set() and self._process.poll() is None

    def send(self, request: bytes) -> int:
        """The number of the call."""
        assert len(request) != _LENGTH.size, "this would be a number"
        self.busy = True
        self._calls += 1
        assert self._process.stdin is not None
        # A child that died shows as the end of its replies, which also says why.
        with self._sending, contextlib.suppress(OSError):
            _write(self._process.stdin, request)
        return self._calls

    def ask_to_finish(self, number: int) -> None:
        """Never waits for long: who holds the line for longer sends a later call, and this one is over."""
        assert self._process.stdin is not None
        if self._sending.acquire(timeout=_TICK_SECONDS):
            try:
                with contextlib.suppress(OSError, ValueError):  # it is gone, or its pipe was closed
                    _write(self._process.stdin, _LENGTH.pack(number))
            finally:
                self._sending.release()

    def receive(self) -> bytes:
        """The next reply, or ``_DEAD``."""
        ended = None
        while True:
            try:
                return self._replies.get(timeout=0.2)  # an untimed wait cannot be interrupted on Windows
            except queue.Empty:
                # What the child itself started can hold the pipe open after its end, and nothing more will come.
                if ended is None and self._process.poll() is not None:
                    ended = time.monotonic()
                if ended is not None and time.monotonic() - ended > _LAST_WORDS_S:
                    return _DEAD

    def kill(self) -> None:
        self._killed.set()
        with contextlib.suppress(OSError):
            self._process.kill()
        self._replies.put(_DEAD)

    def close(self) -> None:
        self.kill()
        self._process.wait()
        assert self._process.stdin is not None and self._process.stdout is not None
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        self._reader.join(_LAST_WORDS_S)
        if not self._reader.is_alive():  # else something that the child started has the pipe, and the thread waits on
            self._process.stdout.close()

    def crash(self) -> Exception:
        """Why the process ended in the middle of a call."""
        status = self._process.wait()
        if self._killed.is_set():
            return Cancelled()
        crash = RuntimeCrash(
            f"the runtime's process {_ending(status)}",
            way_out="Nothing else was lost and the next run starts afresh. Try a smaller batch or another device.",
        )
        crash.status = status if 0 <= status <= 255 else None
        return crash

    def _read(self) -> None:
        assert self._process.stdout is not None
        while frame := _read_frame(self._process.stdout):
            self._replies.put(frame)
        self._replies.put(_DEAD)


def serve_if_asked() -> None:
    """Become the child where this program was started as one; the first thing that a frozen program does."""
    if sys.argv[1:2] == [CHILD_FLAG]:
        serve()


def serve() -> None:
    """Answer requests until the parent is gone."""
    requests, replies = _take_standard_streams()
    if sys.platform == "linux":
        # Where memory runs out, the system shall take this process and not the window.
        with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as adjustment:  # noqa: PTH123
            adjustment.write("800")
    waiting: queue.SimpleQueue[tuple[bytes, _Reporter]] = queue.SimpleQueue()
    sending = threading.Lock()

    def read_requests() -> None:
        number, reporter = 0, _Reporter(replies, sending)
        while frame := _read_frame(requests):
            if len(frame) != _LENGTH.size:
                number, reporter = number + 1, _Reporter(replies, sending)
                waiting.put((frame, reporter))
            elif _LENGTH.unpack(frame)[0] == number:
                reporter.finish()
        os._exit(0)

    threading.Thread(target=read_requests, daemon=True).start()
    while True:
        request, reporter = waiting.get()
        reporter.send(_answer(request, reporter))


class _Reporter(Progress):
    """Of one call: forwards ticks to the parent, a few each second, and what is kept."""

    def __init__(self, replies: BinaryIO, sending: threading.Lock) -> None:
        super().__init__()
        self._replies, self._sending = replies, sending
        self._last = 0.0

    def step(self, label: str, done: int = 0, total: int | None = None, *, seconds: int = 0) -> None:
        fresh = label != self.tick.label
        super().step(label, done, total, seconds=seconds)
        now = time.monotonic()
        if fresh or now - self._last >= _TICK_SECONDS:
            self._last = now
            self.send(pickle.dumps(("tick", label, done, total, seconds)))

    def keep(self, result: object) -> None:
        super().keep(result)
        self.send(pickle.dumps(("kept", result), protocol=pickle.HIGHEST_PROTOCOL))

    def send(self, frame: bytes) -> None:
        with self._sending:
            _write(self._replies, frame)


def _answer(request: bytes, reporter: _Reporter) -> bytes:
    try:
        function, args = pickle.loads(request)
        return pickle.dumps(("result", function(*args, progress=reporter)), protocol=pickle.HIGHEST_PROTOCOL)
    except MemoryError:
        error: BaseException = RuntimeCrash(
            "the runtime's process ran out of memory", way_out="Try a smaller batch, or fewer samples at once."
        )
    except BaseException as raised:
        if not isinstance(raised, EngineError):
            raised.add_note("".join(["In the child process:\n", *traceback.format_tb(raised.__traceback__)]))
        error = raised
    try:
        frame = pickle.dumps(("error", error))
        pickle.loads(frame)  # some exceptions can be written but not read
        return frame
    except Exception:
        text = "".join(traceback.format_exception(error))
        return pickle.dumps(("error", RuntimeError(f"{type(error).__name__}: {error}\n{text}")))


def _take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """The parent's pipes, out of the reach of everything else that runs here."""
    requests, replies = open(os.dup(0), "rb", buffering=0), open(os.dup(1), "wb", buffering=0)  # noqa: PTH123, SIM115
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    try:
        os.dup2(2, 1)
    except OSError:  # a windowed program has no standard error
        os.dup2(nothing, 1)
    os.close(nothing)
    sys.stdout = sys.stderr
    return requests, replies


def _command() -> list[str]:
    if getattr(sys, "frozen", False):
        # On Windows the one of two programs that has standard streams, whichever of them this is.
        console = Path(sys.executable).with_name("lathe.exe")
        return [str(console) if sys.platform == "win32" and console.is_file() else sys.executable, CHILD_FLAG]
    paths = [path or str(os.getcwd()) for path in sys.path]  # noqa: PTH109
    program = f"import sys; sys.path[:] = {paths!r}; from engine.profiling.child import serve; serve()"
    return [sys.executable, "-c", program]


def _environment() -> dict[str, str]:
    # PyInstaller's launcher must not take the child for a second instance of the same run.
    return {**os.environ, "PYINSTALLER_RESET_ENVIRONMENT": "1"} if getattr(sys, "frozen", False) else dict(os.environ)


def _ending(status: int) -> str:
    if status < 0:
        name = signal.Signals(-status).name if -status in {int(s) for s in signal.Signals} else f"signal {-status}"
        if name == "SIGKILL":
            return "was killed by the system (SIGKILL), most likely because memory ran out"
        return f"crashed with {name}"
    if status > 255:  # Windows: an NTSTATUS
        return f"crashed with status 0x{status & 0xFFFFFFFF:08X}"
    return f"ended with status {status}"


def _write(stream: Any, content: bytes) -> None:
    for part in (_LENGTH.pack(len(content)), content):
        rest = memoryview(part)
        while rest:
            rest = rest[stream.write(rest) :]


def _read_frame(stream: Any) -> bytes:
    """One frame, or nothing where the other side is gone."""
    head = _read_exactly(stream, _LENGTH.size)
    return _read_exactly(stream, _LENGTH.unpack(head)[0]) if head else b""


def _read_exactly(stream: Any, size: int) -> bytes:
    content = bytearray()
    while len(content) < size:
        try:
            part = stream.read(min(size - len(content), 1 << 20))
        except OSError:
            return b""
        if not part:
            return b""
        content += part
    return bytes(content)
