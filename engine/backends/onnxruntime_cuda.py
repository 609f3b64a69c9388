"""ONNX Runtime on NVIDIA GPUs, through its CUDA provider (cuDNN, cuBLAS and its own kernels).

End-to-end latency contains the copies in and out; ``phases`` takes a run apart. Kernel times are the device's own where
the build records them: by ONNX Runtime's documentation one from source with ``--enable_cuda_profiling``. In others the
processor's time in a kernel is only that of launching it, so there the profiled session waits for each kernel
(``CUDA_LAUNCH_BLOCKING``), in a process of its own, since CUDA would wait in the unprofiled session as well
(``engine.profiling.onnxruntime.apart``); a note says what the times are.

The provider has no integer kernels behind QuantizeLinear and DequantizeLinear: such layers compute in float and carry
the conversions as kernels of their own. TensorRT fuses them.

State: not run on a GPU yet. The parsing of device events is tested with traces made up in the format of ONNX Runtime's
sources, phases with the same code on the processor's memory, and a missing provider for real.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.options import option, with_values
from engine.profiling.onnxruntime import nvidia
from engine.profiling.onnxruntime.binding import Memory
from engine.profiling.onnxruntime.session import Setup

KEY = "onnxruntime_cuda"
PROVIDER = "CUDAExecutionProvider"
_NOTES = {
    "device": ("Kernel times are device events in whole microseconds, rounded down: very short kernels count as 0.",),
    "host": (
        "This build of ONNX Runtime records no device events, so kernel times are how long the processor took to "
        f"launch each kernel, not how long it ran. With --set {KEY}.wait=auto they contain both.",
    ),
}


@dataclass(frozen=True, slots=True)
class Options:
    """How the CUDA provider runs a model."""

    optimization: Literal["all", "extended", "basic", "disabled"] = option(
        "all", label="Graph optimization", help="what ONNX Runtime may fuse and rearrange"
    )
    conv_search: Literal["exhaustive", "heuristic", "default"] = option(
        "exhaustive", label="Convolution search", help="how cuDNN's algorithm is chosen, in the first run of a shape"
    )
    tf32: bool = option(
        True, label="TF32", help="float32 products with 10 bits of mantissa on tensor cores: faster, less exact"
    )
    nhwc: bool = option(False, label="Channels last", help="convolutions in NHWC, which tensor cores prefer")
    memory_limit_mb: int | None = option(
        None, label="Memory limit (MB)", help="of the memory arena on the GPU", minimum=1
    )
    cpu_fallback: bool = option(
        True, label="Processor takes the rest", help="nodes without a CUDA kernel run on the processor; off: an error"
    )
    wait: Literal["auto", "yes", "no"] = option(
        "auto",
        label="Wait for each kernel",
        help="in the profiled session, for real kernel times; auto: where the build records no device events",
    )


def provider_options(options: Options, device: str) -> dict[str, str]:
    """As ONNX Runtime takes them."""
    found = {
        "device_id": device.partition(":")[2],
        "cudnn_conv_algo_search": options.conv_search.upper(),
        "use_tf32": str(int(options.tf32)),
        "prefer_nhwc": str(int(options.nhwc)),
    }
    if options.memory_limit_mb is not None:
        found["gpu_mem_limit"] = str(options.memory_limit_mb << 20)
    return found


def _devices() -> tuple[Device, ...]:
    return nvidia.devices("cuda", "CUDA", ("cuda",), nvidia.install("cuda"))


def _facts(device: str) -> TargetFacts:
    why = "ONNX Runtime's CUDA provider has no int8 kernels for Q/DQ models: use tensorrt for int8, or float16 here"
    half, microsoft = frozenset(("float16", "bfloat16")), frozenset(("MatMulNBits", "GatherBlockQuantized"))
    return TargetFacts(device, np.dtype(np.int8), frozenset(), False, 8, why, half_types=half, microsoft_ops=microsoft)


def _setup(options: Options, device: str) -> Setup:
    return Setup(
        providers=((PROVIDER, provider_options(options, device)),),
        optimization=options.optimization,
        cpu_fallback=options.cpu_fallback,
        memory=Memory("cuda", int(device.partition(":")[2])),
        way_out=nvidia.way_out("cuda"),
        notes=_NOTES,
    )


def _open(request: SessionRequest) -> Session:
    options = with_values(Options(), request.settings.options, KEY)
    return nvidia.open_session(request, _setup(options, request.settings.device), options.wait)


BACKEND = Backend(
    key=KEY,
    title="ONNX Runtime · CUDA",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider=PROVIDER,
    environment=nvidia.environment,
)
