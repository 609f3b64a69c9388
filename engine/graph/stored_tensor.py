"""Tensors of the file itself that know their shape: the library's own read it from protobuf each time it is asked for.

What a layer costs, which channels it has and how it could be quantized all ask for the shapes of weights, ten times for
each of them.
"""

from __future__ import annotations

from math import prod

import onnx
import onnx_ir as ir
from onnx_ir import serde


class StoredTensor(serde.TensorProtoTensor):
    """Its name may change, its shape and type cannot."""

    __slots__ = ("_dtype", "_shape", "_size")

    def __init__(self, proto: onnx.TensorProto) -> None:
        super().__init__(proto)
        self._dtype = ir.DataType(proto.data_type)
        self._shape = ir.Shape(proto.dims, frozen=True)
        self._size: int = prod(proto.dims)

    @property
    def dtype(self) -> ir.DataType:  # type: ignore[override]  # as in the library
        return self._dtype

    @property
    def shape(self) -> ir.Shape:  # type: ignore[override]
        return self._shape

    @property
    def size(self) -> int:
        return self._size
