"""Layers that lose the output are found by measuring, and only where there is data to measure on."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest
from onnx import numpy_helper, parser

from engine.apply import apply
from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.dataset import open_dataset
from engine.data.samples import Samples
from engine.data.synthetic import synthetic
from engine.graph.shapes import inputs
from engine.profiling.child import Child
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import Recipe, Rule
from engine.verification.survival import not_surviving

TEXT = """
<ir_version: 8, opset_import: ["" : 13]>
net (float[1,16,8,8] x) => (float[1,16,8,8] y) {
    [first] a = Conv (x, w)
    [far] b = Add(a, far_away)
    [back] c = Sub(b, far_away)
    [second] y = Conv (c, v)
}
"""
EVERY = ("first", "far", "second")


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as host:
        yield host


def model(offset: float) -> ir.Model:
    """``far`` puts all values around an offset; where that is large, eight bits keep nothing of their differences."""
    proto = parser.parse_model(TEXT)
    numbers = np.random.default_rng(0)
    for name in ("w", "v"):
        weight = numbers.normal(0, 0.2, (16, 16, 1, 1)).astype(np.float32)
        proto.graph.initializer.append(numpy_helper.from_array(weight, name))
    proto.graph.initializer.append(numpy_helper.from_array(np.full((1, 16, 1, 1), offset, np.float32), "far_away"))
    return ir.from_proto(proto)


def data(tmp_path: Path, source: ir.Model) -> Samples:
    images = np.random.default_rng(1).normal(0, 1, (8, 16, 8, 8)).astype(np.float32)
    np.savez(tmp_path / "images.npz", x=images)
    return open_dataset(tmp_path / "images.npz", inputs(source), samples=None, seed=0).calibration


def losing(child: Child, source: ir.Model, samples: Samples) -> dict[str, str]:
    settings = RunSettings(threads=1)
    facts, runtime = backend_of("cpu").facts("cpu"), Runtime(backend_of("cpu"), settings, child)
    ranges = RangeCache()

    def build(layers: frozenset[str]) -> ir.Model:
        rules = tuple(Rule("quantization", "int8_static", name) for name in sorted(layers))
        return apply(source, Recipe(rules=rules), samples, facts, runtime, Progress(), ranges=ranges).model

    return not_surviving(source, build, EVERY, samples, runtime, Progress())


def test_the_layer_that_loses_the_output_is_named_and_the_others_are_not(child: Child, tmp_path: Path) -> None:
    source = model(offset=1000.0)
    found = losing(child, source, data(tmp_path, source))
    assert found.keys() == {"far"}
    assert "dB of the output" in found["far"]


def test_a_model_that_survives_as_a_whole_loses_no_layer(child: Child, tmp_path: Path) -> None:
    source = model(offset=0.5)
    assert losing(child, source, data(tmp_path, source)) == {}


def test_made_up_samples_decide_nothing(child: Child) -> None:
    source = model(offset=1000.0)
    assert losing(child, source, synthetic(source, RunSettings(), 4)) == {}
