"""Libraries with operators that ONNX Runtime does not bring itself.

Such a library is native code: it is loaded only where the user names it, in the process that owns the session.
``onnxruntime-extensions`` stands for the library of that package.
"""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path
from typing import Any

from engine.errors import DeviceError
from engine.installing import pip

EXTENSIONS = "onnxruntime-extensions"


def register(options: Any, libraries: str, where: str) -> None:
    """Give the session's options the libraries of a text, with commas between.

    Raises:
        DeviceError: one is not there, or is no library of custom operators.
    """
    for name in filter(None, (part.strip() for part in libraries.split(","))):
        path = _path(name, where)
        try:
            options.register_custom_ops_library(path)
        except Exception as error:  # ONNX Runtime raises classes without a common base
            first = str(error).strip().splitlines()[0]
            raise DeviceError(f"the custom operators of {name} cannot be loaded: {first}", where=where) from None


def _path(name: str, where: str) -> str:
    if name == EXTENSIONS:
        if find_spec("onnxruntime_extensions") is None:
            raise DeviceError(f"{EXTENSIONS} is not installed", where=where, way_out=f"Get it: {pip(EXTENSIONS)}.")
        from onnxruntime_extensions import get_library_path

        return str(get_library_path())
    if not Path(name).is_file():
        raise DeviceError(
            f"there is no library of custom operators {name!r}",
            where=where,
            way_out=f"Give the path of a .so, .dll or .dylib, or {EXTENSIONS}.",
        )
    return str(Path(name).resolve())
