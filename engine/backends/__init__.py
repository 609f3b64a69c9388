"""The runtimes, one file each, and the devices that they drive."""

from __future__ import annotations

import sys
from functools import cache

from engine.backend import Backend, Device
from engine.errors import DeviceError, UsageError
from engine.registry import discover


@cache
def backends() -> dict[str, Backend]:
    """All backends by key."""
    return discover(sys.modules[__name__], "BACKEND", Backend)


def devices() -> tuple[Device, ...]:
    """Every device of every backend, also those that are not available here."""
    return tuple(device for backend in backends().values() for device in backend.devices())


def backend_of(device_id: str) -> Backend:
    """The backend that drives a device.

    Raises:
        UsageError: no backend knows the device.
        DeviceError: the device is not available here.
    """
    known = {device.id: (device, backend) for backend in backends().values() for device in backend.devices()}
    if device_id not in known:
        raise UsageError(
            f"there is no device {device_id!r}", way_out=f"Known devices: {', '.join(known)}. See `lathe devices`."
        )
    device, backend = known[device_id]
    if not device.available:
        raise DeviceError(f"the device is not available: {device.reason}", where=device_id, way_out="")
    return backend
