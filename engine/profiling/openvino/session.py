"""A model in OpenVINO; the child process only.

A model with dynamic dimensions is compiled for the shapes that it is first fed (``reshape``), as OpenVINO's own
``benchmark_app`` and its guides do, unless the user asks for dynamic shapes. Where later inputs have other shapes, it
is compiled once more, with its dynamic dimensions, and stays so.

Inputs are handed over without a copy and outputs are copied, since OpenVINO writes the next run's over them.
"""

from __future__ import annotations

import contextlib
import importlib
import re
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import ModuleType
from typing import Any

import numpy as np

from engine.backend import Array, Feeds, SessionRequest, Trace
from engine.errors import DeviceError, EngineError, RuntimeCrash
from engine.graph.values import ValueInfo
from engine.profiling.openvino.counters import Reading, due, run_events
from engine.profiling.openvino.executed import Counter, executed_graph

_DTYPES = {
    "f16": "float16",
    "f32": "float32",
    "f64": "float64",
    "bf16": "bfloat16",
    "boolean": "bool",
    "string": "str",
    **{f"{kind}{bits}": f"{name}{bits}" for kind, name in (("i", "int"), ("u", "uint")) for bits in (4, 8, 16, 32, 64)},
}
_RESULT = re.compile(r"/sink_port_\d+$")
_ITS_SOURCE = re.compile(r"^Exception from \S+:\d+:$|Check '.*?' failed at \S+:\d+:\s*", re.MULTILINE)
"""Places and conditions in OpenVINO's own source, which say nothing to a user."""
_WRAPPERS = re.compile(r"FrontEnd API failed with \w+:?\s*|^Summary:$|^-- Conversion is failed for: .*$", re.MULTILINE)


def runtime() -> ModuleType:
    """OpenVINO without its telemetry: where that cannot be imported, OpenVINO takes a stub that does nothing."""
    sys.modules.setdefault("openvino_telemetry", None)  # type: ignore[arg-type]  # Python's own mark for "not there"
    return importlib.import_module("openvino")


