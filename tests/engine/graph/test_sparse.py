from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest

from engine.errors import ModelError
from engine.formats import open_source
from engine.graph.layers import index_layers
from engine.progress import Progress


def opened(folder: Path, indices: np.ndarray, dims: tuple[int, ...] = (3, 4)):
    proto = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> g (float[1,3] x) => (float[1,4] y) { y = MatMul(x, w) }'
    )
    values = onnx.numpy_helper.from_array(np.array([1, 2], np.float32), "w")
    places = onnx.numpy_helper.from_array(indices, "i")
    proto.graph.sparse_initializer.append(onnx.helper.make_sparse_tensor(values, places, dims))
    path = folder / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    return open_source(path, Progress())


DENSE = np.array([[0, 1, 0, 0], [0, 0, 0, 0], [0, 0, 2, 0]], np.float32)


@pytest.mark.parametrize("indices", [np.array([1, 10]), np.array([[0, 1], [2, 2]])])
def test_sparse_initializers_become_dense(tmp_path: Path, indices: np.ndarray) -> None:
    source = opened(tmp_path, indices)
    tensor = source.model.graph.initializers["w"].const_value
    assert tensor is not None
    np.testing.assert_array_equal(tensor.numpy(), DENSE)
    assert "sparse" in source.remarks[0]
    assert index_layers(source.model).layers[0].parameters == 12


def test_values_and_indices_in_another_file(tmp_path: Path) -> None:
    (tmp_path / "data").write_bytes(b"...." + np.array([1, 2], np.float32).tobytes() + np.array([1, 10]).tobytes())
    proto = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> g (float[1,3] x) => (float[1,4] y) { y = MatMul(x, w) }'
    )
    sparse = proto.graph.sparse_initializer.add(dims=(3, 4))
    for part, name, type_, at in ((sparse.values, "w", 1, 4), (sparse.indices, "", 7, 12)):
        part.name, part.data_type, part.data_location = name, type_, onnx.TensorProto.EXTERNAL
        part.dims.append(2)
        part.external_data.add(key="location", value="data")
        part.external_data.add(key="offset", value=str(at))
    path = tmp_path / "m.onnx"
    path.write_bytes(proto.SerializeToString())
    source = open_source(path, Progress())
    tensor = source.model.graph.initializers["w"].const_value
    assert tensor is not None
    np.testing.assert_array_equal(tensor.numpy(), DENSE)
    assert source.file_bytes == path.stat().st_size + 28
    sparse.values.external_data[0].value = "../data"
    path.write_bytes(proto.SerializeToString())
    with pytest.raises(ModelError, match="outside"):
        open_source(path, Progress())


@pytest.mark.parametrize(
    ("indices", "dims", "why"),
    [
        (np.array([1, 12]), (3, 4), "outside"),
        (np.array([[0, 1], [3, 0]]), (3, 4), "outside"),
        (np.array([-1, 1]), (3, 4), "outside"),
        (np.array([1, 2, 3]), (3, 4), "indices of shape"),
        (np.array([1, 2]), (1 << 20, 1 << 20), "would take"),
        (np.array([1, 2]), (-3, 4), "negative"),
    ],
)
def test_sparse_tensors_that_lie_are_refused(
    tmp_path: Path, indices: np.ndarray, dims: tuple[int, ...], why: str
) -> None:
    with pytest.raises(ModelError, match=why):
        opened(tmp_path, indices, dims)
