"""What the window makes of a sensitivity scan: what to ask for, the order of the layers, and the recipe of a choice.

Pure functions; no Qt.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Literal

from engine.recipe import FLOAT, UNPRUNED, Recipe, Rule
from gui import numbers
from gui.choices import choice_text
from gui.document import Document
from gui.figures import Measurement, recipe_of
from gui.language import tr
from gui.treatment import Treatment, resolve, treat

if TYPE_CHECKING:
    from engine.verification.sensitivity import Expected, LayerSensitivity, Sensitivity

Mode = Literal["alone", "all_but"]


KNOWN_S = 0.05
"""Seconds within which nothing was measured: all of it was on disk."""


@dataclass(frozen=True)
class ScanRequest:
    """What is to be measured.

    Attributes:
        recipe: whose treatments are tried, each by itself.
        own: whether that is the document's recipe, and not one made for the scan.
        seconds: after which no other layer is begun; 0 for no limit.
        resume: take up what was measured before.
    """

    recipe: Recipe
    own: bool = False
    mode: Mode = "alone"
    samples: int = 64
    seconds: float = 0.0
    resume: bool = True


@dataclass(frozen=True, slots=True)
class Savings:
    """What treating layers gained in a measured model; ``treated_us`` is a run of it, None where it treats others."""

    saved_us: Mapping[str, float]
    treated_us: float | None = None


def scan_recipe(recipe: Recipe, rule: Rule, ids: Sequence[str] | None) -> Recipe:
    """A recipe that treats these layers by one rule, or without ids every layer that suits; else nothing."""
    empty = replace(recipe, rules=())
    if ids is None:
        return empty.with_rule(replace(rule, selector=None))
    return treat(empty, rule.kind, rule.choice, ids, rule.options)


def scan_key(document: Document, request: ScanRequest) -> str:
    """What a scan's result belongs to."""
    return json.dumps([document.data_key(request.recipe), request.mode, request.samples])


def tried_text(request: ScanRequest, current: Recipe) -> str:
    """What a scan's figures hold for: one rule in the cleaned float model, or a recipe, which may be another by now."""
    if request.own:
        return tr("The recipe as it stands") if request.recipe == current else tr("An earlier recipe")
    said = dict.fromkeys(
        " ".join([choice_text(rule.choice), *(f"{name} {value}" for name, value in rule.options.items())])
        for rule in request.recipe.rules
    )
    return ", ".join(said)


def treated_otherwise(request: ScanRequest, treatments: Mapping[str, Treatment], found: Sensitivity) -> tuple[str, ...]:
    """The layers of a scan that the recipe as it stands treats in another way than the scan did."""
    if request.own or not request.recipe.rules:
        return ()
    tried = request.recipe.rules[0]
    others = []
    for row in found.layers:
        rule = getattr(treatments.get(row.id), tried.kind, None)
        if (
            rule is not None
            and rule.choice not in (FLOAT, UNPRUNED)
            and (rule.choice != tried.choice or dict(rule.options) != dict(tried.options))
        ):
            others.append(row.id)
    return tuple(others)


def summary_text(document: Document, request: ScanRequest | None, found: Sensitivity, *, running: bool) -> str:
    """What was tried, and whether the recipe as it stands is something else; on how much, and for how long."""
    how = tr("each layer treated by itself") if found.mode == "alone" else tr("all layers treated but one")
    some = tr("{count} layers") if found.complete else tr("{count} of {all} layers")
    parts = [
        some.format(count=len(found.layers), all=found.planned),
        how,
        tr("{count} samples").format(count=found.samples),
        f"{numbers.three(found.seconds)} s" if found.seconds >= KNOWN_S else tr("known from before"),
    ]
    if failed := sum(row.sqnr_db is None for row in found.layers):
        parts.append(tr("{count} could not be measured").format(count=failed))
    if not found.complete and not running:
        parts.append(tr("stopped: Resume goes on"))
    tried = ""
    if request is not None:
        tried = tried_text(request, document.recipe)
        if others := treated_otherwise(request, document.treatments, found):
            text = tr("{tried} (the recipe treats {count} of them otherwise)")
            tried = text.format(tried=tried, count=len(others))
    return tr("{tried}: {facts}").format(tried=tried, facts=tr(", ").join(parts))


