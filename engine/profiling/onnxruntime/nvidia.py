"""NVIDIA's GPUs and driver, and why a provider that needs them cannot be used.

GPUs are listed by NVML, the driver's own library (what ``nvidia-smi`` shows), which takes milliseconds and starts no
CUDA. It numbers them by their place on the PCI bus; CUDA numbers the fastest first unless ``CUDA_DEVICE_ORDER`` says
otherwise, so ``open_here`` says it. ``CUDA_VISIBLE_DEVICES`` hides and renumbers GPUs for both.
"""

from __future__ import annotations

import contextlib
import ctypes
import io
import os
import sys
from dataclasses import dataclass, replace
from functools import cache

from engine.backend import Device, Session, SessionRequest
from engine.installing import pip
from engine.profiling.onnxruntime import libraries, packages
from engine.profiling.onnxruntime.apart import SessionApart
from engine.profiling.onnxruntime.session import OrtSession, Setup, require_providers

_DRIVERS = "https://www.nvidia.com/drivers"


@dataclass(frozen=True, slots=True)
class Driver:
    """``gpus`` are their names; ``fault`` says why there is none that can be used."""

    version: str
    cuda: str
    gpus: tuple[str, ...]
    fault: str = ""


def driver() -> Driver:
    """The driver, with the GPUs that ``CUDA_VISIBLE_DEVICES`` lets programs see, in their order."""
    found = _nvml()
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    if found.fault or visible is None:
        return Driver(found.version, found.cuda, tuple(name for name, _ in found.gpus), found.fault)
    names = []
    for text in (part.strip() for part in visible.split(",")):
        name = _visible(text, found.gpus)
        if name is None:  # CUDA stops at the first that does not exist
            break
        names.append(name)
    fault = "" if names else f"CUDA_VISIBLE_DEVICES is {visible!r}, which hides every GPU"
    return Driver(found.version, found.cuda, tuple(names), fault)


def devices(kind: str, title: str, providers: tuple[str, ...], install: str) -> tuple[Device, ...]:
    """One for each GPU, or the first with the reason why there is none.

    Args:
        kind: the device's id before the colon.
        title: of the provider, "CUDA".
        providers: those whose libraries the package must have, "cuda" and perhaps "tensorrt".
        install: what brings the libraries that they need.
    """
    found = driver()
    faults = [fault for fault in (found.fault, _package_fault(title, providers, install)) if fault]
    package = packages.installed()
    runtime = f"ONNX Runtime {package.version if package else ''}".strip()
    return tuple(
        Device(f"{kind}:{number}", f"{name} · {runtime} with {title}", not faults, "; ".join(faults))
        for number, name in enumerate(found.gpus or ("NVIDIA GPU",))
    )


def environment(device: str) -> dict[str, str]:
    """The GPU, and the versions of what runs on it."""
    found, package = driver(), packages.installed()
    number = int(device.partition(":")[2] or 0)
    cuda = package.cuda if package is not None else ""
    major = cuda.partition(".")[0]
    said = {
        "onnxruntime": packages.version(),
        "onnxruntime_package": package.name if package is not None else "",
        "gpu": found.gpus[number] if number < len(found.gpus) else "",
        "driver": found.version,
        "driver_cuda": found.cuda,
        "cuda": cuda,
        "cudnn": packages.distribution_version(f"nvidia-cudnn-cu{major}") or libraries.version_of("libcudnn.so.9"),
    }
    return {name: value for name, value in said.items() if value}


def open_session(request: SessionRequest, setup: Setup, wait: str) -> Session:
    """A session on a GPU; the child process only.

    Args:
        wait: "yes" for a profiled session in which CUDA waits for each kernel, so that the processor's times are real;
            "auto" where the build records no device events.
    """
    require_providers(setup, request.settings.device)
    if not request.profile or wait == "no" or (wait == "auto" and records_device_events()):
        return open_here(request, setup)
    waits = replace(setup, notes={**setup.notes, "host": (*setup.notes.get("waited", ()), _WAITED)})
    return SessionApart(open_here, request, waits, variables={"CUDA_LAUNCH_BLOCKING": "1"})


