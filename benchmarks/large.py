"""Models of any size for measuring: made in a temporary folder, weights written block by block."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

_WIDTH = 4096
_NODES_PER_BLOCK = 5


def wide(folder: Path, weight_bytes: int) -> Path:
    """MatMuls of 64 MB each with external data in one file; ids are ``/layers/N/MatMul``."""
    path, data = folder / "wide.onnx", folder / "wide.data"
    count = -(-weight_bytes // (4 * _WIDTH * _WIDTH))
    random = np.random.default_rng(0).standard_normal((_WIDTH, _WIDTH), np.float32) / 64
    nodes, weights = [], []
    with data.open("wb") as stream:
        for number in range(count):
            block = np.roll(random, number, axis=0).data  # no two are alike: equal weights might be stored once
            stream.write(block)
            tensor = TensorProto(name=f"w{number}", data_type=TensorProto.FLOAT, dims=[_WIDTH, _WIDTH])
            tensor.data_location = TensorProto.EXTERNAL
            place = {"location": data.name, "offset": number * block.nbytes, "length": block.nbytes}
            for key, value in place.items():
                tensor.external_data.add(key=key, value=str(value))
            weights.append(tensor)
            scope = f"/layers/{number}"
            before = f"r{number - 1}" if number else "x"
            nodes.append(helper.make_node("MatMul", [before, f"w{number}"], [f"m{number}"], name=f"{scope}/MatMul"))
            nodes.append(helper.make_node("Relu", [f"m{number}"], [f"r{number}"], name=f"{scope}/Relu"))
    _save(path, nodes, weights, [1, _WIDTH], f"r{count - 1}")
    return path


def deep(folder: Path, nodes: int, channels: int) -> Path:
    """Residual blocks of Conv, Relu, Sigmoid, Mul and Add, weights in the file."""
    path = folder / f"deep_{nodes}_{channels}.onnx"
    random = np.random.default_rng(0)
    made, weights, before = [], [], "x"
    for number in range(nodes // _NODES_PER_BLOCK):
        scope = f"/stages/{number // 10}/blocks/{number}"
        kernel = random.standard_normal((channels, channels, 3, 3), np.float32) / channels
        weights.append(onnx.numpy_helper.from_array(kernel, f"w{number}"))
        weights.append(onnx.numpy_helper.from_array(np.zeros(channels, np.float32), f"b{number}"))
        conv, relu, gate, mul, add = (f"{kind}{number}" for kind in "crgma")
        made += [
            helper.make_node("Conv", [before, f"w{number}", f"b{number}"], [conv], f"{scope}/Conv", pads=[1, 1, 1, 1]),
            helper.make_node("Relu", [conv], [relu], f"{scope}/Relu"),
            helper.make_node("Sigmoid", [relu], [gate], f"{scope}/Sigmoid"),
            helper.make_node("Mul", [relu, gate], [mul], f"{scope}/Mul"),
            helper.make_node("Add", [mul, before], [add], f"{scope}/Add"),
        ]
        before = add
    _save(path, made, weights, [1, channels, 8, 8], before)
    return path


def _save(path: Path, nodes: list[onnx.NodeProto], weights: list[TensorProto], shape: list[int], output: str) -> None:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", output)]
    graph = helper.make_graph(nodes, path.stem, values[:1], values[1:], weights)
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    path.write_bytes(model.SerializeToString())
