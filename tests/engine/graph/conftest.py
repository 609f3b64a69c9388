"""Small models as text, and running them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import onnx.parser
import onnx_ir as ir
import pytest
from numpy.typing import NDArray

Array = NDArray[Any]
Parse = Callable[..., ir.Model]
RunModel = Callable[[ir.Model, Mapping[str, Array]], list[Array]]


@pytest.fixture(scope="session")
def parse() -> Parse:
    """``parse(text, opset=13, ir_version=8, **weights)``: weights are added as initializers of their names."""

    def build(text: str, *, opset: int = 13, ir_version: int = 8, domains: str = "", **weights: Array) -> ir.Model:
        proto = onnx.parser.parse_model(f'<ir_version: {ir_version}, opset_import: ["" : {opset}{domains}]> {text}')
        for name, array in weights.items():
            proto.graph.initializer.append(onnx.numpy_helper.from_array(array, name))
        return ir.from_proto(proto)

    return build


@pytest.fixture(scope="session")
def run_model() -> RunModel:
    """The outputs of a model in ONNX Runtime, all optimizations off so that they are the graph's own."""
    import onnxruntime as ort

    options = ort.SessionOptions()
    options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    options.log_severity_level = 3

    def run(model: ir.Model, feeds: Mapping[str, Array]) -> list[Array]:
        session = ort.InferenceSession(ir.to_proto(model).SerializeToString(), options, ["CPUExecutionProvider"])
        return [np.asarray(array) for array in session.run(None, dict(feeds))]

    return run
