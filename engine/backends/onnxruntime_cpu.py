"""ONNX Runtime on the processor.

The session is ONNX Runtime's own with the optimizations that it ships with (``engine.profiling.onnxruntime.session``).
Profiler files have whole microseconds, rounded down, so that the times of very short kernels are too small rather than
too large.
"""

from __future__ import annotations

import importlib.util
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.options import option, with_values
from engine.profiling.onnxruntime.packages import version
from engine.profiling.onnxruntime.session import OrtSession, Setup
from engine.profiling.processor import processor

KEY = "onnxruntime_cpu"
CPU = "cpu"

_COMPUTES = "Conv MatMul Gemm Add Mul Concat AveragePool GlobalAveragePool LeakyRelu Sigmoid Softmax Where"
_MOVES = (
    "MaxPool ReduceMax ReduceMin Resize DepthToSpace Reshape Transpose Flatten Squeeze Unsqueeze Gather GatherElements "
    "Slice Split Expand Tile Pad"
)
_VANISHES = "Clip Relu"
INTEGER_OPS = frozenset(f"{_COMPUTES} {_MOVES} {_VANISHES}".split())
"""QLinearConv, QLinearMatMul, QGemm, ...; those that only move elements; and Clip and Relu, which vanish into them."""
SLOWER_OPS = {
    "AveragePool": "takes 20 times as long in integers",
    "Softmax": "takes 1.5 to 8 times as long in integers, and its small probabilities all round to zero",
    "Resize": "takes 1.7 times as long in integers",
}
"""Measured with ONNX Runtime 1.31 on one x86 core, 64x56x56 elements."""
FEW_CHANNELS = 4
"""Measured there as well: 3 input channels take 1.5 to 2 times as long as in float, 1 channel 5 times."""
DYNAMIC_OPS = frozenset(("MatMul", "Gemm", "LSTM"))
"""ConvInteger has no fast path for values laid out by channel blocks, and its result takes three more kernels."""
MICROSOFT_OPS = frozenset(("DynamicQuantizeMatMul", "DynamicQuantizeLSTM", "MatMulNBits", "GatherBlockQuantized"))


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
    custom_ops: str = option(
        "",
        label="Custom operators",
        help="libraries of operators that ONNX Runtime does not know, with commas between; onnxruntime-extensions for "
        "that package's. They are native code and run as you",
    )


def _devices() -> tuple[Device, ...]:
    name = processor().name or "CPU"
    if importlib.util.find_spec("onnxruntime") is None:
        return (Device(CPU, f"{name} · ONNX Runtime", False, "ONNX Runtime is missing: pip install 'lathe[cpu]'"),)
    return (Device(CPU, f"{name} · ONNX Runtime {version()}".strip(), True),)


def _facts(device: str) -> TargetFacts:
    cpu = processor()
    if cpu.arm:
        why = "ARM: int8 activations with int8 weights run fast"
        return _with_ops(device, np.int8, False, 4, why)
    block = 16 if cpu.avx512 else 8
    if cpu.vnni:
        kind = "AVX512-VNNI" if cpu.avx512 else "AVX-VNNI"
        why = f"{kind}: uint8 activations with int8 weights run on the fast kernels"
        return _with_ops(device, np.uint8, False, block, why)
    known = "no VNNI" if cpu.features & {"avx2", "avx512f", "sse2"} and "sse2" in cpu.features else "VNNI not known"
    why = f"x86, {known}: uint8 activations with 7-bit weights, since sums of 8-bit products could saturate"
    return _with_ops(device, np.uint8, True, block, why)


def _with_ops(device: str, activations: type[np.integer[Any]], reduce_range: bool, block: int, why: str) -> TargetFacts:
    return TargetFacts(
        device,
        np.dtype(activations),
        INTEGER_OPS,
        reduce_range,
        block,
        why,
        dynamic_ops=DYNAMIC_OPS,
        microsoft_ops=MICROSOFT_OPS,
        slower_ops=SLOWER_OPS,
        few_channels=FEW_CHANNELS,
        channels_last=True,
    )


def _open(request: SessionRequest) -> Session:
    wanted = with_values(Options(), request.settings.options, KEY)
    setup = Setup(
        optimization=wanted.optimization,
        spinning=wanted.spinning,
        memory_arena=wanted.memory_arena,
        custom_ops=wanted.custom_ops,
    )
    return OrtSession(request, setup)


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
