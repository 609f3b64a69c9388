"""What a look at a layer says of its codes, and that its histograms are of the right arrays."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.backend import RunSettings
from engine.progress import Progress
from engine.recipe import Recipe
from gui.calls.checking import look
from gui.layer_look import _dequantized, scale_text
from gui.opened import Opened
from gui.treatment import treat
from gui.workshop import Workshop


@pytest.fixture
def shop() -> object:
    made = Workshop()
    yield made
    made.close()


def opened(shop: Workshop, path: Path) -> Opened:
    found = shop.open(path, RunSettings(), False, progress=Progress())
    assert isinstance(found, Opened)
    return found


def test_a_float_layer_has_weights_and_no_codes(shop: Workshop, model_file: Path) -> None:
    found = look(shop, opened(shop, model_file), Recipe(), RunSettings(), None, "block0/conv", progress=Progress())
    assert found.weights is not None and sum(found.weights.counts) == 4 * 4 * 9
    assert (found.coded, found.lines, found.values) == ((), (), ())


def test_a_treated_layer_shows_codes_ranges_and_both_histograms(shop: Workshop, model_file: Path) -> None:
    file = opened(shop, model_file)
    recipe = treat(Recipe(), "quantization", "int8_static", [f"block{n}/conv" for n in range(5)])
    before = look(shop, file, recipe, RunSettings(), None, "block1/conv", progress=Progress())
    assert before.lines == (), "not built yet"
    shop.rebuild(file, recipe, RunSettings(), None, progress=Progress())
    found = look(shop, file, recipe, RunSettings(), None, "block1/conv", progress=Progress())
    assert found.scheme == "int8_static" and found.weights is not None
    assert sum(found.coded) == sum(found.weights.counts) and found.coded != found.weights.counts
    assert found.coded_db is not None and found.coded_db > 30
    lines = {name: text for name, text, _ in found.lines}
    assert "4 scales along axis 0" in lines["Weight"] and lines["Input 0"].startswith("uint8, scale")
    (read, written) = found.values
    assert written.title == "Output, r1", "the Relu takes the rounding over"
    assert written.chosen is not None and written.others is not None
    assert written.chosen[1] == pytest.approx(written.high, rel=0.01) and set(written.others) > {"minmax", "mse"}
    assert sum(read.counts) > 0


def test_a_file_that_is_quantized_already_shows_its_scales(shop: Workshop, tmp_path: Path) -> None:
    rng = np.random.default_rng(0)
    codes = rng.integers(-127, 127, (4, 4, 1, 1)).astype(np.int8)
    scales = np.array([0.5, 1.0, 2.0, 4.0], np.float32)
    constants = {
        "q": codes, "s": scales, "z": np.zeros(4, np.int8), "xs": np.array(0.1, np.float32), "xz": np.array(3, np.uint8)
    }  # fmt: skip
    nodes = [
        helper.make_node("QuantizeLinear", ["x", "xs", "xz"], ["xq"]),
        helper.make_node("DequantizeLinear", ["xq", "xs", "xz"], ["xd"]),
        helper.make_node("DequantizeLinear", ["q", "s", "z"], ["w"], axis=0),
        helper.make_node("Conv", ["xd", "w"], ["c"], "conv"),
        helper.make_node("QuantizeLinear", ["c", "xs", "xz"], ["cq"]),
        helper.make_node("DequantizeLinear", ["cq", "xs", "xz"], ["y"]),
    ]
    value = [helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 4, 2, 2]) for name in "xy"]
    graph = helper.make_graph(
        nodes, "g", value[:1], value[1:], [numpy_helper.from_array(a, n) for n, a in constants.items()]
    )
    path = tmp_path / "qdq.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    found = look(shop, opened(shop, path), Recipe(), RunSettings(), None, "conv", progress=Progress())
    assert found.scheme == "int8_static" and found.weights is not None
    floats = codes * scales.reshape(4, 1, 1, 1)
    assert (found.weights.low, found.weights.high) == (floats.min(), floats.max())
    assert next(text for name, text, _ in found.lines if name == "Input 0") == "uint8, scale 0.1, zero point 3"


def test_blocks_of_codes_have_their_own_scales() -> None:
    codes = np.arange(8, dtype=np.int8).reshape(4, 2)
    scale = np.array([[1.0, 2.0], [10.0, 20.0]], np.float32)
    found = _dequantized(codes, scale, None, 0, 2)
    assert found.tolist() == [[0, 2], [2, 6], [40, 100], [60, 140]]
    assert ir.tensor(found).dtype == ir.DataType.FLOAT


def test_small_scales_are_told_with_an_exponent() -> None:
    assert scale_text(0.0235) == "0.0235"
    assert scale_text(1.54e-6) == "1.54·10⁻⁶"
