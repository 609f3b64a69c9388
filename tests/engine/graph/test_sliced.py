"""Sizes below zero do not end the process, and everything else is inferred as before."""

from __future__ import annotations

from functools import partial

import onnx
import pytest
from onnx import parser

from engine.graph.sliced import infer_sliced

INFER = partial(onnx.shape_inference.infer_shapes, data_prop=True)
HEAD = '<ir_version: 8, opset_import: ["" : 15, "own": 1]>'
CUT = "int64[1] s = {0}, int64[1] e = {9}, int64[1] a = {2}"


def model(inputs: str, constants: str, nodes: str) -> onnx.ModelProto:
    made: onnx.ModelProto = parser.parse_model(
        f"{HEAD} g (float[{inputs}] x) => (float[p,q,r,t] y) <{CUT}{constants}> {{ {nodes} }}"
    )
    made.graph.output[0].type.tensor_type.ClearField("shape")
    return made


def shapes(made: onnx.ModelProto) -> dict[str, list[int]]:
    infos = (*made.graph.value_info, *made.graph.output)
    return {info.name: [dim.dim_value for dim in info.type.tensor_type.shape.dim] for info in infos}


@pytest.mark.parametrize(
    ("inputs", "constants", "nodes"),
    [
        ("1,3,5,5", "", "z = MaxPool<kernel_shape=[30,3]>(x)  y = Slice(z,s,e,a)"),
        ("1,3,5,5", ", int64[8] b = {0,0,-10,0,0,0,0,0}", "z = Pad(x,b)  y = Slice(z,s,e,a)"),
        ("1,3,5,5", "", "v = Slice(x,s,e,a)  z = AveragePool<kernel_shape=[30,3]>(v)  w = Relu(z)  y = Slice(w,s,e,a)"),
    ],
)  # fmt: skip
def test_what_is_sliced_of_less_than_nothing_has_no_shape(inputs: str, constants: str, nodes: str) -> None:
    found = infer_sliced(model(inputs, constants, nodes), INFER)
    assert any(size < 0 for size in shapes(found)["z"])
    assert shapes(found).get("y", []) == []
    assert [node.op_type for node in found.graph.node][-1] == "Slice"


def test_a_declared_size_below_zero_is_an_unknown_one() -> None:
    made = model("1,3,5,5", "", "y = Slice(x,s,e,a)")
    made.graph.input[0].type.tensor_type.shape.dim[2].dim_value = -1
    assert shapes(infer_sliced(made, INFER))["y"] == [1, 3, 0, 5]


def test_slices_in_a_row_are_inferred_as_by_onnx_alone() -> None:
    nodes = "z = MaxPool<kernel_shape=[3,3]>(x)" + "".join(
        f"  z{n} = Slice(z{'' if n == 0 else n - 1},s,e,a)  w{n} = Relu(z{n})" for n in range(12)
    )
    made = model("1,3,40,40", "", nodes + "  y = Add(w11,z11)")
    before = made.SerializeToString()
    assert infer_sliced(made, INFER) == INFER(made)
    assert made.SerializeToString() == before


def test_slices_in_bodies_and_functions_count() -> None:
    made = parser.parse_model(
        HEAD + "g (float[1,3,5,5] x, bool c) => (float[p,q,r,t] y) {"
        " z = MaxPool<kernel_shape=[30,3]>(x)"
        " v = own.cut(z)"
        " y = If (c) <then_branch = t () => (float[p,q,r,t] m) { m = own.cut(z) },"
        " else_branch = f () => (float[p,q,r,t] n) <int64[1] s = {0}, int64[1] e = {9}, int64[1] a = {2}>"
        " { n = Slice(z,s,e,a) }> }"
        ' <domain: "own", opset_import: ["" : 15]> cut (i) => (o)'
        " { s = Constant<value_ints=[0]>()  e = Constant<value_ints=[9]>()  a = Constant<value_ints=[2]>()"
        "  o = Slice(i,s,e,a) }"
    )
    found = infer_sliced(made, INFER)
    assert any(size < 0 for size in shapes(found)["z"])
    branches = [attribute.g.node[0].op_type for attribute in found.graph.node[2].attribute]
    assert (found.graph.node[1].op_type, branches) == ("cut", ["cut", "Slice"])
