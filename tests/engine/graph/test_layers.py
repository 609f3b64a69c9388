from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest

from engine.formats import open_source
from engine.graph.layers import index_layers, origins, scope_of, set_origins
from engine.graph.shapes import bind
from engine.progress import Progress


def node(name: str = "", **metadata: str) -> ir.Node:
    made = ir.Node("", "Relu", [], name=name)
    made.metadata_props.update({key.replace("__", "."): value for key, value in metadata.items()})
    return made


def scopes(text: str) -> ir.Node:
    return node(pkg__torch__onnx__name_scopes=text)


def test_scope_comes_from_the_exporters_name_scopes() -> None:
    assert scope_of(scopes("['', 'layer1', 'layer1.0', 'layer1.0.conv1', 'conv2d_1']")) == ("layer1", "0", "conv1")
    assert scope_of(scopes("['', 'relu']")) == ()


def test_scope_falls_back_to_the_slashes_of_the_name() -> None:
    assert scope_of(node("/layer1/layer1.0/conv1/Conv")) == ("layer1", "0", "conv1")
    assert scope_of(node("model/dense/MatMul")) == ("model", "dense")
    assert scope_of(node("conv0")) == ()


@pytest.mark.parametrize("text", ["not a list", "[", "{}", "42", "['a'"])
def test_name_scopes_that_are_no_list_are_ignored(text: str) -> None:
    broken = scopes(text)
    broken.name = "a/b"
    assert scope_of(broken) == ("a",)


def test_origins_are_kept_in_order_and_once() -> None:
    merged = node("conv")
    assert origins(merged) == ()
    set_origins(merged, ["conv", "bn", "conv"])
    assert origins(merged) == ("conv", "bn")


@pytest.mark.parametrize("text", ["[", "[]", "3", "null", "{}", "[1, null]"])
def test_origins_that_a_file_says_wrongly_are_none(text: str) -> None:
    assert origins(node(lathe__origins=text)) == ()


def test_a_shared_weight_counts_at_its_first_user(parse) -> None:
    model = parse(
        "g (float[1,4] x) => (float[1,4] y) { [a] z = MatMul(x, w) [b] y = MatMul(z, w) }",
        w=np.ones((4, 4), np.float32),
    )
    index = index_layers(model)
    assert [layer.parameters for layer in index.layers] == [16, 0]
    assert (index.parameters, index.parameter_bytes) == (16, 64)


def test_a_quantized_weight_counts_at_its_layer_with_its_own_bytes(parse) -> None:
    model = parse(
        """g (float[1,4] x) => (float[1,3] y) {
            [dq] wf = DequantizeLinear(w, s, z)
            [mm] y = MatMul(x, wf)
        }""",
        w=np.ones((4, 3), np.int8),
        s=np.asarray(0.1, np.float32),
        z=np.asarray(0, np.int8),
    )
    by_id = index_layers(model).by_id
    assert (by_id["mm"].parameters, by_id["mm"].parameter_bytes) == (12, 12)
    assert by_id["dq"].parameters == 0


SCAN = """g (float[2,3] s, float[5,2,3] xs) => (float[2,4] last, float[5,2,4] all) {
    [scan] last, all = Scan(s0, xs) <num_scan_inputs = 1,
            body = b (float[2,4] h, float[2,3] x) => (float[2,4] h2, float[2,4] o) {
        [mm] m = MatMul(x, w)
        [add] h2 = Add(h, m)
        [same] o = Identity(h2)
    }>
}"""


def test_a_scan_body_counts_once_per_iteration(parse) -> None:
    model = parse(SCAN.replace("float[2,3] s", "float[2,4] s0"), w=np.ones((3, 4), np.float32))
    index = index_layers(bind(model, {}, strict=True))
    assert index.by_id["scan/body/mm"].macs == 5 * 2 * 3 * 4
    assert index.macs == 5 * 2 * 3 * 4
    assert index.by_id["scan/body/mm"].owner == "scan"


