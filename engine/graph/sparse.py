"""Sparse tensors of a file as dense ones: what no step and few runtimes know otherwise.

``values`` holds the elements that are not zero; ``indices`` is their place in the flattened tensor, (NNZ), or their
coordinates, (NNZ, rank). Dense they can be so large that the file would be a bomb, which is refused.
"""

from __future__ import annotations

from math import prod
from pathlib import Path

import numpy as np
import onnx

from engine.errors import ModelError
from engine.graph.external_data import check_external
from engine.graph.proto import Contents
from engine.graph.proto_checks import check_shape, check_tensor, expected_bytes

_MOST_BYTES = 1 << 29
"""Of all dense tensors together, beyond what is in the file."""


def densify(found: Contents, path: Path, files: dict[str, int]) -> int:
    """Turn sparse initializers and sparse constants into dense ones, in place; how many there were.

    ``files`` collects the files of external data with their sizes.

    Raises:
        ModelError: one contradicts itself, or would be too large.
    """
    count, room = 0, _MOST_BYTES
    for graph in found.graphs:
        for sparse in graph.sparse_initializer:
            dense, room = _dense(sparse, path, room, files)
            dense.name = sparse.values.name
            graph.initializer.append(dense)
            count += 1
        graph.ClearField("sparse_initializer")
    for attribute in found.attributes:
        if attribute.HasField("sparse_tensor"):
            dense, room = _dense(attribute.sparse_tensor, path, room, files)
            attribute.ClearField("sparse_tensor")
            attribute.t.CopyFrom(dense)
            attribute.type = onnx.AttributeProto.TENSOR
            if attribute.name == "sparse_value":  # of Constant
                attribute.name = "value"
            count += 1
    return count


def _dense(
    sparse: onnx.SparseTensorProto, path: Path, room: int, files: dict[str, int]
) -> tuple[onnx.TensorProto, int]:
    name = sparse.values.name

    def refusal(why: str) -> ModelError:
        return ModelError(f"sparse tensor {name!r} is broken: {why}", where=str(path))

    for part in (sparse.values, sparse.indices):
        if part.data_location == onnx.TensorProto.EXTERNAL:
            if fault := check_shape(part):
                raise refusal(fault)
            _fetch(part, path, room, files)
        if fault := check_tensor(part):
            raise refusal(fault)
    if sparse.values.data_type == onnx.TensorProto.STRING or sparse.indices.data_type != onnx.TensorProto.INT64:
        raise refusal("its values are strings, or its indices no int64")
    if any(size < 0 for size in sparse.dims):
        raise refusal(f"its shape {list(sparse.dims)} has a negative size")
    values = onnx.numpy_helper.to_array(sparse.values).reshape(-1)
    indices = onnx.numpy_helper.to_array(sparse.indices)
    shape, elements = tuple(sparse.dims), prod(sparse.dims)
    needed = elements * max(1, values.itemsize)
    if needed > room:
        raise ModelError(
            f"sparse tensor {name!r} of shape {list(shape)} would take {needed:,} bytes when it is stored densely",
            where=str(path),
            way_out="Models with sparse tensors of that size are not supported.",
        )
    if indices.shape == (values.size,):
        places = indices
        inside = bool(((indices >= 0) & (indices < elements)).all())
    elif indices.shape == (values.size, len(shape)):
        inside = bool(((indices >= 0) & (indices < np.asarray(shape, np.int64))).all())
        places = np.ravel_multi_index(tuple(indices.T), shape) if inside and shape else np.zeros(0, np.int64)
    else:
        raise refusal(f"{values.size} values have indices of shape {list(indices.shape)}")
    if not inside:
        raise refusal("an index lies outside its shape")
    dense = np.zeros(elements, values.dtype)
    dense[places] = values
    return onnx.numpy_helper.from_array(dense.reshape(shape)), room - needed


def _fetch(part: onnx.TensorProto, path: Path, room: int, files: dict[str, int]) -> None:
    """Read values or indices that stand in another file, in place; they are as many as the file has to be long."""
    size = expected_bytes(part)
    check_external(part, size, path, files)
    if size > room:
        raise ModelError(f"sparse tensor {part.name!r} has {size:,} bytes in another file", where=str(path))
    place = {entry.key: entry.value for entry in part.external_data}
    try:
        with (path.parent / place["location"]).open("rb") as stream:
            stream.seek(int(place.get("offset") or 0))
            part.raw_data = stream.read(size)
    except OSError as error:
        raise ModelError(f"external data {place['location']!r} cannot be read: {error}", where=str(path)) from None
    part.ClearField("external_data")
    part.ClearField("data_location")
