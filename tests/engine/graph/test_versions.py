from __future__ import annotations

import ml_dtypes
import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.graph.clean import clean
from engine.graph.versions import lower, oldest_ir_version, oldest_opset, stamp

RELU = "g (float[2] x) => (float[2] y) { y = Relu(x) }"


def test_what_says_the_same_is_lowered_and_told(parse) -> None:
    model = parse(RELU, opset=24, ir_version=14)
    told = lower(model)
    assert (model.ir_version, model.opset_imports[""]) == (10, 21)
    assert "from 14 to 10" in told[0]
    assert "from 24 to 21" in told[1]
    assert lower(model) == ()


def test_a_new_version_of_an_operator_keeps_its_opset(parse) -> None:
    assert onnx.defs.get_schema("Cast", 24).since_version == 24
    model = parse("g (float[2] x) => (double[2] y) { z = Relu(x) y = Cast<to = 11>(z) }", opset=24)
    assert oldest_opset(model) == 24


@pytest.mark.parametrize("opset", [13, 21, onnx.defs.onnx_opset_version() + 1])
def test_old_opsets_and_those_of_the_future_stay(parse, opset: int) -> None:
    assert oldest_opset(parse(RELU, opset=opset)) == opset


def test_element_types_keep_the_ir_version_that_brought_them(parse) -> None:
    weight = np.zeros(2, ml_dtypes.float4_e2m1fn)
    text = "g (float[2] x) => (float[2] y) { d = DequantizeLinear(w, s) y = Add(x, d) }"
    model = parse(text, opset=23, ir_version=14, w=weight, s=np.float32(1))
    assert oldest_ir_version(model) == 11


def test_a_protobuf_is_stamped_and_its_model_stays(parse) -> None:
    model = parse(RELU, opset=24, ir_version=14)
    proto = ir.to_proto(model)
    stamp(proto, model)
    assert (proto.ir_version, proto.opset_import[0].version) == (10, 21)
    assert (model.ir_version, model.opset_imports[""]) == (14, 24)


def test_cleaning_lowers(parse) -> None:
    cleaned = clean(parse(RELU, opset=24, ir_version=14))
    assert cleaned.model.ir_version == 10
    assert any("lowered" in change for change in cleaned.changes)
