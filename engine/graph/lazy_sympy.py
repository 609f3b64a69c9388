"""Import onnx_ir without paying for sympy.

onnx_ir imports sympy (0.3 s, more than everything else together) for arithmetic on symbolic dimensions, and touches it
on import only to fill a table with five of its functions. While onnx_ir is being imported, a stand-in answers for the
module ``sympy``; the real one is imported the first time anything of it is used. Anybody else who imports sympy gets
the real one.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import Loader, MetaPathFinder
from types import ModuleType
from typing import Any

_CALLED_LATER = frozenset({"Max", "Min", "Mod", "floor", "sqrt"})


class _StandIn(ModuleType):
    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        if name in _CALLED_LATER and sys.modules.get("sympy") is self:
            return _call_later(name)
        return getattr(_sympy(self), name)


def _sympy(stand_in: ModuleType | None = None) -> ModuleType:
    if sys.modules.get("sympy") is stand_in:
        sys.modules.pop("sympy", None)
    return importlib.import_module("sympy")


def _call_later(name: str) -> Callable[..., Any]:
    def call(*args: Any) -> Any:
        return getattr(_sympy(), name)(*args)

    return call


class _Loader(Loader):
    def __init__(self, real: Loader) -> None:
        self._real = real

    def create_module(self, spec: importlib.machinery.ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        stand_in = None
        if "sympy" not in sys.modules:
            stand_in = sys.modules["sympy"] = _StandIn("sympy")
        try:
            self._real.exec_module(module)
        finally:
            if stand_in is not None and sys.modules.get("sympy") is stand_in:
                del sys.modules["sympy"]


class _Finder(MetaPathFinder):
    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != "onnx_ir":
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is not None and spec.loader is not None:
            spec.loader = _Loader(spec.loader)
        return spec


def install() -> None:
    """Arrange that the first import of onnx_ir does not import sympy; nothing where it is imported already."""
    if "onnx_ir" not in sys.modules and not any(isinstance(finder, _Finder) for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder())
