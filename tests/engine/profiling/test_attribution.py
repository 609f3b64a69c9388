from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx.parser
import onnx_ir as ir
import pytest

from engine.backend import ExecutedNode, RunSettings
from engine.data.synthetic import synthetic
from engine.graph.layers import index_layers
from engine.profiling.attribution import attribute
from tests.conftest import FindPath
from tests.engine.profiling.helpers import Profiled, floats, parsed, run_profiled

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'


def test_an_activation_is_fused_into_its_conv_and_the_conv_leads() -> None:
    model = parsed(
        HEAD
        + "g (float[1,16,8,8] x) => (float[1,16,8,8] y) { [conv] a = Conv<pads=[1,1,1,1]>(x, w) [act] y = Relu(a) }",
        {"w": floats(16, 16, 3, 3)},
    )
    found = run_profiled(model, {"x": floats(1, 16, 8, 8)})
    assert found.states == {"conv": ("timed", None), "act": ("fused_into", "conv")}
    (owner,) = found.kernels("Conv")
    assert (owner.layers, owner.lead, owner.inserted) == (("conv", "act"), "conv", False)


def test_a_residual_add_belongs_to_the_conv_that_does_it_not_to_the_next() -> None:
    model = parsed(
        HEAD
        + """g (float[1,16,8,8] x) => (float[1,16,8,8] y) {
            [first] a = Conv<pads=[1,1,1,1]>(x, u) [second] b = Conv<pads=[1,1,1,1]>(a, v)
            [sum] c = Add(b, a) [act] d = Relu(c) [third] y = Conv<pads=[1,1,1,1]>(d, w) }""",
        {"u": floats(16, 16, 3, 3), "v": floats(16, 16, 3, 3, seed=1), "w": floats(16, 16, 3, 3, seed=2)},
    )
    found = run_profiled(model, {"x": floats(1, 16, 8, 8)})
    assert found.states["sum"] == ("fused_into", "second")
    assert found.states["act"] == ("fused_into", "second")
    assert found.states["third"] == ("timed", None)


def test_what_the_runtime_inserts_belongs_to_the_consumer() -> None:
    model = parsed(
        HEAD
        + """g (float[1,16,8,8] x) => (float[1,16,8,8] y) {
            [before] a = Sin(x) [conv] b = Conv<pads=[1,1,1,1]>(a, w) [after] y = Sin(b) }""",
        {"w": floats(16, 16, 3, 3)},
    )
    found = run_profiled(model, {"x": floats(1, 16, 8, 8)})
    if not found.kernels("ReorderInput"):
        pytest.skip("this processor has no blocked convolution")
    (reorder,) = found.kernels("ReorderInput")
    assert (reorder.lead, reorder.inserted) == ("conv", True)
    (reorder,) = found.kernels("ReorderOutput")
    assert (reorder.lead, reorder.inserted) == ("after", True)
    assert {state for state, _ in found.states.values()} == {"timed"}


def test_what_is_constant_is_folded_and_what_does_nothing_eliminated() -> None:
    model = parsed(
        HEAD
        + """g (float[4] x) => (float[4] y) {
            [negate] n = Neg(w) [same] s = Identity(x)
            [add] a = Add(s, n) [again] b = Add(s, n) [mul] y = Mul(a, b) }""",
        {"w": floats(4)},
    )
    states = run_profiled(model, {"x": floats(4)}).states
    assert states["negate"] == ("folded", None)
    assert states["same"] == ("eliminated", None)
    assert {states["add"], states["again"]} == {("timed", None), ("eliminated", None)}, "computed once"
    assert states["mul"] == ("timed", None)


def test_shapes_that_are_known_beforehand_are_folded() -> None:
    model = parsed(
        HEAD
        + """g (float[2,8] x) => (float[16] y) {
            [shape] s = Shape(x) [size] p = ReduceProd<keepdims=1>(s) [sin] a = Sin(x) [flat] y = Reshape(a, p) }"""
    )
    states = run_profiled(model, {"x": floats(2, 8)}).states
    assert states["shape"] == states["size"] == ("folded", None)
    assert states["flat"] == ("timed", None)


def test_the_branch_that_is_not_taken_is_not_run() -> None:
    model = parsed(
        HEAD
        + """g (float[4] x, bool c) => (float[4] y) {
            [choice] y = If <then_branch = t () => (float[4] p) { [yes] p = Sin(x) },
                             else_branch = e () => (float[4] q) { [no] q = Cos(x) }> (c) }"""
    )
    states = run_profiled(model, {"x": floats(4), "c": np.array(True)}).states
    assert states["choice"] == states["choice/then_branch/yes"] == ("timed", None)
    assert states["choice/else_branch/no"] == ("not_run", None)


