from __future__ import annotations

import onnx_ir as ir
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import ModelError
from engine.graph.naming import name_nodes, places


def ids(model: ir.Model) -> list[str]:
    return [place.id for place in places(model)]


def chain(names: list[str]) -> ir.Model:
    """One Relu after the other, of these names."""
    value = ir.val("x", ir.DataType.FLOAT, [2])
    first, nodes = value, []
    for number, name in enumerate(names):
        node = ir.Node("", "Relu", [value], name=name, num_outputs=1)
        node.outputs[0].name = f"v{number}"
        value = node.outputs[0]
        nodes.append(node)
    return ir.Model(ir.Graph([first], [value], nodes=nodes, opset_imports={"": 13}), ir_version=8)


def test_a_name_that_is_present_and_unique_is_the_id() -> None:
    assert ids(chain(["a", "b", "c"])) == ["a", "b", "c"]


def test_without_a_name_of_its_own_a_layer_is_its_op_and_its_place() -> None:
    assert ids(chain(["a", "", "twice", "twice"])) == ["a", "Relu_1", "Relu_2", "Relu_3"]


def test_a_made_id_does_not_take_a_name_that_comes_later() -> None:
    assert ids(chain(["", "Relu_0"])) == ["Relu_0_2", "Relu_0"]


def test_constant_nodes_are_values_and_do_not_count(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { c = Constant<value = float {2.0}>() y = Mul(x, c) }")
    assert ids(model) == ["Mul_0"]


def test_bodies_are_prefixed_by_their_owner_and_come_right_after_it(parse) -> None:
    model = parse(
        """g (bool c, float[2] x) => (float[2] y) {
            [choice] z = If(c) <then_branch = t () => (float[2] a) { [same] a = Relu(x) },
                                else_branch = e () => (float[2] b) { [same] b1 = Abs(x) b = Neg(b1) }>
            [last] y = Relu(z)
        }"""
    )
    found = places(model)
    assert [place.id for place in found] == [
        "choice",
        "choice/then_branch/same",
        "choice/else_branch/same",
        "choice/else_branch/Neg_1",
        "last",
    ]
    assert [place.owner for place in found] == [None, "choice", "choice", "choice", None]


@given(st.lists(st.sampled_from(["", "a", "b", "Relu_0", "Relu_1", "Relu_1_2"]), min_size=1, max_size=8))
def test_ids_are_unique_and_naming_twice_changes_nothing(names: list[str]) -> None:
    model = chain(names)
    named = name_nodes(model)
    assert len(set(ids(model))) == len(names)
    assert ids(named) == ids(model)
    assert [node.name for node in named.graph] == ids(model)


def test_naming_leaves_the_source_alone() -> None:
    model = chain(["", "x", "x"])
    name_nodes(model)
    assert [node.name for node in model.graph] == ["", "x", "x"]


def test_a_graph_that_uses_what_nothing_produces_is_refused() -> None:
    model = chain(["a"])
    model.graph[0].replace_input_with(0, ir.Value(name="ghost"))
    with pytest.raises(ModelError, match="ghost"):
        name_nodes(model)
