"""ONNX Runtime on Apple's processors, GPUs and Neural Engine, through Core ML.

Core ML compiles each part that it takes into a model of its own, one kernel for ONNX Runtime: all its layers share that
kernel's time. It waits for the result, so node times are real. Core ML computes in float16 on the Neural Engine and
mostly on the GPU; it has no integer kernels for Q/DQ models, which would run on the processor instead.

State: not run yet; Core ML exists on macOS only. What is listed and refused elsewhere is tested, and so is the graph
around compiled nodes.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.options import option, with_values
from engine.profiling.onnxruntime import packages
from engine.profiling.onnxruntime.session import OrtSession, Setup
from engine.profiling.processor import processor

KEY = "onnxruntime_coreml"
PROVIDER = "CoreMLExecutionProvider"
_UNITS = {
    "all": "ALL",
    "cpu_and_neural_engine": "CPUAndNeuralEngine",
    "cpu_and_gpu": "CPUAndGPU",
    "cpu_only": "CPUOnly",
}
_NOTES = (
    "ONNX Runtime sees each Core ML model as one kernel: its time stands at the layer with most MACs, and how it is "
    "spread over the others is not known.",
)


@dataclass(frozen=True, slots=True)
class Options:
    """How the Core ML provider runs a model."""

    units: Literal["all", "cpu_and_neural_engine", "cpu_and_gpu", "cpu_only"] = option(
        "all", label="Compute units", help="where Core ML may run"
    )
    format: Literal["mlprogram", "neuralnetwork"] = option(
        "mlprogram", label="Model format", help="mlprogram needs macOS 12; neuralnetwork computes in float16 throughout"
    )
    static_shapes: bool = option(
        False, label="Static shapes only", help="take only nodes whose shapes are fixed: dynamic ones can be slow"
    )
    low_precision_sums: bool = option(
        False, label="float16 sums", help="on the GPU, add up in float16: faster, less exact"
    )
    cpu_fallback: bool = option(
        True,
        label="Processor takes the rest",
        help="nodes that Core ML does not take run on the processor; off: an error",
    )


def _devices() -> tuple[Device, ...]:
    package, reason = packages.installed(), ""
    if sys.platform != "darwin":
        reason = "Core ML exists on macOS only"
    elif package is None:
        reason = "ONNX Runtime is missing: pip install 'lathe[cpu]'"
    name = processor().name if sys.platform == "darwin" else "Apple"
    return (Device("coreml", f"{name} · ONNX Runtime with Core ML", not reason, reason),)


def _facts(device: str) -> TargetFacts:
    why = "Core ML: no integer kernels for Q/DQ models; it computes in float16 by itself"
    half = frozenset(("float16",))
    return TargetFacts(device, np.dtype(np.int8), frozenset(), False, 8, why, half_types=half)


def _open(request: SessionRequest) -> Session:
    options = with_values(Options(), request.settings.options, KEY)
    provider = {
        "MLComputeUnits": _UNITS[options.units],
        "ModelFormat": "MLProgram" if options.format == "mlprogram" else "NeuralNetwork",
        "RequireStaticInputShapes": str(int(options.static_shapes)),
        "AllowLowPrecisionAccumulationOnGPU": str(int(options.low_precision_sums)),
    }
    setup = Setup(
        providers=((PROVIDER, provider),),
        cpu_fallback=options.cpu_fallback,
        compiles=True,
        way_out="On macOS, pip install 'lathe[cpu]' brings it.",
        notes={"host": _NOTES},
    )
    return OrtSession(request, setup)


def _environment(device: str) -> dict[str, str]:
    return {"onnxruntime": packages.version()}


BACKEND = Backend(
    key=KEY,
    title="ONNX Runtime · Core ML",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider=PROVIDER,
    environment=_environment,
)
