"""Costs as formulas of the sizes that are open.

Multiply-accumulates are polynomials of the sizes of a model's inputs, of degree two at most in each (attention has the
length squared), as long as these are multiples of all strides. So they are counted for three multiples of 64 of each
size, the polynomial through them is exact, and one more point, which had no part in it, must lie on it; otherwise
there is no formula. Where a model cannot be that large (its table of positions ends), smaller multiples are tried.
``(H·W)/4`` means that a quarter of all places are computed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from itertools import product
from math import prod

import onnx_ir as ir

from engine.graph.layers import index_layers
from engine.graph.shapes import bind, inputs
from engine.graph.values import Dim, batch_axis, symbol

STEPS = (64, 8)
"""The formulas hold for sizes that are multiples of the model's strides, whose product this is taken to be at most."""
_POINTS = (1, 2, 3)
_PROOF = (4, 5, 7)
_MOST_SIZES = 3
_MOST_NODES = 20_000
_LAGRANGE = ((3, Fraction(-5, 2), Fraction(1, 2)), (-3, 4, -1), (1, Fraction(-3, 2), Fraction(1, 2)))
"""Through 1, 2, 3: of each point the coefficients of 1, t, t squared."""

Point = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Formulas:
    """MACs of the model and of the layers for which there is one; ``sizes`` are the names in them."""

    sizes: tuple[str, ...]
    macs: str | None
    layers: Mapping[str, str]


def formulas(model: ir.Model, shapes: Mapping[str, tuple[int, ...]], batch: int) -> Formulas | None:
    """Formulas of what stays open with these shapes; None where nothing does, or where it would take long."""
    fed = [info for info in inputs(model) if info.name not in shapes]
    batches = {info.shape[at] for info in fed if (at := batch_axis(info.shape)) is not None}
    given = {info.name: _named(info.name, info.shape, batch, batches) for info in fed}
    sizes = tuple(dict.fromkeys(dim for dims in given.values() for dim in dims if isinstance(dim, str)))
    nodes = sum(len(graph) for graph in model.graphs())
    if not 0 < len(sizes) <= _MOST_SIZES or nodes * len(_POINTS) ** len(sizes) > _MOST_NODES:
        return None

    def count(point: Point, step: int) -> dict[str | None, int | None]:
        value = {name: step * factor for name, factor in zip(sizes, point, strict=True)}
        bound = {name: tuple(value[d] if isinstance(d, str) else d for d in dims) for name, dims in given.items()}
        index = index_layers(bind(model, {**shapes, **bound}, batch, strict=False))
        return {None: index.macs, **{layer.id: layer.macs for layer in index.layers}}

    proof = _PROOF[: len(sizes)]
    found: dict[str | None, str] = {}
    for step in STEPS:
        counted = {point: count(point, step) for point in product(_POINTS, repeat=len(sizes))}
        for key, wanted in count(proof, step).items():
            values = {point: counts.get(key) for point, counts in counted.items()}
            text = _formula({p: v for p, v in values.items() if v is not None}, sizes, proof, wanted, step)
            if text is not None:
                found.setdefault(key, text)
        if None in found:
            break
    return Formulas(sizes, found.get(None), {key: text for key, text in found.items() if key is not None})


def _named(name: str, dims: Sequence[Dim], batch: int, batches: Collection[Dim]) -> tuple[int | str, ...]:
    """The dimensions with the batch bound, wherever its symbol stands, and a name for what is open: its symbol, or
    input and axis."""
    at = batch_axis(dims)
    found: list[int | str] = []
    for axis, dim in enumerate(dims):
        if isinstance(dim, int):
            found.append(dim)
        else:
            found.append(
                batch if axis == at or (dim is not None and dim in batches) else symbol(dim) or f"{name}[{axis}]"
            )
    return tuple(found)


def _formula(
    values: Mapping[Point, int], sizes: tuple[str, ...], proof: Point, wanted: int | None, step: int
) -> str | None:
    if wanted is None or len(values) < len(_POINTS) ** len(sizes):
        return None
    powers = list(product(range(len(_POINTS)), repeat=len(sizes)))
    coefficients = {
        power: sum(
            (
                value * prod((Fraction(_LAGRANGE[t - 1][degree]) for t, degree in zip(point, power, strict=True)))
                for point, value in values.items()
            ),
            Fraction(0),
        )
        for power in powers
    }
    at_proof = sum(c * prod(t**d for t, d in zip(proof, power, strict=True)) for power, c in coefficients.items())
    if at_proof != wanted:
        return None
    scaled = {power: c / step ** sum(power) for power, c in coefficients.items() if c}
    if any(sum(power) for power in scaled):
        return " + ".join(_term(power, scaled[power], sizes) for power in sorted(scaled, reverse=True))
    return None


def _term(power: Point, coefficient: Fraction, sizes: tuple[str, ...]) -> str:
    factors = [name if degree == 1 else f"{name}²" for name, degree in zip(sizes, power, strict=True) if degree]
    number = f"{coefficient.numerator:,}"
    text = "·".join(factors if number == "1" and factors else [number, *factors])
    return text if coefficient.denominator == 1 else f"({text})/{coefficient.denominator:,}"
