"""OpenVINO's own runtime, on the processor and on Intel's GPUs and NPUs.

Left alone it computes in bfloat16 on processors that have that, and in float16 on GPUs, also where the model is
float32. That is what its users get, so it is the default here; each kernel says in which precision it ran, and the
option ``precision=f32`` asks for the model's own. Its model cache stays off and its telemetry is never imported.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from importlib import metadata
from typing import Any, Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.errors import DeviceError
from engine.options import option, with_values
from engine.profiling.openvino.hardware import missing
from engine.profiling.processor import processor, threads_of

KEY = "openvino"
_MISSING = "OpenVINO is missing: pip install 'lathe[openvino]'"
_TITLES = {"cpu": "OpenVINO", "gpu": "Intel GPU · OpenVINO", "npu": "Intel NPU · OpenVINO"}
_COMPUTES = "Conv ConvTranspose MatMul Gemm Add Mul AveragePool GlobalAveragePool ReduceMean ReduceSum"
_MOVES = (
    "Concat MaxPool GlobalMaxPool ReduceMax ReduceMin Resize DepthToSpace Reshape Transpose Flatten Squeeze Unsqueeze "
    "Gather Slice Split Expand Pad"
)
_VANISHES = "Clip Relu"
INTEGER_OPS = frozenset(f"{_COMPUTES} {_MOVES} {_VANISHES}".split())
"""What OpenVINO 2026.4 keeps in 8 bits in its execution graph; Sigmoid, Softmax, Where and the like it computes in
float."""
SYMMETRIC_OPS = frozenset(("ConvTranspose", "MatMul"))
"""Where the zero point is not 0, or the second operand of a MatMul of activations not int8, it computes in float."""
SLOWER_OPS = {
    "Mul": "is computed in float all the same, and rounding around it keeps OpenVINO from fusing it into others"
}
"""Measured on a text detector full of hard swishes: float 13.4 ms, all in integers 9.2, all but Mul 6.2."""
MICROSOFT_OPS = frozenset(("DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulNBits", "GatherBlockQuantized"))
"""It takes them apart and keeps the weights in their few bits; activations it quantizes as it likes."""


@dataclass(frozen=True, slots=True)
class Options:
    """How OpenVINO runs a model."""

    precision: Literal["auto", "f32", "bf16", "f16"] = option(
        "auto",
        label="Inference precision",
        help="auto: what OpenVINO chooses, which is bfloat16 or float16 where the device is faster in it",
    )
    hint: Literal["latency", "throughput", "none"] = option(
        "latency", label="Performance hint", help="what OpenVINO tunes threads and streams for"
    )
    execution: Literal["performance", "accuracy"] = option(
        "performance", label="Execution mode", help="accuracy: no lower precision than the model's own"
    )
    streams: int = option(
        0, label="Streams", help="runs that can go on at a time; 0: what the performance hint asks for", minimum=0
    )
    pinning: Literal["auto", "on", "off"] = option(
        "auto", label="CPU pinning", help="whether each thread stays on one core"
    )
    hyper_threading: Literal["auto", "on", "off"] = option(
        "auto", label="Hyper-threading", help="whether two threads may share a core"
    )
    fixed_shapes: bool = option(
        True, label="Fixed shapes", help="compile for the shapes that are fed; off: keep dynamic dimensions"
    )


def _devices() -> tuple[Device, ...]:
    name = processor().name or "CPU"
    titles = {f"{KEY}:{kind}": f"{name} · {title}" if kind == "cpu" else title for kind, title in _TITLES.items()}
    if importlib.util.find_spec("openvino") is None:
        return tuple(Device(device, title, False, _MISSING) for device, title in titles.items())
    found = []
    for kind, (device, title) in zip(_TITLES, titles.items(), strict=True):
        reason = "" if kind == "cpu" else missing(kind)
        found.append(Device(device, f"{title} {version()}".strip(), not reason, reason))
    return tuple(found)


def version() -> str:
    """Of the installed package, without importing it."""
    try:
        return metadata.version("openvino")
    except metadata.PackageNotFoundError:
        return ""


def _facts(device: str) -> TargetFacts:
    cpu = processor()
    if device != f"{KEY}:cpu":
        why = "Intel GPU and NPU: uint8 activations with int8 weights run on the integer units"
        return _with_ops(device, np.uint8, False, 16, why, frozenset(("float16",)))
    if cpu.arm:
        return _with_ops(device, np.int8, False, 4, "ARM: int8 activations with int8 weights run fast")
    half = frozenset(("bfloat16",)) if cpu.features & {"avx512_bf16", "amx_bf16"} else frozenset()
    block = 16 if cpu.avx512 else 8
    if cpu.vnni:
        kind = "AMX" if "amx_int8" in cpu.features else "AVX512-VNNI" if cpu.avx512 else "AVX-VNNI"
        why = f"{kind}: OpenVINO runs uint8 activations with int8 weights on the integer kernels"
        return _with_ops(device, np.uint8, False, block, why, half)
    why = "x86 without VNNI: uint8 activations with 7-bit weights, since sums of 8-bit products could saturate"
    return _with_ops(device, np.uint8, True, block, why, half)


def _with_ops(
    device: str,
    activations: type[np.integer[Any]],
    reduce_range: bool,
    block: int,
    why: str,
    half_types: frozenset[str] = frozenset(),
) -> TargetFacts:
    return TargetFacts(
        device,
        np.dtype(activations),
        INTEGER_OPS,
        reduce_range,
        block,
        why,
        half_types=half_types,
        microsoft_ops=MICROSOFT_OPS,
        slower_ops=SLOWER_OPS,
        symmetric_ops=SYMMETRIC_OPS,
    )


def _open(request: SessionRequest) -> Session:
    from engine.profiling.openvino.session import OpenVinoSession

    if importlib.util.find_spec("openvino") is None:
        raise DeviceError(_MISSING, where=request.settings.device)
    wanted = with_values(Options(), request.settings.options, KEY)
    device = request.settings.device.partition(":")[2].upper()
    threads = threads_of(request.settings.threads)
    return OpenVinoSession(request, device, _properties(wanted, device, threads), wanted.fixed_shapes)


def _properties(wanted: Options, device: str, threads: int) -> dict[str, Any]:
    """For ``compile_model``; what is not said is left to OpenVINO."""
    properties: dict[str, Any] = {"EXECUTION_MODE_HINT": wanted.execution.upper()}
    if wanted.precision != "auto":
        properties["INFERENCE_PRECISION_HINT"] = wanted.precision
    if wanted.hint != "none":
        properties["PERFORMANCE_HINT"] = wanted.hint.upper()
    if wanted.streams:
        properties["NUM_STREAMS"] = wanted.streams
    if device == "CPU":
        properties["INFERENCE_NUM_THREADS"] = threads
        for name, choice in (
            ("ENABLE_CPU_PINNING", wanted.pinning),
            ("ENABLE_HYPER_THREADING", wanted.hyper_threading),
        ):
            if choice != "auto":
                properties[name] = choice == "on"
    return properties


def _environment(device: str) -> dict[str, str]:
    return {"openvino": version()}


BACKEND = Backend(
    key=KEY,
    title="OpenVINO",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider="OpenVINO",
    environment=_environment,
)
