"""Where a model can be cut in two, so that what does not change between candidates is computed once.

At a position between two nodes of the topological order the *frontier* is every value that was computed before and is
read after (graph inputs included, constants not). Whoever has the frontier's arrays can compute the rest of the model
without what came before. Not every position will do: a runtime fuses DequantizeLinear -> op -> QuantizeLinear into one
kernel, and a cut inside of that would change how the layer rounds; a cut between QuantizeLinear and DequantizeLinear
goes through the integers and changes nothing.

Of the positions that will do, the one with the smallest frontier is taken in each of ``MOST`` parts of equal work.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.graph.structure import bodies

if TYPE_CHECKING:
    import onnx_ir as ir

MOST = 16
"""More cuts than this save little more of the work, and each has a session of its own."""
_UNKNOWN_BYTES = 1 << 20
_CONVERTS = ("QuantizeLinear", "DequantizeLinear")


@dataclass(frozen=True, slots=True)
class Cut:
    """``position``: how many nodes of the order stand before it. ``bytes`` of the frontier, for one sample."""

    position: int
    frontier: tuple[str, ...]
    bytes: int


def reads(node: ir.Node) -> list[ir.Value]:
    """Every value that a node reads, those that its bodies capture from outside included."""
    found = [value for value in node.inputs if value is not None]
    for body in bodies(node).values():
        own = {*body.inputs, *body.initializers.values(), *(value for inner in body for value in inner.outputs)}
        found += [value for inner in body for value in reads(inner) if value not in own]
        found += [value for value in body.outputs if value not in own]
    return found


def is_fixed(value: ir.Value) -> bool:
    """An initializer, which every part of the model brings along."""
    return value.is_initializer() and not value.is_graph_input()


def cuts(model: ir.Model, macs: Mapping[ir.Node, int], sizes: Mapping[str, int], most_bytes: int) -> tuple[Cut, ...]:
    """The cuts of a model in their order; the first is the model's inputs, whatever they take.

    Args:
        macs: of the nodes that have any.
        sizes: bytes of a value for one sample, by its name.
        most_bytes: of all frontiers together, for one sample; the largest go first.
    """
    found = [cut for cut in frontiers(model, sizes) if cut.position]
    start = Cut(0, tuple(value.name or "" for value in model.graph.inputs), 0)
    chosen = _spread(found, [macs.get(node, 0) for node in model.graph])
    while chosen and _total(chosen, sizes) > most_bytes:
        chosen.remove(max(chosen, key=lambda cut: cut.bytes))
    return (start, *chosen)


def frontiers(model: ir.Model, sizes: Mapping[str, int]) -> list[Cut]:
    """The frontier at each position where the model can be cut."""
    nodes = list(model.graph)
    made = {value: number for number, node in enumerate(nodes) for value in node.outputs}
    last: dict[ir.Value, int] = {}
    for number, node in enumerate(nodes):
        for value in reads(node):
            if not is_fixed(value):
                last[value] = number
    last |= {value: len(nodes) for value in model.graph.outputs}
    expires: dict[int, list[ir.Value]] = {}
    for value, number in last.items():
        expires.setdefault(number, []).append(value)
    live = dict.fromkeys(value for value in model.graph.inputs if value in last)
    found = []
    for position in range(len(nodes)):
        if position:
            live |= dict.fromkeys(value for value in nodes[position - 1].outputs if value in last)
            for value in expires.get(position - 1, ()):
                live.pop(value, None)
        if all(_can_cut(value) for value in live if value in made):
            names = tuple(value.name or "" for value in live)
            found.append(Cut(position, names, sum(sizes.get(name, _UNKNOWN_BYTES) for name in names)))
    return found


def _can_cut(value: ir.Value) -> bool:
    """Whether handing the value out and in again leaves every kernel as it was."""
    import onnx_ir as ir

    producer = value.producer()
    if not value.name or not isinstance(value.type, ir.TensorType) or producer is None:
        return False
    readers = [reader for reader, _ in value.uses()]
    if producer.op_type == "DequantizeLinear":
        return not readers
    return not any(reader.op_type == "QuantizeLinear" for reader in readers) or producer.op_type in _CONVERTS


def _spread(found: Sequence[Cut], work: Sequence[int]) -> list[Cut]:
    """The smallest in each part of equal work; of equally small ones the last, which is behind an activation."""
    before = [0]
    for amount in work:
        before.append(before[-1] + amount)
    parts: dict[int, Cut] = {}
    for cut in found:
        part = before[cut.position] * MOST // max(before[-1], 1)
        if part not in parts or cut.bytes <= parts[part].bytes:
            parts[part] = cut
    return sorted(parts.values(), key=lambda cut: cut.position)


def _total(chosen: Iterable[Cut], sizes: Mapping[str, int]) -> int:
    return sum(sizes.get(name, _UNKNOWN_BYTES) for name in {name for cut in chosen for name in cut.frontier})
