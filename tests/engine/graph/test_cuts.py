from __future__ import annotations

from collections.abc import Mapping

import onnx
import onnx_ir as ir

from engine.graph.cuts import Cut, cuts, dequantizer, frontiers, reads

CONSTANTS = "<float scale = {0.1}, uint8 zero = {128}, float[4,4,1,1] w = {WEIGHTS}>".replace(
    "WEIGHTS", ", ".join(["0.5"] * 16)
)


def model(body: str, output: str = "float[n,4,2,2] y") -> ir.Model:
    text = f'<ir_version: 8, opset_import: ["" : 17]> g (float[n,4,2,2] x) => ({output}) {CONSTANTS} {{ {body} }}'
    found = ir.from_proto(onnx.shape_inference.infer_shapes(onnx.parser.parse_model(text)))
    assert not onnx.checker.check_model(ir.to_proto(found))
    return found


def at(found: list[Cut]) -> Mapping[int, tuple[str, ...]]:
    return {cut.position: cut.frontier for cut in found}


def test_a_chain_can_be_cut_everywhere_and_a_branch_takes_two_values() -> None:
    branch = model("a = Relu(x) b = Neg(a) c = Abs(b) y = Add(c, a)")
    assert at(frontiers(branch, {})) == {0: ("x",), 1: ("a",), 2: ("a", "b"), 3: ("a", "c")}


def test_an_output_that_is_there_stays_in_the_frontier() -> None:
    two = model("y = Relu(x) z = Neg(y)", "float[n,4,2,2] y, float[n,4,2,2] z")
    assert at(frontiers(two, {}))[1] == ("y",)
    early = model("y = Relu(x) b = Neg(x) z = Abs(b)", "float[n,4,2,2] y, float[n,4,2,2] z")
    assert at(frontiers(early, {}))[2] == ("y", "b")


def test_no_cut_goes_through_what_a_runtime_fuses() -> None:
    """Between Conv and its rounding, with or without the Relu that the rounding takes over."""
    fused = model(
        "q = QuantizeLinear(x, scale, zero) d = DequantizeLinear(q, scale, zero) c = Conv(d, w) r = Relu(c)"
        " p = QuantizeLinear(r, scale, zero) e = DequantizeLinear(p, scale, zero) y = Neg(e)"
    )
    assert at(frontiers(fused, {})) == {0: ("x",), 1: ("q",), 2: ("q",), 5: ("p",), 6: ("p",)}


def test_a_float_value_before_a_rounding_may_be_handed_over() -> None:
    loose = model("a = Neg(x) q = QuantizeLinear(a, scale, zero) d = DequantizeLinear(q, scale, zero) y = Conv(d, w)")
    assert at(frontiers(loose, {}))[1] == ("a",)


def test_a_dequantized_value_is_handed_over_as_its_integers() -> None:
    skip = model(
        "q = QuantizeLinear(x, scale, zero) d = DequantizeLinear(q, scale, zero)"
        " b = Conv(d, w) c = Neg(b) y = Add(c, d)"
    )
    assert at(frontiers(skip, {}))[4] == ("q", "c")
    value = next(node for node in skip.graph if node.op_type == "DequantizeLinear").outputs[0]
    assert dequantizer(value) is value.producer()


def test_bodies_read_what_they_capture() -> None:
    text = """<ir_version: 8, opset_import: ["" : 17]> g (float[2] x, bool go) => (float[2] y) {
        a = Neg(x)
        y = If (go) <then_branch = t () => (float[2] u) { u = Abs(a) },
                     else_branch = e () => (float[2] v) { v = Neg(x) }>
    }"""
    branching = ir.from_proto(onnx.shape_inference.infer_shapes(onnx.parser.parse_model(text)))
    node = list(branching.graph)[1]
    assert {value.name for value in reads(node)} == {"go", "a", "x"}
    assert set(at(frontiers(branching, {}))[1]) == {"x", "go", "a"}


def test_the_smallest_of_each_part_is_taken_and_the_largest_left_out_where_memory_ends() -> None:
    chain = model("a = Neg(x) b = Relu(a) c = Neg(b) y = Abs(c)")
    work = {node: 10 for node in chain.graph if node.op_type == "Neg"}
    sizes = {"x": 1, "a": 8, "b": 8, "c": 2}
    found = cuts(chain, work, sizes, most_bytes=100)
    assert [cut.frontier for cut in found] == [("x",), ("b",), ("c",)]  # of a and b the one behind the activation
    assert [cut.frontier for cut in cuts(chain, work, sizes, most_bytes=5)] == [("x",), ("c",)]
    assert [cut.frontier for cut in cuts(chain, work, sizes, most_bytes=0)] == [("x",)]
