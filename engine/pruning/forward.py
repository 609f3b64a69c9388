"""A piece of a model computed in NumPy, with the gradient of its squared error by its weights.

Arrays have their channels last: ``[batch, places..., channels]``. A Conv of a kernel of k elements multiplies, for each
group, rows ``[vectors, k * channels]`` (kernel first) with its weight; the gradient by the weight is the product of
the rows with the gradient of what comes out, and the gradient of what it reads is folded back from rows to places. A
depthwise Conv is k shifted products instead. With ``e = y - t`` over ``total`` (the power of t about its mean)::

    f = sum e^2 / total          df/dy = 2 e / total
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.pruning.rows import outputs_of
from engine.quantization.moments import Layout

Array = NDArray[Any]
Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Op:
    """One node: ``layer`` has weights; ``mean`` is over all places; ``same`` only changes the shape."""

    kind: Literal["layer", "clip", "add", "mean", "same"]
    reads: tuple[str, ...]
    makes: str
    layer: str = ""
    layout: Layout | None = None
    bounds: tuple[float, float] = (-np.inf, np.inf)


def weight_of_rows(layout: Layout, weight: Floats, bias: Floats) -> Floats:
    """[groups, n + 1, outputs], kernel first, from [groups, n, outputs] with channels first and [groups, outputs]."""
    groups, n, outputs = weight.shape
    size = max(1, int(np.prod(layout.kernel)))
    turned = weight.reshape(groups, n // size, size, outputs).transpose(0, 2, 1, 3).reshape(groups, n, outputs)
    return np.concatenate([turned, bias[:, None, :]], axis=1)


def rows_of_weight(layout: Layout, both: Floats) -> tuple[Floats, Floats]:
    """The reverse of ``weight_of_rows``."""
    groups, n, outputs = both.shape[0], both.shape[1] - 1, both.shape[2]
    size = max(1, int(np.prod(layout.kernel)))
    turned = both[:, :-1].reshape(groups, size, n // size, outputs).transpose(0, 2, 1, 3).reshape(groups, n, outputs)
    return turned, both[:, -1]


def error(ops: Sequence[Op], given: Mapping[str, Array], wanted: Array, weights: Mapping[str, Array]) -> float:
    """The sum of the squared errors of what the last op makes."""
    made = dict(given)
    for op in ops:
        made[op.makes] = _forward(op, [made[name] for name in op.reads], weights)
    return float(np.sum(np.square(made[ops[-1].makes] - wanted), dtype=np.float64))


def gradient(
    ops: Sequence[Op], given: Mapping[str, Array], wanted: Array, weights: Mapping[str, Array]
) -> tuple[float, dict[str, Floats]]:
    """The sum of the squared errors, and half its gradient by each layer's weight."""
    made = dict(given)
    for op in ops:
        made[op.makes] = _forward(op, [made[name] for name in op.reads], weights)
    wrong = made[ops[-1].makes] - wanted
    flows: dict[str, Array] = {ops[-1].makes: wrong}
    computed = {op.makes for op in ops}
    found: dict[str, Floats] = {}
    for op in reversed(ops):
        flow = flows.pop(op.makes, None)
        if flow is None:
            continue
        inputs = [made[name] for name in op.reads]
        if op.layout is not None:
            found[op.layer] = _by_weight(op.layout, inputs[0], flow)
        for position, name in enumerate(op.reads):
            if name in computed:
                back = _backward(op, inputs, made[op.makes], flow, weights, position)
                flows[name] = flows[name] + back if name in flows else back
    return float(np.sum(np.square(wrong), dtype=np.float64)), found


def inputs_of(
    ops: Sequence[Op], given: Mapping[str, Array], weights: Mapping[str, Array]
) -> Iterator[tuple[str, Layout, Array]]:
    """What each layer reads, with the weights as they are."""
    made = dict(given)
    for op in ops:
        if op.layout is not None:
            yield op.layer, op.layout, made[op.reads[0]]
        made[op.makes] = _forward(op, [made[name] for name in op.reads], weights)


def channels_last(array: Array) -> Array:
    return np.ascontiguousarray(np.moveaxis(array, 1, -1)) if array.ndim > 2 else array


