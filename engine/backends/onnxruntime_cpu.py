"""ONNX Runtime on the processor.

The session is ONNX Runtime's own with the optimizations that it ships with; only the order of the operators
(sequential) and the threads are set. A profiled session writes its trace and its optimized graph into the request's
scratch folder, both are read back into a ``Trace``. Profiler files have whole microseconds, rounded down, so that the
times of very short kernels are too small rather than too large.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from engine.backend import (
    Array,
    Backend,
    Device,
    ExecutedNode,
    Feeds,
    KernelEvent,
    Session,
    SessionRequest,
    TargetFacts,
    Trace,
)
from engine.errors import DeviceError, EngineError, RuntimeCrash
from engine.graph.values import ValueInfo
from engine.options import option, with_values
from engine.profiling.processor import processor, threads_of

if TYPE_CHECKING:
    import onnx

KEY = "onnxruntime_cpu"
CPU = "cpu"

_COMPUTES = "Conv MatMul Gemm Add Mul Concat AveragePool GlobalAveragePool LeakyRelu Sigmoid Softmax Where"
_MOVES = "MaxPool Resize Reshape Transpose Flatten Squeeze Unsqueeze Gather Slice Split Expand Tile"
_VANISHES = "Clip Relu"
INTEGER_OPS = frozenset(f"{_COMPUTES} {_MOVES} {_VANISHES}".split())
"""QLinearConv, QLinearMatMul, QGemm, ...; those that only move elements; and Clip and Relu, which vanish into them."""
_ITS_SOURCE = re.compile(r"/\S*onnxruntime/\S+:\d+ [^(\n]*\((?:[^()]|\([^()]*\))*\) ")
"""File, line and function of the runtime's own source, which say nothing to a user."""


@dataclass(frozen=True, slots=True)
class Options:
    """How ONNX Runtime runs a model."""

    optimization: Literal["all", "extended", "basic", "disabled"] = option(
        "all", label="Graph optimization", help="what ONNX Runtime may fuse and rearrange"
    )
    spinning: bool = option(
        True, label="Spinning threads", help="idle threads wait actively: faster alone, slower beside other programs"
    )
    memory_arena: bool = option(
        True, label="Memory arena", help="keep memory between runs: faster, with a larger footprint"
    )


def _devices() -> tuple[Device, ...]:
    name = processor().name or "CPU"
    if importlib.util.find_spec("onnxruntime") is None:
        return (Device(CPU, f"{name} · ONNX Runtime", False, "ONNX Runtime is missing: pip install 'lathe[cpu]'"),)
    return (Device(CPU, f"{name} · ONNX Runtime {version()}".strip(), True),)


def version() -> str:
    """Of the installed ONNX Runtime, whichever of its packages that is, without importing it."""
    for package in ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino"):
        try:
            return metadata.version(package)
        except metadata.PackageNotFoundError:
            continue
    return ""


def _facts(device: str) -> TargetFacts:
    cpu = processor()
    if cpu.arm:
        return TargetFacts(
            device, np.dtype(np.int8), INTEGER_OPS, False, 4, "ARM: int8 activations with int8 weights run fast"
        )
    block = 16 if cpu.avx512 else 8
    if cpu.vnni:
        kind = "AVX512-VNNI" if cpu.avx512 else "AVX-VNNI"
        why = f"{kind}: uint8 activations with int8 weights run on the fast kernels"
        return TargetFacts(device, np.dtype(np.uint8), INTEGER_OPS, False, block, why)
    known = "no VNNI" if cpu.features & {"avx2", "avx512f", "sse2"} and "sse2" in cpu.features else "VNNI not known"
    why = f"x86, {known}: uint8 activations with 7-bit weights, since sums of 8-bit products could saturate"
    return TargetFacts(device, np.dtype(np.uint8), INTEGER_OPS, True, block, why)


def _open(request: SessionRequest) -> Session:
    return OrtSession(request)


class OrtSession:
    """A session on the processor; the child process only."""

    def __init__(self, request: SessionRequest) -> None:
        import onnxruntime as ort

        ort.set_default_logger_severity(3)
        self._profile, self._scratch = request.profile, request.scratch
        self._wall_us: list[float] = []
        where = request.settings.device
        options = _session_options(request)
        try:
            self._session = ort.InferenceSession(_source(request), options, providers=["CPUExecutionProvider"])
        except Exception as error:  # ONNX Runtime raises classes without a common base
            raise _cannot_run(error, where) from None
        self.inputs = tuple(_info(value) for value in self._session.get_inputs())
        self.outputs = tuple(_info(value) for value in self._session.get_outputs())
        self._where = where

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        names = None if outputs is None else list(outputs)
        begin = time.perf_counter_ns()
        try:
            results: list[Array] = self._session.run(names, feeds)
        except Exception as error:
            raise _cannot_run(error, self._where) from None
        if self._profile:
            self._wall_us.append((time.perf_counter_ns() - begin) / 1000)
        return results

    def phases(self, feeds: Feeds) -> None:
        """Inputs and outputs are where the kernels are."""

    def finish_trace(self) -> Trace:
        assert self._profile and self._scratch is not None
        events = json.loads(Path(self._session.end_profiling()).read_text())
        nodes, constants = _executed(self._scratch / _OPTIMIZED)
        return Trace(tuple(_runs(events)), tuple(self._wall_us), tuple(nodes), constants)


