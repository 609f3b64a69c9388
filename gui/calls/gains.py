"""Which layers gain time by a scheme, measured on the target. Worker thread only."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings
from engine.progress import Progress
from engine.recipe import Recipe, Rule

if TYPE_CHECKING:
    from gui.opened import Opened
    from gui.workshop import Workshop


@dataclass(frozen=True)
class Gaining:
    """``reasons`` say why other layers would gain nothing; ``said`` is how that is known, in lines."""

    scheme: str
    layers: tuple[str, ...]
    reasons: Mapping[str, str]
    said: tuple[str, ...]


def gaining(
    workshop: Workshop, opened: Opened, recipe: Recipe, scheme: str, settings: RunSettings, data: Path | None, *,
    progress: Progress,
) -> Gaining:  # fmt: skip
    """Among all layers of the model as the recipe prunes it; by what is known of the target where that is not here."""
    pruning = tuple(rule for rule in recipe.rules if rule.kind == "pruning")
    asked = replace(recipe, rules=(*pruning, Rule("quantization", scheme)))
    applied, _ = workshop.rebuild(opened, asked, settings, data, progress=progress)
    layers = tuple(one.id for one in applied.treated if one.quantization == scheme)
    measured = applied.gains.get(scheme)
    said = (measured.words(),) if measured is not None else ()
    return Gaining(scheme, layers, applied.skipped, (*said, *applied.notes))


def named(
    workshop: Workshop, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, progress: Progress
) -> Recipe:
    """The recipe with the layers that gain by name in the place of "every layer that suits"."""
    if all(rule.selector is not None for rule in recipe.rules if rule.kind == "quantization"):
        return recipe
    return workshop.rebuild(opened, recipe, settings, data, progress=progress)[0].recipe
