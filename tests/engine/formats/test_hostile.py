"""Files that were made to break what reads them: a message or a result, soon and with little memory."""

from __future__ import annotations

import resource
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper

from engine.errors import ModelError
from engine.formats import open_source
from engine.graph.clean import clean
from engine.graph.layers import index_layers
from engine.graph.shapes import bind
from engine.progress import Progress

MOST_MB = 400
MOST_BYTES = 8 << 30


def saved(path: Path, nodes: list[onnx.NodeProto], shape: list[int], *weights: TensorProto, output: str = "y") -> Path:
    values = [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name in ("x", output)]
    graph = helper.make_graph(nodes, "g", values[:1], values[1:], list(weights))
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=8)
    path.write_bytes(model.SerializeToString())
    return path


def summed(*nodes: onnx.NodeProto, last: str = "c") -> list[onnx.NodeProto]:
    """What the nodes compute, summed and added to the input."""
    total = helper.make_node("ReduceSum", [last], ["r"], keepdims=0)
    return [*nodes, total, helper.make_node("Add", ["x", "r"], ["y"])]


def number(name: str, *values: int) -> TensorProto:
    return numpy_helper.from_array(np.array(values if len(values) > 1 else values[0], np.int64), name)


ONE = numpy_helper.from_array(np.ones((1, 1), np.float32), "one")
HUGE = number("s", 1 << 20, 1 << 20)


def bombs() -> dict[str, Callable[[Path], Path]]:
    node = helper.make_node
    doubling = [node("Concat", [f"v{k}", f"v{k}"], [f"v{k + 1}"], axis=0) for k in range(40)]
    start = numpy_helper.from_array(np.ones(1, np.float32), "v0")
    weight = numpy_helper.from_array(np.ones((4, 3, 1, 1), np.float32), "w")
    relu = node("Relu", ["x"], ["y"])
    return {
        "constant of shape": lambda p: saved(p, summed(node("ConstantOfShape", ["s"], ["c"])), [2], HUGE),
        "expand": lambda p: saved(p, summed(node("Expand", ["one", "s"], ["c"])), [2], ONE, HUGE),
        "tile": lambda p: saved(p, summed(node("Tile", ["one", "s"], ["c"])), [2], ONE, HUGE),
        "range": lambda p: saved(
            p,
            summed(node("Range", ["a", "b", "d"], ["i"]), node("Cast", ["i"], ["c"], to=1)),
            [2],
            number("a", 0),
            number("b", 1 << 40),
            number("d", 1),
        ),
        "pad": lambda p: saved(
            p, summed(node("Pad", ["one", "p"], ["c"])), [2], ONE, number("p", 0, 0, 1 << 30, 1 << 30)
        ),
        "concat of concats": lambda p: saved(p, summed(*doubling, last="v40"), [2], start),
        "sizes that overflow": lambda p: saved(p, [node("Conv", ["x", "w"], ["y"])], [1 << 40, 3, 1 << 40], weight),
        "many dimensions": lambda p: saved(p, [relu], [1] * 20_000),
        "many inputs": lambda p: saved(p, [node("Sum", ["x"] * 50_000, ["y"])], [2]),
        "a long name": lambda p: saved(p, [node("Relu", ["x"], ["y"], name="n" * 2_000_000)], [2]),
        "a deep scope": lambda p: saved(p, [node("Relu", ["x"], ["y"], name="/".join(["a"] * 20_000))], [2]),
    }  # fmt: skip


@pytest.mark.parametrize("name", bombs())
def test_bombs_are_shown_and_cleaned_within_memory(tmp_path: Path, name: str, request: pytest.FixtureRequest) -> None:
    path = bombs()[name](tmp_path / "m.onnx")
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    limits = resource.getrlimit(resource.RLIMIT_AS)
    resource.setrlimit(resource.RLIMIT_AS, (MOST_BYTES, limits[1]))  # a bomb that works ends in MemoryError
    request.addfinalizer(lambda: resource.setrlimit(resource.RLIMIT_AS, limits))
    model = open_source(path, Progress()).model
    assert index_layers(bind(model, {}, strict=False)).layers
    assert clean(model).model.graph.outputs
    assert (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before) / 1000 < MOST_MB


def nested(depth: int) -> bytes:
    """A graph in a node in a graph, as bytes: deeper than protobuf's own parser goes."""

    def field(number: int, content: bytes) -> bytes:
        length, size = len(content), b""
        while length > 127:
            size, length = size + bytes([length & 127 | 128]), length >> 7
        return bytes([number << 3 | 2]) + size + bytes([length]) + content

    graph = b""
    for _ in range(depth):
        graph = field(1, field(5, field(6, graph)))
    return b"\x08\x08" + field(7, graph)


def test_deep_protobuf_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").write_bytes(nested(2000))
    with pytest.raises(ModelError, match="nested too deeply"):
        open_source(tmp_path / "m.onnx", Progress())


def test_a_link_to_itself_is_refused(tmp_path: Path) -> None:
    (tmp_path / "m.onnx").symlink_to("m.onnx")
    with pytest.raises(ModelError, match="cannot be read"):
        open_source(tmp_path / "m.onnx", Progress())


def test_external_data_behind_a_link_to_itself_are_refused(tmp_path: Path) -> None:
    (tmp_path / "w.bin").symlink_to("w.bin")
    weight = TensorProto(name="w", data_type=TensorProto.FLOAT, dims=[2], data_location=TensorProto.EXTERNAL)
    weight.external_data.add(key="location", value="w.bin")
    path = saved(tmp_path / "m.onnx", [helper.make_node("Add", ["x", "w"], ["y"])], [2], weight)
    with pytest.raises(ModelError, match="external data"):
        open_source(path, Progress())


def test_a_cycle_is_refused(tmp_path: Path) -> None:
    nodes = [helper.make_node("Add", ["x", "b"], ["a"]), helper.make_node("Relu", ["a"], ["b"])]
    with pytest.raises(ModelError, match="cycle"):
        open_source(saved(tmp_path / "m.onnx", nodes, [2], output="a"), Progress())


def test_thousands_of_nodes_in_the_wrong_order_are_sorted(tmp_path: Path) -> None:
    chain = [helper.make_node("Relu", [f"v{k}" if k else "x"], [f"v{k + 1}"]) for k in range(3000)]
    model = open_source(saved(tmp_path / "m.onnx", chain[::-1], [2], output="v3000"), Progress()).model
    assert len(index_layers(model).layers) == 3000
