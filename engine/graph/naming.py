"""Layer ids: a name for every node that survives treatment.

The id of a node is its name where that is present and unique in its graph, otherwise ``<op>_<number>``, the number
being its place among the graph's layers. Ids in the body of a control-flow node are prefixed by its id and the
attribute: ``loop_0/body/add``. A name that has that prefix already is taken as it is, so that naming twice changes
nothing. Constant nodes are values, not layers, and have no id.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import onnx_ir as ir

from engine.errors import ModelError
from engine.graph.constants import is_op
from engine.graph.structure import bodies as bodies
from engine.graph.structure import unsound
from engine.graph.unchanged import kept


@dataclass(frozen=True, slots=True)
class Place:
    """Where a layer stands: ``owner`` is the id of the control-flow node whose body holds it."""

    id: str
    node: ir.Node
    owner: str | None
    body: str | None


@kept
def places(model: ir.Model) -> tuple[Place, ...]:
    """Every layer of the model in topological order, bodies right after their owner."""
    return tuple(_places(model.graph, None, None, set()))


def name_nodes(model: ir.Model) -> ir.Model:
    """A copy in which every node's name is its layer id, and Constant nodes have unique names as well.

    Raises:
        ModelError: the graph uses a value that nothing produces.
    """
    fault = unsound(model)
    if fault is not None:
        raise ModelError(f"the graph is invalid: {fault}")
    named = model.clone()
    found = places(named)
    for place in found:
        place.node.name = place.id
    taken = {place.id for place in found}
    for graph in named.graphs():
        for node in graph:
            if is_op(node, "Constant"):
                node.name = _free(node.name or f"Constant_{node.outputs[0].name}", taken)
                taken.add(node.name)
    return named


def _places(graph: ir.Graph, owner: str | None, body: str | None, taken: set[str]) -> Iterator[Place]:
    prefix = "" if owner is None else f"{owner}/{body}/"
    layers = [node for node in graph if node.op_type != "Constant" or not is_op(node, "Constant")]
    names = Counter([node.name for node in layers if node.name])
    own = {(name if name.startswith(prefix) else prefix + name) for name, count in names.items() if count == 1}
    for number, node in enumerate(layers):
        layer_id, name = "", node.name
        if name and names[name] == 1:
            layer_id = name if name.startswith(prefix) else prefix + name
        if not layer_id or layer_id in taken:
            layer_id = _free(f"{prefix}{node.op_type}_{number}", taken, own)
        taken.add(layer_id)
        yield Place(layer_id, node, owner, body)
        for attribute, subgraph in bodies(node).items():
            yield from _places(subgraph, layer_id, attribute, taken)


def _free(name: str, *taken: set[str]) -> str:
    candidate, number = name, 1
    while any(candidate in names for names in taken):
        number += 1
        candidate = f"{name}_{number}"
    return candidate