def rows(layout: Layout, read: Array) -> Array:
    """[groups, vectors, n], kernel first."""
    if not layout.kernel:
        return read.reshape(1, -1, layout.elements)
    patches = _patches(layout, read)  # [batch, places..., kernel, channels]
    size, channels = patches.shape[-2:]
    split = patches.reshape(-1, size, layout.groups, channels // layout.groups)
    if layout.groups == 1:
        return split.reshape(1, len(split), -1)
    return np.ascontiguousarray(split.transpose(2, 0, 1, 3)).reshape(layout.groups, len(split), -1)


def _forward(op: Op, inputs: Sequence[Array], weights: Mapping[str, Array]) -> Array:
    first = inputs[0]
    if op.kind == "clip":
        return np.clip(first, *op.bounds)
    if op.kind == "add":
        return first + inputs[1]
    if op.kind == "mean":
        mean: Array = first.mean(axis=tuple(range(1, first.ndim - 1)), keepdims=True)
        return mean
    if op.kind == "same":
        return first.reshape(len(first), -1)
    assert op.layout is not None
    layout, weight = op.layout, weights[op.layer]
    if is_depthwise(layout):
        padded = _padded(layout, first)
        total: Array = np.zeros((len(first), *_sizes(layout, first.shape), first.shape[-1]), first.dtype)
        total += weight[:, -1, 0]
        for number, place in enumerate(_places(layout, padded.shape)):
            total += padded[place] * weight[:, number, 0]
        return total
    if not layout.kernel:
        flat: Array = first @ weight[0, :-1] + weight[0, -1]
        return flat
    out = rows(layout, first) @ weight[:, :-1] + weight[:, None, -1]  # [groups, vectors, outputs]
    return out.transpose(1, 0, 2).reshape(len(first), *_sizes(layout, first.shape), -1)


def _by_weight(layout: Layout, read: Array, flow: Array) -> Floats:
    if is_depthwise(layout):
        padded, axes = _padded(layout, read), tuple(range(flow.ndim - 1))
        each = [np.sum(padded[place] * flow, axis=axes) for place in _places(layout, padded.shape)]
        return np.stack([*each, np.sum(flow, axis=axes)], axis=1)[:, :, None].astype(np.float64)
    by_row = _flat(layout, flow)
    product = rows(layout, read).transpose(0, 2, 1) @ by_row
    return np.concatenate([product, by_row.sum(axis=1, keepdims=True)], axis=1).astype(np.float64)


def _backward(
    op: Op, inputs: Sequence[Array], made: Array, flow: Array, weights: Mapping[str, Array], position: int
) -> Array:
    """The gradient by what the op reads at a position."""
    read = inputs[position]
    if op.kind == "clip":
        return flow * ((made > op.bounds[0]) & (made < op.bounds[1]))
    if op.kind == "add":
        return flow
    if op.kind == "mean":
        return np.broadcast_to(flow / np.prod(read.shape[1:-1]), read.shape).astype(flow.dtype)
    if op.kind == "same":
        return flow.reshape(read.shape)
    assert op.layout is not None
    layout, weight = op.layout, weights[op.layer]
    if not layout.kernel:
        return flow @ weight[0, :-1].T
    padded = np.zeros(_padded_shape(layout, read.shape), flow.dtype)
    if is_depthwise(layout):
        for number, place in enumerate(_places(layout, padded.shape)):
            padded[place] += flow * weight[:, number, 0]
    else:
        back = _flat(layout, flow) @ weight[:, :-1].transpose(0, 2, 1)  # [groups, vectors, kernel * channels]
        size = int(np.prod(layout.kernel))
        patches = back.reshape(layout.groups, -1, size, back.shape[2] // size).transpose(1, 2, 0, 3)
        patches = patches.reshape(*flow.shape[:-1], size, -1)
        for number, place in enumerate(_places(layout, padded.shape)):
            padded[place] += patches[..., number, :]
    rank = len(layout.kernel)
    inner = tuple(slice(layout.pads[a], layout.pads[a] + read.shape[1 + a]) for a in range(rank))
    return padded[(slice(None), *inner)]


def is_depthwise(layout: Layout) -> bool:
    return layout.groups > 1 and layout.shape[1] == 1 and outputs_of(layout) == 1 and bool(layout.kernel)


def _flat(layout: Layout, flow: Array) -> Array:
    """[groups, vectors, outputs]."""
    return np.ascontiguousarray(flow.reshape(-1, layout.groups, outputs_of(layout)).transpose(1, 0, 2))


def _patches(layout: Layout, read: Array) -> Array:
    padded = _padded(layout, read)
    places = _places(layout, padded.shape)
    if len(places) == 1:
        return padded[places[0]][..., None, :]
    found = np.empty((len(read), *_sizes(layout, read.shape), len(places), read.shape[-1]), read.dtype)
    for number, place in enumerate(places):
        found[..., number, :] = padded[place]
    return found


def _padded(layout: Layout, read: Array) -> Array:
    if not any(layout.pads):
        return read
    rank = len(layout.kernel)
    return np.pad(read, [(0, 0), *zip(layout.pads[:rank], layout.pads[rank:], strict=True), (0, 0)])


def _padded_shape(layout: Layout, shape: Sequence[int]) -> tuple[int, ...]:
    rank = len(layout.kernel)
    inner = (shape[1 + a] + layout.pads[a] + layout.pads[rank + a] for a in range(rank))
    return (shape[0], *inner, shape[-1])


def _sizes(layout: Layout, shape: Sequence[int]) -> tuple[int, ...]:
    """Of what comes out, along the places."""
    padded = _padded_shape(layout, shape)[1:-1]
    return tuple(
        (length - dilation * (k - 1) - 1) // stride + 1
        for length, k, stride, dilation in zip(padded, layout.kernel, layout.strides, layout.dilations, strict=True)
    )


def _places(layout: Layout, padded: Sequence[int]) -> list[tuple[slice, ...]]:
    """For each element of the kernel, where it reads in what is padded."""
    inner = padded[1:-1]
    sizes = [
        (length - dilation * (k - 1) - 1) // stride + 1
        for length, k, stride, dilation in zip(inner, layout.kernel, layout.strides, layout.dilations, strict=True)
    ]
    found = []
    for element in itertools.product(*map(range, layout.kernel)):
        starts = [e * dilation for e, dilation in zip(element, layout.dilations, strict=True)]
        along = (
            slice(start, start + stride * (size - 1) + 1, stride)
            for start, stride, size in zip(starts, layout.strides, sizes, strict=True)
        )
        found.append((slice(None), *along, slice(None)))
    return found
