from __future__ import annotations

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.errors import ModelError
from engine.profiling import tagging
from engine.profiling.tagging import every_node, tagged, tags, untagger, value_tag
from tests.engine.profiling.helpers import parsed

BRANCHES = """
<ir_version: 8, opset_import: ["" : 17]>
g (float[2] x, bool c) => (float[2] y) {
    [first] a = Relu(x)
    [choice] y = If <
        then_branch = then () => (float[2] t) { [first] t = Abs(a) },
        else_branch = other () => (float[2] e) { [first] e = Neg(a) }
    > (c)
}
"""


def test_every_node_and_value_gets_a_name_of_its_own() -> None:
    model = parsed(BRANCHES)
    copy = tagged(model)
    nodes = every_node(copy)
    assert [node.op_type for node in nodes] == ["Relu", "If", "Abs", "Neg"]
    assert [node.name for node in nodes] == ["~n0~", "~n1~", "~n2~", "~n3~"]
    assert [node.outputs[0].name for node in nodes] == ["~v0.0~", "~v1.0~", "~v2.0~", "~v3.0~"]
    assert nodes[2].inputs[0] is nodes[0].outputs[0], "the branch reads the renamed value"
    assert copy.graph.outputs[0].name == "~v1.0~"
    assert [value.name for value in copy.graph.inputs] == ["x", "c"]


def test_the_model_itself_keeps_its_names_and_shares_its_tensors() -> None:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[2] x) => (float[2] y) { [add] y = Add(x, w) }'
    model = parsed(text, {"w": np.ones(2, np.float32)})
    copy = tagged(model)
    assert model.graph.node(0).name == "add"
    assert model.graph.outputs[0].name == "y"
    assert copy.graph.initializers["w"].const_value is model.graph.initializers["w"].const_value


def test_outputs_that_are_left_out_stay_so() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]>
    g (float[3,1,2] x) => (float[1,1,2] last) { "", last = RNN <hidden_size = 2> (x, w, r) }"""
    square = np.ones((1, 2, 2), np.float32)
    proto = ir.to_proto(tagged(parsed(text, {"w": square, "r": square})))
    assert list(proto.graph.node[0].output) == ["", "~v0.1~"]


def test_tags_are_found_inside_what_a_runtime_makes_of_them() -> None:
    assert tags("~v12.1~_nchwc").values == ((12, 1),)
    assert tags("~n86~/MatMulAddFusion").nodes == (86,)
    assert tags("reorder_token_3") == tags("")
    assert value_tag("~v12.1~") == (12, 1)
    assert value_tag("ConvBnFusion_BN_B_~v12.1~") is None


def test_messages_get_the_names_of_the_model_back() -> None:
    model = parsed(BRANCHES)
    assert untagger(model)("node ~n1~ reads ~v0.0~_cast") == "node choice reads a_cast"


def test_many_names_cost_one_walk_through_the_model(monkeypatch: pytest.MonkeyPatch) -> None:
    model, walks = parsed(BRANCHES), []
    monkeypatch.setattr(tagging, "every_node", lambda m: walks.append(m) or every_node(m))
    own_names = untagger(model)
    assert [own_names(f"~n{k}~") for k in (0, 1, 3)] == ["first", "choice", "first"]
    assert len(walks) == 1


def test_a_graph_that_uses_what_it_does_not_have_is_refused() -> None:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[2] x) => (float[2] y) { [add] y = Add(x, none) }'
    model = ir.from_proto(onnx.parser.parse_model(text))
    with pytest.raises(ModelError, match="reads 'none'"):
        tagged(model)
