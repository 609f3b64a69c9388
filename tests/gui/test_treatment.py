"""Edits by layer win over wider rules, and clearing undoes what either says."""

from __future__ import annotations

from pathlib import Path

from engine.graph.layers import Layer
from engine.recipe import Recipe, Rule
from gui.treatment import clear, groups, resolve, summary, treat, without_group


def layer(layer_id: str, op: str = "Conv") -> Layer:
    return Layer(layer_id, layer_id, op, "", (), (), None, None, 0, 0, 0, 0, 0, None, (layer_id,))


LAYERS = (layer("a"), layer("b"), layer("r", "Relu"))


def always(_rule: Rule, _layer: Layer) -> bool:
    return True


def test_exact_id_wins_over_a_later_selector() -> None:
    recipe = treat(Recipe(), "quantization", "float", ["a"])
    recipe = recipe.with_rule(Rule("quantization", "int8_static", "op:Conv"))
    found = resolve(recipe, LAYERS, always)
    assert found["a"].kept_float
    assert found["b"].quantized
    assert "r" not in found


def test_treat_replaces_the_same_kind_only() -> None:
    recipe = treat(Recipe(), "quantization", "int8_static", ["a", "b"])
    recipe = treat(recipe, "pruning", "magnitude_weights", ["a"], {"ratio": 0.5})
    recipe = treat(recipe, "quantization", "float", ["a"])
    found = resolve(recipe, LAYERS, always)
    assert found["a"].kept_float
    assert found["a"].pruned
    assert len(recipe.rules) == 3


def test_clear_goes_against_wider_rules() -> None:
    recipe = Recipe().with_rule(Rule("quantization", "int8_static", "op:Conv"))
    found = resolve(clear(recipe, ["a"], LAYERS, always), LAYERS, always)
    assert not found["a"].quantized
    assert found["b"].quantized


def test_clear_of_an_own_rule_leaves_nothing() -> None:
    recipe = treat(Recipe(), "pruning", "magnitude_weights", ["a"])
    assert clear(recipe, ["a"], LAYERS, always) == Recipe()


def test_a_rule_for_every_layer_goes_where_it_fits() -> None:
    recipe = Recipe().with_rule(Rule("quantization", "int8_static"))
    found = resolve(recipe, LAYERS, lambda _rule, one: one.op == "Conv")
    assert set(found) == {"a", "b"}


def test_groups_join_what_is_alike_and_can_be_removed() -> None:
    recipe = treat(Recipe(), "quantization", "int8_static", ["a", "b"])
    recipe = treat(recipe, "pruning", "magnitude_weights", ["b"], {"ratio": 0.5})
    first, second = groups(recipe)
    assert first.selectors == ("a", "b")
    assert second.options == {"ratio": 0.5}
    assert without_group(recipe, first).rules == (Rule("pruning", "magnitude_weights", "b", {"ratio": 0.5}),)
    assert summary(resolve(recipe, LAYERS, always)) == "2 layers int8 static, 1 layer pruned by magnitude weights"


def test_the_window_and_the_engine_resolve_alike(model_file: Path) -> None:
    """What the table marks is what ``apply`` treats."""
    import onnx_ir as ir

    from engine import plan
    from engine.backends import backend_of
    from engine.graph.layers import index_layers
    from engine.report import Report
    from engine.schemes import schemes

    index = index_layers(ir.load(model_file))
    recipe = Recipe().with_rule(Rule("quantization", "int8_static", "op:Conv"))
    recipe = treat(recipe, "quantization", "float", ["block1/conv"])
    facts = backend_of("cpu").facts("cpu")

    def fits(rule: Rule, one: Layer) -> bool:
        return rule.choice == "float" or schemes()[rule.choice].why_not(index.node(one.id)) is None

    mine = {i for i, t in resolve(recipe, index.layers, fits).items() if t.quantized}
    theirs = set(plan.make_plan(index, index, recipe, facts, Report()).quantization)
    assert mine == theirs == {f"block{n}/conv" for n in (0, 2, 3, 4)}
