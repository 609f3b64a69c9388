"""Models as text, quantized in this process, and what ONNX Runtime makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser

from engine.backend import TargetFacts
from engine.backends.onnxruntime_cpu import FEW_CHANNELS, INTEGER_OPS, SLOWER_OPS
from engine.graph.inference import infer
from engine.graph.layers import index_layers
from engine.quantization.calibrate import channel_axis, values_by_name
from engine.quantization.observers import Observer
from engine.report import Report
from engine.scheme import Calibration, ValueStatistics
from engine.schemes.int8_static import SCHEME, Options

FACTS = TargetFacts(
    "cpu",
    np.dtype(np.uint8),
    INTEGER_OPS,
    False,
    16,
    "",
    slower_ops=SLOWER_OPS,
    few_channels=FEW_CHANNELS,
    channels_last=True,
)
Feeds = Mapping[str, np.ndarray]


@dataclass
class Quantized:
    """One quantization: the float model, the result and its report; ``run`` and ``fused`` ask ONNX Runtime."""

    float_model: ir.Model
    model: ir.Model
    report: Report
    ranges: Mapping[str, ValueStatistics]
    feeds: Feeds
    folder: Path
    ops: Counter[str] = field(default_factory=Counter)

    def fused(self) -> Counter[str]:
        """Op types of the graph that ONNX Runtime really runs; layout changes are left out."""
        options = ort.SessionOptions()
        options.optimized_model_filepath = str(self.folder / "optimized.onnx")
        options.log_severity_level = 3
        ort.InferenceSession(serialize(self.model), options, providers=["CPUExecutionProvider"])
        graph = onnx.load(self.folder / "optimized.onnx", load_external_data=False).graph
        return Counter(node.op_type for node in graph.node)

    def sqnr_db(self) -> float:
        """Signal to quantization noise of the first output, as the runtime fuses it."""
        wanted = run(self.float_model, self.feeds)[0].astype(np.float64)
        error = run(self.model, self.feeds)[0] - wanted
        return float(10 * np.log10((wanted**2).sum() / max((error**2).sum(), 1e-30)))

    def nodes(self, op: str) -> list[ir.Node]:
        return [node for node in self.model.graph if node.op_type == op]


Quantize = Callable[..., Quantized]


def serialize(model: ir.Model) -> bytes:
    return ir.to_proto(model).SerializeToString()


def run(model: ir.Model, feeds: Feeds, optimize: bool = True) -> list[np.ndarray]:
    options = ort.SessionOptions()
    options.log_severity_level = 3
    if not optimize:
        options.graph_optimization_level = ort.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = ort.InferenceSession(serialize(model), options, providers=["CPUExecutionProvider"])
    results: list[np.ndarray] = session.run(None, dict(feeds))
    return results


def build(text: str, weights: Mapping[str, tuple[int, ...] | np.ndarray], opset: int = 13) -> ir.Model:
    """A model from its graph in ONNX's text form; a weight given as a shape gets random numbers."""
    proto = parser.parse_model(f'<ir_version: 8, opset_import: ["" : {opset}, "com.microsoft": 1]>\n{text}')
    rng = np.random.default_rng(0)
    for name, given in weights.items():
        array = given if isinstance(given, np.ndarray) else (rng.normal(size=given) * 0.2).astype(np.float32)
        proto.graph.initializer.append(numpy_helper.from_array(array, name))
    model = ir.from_proto(proto)
    infer(model, forget=False)
    return model


def random_feeds(model: ir.Model) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(1)
    return {str(v.name): rng.normal(size=v.shape.numpy()).astype(np.float32) for v in model.graph.inputs if v.shape}


def observed(model: ir.Model, wanted: frozenset[str], feeds: Feeds) -> dict[str, ValueStatistics]:
    """Ranges on one set of feeds, in this process."""
    exposed = model.clone()
    values = {v.name: v for node in exposed.graph for v in node.outputs}
    computed = sorted(wanted & values.keys())
    if computed:
        exposed.graph.outputs[:] = [values[name] for name in computed]
    arrays = dict(zip(computed, run(exposed, feeds), strict=True)) if computed else {}
    named = values_by_name(model)
    ranges = {}
    for name, array in {**arrays, **{name: feeds[name] for name in wanted & feeds.keys()}}.items():
        observer = Observer(channel_axis(named[name]))
        observer.observe(array)
        found = observer.result()
        assert found is not None
        ranges[name] = found
    return ranges


@pytest.fixture
def quantize(tmp_path: Path) -> Iterator[Quantize]:
    def work(
        text: str,
        weights: Mapping[str, Any],
        *layers: str,
        options: Options | None = None,
        facts: TargetFacts = FACTS,
        feeds: Feeds | None = None,
        ranges: Mapping[str, ValueStatistics] | None = None,
        opset: int = 13,
    ) -> Quantized:
        """Quantize the named layers, or all that can be."""
        model = build(text, weights, opset)
        index = index_layers(model)
        able = [layer.id for layer in index.layers if SCHEME.why_not(index.node(layer.id)) is None]
        feeds = feeds or random_feeds(model)
        found = observed(model, SCHEME.wanted(model, frozenset(able)), feeds) | dict(ranges or {})
        report = Report()
        planned = dict.fromkeys(layers or able, options or Options())
        result = SCHEME.quantize(model, planned, frozenset(), Calibration(found), facts, report)
        onnx.checker.check_model(ir.to_proto(result), full_check=True)
        return Quantized(model, result, report, found, feeds, tmp_path)

    yield work


@pytest.fixture
def model_of() -> Callable[..., ir.Model]:
    return build
