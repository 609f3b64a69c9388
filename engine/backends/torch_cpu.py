"""PyTorch on the processor: the program itself, eager, as its users run it.

It runs what a PyTorch file holds, and that file alone: an ONNX graph, or one that was treated, is for other devices.
The times of its operators are brought back to the layers of the graph that was made of it, so both stand side by side.
"""

from __future__ import annotations

import importlib.util

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.errors import DeviceError
from engine.options import with_values
from engine.profiling.processor import processor
from engine.program import MISSING
from engine.pytorch.device import Options, version

KEY = "torch_cpu"
DEVICE = "torch:cpu"


def _devices() -> tuple[Device, ...]:
    title = f"{processor().name or 'CPU'} · PyTorch {version()}".strip()
    there = importlib.util.find_spec("torch") is not None
    return (Device(DEVICE, title, there, "" if there else MISSING),)


def _facts(device: str) -> TargetFacts:
    why = "PyTorch runs the program as the file has it; treated graphs are for other devices"
    return TargetFacts(device, np.dtype(np.uint8), frozenset(), False, 16 if processor().avx512 else 8, why)


def _open(request: SessionRequest) -> Session:
    from engine.pytorch.session import TorchSession

    options = with_values(Options(), request.settings.options, KEY)
    if importlib.util.find_spec("torch") is None:
        raise DeviceError(MISSING, where=request.settings.device)
    return TorchSession(request, "cpu", compiled=options.compile)


def _environment(device: str) -> dict[str, str]:
    return {"torch": version()}


BACKEND = Backend(
    key=KEY,
    title="PyTorch · CPU",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider="PyTorch",
    environment=_environment,
    programs=True,
)
