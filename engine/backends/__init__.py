"""The runtimes, one file each, and the devices that they drive."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from functools import cache

from engine.backend import Backend, Device, TargetFacts
from engine.errors import DeviceError, UsageError
from engine.registry import discover

_ORDER = ("cpu", "cuda", "tensorrt", "directml", "coreml", "openvino", "torch")
"""Of the kinds of devices in lists; what is new comes last."""


@cache
def backends() -> dict[str, Backend]:
    """All backends by key."""
    return discover(sys.modules[__name__], "BACKEND", Backend)


def devices() -> tuple[Device, ...]:
    """Every device of every backend, also those that are not available here."""
    return _listed(_driven())


def backend_of(device_id: str) -> Backend:
    """The backend that drives a device.

    Raises:
        UsageError: no backend knows the device.
        DeviceError: the device is not available here.
    """
    driven = _driven()
    known = {device.id: device for device in _listed(driven)}
    if device_id not in known:
        raise UsageError(
            f"there is no device {device_id!r}", way_out=f"Known devices: {', '.join(known)}. See `lathe devices`."
        )
    if not known[device_id].available:
        way_out = "`lathe devices` lists those that are."
        raise DeviceError(f"the device is not available: {known[device_id].reason}", where=device_id, way_out=way_out)
    return driven[device_id][0]


def driver_of(device_id: str) -> Backend | None:
    """The backend of a device, available or not; None where there is none."""
    return next((backend for known, (backend, _) in _driven().items() if known == device_id), None)


def facts_of(device_id: str) -> TargetFacts:
    """What is known of a device, whether it is on this machine or not.

    Raises:
        UsageError, DeviceError: no backend drives such a device.
    """
    return (driver_of(device_id) or backend_of(device_id)).facts(device_id)


def _driven() -> dict[str, tuple[Backend, Device]]:
    return {device.id: (backend, device) for backend in backends().values() for device in backend.devices()}


def _listed(driven: Mapping[str, tuple[Backend, Device]]) -> tuple[Device, ...]:
    return tuple(sorted((device for _, device in driven.values()), key=_place))


def _place(device: Device) -> int:
    kind = device.id.partition(":")[0]
    return _ORDER.index(kind) if kind in _ORDER else len(_ORDER)
