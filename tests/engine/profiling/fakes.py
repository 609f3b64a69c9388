"""A runtime for tests that need no real one; ``open_*`` functions can be imported by the child."""

from __future__ import annotations

import os
import signal
import time
import weakref
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np

from engine.backend import (
    Array,
    Backend,
    Device,
    ExecutedNode,
    Feeds,
    KernelEvent,
    Phases,
    Session,
    SessionRequest,
    TargetFacts,
    Trace,
)
from engine.errors import DeviceError
from engine.graph.values import ValueInfo
from engine.options import option


@dataclass(frozen=True, slots=True)
class Options:
    """As a backend's options."""

    fast: bool = option(True, label="Fast", help="in a hurry")
    cache: str | None = option(None, label="Cache", help="a folder")


@dataclass
class FakeSession:
    """Takes its time and writes down who ran; a trace has the given events for each run."""

    name: str = "fake"
    log: list[str] = field(default_factory=list)
    seconds: float = 0.0
    events: tuple[KernelEvent, ...] = ()
    executed: tuple[ExecutedNode, ...] = ()
    taken_apart: Phases | None = None
    inputs: tuple[ValueInfo, ...] = ()
    outputs: tuple[ValueInfo, ...] = ()
    fed: list[Feeds] = field(default_factory=list)

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        self.log.append(self.name)
        self.fed.append(feeds)
        if self.seconds:
            time.sleep(self.seconds)
        return []

    def phases(self, feeds: Feeds) -> Phases | None:
        return self.taken_apart

    def finish_trace(self) -> Trace:
        runs = len(self.fed)
        return Trace((self.events,) * runs, (self.seconds * 1e6,) * runs, self.executed, clock="device")


Open = Callable[[SessionRequest], Session]


def backend(open_session: Open) -> Backend:
    return Backend(
        key="fake",
        title="Fake",
        options=Options,
        devices=lambda: (Device("fake", "A fake", True),),
        facts=_facts,
        open=open_session,
        provider="FakeProvider",
        environment=_environment,
    )


def _facts(device: str) -> TargetFacts:
    return TargetFacts(device, np.dtype(np.uint8), frozenset(), False, 1, "none")


def _environment(device: str) -> Mapping[str, str]:
    return {"fake": "1.0", "driver": "2.0"}


def open_placed(request: SessionRequest) -> FakeSession:
    """A device with memory of its own that runs all but the last node: 20 + 60 + 10 + 5 us in kernels."""
    import onnx

    if request.model.name == "tiny.onnx":
        return FakeSession()
    nodes = onnx.load(str(request.model)).graph.node
    *there, last = nodes
    copied = f"{there[-1].output[0]}_token_{opened_so_far(request)}"
    executed = [ExecutedNode(n.name, n.op_type, tuple(n.input), tuple(n.output)) for n in there]
    executed.append(ExecutedNode(f"Memcpy_{copied}", "MemcpyToHost", (there[-1].output[0],), (copied,)))
    executed.append(ExecutedNode(last.name, last.op_type, (copied,), tuple(last.output)))
    provider = {last.name: "CPUExecutionProvider"}
    lengths = {"Abs": 20.0, "Sin": 60.0, "MemcpyToHost": 10.0, "Neg": 5.0}
    events, now = [], 0.0
    for node in executed:
        events.append(
            KernelEvent(
                node.name,
                node.op,
                provider.get(node.name, "FakeProvider"),
                now,
                lengths[node.op],
                1,
                precision="float16" if node.op == "Sin" else "",
                implementation="sin_f16" if node.op == "Sin" else "",
            )
        )
        now += lengths[node.op] + 1
    return FakeSession(
        seconds=0.0005, events=tuple(events), executed=tuple(executed), taken_apart=Phases(3.0, 90.0, 4.0)
    )


def open_overlapping(request: SessionRequest) -> FakeSession:
    """Kernels of 95 us in runs that seem to take less."""
    session = open_placed(request)
    session.events = tuple(replace(event, duration_us=event.duration_us * 1000) for event in session.events)
    return session


def opened_so_far(request: SessionRequest) -> int:
    """How many sessions were opened of the model of this request; a file in its folder counts them."""
    counter = request.model.with_suffix(".opened")
    count = int(counter.read_text()) if counter.exists() else 0
    counter.write_text(str(count + 1))
    return count


def open_quick(request: SessionRequest) -> FakeSession:
    return FakeSession(seconds=0.0005)


def open_slow(request: SessionRequest) -> FakeSession:
    """Takes a minute to build, as a large engine does; the starter does not."""
    if request.model.name != "tiny.onnx":
        time.sleep(60)
    return FakeSession(seconds=0.0005)


def open_and_die_later(request: SessionRequest) -> FakeSession:
    """The fourth session, which is of the second pair, kills the process."""
    if opened_so_far(request) >= 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return FakeSession(seconds=0.0005)


def open_and_run_out_later(request: SessionRequest) -> FakeSession:
    if opened_so_far(request) >= 3:
        raise MemoryError
    return FakeSession(seconds=0.0005)


def open_and_run_out(request: SessionRequest) -> FakeSession:
    raise MemoryError


def open_and_refuse_later(request: SessionRequest) -> FakeSession:
    if opened_so_far(request) >= 3:
        raise DeviceError("the device is gone", where="fake")
    return FakeSession(seconds=0.0005)


def open_and_hang_later(request: SessionRequest) -> FakeSession:
    """The second pair takes a minute to build."""
    if opened_so_far(request) >= 2:
        time.sleep(60)
    return FakeSession(seconds=0.0005)


_alive: list[weakref.ref[FakeSession]] = []


def open_one_at_a_time(request: SessionRequest) -> FakeSession:
    """Has memory for one session of the model only; the starter is no burden."""
    if any(session() is not None for session in _alive):
        raise MemoryError
    session = open_placed(request)
    if request.model.name != "tiny.onnx":
        _alive[:] = [weakref.ref(session)]
    return session
