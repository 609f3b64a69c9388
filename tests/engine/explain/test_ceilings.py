from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from engine.backend import (
    Array,
    Backend,
    Device,
    Feeds,
    KernelEvent,
    RunSettings,
    Runtime,
    SessionRequest,
    TargetFacts,
    Trace,
)
from engine.backends import backend_of
from engine.errors import DeviceError
from engine.explain import ceilings as module
from engine.explain.ceilings import FILE, ceilings, known_ceilings
from engine.profiling.child import Child
from engine.progress import Progress


class Here:
    """A host without a process."""

    calls = 0

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        self.calls += 1
        return function(*args, progress=progress)


class Fake:
    """A device of 100 GMAC/s, four times that in int8, and 10 GB/s, that knows no bfloat16 and casts float16."""

    inputs = outputs = ()
    slowness = 1.0

    def __init__(self, request: SessionRequest) -> None:
        import onnx

        model = onnx.load(str(request.model))
        self.ops = [node.op_type for node in model.graph.node]
        element = model.graph.input[0].type.tensor_type.elem_type
        if element == onnx.TensorProto.BFLOAT16:
            raise DeviceError("no bfloat16")
        self.float16 = element == onnx.TensorProto.FLOAT16
        shape = [dim.dim_value for dim in model.graph.input[0].type.tensor_type.shape.dim]
        weights = [tensor for tensor in model.graph.initializer if tensor.name == "w"]
        out = int(np.prod([dim.dim_value for dim in model.graph.output[0].type.tensor_type.shape.dim]))
        if weights:
            dims = list(weights[0].dims)
            inner = dims[0] if len(dims) == 2 else int(np.prod(dims[1:]))
            self.us = out * inner / (400e3 if "QuantizeLinear" in self.ops else 100e3)
        else:
            self.us = 8 * int(np.prod(shape)) / 10e3
        self.us *= self.slowness
        self.runs = 0

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        self.runs += 1
        return []

    def phases(self, feeds: Feeds) -> None:
        return None

    def finish_trace(self) -> Trace:
        op = next(op for op in ("MatMul", "Conv", "Relu") if op in self.ops)
        events = [KernelEvent("main", op, "", 0.0, self.us, 0)]
        if self.float16:
            events.append(KernelEvent("cast", "Cast", "", 0.0, 1.0, 0))
        return Trace((tuple(events),) * self.runs, (self.us,) * self.runs, ())


def runtime(threads: int = 1, host: Here | None = None) -> Runtime:
    backend = Backend(
        key="fake",
        title="Fake",
        options=object,
        devices=lambda: (Device("fake", "Fake", True),),
        facts=lambda device: TargetFacts(device, np.dtype(np.uint8), frozenset(), False, 1, ""),
        open=Fake,
        provider="",
        environment=lambda device: {"fake": "1.0"},
    )
    return Runtime(backend, RunSettings("fake", threads=threads), host or Here())


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_RUN_S", 0.0)
    monkeypatch.setattr(module, "disturbed", lambda met: [])
    monkeypatch.setattr(module, "_beyond_caches", lambda: 1 << 25)


def test_rates_and_bandwidth_are_those_of_the_device(tmp_path: Path) -> None:
    found = ceilings(runtime(), Progress(), cache=tmp_path)
    assert found.gmacs_per_s == pytest.approx({"float32": 100.0, "int8": 400.0})
    assert found.gbytes_per_s == pytest.approx(10.0)
    assert (found.device, found.threads) == ("fake", 1)
    assert [size for size, _ in found.by_size] == sorted(size for size, _ in found.by_size)


def test_they_are_measured_once_for_each_setting(tmp_path: Path) -> None:
    host = Here()
    first = ceilings(runtime(host=host), Progress(), cache=tmp_path)
    measured = host.calls
    assert ceilings(runtime(host=host), Progress(), cache=tmp_path) == first
    assert host.calls == measured
    ceilings(runtime(threads=2, host=host), Progress(), cache=tmp_path)
    assert host.calls == 2 * measured
    assert len(json.loads((tmp_path / FILE).read_text())["found"]) == 2


def test_those_of_a_disturbed_machine_are_measured_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "disturbed", lambda met: ["busy"] if met else [])
    first = ceilings(runtime(), Progress(), cache=tmp_path)
    assert first.noisy
    assert known_ceilings(runtime(), cache=tmp_path) == first
    monkeypatch.setattr(Fake, "slowness", 2.0)
    slower = ceilings(runtime(), Progress(), cache=tmp_path)
    assert (slower.gmacs_per_s, slower.by_size) == (first.gmacs_per_s, first.by_size)  # the better of both
    monkeypatch.setattr(module, "disturbed", lambda met: [])
    calm = ceilings(runtime(), Progress(), cache=tmp_path)
    assert calm.gmacs_per_s == pytest.approx({"float32": 50.0, "int8": 200.0})
    assert not calm.noisy


@pytest.mark.parametrize("broken", ["", "[]", '{"version": 1, "found": 3}', '{"version": 0, "found": {}}', "\x00"])
def test_a_broken_cache_is_measured_again_and_replaced(tmp_path: Path, broken: str) -> None:
    (tmp_path / FILE).write_text(broken)
    host = Here()
    found = ceilings(runtime(host=host), Progress(), cache=tmp_path)
    assert host.calls > 0
    assert ceilings(runtime(host=Here()), Progress(), cache=tmp_path) == found


@pytest.mark.parametrize(
    "name, value", [("gmacs_per_s", 3), ("gbytes_per_s", -1.0), ("by_size", [[1]]), ("device", None)]
)
def test_a_broken_entry_is_measured_again(tmp_path: Path, name: str, value: object) -> None:
    found = ceilings(runtime(), Progress(), cache=tmp_path)
    stored = json.loads((tmp_path / FILE).read_text())
    (key,) = stored["found"]
    if value is None:
        del stored["found"][key][name]
    else:
        stored["found"][key][name] = value
    (tmp_path / FILE).write_text(json.dumps(stored))
    host = Here()
    again = ceilings(runtime(host=host), Progress(), cache=tmp_path)
    assert host.calls > 0
    assert again.gmacs_per_s == found.gmacs_per_s


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    assert ceilings(runtime(), Progress(), cache=tmp_path / "file").gbytes_per_s > 0


def test_the_processor_here(tmp_path: Path) -> None:
    with Child() as host:
        real = Runtime(backend_of("cpu"), RunSettings(threads=1), host)
        found = ceilings(real, Progress(), cache=tmp_path)
    assert found.gmacs_per_s["float32"] > 1
    assert found.gbytes_per_s > 0.1
    assert set(found.gmacs_per_s) <= {"float32", "int8", "float16", "bfloat16"}
