from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from engine.backend import Array, Feeds, Phases, RunSettings, SessionRequest, Trace
from engine.errors import DeviceError, RuntimeCrash
from engine.graph.values import ValueInfo
from engine.profiling.onnxruntime.apart import SessionApart

REQUEST = SessionRequest(Path("m.onnx"), RunSettings())


@dataclass
class Telling:
    """Gives the process that it lives in and one of its variables as outputs."""

    variable: str
    runs: int = 0
    inputs: tuple[ValueInfo, ...] = (ValueInfo("x", "float32", (1,)),)
    outputs: tuple[ValueInfo, ...] = ()

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        self.runs += 1
        if feeds["x"][0] < 0:
            os._exit(3)
        return [np.array([os.getpid()]), np.array([os.environ.get(self.variable, "")]), feeds["x"]]

    def phases(self, feeds: Feeds) -> Phases | None:
        return Phases(1.0, float(feeds["x"][0]), 3.0)

    def finish_trace(self) -> Trace:
        return Trace((), (float(self.runs),), ())


def telling(request: SessionRequest, variable: str) -> Telling:
    return Telling(variable)


def refusing(request: SessionRequest) -> Telling:
    raise DeviceError("no such device", where="cuda:9")


def test_the_session_has_a_process_and_variables_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LATHE_TEST_APART", "before")
    session = SessionApart(telling, REQUEST, "LATHE_TEST_APART", variables={"LATHE_TEST_APART": "there"})
    assert [value.name for value in session.inputs] == ["x"]
    first, second = {"x": np.array([1.0])}, {"x": np.array([2.0])}
    for feeds in (first, second, first):
        pid, variable, x = session.run(feeds)
        assert pid[0] != os.getpid() and variable[0] == "there"
        assert x[0] == feeds["x"][0]
    assert session.phases(second) == Phases(1.0, 2.0, 3.0)
    assert session.finish_trace().wall_us == (3.0,)
    assert os.environ["LATHE_TEST_APART"] == "before"


def test_its_faults_are_the_session_s() -> None:
    with pytest.raises(DeviceError, match="no such device"):
        SessionApart(refusing, REQUEST, variables={})
    session = SessionApart(telling, REQUEST, "X", variables={})
    with pytest.raises(RuntimeCrash):
        session.run({"x": np.array([-1.0])})
