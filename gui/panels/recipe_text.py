"""Recipes in words."""

from __future__ import annotations

from engine.recipe import Recipe
from gui import numbers
from gui.treatment import Group, groups


def group_text(group: Group) -> str:
    """As in "int8 static: 35 layers" or "magnitude weights 50 %: conv3"."""
    choice = {"float": "keep float", "none": "do not prune"}.get(group.choice, group.choice.replace("_", " "))
    amounts = {k: v for k, v in group.options.items() if k == "ratio" and v is not None}
    amount = "".join(f" {numbers.share(float(v))}" for v in amounts.values())
    options = ", ".join(f"{name} {value}" for name, value in group.options.items() if name not in amounts)
    if len(group.selectors) == 1:
        what = group.selectors[0] or "every layer that suits"
    else:
        what = f"{len(group.selectors)} layers"
    return f"{choice}{amount}{f' ({options})' if options else ''}: {what}"


def summary_of(recipe: Recipe) -> str:
    """One line for a whole recipe."""
    return "; ".join(group_text(group) for group in groups(recipe)) or "nothing yet"
