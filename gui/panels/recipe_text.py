"""Recipes in words: the window's own, or English with ``say=mark`` for what is exported."""

from __future__ import annotations

from collections.abc import Callable

from engine.recipe import Recipe
from gui import numbers
from gui.choices import choice_text
from gui.language import mark, tr
from gui.treatment import Group, groups

Say = Callable[[str], str]


def group_text(group: Group, say: Say = tr) -> str:
    """As in "int8 static: 35 layers" or "magnitude weights 50 %: conv3"."""
    named = {"float": say(mark("keep float")), "none": say(mark("do not prune"))}
    choice = named.get(group.choice, choice_text(group.choice, say))
    amounts = {k: v for k, v in group.options.items() if k == "ratio" and v is not None}
    amount = "".join(f" {numbers.share(float(v))}" for v in amounts.values())
    options = ", ".join(f"{name} {value}" for name, value in group.options.items() if name not in amounts)
    if len(group.selectors) == 1:
        what = group.selectors[0] or say(mark("every layer that suits"))
    else:
        what = say(mark("{count} layers")).format(count=len(group.selectors))
    how = choice + amount
    if options:
        how = say(mark("{treatment} ({options})")).format(treatment=how, options=options)
    return say(mark("{treatment}: {layers}")).format(treatment=how, layers=what)


def summary_of(recipe: Recipe, say: Say = tr) -> str:
    """One line for a whole recipe."""
    return say(mark("; ")).join(group_text(group, say) for group in groups(recipe)) or say(mark("nothing yet"))
