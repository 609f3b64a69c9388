"""Walks over graphs with bodies: the same as the library's own."""

from __future__ import annotations

import onnx_ir as ir
import pytest

from engine.graph.structure import all_nodes, bodies, graphs

TEXT = """
<ir_version: 8, opset_import: ["" : 17]>
nested (float[2] x, bool outer, bool inner) => (float[2] y) {
    a = Relu (x)
    b = If (outer) <
        then_branch = first () => (float[2] c) {
            d = Neg (a)
            c = If (inner) <then_branch = second () => (float[2] e) { e = Exp (d) },
                            else_branch = third () => (float[2] f) { f = Abs (d) }>
        },
        else_branch = fourth () => (float[2] g) { g = Identity (a) }
    >
    y = Concat <axis = 0> (b)
}
"""


@pytest.fixture
def model() -> ir.Model:
    import onnx

    return ir.from_proto(onnx.parser.parse_model(TEXT))


def test_graphs_are_those_that_the_library_finds(model: ir.Model) -> None:
    found = graphs(model)
    assert found[0] is model.graph
    assert {graph.name for graph in found} == {"nested", "first", "second", "third", "fourth"}
    assert set(found) == set(model.graphs()) and len(found) == 5


def test_nodes_come_in_the_library_s_order(model: ir.Model) -> None:
    assert list(all_nodes(model.graph)) == list(model.graph.all_nodes())
    assert [node.op_type for node in all_nodes(model.graph)] == [
        "Relu",
        "If",
        "Neg",
        "If",
        "Exp",
        "Abs",
        "Identity",
        "Concat",
    ]


def test_a_node_with_other_attributes_has_no_bodies(model: ir.Model) -> None:
    concat = next(node for node in model.graph if node.op_type == "Concat")
    assert concat.attributes and not bodies(concat)
