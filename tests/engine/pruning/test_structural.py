"""A recipe that takes channels out: what it says, and that it gives the same model again."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.apply import Applied, apply, settled
from engine.backend import TargetFacts
from engine.graph.layers import index_layers
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import Recipe, Rule
from tests.engine.pruning.scene import FACTS, RUNTIME, Rows, network

METHOD = "reconstruction_channels"


def applied(*rules: Rule, samples: Rows | None = None, facts: TargetFacts = FACTS) -> Applied:
    recipe = Recipe(rules=rules)
    return apply(network(), recipe, samples or Rows(), facts, RUNTIME, Progress(), ranges=RangeCache())


def rule(selector: str | None, **options: float | str) -> Rule:
    return Rule("pruning", METHOD, selector, options)


def shapes(model: ir.Model) -> dict[str, tuple[int, ...]]:
    found = {name: value.const_value for name, value in model.graph.initializers.items()}
    return {name: tuple(tensor.shape.numpy()) for name, tensor in found.items() if tensor is not None}


@pytest.mark.parametrize("layer", ["stem", "back"])
def test_a_rule_on_any_layer_that_makes_the_channels_prunes_the_group(layer: str) -> None:
    found = applied(rule(layer, ratio=0.5))
    (cut,) = found.pruned.cuts
    assert (cut.id, cut.before, cut.after) == ("stem", 16, 8)
    assert {"stem", "back", "inner", "wide"} <= set(cut.coupled)
    assert {t.id: t.pruning for t in found.treated} == {"stem": METHOD, "back": METHOD}
    assert shapes(found.model)["w3"] == (32, 8, 1, 1)
    onnx.checker.check_model(ir.to_proto(found.model), full_check=True)


def test_each_group_has_its_own_options() -> None:
    found = applied(rule("inner", ratio=0.5), rule("wide", channels=24))
    assert {cut.id: cut.after for cut in found.pruned.cuts} == {"inner": 8, "wide": 24}


def test_what_cannot_be_cut_says_why_and_the_rest_is_cut() -> None:
    found = applied(rule(None, ratio=0.5))
    assert "reaches the model's output" in found.skipped["product"]
    assert {cut.id for cut in found.pruned.cuts} == {"stem", "inner", "wide"}
    assert "8 channels" in found.skipped["narrow"]


def test_without_data_nothing_is_healed_and_the_rest_works() -> None:
    found = applied(Rule("pruning", "l1_channels", "wide", {"ratio": 0.5}), samples=Rows(kind="synthetic"))
    assert found.pruned.healed == ()
    assert shapes(found.model)["w4"] == (16, 1, 3, 3)


def test_a_settled_recipe_names_counts_and_gives_the_same_model() -> None:
    asked = Recipe(rules=(rule(None, ratio=0.3, spread="measured"),))
    found = applied(*asked.rules)
    again = settled(asked, found.pruned)
    assert all(r.options.keys() == {"channels"} for r in again.rules)
    repeated = applied(*again.rules)
    assert {c.id: c.after for c in repeated.pruned.cuts} == {c.id: c.after for c in found.pruned.cuts}
    for name, value in found.model.graph.initializers.items():
        other = repeated.model.graph.initializers[name].const_value
        assert value.const_value is not None
        assert other is not None
        np.testing.assert_allclose(value.const_value.numpy(), other.numpy(), rtol=1e-4, atol=1e-5)


def test_pruning_and_quantization_add_up() -> None:
    int8 = Rule("quantization", "int8_static", "narrow")
    found = applied(rule("wide", ratio=0.5), int8, facts=replace(FACTS, integer_ops=frozenset({"Conv"})))
    treated = {t.id: (t.pruning, t.quantization) for t in found.treated}
    assert treated == {"wide": (METHOD, None), "narrow": (None, "int8_static")}
    cut = index_layers(found.model).by_id["narrow"]
    assert cut.parameters == 8 * 16 + 8  # healing gives it a bias
