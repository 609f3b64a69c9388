from __future__ import annotations

import ml_dtypes
import numpy as np
import onnx
import onnxruntime as ort
import pytest
from onnx import TensorProto, helper

from engine.profiling.onnxruntime.rare_types import is_rare, run
from engine.profiling.onnxruntime.session import cannot_run


def casting(type_: int, to: int, opset: int = 21) -> ort.InferenceSession:
    values = [helper.make_tensor_value_info(name, t, ["n", 3]) for name, t in (("x", type_), ("y", to))]
    graph = helper.make_graph([helper.make_node("Cast", ["x"], ["y"], to=to)], "g", values[:1], values[1:])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", opset)], ir_version=13)
    return ort.InferenceSession(model.SerializeToString(), providers=["CPUExecutionProvider"])


NUMBERS = np.array([[1, 2, 3], [0, 4, 6]], np.float32)


@pytest.mark.parametrize(
    ("type_", "dtype"),
    [
        (TensorProto.BFLOAT16, ml_dtypes.bfloat16),
        (TensorProto.FLOAT8E4M3FN, ml_dtypes.float8_e4m3fn),
        (TensorProto.FLOAT8E5M2, ml_dtypes.float8_e5m2),
    ],
)
def test_arrays_go_in_and_come_out_as_they_are(type_: int, dtype: type) -> None:
    (floats,) = run(casting(type_, onnx.TensorProto.FLOAT), None, {"x": NUMBERS.astype(dtype)})
    np.testing.assert_array_equal(floats, NUMBERS)
    little = NUMBERS.astype(np.dtype(np.float32).newbyteorder("<"))  # numpy does not count this as one of its own
    (back,) = run(casting(onnx.TensorProto.FLOAT, type_), ["y"], {"x": little})
    assert back.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(back.astype(np.float32), NUMBERS)


@pytest.mark.parametrize(
    ("type_", "dtype", "bits"),
    [
        (TensorProto.INT4, ml_dtypes.int4, 4),
        (TensorProto.UINT4, ml_dtypes.uint4, 4),
        (TensorProto.INT2, ml_dtypes.int2, 2),
    ],
)
def test_types_smaller_than_a_byte_share_bytes(type_: int, dtype: type, bits: int) -> None:
    """Of an odd number of elements, so that the last byte is not full."""
    numbers = np.array([[0, 1, 1], [0, 1, 0], [1, 1, 1]], np.float32) * (7 if bits == 4 else 1)
    (floats,) = run(casting(type_, TensorProto.FLOAT, 25), None, {"x": numbers.astype(dtype)})
    np.testing.assert_array_equal(floats, numbers)
    (back,) = run(casting(TensorProto.FLOAT, type_, 25), None, {"x": numbers})
    assert back.dtype == np.dtype(dtype)
    np.testing.assert_array_equal(back.astype(np.float32), numbers)


def test_which_types_are_rare() -> None:
    assert is_rare("tensor(bfloat16)")
    assert not is_rare("tensor(float16)")
    assert not is_rare("tensor(string)")


def test_types_of_less_than_a_byte_are_named_in_plain_words() -> None:
    error = RuntimeError("Numpy_type 272 can't be converted to MLDataType.")
    assert "less than a byte" in cannot_run(error, "cpu").what
