"""``discover()``: one file in a plugin folder is one choice."""

from __future__ import annotations

import importlib
import pkgutil
from types import ModuleType
from typing import TypeVar

T = TypeVar("T")


def discover(package: ModuleType, constant: str, kind: type[T]) -> dict[str, T]:
    """The constant of each module in a plugin package, by its ``key``, in the order of the file names.

    A module without the constant, with one of another type or with a key that is taken is a bug, and says so.
    """
    found: dict[str, T] = {}
    for module_info in sorted(pkgutil.iter_modules(package.__path__), key=lambda m: m.name):
        module = importlib.import_module(f"{package.__name__}.{module_info.name}")
        plugin = getattr(module, constant, None)
        assert isinstance(plugin, kind), f"{module.__name__} must define {constant}: {kind.__name__}"
        key = plugin.key  # type: ignore[attr-defined]
        assert key not in found, f"{module.__name__}: key {key!r} is taken"
        found[key] = plugin
    return found
