"""Which of ONNX Runtime's packages is installed, without importing it.

``onnxruntime``, ``onnxruntime-gpu``, ``onnxruntime-directml`` and ``onnxruntime-openvino`` are one module under several
names and overwrite each other's files. So what counts is not what pip lists but what the module's own folder says: its
``build_and_package_info.py`` names the package, its version and the CUDA that it was built with, and every provider
that is not built in is a library beside it.
"""

from __future__ import annotations

import importlib.util
import re
import sys
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from pathlib import Path

NAMES = ("onnxruntime", "onnxruntime-gpu", "onnxruntime-directml", "onnxruntime-openvino")
_SAYS = re.compile(r"^(\w+)\s*=\s*[\"']([^\"']*)[\"']", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Package:
    """The installed package; ``cuda`` is the version that it was built with, "" without; ``folder`` has libraries."""

    name: str
    version: str
    cuda: str
    folder: Path

    def library(self, provider: str) -> Path:
        """Where the library of a provider ("cuda", "tensorrt") is if the package has it."""
        return self.folder / library_name(f"onnxruntime_providers_{provider}")

    def has(self, provider: str) -> bool:
        return self.library(provider).is_file()


def installed() -> Package | None:
    """The package whose files are in place; None where there is none."""
    found = importlib.util.find_spec("onnxruntime")
    if found is None:
        return None
    folder = Path((found.submodule_search_locations or ["."])[0]) / "capi"
    return _read(folder)


def version() -> str:
    """Of the installed ONNX Runtime, whichever of its packages that is, "" where there is none."""
    package = installed()
    return package.version if package is not None else ""


def others(package: Package) -> tuple[str, ...]:
    """Packages that pip lists beside the one whose files are in place: one of them overwrote the other."""
    return tuple(name for name in NAMES if name != package.name and distribution_version(name))


def distribution_version(name: str) -> str:
    """Of an installed distribution, "" where it is not."""
    try:
        return metadata.version(name)
    except metadata.PackageNotFoundError:
        return ""


def library_name(stem: str) -> str:
    """As the system calls a shared library."""
    if sys.platform == "win32":
        return f"{stem}.dll"
    return f"lib{stem}.dylib" if sys.platform == "darwin" else f"lib{stem}.so"


@cache
def _read(folder: Path) -> Package:
    try:
        says = dict(_SAYS.findall((folder / "build_and_package_info.py").read_text(errors="replace")))
    except OSError:
        says = {}
    name = says.get("package_name") or next((name for name in NAMES if distribution_version(name)), NAMES[0])
    number = says.get("__version__") or distribution_version(name)
    return Package(name, number, says.get("cuda_version", ""), folder)
