"""A session of ONNX Runtime on any of its execution providers.

The session is ONNX Runtime's own with the optimizations that it ships with; only the order of the operators
(sequential), the threads and the provider are set. A profiled session writes its trace, and its optimized graph where
the provider lets it, into the request's scratch folder; both are read back into a ``Trace``.

Left to itself ONNX Runtime goes on without a provider that it cannot load, with a line in its log: everything then runs
on the processor. Here a session that lacks the provider that was asked for is an error with the loader's own reason.
Single nodes may still run elsewhere (``KernelEvent.provider`` says so), unless ``cpu_fallback`` is off.
"""

from __future__ import annotations

import ctypes
import json
import os
import re
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from engine.backend import Array, Feeds, Phases, SessionRequest, Trace
from engine.errors import DeviceError, EngineError, RuntimeCrash
from engine.graph.values import ValueInfo
from engine.profiling.onnxruntime import packages, rare_types
from engine.profiling.onnxruntime.binding import BoundRuns, Memory
from engine.profiling.onnxruntime.custom_ops import register
from engine.profiling.onnxruntime.executed import Assigned, compiled_graph, saved_graph
from engine.profiling.onnxruntime.trace import CPU, arena_bytes, kernel_events
from engine.profiling.processor import threads_of

NOWHERE = os.devnull
_OPTIMIZED, _WEIGHTS = "optimized.onnx", "optimized.data"
_LEVELS = {
    "all": "ORT_ENABLE_ALL",
    "extended": "ORT_ENABLE_EXTENDED",
    "basic": "ORT_ENABLE_BASIC",
    "disabled": "ORT_DISABLE_ALL",
}
_ITS_SOURCE = re.compile(r"/\S*onnxruntime/\S+:\d+ [^(\n]*\((?:[^()]|\([^()]*\))*\) ")
"""File, line and function of the runtime's own source, which say nothing to a user."""
_NO_ARRAY = re.compile(r"Numpy_type \d+ can't be converted")


@dataclass(frozen=True, slots=True)
class Setup:
    """How a backend wants its sessions.

    Attributes:
        providers: in the order in which they are offered each node, with their options; the processor comes last.
        cpu_fallback: whether nodes that none of them takes may run on the processor.
        memory: of the device, where it is not the processor's: then runs can be taken apart.
        compiles: the provider compiles parts of the model, and such a session cannot save its graph.
        custom_ops: libraries of operators, see ``engine.profiling.onnxruntime.custom_ops``.
        config: further entries of the session's configuration.
        way_out: where the provider does not load.
        notes: what a reader of the trace must know, by the clock of the kernel times ("host", "device").
    """

    providers: tuple[tuple[str, Mapping[str, str]], ...] = ()
    optimization: str = "all"
    spinning: bool = True
    memory_arena: bool = True
    memory_pattern: bool = True
    cpu_fallback: bool = True
    memory: Memory | None = None
    compiles: bool = False
    custom_ops: str = ""
    config: Mapping[str, str] = field(default_factory=dict)
    way_out: str = ""
    notes: Mapping[str, tuple[str, ...]] = field(default_factory=dict)


class OrtSession:
    """A session on any provider; the child process only."""

    def __init__(self, request: SessionRequest, setup: Setup) -> None:
        import onnxruntime as ort

        ort.set_default_logger_severity(3)
        self._request, self._setup = request, setup
        self._wall_us: list[float] = []
        self._where = where = request.settings.device
        require_providers(setup, where)
        options = _session_options(request, setup)
        try:
            # Without the fallback of the Python layer, which tries again without the provider that failed.
            self._session = ort.InferenceSession(
                _source(request), options, providers=_providers(setup), enable_fallback=0
            )
        except Exception as error:  # ONNX Runtime raises classes without a common base
            raise cannot_run(error, where) from None
        if setup.providers and setup.providers[0][0] not in self._session.get_providers():
            raise _not_loaded(setup, where)
        self.inputs = tuple(_info(value) for value in self._session.get_inputs())
        self.outputs = tuple(_info(value) for value in self._session.get_outputs())
        every = (*self._session.get_inputs(), *self._session.get_outputs())
        self._rare = any(rare_types.is_rare(value.type) for value in every)
        self._bound = BoundRuns(self._session, setup.memory) if setup.memory is not None and self._numeric() else None

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        names = None if outputs is None else list(outputs)
        begin = time.perf_counter_ns()
        try:
            results: list[Array] = (
                rare_types.run(self._session, names, feeds) if self._rare else self._session.run(names, feeds)
            )
        except Exception as error:
            raise cannot_run(error, self._where) from None
        if self._request.profile:
            self._wall_us.append((time.perf_counter_ns() - begin) / 1000)
        return results

    def phases(self, feeds: Feeds) -> Phases | None:
        """None where inputs and outputs are where the kernels are, or are no tensors of numbers."""
        if self._bound is None:
            return None
        begin = time.perf_counter_ns()
        try:
            phases, _ = self._bound.run(feeds)
        except Exception as error:
            raise cannot_run(error, self._where) from None
        if self._request.profile:
            self._wall_us.append((time.perf_counter_ns() - begin) / 1000)
        return phases

    def _numeric(self) -> bool:
        """Whether everything that goes in and out can be in the device's memory."""
        values = (*self._session.get_inputs(), *self._session.get_outputs())
        return all(value.type.startswith("tensor(") and value.type != "tensor(string)" for value in values)

    def finish_trace(self) -> Trace:
        request, setup = self._request, self._setup
        assert request.profile and request.scratch is not None
        assigned = _assigned(self._session) if setup.compiles else []
        events = json.loads(Path(self._session.end_profiling()).read_text())
        runs, clock = kernel_events(events)
        if setup.compiles:
            longest = max(runs, key=len, default=())
            nodes, constants = compiled_graph(request.model, assigned, longest, setup.providers[0][0])
        else:
            nodes, constants = saved_graph(request.scratch / _OPTIMIZED)
        notes = setup.notes.get(clock, ())
        return Trace(runs, tuple(self._wall_us), tuple(nodes), constants, clock, notes, arena_bytes(events))


