from __future__ import annotations

import io
from pathlib import Path

import ml_dtypes
import numpy as np
import onnx
import onnx.parser
import onnx_ir as ir
import pytest

from engine.errors import ModelError
from engine.formats import open_source
from engine.graph.clean import clean
from engine.graph.file_tensor import FileTensor
from engine.progress import Progress


def opened(folder: Path, array: np.ndarray | None = None, **types: int) -> tuple[ir.Model, Path]:
    """A model whose weight lies in a file of its own behind 8 other bytes, and that file."""
    array = np.arange(16, dtype=np.float32).reshape(4, 4) if array is None else array
    proto = onnx.parser.parse_model(
        '<ir_version: 10, opset_import: ["" : 21]> g (float[1,4] x) => (float[1,4] y) { y = MatMul(x, w) }'
    )
    tensor = onnx.numpy_helper.from_array(array, "w")
    data = folder / "w.bin"
    data.write_bytes(bytes(8) + tensor.raw_data)
    place = {"location": data.name, "offset": 8, "length": len(tensor.raw_data)}
    tensor.ClearField("raw_data")
    tensor.data_location = onnx.TensorProto.EXTERNAL
    for key, value in place.items():
        tensor.external_data.add(key=key, value=str(value))
    proto.graph.initializer.append(tensor)
    (folder / "m.onnx").write_bytes(proto.SerializeToString())
    return open_source(folder / "m.onnx", Progress()).model, data


def weight(model: ir.Model) -> FileTensor:
    tensor = model.graph.initializers["w"].const_value
    assert isinstance(tensor, FileTensor)
    return tensor


@pytest.mark.parametrize("dtype", [np.float32, np.float16, ml_dtypes.bfloat16, ml_dtypes.float8_e4m3fn, ml_dtypes.int4])
def test_the_numbers_are_those_of_the_file(tmp_path: Path, dtype: type) -> None:
    array = (np.arange(16) % 7).astype(dtype).reshape(4, 4)
    tensor = weight(opened(tmp_path, array)[0])
    assert tensor.numpy().dtype == array.dtype
    np.testing.assert_array_equal(np.asarray(tensor).astype(np.float32), array.astype(np.float32))
    stream = io.BytesIO()
    tensor.tofile(stream)
    assert stream.getvalue() == tensor.tobytes()


def test_nothing_is_kept_or_mapped(tmp_path: Path) -> None:
    tensor = weight(opened(tmp_path)[0])
    assert tensor.numpy() is not tensor.numpy()
    assert tensor.raw is None


@pytest.mark.parametrize("change", ["shorter", "other", "gone"])
def test_a_file_that_changes_while_it_is_open_is_a_message(tmp_path: Path, change: str) -> None:
    model, data = opened(tmp_path)
    weight(model).numpy()
    if change == "shorter":
        data.write_bytes(bytes(8))
    elif change == "other":
        data.unlink()
        data.write_bytes(bytes(72))
    else:
        data.unlink()
    for read in (weight(model).numpy, weight(model).tobytes, lambda: weight(model).tofile(io.BytesIO())):
        with pytest.raises(ModelError, match="since it was opened") as caught:
            read()
        assert caught.value.exit_status == 3


def test_cleaning_keeps_weights_in_their_file(tmp_path: Path) -> None:
    model, _ = opened(tmp_path)
    assert isinstance(clean(model).model.graph.initializers["w"].const_value, FileTensor)
