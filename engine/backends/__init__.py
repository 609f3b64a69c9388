"""The runtimes, one file each, and the devices that they drive."""

from __future__ import annotations

import sys
from functools import cache

from engine.backend import Backend, Device
from engine.errors import DeviceError, UsageError
from engine.registry import discover

_NO_BACKEND = "this version of Lathe has no backend for it; it measures on the processor, with ONNX Runtime"
OTHERS = tuple(
    Device(device_id, title, available=False, reason=_NO_BACKEND)
    for device_id, title in (
        ("cuda:0", "NVIDIA GPU · ONNX Runtime with CUDA"),
        ("tensorrt:0", "NVIDIA GPU · ONNX Runtime with TensorRT"),
        ("directml:0", "GPU · ONNX Runtime with DirectML"),
        ("coreml", "Apple · ONNX Runtime with Core ML"),
        ("openvino:cpu", "Processor · OpenVINO"),
        ("openvino:gpu", "Intel GPU · OpenVINO"),
        ("openvino:npu", "Intel NPU · OpenVINO"),
        ("torch:cpu", "Processor · PyTorch"),
        ("torch:cuda:0", "NVIDIA GPU · PyTorch"),
    )
)
"""Devices that have an id and no backend: listed, so that nobody looks for the fault in the machine."""


@cache
def backends() -> dict[str, Backend]:
    """All backends by key."""
    return discover(sys.modules[__name__], "BACKEND", Backend)


def devices() -> tuple[Device, ...]:
    """Every device of every backend, also those that are not available here, and those that have no backend."""
    driven = tuple(device for backend in backends().values() for device in backend.devices())
    ids = {device.id for device in driven}
    return (*driven, *(device for device in OTHERS if device.id not in ids))


def backend_of(device_id: str) -> Backend:
    """The backend that drives a device.

    Raises:
        UsageError: no backend knows the device.
        DeviceError: the device is not available here.
    """
    known = {device.id: device for device in devices()}
    if device_id not in known:
        raise UsageError(
            f"there is no device {device_id!r}", way_out=f"Known devices: {', '.join(known)}. See `lathe devices`."
        )
    if not known[device_id].available:
        way_out = "`lathe devices` lists those that are."
        raise DeviceError(f"the device is not available: {known[device_id].reason}", where=device_id, way_out=way_out)
    return next(b for b in backends().values() if any(device.id == device_id for device in b.devices()))
