from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.formats import open_source
from engine.graph.skeleton import require_writable, skeleton
from engine.progress import Progress


def inferred(proto: onnx.ModelProto) -> dict[str, str]:
    found = onnx.shape_inference.infer_shapes(proto, data_prop=True)
    return {info.name: str(info.type) for info in (*found.graph.value_info, *found.graph.output)}


def test_inference_finds_in_it_what_it_finds_in_the_whole_model(real_model) -> None:
    """With If, captures, unnamed nodes and small constants that shapes are computed from."""
    model = open_source(real_model("silero_vad"), Progress()).model
    whole, short = ir.to_proto(model), skeleton(model)
    assert short.ByteSize() < whole.ByteSize() / 5
    assert [node.op_type for node in short.graph.node] == [node.op_type for node in whole.graph.node]
    assert inferred(short) == inferred(whole)


def test_attributes_of_every_kind_come_along(parse) -> None:
    model = parse(
        """g (float[1,2,4,4] x) => (float y) {
            y = Odd <i = 3, f = 0.5, s = "text", is = [1, 2], fs = [0.5, 1.5], ss = ["a", "b"], t = float[2] {1, 2}>(x)
        }"""
    )
    model.graph[0].attributes["ref"] = ir.RefAttr("ref", "outer", ir.AttributeType.INT)
    made, whole = skeleton(model).graph.node[0], ir.to_proto(model).graph.node[0]
    assert list(made.attribute) == list(whole.attribute)


def test_large_tensors_stay_behind(parse) -> None:
    model = parse("g (float[1,64] x) => (float[1,64] y) { y = MatMul(x, w) }", w=np.ones((64, 64), np.float32))
    (weight,) = skeleton(model).graph.initializer
    assert (list(weight.dims), weight.data_location, weight.raw_data) == ([64, 64], onnx.TensorProto.EXTERNAL, b"")


def test_what_cannot_be_written_back_is_noticed(parse) -> None:
    model = parse("g (float[1] x) => (float[1] y) { y = Relu(x) }")
    require_writable(model)
    model.graph[0].attributes["odd"] = ir.Attr("odd", ir.AttributeType.SPARSE_TENSOR, object())
    with pytest.raises(Exception, match="SPARSE_TENSOR"):
        require_writable(model)


def test_the_shape_of_a_stored_tensor_is_made_once(tmp_path: Path, parse) -> None:
    path = tmp_path / "m.onnx"
    model = parse("g (float[1,4] x) => (float[1,4] y) { y = MatMul(x, w) }", w=np.ones((4, 4), np.float32))
    ir.save(model, path)
    tensor = open_source(path, Progress()).model.graph.initializers["w"].const_value
    assert tensor is not None and tensor.shape is tensor.shape
    assert (tensor.shape.numpy(), tensor.size, tensor.dtype) == ((4, 4), 16, ir.DataType.FLOAT)
