"""ONNX Runtime on any GPU of a Windows machine, through DirectML (Direct3D 12).

DirectML takes the model's nodes together into one, which runs as one command list. ONNX Runtime switches that off by
itself in a session that saves its graph, so a profiled session would run something else than a plain one: here the
graph is not saved while ``graph_fusion`` is on, and the layers of a fused node share its time. With it off every node
is a kernel of its own, in both sessions.

Node times are the processor's; DirectML gives no device events to ONNX Runtime's profiler.

State: not run yet; DirectML exists on Windows only. What is listed and refused elsewhere is tested.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.backend import Backend, Device, Session, SessionRequest, TargetFacts
from engine.installing import BUNDLED, pip
from engine.options import option, with_values
from engine.profiling.onnxruntime import packages
from engine.profiling.onnxruntime.binding import Memory
from engine.profiling.onnxruntime.session import OrtSession, Setup

KEY = "onnxruntime_directml"
PROVIDER = "DmlExecutionProvider"
_INSTALL = ("" if BUNDLED else "pip uninstall onnxruntime, then ") + pip("'lathe[directml]'")
_COMPUTES = "Conv MatMul Add Mul AveragePool GlobalAveragePool Sigmoid LeakyRelu Concat"
_MOVES = "MaxPool Resize Reshape Transpose Flatten Squeeze Unsqueeze Gather Slice Split"
_INTEGER_OPS = frozenset(f"{_COMPUTES} {_MOVES}".split())
"""Q/DQ around these is fused for DirectML as it is for the processor."""
_NOTES = (
    "DirectML tells no device times: kernel times are the processor's, and the GPU may work on after a kernel's end.",
)
_ADAPTERS = r"SYSTEM\CurrentControlSet\Control\Class\{4d36e968-e325-11ce-bfc1-08002be10318}"


@dataclass(frozen=True, slots=True)
class Options:
    """How the DirectML provider runs a model."""

    optimization: Literal["all", "extended", "basic", "disabled"] = option(
        "all", label="Graph optimization", help="what ONNX Runtime may fuse and rearrange"
    )
    graph_fusion: bool = option(
        True, label="Graph fusion", help="run all nodes as one command list: faster, without times for single layers"
    )
    metacommands: bool = option(True, label="Metacommands", help="the GPU vendor's own kernels where there are any")
    cpu_fallback: bool = option(
        True, label="Processor takes the rest", help="nodes without a GPU kernel run on the processor; off: an error"
    )


def _devices() -> tuple[Device, ...]:
    package, reason = packages.installed(), ""
    if sys.platform != "win32":
        reason = "DirectML exists on Windows only"
    elif package is None:
        reason = "ONNX Runtime is missing: pip install 'lathe[directml]'"
    elif package.name != "onnxruntime-directml" and not (package.folder / "DirectML.dll").is_file():
        reason = f"the installed {package.name} {package.version} has no DirectML provider: {_INSTALL}"
    return tuple(
        Device(f"directml:{number}", f"GPU {number} · ONNX Runtime with DirectML", not reason, reason)
        for number in range(max(1, _adapters()))
    )


def _adapters() -> int:
    """How many display adapters Windows knows; DirectML numbers them in an order of its own."""
    if sys.platform == "win32":
        import winreg

        with winreg.OpenKey(winreg.HKEY_LOCAL_MACHINE, _ADAPTERS) as key:
            names = [winreg.EnumKey(key, number) for number in range(winreg.QueryInfoKey(key)[0])]
        return sum(name.isdigit() for name in names)
    else:  # noqa: RET505 (mypy checks one platform and takes what follows a return as dead)
        return 0


def _facts(device: str) -> TargetFacts:
    why = "DirectML: uint8 activations with int8 weights have integer kernels; whether they are faster is up to the GPU"
    half, microsoft = frozenset(("float16",)), frozenset(("MatMulNBits", "DynamicQuantizeMatMul"))
    return TargetFacts(
        device, np.dtype(np.uint8), _INTEGER_OPS, False, 8, why, half_types=half, microsoft_ops=microsoft
    )


def _open(request: SessionRequest) -> Session:
    options = with_values(Options(), request.settings.options, KEY)
    number = request.settings.device.partition(":")[2]
    provider = {"device_id": number, "disable_metacommands": str(not options.metacommands).lower()}
    setup = Setup(
        providers=((PROVIDER, provider),),
        optimization=options.optimization,
        memory_pattern=False,  # DirectML does not work with it
        cpu_fallback=options.cpu_fallback,
        memory=Memory("dml", int(number)),
        compiles=options.graph_fusion,
        config={"ep.dml.disable_graph_fusion": str(int(not options.graph_fusion))},
        way_out=f"{_INSTALL}.",
        notes={"host": _NOTES},
    )
    return OrtSession(request, setup)


def _environment(device: str) -> dict[str, str]:
    package = packages.installed()
    return {"onnxruntime": packages.version(), "onnxruntime_package": package.name if package is not None else ""}


BACKEND = Backend(
    key=KEY,
    title="ONNX Runtime · DirectML",
    options=Options,
    devices=_devices,
    facts=_facts,
    open=_open,
    provider=PROVIDER,
    environment=_environment,
)
