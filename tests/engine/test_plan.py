from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest
from onnx import parser

from engine.backend import TargetFacts
from engine.errors import UsageError
from engine.graph.layers import LayerIndex, index_layers, set_origins
from engine.plan import Plan, make_plan
from engine.recipe import FLOAT, Recipe, Rule
from engine.report import Report

FACTS = TargetFacts("cpu", np.dtype(np.uint8), frozenset({"Conv"}), False, 16, "a processor of the test")


@pytest.fixture(scope="module")
def index() -> LayerIndex:
    model = parser.parse_model(
        """
        <ir_version: 8, opset_import: ["" : 13]>
        net (float[1,4,8,8] x) => (float[1,4,8,8] y)
        <float[4,4,1,1] w = {1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16}>
        {
            [stem] a = Conv(x, w)
            [act] b = Relu(a)
            [body] c = Conv(b, w)
            [head] y = Sigmoid(c)
        }
        """
    )
    return index_layers(ir.from_proto(model))


def plan(index: LayerIndex, *rules: Rule, cleaned: LayerIndex | None = None) -> tuple[Plan, Report]:
    report = Report()
    return make_plan(index, cleaned or index, Recipe(rules=rules), FACTS, report), report


def quantize(selector: str | None, choice: str = "int8_static") -> Rule:
    return Rule("quantization", choice, selector)


def test_an_exact_id_wins_over_a_later_glob(index: LayerIndex) -> None:
    made, _ = plan(index, quantize("stem", FLOAT), quantize("op:Conv"))
    assert list(made.quantization) == ["body"]
    assert made.kept == {"stem"}


def test_a_later_rule_wins_over_an_earlier_one(index: LayerIndex) -> None:
    assert list(plan(index, quantize("op:Conv"), quantize("b*", FLOAT))[0].quantization) == ["stem"]
    assert list(plan(index, quantize("b*", FLOAT), quantize("op:Conv"))[0].quantization) == ["stem", "body"]


def test_a_rule_for_what_suits_leaves_an_earlier_rule_where_it_does_not(index: LayerIndex) -> None:
    made, report = plan(index, quantize("op:Sigmoid"), quantize(None))
    assert list(made.quantization) == ["stem", "body", "head"]
    assert report.skipped == {}


def test_without_a_selector_only_layers_that_suit_are_quantized(index: LayerIndex) -> None:
    made, report = plan(index, quantize(None))
    assert list(made.quantization) == ["stem", "body"]
    assert "head" not in made.quantization
    assert report.skipped == {}, "an activation without weights is not worth a line"


def test_pruning_and_quantization_do_not_disturb_each_other(index: LayerIndex) -> None:
    made, _ = plan(index, Rule("pruning", "magnitude_weights", "stem", {"ratio": 0.25}), quantize("stem"))
    assert list(made.quantization) == list(made.pruning) == ["stem"]
    assert made.pruning["stem"][1].ratio == 0.25


def test_what_was_asked_for_and_cannot_be_says_why(index: LayerIndex) -> None:
    made, report = plan(index, Rule("pruning", "magnitude_weights", "act"))
    assert made.pruning == {}
    assert "no weight" in report.skipped["act"]


def test_selectors_that_match_nothing_are_named(index: LayerIndex) -> None:
    made, _ = plan(index, quantize("op:Convolution"), quantize("op:Conv"))
    assert [rule.selector for rule in made.unmatched] == ["op:Convolution"]


@pytest.mark.parametrize("rule", [quantize("stem", "int3"), Rule("pruning", "magnitude_weights", None, {"rate": 1})])
def test_unknown_choices_and_options_are_refused(index: LayerIndex, rule: Rule) -> None:
    with pytest.raises(UsageError, match=r"int8_static|ratio"):
        plan(index, rule)


def test_a_layer_that_cleaning_removed_says_where_it_went(index: LayerIndex) -> None:
    model = ir.from_proto(
        parser.parse_model(
            """
            <ir_version: 8, opset_import: ["" : 13]>
            net (float[1,4,8,8] x) => (float[1,4,8,8] y) { [head] y = Sigmoid(x) }
            """
        )
    )
    _, report = plan(index, quantize("stem"), cleaned=index_layers(model))
    assert report.skipped == {"stem": "cleaning removed it"}


def test_a_layer_that_others_came_from_is_not_called_folded() -> None:
    """The nodes that quantization put around a layer name it as their origin."""
    model = ir.from_proto(
        parser.parse_model(
            """
            <ir_version: 8, opset_import: ["" : 13]>
            net (float[1,4,8,8] x) => (float[1,4,8,8] y)
            <uint8 z = {0}, float s = {1.0}>
            { [act] a = Relu(x) [q] b = QuantizeLinear(a, s, z) [d] y = DequantizeLinear(b, s, z) }
            """
        )
    )
    set_origins(model.graph.node("d"), ("act",))
    index = index_layers(model)
    _, report = plan(index, quantize("act"))
    assert list(report.skipped) == ["act"]
    assert "folded" not in report.skipped["act"]
