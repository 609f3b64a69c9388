"""``apply``: a model and a recipe become the treated model.

Clean, then prune, then quantize, whatever was asked for first.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.graph.layers import index_layers
from engine.plan import Assignment, Plan, candidates, make_plan
from engine.progress import Progress
from engine.pruners import pruners
from engine.pruning.context import Context
from engine.pruning.factorize import Factored, factoring, with_first
from engine.pruning.heal import Healed
from engine.pruning.structural import Planned, Pruned, ready
from engine.quantization.calibrate import RangeCache
from engine.quantization.moments import Layout, layout
from engine.recipe import Recipe, Rule
from engine.report import Report
from engine.scheme import Calibration, Scheme
from engine.schemes import schemes
from engine.verification.gains import Gains, GainsStore
from engine.verification.measured_plan import MeasuredPlan, Measuring, measured_plan

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True)
class Treated:
    """What was done to one layer; keys of scheme and pruner, and the words for a person."""

    id: str
    quantization: str | None
    pruning: str | None
    detail: str


@dataclass(frozen=True)
class Applied:
    """The outcome of a recipe.

    Attributes:
        cleaned: the float model before pruning and quantization; the baseline of every comparison.
        changes: what cleaning did, one sentence each.
        skipped: layer id to the reason why it was left as it is.
        unmatched: rules that name no layer of this model.
        recipe: with a rule for each layer that was chosen by measuring, so that it gives the same model again.
        gains: what was measured to choose the layers that nobody named, by scheme.
        notes: what a reader of the choice must know.
        pruned: the channels that went, and what healing did.
    """

    model: ir.Model
    cleaned: ir.Model
    changes: tuple[str, ...]
    treated: tuple[Treated, ...]
    skipped: Mapping[str, str]
    unmatched: tuple[Rule, ...]
    pruned: Pruned
    recipe: Recipe
    gains: Mapping[str, Gains] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


def clean_source(source: ir.Model, recipe: Recipe) -> tuple[ir.Model, tuple[str, ...]]:
    """The float model that a recipe starts from, and what cleaning changed."""
    from engine.graph.clean import clean
    from engine.graph.naming import name_nodes

    if not recipe.clean:
        return name_nodes(source), ()
    cleaned = clean(source, recipe.shapes)
    return cleaned.model, cleaned.changes


def apply(
    source: ir.Model,
    recipe: Recipe,
    samples: Samples,
    facts: TargetFacts,
    runtime: Runtime,
    progress: Progress,
    *,
    ranges: RangeCache,
    gains: GainsStore | None = None,
) -> Applied:
    """Apply a recipe to a source model, which is left as it is.

    Args:
        samples: for calibration; used only where a scheme needs ranges.
        gains: where rules name no layers, measure which gain, and keep that here; without it, what is known of the
            target must do.
        facts: of the target, which need not be the device of ``runtime`` that runs the calibration.

    Raises:
        UsageError: the recipe names an unknown scheme, pruner or option.
        EngineError: calibration could not run.
    """
    progress.step("cleaning")
    cleaned, changes = clean_source(source, recipe)
    report = Report()
    opened = index_layers(source)
    plan = make_plan(opened, index_layers(cleaned), recipe, facts, report)
    context = Context(opened, facts, runtime, samples, progress)
    pruned = ready(cleaned, structural(plan.pruning), context).fully(report)
    thin = factoring(pruned.model, factorized(plan.pruning), context)
    model, factored, healed = thin.fully(pruned.model, report)
    warnings = (*pruned.warnings, *thin.warnings(pruned.model, factored))
    healed = _healed(pruned.healed, healed)
    pruned = replace(pruned, model=model, factored=factored, healed=healed, warnings=warnings)
    model = zero_weights(pruned.model, plan.pruning, report)
    measured = MeasuredPlan(plan, recipe)
    if gains is not None:
        floats = model

        def calibrate(scheme: Scheme, layers: Mapping[str, Any]) -> Calibration:
            return calibration_for(scheme, floats, layers, runtime, samples, progress, ranges=ranges)

        asked = Measuring(floats, opened, recipe, facts, runtime, samples, gains, calibrate, factored)
        measured = measured_plan(plan, asked, report, progress)
        plan = measured.plan
    plan = for_both(plan, factored)
    for scheme, layers in _in_stages(plan):
        found = calibration_for(scheme, model, layers, runtime, samples, progress, ranges=ranges)
        progress.step(f"quantizing {len(layers)} layers")
        others = frozenset(plan.quantization) - layers.keys()
        model = scheme.quantize(model, layers, plan.kept | others, found, facts, report)
    _as_one(report, factored)
    treated = _treated(plan, pruned, report)
    skipped = dict(report.skipped)
    return Applied(
        model,
        cleaned,
        changes,
        treated,
        skipped,
        plan.unmatched,
        pruned,
        measured.recipe,
        measured.gains,
        measured.notes,
    )


def settled(recipe: Recipe, pruned: Pruned) -> Recipe:
    """The recipe with counts in the place of ratios that were spread by measuring: it gives the same model again."""
    found = recipe
    open_rules = [r for r in recipe.rules if r.kind == "pruning" and r.options.get("spread", "even") == "measured"]
    for rule in open_rules:
        found = found.without("pruning", rule.selector)
        for cut in pruned.cuts:
            if cut.method == rule.choice and cut.options.spread == "measured":
                options = {k: v for k, v in rule.options.items() if k not in ("spread", "ratio")}
                found = found.with_rule(Rule("pruning", rule.choice, cut.asked, {**options, "channels": cut.after}))
    return found


def structural(assigned: Mapping[str, Assignment]) -> Planned:
    """The part of a plan that takes out channels."""
    methods = pruners()
    return {name: (methods[key], options) for name, (key, options) in assigned.items() if methods[key].structural}


def factorized(assigned: Mapping[str, Assignment]) -> Planned:
    """The part of a plan that puts two layers in the place of one."""
    methods = pruners()
    return {name: (methods[key], options) for name, (key, options) in assigned.items() if methods[key].factor}


def for_both(plan: Plan, factored: Collection[Factored]) -> Plan:
    """What a plan says of a layer that has become two holds for both."""
    kept = plan.kept | {one.first for one in factored if one.id in plan.kept}
    return replace(plan, quantization=with_first(plan.quantization, factored), kept=kept)


def _as_one(report: Report, factored: Collection[Factored]) -> None:
    """A layer that has become two is spoken of as the one that the user knows."""
    for one in factored:
        done, skipped = report.treated.pop(one.first, {}), report.skipped.pop(one.first, None)
        quantized = report.treated[one.id].get("quantization")
        if "quantization" in done and quantized is None:
            report.treat(one.id, "quantization", f"{done['quantization']} (the first of its two layers)")
        elif skipped is not None and quantized is not None:
            report.treat(one.id, "quantization", f"{quantized} (the second of its two layers, the first: {skipped})")


def _healed(before: tuple[Healed, ...], after: tuple[Healed, ...]) -> tuple[Healed, ...]:
    """Of layers that were healed twice the second time, in the order of the first."""
    last = {one.id: one for one in (*before, *after)}
    return tuple(last.values())


def zero_weights(model: ir.Model, assigned: Mapping[str, Assignment], report: Report) -> ir.Model:
    """The part of a plan that sets single weights to zero, on the model that is cut already."""
    by_key: dict[str, dict[str, Any]] = {}
    for layer_id, (key, options) in assigned.items():
        by_key.setdefault(key, {})[layer_id] = options
    for key, layers in by_key.items():
        prune = pruners()[key].prune
        model = model if prune is None else prune(model, layers, report)
    return model


def _in_stages(plan: Plan) -> list[tuple[Scheme, dict[str, Any]]]:
    """The schemes of a plan with their layers, in the order in which they go together."""
    found = [(schemes()[key], layers) for key, layers in plan.by_choice("quantization").items()]
    return sorted(found, key=lambda item: (item[0].stage, item[0].key))


def calibration_for(
    scheme: Scheme,
    model: ir.Model,
    layers: Mapping[str, Any],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    *,
    ranges: RangeCache,
) -> Calibration:
    """What a scheme needs to know of the data to quantize these layers (id to options), or any others like them."""
    wanted = scheme.wanted(model, candidates(index_layers(model), scheme) | layers.keys())
    values = ranges.get_or_calibrate(model, wanted, runtime, samples, progress) if wanted else {}
    layouts = _layouts(model, scheme.wanted_moments(model, layers))
    moments = ranges.get_or_collect(model, layouts, runtime, samples, progress) if layouts else {}
    return Calibration(values, moments)


def _layouts(model: ir.Model, layer_ids: frozenset[str]) -> dict[str, Layout]:
    index = index_layers(model) if layer_ids else None
    found = {layer_id: layout(index.node(layer_id)) for layer_id in sorted(layer_ids)} if index is not None else {}
    return {layer_id: form for layer_id, form in found.items() if form is not None}


def _treated(plan: Plan, pruned: Pruned, report: Report) -> tuple[Treated, ...]:
    """What the steps say that they did; what they skipped is not in it."""

    methods = {layer: one.method for one in pruned.cuts for layer in one.layers}
    chosen = {"quantization": {name: key for name, (key, _) in plan.quantization.items()}}
    chosen["pruning"] = {name: key for name, (key, _) in plan.pruning.items()} | methods

    def key(kind: str, layer_id: str) -> str | None:
        return chosen[kind][layer_id] if kind in report.treated[layer_id] else None

    return tuple(
        Treated(
            layer_id,
            key("quantization", layer_id),
            key("pruning", layer_id),
            "; ".join(done.values()),
        )
        for layer_id, done in report.treated.items()
    )
