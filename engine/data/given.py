"""What the user says about inputs: ``--shape NAME=1,3``, ``--input NAME=VALUE`` or ``--input NAME=FILE.npy``."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from engine.backend import Array
from engine.data.fitting import cast, check_castable, matches, numpy_dtype, shape_text, takes_strings, type_text
from engine.errors import DataError, UsageError
from engine.graph.values import ValueInfo

_BOOLEANS = {"true": True, "yes": True, "1": True, "false": False, "no": False, "0": False}


def with_shapes(inputs: Sequence[ValueInfo], shapes: Mapping[str, tuple[int, ...]]) -> tuple[ValueInfo, ...]:
    """The inputs with their dynamic dimensions fixed.

    Raises:
        UsageError: an unknown input, or a shape that contradicts the model.
    """
    known = {info.name: replace(info, shape=tuple(map(_dynamic, info.shape))) for info in inputs}
    for name, shape in shapes.items():
        if name not in known:
            raise UsageError(
                f"the model has no input {name!r}", where="--shape", way_out=f"It has: {', '.join(known) or 'none'}."
            )
        wanted = known[name].shape
        if not known[name].ranked:
            known[name] = ValueInfo(name, known[name].dtype, shape)
            continue
        if len(shape) != len(wanted) or any(isinstance(w, int) and w != s for s, w in zip(shape, wanted, strict=True)):
            raise UsageError(f"{list(shape)} contradicts the model's {list(wanted)}", where=f"--shape {name}")
        known[name] = ValueInfo(name, known[name].dtype, shape)
    return tuple(known.values())


def _dynamic(dim: int | str | None) -> int | str | None:
    """Some exporters write -1 for a dynamic dimension."""
    return None if isinstance(dim, int) and dim < 0 else dim


def given_inputs(inputs: Sequence[ValueInfo], values: Mapping[str, str]) -> dict[str, Array]:
    """The given inputs as complete feeds; a single value fills the input, dynamic dimensions being 1.

    Raises:
        UsageError: an input that the model does not have, or a value that it cannot take.
        DataError: a file that cannot be read or does not fit.
    """
    infos = {info.name: info for info in inputs}
    found = {}
    for name, text in values.items():
        if name not in infos:
            raise UsageError(
                f"the model has no input {name!r}", where="--input", way_out=f"It has: {', '.join(infos) or 'none'}."
            )
        info = infos[name]
        found[name] = from_file(Path(text), info) if is_file(text) else from_text(text, info)
    return found


def is_file(text: str) -> bool:
    return text.endswith(".npy")


def from_file(path: Path, info: ValueInfo) -> Array:
    """One complete feed from a file."""
    try:
        array = np.load(path, allow_pickle=False)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", where=str(path)) from error
    except (ValueError, EOFError) as error:
        raise DataError(f"cannot be read as .npy: {error}", where=str(path)) from error
    check_castable(array.dtype, info, str(path))
    if info.ranked and not matches(array.shape, info.shape):
        raise DataError(
            f"has shape {list(array.shape)}, and the model's input {info.name!r} takes {shape_text(info)}",
            where=str(path),
        )
    return cast(array, info, str(path))


def from_text(text: str, info: ValueInfo) -> Array:
    """One complete feed from a value or from all elements with commas between."""
    where = f"--input {info.name}"
    shape = tuple(d if isinstance(d, int) else 1 for d in info.shape)
    items = [item.strip() for item in text.split(",")]
    if takes_strings(info):
        return np.full(shape, text, object)
    wanted = numpy_dtype(info, where)
    try:
        if wanted.kind == "b":
            values: Array = np.array([_BOOLEANS[item.lower()] for item in items])
        elif wanted.kind in "iu":
            values = np.array([int(item) for item in items])
        else:
            values = np.array([float(item) for item in items])
        free = [axis for axis, d in enumerate(info.shape) if not isinstance(d, int)]
        if len(items) > 1 and len(free) == 1:
            shape = tuple(-1 if axis == free[0] else d for axis, d in enumerate(shape))
        filled = np.full(shape, values[0]) if len(items) == 1 else values.reshape(shape)
    except (ValueError, KeyError, OverflowError):
        raise UsageError(
            f"{text!r} does not fit {type_text(info)} {shape_text(info)}",
            where=where,
            way_out="Give one value for all elements, all elements with commas between, or FILE.npy.",
        ) from None
    return cast(filled, info, where)