LOOP = """g (float[2,4] x, bool c0 {extra}) => (float[2,4] y) {{
    {trip}
    [loop] y = Loop(n, {cond}, x) <body = b (int64 i, bool c, float[2,4] h) => (bool c2, float[2,4] h2) {{
        [keep] c2 = Identity(c)
        [mm] h2 = MatMul(h, w)
    }}>
}}"""


def test_a_loop_with_a_constant_count_is_counted_and_one_with_a_computed_count_is_unknown(parse) -> None:
    weight = np.ones((4, 4), np.float32)
    fixed = parse(LOOP.format(extra="", trip="n = Constant<value = int64 {7}>()", cond=""), w=weight)
    computed = parse(LOOP.format(extra=", int64 n", trip="", cond=""), w=weight)
    assert index_layers(bind(fixed, {}, strict=True)).macs == 7 * 2 * 4 * 4
    assert index_layers(bind(computed, {}, strict=True)).macs is None


def test_of_an_if_one_branch_counts_where_both_cost_the_same_and_none_is_guessed(parse) -> None:
    text = """g (bool c, float[1,4] x) => (float[1,4] y) {{
        [if] y = If(c) <then_branch = t () => (float[1,4] a) {{ a = MatMul(x, w) }},
                        else_branch = e () => (float[1,4] b) {{ {other} }}>
    }}"""
    weight = np.ones((4, 4), np.float32)
    same = parse(text.format(other="b = MatMul(x, w)"), w=weight)
    different = parse(text.format(other="b = Relu(x)"), w=weight)
    assert index_layers(bind(same, {}, strict=True)).macs == 16
    assert index_layers(bind(different, {}, strict=True)).macs is None


def test_works_without_inferred_shapes(parse) -> None:
    model = parse(
        "g (float[N,4] x) => (float[N,4] y) { [mm] z = MatMul(x, w) [r] y = Relu(z) }", w=np.ones((4, 4), "f4")
    )
    layer = index_layers(model).by_id["mm"]
    assert (layer.parameters, layer.macs, layer.output_shape, layer.input_shapes) == (
        16,
        None,
        None,
        (("N", 4), (4, 4)),
    )


def test_index_finds_the_way_back_to_the_nodes(parse) -> None:
    index = index_layers(parse("g (float[2] x) => (float[2] y) { z = Relu(x) [n] y = Neg(z) }"))
    for layer in index.layers:
        assert index.id_of(index.node(layer.id)) == layer.id


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("name", "parameters", "macs"),
    [
        ("mobilenet_v2_1.0_224_fp32", 3_489_097, 300_775_552),
        ("cifar_resnet20/cifar_resnet20_dynamo_op18.onnx", 269_034, 40_551_040),
        ("cifar_resnet20/cifar_resnet20_ts_op13.onnx", 269_034, 40_551_040),
        ("cifar_resnet20_qdq_int8", 269_034, 40_551_040),
    ],
)
def test_real_models_have_their_known_parameters_and_macs(real_model, name: str, parameters: int, macs: int) -> None:
    model = open_source(real_model(name), Progress()).model
    index = index_layers(bind(model, {}, strict=True))
    assert (index.parameters, index.macs) == (parameters, macs)


@pytest.mark.real_models
def test_both_torch_exporters_give_the_same_scopes(real_model) -> None:
    def conv_scopes(name: str) -> list[tuple[str, ...]]:
        model = open_source(real_model(f"cifar_resnet20/{name}"), Progress()).model
        return [layer.scope for layer in index_layers(model).layers if layer.op == "Conv"]

    ours = conv_scopes("cifar_resnet20_ts_op13.onnx")
    assert ("layer2", "0", "conv1") in ours
    # the innermost part differs: the other exporter names a Conv after the batch norm that it folded into it
    assert [scope[:2] for scope in conv_scopes("cifar_resnet20_dynamo_op18.onnx")[1:]] == [s[:2] for s in ours[1:]]
