"""What the click of a remedy does: to the recipe, or to how models are run. Pure functions; no Qt."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.explain.reason import Reason, Remedy
from engine.options import OptionValue
from engine.recipe import FLOAT, Recipe
from gui.language import tr
from gui.treatment import treat

if TYPE_CHECKING:
    from gui.opened import Opened

EDITS = ("keep_float", "quantize", "set_option", "clean")
"""The kinds of remedies that edit the recipe; the others change how models are run."""
RUN_SETTINGS = ("threads", "batch")


def edited(recipe: Recipe, reason: Reason, remedy: Remedy, opened: Opened) -> Recipe:
    """The recipe after the remedy; layers that a scheme cannot treat are left out."""
    abilities = opened.abilities
    ids = [i for i in reason.layers if i in abilities]
    if remedy.kind == "clean":
        return replace(recipe, clean=True)
    if remedy.kind == "keep_float":
        return treat(recipe, "quantization", FLOAT, ids)
    if remedy.kind == "quantize":
        able = [i for i in ids if abilities[i].quantize.get(remedy.scheme, "") is None]
        return treat(recipe, "quantization", remedy.scheme, able, _said(remedy, remedy.options, opened))
    assert remedy.kind == "set_option", remedy.kind
    rules = (
        replace(r, options=_said(remedy, {**r.options, **remedy.options}, opened))
        if r.kind == "quantization" and r.choice == remedy.scheme
        else r
        for r in recipe.rules
    )
    return replace(recipe, rules=tuple(rules))


def _said(remedy: Remedy, options: Mapping[str, OptionValue], opened: Opened) -> dict[str, OptionValue]:
    """The options that differ from the defaults that suit the target, which a rule need not say."""
    from engine.schemes import schemes

    scheme = schemes()[remedy.scheme]
    defaults = scheme.defaults(opened.facts) if opened.facts is not None else scheme.options()
    return {name: value for name, value in options.items() if getattr(defaults, name, None) != value}


def why_not(recipe: Recipe, reason: Reason, remedy: Remedy, opened: Opened, viewed: Recipe | None) -> str:
    """Why a remedy cannot be applied now, "" where it can; ``viewed`` is the recipe of what is explained."""
    if remedy.kind not in EDITS or edited(recipe, reason, remedy, opened) != recipe:
        return ""
    if viewed != recipe:
        return tr("The recipe has this already. Profile again to see what it gives.")
    return tr("It would change nothing in the recipe as it stands.")