def open_here(request: SessionRequest, setup: Setup) -> Session:
    """A session on a GPU in this process."""
    os.environ.setdefault("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    _preload()
    return OrtSession(request, setup)


def records_device_events() -> bool:
    """Whether the installed build's profiler records what the GPU does: then it is linked with CUPTI."""
    package = packages.installed()
    if package is None or not package.has("cuda"):
        return False
    return any(name.startswith("libcupti") for name in libraries.needed(package.library("cuda")))


_WAITED = (
    "This build of ONNX Runtime records no device events. The profiled session waited for each kernel, so kernel times "
    "are the processor's and contain launch and run; the end-to-end latency is of a session that did not wait."
)


@dataclass(frozen=True, slots=True)
class _Listed:
    version: str
    cuda: str
    gpus: tuple[tuple[str, str], ...]
    fault: str = ""


@cache
def _nvml() -> _Listed:
    """Name and UUID of every GPU."""
    if sys.platform == "darwin":
        return _Listed("", "", (), "no driver for NVIDIA GPUs exists for macOS")
    name = "nvml.dll" if sys.platform == "win32" else "libnvidia-ml.so.1"
    try:
        nvml = ctypes.CDLL(name)
    except OSError:
        return _Listed("", "", (), f"no NVIDIA driver is installed ({name} is missing): {_DRIVERS}")
    status = nvml.nvmlInit_v2()
    if status:
        return _Listed("", "", (), f"NVIDIA's driver does not start (NVML says {_error(nvml, status)})")
    try:
        return _list(nvml)
    finally:
        nvml.nvmlShutdown()


def _list(nvml: ctypes.CDLL) -> _Listed:
    count, cuda, text = ctypes.c_uint(), ctypes.c_int(), ctypes.create_string_buffer(96)

    def said(status: int) -> str:
        return "" if status else text.value.decode(errors="replace")

    number = said(nvml.nvmlSystemGetDriverVersion(text, 96))
    has_cuda = nvml.nvmlSystemGetCudaDriverVersion_v2(ctypes.byref(cuda)) == 0
    supports = f"{cuda.value // 1000}.{cuda.value % 1000 // 10}" if has_cuda else ""
    nvml.nvmlDeviceGetCount_v2(ctypes.byref(count))
    gpus = []
    for index in range(count.value):
        handle = ctypes.c_void_p()
        if nvml.nvmlDeviceGetHandleByIndex_v2(index, ctypes.byref(handle)) == 0:
            name = said(nvml.nvmlDeviceGetName(handle, text, 96)) or "NVIDIA GPU"
            gpus.append((name, said(nvml.nvmlDeviceGetUUID(handle, text, 96))))
    fault = "" if gpus else f"NVIDIA's driver {number} sees no GPU"
    return _Listed(number, supports, tuple(gpus), fault)


def _error(nvml: ctypes.CDLL, status: int) -> str:
    nvml.nvmlErrorString.restype = ctypes.c_char_p
    text: bytes | None = nvml.nvmlErrorString(status)
    return text.decode(errors="replace") if text else str(status)


def _visible(text: str, gpus: tuple[tuple[str, str], ...]) -> str | None:
    """The GPU that one entry of ``CUDA_VISIBLE_DEVICES`` names: a number, the beginning of a UUID, a part of a GPU."""
    if text.isdigit():
        return gpus[int(text)][0] if int(text) < len(gpus) else None
    if text.startswith("MIG-"):
        return f"{gpus[0][0]} (MIG)" if gpus else None
    return next((name for name, uuid in gpus if text and uuid.startswith(text)), None)


def _package_fault(title: str, providers: tuple[str, ...], install: str) -> str:
    package = packages.installed()
    if package is None:
        return f"ONNX Runtime is missing: {install}"
    lacking = [provider for provider in providers if not package.has(provider)]
    if lacking:
        if getattr(sys, "frozen", False):  # the libraries of CUDA are larger than all of a bundle
            return f"this program was built without the {title} provider: run Lathe from its source, with {install}"
        others = packages.others(package)
        remove = " ".join((package.name, *others))
        return (
            f"the installed {package.name} {package.version} has no {title} provider: "
            f"pip uninstall {remove}, then {install}"
        )
    missing = dict.fromkeys(name for provider in providers for name in libraries.missing(package.library(provider)))
    if missing:
        return f"the {title} provider needs {', '.join(missing)}, which nobody would find: {install}"
    return ""


@cache
def _preload() -> None:
    """Load the libraries of NVIDIA's wheels, which the system's loader does not look into."""
    import onnxruntime as ort

    if hasattr(ort, "preload_dlls"):
        with contextlib.redirect_stdout(io.StringIO()):  # what is missing is told by the provider that misses it
            ort.preload_dlls()
    for name in _TENSORRT:
        path = libraries.find(name)
        if path is not None and path.parent in libraries.wheels():
            with contextlib.suppress(OSError):
                ctypes.CDLL(str(path))


_TENSORRT = (
    ("nvinfer_10.dll", "nvinfer_plugin_10.dll", "nvonnxparser_10.dll")
    if sys.platform == "win32"
    else ("libnvinfer.so.10", "libnvinfer_plugin.so.10", "libnvonnxparser.so.10")
)


def install(provider: str) -> str:
    """What brings the libraries of a provider, for the CUDA that the package was built with."""
    package = packages.installed()
    major = (package.cuda if package is not None else "").partition(".")[0] or "12"
    return pip("'onnxruntime-gpu[cuda,cudnn]'" + (f" tensorrt-cu{major}" if provider == "tensorrt" else ""))


def way_out(provider: str) -> str:
    """Where a session lacks the provider."""
    return f"Get it: {install(provider)}, without another package of ONNX Runtime. `lathe devices` says more."
