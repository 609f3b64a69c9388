"""Bind dynamic dimensions of the inputs, and infer the shape of everything else.

Inference is ONNX's own, on a copy of the graph without weights: every larger tensor becomes one whose data are said
to lie elsewhere, so that models over 2 GB (for which the library returns an empty graph, silently) go the same way.
Nodes that it does not know or that contradict it stay without shapes; ops of ONNX Runtime are described to it by
standard ones.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

import onnx_ir as ir

from engine.errors import ModelError, UsageError
from engine.graph.collection import collection_paused
from engine.graph.inference import infer
from engine.graph.layers import dtype_name
from engine.graph.values import Dim, ValueInfo, batch_axis, symbol

if TYPE_CHECKING:
    Shapes = Mapping[str, tuple[int, ...]]


def inputs(model: ir.Model) -> tuple[ValueInfo, ...]:
    """What a run must be fed: the graph inputs that no initializer gives a value."""
    return _infos(_fed(model))


def outputs(model: ir.Model) -> tuple[ValueInfo, ...]:
    return _infos(model.graph.outputs)


@collection_paused()
def bind(model: ir.Model, shapes: Shapes, batch: int = 1, *, strict: bool, mine: bool = False) -> ir.Model:
    """A copy with concrete input shapes where possible, and shapes inferred everywhere.

    Args:
        shapes: input name to shape. A symbolic dimension that it fixes is fixed everywhere.
        batch: the size of a dynamic batch, see ``engine.graph.values.batch_axis``.
        strict: every input dimension must end up with a size.
        mine: the model is needed no more as it is, and may itself be what is returned.

    Raises:
        UsageError: ``shapes`` names no input or contradicts one.
        ModelError: ``strict``, and a dimension is left without a size; the message names ``--shape``.
    """
    bound = model if mine else model.clone()
    fed = {value.name or "": value for value in _fed(bound)}
    sizes = _given_sizes(fed, shapes)
    sizes |= _batch_symbols(fed.values(), sizes, batch)
    changed = False
    for name, value in fed.items():
        if value.shape is not None:
            before = [_size(dim) for dim in value.shape]
            after = list(shapes[name]) if name in shapes else _with_sizes(before, sizes, batch)
            value.shape = ir.Shape(after)
            changed = changed or before != after
        elif name in shapes:
            value.shape = ir.Shape(shapes[name])
            changed = True
    if strict:
        _refuse_unbound(fed.values())
    infer(bound, forget=changed)
    return bound


def freeze(model: ir.Model, shapes: Shapes) -> None:
    """Fix the shapes of the named inputs, in place, and their symbols everywhere; other dimensions stay dynamic."""
    fed = {value.name or "": value for value in _fed(model)}
    sizes = _given_sizes(fed, shapes)
    for name, value in fed.items():
        if name in shapes:
            value.shape = ir.Shape(shapes[name])
        elif value.shape is not None:
            value.shape = ir.Shape(
                [sizes.get(dim, dim) if isinstance(dim, str) else dim for dim in map(_size, value.shape)]
            )


def _fed(model: ir.Model) -> list[ir.Value]:
    return [value for value in model.graph.inputs if value.name not in model.graph.initializers]


def _infos(values: Iterable[ir.Value]) -> tuple[ValueInfo, ...]:
    def shape(value: ir.Value) -> tuple[int | str | None, ...]:
        return () if value.shape is None else tuple(_size(dim) for dim in value.shape)

    return tuple(
        ValueInfo(value.name or "", dtype_name(value.dtype) or "", shape(value), value.shape is not None)
        for value in values
    )


def _size(dim: int | ir.SymbolicDim) -> int | str | None:
    """A size, a symbol, or None; negative sizes, which some exporters write for dynamic dimensions, are None."""
    if isinstance(dim, int):
        return dim if dim >= 0 else None
    return symbol(dim.value)


def _with_sizes(dims: Sequence[Dim], sizes: Mapping[str, int], batch: int) -> list[Dim]:
    """The dimensions with the sizes of their symbols, and the batch where it has none."""
    at = batch_axis(dims)
    found = [sizes.get(dim, dim) if isinstance(dim, str) else dim for dim in dims]
    return [batch if axis == at and not isinstance(dim, int) else dim for axis, dim in enumerate(found)]


def _given_sizes(fed: Mapping[str, ir.Value], shapes: Shapes) -> dict[str, int]:
    sizes: dict[str, int] = {}
    for name, shape in shapes.items():
        where = f"--shape {name}={','.join(map(str, shape))}"
        if name not in fed:
            raise UsageError("the model has no such input", where=where, way_out=f"Its inputs: {', '.join(fed)}.")
        declared = fed[name].shape
        if declared is None:
            continue
        dims = [_size(dim) for dim in declared]
        if len(dims) != len(shape) or any(isinstance(d, int) and d != s for d, s in zip(dims, shape, strict=True)):
            wanted = ",".join("?" if dim is None else str(dim) for dim in dims)
            raise UsageError(f"does not agree with the model, which has [{wanted}]", where=where)
        for dim, size in zip(dims, shape, strict=True):
            if isinstance(dim, str) and sizes.setdefault(dim, size) != size:
                raise UsageError(f"gives the dimension {dim!r} two sizes, {sizes[dim]} and {size}", where=where)
    return sizes


def _batch_symbols(fed: Iterable[ir.Value], sizes: Mapping[str, int], batch: int) -> dict[str, int]:
    """The symbols that stand for the batch, wherever else they stand."""
    found: dict[str, int] = {}
    for value in fed:
        dims = [_size(dim) for dim in value.shape or ()]
        at = batch_axis(dims)
        name = None if at is None else dims[at]
        if isinstance(name, str) and name not in sizes:
            found[name] = batch
    return found


def _refuse_unbound(fed: Iterable[ir.Value]) -> None:
    for value in fed:
        if value.shape is None:
            wanted = None
        else:
            sizes = [_size(dim) for dim in value.shape]
            if all(isinstance(size, int) for size in sizes):
                continue
            wanted = ",".join("?" if size is None else str(size) for size in sizes)
        raise ModelError(
            f"input {value.name!r} has " + ("no shape" if wanted is None else f"the dynamic shape [{wanted}]"),
            way_out=f"Give its size: --shape {value.name}=1,3,224,224 (with the model's own numbers).",
        )
