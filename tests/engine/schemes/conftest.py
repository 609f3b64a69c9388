"""Small models of one layer, and what ONNX Runtime makes of a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser

from engine.graph.inference import infer

Build = Callable[..., ir.Model]
Fused = Callable[[ir.Model], Counter[str]]


@pytest.fixture
def build() -> Build:
    """A model from ONNX's text form and its constants."""

    def make(text: str, **constants: np.ndarray) -> ir.Model:
        proto = parser.parse_model('<ir_version: 8, opset_import: ["" : 13]>' + text)
        proto.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in constants.items())
        model = ir.from_proto(proto)
        infer(model, forget=False)
        return model

    return make


@pytest.fixture
def fused(tmp_path: Path) -> Fused:
    """The ops that ONNX Runtime really runs, bodies included."""

    def count(graph: onnx.GraphProto) -> Counter[str]:
        found = Counter(node.op_type for node in graph.node)
        bodies = [a.g for node in graph.node for a in node.attribute if a.type == onnx.AttributeProto.GRAPH]
        return sum((count(body) for body in bodies), found)

    def run(model: ir.Model) -> Counter[str]:
        options = ort.SessionOptions()
        options.optimized_model_filepath = str(tmp_path / "optimized.onnx")
        options.log_severity_level = 3
        ort.InferenceSession(ir.to_proto(model).SerializeToString(), options, providers=["CPUExecutionProvider"])
        return count(onnx.load(tmp_path / "optimized.onnx").graph)

    return run