def worst_first(found: Sensitivity) -> list[LayerSensitivity]:
    """By what treating each costs; those that could not be measured are left out.

    Of all but one, that one costs most whose leaving out makes the outputs better than any other.
    """
    rows = [row for row in found.layers if row.sqnr_db is not None]
    return sorted(rows, key=lambda row: row.sqnr_db or 0.0, reverse=found.mode == "all_but")


def savings(document: Document, found: Sensitivity) -> Savings:
    """From the latest measurement of a model in which most of these layers have these treatments."""
    base = document.baseline
    best: tuple[int, Measurement, dict[str, float]] | None = None
    if base is None:
        return Savings({})
    for key, measurement in document.measurements.items():
        recipe = recipe_of(key)
        if recipe is None or not recipe.rules or not document.same_machine(key):
            continue
        treatments = resolve(recipe, document.layers, document.fits)
        saved = {}
        for row in found.layers:
            rule = getattr(treatments.get(row.id), row.kind, None)
            before, after = base.layers.get(row.id), measurement.layers.get(row.id)
            same = rule is not None and rule.choice == row.treatment.split("=")[0]
            if same and before is not None and after is not None and before.median_us > 0:
                saved[row.id] = before.median_us - after.median_us
        if saved and (best is None or len(saved) >= best[0]):
            best = len(saved), measurement, saved
    if best is None:
        return Savings({})
    _, measurement, saved = best
    measured = {row.id for row in found.layers if row.sqnr_db is not None}
    whole = measurement.profile.latency_ms.median * 1000 if measured <= saved.keys() else None
    return Savings(saved, whole)


def with_savings(found: Sensitivity, known: Savings) -> Sensitivity:
    """The rows with what was saved, where the scan itself does not know."""
    return replace(
        found,
        layers=tuple(
            row if row.latency_saved_us is not None else replace(row, latency_saved_us=known.saved_us.get(row.id))
            for row in found.layers
        ),
    )


def expectation(found: Sensitivity, kept: Collection[str], treated_us: float | None) -> Expected:
    """What is to be expected with these layers in float and all others of the scan treated.

    From layers treated alone it is composed; of all but one only that one is known.
    """
    from engine.verification.sensitivity import Expected, expected

    rows = [row for row in found.layers if row.sqnr_db is not None]
    composed = expected(rows, kept, treated_us)
    if found.mode == "alone":
        return composed
    (row,) = [row for row in rows if row.id in kept] if len(kept) == 1 else [None]
    return Expected(
        composed.kept,
        row.sqnr_db if row is not None else None,
        row.accuracy_drop if row is not None else None,
        composed.latency_us,
    )


def keeping(recipe: Recipe, request: ScanRequest, found: Sensitivity, kept: Sequence[str]) -> Recipe:
    """The recipe with the scan's treatments, and these layers left as they are by exact rules.

    What was tried is named layer by layer, so that the recipe treats those of which the cost is known and no others:
    which layers a rule without a selector means is measured anew where it is applied.
    """
    kinds = {row.id: row.kind for row in found.layers}
    if request.own:
        result = request.recipe
    else:
        touched = {(row.kind, row.id) for row in found.layers}
        tried = {r.kind: r for r in request.recipe.rules}
        rules = [r for r in recipe.rules if (r.kind, r.selector) not in touched]
        rules = [r for r in rules if not (r.selector is None and r.kind in tried)]
        result = replace(recipe, rules=tuple(rules))
        for kind, rule in tried.items():
            ids = [row.id for row in found.layers if row.kind == kind and row.sqnr_db is not None]
            result = treat(result, rule.kind, rule.choice, ids, rule.options)
    for layer_id in kept:
        kind = kinds[layer_id]
        result = treat(result, kind, FLOAT if kind == "quantization" else UNPRUNED, (layer_id,))
    return result


def drop_text(drop: float | None) -> str:
    """A loss of accuracy in percentage points; what is no loss is none."""
    from gui import numbers

    if drop is None:
        return numbers.NOTHING
    points = round(drop * 100, 1)
    sign = numbers.MINUS if points < 0 else ""
    return f"{sign}{abs(points):.1f}"
