"""A folder of files that nobody would want to open, each with a word of what the message must say of it."""

from __future__ import annotations

import io
import os
import random
import zipfile
from pathlib import Path

import numpy as np
import onnx
from onnx import TensorProto, helper

from tests.gui.conftest import small_model

NO_MESSAGE = ""
"""Of a file that is opened, or refused: both are right."""


def hostile(folder: Path) -> dict[Path, str]:
    """The files by path, with what the message has to name."""
    good = small_model(folder / "good.onnx").read_bytes()
    chance, found = random.Random(0), dict[Path, str]()

    def add(name: str, content: bytes, says: str) -> Path:
        path = folder / name
        path.write_bytes(content)
        found[path] = says
        return path

    add("empty.onnx", b"", "empty")
    add("truncated.onnx", good[: len(good) // 2], "protobuf")
    for number in range(3):
        flipped = bytearray(good)
        for _ in range(8):
            flipped[chance.randrange(len(flipped))] ^= 1 << chance.randrange(8)
        add(f"flipped_{number}.onnx", bytes(flipped), NO_MESSAGE)
    add("bomb.onnx", _zipped("model.onnx", bytes(50_000_000)), "ZIP")
    add("bomb.pt2", _zipped("archive/data.pkl", bytes(50_000_000)), "")
    add("bomb.pt", _zipped("m/data.pkl", bytes(50_000_000)), "")
    add("wrong.onnx", helper.make_tensor("t", TensorProto.FLOAT, [2], [1.0, 2.0]).SerializeToString(), "not an ONNX")
    add("text.onnx", b"hello\n" * 100, "not an ONNX")
    add("cycle.onnx", _saved([("Add", ["x", "b"], ["a"]), ("Relu", ["a"], ["b"])], "b"), NO_MESSAGE)
    add("nested.onnx", _nested(2000), "nested")
    add("large.onnx", _saved([("Expand", ["x", "n"], ["y"])], "y", [2**31 - 1]), NO_MESSAGE)
    add("outside.onnx", _external("../../etc/passwd"), "outside")
    add("absolute.onnx", _external("/etc/passwd"), "outside")
    add("missing.onnx", _external("nothing.bin"), "missing")
    add("broken.ort", b"\x14\x00\x00\x00ORTM" + bytes(chance.randrange(256) for _ in range(400)), "ONNX Runtime")
    add("pickle.pkl", b"cos\nsystem\n(S'true'\ntR.", "pickle")
    (folder / "folder.onnx").mkdir()
    found[folder / "folder.onnx"] = "folder"
    secret = add("secret.onnx", good, "permission")
    secret.chmod(0)
    if os.access(secret, os.R_OK):  # the superuser may read everything
        found[secret] = NO_MESSAGE
    if hasattr(os, "mkfifo"):
        os.mkfifo(folder / "pipe.onnx")
        found[folder / "pipe.onnx"] = "regular file"
    return found


def _zipped(name: str, content: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return stream.getvalue()


def _model(graph: onnx.GraphProto) -> bytes:
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    content: bytes = made.SerializeToString()
    return content


def _saved(nodes: list[tuple[str, list[str], list[str]]], output: str, length: list[int] | None = None) -> bytes:
    values = [
        ("x", TensorProto.FLOAT, [1, 4]),
        ("n", TensorProto.INT64, length or [2]),
        (output, TensorProto.FLOAT, None),
    ]
    x, n, y = (helper.make_tensor_value_info(*value) for value in values)
    return _model(helper.make_graph([helper.make_node(*node) for node in nodes], "g", [x, n], [y]))


def _nested(depth: int) -> bytes:
    """An If in an If, written by hand: protobuf itself refuses to write what it would refuse to read."""

    def part(number: int, content: bytes) -> bytes:
        length, size = b"", len(content)
        while size > 127:
            length, size = length + bytes((size % 128 + 128,)), size // 128
        return bytes((number * 8 + 2,)) + length + bytes((size,)) + content

    graph = part(2, b"g")
    for _ in range(depth):
        attribute = part(1, b"then_branch") + part(6, graph) + b"\xa0\x01\x05"
        graph = part(1, part(1, b"c") + part(2, b"o") + part(4, b"If") + part(5, attribute)) + part(2, b"g")
    return b"\x08\x08" + part(7, graph + part(12, part(1, b"o"))) + part(8, b"\x10\x11")


def _external(location: str) -> bytes:
    graph = helper.make_graph(
        [helper.make_node("Add", ["x", "w"], ["y"])],
        "g",
        [helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 4])],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 4])],
        [onnx.numpy_helper.from_array(np.zeros(4, np.float32), "w")],
    )
    weight = graph.initializer[0]
    weight.ClearField("raw_data")
    weight.data_location = TensorProto.EXTERNAL
    weight.external_data.add(key="location", value=location)
    return _model(graph)
