"""Recipes in words."""

from __future__ import annotations

from engine.recipe import Recipe
from gui import numbers
from gui.language import tr
from gui.treatment import Group, groups


def group_text(group: Group) -> str:
    """As in "int8 static: 35 layers" or "magnitude weights 50 %: conv3"."""
    choice = {"float": tr("keep float"), "none": tr("do not prune")}.get(group.choice, group.choice.replace("_", " "))
    amounts = {k: v for k, v in group.options.items() if k == "ratio" and v is not None}
    amount = "".join(f" {numbers.share(float(v))}" for v in amounts.values())
    options = ", ".join(f"{name} {value}" for name, value in group.options.items() if name not in amounts)
    if len(group.selectors) == 1:
        what = group.selectors[0] or tr("every layer that suits")
    else:
        what = tr("{count} layers").format(count=len(group.selectors))
    how = choice + amount
    if options:
        how = tr("{treatment} ({options})").format(treatment=how, options=options)
    return tr("{treatment}: {layers}").format(treatment=how, layers=what)


def summary_of(recipe: Recipe) -> str:
    """One line for a whole recipe."""
    return tr("; ").join(group_text(group) for group in groups(recipe)) or tr("nothing yet")
