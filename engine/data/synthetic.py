"""Synthetic samples: what a model is run on where no data is given.

Floats are standard normal. Integers that index a table are uniform over its rows (``engine.data.index_bounds``); other
integers of 8 and 16 bits (pixels, audio) are uniform over their type, wider ones are 1, which is a valid length, count,
axis size or mask. Booleans are true. Strings are refused unless they are given.

The batch is where ``engine.graph.values.batch_axis`` says. Other dynamic dimensions get their size from ``--shape``,
also through a symbol that two inputs share. Sample k has the same values whatever the batch size.
"""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np
import onnx_ir as ir

from engine.backend import Array, Feeds, RunSettings
from engine.data.fitting import numpy_dtype, takes_strings
from engine.data.given import from_file, from_text, is_file, with_shapes
from engine.data.index_bounds import index_bound
from engine.errors import ModelError, UsageError
from engine.graph.values import ValueInfo, batch_axis, symbol


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How one input's values are made; ``None`` in ``shape`` is the batch."""

    name: str
    dtype: np.dtype[Any]
    shape: tuple[int | None, ...]
    rows: int | None
    text: str | None


@dataclass(frozen=True, slots=True, eq=False)
class SyntheticSamples:
    """``fixed`` are inputs that were given as complete feeds."""

    recipes: tuple[_Recipe, ...]
    fixed: Mapping[str, Array]
    count: int
    seed: int
    labels: None = None
    kind: Literal["synthetic"] = "synthetic"

    @property
    def group(self) -> int | None:
        return None if any(None in recipe.shape for recipe in self.recipes) else 1

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((self.recipes, self.count, self.seed)).encode())
        for name, value in sorted(self.fixed.items()):
            digest.update(name.encode() + value.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return self.count

    def batches(self, size: int) -> Iterator[Feeds]:
        size = self.group or size
        for start in range(0, self.count, size):
            samples = range(start, min(start + size, self.count))
            yield {**self.fixed, **{recipe.name: _feed(recipe, samples, self.seed) for recipe in self.recipes}}


def synthetic(model: ir.Model, settings: RunSettings, count: int) -> SyntheticSamples:
    """``count`` samples for the model's inputs.

    Raises:
        ModelError: a dimension without a size, or an input for which no values can be made up.
        UsageError: a shape or a value for an input that the model does not have, or that contradicts it.
        DataError: a given file that cannot be read or does not fit.
    """
    values = {v.name: v for v in model.graph.inputs if v.name and v.name not in model.graph.initializers}
    infos = tuple(_info(value) for value in values.values())
    files = {name: text for name, text in settings.inputs.items() if is_file(text)}
    shaped = {info.name: info for info in with_shapes(infos, settings.shapes)}
    for name in settings.inputs:
        if name not in shaped:
            raise UsageError(
                f"the model has no input {name!r}", where="--input", way_out=f"It has: {', '.join(shaped) or 'none'}."
            )
    fixed = {name: from_file(Path(text), shaped[name]) for name, text in files.items()}
    shapes = {**settings.shapes, **{name: array.shape for name, array in fixed.items()}}
    sizes = concrete_shapes(infos, shapes)
    recipes = []
    for info in infos:
        if info.name in fixed:
            continue
        text = settings.inputs.get(info.name)
        if takes_strings(info) and text is None:
            raise ModelError(
                f"input {info.name!r} takes strings, for which no values can be made up",
                way_out=f"Give it with --input {info.name}=VALUE, or samples with --data.",
            )
        dtype = numpy_dtype(info, f"input {info.name!r}")
        rows = index_bound(values[info.name], model) if dtype.kind in "iu" else None
        recipes.append(_Recipe(info.name, dtype, sizes[info.name], rows, text))
        if text is not None:
            _given(recipes[-1])
    return SyntheticSamples(tuple(recipes), fixed, count, settings.seed)


def concrete_shapes(
    infos: tuple[ValueInfo, ...], shapes: Mapping[str, tuple[int, ...]]
) -> dict[str, tuple[int | None, ...]]:
    """The size of every dimension of every input; None for the batch where it is free.

    Raises:
        ModelError: a dimension without a size; names the flag that gives it one.
        UsageError: shapes that give one symbol two sizes.
    """
    symbols: dict[str, int] = {}
    batch: int | None = None
    for info in infos:
        for axis, (dim, size) in enumerate(zip(info.shape, shapes.get(info.name, ()), strict=False)):
            name = symbol(dim)
            if name is not None and symbols.setdefault(name, size) != size:
                raise UsageError(f"{name!r} cannot be {symbols[name]} and {size}", where=f"--shape {info.name}")
            if axis == batch_axis(info.shape):
                batch = size
    found: dict[str, tuple[int | None, ...]] = {}
    for info in infos:
        shape: list[int | None] = []
        if not info.ranked:
            if info.name not in shapes:
                raise ModelError(
                    f"not even the number of dimensions of input {info.name!r} is known",
                    way_out=f"Give the input a shape: --shape {info.name}=1,N (with the model's own numbers).",
                )
            found[info.name] = tuple(shapes[info.name])
            continue
        for axis, dim in enumerate(info.shape):
            name = symbol(dim)
            if info.name in shapes:
                shape.append(shapes[info.name][axis])
            elif isinstance(dim, int):
                shape.append(dim)
            elif name in symbols:
                shape.append(symbols[name])
            elif axis == batch_axis(info.shape):
                shape.append(batch)
            else:
                example = ",".join(
                    str(d) if isinstance(d, int) else "1" if k == 0 else "N" for k, d in enumerate(info.shape)
                )
                raise ModelError(
                    f"dimension {axis} of input {info.name!r} ({name or 'unnamed'}) has no size",
                    way_out=f"Give the input a shape: --shape {info.name}={example}.",
                )
        found[info.name] = tuple(shape)
    return found


def _info(value: ir.Value) -> ValueInfo:
    assert value.name
    if not isinstance(value.type, ir.TensorType):
        raise ModelError(
            f"input {value.name!r} is no tensor, and no values can be made up for it",
            way_out=f"Give it with --input {value.name}=FILE.npy.",
        )
    if value.shape is None:
        return ValueInfo(value.name, value.type.dtype.numpy().name, (), ranked=False)
    shape = tuple(dim.value if isinstance(dim, ir.SymbolicDim) else dim if dim >= 0 else None for dim in value.shape)
    return ValueInfo(value.name, value.type.dtype.numpy().name, shape)


def _feed(recipe: _Recipe, samples: range, seed: int) -> Array:
    if None not in recipe.shape:
        return _values(recipe, samples[0], seed)
    return np.concatenate([_values(recipe, k, seed) for k in samples], axis=recipe.shape.index(None))


def _values(recipe: _Recipe, sample: int, seed: int) -> Array:
    if recipe.text is not None:
        return _given(recipe)
    shape = tuple(1 if d is None else d for d in recipe.shape)
    generator = np.random.default_rng([seed, zlib.crc32(recipe.name.encode()), sample])
    kind = recipe.dtype.kind
    if recipe.rows is not None:
        return generator.integers(0, min(recipe.rows, int(np.iinfo(recipe.dtype).max) + 1), shape).astype(recipe.dtype)
    if kind in "iu":
        limits = np.iinfo(recipe.dtype)
        if limits.bits > 16:
            return np.ones(shape, recipe.dtype)
        return generator.integers(limits.min, limits.max, shape, endpoint=True).astype(recipe.dtype)
    if kind == "b":
        return np.ones(shape, recipe.dtype)
    if recipe.dtype == np.float64:
        return generator.standard_normal(shape)
    return generator.standard_normal(shape, np.float32).astype(recipe.dtype)


def _given(recipe: _Recipe) -> Array:
    shape = tuple(1 if d is None else d for d in recipe.shape)
    return from_text(recipe.text or "", ValueInfo(recipe.name, recipe.dtype.name, shape))
