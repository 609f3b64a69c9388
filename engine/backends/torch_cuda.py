"""PyTorch on NVIDIA GPUs: the program itself, eager, with the device's own times of its kernels.

End-to-end latency contains the copies of inputs and outputs; ``phases`` takes a run apart.
"""

from __future__ import annotations

import importlib.util

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.errors import DeviceError
from engine.options import with_values
from engine.profiling.onnxruntime.nvidia import driver
from engine.program import MISSING
from engine.pytorch.device import Options, version

KEY = "torch_cuda"
_CPU_BUILD = "this PyTorch is built without CUDA; https://pytorch.org/get-started/locally says which package has it"


def _fault() -> str:
    """Why there is no such device, as far as that can be told without importing PyTorch."""
    if importlib.util.find_spec("torch") is None:
        return MISSING
    return "; ".join(fault for fault in (driver().fault, _CPU_BUILD if "+cpu" in version() else "") if fault)


def _devices() -> tuple[Device, ...]:
    fault, names = _fault(), driver().gpus or ("NVIDIA GPU",)
    return tuple(
        Device(f"torch:cuda:{number}", f"{name} · PyTorch {version()}".strip(), not fault, fault)
        for number, name in enumerate(names)
    )


def _facts(device: str) -> TargetFacts:
    why = "PyTorch runs the program as the file has it; treated graphs are for other devices"
    return TargetFacts(device, np.dtype(np.int8), frozenset(), False, 8, why)


def _open(request: SessionRequest) -> Session:
    from engine.pytorch.loading import torch
    from engine.pytorch.session import TorchSession

    options = with_values(Options(), request.settings.options, KEY)
    fault = _fault()
    if not fault and not torch().cuda.is_available():
        fault = "PyTorch finds no GPU that it can use"
    if fault:
        raise DeviceError(fault, where=request.settings.device)
    return TorchSession(request, request.settings.device.partition(":")[2], compiled=options.compile)


def _environment(device: str) -> dict[str, str]:
    found, number = driver(), int(device.rpartition(":")[2] or 0)
    gpu = found.gpus[number] if number < len(found.gpus) else ""
    return {"torch": version(), "gpu": gpu, "driver": found.version}


BACKEND = Backend(
    key=KEY,
    title="PyTorch · CUDA",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider="PyTorch",
    environment=_environment,
    programs=True,
)