class OpenVinoSession:
    """An open model.

    Args:
        device: OpenVINO's name, "CPU".
        properties: for ``compile_model``.
        fixed: whether to compile for the shapes that are fed.
    """

    def __init__(self, request: SessionRequest, device: str, properties: Mapping[str, Any], fixed: bool) -> None:
        self._openvino = runtime()
        self._where, self._profile = request.settings.device, request.profile
        self._device, self._properties = device, {**properties, "PERF_COUNT": request.profile}
        self._core = self._openvino.Core()
        try:
            self._model = _read_model(self._core, request)
        except Exception as error:
            raise cannot_run(error, self._where) from None
        self.inputs = tuple(_info(port, port.get_node().get_friendly_name()) for port in self._model.inputs)
        self.outputs = tuple(
            _info(port, _RESULT.sub("", port.get_node().get_friendly_name())) for port in self._model.outputs
        )
        self._ports = {info.name: port for info, port in zip(self.inputs, self._model.inputs, strict=True)}
        self._numbers = {info.name: number for number, info in enumerate(self.outputs)}
        self._shapes: dict[str, tuple[int, ...]] | None = None
        self._compiling = threading.Lock()
        self._forget_trace()
        dynamic = any(port.get_partial_shape().is_dynamic for port in self._model.inputs)
        self._fixing = dynamic and fixed
        if not self._fixing:
            self._compile(self._model)

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        try:
            if self._fixing:
                self._fix(feeds)
            request = self._take()
            begin = time.perf_counter_ns()
            for name, array in feeds.items():
                request.set_tensor(name, self._tensor(name, array))
            request.infer()
            numbers = range(len(self.outputs)) if outputs is None else [self._numbers[name] for name in outputs]
            results = [_array(request.get_output_tensor(number)) for number in numbers]
        except Exception as error:  # OpenVINO raises RuntimeError, and TypeError where it does not know an array
            raise cannot_run(error, self._where) from None
        if self._profile:
            self._wall_us.append((time.perf_counter_ns() - begin) / 1000)
            if due(len(self._wall_us)):
                self._read(request)
        self._idle.append(request)
        return results

    def phases(self, feeds: Feeds) -> None:
        """OpenVINO copies inside of a run, and does not tell how long that takes."""

    def finish_trace(self) -> Trace:
        assert self._profile and self._wall_us, "nothing was run"
        if self._readings[-1].runs < len(self._wall_us):
            self._read(self._idle[-1])
        executed = executed_graph(self._compiled.get_runtime_model(), self._counters)
        runs = run_events(executed.kernels, executed.counters, self._readings, self._wall_us)
        return Trace(
            ((),) * len(self._lost_us) + tuple(runs),
            (*self._lost_us, *self._wall_us),
            executed.nodes,
            executed.constants,
            clock="host" if self._device == "CPU" else "device",
            notes=(_NOTE, *self._silently(kernel.precision for kernel in executed.kernels)),
        )

    def _silently(self, precisions: Iterable[str]) -> Iterator[str]:
        """What OpenVINO does of its own accord, and what accuracy hangs on."""
        asked = "INFERENCE_PRECISION_HINT" in self._properties
        own = {info.dtype for info in self.inputs if "float" in info.dtype}
        chosen = sorted(set(precisions) & {"bfloat16", "float16"})
        if chosen and not asked and own <= {"float32"}:
            yield (
                f"OpenVINO computed this float32 model in {' and '.join(chosen)}, which can cost accuracy; "
                "--set openvino.precision=f32 keeps float32."
            )

    def _fix(self, feeds: Feeds) -> None:
        shapes = {name: array.shape for name, array in feeds.items()}
        if shapes == self._shapes:
            return
        with self._compiling:
            if shapes == self._shapes or not self._fixing:
                return
            for name, shape in shapes.items():
                # ``reshape`` would change fixed dimensions as well.
                if not self._port(name).get_partial_shape().compatible(self._openvino.PartialShape(list(shape))):
                    wanted = self._port(name).get_partial_shape()
                    raise ValueError(f"input {name!r} takes the shape {wanted} and is fed {list(shape)}")
            if self._shapes is None:
                fixed = self._model.clone()
                fixed.reshape({name: list(shape) for name, shape in shapes.items()})
                self._compile(fixed)
                self._shapes = shapes
            else:
                self._fixing = False
                self._compile(self._model)

    def _compile(self, model: Any) -> None:
        try:
            compiled = self._core.compile_model(model, self._device, self._properties)
            streams = compiled.get_property("NUM_STREAMS") if self._profile else 1
            if streams > 1:  # each stream counts for itself
                properties = dict(self._properties)
                threads = max(1, int(properties.get("INFERENCE_NUM_THREADS", streams)) // streams)
                properties |= {"NUM_STREAMS": 1}
                if self._device == "CPU":
                    properties |= {"INFERENCE_NUM_THREADS": threads}
                compiled = self._core.compile_model(model, self._device, properties)
        except Exception as error:
            raise cannot_run(error, self._where) from None
        self._compiled = compiled
        self._idle: list[Any] = []
        self._forget_trace()

    def _forget_trace(self) -> None:
        """Runs so far were of another compiled model, whose counters are gone."""
        self._lost_us = [*getattr(self, "_lost_us", []), *getattr(self, "_wall_us", [])]
        self._wall_us: list[float] = []
        self._readings: list[Reading] = []
        self._counters: list[Counter] = []

    def _take(self) -> Any:
        """An infer request that nobody else uses: several threads may run at a time."""
        try:
            return self._idle.pop()
        except IndexError:
            return self._compiled.create_infer_request()

    def _read(self, request: Any) -> None:
        entries = request.profiling_info
        means = [round(entry.real_time.total_seconds() * 1e6) for entry in entries]
        self._readings.append(Reading(len(self._wall_us), means))
        self._counters = [Counter(e.node_name, e.exec_type, us) for e, us in zip(entries, means, strict=True)]

    def _port(self, name: str) -> Any:
        if name not in self._ports:
            raise ValueError(f"it has no input {name!r}")
        return self._ports[name]

    def _tensor(self, name: str, array: Array) -> Any:
        wanted = _DTYPES.get(self._port(name).get_element_type().get_type_name())
        if array.dtype.kind in "OSU":
            if wanted != "str":
                raise ValueError(f"input {name!r} takes {wanted} and is fed text")
            return self._openvino.Tensor(array)
        if array.dtype.name != wanted:
            raise ValueError(f"input {name!r} takes {wanted} and is fed {array.dtype.name}")
        contiguous = np.asarray(array, order="C")
        if wanted == "bfloat16":
            return self._openvino.Tensor(contiguous.view(np.uint16), array.shape, self._openvino.Type.bf16)
        return self._openvino.Tensor(contiguous, shared_memory=True)


def _array(tensor: Any) -> Array:
    kind = tensor.get_element_type().get_type_name()
    if kind == "string":
        return np.array(tensor.str_data, dtype=object)
    if kind == "bf16":
        import ml_dtypes

        return np.array(tensor.data).view(ml_dtypes.bfloat16)
    return np.array(tensor.data)


def _info(port: Any, name: str) -> ValueInfo:
    kind = port.get_element_type().get_type_name()
    shape = port.get_partial_shape()
    dims = () if shape.rank.is_dynamic else tuple(dim.get_length() if dim.is_static else None for dim in shape)
    return ValueInfo(name, _DTYPES.get(kind, kind), dims)


_reading = threading.Lock()
_NOTE = (
    "OpenVINO tells of each kernel its mean over many runs, not a run's time nor when it began: the spread of a single "
    "kernel is too small, and the timeline has them one behind the other in the order in which they run."
)


def _read_model(core: Any, request: SessionRequest) -> Any:
    """OpenVINO takes external data from the model's own folder only, links that lead out of it refused; but for a model
    that comes as bytes, from the working directory. This process has no other use for that."""
    if request.weights is None:
        return core.read_model(request.model.resolve())
    content = request.model.read_bytes()
    with _reading, contextlib.chdir(request.weights.resolve()):
        return core.read_model(content)


def cannot_run(error: Exception, where: str) -> EngineError:
    """OpenVINO's own reason, without places in its source."""
    text = _WRAPPERS.sub("", _ITS_SOURCE.sub("", str(error)))
    lines = dict.fromkeys(line.strip().removeprefix("-- ") for line in text.splitlines() if line.strip())
    reason = re.sub(r":; ", ": ", "; ".join(lines)) or type(error).__name__
    if isinstance(error, MemoryError) or "bad_alloc" in text or "out of memory" in text.lower():
        return RuntimeCrash("OpenVINO ran out of memory", where=where, way_out="Try a smaller batch.")
    return DeviceError(f"OpenVINO cannot run this model: {reason}", where=where)
