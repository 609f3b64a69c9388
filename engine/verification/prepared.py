"""A model that is ready to be treated in many ways: cleaned, planned, calibrated once.

``apply`` takes one recipe to one model. Who looks for the layers that a treatment hurts builds dozens of models that
differ in a layer or two; what they share stands here.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING, Any

from engine.apply import calibration_for, clean_source, factorized, for_both, structural, zero_weights
from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.errors import UsageError
from engine.graph.layers import LayerIndex, index_layers
from engine.plan import Assignment, Plan, make_plan
from engine.progress import Progress
from engine.pruner import AMOUNTS
from engine.pruning.context import Context
from engine.pruning.factorize import Factoring, factoring
from engine.pruning.structural import Ready, ready
from engine.quantization.calibrate import RangeCache
from engine.recipe import Kind, Recipe
from engine.report import Report
from engine.scheme import Calibration
from engine.schemes import schemes

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Treatment:
    """What one layer of the plan gets; ``name`` in words, as in ``int8_static`` or ``magnitude_weights=0.5``."""

    kind: Kind
    id: str
    name: str
    options: str


@dataclass(frozen=True)
class Prepared:
    """``calibrations`` by the key of the scheme; ``skipped`` are layers that the plan left out, with the reason.

    ``channels`` and ``factoring`` are what is known of the channels that are to go and of the layers that become two;
    trials are mended without running them.
    """

    cleaned: ir.Model
    plan: Plan
    facts: TargetFacts
    calibrations: Mapping[str, Calibration]
    skipped: Mapping[str, str]
    channels: Ready
    factoring: Factoring

    @cached_property
    def index(self) -> LayerIndex:
        return index_layers(self.cleaned)

    @cached_property
    def treatments(self) -> tuple[Treatment, ...]:
        """In the order of the layers, pruning before quantization."""
        plans: tuple[tuple[Kind, Mapping[str, Assignment]], ...] = (
            ("pruning", self.plan.pruning),
            ("quantization", self.plan.quantization),
        )
        return tuple(
            Treatment(kind, layer.id, _words(kind, *plan[layer.id]), repr(plan[layer.id][1]))
            for layer in self.index.layers
            for kind, plan in plans
            if layer.id in plan
        )

    def alone(self, treatment: Treatment) -> tuple[ir.Model, Report]:
        """The float model with one layer treated."""
        return self._treat({(treatment.kind, treatment.id)}, frozenset())

    def without(self, left_out: Collection[tuple[Kind, str]] = ()) -> tuple[ir.Model, Report]:
        """The model with all of the plan, but what is named; layers left in float stay there as by the user's word."""
        every = {(t.kind, t.id) for t in self.treatments}
        kept = frozenset(layer_id for kind, layer_id in left_out if kind == "quantization")
        return self._treat(every - set(left_out), kept)

    def _treat(self, chosen: Collection[tuple[Kind, str]], kept: frozenset[str]) -> tuple[ir.Model, Report]:
        report = Report()
        pruned = {name: assigned for name, assigned in self.plan.pruning.items() if ("pruning", name) in chosen}
        model = self.channels.quickly(report, pruned.keys())
        model, factored = self.factoring.quickly(model, report, pruned.keys())
        model = zero_weights(model, pruned, report)
        quantized = {name: one for name, one in self.plan.quantization.items() if ("quantization", name) in chosen}
        plan = for_both(replace(self.plan, quantization=quantized, kept=self.plan.kept | kept), factored)
        for key, planned in plan.by_choice("quantization").items():
            if planned:
                calibration = self.calibrations[key]
                model = schemes()[key].quantize(model, planned, plan.kept, calibration, self.facts, report)
        return model, report


def prepare(
    source: ir.Model,
    recipe: Recipe,
    samples: Samples,
    facts: TargetFacts,
    runtime: Runtime,
    progress: Progress,
    *,
    ranges: RangeCache,
    pruned: bool = False,
) -> Prepared:
    """Clean, plan and calibrate.

    Args:
        samples: for calibration.
        pruned: calibrate on the model with the whole plan's pruning, as ``apply`` does, not on the float model.

    Raises:
        UsageError: the recipe treats no layer of this model, or names an unknown scheme, pruner or option.
    """
    progress.step("cleaning")
    cleaned, _ = clean_source(source, recipe)
    report = Report()
    opened = index_layers(source)
    plan = make_plan(opened, index_layers(cleaned), recipe, facts, report)
    context = Context(opened, facts, runtime, samples, progress)
    channels = ready(cleaned, structural(plan.pruning), context, quick=True)
    thin = factoring(cleaned, factorized(plan.pruning), context)
    prepared = Prepared(cleaned, plan, facts, {}, dict(report.skipped), channels, thin)
    if not prepared.treatments:
        reasons = "; ".join(sorted(set(report.skipped.values()))[:3])
        raise UsageError(
            "no layer of this model would be treated" + (f": {reasons}" if reasons else ""),
            way_out="Say what to try with --quantize SCHEME[:SELECTOR] or --prune METHOD=RATIO[:SELECTOR].",
        )
    model, whole = cleaned, plan
    if pruned:
        model, factored = thin.quickly(channels.quickly(Report()), Report())
        model, whole = zero_weights(model, plan.pruning, Report()), for_both(plan, factored)
    calibrations = {
        key: calibration_for(schemes()[key], model, layers, runtime, samples, progress, ranges=ranges)
        for key, layers in whole.by_choice("quantization").items()
    }
    return replace(prepared, calibrations=calibrations)


def _words(kind: Kind, key: str, options: Any) -> str:
    if kind == "quantization":
        return key
    for name in AMOUNTS:
        instead = getattr(options, name, None)
        if instead is not None:
            return f"{key}={name}:{instead:g}"
    return f"{key}={options.ratio:g}"
