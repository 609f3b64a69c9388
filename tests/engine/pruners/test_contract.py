"""What every pruner promises."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser

from engine.backend import Feeds, RunSettings, Runtime, TargetFacts
from engine.backends import backend_of
from engine.errors import UsageError
from engine.graph.inference import infer
from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.options import with_values
from engine.progress import Progress
from engine.pruner import Pruner
from engine.pruners import pruners
from engine.pruning.context import Context
from engine.pruning.factorize import factoring
from engine.pruning.structural import ready
from engine.report import Report

SHAPES = {"w1": (32, 16, 3, 3), "w2": (32, 8), "bias": (8,), "shift": (32,), "mean": (32,)}
RATIO = {True: 0.25, False: 0.5}
"""That healing can make up for much of, of channels and of multiplications."""
FACTS = TargetFacts("cpu", np.dtype(np.uint8), frozenset(), False, 8, "")


@pytest.fixture(params=[*pruners()])
def pruner(request: pytest.FixtureRequest) -> Pruner:
    return pruners()[request.param]


structural = pytest.mark.parametrize("pruner", [key for key, p in pruners().items() if p.structural], indirect=True)
factoring_ones = pytest.mark.parametrize("pruner", [key for key, p in pruners().items() if p.factor], indirect=True)
on_data = pytest.mark.parametrize("pruner", [key for key, p in pruners().items() if p.needs_data], indirect=True)


@dataclass(frozen=True)
class Rows:
    kind: Literal["data", "synthetic"] = "data"
    fingerprint: str = "rows"
    labels: None = None
    group: int | None = 1

    def __len__(self) -> int:
        return 6

    def batches(self, size: int) -> Iterator[Feeds]:
        rng = np.random.default_rng(1)
        for _ in range(len(self)):
            yield {"x": rng.normal(size=(1, 16, 8, 8)).astype(np.float32)}


class Here:
    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


@pytest.fixture
def model() -> ir.Model:
    proto = parser.parse_model(
        """
        <ir_version: 8, opset_import: ["" : 13]>
        net (float[1,16,8,8] x) => (float[1,8] y) {
            [conv] a = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w1)
            [norm] n = BatchNormalization(a, scale, shift, mean, variance)
            [act] b = Relu(n)
            [pool] c = GlobalAveragePool(b)
            [flat] d = Flatten(c)
            [head] y = Gemm(d, w2, bias)
        }
        """
    )
    rng = np.random.default_rng(0)
    arrays = {name: rng.normal(size=shape) for name, shape in SHAPES.items()}
    arrays |= {"variance": np.ones(32), "scale": rng.uniform(0.5, 2, size=32)}
    proto.graph.initializer.extend(numpy_helper.from_array(a.astype(np.float32), name) for name, a in arrays.items())
    model = ir.from_proto(proto)
    infer(model, forget=False)
    return model


def prune(pruner: Pruner, model: ir.Model, *ids: str, **values: Any) -> tuple[ir.Model, Report]:
    report = Report()
    planned = {
        name: with_values(pruner.options(), values, pruner.key) for name in ids if name not in pruner.why_not(model)
    }
    if pruner.prune is not None:
        return pruner.prune(model, planned, report), report
    context = Context(None, FACTS, Runtime(backend_of("cpu"), RunSettings(threads=1), Here()), Rows(), Progress())
    plan = {name: (pruner, options) for name, options in planned.items()}
    if pruner.factor is not None:
        return factoring(model, plan, context).fully(model, report)[0], report
    return ready(model, plan, context).fully(report).model, report


def weights(model: ir.Model) -> dict[str, np.ndarray]:
    return {name: value.const_value.numpy() for name, value in model.graph.initializers.items() if value.const_value}


def test_the_result_is_valid_and_runs(pruner: Pruner, model: ir.Model) -> None:
    proto = ir.to_proto(prune(pruner, model, "conv", "head")[0])
    onnx.checker.check_model(proto, full_check=True)
    session = ort.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": np.ones((1, 16, 8, 8), np.float32)})
    assert y.shape == (1, 8)
    assert np.isfinite(y).all()


def test_the_source_stays_as_it_is(pruner: Pruner, model: ir.Model) -> None:
    before = {name: array.copy() for name, array in weights(model).items()}
    prune(pruner, model, "conv", "head")
    for name, array in weights(model).items():
        np.testing.assert_array_equal(array, before[name])


def test_a_planned_layer_changes_and_no_layer_changes_without_being_said(pruner: Pruner, model: ir.Model) -> None:
    pruned, report = prune(pruner, model, "conv")
    before, after = weights(model), weights(pruned)
    assert "w1" not in after or not np.array_equal(before["w1"], after["w1"])
    assert "conv" in report.treated
    if "head" not in report.treated and pruner.prune is not None:  # others cut, or solve again, what comes behind too
        np.testing.assert_array_equal(before["w2"], after["w2"])


def test_ids_survive_and_the_result_is_the_same_twice(pruner: Pruner, model: ir.Model) -> None:
    first, second = prune(pruner, model, "conv", "head")[0], prune(pruner, model, "conv", "head")[0]
    ids = [place.id for place in places(first)]
    before = [place.id for place in places(model)]
    assert [layer_id for layer_id in ids if layer_id in before] == before
    new = [layer for layer in index_layers(first).layers if layer.id not in before]
    assert not new or pruner.factor, "only a factorization makes layers"
    assert all(set(layer.origins) <= set(before) for layer in new), "which count as those that they came from"
    for name, array in weights(first).items():
        np.testing.assert_array_equal(array, weights(second)[name])


def test_what_cannot_be_pruned_says_why_and_what_can_does_not(pruner: Pruner, model: ir.Model) -> None:
    reasons = pruner.why_not(model)
    assert "conv" not in reasons
    for layer_id in ("act", "pool", "flat"):
        assert reasons[layer_id]


def test_it_says_what_a_target_gains(pruner: Pruner) -> None:
    said = pruner.speed(FACTS)
    assert "cpu" in said
    assert ("nothing" in said) == (pruner.prune is not None)


@structural
def test_a_structural_method_takes_channels_out_of_all_that_is_coupled(pruner: Pruner, model: ir.Model) -> None:
    after = {name: array.shape for name, array in weights(prune(pruner, model, "conv", ratio=0.5)[0]).items()}
    assert (after["w1"], after["w2"], after["bias"]) == ((16, 16, 3, 3), (16, 8), (8,))
    assert {after[name] for name in ("scale", "shift", "mean", "variance")} == {(16,)}


@structural
def test_a_structural_method_keeps_a_multiple_of_what_the_target_likes(pruner: Pruner, model: ir.Model) -> None:
    few, report = prune(pruner, model, "conv", ratio=0.1)
    assert weights(few)["w1"].shape[0] == 32
    assert "rounded to a multiple of 8" in report.skipped["conv"]
    odd, _ = prune(pruner, model, "conv", ratio=0.1, multiple="1")
    assert weights(odd)["w1"].shape[0] == 29


@pytest.mark.parametrize("pruner", [key for key, p in pruners().items() if not p.prune], indirect=True)
def test_healing_brings_the_output_closer(pruner: Pruner, model: ir.Model) -> None:
    wanted = run(model)
    wrong = {
        heal: np.mean((run(prune(pruner, model, "conv", ratio=RATIO[pruner.structural], heal=heal)[0]) - wanted) ** 2)
        for heal in ("yes", "no")
    }
    assert wrong["yes"] < 0.5 * wrong["no"]


@factoring_ones
def test_a_factorization_puts_two_layers_in_the_place_of_one(pruner: Pruner, model: ir.Model) -> None:
    before, (after, report) = index_layers(model), prune(pruner, model, "conv", ratio=0.5)
    now = index_layers(after)
    (first,) = (layer for layer in now.layers if layer.id not in before.by_id)
    assert (first.op, first.origins) == ("Conv", ("conv",))
    assert before.macs is not None
    assert now.macs is not None
    conv = before.by_id["conv"].macs or 0
    left = (first.macs or 0) + (now.by_id["conv"].macs or 0)
    assert conv - left == before.macs - now.macs
    assert 0.3 * conv < left < 0.7 * conv
    assert "rank" in report.treated["conv"]["pruning"]


@factoring_ones
def test_a_factorization_that_does_not_pay_says_where_it_would(pruner: Pruner, model: ir.Model) -> None:
    after, report = prune(pruner, model, "head")
    assert after is model
    assert "up to a rank of 6" in report.skipped["head"]


@on_data
def test_what_chooses_on_data_refuses_to_do_so_without(pruner: Pruner, model: ir.Model) -> None:
    runtime = Runtime(backend_of("cpu"), RunSettings(threads=1), Here())
    context = Context(None, FACTS, runtime, Rows(kind="synthetic"), Progress())
    with pytest.raises(UsageError, match="there is none"):
        ready(model, {"conv": (pruner, pruner.options())}, context)


def run(model: ir.Model) -> np.ndarray:
    session = ort.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    return np.concatenate([session.run(None, dict(feeds))[0] for feeds in Rows().batches(1)])