def test_a_branch_that_is_known_beforehand_is_run_without_its_if() -> None:
    model = parsed(
        HEAD
        + """g (float[4] x) => (float[4] y) {
            [choice] a = If <then_branch = t () => (float[4] p) { [yes] r = Sin(x) [twice] p = Sin(r) },
                             else_branch = e () => (float[4] q) { [no] q = Cos(x) }> (c)
            [last] y = Tanh(a) }""",
        {"c": np.array(True)},
    )
    states = run_profiled(model, {"x": floats(4)}).states
    assert states["choice"][0] == "eliminated"
    assert states["choice/else_branch/no"][0] == "eliminated"
    assert states["choice/then_branch/yes"] == states["choice/then_branch/twice"] == ("timed", None)
    assert states["last"] == ("timed", None)


def test_loop_bodies_are_timed_beside_their_loop() -> None:
    model = parsed(
        HEAD
        + """g (float[4] x) => (float[4] y) {
            [loop] y = Loop <body = b (int64 i, bool go, float[4] s) => (bool on, float[4] t)
                { [keep] on = Identity(go) [grow] t = Sin(s) }> (n, c, x) }""",
        {"n": np.array(5, np.int64), "c": np.array(True)},
    )
    found = run_profiled(model, {"x": floats(4)})
    assert found.states["loop"] == found.states["loop/body/grow"] == ("timed", None)
    assert [o.lead for o, n in zip(found.attribution.owners, found.trace.executed, strict=True) if n.op == "Sin"] == [
        "loop/body/grow"
    ]


QDQ = """
g (float[1,16,8,8] x) => (float[1,16,8,8] y) {
    [qx] x8 = QuantizeLinear(x, s, z) [dx] xf = DequantizeLinear(x8, s, z)
    [dw] wf = DequantizeLinear<axis=0>(w, sw, zw)
    [conv] a = Conv<pads=[1,1,1,1]>(xf, wf) [act] r = Relu(a)
    [qr] r8 = QuantizeLinear(r, s, z) [dr] rf = DequantizeLinear(r8, s, z)
    [add] t = Add(rf, xf) [qt] t8 = QuantizeLinear(t, s, z) [dt] y = DequantizeLinear(t8, s, z)
}"""


def test_quantize_and_dequantize_belong_to_the_integer_kernel_and_the_conv_leads() -> None:
    model = parsed(
        HEAD + QDQ,
        {
            "s": np.array(0.05, np.float32),
            "z": np.array(0, np.uint8),
            "w": np.random.default_rng(0).integers(-127, 128, (16, 16, 3, 3)).astype(np.int8),
            "sw": np.full(16, 0.01, np.float32),
            "zw": np.zeros(16, np.int8),
        },
    )
    found = run_profiled(model, {"x": np.abs(floats(1, 16, 8, 8))})
    (conv,) = found.kernels("QLinearConv")
    assert (conv.lead, set(conv.layers)) == ("conv", {"dx", "dw", "conv", "act", "qr"})
    (add,) = found.kernels("QLinearAdd")
    assert (add.lead, set(add.layers)) == ("add", {"dr", "add", "qt"})
    assert found.states["qx"] == found.states["dt"] == ("timed", None)
    assert found.states["qr"] == ("fused_into", "conv")


def test_a_kernel_without_any_tag_goes_to_its_consumer_and_nothing_is_invented() -> None:
    model = parsed(HEAD + "g (float[4] x) => (float[4] y) { [sin] a = Sin(x) [cos] y = Cos(a) }")
    index = index_layers(model)
    executed = [
        ExecutedNode("mystery", "Fused", ("x",), ("token",)),
        ExecutedNode("~n1~", "Cos", ("token",), ("~v1.0~",)),
        ExecutedNode("stray", "Other", ("elsewhere",), ("nowhere",)),
    ]
    found = attribute(model, index, executed, frozenset())
    assert (found.owners[0].lead, found.owners[1].lead) == ("cos", "cos")
    assert (found.owners[2].layers, found.owners[2].lead) == ((), None)
    assert found.states([True, True, True])["sin"] == ("fused_into", "cos")


def test_what_a_function_does_belongs_to_its_call() -> None:
    model = ir.from_proto(
        onnx.parser.parse_model(
            """<ir_version: 9, opset_import: ["" : 17, "local" : 1]>
            g (float[4] x) => (float[4] y) { [one] a = local.twice(x) [two] b = local.twice(a) [end] y = Tanh(b) }
            <domain: "local", opset_import: ["" : 17]> twice (p) => (q) { r = Cos(p) s = Exp(r) q = Neg(s) }"""
        )
    )
    found = run_profiled(model, {"x": floats(4)})
    assert [owner.lead for owner in found.attribution.owners] == ["one"] * 3 + ["two"] * 3 + ["end"]
    assert {state for state, _ in found.states.values()} == {"timed"}


