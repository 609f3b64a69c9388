from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.stripped import with_weights, without_weights


def model_with_weights(parse) -> ir.Model:
    return parse(
        """g (float[1,64] x) => (float[1,64] y) {
            k = Constant<value = int64[2] {1, 64}>()
            a = MatMul(x, w) b = Reshape(a, k) y = Add(b, s)
        }""",
        w=np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32),
        s=np.ones(1, np.float32),
    )


def test_weights_are_left_out_and_come_back(parse) -> None:
    model = model_with_weights(parse)
    whole = ir.to_proto(model).SerializeToString()
    stripped = without_weights(model)
    assert stripped.proto.ByteSize() < 2000 < len(whole)
    assert ir.to_proto(with_weights(stripped.proto, stripped.tensors)).SerializeToString() == whole


def test_the_model_is_as_before(parse) -> None:
    model = model_with_weights(parse)
    tensor = model.graph.initializers["w"].const_value
    without_weights(model)
    assert model.graph.initializers["w"].const_value is tensor


def test_large_constants_in_attributes_are_left_out_too(parse) -> None:
    model = parse("g (float[600] x) => (float[600] y) { c = Constant<value = float {0.0}>() y = Add(x, c) }")
    large = ir.tensor(np.arange(600, dtype=np.float32))
    model.graph[0].attributes["value"] = ir.AttrTensor("value", large)
    stripped = without_weights(model)
    assert stripped.proto.ByteSize() < 1000
    assert model.graph[0].attributes["value"].as_tensor() is large
    back = with_weights(stripped.proto, stripped.tensors)
    assert back.graph[0].attributes["value"].as_tensor() is large
