"""Feed and fetch element types that ONNX Runtime's Python layer does not take as arrays: bfloat16, float8, int4, int2.

It knows numpy's own types only; these go in as bytes with the type's number, and come out the same way. Of those that
are smaller than a byte several share one: the runtime makes room for the shape, and the packed bytes are copied there.
"""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from math import prod
from typing import Any

import numpy as np

from engine.backend import Array, Feeds

RARE = (
    "bfloat16", "float8e4m3fn", "float8e4m3fnuz", "float8e5m2", "float8e5m2fnuz",
    "int4", "uint4", "int2", "uint2", "float4e2m1",
)  # fmt: skip
"""As ONNX Runtime names them."""


def is_rare(type_: str) -> bool:
    """Whether a type as sessions name it, ``tensor(bfloat16)``, is one of them."""
    return type_.removeprefix("tensor(").removesuffix(")") in RARE


def run(session: Any, names: Sequence[str] | None, feeds: Feeds) -> list[Array]:
    """As ``session.run``, with whatever element types."""
    values = {name: _value(np.ascontiguousarray(array)) for name, array in feeds.items()}
    return [_array(value) for value in session.run_with_ort_values(names, values)]


def _value(array: Array) -> Any:
    import onnx_ir as ir
    import onnxruntime as ort

    if array.dtype.type.__module__ == "numpy":
        return ort.OrtValue.ortvalue_from_numpy(array)
    dtype = ir.DataType.from_numpy(array.dtype)
    if dtype.bitwidth < 8:
        value, packed = ort.OrtValue.ortvalue_from_shape_and_type(array.shape, dtype.value), _packed(array, dtype)
        ctypes.memmove(value.data_ptr(), packed, len(packed))
        return value
    stored = array.view(np.uint16 if dtype.bitwidth == 16 else np.uint8)
    return ort.OrtValue.ortvalue_from_numpy_with_onnx_type(stored, dtype.value)


def _array(value: Any) -> Array:
    import onnx_ir as ir

    name = value.data_type()
    if not is_rare(name):
        array: Array = value.numpy()
        return array
    dtype = ir.DataType[name.removeprefix("tensor(").removesuffix(")").upper()]
    shape = tuple(value.shape())
    content = ctypes.string_at(value.data_ptr(), -(-prod(shape) * dtype.bitwidth // 8)) if prod(shape) else b""
    if dtype.bitwidth < 8:
        unpacked: Array = ir.PackedTensor(np.frombuffer(content, np.uint8), dtype, shape=ir.Shape(shape)).numpy()
        return unpacked
    return np.frombuffer(content, dtype.numpy()).reshape(shape)


def _packed(array: Array, dtype: Any) -> bytes:
    import onnx_ir as ir

    return ir.Tensor(array, dtype=dtype).tobytes()
