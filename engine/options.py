"""``option()``: a dataclass field with label, help and range.

Forms, ``--set KEY.OPTION=VALUE`` flags and recipe files all derive from the same frozen dataclass, so an option exists
once. Types: ``bool``, ``int``, ``float``, ``str`` and ``Literal[...]`` of strings, each also ``| None``.
"""

from __future__ import annotations

import types
from collections.abc import Mapping
from dataclasses import MISSING, asdict, dataclass, field, fields, replace
from typing import Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from engine.errors import UsageError

OptionValue = bool | int | float | str | None
OptionsT = TypeVar("OptionsT")

_BOOLEANS = {"yes": True, "true": True, "on": True, "1": True, "no": False, "false": False, "off": False, "0": False}
_WANTED = {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}


@dataclass(frozen=True, slots=True)
class OptionSpec:
    """One option as forms and flags see it; ``choices`` is empty where any value of the type goes."""

    name: str
    type: type[bool] | type[int] | type[float] | type[str]
    optional: bool
    default: OptionValue
    label: str
    help: str
    minimum: float | None
    maximum: float | None
    choices: tuple[str, ...]


def option(
    default: OptionValue, *, label: str, help: str, minimum: float | None = None, maximum: float | None = None
) -> Any:  # as dataclasses.field: the annotation of the field gives the type
    """A dataclass field that a user may set."""
    info = {"label": label, "help": help, "minimum": minimum, "maximum": maximum}
    return field(default=default, metadata={"option": info})


def specs(options: type) -> tuple[OptionSpec, ...]:
    """The options of a dataclass in the order of its fields."""
    hints = get_type_hints(options)
    found = []
    for f in fields(options):
        if "option" not in f.metadata:
            continue
        kind, optional = hints[f.name], False
        if get_origin(kind) in (Union, types.UnionType):
            inner = [a for a in get_args(kind) if a is not type(None)]
            optional = len(inner) < len(get_args(kind))
            assert len(inner) == 1, f"{options.__name__}.{f.name}: one type and None at the most"
            kind = inner[0]
        choices: tuple[str, ...] = ()
        if get_origin(kind) is Literal:
            choices, kind = get_args(kind), str
        assert kind in (bool, int, float, str), f"{options.__name__}.{f.name}: {kind}"
        assert f.default is not MISSING
        found.append(OptionSpec(f.name, kind, optional, f.default, choices=choices, **f.metadata["option"]))
    return tuple(found)


def parse(spec: OptionSpec, value: OptionValue, where: str) -> OptionValue:
    """A value of the option's type from text or JSON.

    Raises:
        UsageError: the value is of another type, out of range or no choice.
    """
    wanted = (
        " | ".join(spec.choices)
        or {bool: "yes or no", int: "a whole number", float: "a number", str: "text"}[spec.type]
    )
    try:
        parsed = _parse(spec, value)
    except (ValueError, TypeError):
        raise UsageError(f"{value!r} is not {wanted}", where=where) from None
    if isinstance(parsed, int | float) and not isinstance(parsed, bool):
        low, high = spec.minimum, spec.maximum
        if (low is not None and not parsed >= low) or (high is not None and not parsed <= high):
            bounds = f"at least {low}" if high is None else f"at most {high}" if low is None else f"{low} to {high}"
            raise UsageError(f"{value!r} is out of range: it must be {bounds}", where=where)
    return parsed


def _parse(spec: OptionSpec, value: OptionValue) -> OptionValue:
    text = str(value).strip()
    if spec.optional and (value is None or text.lower() in ("", "none")):
        return None
    if spec.type is bool:
        if text.lower() not in _BOOLEANS:
            raise ValueError(text)
        return _BOOLEANS[text.lower()]
    if spec.type is str:
        if spec.choices and text not in spec.choices:
            raise ValueError(text)
        return text
    if isinstance(value, bool):
        raise ValueError(text)
    return spec.type(text)


def with_values(options: OptionsT, values: Mapping[str, OptionValue], where: str) -> OptionsT:
    """The options with the named values replaced.

    Raises:
        UsageError: an unknown name or an impossible value.
    """
    known = {spec.name: spec for spec in specs(type(options))}
    parsed: dict[str, Any] = {}
    for name, value in values.items():
        if name not in known:
            raise UsageError(f"has no option {name!r}", where=where, way_out=f"It has: {', '.join(known) or 'none'}.")
        parsed[name] = parse(known[name], value, f"{where}.{name}")
    return replace(options, **parsed)  # type: ignore[type-var]


def changed_values(options: object, base: object) -> dict[str, OptionValue]:
    """The values in which ``options`` differs from ``base`` (of the same type): what a recipe needs to say."""
    mine, theirs = asdict(options), asdict(base)  # type: ignore[call-overload]
    return {name: value for name, value in mine.items() if value != theirs[name]}
