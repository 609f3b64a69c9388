"""What the click of a remedy does: to the recipe, or to how models are run. Pure functions; no Qt."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.explain.reason import Reason, Remedy
from engine.recipe import FLOAT, Recipe
from gui.treatment import treat

if TYPE_CHECKING:
    from collections.abc import Mapping

    from gui.workshop import Ability

EDITS = ("keep_float", "quantize", "set_option", "clean")
"""The kinds of remedies that edit the recipe; the others change how models are run."""
RUN_SETTINGS = ("threads", "batch")


def edited(recipe: Recipe, reason: Reason, remedy: Remedy, abilities: Mapping[str, Ability]) -> Recipe:
    """The recipe after the remedy; layers that a scheme cannot treat are left out."""
    if remedy.kind == "clean":
        return replace(recipe, clean=True)
    if remedy.kind == "keep_float":
        return treat(recipe, "quantization", FLOAT, _known(reason.layers, abilities))
    if remedy.kind == "quantize":
        ids = [i for i in _known(reason.layers, abilities) if abilities[i].quantize.get(remedy.scheme, "") is None]
        return treat(recipe, "quantization", remedy.scheme, ids, remedy.options)
    assert remedy.kind == "set_option", remedy.kind
    rules = (
        replace(r, options={**r.options, **remedy.options})
        if r.kind == "quantization" and r.choice == remedy.scheme
        else r
        for r in recipe.rules
    )
    return replace(recipe, rules=tuple(rules))


def _known(ids: Sequence[str], abilities: Mapping[str, Ability]) -> list[str]:
    return [i for i in ids if i in abilities]


def why_not(
    recipe: Recipe, reason: Reason, remedy: Remedy, abilities: Mapping[str, Ability], *, viewed_recipe: Recipe | None
) -> str:
    """Why a remedy cannot be applied now, "" where it can."""
    if remedy.kind not in EDITS:
        return ""
    if edited(recipe, reason, remedy, abilities) != recipe:
        return ""
    if viewed_recipe != recipe:
        return "The recipe has this already. Profile again to see what it gives."
    return "It would change nothing in the recipe as it stands."
