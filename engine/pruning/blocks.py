"""The pieces of a model whose layers are solved together: from one narrow place to another, over a few layers.

A piece begins and ends where one value is all that goes on (``engine.graph.cuts.frontiers``), has at least ``FEWEST``
layers where there are so many, and ends at the place with the least to hand on: behind a residual sum, at a
bottleneck, rather than at channels that were cut. Its ops are those that depend on its layers, in order; everything
else that they read (a shortcut, say) is data.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.graph.attributes import input_of, ints_of
from engine.graph.constants import constant, is_op
from engine.graph.cuts import Cut, is_fixed, reads
from engine.pruning.forward import Op
from engine.pruning.solvable import Solvable, solvable

if TYPE_CHECKING:
    import onnx_ir as ir

FEWEST, MOST = 2, 3
"""Layers of a piece."""


@dataclass(frozen=True, slots=True)
class Block:
    """``inputs``: of the ops, by name; ``lost``: the channels of ``end`` that the candidate has no more."""

    end: str
    position: int
    ops: tuple[Op, ...]
    layers: Mapping[str, Solvable]
    inputs: tuple[str, ...]
    lost: tuple[int, ...]


def blocks(
    model: ir.Model,
    places: Sequence[Cut],
    shared: Collection[str],
    ids: Mapping[ir.Node, str],
    first: int,
    lost: Mapping[str, Collection[int]],
) -> list[Block]:
    """In order, those behind a position of the node order.

    Args:
        places: of the model; ``shared`` the names of values at narrow places of the original.
        ids: of the nodes of the main graph.
        lost: layer id to the channels of its output that went.
    """
    nodes = list(model.graph)
    narrow = {cut.position: cut for cut in places if len(cut.frontier) == 1 and cut.frontier[0] in shared}
    for value in model.graph.outputs:
        if value.name in shared and len(model.graph.outputs) == 1:
            narrow[len(nodes)] = Cut(len(nodes), (value.name or "",), 0)
    found = []
    at = max((position for position in narrow if position <= first), default=0)
    while at < len(nodes):
        best: tuple[tuple[int, int, int], Block] | None = None
        nearest = len(nodes)
        for position in sorted(position for position in narrow if position > at):
            nearest = min(nearest, position)
            block = _block(nodes[at:position], position, narrow[position].frontier[0], ids, lost)
            if block is None or len(block.layers) > MOST:
                break
            if best is not None and any(op.kind == "mean" for op in block.ops):
                break  # a mean over places leaves little to learn from
            if len(block.layers) < FEWEST and position < len(nodes):
                continue
            # what was cut is no good aim; then what is narrowest; of the same, fewer layers, and behind an activation
            key = (0 if not block.lost else 1, narrow[position].bytes, len(block.layers))
            if best is None or key <= best[0]:
                best = key, block
        if best is None:
            at = nearest
            continue
        if best[1].layers:
            found.append(best[1])
        at = best[1].position
    return found


def _block(
    nodes: Sequence[ir.Node], position: int, end: str, ids: Mapping[ir.Node, str], lost: Mapping[str, Collection[int]]
) -> Block | None:
    ops: list[Op] = []
    layers: dict[str, Solvable] = {}
    made: dict[ir.Value, frozenset[int]] = {}  # what depends on a layer, and the channels that it lost
    for node in nodes:
        layer = None if input_of(node, 0) is None else solvable(node)
        inside = [value for value in reads(node) if value in made]
        trainable = isinstance(layer, Solvable) and is_op(node, "Conv", "Gemm") and node in ids
        if not inside and not trainable:
            continue
        op = _layer_op(node, layer, ids[node]) if isinstance(layer, Solvable) and trainable else _op(node)
        if op is None or len(node.outputs) != 1:
            return None
        if isinstance(layer, Solvable) and trainable:
            layers[op.layer] = layer
            made[node.outputs[0]] = frozenset(lost.get(op.layer, ()))
        else:
            made[node.outputs[0]] = frozenset().union(*(made[value] for value in inside))
        ops.append(op)
    if not ops:
        return Block(end, position, (), {}, (), ())
    if ops[-1].makes != end:
        return None
    computed = {op.makes for op in ops}
    inputs = tuple(dict.fromkeys(name for op in ops for name in op.reads if name not in computed))
    gone = next(channels for value, channels in made.items() if value.name == end)
    return Block(end, position, tuple(ops), layers, inputs, tuple(sorted(gone)))


def _layer_op(node: ir.Node, layer: Solvable, layer_id: str) -> Op | None:
    if layer.layout.input_transposed or not layer.biased:
        return None
    return Op("layer", (layer.layout.value,), node.outputs[0].name or "", layer_id, layer.layout)


def _op(node: ir.Node) -> Op | None:
    """None where it is not understood."""
    names = [value.name or "" for value in node.inputs if value is not None]
    made, source = node.outputs[0].name or "", node.inputs[0]
    rank = 0 if source is None or source.shape is None else len(source.shape)
    if is_op(node, "Relu"):
        return Op("clip", (names[0],), made, bounds=(0.0, math.inf))
    if is_op(node, "Clip"):
        bounds = []
        for position, none in ((1, -math.inf), (2, math.inf)):
            given, tensor = input_of(node, position), constant(input_of(node, position))
            if given is not None and tensor is None:
                return None
            bounds.append(none if tensor is None else float(tensor.numpy().reshape(-1)[0]))
        return Op("clip", (names[0],), made, bounds=(bounds[0], bounds[1]))
    if is_op(node, "Add"):
        shapes = [None if value is None else value.shape for value in node.inputs]
        whole = shapes[0] is not None and shapes[0] == shapes[1] and not any(is_fixed(v) for v in node.inputs if v)
        return Op("add", (names[0], names[1]), made) if whole else None
    if source is None or source.shape is None or rank < 3:
        return None
    inner = list(source.shape)[2:]
    window = list(ints_of(node, "kernel_shape") or ())
    if is_op(node, "GlobalAveragePool") or (is_op(node, "AveragePool") and window == inner):
        return Op("mean", (names[0],), made)
    result = node.outputs[0].shape
    if is_op(node, "Flatten", "Reshape", "Squeeze") and all(size == 1 for size in inner):
        return Op("same", (names[0],), made) if result is not None and len(result) == 2 else None
    return None
