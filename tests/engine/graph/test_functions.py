from __future__ import annotations

from pathlib import Path

import onnx
import onnx.parser
import pytest

from engine.errors import ModelError
from engine.formats import open_source
from engine.graph.functions import MOST_NODES, calls_of
from engine.graph.layers import index_layers
from engine.progress import Progress

HEAD = '<ir_version: 8, opset_import: ["" : 13, "local" : 1]>'


def opened(folder: Path, text: str):
    path = folder / "m.onnx"
    path.write_bytes(onnx.parser.parse_model(f"{HEAD} {text}").SerializeToString())
    return open_source(path, Progress())


NESTED = """g (float[2] x) => (float[2] y) { [first] a = local.outer(x) b = local.outer(a) y = local.twice(b) }
<domain: "local", opset_import: ["" : 13, "local" : 1]>
outer (a) => (c) { [inner] b = local.twice(a) [act] c = Relu(b) }
<domain: "local", opset_import: ["" : 13]> twice (a) => (b) { b = Add(a, a) }"""


def test_each_call_is_a_scope(tmp_path: Path) -> None:
    source = opened(tmp_path, NESTED)
    layers = index_layers(source.model).layers
    assert [layer.id for layer in layers] == [
        "first/inner/Add_0", "first/act", "outer/inner/Add_0", "outer/act", "twice/Add_0",
    ]  # fmt: skip
    assert layers[0].scope == ("first", "inner")
    assert calls_of(source.model.graph[0]) == (("first", "outer"), ("inner", "twice"))


def test_calls_and_nodes_are_counted(tmp_path: Path) -> None:
    source = opened(tmp_path, NESTED)
    assert [(f.name, f.calls, f.nodes) for f in source.functions] == [("outer", 2, 2), ("twice", 3, 1)]
    assert "outer (2x)" in source.remarks[0]


def test_functions_that_stand_for_too_many_nodes_are_refused(tmp_path: Path) -> None:
    levels = MOST_NODES.bit_length() + 1
    functions = [
        f'<domain: "local", opset_import: ["" : 13, "local" : 1]> f{k} (a) => (c) '
        + ("{ c = Relu(a) }" if k == 0 else f"{{ b = local.f{k - 1}(a) c = local.f{k - 1}(b) }}")
        for k in range(levels)
    ]
    text = f"g (float[2] x) => (float[2] y) {{ y = local.f{levels - 1}(x) }} " + " ".join(functions)
    with pytest.raises(ModelError, match="stand for"):
        opened(tmp_path, text)


def test_functions_that_call_each_other_in_a_circle_are_refused(tmp_path: Path) -> None:
    text = """g (float[2] x) => (float[2] y) { y = local.a(x) }
    <domain: "local", opset_import: ["" : 13, "local" : 1]> a (p) => (q) { q = local.b(p) }
    <domain: "local", opset_import: ["" : 13, "local" : 1]> b (p) => (q) { q = local.a(p) }"""
    with pytest.raises(ModelError, match="circle"):
        opened(tmp_path, text)


def test_functions_take_graphs(tmp_path: Path) -> None:
    """An If in a function whose branches the caller gives; a branch reads a value of the caller."""
    helper = onnx.helper
    scalar = [helper.make_tensor_value_info("o", onnx.TensorProto.FLOAT, [2])]
    branches = {op: helper.make_graph([helper.make_node(op, ["x"], ["o"])], op, [], scalar) for op in ("Relu", "Neg")}
    choice = helper.make_node("If", ["c"], ["y"])
    for name, given in (("then_branch", "a"), ("else_branch", "b")):
        choice.attribute.add(name=name, ref_attr_name=given, type=onnx.AttributeProto.GRAPH)
    opset = helper.make_opsetid("", 17)
    function = helper.make_function("my", "Choose", ["c"], ["y"], [choice], [opset], attributes=["a", "b"])
    call = helper.make_node("Choose", ["c"], ["z"], domain="my", a=branches["Relu"], b=branches["Neg"])
    fed = [("x", onnx.TensorProto.FLOAT, [2]), ("c", onnx.TensorProto.BOOL, []), ("z", onnx.TensorProto.FLOAT, [2])]
    x, c, z = (helper.make_tensor_value_info(*one) for one in fed)
    graph = helper.make_graph([call], "g", [x, c], [z])
    imports = [opset, helper.make_opsetid("my", 1)]
    path = tmp_path / "m.onnx"
    onnx.save(helper.make_model(graph, functions=[function], opset_imports=imports, ir_version=9), path)
    source = open_source(path, Progress())
    assert [layer.op for layer in index_layers(source.model).layers] == ["If", "Relu", "Neg"]
    assert [found.name for found in source.functions] == ["Choose"]
