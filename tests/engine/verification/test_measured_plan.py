"""A recipe that names no layers, with what was measured of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import onnx_ir as ir
import pytest
from onnx import numpy_helper, parser

from engine.apply import Applied, apply
from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.profiling.child import Child
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import FLOAT, Recipe, Rule
from engine.verification.gains import Build, Gains, GainsStore, Look, Seen

TEXT = """
<ir_version: 8, opset_import: ["" : 13]>
net (float[1,16,8,8] x) => (float[1,16,8,8] y) {
    [first] a = Conv (x, w)
    [middle] b = Relu(a)
    [second] c = Conv (b, v)
    [sum] y = Add(c, b)
}
"""
INT8 = Rule("quantization", "int8_static", None)


@dataclass(frozen=True)
class Known(GainsStore):
    """Has measured already; ``asked`` holds the keys that were looked for."""

    found: Gains | None = None
    asked: list[str] = field(default_factory=list)
    saved: list[Gains] = field(default_factory=list)

    def load(self, key: str) -> Gains | None:
        self.asked.append(key)
        return self.found

    def save(self, key: str, gains: Gains) -> None:
        self.saved.append(gains)


def known(*chosen: str, **reasons: str) -> Known:
    return Known(None, found=Gains(chosen, reasons, 100.0, 60.0, 60.0, 2, "cpu", "onnxruntime 1"))


@pytest.fixture(scope="module")
def child() -> Iterator[Child]:
    with Child() as host:
        yield host


def model() -> ir.Model:
    proto = parser.parse_model(TEXT)
    numbers = np.random.default_rng(0)
    for name in ("w", "v"):
        weight = numbers.normal(0, 0.2, (16, 16, 1, 1)).astype(np.float32)
        proto.graph.initializer.append(numpy_helper.from_array(weight, name))
    return ir.from_proto(proto)


def applied(child: Child, store: GainsStore | None, *rules: Rule, target: str = "cpu") -> Applied:
    settings = RunSettings(threads=1)
    facts = replace(backend_of("cpu").facts("cpu"), device=target)
    runtime = Runtime(backend_of("cpu"), settings, child)
    source = model()
    samples = synthetic(source, settings, 2)
    return apply(source, Recipe(rules=rules), samples, facts, runtime, Progress(), ranges=RangeCache(), gains=store)


def quantized(found: Applied) -> set[str]:
    return {one.id for one in found.treated if one.quantization}


def test_layers_that_gain_are_treated_and_the_others_say_what_was_measured(child: Child) -> None:
    found = applied(child, known("second", first="slower in integers: 82 µs, in float 24 µs"), INT8)
    assert quantized(found) == {"second"}
    assert found.skipped["first"] == "slower in integers: 82 µs, in float 24 µs"
    assert found.gains["int8_static"].treated_us == 60.0


def test_a_layer_that_is_named_is_treated_whatever_was_measured(child: Child) -> None:
    found = applied(child, known("second", first="slower"), INT8, Rule("quantization", "int8_static", "first"))
    assert quantized(found) == {"first", "second"}
    assert "first" not in found.skipped


def test_a_layer_that_is_kept_stays_in_float_whatever_was_measured(child: Child) -> None:
    found = applied(child, known("first", "second"), INT8, Rule("quantization", FLOAT, "first"))
    assert quantized(found) == {"second"}


def test_what_was_measured_serves_every_choice_beside_it(child: Child) -> None:
    """One click must not measure again."""
    stores = [known("first"), known("first"), known("first")]
    applied(child, stores[0], INT8)
    applied(child, stores[1], INT8, Rule("quantization", FLOAT, "second"))
    applied(child, stores[2], Rule("quantization", "int8_static", None, {"ranges": "mse", "rounding": "learned"}))
    assert len({key for store in stores for key in store.asked}) == 1


def test_another_treatment_is_measured_by_itself(child: Child) -> None:
    stores = [known("first"), known("first")]
    applied(child, stores[0], INT8)
    applied(child, stores[1], Rule("quantization", "int8_static", None, {"per_channel": False}))
    assert stores[0].asked != stores[1].asked


def test_the_recipe_names_what_was_measured_and_gives_the_same_model(child: Child) -> None:
    store = known("second", first="slower", sum="slower")
    once = applied(child, store, INT8, Rule("quantization", FLOAT, "nobody*"))
    assert Rule("quantization", "int8_static", "second") in once.recipe.rules
    assert all(rule.selector is not None for rule in once.recipe.rules)
    again = applied(child, Known(None), *once.recipe.rules)
    assert ir.to_proto(again.model).SerializeToString() == ir.to_proto(once.model).SerializeToString()


def test_a_recipe_that_names_layers_measures_nothing(child: Child) -> None:
    store = known()
    assert quantized(applied(child, store, Rule("quantization", "int8_static", "op:*"))) >= {"first", "second"}
    assert store.asked == []


def test_what_is_not_on_this_machine_goes_by_what_is_known_and_says_so(child: Child) -> None:
    store = known()
    found = applied(child, store, INT8, target="directml:0")
    assert quantized(found) >= {"first", "second"}
    assert store.asked == []
    assert "directml:0 is not on this machine" in found.notes[0]


def test_measuring_really_measures(child: Child) -> None:
    store = Known(None)
    found = applied(child, store, INT8)
    (gains,) = store.saved
    assert gains == found.gains["int8_static"]
    assert gains.float_us > 0 and gains.tried >= 1 and gains.device == "cpu"
    assert quantized(found) == set(gains.chosen)
    assert {"first", "second"} - quantized(found) <= found.skipped.keys()


def test_a_layer_that_has_become_two_is_tried_and_treated_as_both(
    child: Child, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[ir.Model] = []

    def looking(_model: ir.Model, build: Build, *_rest: object) -> Look:
        def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
            tried.extend(build(chosen) for chosen in choices)
            return [Seen(chosen, 100.0, 50.0, ()) for chosen in choices]

        return look

    monkeypatch.setattr("engine.verification.measured_plan.looking", looking)
    thin = Rule("pruning", "low_rank", "first", {"rank": 4, "multiple": "1"})
    found = applied(child, GainsStore(None), thin, INT8)
    for one in (*tried, found.model):
        integers = [node.name for node in one.graph if node.op_type == "Conv" and in_integers(node)]
        assert integers == ["first_first", "first", "second"]
    assert {one.id: one.quantization for one in found.treated}["first"] == "int8_static"
    assert not any(one.id == "first_first" for one in found.treated)


def in_integers(node: ir.Node) -> bool:
    weight = node.inputs[1]
    producer = None if weight is None else weight.producer()
    return producer is not None and producer.op_type == "DequantizeLinear"
