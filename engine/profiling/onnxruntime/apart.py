"""A session in a process of its own, which starts with environment variables that a runtime reads only then.

CUDA decides when it starts whether a launch waits for its kernel (``CUDA_LAUNCH_BLOCKING``). A profiled session whose
kernel times are the processor's needs that, the unprofiled one beside it must not have it, and both live in the child
process that measures. So the profiled one gets a child of that child. What it feeds is sent once; a run costs a message
each way more than a session beside it, which is no part of any kernel's time.
"""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from engine.backend import Array, Feeds, Phases, Session, SessionRequest, Trace
from engine.graph.values import ValueInfo
from engine.profiling.child import Child
from engine.progress import Progress


class SessionApart:
    """A session that ``open_session(request, *args)`` opens in a process with these variables."""

    inputs: tuple[ValueInfo, ...]
    outputs: tuple[ValueInfo, ...]

    def __init__(
        self,
        open_session: Callable[..., Session],
        request: SessionRequest,
        *args: object,
        variables: Mapping[str, str],
    ) -> None:
        self._host = Child()
        self._sent: dict[int, Feeds] = {}
        try:
            with _environment(variables):
                self._host.start()
            self.inputs, self.outputs = self._ask(_open, open_session, request, args)
        except BaseException:
            self._host.close()
            raise

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        results: list[Array] = self._ask(_run, self._number(feeds), outputs)
        return results

    def phases(self, feeds: Feeds) -> Phases | None:
        phases: Phases | None = self._ask(_phases, self._number(feeds))
        return phases

    def finish_trace(self) -> Trace:
        """Ends the process as well."""
        trace: Trace = self._ask(_finish_trace)
        self._host.close()
        return trace

    def __del__(self) -> None:
        self._host.close()

    def _ask(self, function: Callable[..., Any], *args: object) -> Any:  # what the function returns
        return self._host.call(function, *args, progress=Progress())

    def _number(self, feeds: Feeds) -> int:
        if id(feeds) not in self._sent:
            self._ask(_take, id(feeds), dict(feeds))
            self._sent[id(feeds)] = feeds  # so that nothing else gets this number
        return id(feeds)


@contextlib.contextmanager
def _environment(variables: Mapping[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in variables}
    os.environ.update(variables)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


_session: list[Session] = []
_feeds: dict[int, Feeds] = {}
"""Of the process that the session has to itself."""


def _open(
    open_session: Callable[..., Session], request: SessionRequest, args: tuple[object, ...], *, progress: Progress
) -> tuple[tuple[ValueInfo, ...], tuple[ValueInfo, ...]]:
    _session[:] = [open_session(request, *args)]
    return _session[0].inputs, _session[0].outputs


def _take(number: int, feeds: Feeds, *, progress: Progress) -> None:
    _feeds[number] = feeds


def _run(number: int, outputs: Sequence[str] | None, *, progress: Progress) -> list[Array]:
    return _session[0].run(_feeds[number], outputs)


def _phases(number: int, *, progress: Progress) -> Phases | None:
    return _session[0].phases(_feeds[number])


def _finish_trace(*, progress: Progress) -> Trace:
    return _session[0].finish_trace()
