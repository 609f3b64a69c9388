"""Weights that stay in their file: read each time they are used, and only while the file is as it was.

``onnx_ir`` maps such files into memory. A program that writes over a mapped file, as a training script does that
exports again, cuts it short first, and the next look at a weight then ends this whole process (SIGBUS). Reading costs a
copy, which nothing keeps, and gives a message instead.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray
from onnx_ir import serde

from engine.errors import ModelError
from engine.graph.stored_tensor import StoredTensor
from engine.graph.structure import graphs
from engine.stamp import Stamp, stamp_of


class FileTensor(ir.ExternalTensor):
    """A tensor in a file that had this stamp when the model was opened; it never holds its numbers."""

    __slots__ = ("_stamp",)

    def __init__(self, tensor: ir.ExternalTensor, stamp: Stamp, name: str | None = None) -> None:
        super().__init__(
            tensor.location,
            tensor.offset,
            tensor.length,
            tensor.dtype,
            shape=ir.Shape(tensor.shape.numpy()),
            name=tensor.name if name is None else name,
            doc_string=tensor.doc_string,
            metadata_props=dict(tensor.metadata_props),
            base_dir=tensor.base_dir,
        )
        self._stamp = stamp

    def renamed(self, name: str) -> FileTensor:
        return FileTensor(self, self._stamp, name)

    def numpy(self) -> NDArray[Any]:
        content = np.frombuffer(self.tobytes(), np.uint8)
        if self.dtype.bitwidth < 8:
            return ir.PackedTensor(content, self.dtype, shape=self.shape).numpy()
        kind = np.dtype(self.dtype.numpy()).newbyteorder("<")
        array: NDArray[Any] = content.view(kind).reshape(self.shape.numpy())
        return array

    def __array__(self, dtype: Any = None) -> NDArray[Any]:
        return self.numpy().__array__(dtype)

    def tobytes(self) -> bytes:
        self._require_unchanged()
        try:
            with Path(self.path).open("rb") as stream:
                stream.seek(self.offset or 0)
                content = stream.read(self.nbytes)
        except OSError as error:
            raise self._changed(f"cannot be read any more: {error.strerror or error}") from None
        if len(content) < self.nbytes:
            raise self._changed("has become shorter")
        return content

    def tofile(self, file: Any) -> None:
        self._require_unchanged()
        super().tofile(file)

    def _require_unchanged(self) -> None:
        self._check_path_containment()
        try:
            now = stamp_of(self.path)
        except OSError as error:
            raise self._changed(f"cannot be read any more: {error.strerror or error}") from None
        if now != self._stamp:
            raise self._changed("has changed")

    def _changed(self, what: str) -> ModelError:
        return ModelError(
            f"this file, which holds weights of the opened model, {what} since it was opened",
            where=self.path,
            way_out="Open the model again.",
        )


def in_files(model: ir.Model) -> None:
    """Make every tensor with external data one that is read, in place; the files are as the model was checked with.

    Those of the file itself become ones that know their shape.
    """
    stamps: dict[str, Stamp] = {}

    def made(tensor: ir.TensorProtocol) -> ir.TensorProtocol:
        if type(tensor) is serde.TensorProtoTensor:
            return StoredTensor(tensor.raw)
        if not isinstance(tensor, ir.ExternalTensor):
            return tensor
        if tensor.path not in stamps:
            stamps[tensor.path] = stamp_of(tensor.path)
        return FileTensor(tensor, stamps[tensor.path])

    for graph in graphs(model):
        for value in graph.initializers.values():
            if value.const_value is not None:
                value.const_value = made(value.const_value)
        for node in graph:
            for name, attribute in node.attributes.items():
                if attribute.type == ir.AttributeType.TENSOR and not attribute.is_ref():
                    node.attributes[name] = ir.AttrTensor(name, made(attribute.as_tensor()))
