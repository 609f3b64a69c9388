"""ONNX Runtime on NVIDIA GPUs, through its TensorRT provider, with CUDA for what TensorRT does not take.

TensorRT compiles each part that it takes into an engine, one kernel for ONNX Runtime: all its layers share that
kernel's time, which belongs to the one with most MACs. Building an engine takes up to minutes, so engines are kept in
the user's cache folder, never beside the source. ONNX Runtime names an engine by its graph's structure and not by its
weights (its issues 6455 and 32254), so each model content and set of options gets a folder of its own here, and the
oldest folders go.

Quantization: TensorRT wants symmetric int8, for activations (zero point 0, scale max|x| / 127) as for weights.

State: not run on a GPU yet. The graph around compiled nodes and the parsing of device events are tested with traces
made up in the format of ONNX Runtime's sources, phases with the same code on the processor's memory, and a missing
provider for real.
"""

from __future__ import annotations

import hashlib
import shutil
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.options import option, with_values
from engine.profiling.onnxruntime import libraries, nvidia, packages
from engine.profiling.onnxruntime.binding import Memory
from engine.profiling.onnxruntime.session import Setup

KEY = "onnxruntime_tensorrt"
PROVIDER = "TensorrtExecutionProvider"
_COMPUTES = "Conv ConvTranspose MatMul Gemm Add Mul Concat AveragePool GlobalAveragePool Relu Clip LeakyRelu Sigmoid"
_MOVES = "MaxPool Resize Reshape Transpose Flatten Squeeze Unsqueeze Slice Split"
INTEGER_OPS = frozenset(f"{_COMPUTES} {_MOVES}".split())
"""What TensorRT computes in int8 or moves through unchanged (its developer guide, "Working with Quantized Types")."""
ENGINES_KEPT = 16
_ONE_KERNEL = (
    "ONNX Runtime sees each TensorRT engine as one kernel: its time stands at the layer with most MACs, and how it is "
    "spread over the others is not known."
)
_LAUNCHES = (
    "This build of ONNX Runtime records no device events, so kernel times are how long the processor was in each "
    f"kernel, and the GPU may work on after that. With --set {KEY}.wait=auto they contain both."
)


@dataclass(frozen=True, slots=True)
class Options:
    """How the TensorRT provider builds and runs engines."""

    precision: Literal["fp32", "fp16", "bf16", "int8", "int8_fp16"] = option(
        "fp32",
        label="Precision",
        help="what TensorRT may compute in beside float32; int8 applies to layers with Q/DQ around them",
    )
    engine_cache: bool = option(True, label="Engine cache", help="keep built engines in the user's cache folder")
    workspace_mb: int | None = option(
        None, label="Workspace (MB)", help="memory that an engine's layers may use at most", minimum=1
    )
    builder_level: int = option(
        3, label="Builder optimization level", help="higher: longer builds, faster engines", minimum=0, maximum=5
    )
    smallest_part: int = option(
        1, label="Smallest part", help="nodes that a part must have to become an engine", minimum=1
    )
    cpu_fallback: bool = option(
        True, label="Processor takes the rest", help="nodes without a GPU kernel run on the processor; off: an error"
    )
    wait: Literal["auto", "yes", "no"] = option(
        "auto",
        label="Wait for each kernel",
        help="in the profiled session, for real kernel times; auto: where the build records no device events",
    )


def cache_folder() -> Path:
    """Where engines are kept."""
    import platformdirs

    return platformdirs.user_cache_path("lathe", appauthor=False) / "tensorrt"


def provider_options(options: Options, device: str, engines: Path | None, *, quantized: bool) -> dict[str, str]:
    """As ONNX Runtime takes them; a model that is quantized needs int8 whatever the precision of its other layers."""
    found = {
        "device_id": device.partition(":")[2],
        "trt_fp16_enable": str(int(options.precision in ("fp16", "int8_fp16"))),
        "trt_int8_enable": str(int(options.precision.startswith("int8") or quantized)),
        "trt_builder_optimization_level": str(options.builder_level),
        "trt_min_subgraph_size": str(options.smallest_part),
        "trt_engine_cache_enable": str(int(engines is not None)),
    }
    if options.precision == "bf16":  # unknown to releases before bfloat16 came, and not needed there
        found["trt_bf16_enable"] = "1"
    if options.workspace_mb is not None:
        found["trt_max_workspace_size"] = str(options.workspace_mb << 20)
    if engines is not None:
        found |= {"trt_engine_cache_path": str(engines), "trt_timing_cache_enable": "1"}
        found["trt_timing_cache_path"] = str(engines)
    return found


def engine_folder(request: SessionRequest, options: Options, root: Path) -> Path:
    """The folder for the engines of this very model, made where it is missing; the oldest others are removed."""
    known = hashlib.sha256(request.model.read_bytes())
    for path in sorted(request.weights.iterdir()) if request.weights is not None else ():
        if path.is_file():
            known.update(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}".encode())
    said = {**asdict(options), "onnxruntime": packages.version(), "device": request.settings.device}
    known.update(repr(sorted(said.items())).encode())
    folder = root / known.hexdigest()[:24]
    folder.mkdir(parents=True, exist_ok=True)
    folder.touch()
    newest_first = sorted((path for path in root.iterdir() if path.is_dir()), key=lambda p: -p.stat().st_mtime_ns)
    for old in newest_first[ENGINES_KEPT:]:
        shutil.rmtree(old, ignore_errors=True)
    return folder


def _devices() -> tuple[Device, ...]:
    return nvidia.devices("tensorrt", "TensorRT", ("cuda", "tensorrt"), nvidia.install("tensorrt"))


def _facts(device: str) -> TargetFacts:
    why = "TensorRT: symmetric int8 activations with int8 weights run on the tensor cores, 32 channels at a time"
    half = frozenset(("float16", "bfloat16"))
    return TargetFacts(device, np.dtype(np.int8), INTEGER_OPS, False, 32, why, half_types=half, symmetric=True)


def _open(request: SessionRequest) -> Session:
    options = with_values(Options(), request.settings.options, KEY)
    device = request.settings.device
    engines = engine_folder(request, options, cache_folder()) if options.engine_cache else None
    quantized = b"QuantizeLinear" in request.model.read_bytes()
    setup = Setup(
        providers=(
            (PROVIDER, provider_options(options, device, engines, quantized=quantized)),
            ("CUDAExecutionProvider", {"device_id": device.partition(":")[2]}),
        ),
        cpu_fallback=options.cpu_fallback,
        memory=Memory("cuda", int(device.partition(":")[2])),
        compiles=True,
        way_out=nvidia.way_out("tensorrt"),
        notes={"device": (_ONE_KERNEL,), "host": (_ONE_KERNEL, _LAUNCHES), "waited": (_ONE_KERNEL,)},
    )
    return nvidia.open_session(request, setup, options.wait)


def _environment(device: str) -> dict[str, str]:
    said = nvidia.environment(device)
    version = packages.distribution_version("tensorrt") or libraries.version_of("libnvinfer.so.10")
    return {**said, "tensorrt": version} if version else said


BACKEND = Backend(
    key=KEY,
    title="ONNX Runtime · TensorRT",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider=PROVIDER,
    environment=_environment,
)
