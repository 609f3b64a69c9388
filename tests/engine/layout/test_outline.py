from __future__ import annotations

import onnx_ir as ir
import pytest

from engine.graph.layers import index_layers
from engine.layout.items import Outline
from engine.layout.outline import outline

RESHAPED = """
<ir_version: 8, opset_import: ["" : 17]>
g (float[2,6] x) => (float[a,b] y) <int64[1] one = {-1}> {
  [first] r = Relu(x)
  [shape] s = Shape(r)
  [gather] n = Gather(s, one)
  [both] c = Concat<axis = 0>(n, one)
  [reshape] y = Reshape(r, c)
}
"""
BRANCHES = """
<ir_version: 8, opset_import: ["" : 17]>
g (bool c, float[2] x) => (float[2] y) {
  [pre] r = Relu(x)
  [if] y = If(c) <
    then_branch = t () => (float[2] a) { [neg] a = Neg(r) },
    else_branch = e () => (float[2] b) { [abs] b1 = Abs(r)
                                         [exp] b = Exp(b1) }
  >
}
"""


def outlined(text: str, *, everything: bool = False) -> Outline:
    model = ir.from_onnx_text(text)
    return outline(model, index_layers(model), everything=everything)


def names(found: Outline, kind: str) -> list[str]:
    return [item.name for item in found.items if item.kind == kind]


def test_arithmetic_of_shapes_is_left_out_until_it_is_asked_for() -> None:
    assert names(outlined(RESHAPED), "layer") == ["first", "reshape"]
    assert outlined(RESHAPED).hidden == 3
    everything = outlined(RESHAPED, everything=True)
    assert names(everything, "layer") == ["first", "shape", "gather", "both", "reshape"]
    assert names(everything, "constant") == ["one"]


def test_a_line_leads_from_what_gives_a_value_to_all_that_take_it() -> None:
    found = outlined(RESHAPED, everything=True)
    (line,) = [line for line in found.lines if line.name == "r"]
    assert found.items[line.source].name == "first"
    assert [found.items[t].name for t in line.targets] == ["shape", "reshape"]


def test_bodies_stand_in_their_layer_and_take_values_from_outside() -> None:
    found = outlined(BRANCHES)
    place = {item.name: n for n, item in enumerate(found.items)}
    assert found.items[place["then_branch"]].parent == place["if"]
    body = {
        found.items[n].name: found.items[found.items[n].parent].name
        for n in place.values()
        if found.items[n].parent >= 0
    }
    assert body["if/then_branch/neg"] == "then_branch"
    assert body["if/else_branch/exp"] == "else_branch"
    (line,) = [line for line in found.lines if line.name == "r"]
    assert {found.items[t].name for t in line.targets} == {"if/then_branch/neg", "if/else_branch/abs"}
    inside = [found.items[found.by_layer[n]].name for n in found.layers_in[place["if"]]]
    assert inside == ["if", "if/then_branch/neg", "if/else_branch/abs", "if/else_branch/exp"]


@pytest.mark.parametrize("everything", [False, True])
def test_inputs_and_outputs_are_drawn(everything: bool) -> None:
    found = outlined(RESHAPED, everything=everything)
    assert names(found, "input") == ["x"]
    assert names(found, "output") == ["y"]
