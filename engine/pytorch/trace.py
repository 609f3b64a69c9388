"""What PyTorch's profiler (kineto) recorded, as kernel events of runs.

An operator of the program is an event that lies in no other operator's; what it calls is inside of it and part of its
time. On a GPU its time is that of the kernels that it launched, which carry its number; the processor only launches
them, and the device's clock is what counts.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from engine.backend import KernelEvent

PROVIDER = "PyTorch"
RUN = "~run~"
WEIGHT = "~weight~"
_COPIES = {"Memcpy HtoD": "MemcpyFromHost", "Memcpy DtoH": "MemcpyToHost"}


@dataclass(slots=True)
class Operator:
    """One operator of a run; ``implementation`` is what took most of its time inside, ``weights`` what it reads."""

    op: str
    start_us: float
    duration_us: float
    thread: int
    implementation: str
    weights: tuple[str, ...] = ()
    kernels: list[KernelEvent] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Event:
    name: str
    start: int
    end: int
    thread: int
    number: int
    linked: int
    device: bool
    user: bool


def read_runs(events: Iterable[Any]) -> list[list[Operator]]:
    """The operators of each run, in the order in which they began; kernels of a device where there is one."""
    every = [_event(event) for event in events]
    marks = sorted((event.start, event.end) for event in every if event.name == RUN and not event.device)
    host = sorted((e for e in every if not e.device and e.name != RUN), key=lambda e: (e.start, -e.end))
    on_device: dict[int, list[_Event]] = {}
    for event in every:
        if event.device and event.name != RUN and not event.user:
            on_device.setdefault(event.linked, []).append(event)
    runs: list[list[Operator]] = []
    place = 0
    for start, end in marks:
        while place < len(host) and host[place].start < start:
            place += 1
        first = place
        while place < len(host) and host[place].start < end:
            place += 1
        runs.append(list(_operators(host[first:place], on_device)))
    return runs


def _event(event: Any) -> _Event:
    return _Event(
        event.name(),
        event.start_ns(),
        event.end_ns(),
        event.start_thread_id(),
        event.correlation_id(),
        event.linked_correlation_id(),
        "CPU" not in str(event.device_type()),
        bool(event.is_user_annotation()),
    )


def _operators(events: Sequence[_Event], on_device: Mapping[int, Sequence[_Event]]) -> Iterator[Operator]:
    """The outermost operators of one run; events in the order in which they began, longer ones first."""
    inside: dict[int, list[_Event]] = {}
    open_until: dict[int, tuple[int, int]] = {}
    outer: list[_Event] = []
    for number, event in enumerate(events):
        until = open_until.get(event.thread)
        if until is not None and event.end <= until[1]:
            inside[until[0]].append(event)
        elif _is_operator(event.name):
            open_until[event.thread] = (number, event.end)
            inside[number] = [event]
            outer.append(event)
    for event, called in zip(outer, inside.values(), strict=True):
        kernels = [
            _kernel(event.name, kernel) for one in called for kernel in on_device.get(one.number, ()) if one.number
        ]
        weights = tuple(dict.fromkeys(one.name.removeprefix(WEIGHT) for one in called if one.name.startswith(WEIGHT)))
        yield Operator(
            event.name,
            event.start / 1000,
            (event.end - event.start) / 1000,
            event.thread,
            _longest(called),
            weights,
            kernels,
        )


_COMPILED = re.compile(r"(graph_\d+_)?(cpp|triton)_\w*fused_")
"""What torch.compile calls its own kernels."""


def _is_operator(name: str) -> bool:
    return ("::" in name and not name.startswith(("profiler::", WEIGHT))) or bool(_COMPILED.match(name))


def _longest(called: Sequence[_Event]) -> str:
    """Of what an operator calls, what took longest by itself."""
    own: dict[str, int] = {}
    stack: list[_Event] = []
    for event in called:
        if not _is_operator(event.name):
            continue
        while stack and stack[-1].end < event.end:
            stack.pop()
        own[event.name] = own.get(event.name, 0) + event.end - event.start
        if stack:
            own[stack[-1].name] -= event.end - event.start
        stack.append(event)
    best = max(own, key=lambda name: own[name], default="")
    return best.partition("::")[2] if best != called[0].name else ""


def _kernel(op: str, event: _Event) -> KernelEvent:
    copy = next((kind for prefix, kind in _COPIES.items() if event.name.startswith(prefix)), "")
    return KernelEvent(
        name="",
        op=copy or op,
        provider=PROVIDER,
        start_us=event.start / 1000,
        duration_us=(event.end - event.start) / 1000,
        thread=event.thread,
        implementation=event.name[:120],
    )
