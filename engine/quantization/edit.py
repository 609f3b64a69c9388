"""Insert nodes and constants into a cloned model, with unique names and the ids of the layers that they serve."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import partial
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.layers import origins, set_origins
from engine.graph.ops import STANDARD_DOMAINS
from engine.graph.rewire import free_name, value_names
from engine.graph.structure import all_nodes, graphs

Array = NDArray[Any]


class Editor:
    """Changes one model that its caller has cloned; ``finish`` when all changes are made."""

    def __init__(self, model: ir.Model) -> None:
        self.model = model
        self.unique = unique_names(model)
        self._order = {node: number for number, node in enumerate(all_nodes(model.graph))}
        self._replaced: dict[ir.Value, None] = {}

    @property
    def opset(self) -> int:
        return self.model.opset_imports.get("", 0)

    def in_order(self, planned: Iterable[tuple[str, ir.Node]]) -> list[tuple[str, ir.Node]]:
        """Layers in the order in which they run, so that the outcome does not depend on who asked first."""
        return sorted(planned, key=lambda item: self._order[item[1]])

    def require(self, domain: str, version: int) -> None:
        """The model uses ops of another domain."""
        self.model.opset_imports.setdefault(domain, version)

    def initializer(self, name: str, array: Array, graph: ir.Graph | None = None) -> ir.Value:
        tensor = ir.Tensor(np.ascontiguousarray(array).reshape(array.shape), name=self.unique(name))
        value = ir.Value(
            name=tensor.name, type=ir.TensorType(tensor.dtype), shape=ir.Shape(array.shape), const_value=tensor
        )
        (self.model.graph if graph is None else graph).register_initializer(value)
        return value

    def node(
        self,
        op: str,
        inputs: Sequence[ir.Value | None],
        name: str,
        served: Iterable[str],
        *,
        domain: str = "",
        attributes: Sequence[ir.Attr] = (),
        dtypes: Sequence[ir.DataType] = (ir.DataType.FLOAT,),
        shape: ir.Shape | None = None,
    ) -> ir.Node:
        """A node that stands nowhere yet; ``shape`` of the first output where it is known."""
        full_name = self.unique(name)
        outputs = [
            ir.Value(
                name=self.unique(f"{full_name}_output" + (f"_{number}" if number else "")),
                type=ir.TensorType(dtype),
                shape=ir.Shape(list(shape)) if shape is not None and number == 0 else None,
            )
            for number, dtype in enumerate(dtypes)
        ]
        node = ir.Node(domain, op, list(inputs), attributes, outputs=outputs, name=full_name)
        set_origins(node, served)
        return node

    def replace(self, node: ir.Node, by: Sequence[ir.Node], *, heir: ir.Node) -> None:
        """Put nodes in the place of one: the last one's first output takes its readers, ``heir`` its name and id."""
        graph = node.graph
        assert isinstance(graph, ir.Graph)
        heir.name, heir.doc_string = node.name, node.doc_string
        heir.metadata_props.update(node.metadata_props)
        graph.insert_before(node, by)
        self.redirect(node.outputs[0], by[-1].outputs[0])
        for old, new in zip(node.outputs[1:], by[-1].outputs[1:], strict=False):
            self.redirect(old, new)
        self._replaced.update(dict.fromkeys(value for value in node.inputs if value is not None))
        graph.remove(node, safe=True)

    def redirect(self, old: ir.Value, new: ir.Value) -> None:
        """Everybody who reads a value reads another instead, the model's caller included, who finds it by its name."""
        name = old.name
        new.shape = old.shape if new.shape is None else new.shape
        old.replace_all_uses_with(new, replace_graph_outputs=True)
        old.name = self.unique(f"{name}/replaced")
        new.name = name

    def read(self, node: ir.Node, position: int, value: ir.Value) -> None:
        """Let a node read another value; what nobody reads any more goes in ``finish``."""
        old = node.inputs[position]
        if old is not None:
            self._replaced[old] = None
        node.replace_input_with(position, value)

    def finish(self) -> None:
        """Take out the constants that nobody reads any more."""
        for value in self._replaced:
            if value.uses() or value.is_graph_output():
                continue
            producer, graph = value.producer(), value.graph
            if producer is not None and producer.op_type == "Constant" and producer.domain in STANDARD_DOMAINS:
                assert isinstance(producer.graph, ir.Graph)
                producer.graph.remove(producer, safe=True)
            elif value.is_initializer() and isinstance(graph, ir.Graph) and not value.is_graph_input():
                graph.initializers.pop(value.name or "", None)


def serve(node: ir.Node | None, layer_id: str) -> None:
    """Note that a node serves one more layer."""
    if node is not None:
        set_origins(node, (*origins(node), layer_id))


def owner(value: ir.Value) -> ir.Graph:
    """The graph in which a constant stands."""
    producer = value.producer()
    found = value.graph if producer is None else producer.graph
    assert isinstance(found, ir.Graph)
    return found


def in_main_graph(node: ir.Node) -> bool:
    """Only the main graph carries the model's opset imports."""
    return node.graph is None or bool(node.graph.opset_imports)


def unique_names(model: ir.Model) -> Callable[[str], str]:
    """A function that makes a name unique among all nodes and values of the model."""
    taken = value_names(model) | {node.name or "" for graph in graphs(model) for node in graph}
    return partial(free_name, names=taken)