def cannot_run(error: Exception, where: str) -> EngineError:
    """The runtime's own reason, without places in its source."""
    text = re.sub(r"^\s*\[ONNXRuntimeError\] : \d+ : \w+ : ", "", str(error))
    text = re.sub(r"^Load model from .* failed:\s*", "", text).strip()
    text = _ITS_SOURCE.sub("", text)
    if _NO_ARRAY.search(text):
        text = "its Python interface takes no inputs and outputs of types of less than a byte"
    if isinstance(error, MemoryError) or "bad_alloc" in text or "Failed to allocate memory" in text:
        return RuntimeCrash(
            "ONNX Runtime ran out of memory", where=where, way_out="Try a smaller batch, or fewer samples at once."
        )
    return DeviceError(f"ONNX Runtime cannot run this model: {text}", where=where)


def require_providers(setup: Setup, where: str) -> None:
    """Refuse before the session is made what this build of the runtime does not have."""
    import onnxruntime as ort

    known = ort.get_available_providers()
    for name, _ in setup.providers:
        if name not in known:
            package = packages.installed()
            built = f"{package.name} {package.version}" if package is not None else "ONNX Runtime"
            raise DeviceError(f"the installed {built} has no {name}", where=where, way_out=setup.way_out)


def _not_loaded(setup: Setup, where: str) -> DeviceError:
    name = setup.providers[0][0]
    return DeviceError(f"ONNX Runtime could not load {name}{_loader_says(name)}", where=where, way_out=setup.way_out)


def _loader_says(provider: str) -> str:
    """What the system's loader says of the provider's library; ONNX Runtime writes that to its log only."""
    package = packages.installed()
    stem = provider.removesuffix("ExecutionProvider").lower()
    if package is None or not package.has(stem):
        return ""
    try:
        ctypes.CDLL(str(package.library("shared")), mode=getattr(ctypes, "RTLD_GLOBAL", 0))
        ctypes.CDLL(str(package.library(stem)))
    except OSError as error:
        return f": {error}"
    return ""


def _providers(setup: Setup) -> list[tuple[str, dict[str, str]]]:
    wanted = [(name, dict(options)) for name, options in setup.providers]
    # Where it may not fall back, the processor must not be named either.
    return [*wanted, (CPU, {})] if setup.cpu_fallback or not wanted else wanted


def _session_options(request: SessionRequest, setup: Setup) -> Any:  # onnxruntime's own type, which mypy does not see
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.log_severity_level = 4  # faults come as exceptions
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads_of(request.settings.threads)
    options.inter_op_num_threads = 1
    options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, _LEVELS[setup.optimization])
    options.enable_cpu_mem_arena = setup.memory_arena
    options.enable_mem_pattern = setup.memory_pattern
    entries = {"session.intra_op.allow_spinning": "1" if setup.spinning else "0", **setup.config}
    if not setup.cpu_fallback:
        entries["session.disable_cpu_ep_fallback"] = "1"
    if request.weights is not None:
        entries["session.model_external_initializers_file_folder_path"] = str(request.weights.resolve())
    if request.profile:
        assert request.scratch is not None, "a profiled session needs a scratch folder"
        options.enable_profiling = True
        options.profile_file_prefix = str(request.scratch / "trace")
        if setup.compiles:
            entries["session.record_ep_graph_assignment_info"] = "1"
        else:
            options.optimized_model_filepath = str(request.scratch / _OPTIMIZED)
            # Only the graph is wanted. Its weights, which can be many gigabytes, are written to where nothing is kept.
            entries["session.optimized_model_external_initializers_file_name"] = _WEIGHTS
            if os.name == "posix":
                (request.scratch / _WEIGHTS).symlink_to(NOWHERE)
    for key, value in entries.items():
        options.add_session_config_entry(key, value)
    if setup.custom_ops:
        register(options, setup.custom_ops, request.settings.device)
    return options


def _source(request: SessionRequest) -> str | bytes:
    # Only a session that is made from bytes looks for external data in the folder that it is told.
    return request.model.read_bytes() if request.weights is not None else str(request.model)


def _assigned(session: Any) -> list[Assigned]:
    """Which provider took which nodes; nothing before ONNX Runtime 1.24."""
    if not hasattr(session, "get_provider_graph_assignment_info"):
        return []
    return [
        Assigned(part.ep_name, tuple(node.name for node in part.get_nodes()))
        for part in session.get_provider_graph_assignment_info()
    ]


def _info(value: Any) -> ValueInfo:
    shape = tuple(size if isinstance(size, int | str) else None for size in value.shape or ())
    element = re.sub(r"^\w*tensor\((\w+)\)$", r"\1", value.type)
    return ValueInfo(
        value.name, {"float": "float32", "double": "float64", "string": "str"}.get(element, element), shape
    )
