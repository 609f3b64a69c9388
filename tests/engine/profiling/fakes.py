"""A runtime for tests that need no real one; ``open_*`` functions can be imported by the child."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

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


def backend(open_session: Callable[[SessionRequest], Session]) -> Backend:
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


COPY_IN = KernelEvent("copied_token_3", "MemcpyFromHost", "FakeProvider", 0.0, 20.0, 1)
MAIN = KernelEvent("~v0.0~", "Abs", "FakeProvider", 20.0, 60.0, 1, precision="float16", implementation="abs_f16")
FALLBACK = KernelEvent("~v1.0~", "Neg", "CPUExecutionProvider", 80.0, 20.0, 1)


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


def scratch_of(request: SessionRequest) -> Path:
    assert request.scratch is not None
    return request.scratch
