"""A plan in which the layers that nobody named are those that gain time on the target, measured there.

A rule without a selector means every layer that suits. What suits is measured (``engine.verification.gains``) where the
target is on this machine; where there is data, layers that lose the outputs stay in float
(``engine.verification.survival``). Elsewhere, and for schemes whose gain is not time, it stays what is known of the
target, and a note says so.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.errors import EngineError
from engine.graph.layers import LayerIndex, index_layers
from engine.options import with_values
from engine.plan import Assignment, Plan, candidates, deciding_rules
from engine.progress import Progress
from engine.pruning.factorize import Factored
from engine.recipe import FLOAT, Recipe, Rule
from engine.report import Report
from engine.scheme import Calibration, Scheme
from engine.schemes import schemes
from engine.verification.gains import MOST_BYTES, Gains, GainsStore, find_gains, gains_key, looking, where
from engine.verification.survival import not_surviving

if TYPE_CHECKING:
    import onnx_ir as ir

Calibrate = Callable[[Scheme, Mapping[str, Any]], Calibration]
"""What a scheme needs of the data to quantize these layers."""


@dataclass(frozen=True, slots=True)
class MeasuredPlan:
    """``gains`` by scheme; ``notes`` say where nothing was measured and why.

    ``recipe`` names every layer that was chosen or left by measuring, so that it gives the same model again.
    """

    plan: Plan
    recipe: Recipe
    gains: Mapping[str, Gains] = field(default_factory=dict)
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Measuring:
    """What measuring a plan needs.

    Attributes:
        model: the float model that is quantized, after cleaning and pruning.
        source: the layers among which rules select.
        runtime: where the calibration runs, which need not be the target.
        factored: layers that have become two, which are quantized together.
    """

    model: ir.Model
    source: LayerIndex
    recipe: Recipe
    facts: TargetFacts
    runtime: Runtime
    samples: Samples
    store: GainsStore
    calibrate: Calibrate
    factored: tuple[Factored, ...] = ()

    def both(self, layers: frozenset[str]) -> frozenset[str]:
        """The layers, with the first of those that have become two."""
        return layers | {one.first for one in self.factored if one.id in layers}


def measured_plan(plan: Plan, asked: Measuring, report: Report, progress: Progress) -> MeasuredPlan:
    """Replace what the plan guesses by what gains.

    Raises:
        EngineError: calibration could not run.
        Cancelled: as the progress asked.
    """
    free = _free(asked)
    recipe = asked.recipe
    if not free:
        return MeasuredPlan(plan, recipe)
    runtime = _on_target(asked)
    weight_bytes = sum(
        v.const_value.nbytes for v in asked.model.graph.initializers.values() if v.const_value is not None
    )
    if runtime is None or weight_bytes > MOST_BYTES:
        why = f"{asked.facts.device} is not on this machine" if runtime is None else "the model is too large to try"
        return MeasuredPlan(
            plan, recipe, notes=(f"{why}: which layers suit follows from what is known of it, not measured",)
        )
    found: dict[str, Gains] = {}
    notes = []
    for key, (rule, layers) in free.items():
        try:
            found[key] = _gains(schemes()[key], rule, asked, runtime, progress)
        except EngineError as error:
            notes.append(f"which layers gain could not be measured, and follows from what is known: {error.what}")
            continue
        plan = _with(plan, key, layers, found[key], index_layers(asked.model), asked.facts, report)
        taken = [layer_id for layer_id in layers if layer_id in set(found[key].chosen)]
        recipe = named(recipe, rule, taken, [layer_id for layer_id in layers if layer_id not in taken])
    return MeasuredPlan(plan, recipe, found, tuple(notes))


def named(recipe: Recipe, rule: Rule, layers: Collection[str], left: Collection[str] = ()) -> Recipe:
    """Rules for single layers in the place of one that names none: they are chosen already, or left in float."""
    rules = [Rule(rule.kind, rule.choice, layer_id, rule.options) for layer_id in layers]
    rules += [Rule(rule.kind, FLOAT, layer_id) for layer_id in left]
    at = recipe.rules.index(rule)
    return replace(recipe, rules=(*recipe.rules[:at], *rules, *recipe.rules[at + 1 :]))


def _free(asked: Measuring) -> dict[str, tuple[Rule, dict[str, Any]]]:
    """By scheme the rule without a selector and the layers that it decides for, with their options."""
    index = index_layers(asked.model)
    found: dict[str, tuple[Rule, dict[str, Any]]] = {}
    rules = tuple(rule for rule in asked.recipe.rules if rule.kind == "quantization")
    possible = {
        rule.choice: candidates(index, schemes()[rule.choice])
        for rule in rules
        if rule.selector is None and rule.choice in schemes() and schemes()[rule.choice].left_alone is not None
    }
    if not possible:
        return {}
    chosen, _ = deciding_rules(
        asked.source.layers,
        replace(asked.recipe, rules=rules),
        lambda rule, layer: rule.choice in possible and layer.id in possible[rule.choice],
    )
    for (_, layer_id), rule in chosen.items():
        if rule.selector is None and layer_id in possible.get(rule.choice, ()):
            options = with_values(schemes()[rule.choice].defaults(asked.facts), rule.options, rule.choice)
            found.setdefault(rule.choice, (rule, {}))[1][layer_id] = options
    return found


def _gains(scheme: Scheme, rule: Rule, asked: Measuring, runtime: Runtime, progress: Progress) -> Gains:
    assert scheme.left_alone is not None
    costly = {name for repair in scheme.repairs for name in repair}  # they change values, and no kernel
    chosen = {name: value for name, value in rule.options.items() if name not in costly}
    options = with_values(scheme.defaults(asked.facts), chosen, scheme.key)
    data = asked.samples.fingerprint if asked.samples.kind == "data" else ""
    key = gains_key(asked.model, f"{scheme.key} {options} {asked.facts.fingerprint} {data}", runtime)
    known = asked.store.load(key)
    if known is not None:
        return known
    index = index_layers(asked.model)
    possible = frozenset(candidates(index, scheme) & asked.source.by_id.keys())  # those that a rule can name
    known_of_data = asked.calibrate(scheme, dict.fromkeys(asked.both(possible), options))
    left_alone = scheme.left_alone

    def build(layers: frozenset[str]) -> ir.Model:
        kept = asked.both(possible) - asked.both(layers)
        planned = dict.fromkeys(sorted(asked.both(layers)), options)
        return scheme.quantize(asked.model, planned, kept, known_of_data, asked.facts, Report())

    def found(possible: frozenset[str]) -> Gains:
        return find_gains(
            frozenset(one for one in possible if scheme.suits(index.node(one), asked.facts) is None),
            possible,
            looking(asked.model, build, runtime, asked.samples, progress),
            lambda layers: left_alone(asked.model, asked.both(layers), asked.facts) & layers,
            where(runtime),
        )

    gains = found(possible)
    losing = not_surviving(asked.model, build, gains.chosen, asked.samples, runtime, progress)
    if losing:
        again = found(possible - losing.keys())
        gains = replace(again, reasons={**again.reasons, **losing})
    asked.store.save(key, gains)
    return gains


def _with(
    plan: Plan, key: str, free: Mapping[str, Any], gains: Gains, index: LayerIndex, facts: TargetFacts, report: Report
) -> Plan:
    """The plan with those of the free layers that gain, and with reasons for the others."""
    gaining = free.keys() & set(gains.chosen)
    quantization: dict[str, Assignment] = {
        layer_id: given for layer_id, given in plan.quantization.items() if layer_id not in free
    }
    for layer_id in sorted(gaining):
        quantization[layer_id] = (key, free[layer_id])
        report.skipped.pop(layer_id, None)
    for layer_id in sorted(free.keys() - gaining):
        layer = index.by_id[layer_id]
        guess = schemes()[key].suits(index.node(layer_id), facts)
        reason = gains.reasons.get(layer_id) or guess or "the fastest choice of layers is without it"
        if layer_id in gains.reasons or layer.parameters > 0 or layer.macs:
            report.skip(layer_id, reason)
    order = {layer.id: number for number, layer in enumerate(index.layers)}
    in_order = dict(sorted(quantization.items(), key=lambda item: order.get(item[0], -1)))
    return replace(plan, quantization=in_order, kept=plan.kept | (free.keys() - gaining))


def _on_target(asked: Measuring) -> Runtime | None:
    """A runtime on the target, where it is on this machine."""
    from engine.backends import driver_of

    target, settings = asked.facts.device, asked.runtime.settings
    if target == settings.device:
        return asked.runtime
    backend = driver_of(target)
    if backend is None or not any(device.id == target and device.available for device in backend.devices()):
        return None
    return Runtime(backend, replace(settings, device=target, options={}), asked.runtime.host)
