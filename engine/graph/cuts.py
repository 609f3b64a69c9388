"""Where a model can be cut in two, so that what does not change between candidates is computed once.

At a position between two nodes of the topological order the *frontier* is every value that was computed before and is
read after (graph inputs included, constants not). Whoever has the frontier's arrays can compute the rest of the model
without what came before. Not every position will do: a runtime fuses DequantizeLinear -> op -> QuantizeLinear into one
kernel, and a cut inside of that would change how the layer rounds. A dequantized value is therefore handed over as its
integers, behind which each part of the model has the DequantizeLinear once more.

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
_VANISH = ("QuantizeLinear", "Relu", "Clip")
"""Ops that become part of the integer kernel before them."""


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


def part(model: ir.Model, inputs: Sequence[str], outputs: Sequence[str]) -> ir.Model | None:
    """A model from some of its values to others, or None where the others need more than those.

    Inputs that are not needed are left out.
    """
    import onnx_ir as ir

    wanted, given = set(outputs), set(inputs)
    needed: set[str] = set()
    for node in reversed(model.graph):
        if any(value.name in wanted for value in node.outputs):
            for value in reads(node):
                if not is_fixed(value):
                    (needed if value.name in given else wanted).add(value.name or "")
    if any(value.name in wanted for value in model.graph.inputs):
        return None
    graph = ir.convenience.extract(model.graph, [name for name in inputs if name in needed], list(outputs))
    return ir.Model(graph, ir_version=model.ir_version, functions=[f.clone() for f in model.functions.values()])


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
    made = {value for node in nodes for value in node.outputs}
    last: dict[ir.Value, int] = {}
    for number, node in enumerate(nodes):
        last |= {_stored(value): number for value in reads(node) if not is_fixed(_stored(value))}
    last |= {_stored(value): len(nodes) for value in model.graph.outputs if not is_fixed(_stored(value))}
    live = dict.fromkeys(value for value in model.graph.inputs if value in last)
    found = []
    for position, node in enumerate(nodes):
        if position == 0 or all(_can_cut(value) for value in live if value in made):
            names = tuple(value.name or "" for value in live)
            found.append(Cut(position, names, sum(sizes.get(name, _UNKNOWN_BYTES) for name in names)))
        live |= dict.fromkeys(value for value in node.outputs if value in last)
        for value in [value for value in live if last[value] == position]:
            del live[value]
    return found


def dequantizer(value: ir.Value) -> ir.Node | None:
    """The DequantizeLinear with constant parameters that a value comes from."""
    node = value.producer()
    if node is None or node.op_type != "DequantizeLinear" or node.inputs[0] is None:
        return None
    return node if all(given is None or is_fixed(given) for given in node.inputs[1:]) else None


def _stored(value: ir.Value) -> ir.Value:
    """The integers behind a dequantized value."""
    node = dequantizer(value)
    return value if node is None or node.inputs[0] is None else node.inputs[0]


def _can_cut(value: ir.Value) -> bool:
    """Whether handing the value out and in again leaves every kernel as it was."""
    import onnx_ir as ir

    node = value.producer()
    if not value.name or not isinstance(value.type, ir.TensorType) or node is None:
        return False
    if node.op_type == "DequantizeLinear":
        return False
    readers = [reader for reader, _ in value.uses()]
    return len(readers) != 1 or readers[0].op_type not in _VANISH or not _reads_rounded(node)


def _reads_rounded(node: ir.Node) -> bool:
    producers = [value.producer() for value in node.inputs if value is not None]
    return any(
        producer is not None
        and (producer.op_type == "DequantizeLinear" or (node.op_type in _VANISH and _reads_rounded(producer)))
        for producer in producers
    )


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