_OPTIMIZED, _WEIGHTS = "optimized.onnx", "optimized.data"
_NOWHERE = os.devnull
_LEVELS = {
    "all": "ORT_ENABLE_ALL",
    "extended": "ORT_ENABLE_EXTENDED",
    "basic": "ORT_ENABLE_BASIC",
    "disabled": "ORT_DISABLE_ALL",
}


def _session_options(request: SessionRequest) -> Any:  # onnxruntime's own type, which mypy does not see
    import onnxruntime as ort

    wanted = with_values(Options(), request.settings.options, KEY)
    options = ort.SessionOptions()
    options.log_severity_level = 4  # faults come as exceptions
    options.execution_mode = ort.ExecutionMode.ORT_SEQUENTIAL
    options.intra_op_num_threads = threads_of(request.settings.threads)
    options.inter_op_num_threads = 1
    options.graph_optimization_level = getattr(ort.GraphOptimizationLevel, _LEVELS[wanted.optimization])
    options.enable_cpu_mem_arena = wanted.memory_arena
    options.add_session_config_entry("session.intra_op.allow_spinning", "1" if wanted.spinning else "0")
    if request.weights is not None:
        options.add_session_config_entry(
            "session.model_external_initializers_file_folder_path", str(request.weights.resolve())
        )
    if request.profile:
        assert request.scratch is not None, "a profiled session needs a scratch folder"
        options.enable_profiling = True
        options.profile_file_prefix = str(request.scratch / "trace")
        options.optimized_model_filepath = str(request.scratch / _OPTIMIZED)
        # Only the graph is wanted. Its weights, which can be many gigabytes, are written to where nothing is kept.
        options.add_session_config_entry("session.optimized_model_external_initializers_file_name", _WEIGHTS)
        if os.name == "posix":
            (request.scratch / _WEIGHTS).symlink_to(_NOWHERE)
    return options


def _source(request: SessionRequest) -> str | bytes:
    # Only a session that is made from bytes looks for external data in the folder that it is told.
    return request.model.read_bytes() if request.weights is not None else str(request.model)


def _cannot_run(error: Exception, where: str) -> EngineError:
    text = re.sub(r"^\s*\[ONNXRuntimeError\] : \d+ : \w+ : ", "", str(error))
    text = re.sub(r"^Load model from .* failed:\s*", "", text).strip()
    text = _ITS_SOURCE.sub("", text)
    if isinstance(error, MemoryError) or "bad_alloc" in text or "Failed to allocate memory" in text:
        return RuntimeCrash(
            "ONNX Runtime ran out of memory", where=where, way_out="Try a smaller batch, or fewer samples at once."
        )
    return DeviceError(f"ONNX Runtime cannot run this model: {text}", where=where)


def _info(value: Any) -> ValueInfo:
    shape = tuple(size if isinstance(size, int | str) else None for size in value.shape or ())
    element = re.sub(r"^\w*tensor\((\w+)\)$", r"\1", value.type)
    return ValueInfo(
        value.name, {"float": "float32", "double": "float64", "string": "str"}.get(element, element), shape
    )


def _runs(events: Sequence[dict[str, Any]]) -> Iterator[tuple[KernelEvent, ...]]:
    """Kernel events per run of the model; the event of a run is written after those of its kernels."""
    kernels: list[KernelEvent] = []
    for event in events:
        if event.get("cat") == "Session" and event["name"] == "model_run":
            yield tuple(kernels)
            kernels = []
        elif event.get("cat") == "Node" and event["name"].endswith("_kernel_time"):
            args = event["args"]
            kernels.append(
                KernelEvent(
                    event["name"].removesuffix("_kernel_time"),
                    args.get("op_name", ""),
                    args.get("provider", ""),
                    float(event["ts"]),
                    float(event["dur"]),
                    int(event["tid"]),
                )
            )


def _executed(path: Path) -> tuple[list[ExecutedNode], frozenset[str]]:
    """The nodes of the optimized graph in the order in which they run, and the names of its constants."""
    import onnx

    nodes: list[ExecutedNode] = []
    constants: set[str] = set()

    def walk(graph: onnx.GraphProto, body_of: str) -> None:
        constants.update(tensor.name for tensor in graph.initializer)
        for node in graph.node:
            nodes.append(ExecutedNode(node.name, node.op_type, tuple(node.input), tuple(node.output), (), body_of))
            for attribute in node.attribute:
                for body in [attribute.g] if attribute.type == onnx.AttributeProto.GRAPH else attribute.graphs:
                    walk(body, node.name)

    walk(onnx.load(str(path), load_external_data=False).graph, "")
    return nodes, frozenset(constants)


def _environment(device: str) -> dict[str, str]:
    return {"onnxruntime": version()}


BACKEND = Backend(
    key=KEY,
    title="ONNX Runtime · CPU",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider="CPUExecutionProvider",
    environment=_environment,
)