TRANSFORMER = """g (float[2,16,64] x) => (float[2,16,64] y) {
    [mean] m = ReduceMean<axes=[-1]>(x) [sub] d = Sub(x, m) [pow] p = Pow(d, two) [var] v = ReduceMean<axes=[-1]>(p)
    [eps] e = Add(v, epsilon) [sqrt] s = Sqrt(e) [div] n = Div(d, s) [scale] ns = Mul(n, gamma)
    [shift] ln = Add(ns, beta)
    [fc] h = MatMul(ln, w) [bias] hb = Add(h, b)
    [gelu_div] g1 = Div(hb, root) [erf] g2 = Erf(g1) [gelu_add] g3 = Add(g2, one) [gelu_mul] g4 = Mul(hb, g3)
    [gelu] g5 = Mul(g4, half) [residual] r = Add(x, g5)
    [turn] t = Transpose<perm=[0,2,1]>(r) [scores] a = MatMul(r, t) [temper] at = Mul(a, half)
    [softmax] sm = Softmax<axis=-1>(at) [mix] y = MatMul(sm, r)
}"""


def test_fusions_of_a_transformer() -> None:
    scalars = {"two": 2.0, "epsilon": 1e-5, "root": 2**0.5, "one": 1.0, "half": 0.5}
    weights = {"gamma": floats(64), "beta": floats(64), "w": floats(64, 64), "b": floats(64)}
    arrays = {name: np.array(value, np.float32) for name, value in scalars.items()} | weights
    found = run_profiled(parsed(HEAD + TRANSFORMER, arrays), {"x": floats(2, 16, 64)})
    (norm,) = found.kernels("LayerNormalization")
    assert set(norm.layers) == {"mean", "sub", "pow", "var", "eps", "sqrt", "div", "scale", "shift"}
    (gelu,) = found.kernels("Gelu")
    assert set(gelu.layers) == {"gelu_div", "erf", "gelu_add", "gelu_mul", "gelu"}
    (scores,) = found.kernels("FusedMatMul")
    assert (set(scores.layers), scores.lead) == ({"turn", "scores", "temper"}, "scores")
    (product,) = found.kernels("Gemm")
    assert (product.layers, product.lead) == (("fc", "bias"), "fc")


def of(path: Path, **shapes: tuple[int, ...]) -> Profiled:
    model = ir.load(path)
    feeds = next(synthetic(model, RunSettings(shapes=shapes), 1).batches(1))
    return run_profiled(model, feeds, shapes)


@pytest.mark.real_models
def test_ten_fused_kernels_of_mobilenet_by_hand(real_model: FindPath) -> None:
    found = of(real_model("mobilenet_v2_1.0_224_fp32"))
    if found.kernels("Conv")[0].layers == ("conv0",):
        pytest.skip("this processor fuses other things")
    by_lead = {owner.lead: owner.layers for owner in found.kernels("Conv")}
    for conv in (0, 1, 3, 4, 6, 7, 10):
        assert by_lead[f"conv{conv}"] == (f"conv{conv}", f"conv{conv}_act")
    assert by_lead["conv8"] == ("conv8", "add9")
    assert by_lead["conv15"] == ("conv15", "add16")
    assert by_lead["conv2"] == ("conv2",)
    assert len(by_lead) == 53
    for layer in found.index.layers:
        state, lead = found.states[layer.id]
        assert state == ("fused_into" if layer.op in ("Clip", "Add") else "timed"), layer.id
        assert (lead is None) == (state == "timed")


@pytest.mark.real_models
def test_ten_fused_kernels_of_fastestdet_by_hand(real_model: FindPath) -> None:
    found = of(real_model("fastestdet"))
    by_lead = {owner.lead: owner.layers for owner in found.kernels("Conv")}
    if by_lead["Conv_0"] == ("Conv_0",):
        pytest.skip("this processor fuses other things")
    expected = {
        "Conv_0": ("Conv_0", "Relu_1"),
        "Conv_3": ("Conv_3",),
        "Conv_4": ("Conv_4", "Relu_5"),
        "Conv_6": ("Conv_6", "Relu_7"),
        "Conv_8": ("Conv_8",),
        "Conv_9": ("Conv_9", "Relu_10"),
        "Conv_21": ("Conv_21", "Relu_22"),
        "Conv_23": ("Conv_23",),
        "Conv_24": ("Conv_24", "Relu_25"),
        "Conv_36": ("Conv_36", "Relu_37"),
    }
    assert {lead: by_lead[lead] for lead in expected} == expected
    reshape = next(owner for owner in found.kernels("Reshape") if "Transpose_14" in owner.layers)
    assert reshape.layers == ("Reshape_13", "Transpose_14", "Reshape_16")


@pytest.mark.real_models
@pytest.mark.parametrize(
    "name", ["cifar_resnet20/cifar_resnet20_ts_op13.onnx", "ultraface_rfb_320", "gtcrn_simple", "dtln_2", "mnist_cntk"]
)
def test_every_layer_has_a_state_and_all_time_an_owner(real_model: FindPath, name: str) -> None:
    found = of(real_model(name))
    assert set(found.states) == {layer.id for layer in found.index.layers}
    assert all(owner.layers and owner.lead in owner.layers for owner in found.attribution.owners)
