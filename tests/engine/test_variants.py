"""Variants are values: every change gives new ones, names stay unique, one is always current."""

from __future__ import annotations

from engine.recipe import Recipe, Rule
from engine.variants import Variants

PRUNED = Recipe().with_rule(Rule("pruning", "magnitude_weights", "conv"))


def test_a_copy_is_current_and_does_not_change_the_original() -> None:
    first = Variants.of(PRUNED)
    both = first.duplicate(0).with_recipe(Recipe())
    assert both.names == ("Variant 1", "Variant 2")
    assert both.current == 1
    assert both.items[0].recipe == PRUNED
    assert both.recipe == Recipe()
    assert len(first.items) == 1


def test_names_are_unique_and_never_blank() -> None:
    variants = Variants.of(Recipe()).add(PRUNED, "small").add(PRUNED, "small")
    assert variants.names == ("Variant 1", "small", "small 2")
    assert variants.rename(0, "small").names[0] == "small 3"
    assert variants.rename(0, "  ").names == variants.names
    assert variants.rename(0, "  a   b ").names[0] == "a b"


def test_deleting_keeps_the_current_one_where_it_can() -> None:
    three = Variants.of(Recipe()).add(PRUNED, "b").add(PRUNED, "c")
    assert three.remove(0).variant.name == "c"
    assert three.remove(2).variant.name == "b", "behind the last there is none"
    assert three.choose(0).remove(0).variant.name == "b"
    assert Variants.of(PRUNED).remove(0) == Variants.of(PRUNED), "the last one stays"
