"""Which layers gain by 8-bit integers on a target by what is known of it, and why the others do not.

A weighted layer gains where its integer kernel is the faster one. The layers between gain nothing by themselves: they
are worth it where they read what a quantized layer wrote, and the way to float and back is saved.

This is a first guess, from what is documented of a target or was measured on one machine of its kind
(``engine.backend.TargetFacts``). Where the target itself is at hand, ``engine.verification.gains`` measures.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator

import onnx_ir as ir

from engine.backend import TargetFacts
from engine.graph.attributes import input_of
from engine.graph.layers import index_layers
from engine.graph.unchanged import kept
from engine.quantization.roles import ACTIVATIONS, REDUCTIONS, ROLES, activation_inputs, few_channels, is_constant, role

_NEIGHBOURHOOD = 32
"""How many nodes upstream of a layer are looked at for one that computes in integers."""
_SMALL_MACS = 2_000_000
"""Below this a slow integer kernel costs less than another change of the values' layout."""


Computes = Callable[[ir.Node], bool]
"""Whether a node computes in integers."""


def suits(node: ir.Node, facts: TargetFacts) -> str | None:
    """The reason why quantizing this node gains nothing on the target, or None where it gains."""
    found = role(node)
    if isinstance(found, str):
        return found
    if found.kind == "weighted":
        return _weighted(node, facts)
    if node.op_type not in facts.integer_ops:
        return f"{node.op_type}: {facts.device} has no integer kernel for it"
    if node.op_type in facts.slower_ops:
        return f"{node.op_type} {facts.slower_ops[node.op_type]}"
    return _left_alone(node, facts, _by_facts(facts))


def left_alone(model: ir.Model, chosen: frozenset[str], facts: TargetFacts) -> frozenset[str]:
    """Of the layers that are chosen to be quantized, those between that gain nothing since none around them is."""
    index = index_layers(model)
    nodes = {index.node(layer_id): layer_id for layer_id in chosen}

    def computes(node: ir.Node) -> bool:
        found = role(node)
        return node in nodes and not isinstance(found, str) and found.kind == "weighted"

    return frozenset(
        layer_id
        for node, layer_id in nodes.items()
        if not isinstance(kind := role(node), str) and kind.kind != "weighted"
        if _left_alone(node, facts, computes) is not None
    )


def _left_alone(node: ir.Node, facts: TargetFacts, computes: Computes) -> str | None:
    if ROLES[node.op_type].kind == "move" and is_constant(node.inputs[0]):
        return _table(node, computes)
    if node.op_type == "MaxPool" and facts.channels_last and not _between_convs(node, computes):
        return "MaxPool that does not stand between quantized Convs: it takes 60 times as long in integers"
    if not _reads_integers(node, facts, computes):
        return f"{node.op_type} between float layers: converting to integers and back costs more than it saves"
    return None


def _weighted(node: ir.Node, facts: TargetFacts) -> str | None:
    if node.op_type not in facts.integer_ops:
        return f"{node.op_type}: {facts.device} has no integer kernel for it"
    channels = few_channels(node)
    if not 0 < channels < facts.few_channels or _is_small(node):
        return None
    # The runtime moves the rounding of a MaxPool's output before it, where only an integer Conv makes it fast.
    if any(reader.op_type == "MaxPool" for reader in _readers(node)):
        return None
    count = "one input channel" if channels == 1 else f"{channels} input channels"
    return f"Conv with {count}: its integer kernel is slower than the float one"


def _table(node: ir.Node, computes: Computes) -> str | None:
    if any(computes(reader) for reader in _readers(node)):
        return None
    return (
        "Gather from a table for float layers: a lookup takes as long in any type; int8_weights makes the table small"
    )


def _is_small(conv: ir.Node) -> bool:
    """By its multiply-accumulates for one sample; one whose image size is not known is not small."""
    weight, shape = conv.inputs[1], conv.outputs[0].shape
    if weight is None or weight.shape is None or shape is None:
        return False
    sizes = [*weight.shape, *list(shape)[2:]]
    known = [size for size in sizes if isinstance(size, int)]
    return len(known) == len(sizes) and math.prod(known) < _SMALL_MACS


def _by_facts(facts: TargetFacts) -> Computes:
    def computes(node: ir.Node) -> bool:
        found = role(node)
        return not isinstance(found, str) and found.kind == "weighted" and _weighted(node, facts) is None

    return computes


def _between_convs(node: ir.Node, computes: Computes) -> bool:
    """Then the runtime lays the values out as the integer Conv wants them, for which it has a fast MaxPool."""
    around = [*_producers(node), *_readers(node)]
    convs = [other for other in around if other.op_type == "Conv" and computes(other)]
    return len(convs) > 1 and convs[0] is around[0]


def _reads_integers(node: ir.Node, facts: TargetFacts, computes: Computes) -> bool:
    """Whether some layer that this one reads from, directly or through others like it, computes in integers."""
    seen: set[ir.Node] = set()
    waiting = [node]
    while waiting and len(seen) < _NEIGHBOURHOOD:
        current = waiting.pop()
        if current in seen:
            continue
        seen.add(current)
        if computes(current):
            return True
        if current is not node and current.op_type in REDUCTIONS:
            continue  # what follows has too few elements to gain anything
        found = role(current)
        if not isinstance(found, str) and found.kind != "weighted" and current.op_type not in facts.slower_ops:
            waiting.extend(_producers(current))
    return False


@kept
def _producers(node: ir.Node) -> tuple[ir.Node, ...]:
    """Where the activations of a node come from; a Relu or Clip belongs to the node before it."""
    found = role(node)
    positions = [0] if isinstance(found, str) else activation_inputs(node, found)
    makers = [_maker(node.inputs[position]) for position in positions]
    return tuple(maker for maker in makers if maker is not None)


def _maker(value: ir.Value | None) -> ir.Node | None:
    while value is not None and not is_constant(value):
        producer = value.producer()
        if producer is None or producer.op_type not in ACTIVATIONS:
            return producer
        value = input_of(producer, 0)
    return None


def _readers(node: ir.Node) -> Iterator[ir.Node]:
    """Who reads the outputs of a node; a Relu or Clip belongs to the node before it."""
    for value in node.outputs:
        for reader, _ in value.uses():
            if reader.op_type in ACTIVATIONS:
                yield from _readers(reader)
            else:
                yield reader
