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


def model() -> onnx.ModelProto:
    proto = onnx.parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> g (float[1,4] x) => (float[1,4] y) { m = MatMul(x, w) y = Relu(m) }'
    )
    proto.graph.initializer.append(onnx.helper.make_tensor("w", 1, [4, 4], np.eye(4).ravel().tolist()))
    return proto


@pytest.mark.parametrize(("suffix", "syntax"), [("onnxtxt", "onnxtxt"), ("textproto", "textproto"), ("json", "json")])
def test_all_text_forms_are_opened(tmp_path: Path, suffix: str, syntax: str) -> None:
    path = tmp_path / f"m.{suffix}"
    onnx.save(model(), path, format=syntax)
    source = open_source(path, Progress())
    assert source.format == "onnx_text"
    assert [(layer.op, layer.parameters) for layer in index_layers(source.model).layers] == [
        ("MatMul", 16),
        ("Relu", 0),
    ]


@pytest.mark.parametrize(
    ("name", "content", "why"),
    [
        ("m.onnxtxt", b"<ir_version: 8> g (", "onnxtxt"),
        ("m.textproto", b"graph { node { op_type: 3 } }", "textproto"),
        ("m.json", b'{"irVersion": "8", "graph": 3}', "json"),
        ("m.onnxtxt", b"\xff\xfe", "no text"),
        ("m.onnxtxt", b"g (" * 100_000, "nested"),
        ("m.json", b'{"irVersion": ' + b"[" * 100_000, "nested"),
        ("m.json", b"{}", "JSON, but no ONNX model"),
        ("m.textproto", b"ir_version: 8", "no graph"),
    ],
)
def test_text_that_is_no_model_is_refused(tmp_path: Path, name: str, content: bytes, why: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ModelError, match=why):
        open_source(tmp_path / name, Progress())
