r"""Frozen dataclasses back from their JSON, by their annotations.

Files come from other versions and other programs: what is unknown is left out, what is new takes its default, and
anything that is not of its type is an error that names the place, ``kernels[3].median_us``.
"""

from __future__ import annotations

import math
import types
from collections.abc import Mapping
from dataclasses import MISSING, fields, is_dataclass
from functools import cache
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import DataError

T = TypeVar("T")


class Unbounded(float):
    """A number without bound that was written as one on purpose; any other that is not finite is an error."""


class _Wrong(Exception):
    """``path`` from the inside out."""

    def __init__(self, problem: str) -> None:
        super().__init__(problem)
        self.problem = problem
        self.path: list[str] = []


def read_as(kind: type[T], stored: object, *, where: str, what: str, way_out: str) -> T:
    """An instance of the dataclass ``kind`` from what ``json`` read.

    Raises:
        DataError: ``stored`` is not ``what``.
    """
    try:
        made = _value(kind, stored)
    except _Wrong as wrong:
        path = "".join(reversed(wrong.path)).removeprefix(".")
        problem = f"{path} {wrong.problem}" if path else wrong.problem
        raise DataError(f"is not {what}: {problem}", where=where, way_out=way_out) from None
    assert isinstance(made, kind)
    return made


@cache
def _hints(kind: type) -> Mapping[str, Any]:
    return get_type_hints(kind)


def _dataclass(kind: type, stored: object) -> object:
    if not isinstance(stored, Mapping):
        raise _Wrong(f"is {_shown(stored)}, not an object")
    given: dict[str, Any] = {}
    for entry in fields(kind):
        if entry.name in stored:
            given[entry.name] = _inside(f".{entry.name}", _hints(kind)[entry.name], stored[entry.name])
        elif entry.default is MISSING and entry.default_factory is MISSING:
            wrong = _Wrong("is missing")
            wrong.path.append(f".{entry.name}")
            raise wrong
    return kind(**given)


def _value(kind: Any, stored: object) -> object:
    origin, inner = get_origin(kind), get_args(kind)
    if is_dataclass(kind) and isinstance(kind, type):
        return _dataclass(kind, stored)
    if origin is Literal:
        if not any(stored == choice and type(stored) is type(choice) for choice in inner):
            raise _Wrong(f"is {_shown(stored)}, not one of {', '.join(map(str, inner))}")
        return stored
    if origin in (Union, types.UnionType):
        return _choice(inner, stored)
    if origin is tuple:
        return _tuple(inner, stored)
    if origin is not None and issubclass(origin, Mapping):
        if not isinstance(stored, Mapping):
            raise _Wrong(f"is {_shown(stored)}, not an object")
        return {str(key): _inside(f"[{key}]", inner[1], value) for key, value in stored.items()}
    return _plain(kind, stored)


def _tuple(inner: tuple[Any, ...], stored: object) -> object:
    if not isinstance(stored, list | tuple):
        raise _Wrong(f"is {_shown(stored)}, not a list")
    if len(inner) == 2 and inner[1] is Ellipsis:
        inner = (inner[0],) * len(stored)
    if len(inner) != len(stored):
        raise _Wrong(f"has {len(stored)} entries, not {len(inner)}")
    return tuple(_inside(f"[{n}]", kind, item) for n, (kind, item) in enumerate(zip(inner, stored, strict=True)))


def _choice(kinds: tuple[Any, ...], stored: object) -> object:
    """Exact types first, so that 1 stays a whole number where that and a float may stand."""
    if any(type(stored) is kind for kind in kinds):
        return _finite(stored) if isinstance(stored, float) else stored
    wrongs = []
    for kind in kinds:
        try:
            return _value(kind, stored)
        except _Wrong as wrong:
            wrongs.append(wrong)
    # what lies deepest names the place best
    raise max(wrongs, key=lambda wrong: len(wrong.path))


def _plain(kind: type, stored: object) -> object:
    if kind is type(None) and stored is None:
        return None
    if kind in (int, float) and isinstance(stored, int | float) and not isinstance(stored, bool):
        number = _finite(stored)
        if kind is float:
            return number
        if number.is_integer():
            return int(stored)
    if kind in (str, bool) and isinstance(stored, kind):
        return stored
    names = {int: "a whole number", float: "a number", str: "a text", bool: "true or false", type(None): "null"}
    raise _Wrong(f"is {_shown(stored)}, not {names[kind]}")


def _finite(stored: int | float) -> float:
    if isinstance(stored, Unbounded):
        return float(stored)
    try:
        number = float(stored)
    except OverflowError:
        number = math.inf
    if not math.isfinite(number):
        raise _Wrong(f"is {_shown(stored)}, not a number")
    return number


def _inside(step: str, kind: Any, stored: object) -> object:
    try:
        return _value(kind, stored)
    except _Wrong as wrong:
        wrong.path.append(step)
        raise


def _shown(stored: object) -> str:
    if isinstance(stored, Mapping):
        return "an object"
    if isinstance(stored, list | tuple):
        return "a list"
    if stored is None or isinstance(stored, bool):
        return {None: "null", True: "true", False: "false"}[stored]
    text = str(stored)
    text = text if len(text) <= 40 else text[:37] + "..."
    return repr(text) if isinstance(stored, str) else text
