"""Placement, judged by what ONNX Runtime makes of it: every quantized layer must become an integer kernel."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.layers import origins
from engine.quantization import params
from engine.schemes.int8_static import Options

from .conftest import Quantize, Quantized, run

IMAGE = "float[1,16,8,8]"
LAYOUT = {"Transpose", "ReorderInput", "ReorderOutput"}


def shape(*sizes: int) -> np.ndarray:
    return np.array(sizes, np.int64)


SINGLE = {
    "Conv": (
        f"({IMAGE} x) => (float[1,32,8,8] y) {{ y = Conv<pads=[1,1,1,1]>(x, w, b) }}",
        {"w": (32, 16, 3, 3), "b": (32,)},
        "QLinearConv",
    ),
    "Conv without bias": (
        f"({IMAGE} x) => (float[1,32,6,6] y) {{ y = Conv(x, w) }}",
        {"w": (32, 16, 3, 3)},
        "QLinearConv",
    ),
    "depthwise Conv": (
        f"({IMAGE} x) => (float[1,16,6,6] y) {{ y = Conv<group=16>(x, w, b) }}",
        {"w": (16, 1, 3, 3), "b": (16,)},
        "QLinearConv",
    ),
    "grouped Conv": (
        f"({IMAGE} x) => (float[1,32,6,6] y) {{ y = Conv<group=4>(x, w, b) }}",
        {"w": (32, 4, 3, 3), "b": (32,)},
        "QLinearConv",
    ),
    "Conv 1D": (
        "(float[1,16,32] x) => (float[1,32,30] y) { y = Conv(x, w, b) }",
        {"w": (32, 16, 3), "b": (32,)},
        "QLinearConv",
    ),
    "Conv 3D": (
        "(float[1,4,6,6,6] x) => (float[1,8,4,4,4] y) { y = Conv(x, w) }",
        {"w": (8, 4, 3, 3, 3)},
        "QLinearConv",
    ),
    "Gemm": ("(float[4,16] x) => (float[4,8] y) { y = Gemm(x, w, b) }", {"w": (16, 8), "b": (8,)}, "QGemm"),
    "Gemm transB": (
        "(float[4,16] x) => (float[4,8] y) { y = Gemm<transB=1>(x, w, b) }",
        {"w": (8, 16), "b": (8,)},
        "QGemm",
    ),
    "Gemm transA": (
        "(float[16,4] x) => (float[4,8] y) { y = Gemm<transA=1>(x, w, b) }",
        {"w": (16, 8), "b": (8,)},
        "QGemm",
    ),
    "Gemm with factors": (
        "(float[4,16] x) => (float[4,8] y) { y = Gemm<alpha=-0.5,beta=2.0>(x, w, b) }",
        {"w": (16, 8), "b": (8,)},
        "QGemm",
    ),
    "Gemm with a row as bias": (
        "(float[4,16] x) => (float[4,8] y) { y = Gemm(x, w, b) }",
        {"w": (16, 8), "b": (1, 8)},
        "QGemm",
    ),
    "Gemm with one bias": (
        "(float[4,16] x) => (float[4,8] y) { y = Gemm(x, w, b) }",
        {"w": (16, 8), "b": (1,)},
        "QGemm",
    ),
    "MatMul": ("(float[2,4,16] x) => (float[2,4,8] y) { y = MatMul(x, w) }", {"w": (16, 8)}, "MatMulIntegerToFloat"),
    "MatMul of stacks": (
        "(float[2,4,16] x) => (float[2,4,8] y) { y = MatMul(x, w) }",
        {"w": (2, 16, 8)},
        "MatMulIntegerToFloat",
    ),
    "MatMul of two activations": (
        "(float[2,4,16] x, float[2,16,8] z) => (float[2,4,8] y) { y = MatMul(x, z) }",
        {},
        "MatMulIntegerToFloat",
    ),
    "Add": (f"({IMAGE} x, {IMAGE} z) => ({IMAGE} y) {{ y = Add(x, z) }}", {}, "QLinearAdd"),
    "Add of a constant": (f"({IMAGE} x) => ({IMAGE} y) {{ y = Add(x, z) }}", {"z": (1, 16, 1, 1)}, "QLinearAdd"),
    "Add of a value to itself": (f"({IMAGE} x) => ({IMAGE} y) {{ y = Add(x, x) }}", {}, "QLinearAdd"),
    "Mul": (f"({IMAGE} x, float[1,16,1,1] z) => ({IMAGE} y) {{ y = Mul(x, z) }}", {}, "QLinearMul"),
    "Mul by a scalar": (
        f"({IMAGE} x) => ({IMAGE} y) {{ y = Mul(x, z) }}",
        {"z": np.array(0.3, np.float32)},
        "QLinearMul",
    ),
    "Concat": (f"({IMAGE} x, {IMAGE} z) => (float[1,32,8,8] y) {{ y = Concat<axis=1>(x, z) }}", {}, "QLinearConcat"),
    "AveragePool": (
        f"({IMAGE} x) => (float[1,16,4,4] y) {{ y = AveragePool<kernel_shape=[2,2],strides=[2,2]>(x) }}",
        {},
        "QLinearAveragePool",
    ),
    "GlobalAveragePool": (
        f"({IMAGE} x) => (float[1,16,1,1] y) {{ y = GlobalAveragePool(x) }}",
        {},
        "QLinearGlobalAveragePool",
    ),
    "LeakyRelu": (f"({IMAGE} x) => ({IMAGE} y) {{ y = LeakyRelu<alpha=0.1>(x) }}", {}, "QLinearLeakyRelu"),
    "Sigmoid": (f"({IMAGE} x) => ({IMAGE} y) {{ y = Sigmoid(x) }}", {}, "QLinearSigmoid"),
    "Softmax": (f"({IMAGE} x) => ({IMAGE} y) {{ y = Softmax(x) }}", {}, "QLinearSoftmax"),
    "Where": (
        f"({IMAGE} x, {IMAGE} z) => ({IMAGE} y) {{ y = Where(c, x, z) }}",
        {"c": np.arange(16 * 64).reshape(1, 16, 8, 8) % 3 == 0},
        "QLinearWhere",
    ),
    "ReduceMax": (f"({IMAGE} x) => (float[1,16,1,1] y) {{ y = ReduceMax<axes=[2,3]>(x) }}", {}, "ReduceMax"),
    "ReduceMin": (f"({IMAGE} x) => (float[1,16,1,1] y) {{ y = ReduceMin<axes=[2,3]>(x) }}", {}, "ReduceMin"),
    "DepthToSpace": (
        f"({IMAGE} x) => (float[1,4,16,16] y) {{ y = DepthToSpace<blocksize=2>(x) }}",
        {},
        "DepthToSpace",
    ),
    "MaxPool": (f"({IMAGE} x) => (float[1,16,7,7] y) {{ y = MaxPool<kernel_shape=[2,2]>(x) }}", {}, "MaxPool"),
    "Resize": (
        f'({IMAGE} x) => (float[1,16,16,16] y) {{ y = Resize<mode="nearest">(x, , s) }}',
        {"s": np.array([1, 1, 2, 2], np.float32)},
        "Resize",
    ),
    "Reshape": (f"({IMAGE} x) => (float[16,64] y) {{ y = Reshape(x, s) }}", {"s": shape(16, 64)}, "Reshape"),
    "Transpose": (f"({IMAGE} x) => (float[1,8,8,16] y) {{ y = Transpose<perm=[0,2,3,1]>(x) }}", {}, "Transpose"),
    "Flatten": (f"({IMAGE} x) => (float[1,1024] y) {{ y = Flatten(x) }}", {}, "Flatten"),
    "Squeeze": ("(float[1,16,8] x) => (float[16,8] y) { y = Squeeze(x, s) }", {"s": shape(0)}, "Squeeze"),
    "Unsqueeze": ("(float[16,8] x) => (float[1,16,8] y) { y = Unsqueeze(x, s) }", {"s": shape(0)}, "Unsqueeze"),
    "Slice": (
        f"({IMAGE} x) => (float[1,8,8,8] y) {{ y = Slice(x, s, e, a) }}",
        {"s": shape(0), "e": shape(8), "a": shape(1)},
        "Slice",
    ),
    "Gather": (f"({IMAGE} x) => (float[1,2,8,8] y) {{ y = Gather<axis=1>(x, s) }}", {"s": shape(3, 1)}, "Gather"),
    "GatherElements": (
        "(float[4,16] x) => (float[2,16] y) { y = GatherElements(x, s) }",
        {"s": np.ones((2, 16), np.int64)},
        "GatherElements",
    ),
    "Expand": ("(float[1,16,1,1] x) => (float[1,16,8,8] y) { y = Expand(x, s) }", {"s": shape(1, 16, 8, 8)}, "Expand"),
    "Tile": ("(float[1,16,1,1] x) => (float[1,16,2,2] y) { y = Tile(x, s) }", {"s": shape(1, 1, 2, 2)}, "Tile"),
    "Split": (f"({IMAGE} x) => (float[1,8,8,8] y, float[1,8,8,8] z) {{ y, z = Split<axis=1>(x) }}", {}, "Split"),
    "Pad": (f"({IMAGE} x) => (float[1,18,8,8] y) {{ y = Pad(x, s) }}", {"s": shape(0, 1, 0, 0, 0, 1, 0, 0)}, "Pad"),
    "Pad by reflection": (
        f'({IMAGE} x) => (float[1,16,10,10] y) {{ y = Pad<mode="reflect">(x, s) }}',
        {"s": shape(0, 0, 1, 1, 0, 0, 1, 1)},
        "Pad",
    ),
}

BLOCK = f"""g ({IMAGE} x) => ({IMAGE} y) {{
    [first] a = Conv(x, w, b)  [first_act] c = Relu(a)
    [second] d = Conv(c, v, b)  [sum] e = Add(c, d)  [sum_act] f = Relu(e)
    [third] h = Conv(f, w, b)  [fourth] i = Conv(h, v, b)  [last] j = Add(f, i)  [last_act] y = Relu(j)
}}"""
BLOCK_WEIGHTS = {"w": (16, 16, 1, 1), "v": (16, 16, 1, 1), "b": (16,)}


def computing(result: Quantized) -> Counter[str]:
    return Counter({op: n for op, n in result.fused().items() if op not in LAYOUT})


@pytest.mark.parametrize("case", SINGLE)
def test_the_runtime_has_an_integer_kernel_for(case: str, quantize: Quantize) -> None:
    text, weights, kernel = SINGLE[case]
    result = quantize(f"g {text}", weights)
    assert not result.report.skipped
    fused = result.fused() if kernel in LAYOUT else computing(result)
    values = len(result.feeds)
    outputs = 0 if kernel in ("QGemm", "MatMulIntegerToFloat") else len(result.model.graph.outputs)
    expected = {kernel: 1, "QuantizeLinear": values, "DequantizeLinear": outputs}
    assert fused == Counter({op: n for op, n in expected.items() if n})
    assert result.sqnr_db() > 34


def test_a_layer_without_its_pair_would_not_fuse(quantize: Quantize) -> None:
    """The check above can fail: the same Conv, its output read in float as well."""
    text, weights, _ = SINGLE["Conv"]
    result = quantize(f"g {text}", weights)
    (conv,) = result.nodes("Conv")
    conv.outputs[0].name = "unrounded"
    result.model.graph.outputs.append(conv.outputs[0])
    assert "QLinearConv" not in result.fused()


def test_a_residual_network_stays_in_integers(quantize: Quantize) -> None:
    fused = computing(quantize(BLOCK, BLOCK_WEIGHTS))
    assert fused == {"QLinearConv": 4, "QLinearAdd": 2, "QuantizeLinear": 1, "DequantizeLinear": 1}


def test_float_additions_between_quantized_layers_read_rounded_values(quantize: Quantize) -> None:
    result = quantize(BLOCK, BLOCK_WEIGHTS, "first", "second", "third", "fourth")
    assert set(result.report.treated) == {"first", "second", "third", "fourth"}
    fused = computing(result)
    # The last sum is read by nobody who is quantized, so it stays in float.
    assert fused["QLinearConv"] == 4 and fused["QLinearAdd"] == 1 and fused["Add"] == 1


def test_additions_keep_their_precision_where_rounding_is_not_shared(quantize: Quantize) -> None:
    layers = ("first", "second", "third", "fourth")
    result = quantize(BLOCK, BLOCK_WEIGHTS, *layers, options=Options(share_rounding=False))
    fused = computing(result)
    assert fused["QLinearConv"] == 4
    (last,) = [node for node in result.model.graph if node.name == "last"]
    producers = [value.producer().op_type for value in last.inputs]
    assert producers == ["Relu", "DequantizeLinear"]


def test_a_value_is_rounded_once_however_many_read_it(quantize: Quantize) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y, {IMAGE} z) {{ [a] y = Conv(x, w) [b] z = Conv(x, v) }}"
    result = quantize(text, {"w": (16, 16, 1, 1), "v": (16, 16, 1, 1)})
    readers = [node for node in result.nodes("QuantizeLinear") if node.inputs[0].name == "x"]
    assert len(readers) == 1
    assert origins(readers[0]) == ("a", "b")
    assert result.fused()["QLinearConv"] == 2


def test_a_float_layer_keeps_the_float_value_that_quantized_layers_round(quantize: Quantize) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y, {IMAGE} z) {{ [soft] s = Softplus(x) [a] y = Conv(s, w) [t] z = Tanh(s) }}"
    result = quantize(text, {"w": (16, 16, 1, 1)}, "a")
    (tanh,) = result.nodes("Tanh")
    assert tanh.inputs[0].producer().op_type == "Softplus"
    (conv,) = result.nodes("Conv")
    assert conv.inputs[0].producer().op_type == "DequantizeLinear"


def test_everybody_reads_the_rounded_output_of_a_quantized_layer(quantize: Quantize) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y, {IMAGE} z) {{ [a] c = Conv(x, w) [s] y = Softplus(c) [t] z = Tanh(c) }}"
    result = quantize(text, {"w": (16, 16, 1, 1)}, "a")
    for op in ("Softplus", "Tanh"):
        assert result.nodes(op)[0].inputs[0].producer().op_type == "DequantizeLinear"
    assert result.fused()["QLinearConv"] == 1


@pytest.mark.parametrize(("low", "high", "folds"), [(0.0, 0.5, True), (-0.5, 0.7, True), (0.1, 0.6, False)])
def test_a_clip_becomes_part_of_the_rounding_where_it_holds_zero(
    low: float, high: float, folds: bool, quantize: Quantize
) -> None:
    text = f"g ({IMAGE} x) => ({IMAGE} y) {{ [a] c = Conv(x, w) [clip] d = Clip(c, lo, hi) [b] y = Conv(d, w) }}"
    weights = {"w": (16, 16, 1, 1), "lo": np.array(low, np.float32), "hi": np.array(high, np.float32)}
    result = quantize(text, weights)
    fused = result.fused()
    assert fused["QLinearConv"] == 2
    assert ("Clip" not in fused) is folds
    assert result.sqnr_db() > 30


def test_the_model_keeps_the_names_of_its_outputs(quantize: Quantize) -> None:
    result = quantize(BLOCK, BLOCK_WEIGHTS)
    assert [value.name for value in result.model.graph.outputs] == ["y"]
    assert result.model.graph.outputs[0].dtype == ir.DataType.FLOAT


def test_a_shared_weight_is_stored_once(quantize: Quantize) -> None:
    result = quantize(BLOCK, BLOCK_WEIGHTS)
    stored = [v for v in result.model.graph.initializers.values() if v.dtype == ir.DataType.INT8 and len(v.shape) == 4]
    assert len(stored) == 2
    assert not {"w", "v", "b"} & set(result.model.graph.initializers)


def test_a_weight_that_a_float_layer_reads_too_stays_available(quantize: Quantize) -> None:
    result = quantize(BLOCK, BLOCK_WEIGHTS, "first")
    assert {"w", "v", "b"} <= set(result.model.graph.initializers)
    (third,) = [node for node in result.model.graph if node.name == "third"]
    assert third.inputs[1].name == "w"


def test_weights_are_the_codes_of_their_channels(quantize: Quantize) -> None:
    text, weights, _ = SINGLE["Gemm transB"]
    result = quantize(f"g {text}", weights)
    weight = result.float_model.graph.initializers["w"].const_value.numpy()
    (gemm,) = result.nodes("Gemm")
    dequantizer = gemm.inputs[1].producer()
    codes = dequantizer.inputs[0].const_value.numpy()
    np.testing.assert_array_equal(codes, params.quantize(weight, params.weight_params(weight, 0)))
    assert dequantizer.attributes["axis"].as_int() == 0


def test_the_bias_has_the_scale_of_the_products(quantize: Quantize) -> None:
    text, weights, _ = SINGLE["Conv"]
    result = quantize(f"g {text}", weights)
    (conv,) = result.nodes("Conv")
    scales = [value.producer().inputs[1].const_value.numpy() for value in conv.inputs]
    np.testing.assert_array_equal(scales[2], scales[0] * scales[1])
    assert conv.inputs[2].producer().inputs[0].dtype == ir.DataType.INT32


def test_a_bias_far_larger_than_its_products_survives(quantize: Quantize) -> None:
    weights = {"w": np.full((32, 16, 3, 3), 1e-11, np.float32), "b": np.linspace(1, 5, 32, dtype=np.float32)}
    text, _, _ = SINGLE["Conv"]
    assert quantize(f"g {text}", weights).sqnr_db() > 34


def test_moved_elements_keep_their_scale(quantize: Quantize) -> None:
    text = f"g ({IMAGE} x) => (float[1,1024] y) {{ [a] c = Conv(x, w) [flat] y = Flatten(c) }}"
    result = quantize(text, {"w": (16, 16, 1, 1)})
    (flat,) = result.nodes("Flatten")
    ((after, _),) = flat.outputs[0].uses()
    before = flat.inputs[0].producer()
    np.testing.assert_array_equal(before.inputs[1].const_value.numpy(), after.inputs[1].const_value.numpy())


def test_ops_that_move_pass_integers_on_without_being_asked_for(quantize: Quantize) -> None:
    text = f"""g ({IMAGE} x) => (float[1,18,8,8] y) {{
        [a] c = Conv(x, w) [pad] d = Pad(c, s) [b] y = Conv(d, v)
    }}"""
    weights = {"w": (16, 16, 1, 1), "v": (18, 18, 1, 1), "s": shape(0, 1, 0, 0, 0, 1, 0, 0)}
    result = quantize(text, weights, "a", "b")
    assert set(result.report.treated) == {"a", "b"}
    assert computing(result) == {"QLinearConv": 2, "Pad": 1, "QuantizeLinear": 1, "DequantizeLinear": 1}


@pytest.mark.parametrize("asked", [("a", "b"), ("a", "pad", "b")])
def test_16_bit_values_are_padded_in_float(quantize: Quantize, asked: tuple[str, ...]) -> None:
    """ONNX Runtime has no Pad of 16-bit integers; to run it on codes gives a file that does not load."""
    text = f"""g ({IMAGE} x) => (float[1,18,8,8] y) {{
        [a] c = Conv(x, w) [pad] d = Pad(c, s) [b] y = Conv(d, v)
    }}"""
    weights = {"w": (16, 16, 1, 1), "v": (18, 18, 1, 1), "s": shape(0, 1, 0, 0, 0, 1, 0, 0)}
    result = quantize(text, weights, *asked, options=Options(activations="int16"))
    assert set(result.report.treated) == set(asked)
    assert result.sqnr_db() > 34
    (pad,) = result.nodes("Pad")
    assert pad.outputs[0].dtype == ir.DataType.FLOAT


def test_new_names_do_not_collide(quantize: Quantize) -> None:
    text = f"""g ({IMAGE} x) => ({IMAGE} y) {{
        [conv] a = Conv(x, w) ["conv/output/QuantizeLinear"] b = Softplus(a)
        ["conv/weight/DequantizeLinear"] y = Tanh(b)
    }}"""
    result = quantize(text, {"w": (16, 16, 1, 1)}, "conv")
    names = [node.name for node in result.model.graph]
    assert len(names) == len(set(names))
    values = [value.name for node in result.model.graph for value in node.outputs]
    assert len(values) == len(set(values))


def test_optimized_and_plain_execution_agree(quantize: Quantize) -> None:
    result = quantize(BLOCK, BLOCK_WEIGHTS)
    plain, fused = (run(result.model, result.feeds, optimize)[0] for optimize in (False, True))
    (dequantizer,) = [value.producer() for value in result.model.graph.outputs]
    step = dequantizer.inputs[1].const_value.numpy()
    assert np.abs(plain - fused).max() <= step * 1.01


def test_signed_activations_are_a_choice(quantize: Quantize) -> None:
    text, weights, _ = SINGLE["Conv"]
    result = quantize(f"g {text}", weights, options=Options(activations="int8"))
    assert {node.outputs[0].dtype for node in result.nodes("QuantizeLinear")} == {ir.DataType.INT8}
    assert result.fused()["QLinearConv"] == 1
    assert result.sqnr_db() > 34


def test_one_scale_for_a_whole_weight_is_a_choice(quantize: Quantize) -> None:
    text, weights, _ = SINGLE["Conv"]
    result = quantize(f"g {text}", weights, options=Options(per_channel=False))
    (conv,) = result.nodes("Conv")
    assert conv.inputs[1].producer().inputs[1].const_value.numpy().shape == ()
    assert result.fused()["QLinearConv"] == 1


def test_the_arithmetic_is_that_of_the_parameters(quantize: Quantize) -> None:
    """One Gemm by hand: dequantized input times dequantized weight, plus the bias."""
    text, weights, _ = SINGLE["Gemm"]
    result = quantize(f"g {text}", weights)
    (gemm,) = result.nodes("Gemm")
    arrays = []
    for value in gemm.inputs:
        node = value.producer()
        scale, zero = (v.const_value.numpy() for v in node.inputs[1:])
        source = node.inputs[0]
        codes = (
            source.const_value.numpy()
            if source.const_value is not None
            else np.clip(np.rint(result.feeds["x"] / scale) + zero, 0, 255)
        )
        arrays.append((codes.astype(np.float64) - zero) * scale)
    expected = arrays[0] @ arrays[1] + arrays[2]
    np.testing.assert_allclose(run(result.model, result.feeds)[0], expected, rtol=1e-5, atol=1e-5)


@pytest.mark.parametrize("behind", ["y = Identity(b)", "y = Relu(b)"])
def test_a_layer_between_stays_float_in_the_runtime(behind: str, quantize: Quantize) -> None:
    """ONNX Runtime would quantize it, with one scale for all channels."""
    text = f"""g (float[1,4,8,8] x) => (float[1,4,8,8] z) {{
        [first] a = Conv(x, w) [middle] b = Conv(a, v) {behind} [last] z = Conv(y, w)
    }}"""
    # Channels of very different size, which one scale for all of them spoils.
    sizes = np.array([1e-3, 1e-2, 0.1, 1.0], np.float32).reshape(4, 1, 1, 1)
    weights = {"w": (4, 4, 1, 1), "v": np.random.default_rng(0).normal(size=(4, 4, 1, 1)).astype(np.float32) * sizes}
    result = quantize(text, weights, "first", "last")
    assert result.fused()["QLinearConv"] == 2
    assert result.fused()["Conv"] + result.fused()["FusedConv"] == 1


def test_an_embedding_gives_codes_to_the_product_that_reads_it(quantize: Quantize) -> None:
    text = "g (int64[4] x) => (float[4,8] y) { [rows] a = Gather(t, x) [product] y = MatMul(a, w) }"
    feeds = {"x": np.array([3, 0, 9, 3])}
    result = quantize(text, {"t": (32, 16), "w": (16, 8)}, feeds=feeds)
    assert computing(result) == {"Gather": 1, "MatMulIntegerToFloat": 1}
    stored = result.model.graph.initializers["rows/input/quantized"]
    assert stored.dtype == ir.DataType.UINT8 and stored.shape == (32, 16)
    assert result.sqnr_db() > 34
