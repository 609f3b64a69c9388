"""Values and layers in the bodies of control flow: their ranges, and what ONNX Runtime makes of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest

from engine.graph.layers import index_layers
from engine.quantization.bodies import expose_extremes, values_in_bodies
from engine.report import Report
from engine.scheme import Calibration, ValueStatistics
from engine.schemes.int8_static import SCHEME, Options

from .conftest import FACTS, run, serialize

ModelOf = Callable[..., ir.Model]
BRANCHES = """g (float[1,16,8,8] x, bool sure) => (float[1,16,8,8] y) {
    [before] a = Conv(x, w)
    [choice] y = If(sure) <
        then_branch = t () => (float[1,16,8,8] p) { [yes] b = Conv(a, w)  [act] p = Relu(b) },
        else_branch = e () => (float[1,16,8,8] q) { [no] c = Conv(a, v)  [twice] q = Add(c, a) }
    >
}"""
WEIGHTS = {"w": (16, 16, 1, 1), "v": (16, 16, 1, 1)}
LOOP = """g (float[4,16] x) => (float[4,16] y, float[n,4,16] all) {
    [loop] y, all = Loop(count, , x) <body = b (int64 i, bool going, float[4,16] s) =>
            (bool on, float[4,16] t, float[4,16] u) {
        [on] on = Identity(going)  [product] m = MatMul(s, w)
        [nested] t = If(going) <
            then_branch = k () => (float[4,16] r) { [grow] r = Add(m, s) },
            else_branch = l () => (float[4,16] z) { [same] z = Mul(m, s) }
        >
        [out] u = Identity(t)
    }>
}"""
SCAN = """g (float[3,4,16] x) => (float[4,16] y, float[3,4,16] all) {
    [scan] y, all = Scan<num_scan_inputs=1, body = b (float[4,16] s, float[4,16] e) => (float[4,16] t, float[4,16] u) {
        [product] m = MatMul(s, w)  [sum] t = Add(m, e)  [out] u = Identity(t)
    }>(start, x)
}"""


def extremes(model: ir.Model, feeds: dict[str, np.ndarray], *names: str) -> dict[str, tuple[float, float]]:
    exposed, ends = expose_extremes(model, names)
    onnx.checker.check_model(ir.to_proto(exposed), full_check=True)
    outputs = dict(zip([str(v.name) for v in exposed.graph.outputs], run(exposed, feeds), strict=True))
    return {name: (float(outputs[low]), float(outputs[high])) for name, (low, high) in ends.items()}


def image() -> np.ndarray:
    return np.random.default_rng(1).normal(size=(1, 16, 8, 8)).astype(np.float32)


def test_a_branch_gives_its_extremes_where_it_runs(model_of: ModelOf) -> None:
    model = model_of(BRANCHES, WEIGHTS)
    assert {"b", "p", "c", "q"} <= values_in_bodies(model).keys()
    x = image()
    found = extremes(model, {"x": x, "sure": np.array(True)}, "p", "q")
    y = run(model, {"x": x, "sure": np.array(True)})[0]
    assert found["p"] == (y.min(), y.max())
    assert found["q"] == (np.inf, -np.inf)


def test_a_loop_gives_the_extremes_of_all_its_turns(model_of: ModelOf) -> None:
    weights = {"w": (16, 16), "count": np.array(5)}
    model = model_of(LOOP, weights)
    x = np.random.default_rng(1).normal(size=(4, 16)).astype(np.float32)
    every = run(model, {"x": x})[1]
    assert extremes(model, {"x": x}, "r", "u")["u"] == (every.min(), every.max())
    assert extremes(model, {"x": x}, "r", "z")["r"] == (every.min(), every.max())
    assert extremes(model, {"x": x}, "z")["z"] == (np.inf, -np.inf), "the inner branch that is never taken"
    never = model_of(LOOP, weights | {"count": np.array(0)})
    assert extremes(never, {"x": x}, "u")["u"] == (np.inf, -np.inf)


def test_a_scan_gives_the_extremes_of_all_its_turns(model_of: ModelOf) -> None:
    model = model_of(SCAN, {"w": (16, 16), "start": np.ones((4, 16), np.float32)})
    x = np.random.default_rng(1).normal(size=(3, 4, 16)).astype(np.float32)
    every = run(model, {"x": x})[1]
    assert extremes(model, {"x": x}, "t")["t"] == (every.min(), every.max())


def test_a_name_that_two_values_have_stands_for_neither(model_of: ModelOf) -> None:
    model = model_of(
        BRANCHES.replace("(float[1,16,8,8] q)", "(float[1,16,8,8] p)").replace("q = Add", "p = Add"), WEIGHTS
    )
    assert "p" not in values_in_bodies(model)
    assert "b" in values_in_bodies(model)


@pytest.fixture
def quantized(model_of: ModelOf) -> Callable[..., tuple[ir.Model, ir.Model, Report]]:
    def work(text: str, weights: dict[str, object], *, without: str = "") -> tuple[ir.Model, ir.Model, Report]:
        model = model_of(text, weights)
        index = index_layers(model)
        able = [layer.id for layer in index.layers if SCHEME.why_not(index.node(layer.id)) is None]
        wanted = SCHEME.wanted(model, frozenset(able))
        values = {name: ValueStatistics(0.0 if name == "p" else -4.0, 4.0) for name in wanted if name != without}
        report = Report()
        planned = dict.fromkeys(able, Options())
        result = SCHEME.quantize(model, planned, frozenset(), Calibration(values), FACTS, report)
        onnx.checker.check_model(ir.to_proto(result), full_check=True)
        return model, result, report

    return work


def kernels(model: ir.Model, folder: Path) -> Counter[str]:
    """Of the whole model, bodies included."""
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    options.log_severity_level = 3
    ort.InferenceSession(serialize(model), options, providers=["CPUExecutionProvider"])
    found: Counter[str] = Counter()
    waiting = [onnx.load(folder / "optimized.onnx").graph]
    while waiting:
        for node in waiting.pop().node:
            found[node.op_type] += 1
            waiting += [attribute.g for attribute in node.attribute if attribute.HasField("g")]
    return found


def test_branches_compute_in_integers(
    quantized: Callable[..., tuple[ir.Model, ir.Model, Report]], tmp_path: Path
) -> None:
    model, result, report = quantized(BRANCHES, WEIGHTS)
    assert not report.skipped
    found = kernels(result, tmp_path)
    assert found["QLinearConv"] == 3 and found["QLinearAdd"] == 1 and found["Conv"] == found["Add"] == 0
    assert sum(value.shape == (16, 16, 1, 1) for value in result.graph.initializers.values()) == 2, "w is shared"
    # x once; the Conv before the branches gives codes, which both of them read.
    assert found["QuantizeLinear"] == 1
    for sure in (True, False):
        feeds = {"x": image(), "sure": np.array(sure)}
        wanted, got = run(model, feeds)[0], run(result, feeds)[0]
        assert 10 * np.log10((wanted**2).sum() / ((got - wanted) ** 2).sum()) > 25


def test_a_loop_computes_in_integers(
    quantized: Callable[..., tuple[ir.Model, ir.Model, Report]], tmp_path: Path
) -> None:
    _, result, report = quantized(LOOP, {"w": (16, 16), "count": np.array(2)})
    assert not report.skipped
    assert kernels(result, tmp_path)["QLinearMatMul"] == 1


def test_a_branch_that_never_ran_stays_float(quantized: Callable[..., tuple[ir.Model, ir.Model, Report]]) -> None:
    _, _, report = quantized(BRANCHES, WEIGHTS, without="q")
    assert "did not run" in report.skipped["choice/else_branch/twice"]
    assert set(report.skipped) == {"choice/else_branch/twice"}
    assert len(report.treated) == 3
