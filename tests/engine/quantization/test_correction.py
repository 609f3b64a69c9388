"""Learned rounding and corrected biases on whole layers."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.layers import index_layers
from engine.quantization.moments import layout
from engine.report import Report
from engine.scheme import Calibration, Moments
from engine.schemes.int8_static import SCHEME, Options, wanted_moments
from tests.engine.quantization.conftest import FACTS, build, observed, run

TEXT = "g (float[1,4,16,16] x) => (float[1,8,16,16] y) { [a] h = Conv<pads=[1,1,1,1]>(x, w) [b] y = Conv(h, v) }"
RNG = np.random.default_rng(7)
WEIGHTS = {
    # One large weight in each row makes the steps for the others coarse.
    "w": np.where(np.arange(36).reshape(1, 4, 3, 3) == 5, 30.0, RNG.normal(size=(6, 4, 3, 3)) * 0.4).astype(np.float32),
    "v": (RNG.normal(size=(8, 6, 1, 1)) * 0.3).astype(np.float32),
}
FEEDS = {"x": (np.abs(RNG.normal(size=(1, 4, 16, 16))) + 0.5).astype(np.float32)}


def moments(model: ir.Model, *ids: str) -> dict[str, Moments]:
    found = {}
    for layer_id in ids:
        form = layout(index_layers(model).node(layer_id))
        assert form is not None
        exposed = model.clone()
        values = {v.name: v for node in exposed.graph for v in node.outputs}
        if form.value in values:
            exposed.graph.outputs[:] = [values[form.value]]
        array = run(exposed, FEEDS)[0] if form.value in values else FEEDS[form.value]
        vectors = form.vectors(array, 2000, np.random.default_rng(0)).transpose(1, 0, 2).astype(np.float64)
        mean = vectors.mean(axis=1)
        centred = vectors - mean[:, None]
        found[layer_id] = Moments(mean, centred.transpose(0, 2, 1) @ centred / vectors.shape[1], vectors.shape[1])
    return found


@pytest.fixture
def error() -> Callable[..., float]:
    def work(*, known: bool = True, weights: Any = None, **options: Any) -> float:
        model = build(TEXT, WEIGHTS if weights is None else weights)
        values = observed(model, SCHEME.wanted(model, frozenset({"a", "b"})), FEEDS)
        planned = dict.fromkeys("ab", Options(**options))
        given = Calibration(values, moments(model, *wanted_moments(model, planned)) if known else {})
        report = Report()
        result = SCHEME.quantize(model, planned, frozenset(), given, FACTS, report)
        assert set(report.treated) == {"a", "b"}
        return float(((run(result, FEEDS)[0] - run(model, FEEDS)[0]) ** 2).mean())

    return work


def test_each_repair_brings_the_output_nearer(error: Callable[..., float]) -> None:
    plain = error(bias_correction=False)
    corrected = error()
    both = error(rounding="learned")
    assert corrected < 0.9 * plain
    assert both < corrected


def test_learned_rounding_without_moments_is_nearest(error: Callable[..., float]) -> None:
    assert error(rounding="learned", known=False) == error()


def test_a_bias_that_was_not_there_is_made(error: Callable[..., float]) -> None:
    model = build(TEXT, WEIGHTS)
    values = observed(model, SCHEME.wanted(model, frozenset({"a", "b"})), FEEDS)
    report = Report()
    result = SCHEME.quantize(model, {"a": Options()}, frozenset(), Calibration(values), FACTS, report)
    (conv,) = [node for node in result.graph if node.op_type == "Conv" and node.name == "a"]
    assert len(conv.inputs) == 3 and conv.inputs[2] is not None
    assert len(model.graph.node("a").inputs) == 2


def test_a_weight_that_is_shared_serves_both() -> None:
    text = "g (float[1,4,8,8] x) => (float[1,4,8,8] y) { [a] h = Conv(x, w) [b] y = Conv(h, w) }"
    model = build(text, {"w": (4, 4, 1, 1)})
    feeds = {"x": np.random.default_rng(1).normal(size=(1, 4, 8, 8)).astype(np.float32) + 1}
    values = observed(model, SCHEME.wanted(model, frozenset({"a", "b"})), feeds)
    some = Moments(np.ones((1, 4)), np.eye(4)[None] + 0.9, 100)
    report = Report()
    planned = dict.fromkeys("ab", Options(rounding="learned"))
    given = Calibration(values, dict.fromkeys("ab", some))
    result = SCHEME.quantize(model, planned, frozenset(), given, FACTS, report)
    assert len([v for v in result.graph.initializers.values() if v.name and v.name.endswith("weight/quantized")]) == 1
    assert np.isfinite(run(result, feeds)[0]).all()
