"""Stay within a limit of loss: repairs that cost no time first, then the layers that are worth keeping in float.

Everything is decided on the calibration part. Top-1 alone is too coarse there (of 100 samples one is a point), so that
a model counts as within a limit of L percentage points where all of these hold, as far as they are known:

- the drop of top-1 that was measured, and the one that is to be expected of samples like these
  (``engine.verification.margins``), are at most L;
- SQNR of every output is at least ``20 - 20 log10(L)`` dB: an error of 10 % of the output's amplitude for a point, 3 %
  for a third of one. This is a convention, not derived from any data. Without labels it is the whole test.

Which layers: each is treated alone and measured; noise powers of different layers add. The layers are kept in the order
of noise per microsecond that treating them gains, from a profile of the float and of the treated model, so that what
gains nothing is kept first. How many of that order are needed is found by measuring whole models: a coarse row of
numbers, then the gap between the largest that is too few and the smallest that is enough. At last those are treated
after all, the most time first, without which the rest is still enough; and where the choice of layers is left to Lathe,
those stay in float as well that a profile shows to be slower treated, unless the two models beside each other say no.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from statistics import median
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.errors import Cancelled, EngineError
from engine.options import OptionValue
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import FLOAT, Recipe, Rule
from engine.schemes import schemes
from engine.verification.measured import Score
from engine.verification.prepared import Prepared, prepare
from engine.verification.saved_time import saved_time
from engine.verification.scan import Trial, has_dynamic_ranges, scan
from engine.verification.sensitivity import LayerSensitivity, noise, scan_layers
from engine.verification.sensitivity_store import SensitivityStore

if TYPE_CHECKING:
    import onnx_ir as ir

_ROW = (1, 2, 3, 5, 8, 12, 18, 27, 40, 60, 90, 135)
"""How many layers are kept in the first look."""
_MOST_RETURNED = 12
_LITTLE = 0.003
"""Of the treated model's time: what a layer gains below this is lost in the noise of a profile."""


@dataclass(frozen=True, slots=True)
class Kept:
    """A layer that was left in float, and why."""

    id: str
    reason: str


@dataclass(frozen=True, slots=True)
class Chosen:
    """What was decided.

    Attributes:
        recipe: the one that was given, with the repairs as options and an exact rule for each layer kept.
        kept: those layers.
        repairs: options that were turned on, by scheme.
        before, after: scores on the calibration part, as asked for and as chosen.
        enough: whether the choice is within the limit.
        tried: how many whole models were measured.
        complete: the search came to its end; else this is the best choice that it had found.
    """

    recipe: Recipe
    kept: tuple[Kept, ...]
    repairs: Mapping[str, Mapping[str, OptionValue]]
    before: Score
    after: Score
    enough: bool
    tried: int
    samples: int
    complete: bool = True

    def to_json(self) -> dict[str, Any]:
        from dataclasses import asdict

        def score(found: Score) -> dict[str, Any]:
            values = {key: value for key, value in asdict(found).items() if key != "reason"}
            return {k: None if isinstance(v, float) and not math.isfinite(v) else v for k, v in values.items()}

        return {
            "chosen": [asdict(kept) for kept in self.kept],
            "search": {
                "part": "calibration",
                "samples": self.samples,
                "repairs": {key: dict(options) for key, options in self.repairs.items()},
                "before": score(self.before),
                "after": score(self.after),
                "within_limit": self.enough,
                "tried": self.tried,
                "complete": self.complete,
            },
        }


def within(score: Score, points: float) -> bool:
    """Whether a model is within the limit, in percentage points; formula in the module's docstring."""
    if score.sqnr_db is None or score.sqnr_db < needed_db(points):
        return False
    drops = [drop for drop in (score.accuracy_drop, score.expected_drop) if drop is not None]
    return all(drop * 100 <= points + 1e-9 for drop in drops)


def needed_db(points: float) -> float:
    return math.inf if points <= 0 else 20 - 20 * math.log10(points)


def within_drop(
    source: ir.Model,
    recipe: Recipe,
    points: float,
    samples: Samples,
    facts: TargetFacts,
    runtime: Runtime,
    progress: Progress,
    *,
    ranges: RangeCache,
    store: SensitivityStore | None = None,
) -> Chosen:
    """The recipe with what a limit of loss needs.

    Args:
        points: the most that top-1 may lose, in percentage points.
        samples: the calibration part; nothing else is looked at.

    Raises:
        UsageError: the recipe treats no layer.
        EngineError, Cancelled: with the best choice until then as ``partial``, where there is one.
    """
    looking = _Search(points, samples, runtime, progress)
    try:
        return _search(source, recipe, looking, facts, ranges, store)
    except (EngineError, Cancelled) as stop:
        if looking.best is not None:
            stop.partial = replace(looking.best, tried=looking.tried, complete=False)
        raise


def _search(
    source: ir.Model,
    recipe: Recipe,
    looking: _Search,
    facts: TargetFacts,
    ranges: RangeCache,
    store: SensitivityStore | None,
) -> Chosen:
    points, samples, runtime, progress = looking.points, looking.samples, looking.runtime, looking.progress
    variants = _variants(recipe)
    prepared = [
        prepare(source, variant.recipe, samples, facts, runtime, progress, ranges=ranges, pruned=True)
        for variant in variants
    ]
    scores = looking.scores(prepared[0].cleaned, [_without(one, ()) for one in prepared], "trying repairs")
    number = next((n for n, score in enumerate(scores) if within(score, points)), None)
    if number is None:
        number = min(range(len(scores)), key=lambda n: _badness(scores[n]))
    best, variant = prepared[number], variants[number]
    found = Chosen(
        variant.recipe, (), variant.repairs, scores[0], scores[number], within(scores[number], points), 0, len(samples)
    )
    looking.best = found
    if not found.enough:
        alone = scan_layers(best, samples, runtime, progress, store=store)
        treated, _ = best.without()
        ids = [row.id for row in alone.layers if row.kind == "quantization"]
        saved, treated_us = saved_time(best.cleaned, treated, ids, runtime, samples, progress)
        rows = [replace(row, latency_saved_us=saved.get(row.id)) for row in alone.layers if row.kind == "quantization"]
        order = in_order_of_worth(rows, treated_us)
        by_id = {row.id: row for row in rows}

        def with_kept(kept: Sequence[str], score: Score) -> Chosen:
            keeps = tuple(Kept(layer_id, _reason(by_id[layer_id])) for layer_id in kept)
            with_rules = variant.recipe
            for layer in keeps:
                with_rules = with_rules.with_rule(Rule("quantization", FLOAT, layer.id))
            return replace(found, recipe=with_rules, kept=keeps, after=score, enough=within(score, points))

        looking.found = lambda kept, score: setattr(looking, "best", with_kept(kept, score))
        kept, score = looking.fewest(best, order)
        if any(rule.selector is None and rule.kind == "quantization" for rule in recipe.rules):
            kept, score = looking.without_slower(
                best, kept, score, [row.id for row in rows if _is_slower(row, treated_us)]
            )
        found = with_kept(kept, score)
    return replace(found, tried=looking.tried)


def in_order_of_worth(rows: Sequence[LayerSensitivity], treated_us: float) -> tuple[LayerSensitivity, ...]:
    """By the noise that keeping a layer takes away for each microsecond that it costs.

    A layer whose gain is not known apart from its neighbours counts as gaining what half of the others do at least.
    """
    least = _LITTLE * treated_us
    gains = [max(row.latency_saved_us, least) for row in rows if row.latency_saved_us is not None]
    unknown = median(gains) if gains else least

    def worth(row: LayerSensitivity) -> float:
        return noise(row) / (unknown if row.latency_saved_us is None else max(row.latency_saved_us, least))

    return tuple(sorted(rows, key=worth, reverse=True))


@dataclass
class _Search:
    points: float
    samples: Samples
    runtime: Runtime
    progress: Progress
    tried: int = field(default=0)
    best: Chosen | None = None
    found: Callable[[Sequence[str], Score], None] = lambda kept, score: None
    """Told which layers in float are enough, as soon as that is known."""

    def scores(
        self, base: ir.Model, trials: Sequence[Trial], label: str, float_model: ir.Model | None = None
    ) -> list[Score]:
        """Whole models on the calibration part."""
        found = scan(
            base if float_model is None else float_model,
            base,
            trials,
            self.samples,
            self.runtime,
            self.progress,
            label=label,
            collect=_nothing,
            batched=not has_dynamic_ranges(base),
        )
        self.tried += len(found)
        return [found.get(number, Score(reason="not measured")) for number in range(len(trials))]

    def fewest(self, prepared: Prepared, order: Sequence[LayerSensitivity]) -> tuple[tuple[str, ...], Score]:
        """The ids of the fewest layers in that order with which the model is within the limit, and its score."""
        ids = [row.id for row in order]
        base, _ = prepared.without()
        few, enough, score = 0, len(ids), Score(math.inf)
        counts = [count for count in _ROW if count < len(ids)]
        while counts:
            trials = [_without(prepared, ids[:count]) for count in counts]
            for count, found in zip(
                counts, self.scores(base, trials, "keeping layers in float", prepared.cleaned), strict=True
            ):
                if within(found, self.points):
                    enough, score = count, found
                    self.found(ids[:count], found)
                    break
                few = count
            gap = enough - few
            counts = sorted({few + gap * step // 5 for step in range(1, 5)} - {few, enough}) if gap > 1 else []
        return self._returned(prepared, base, list(order[:enough]), score)

    def without_slower(
        self, prepared: Prepared, kept: tuple[str, ...], score: Score, slower: Sequence[str]
    ) -> tuple[tuple[str, ...], Score]:
        """With the layers in float that treating made slower, unless the whole is clearly slower for it."""
        from engine.profiling.measure import compare_latency

        more = tuple(dict.fromkeys((*kept, *slower)))
        if len(more) == len(kept):
            return kept, score
        before, after = _without(prepared, kept)(), _without(prepared, more)()
        assert not isinstance(before, str) and not isinstance(after, str)
        (found,) = self.scores(prepared.cleaned, [_without(prepared, more)], "keeping what gains no time")
        if not within(found, self.points):
            return kept, score
        times = compare_latency(before, after, self.runtime, self.samples, self.progress)
        return (kept, score) if times.conclusive and times.ratio > 1 else (more, found)

    def _returned(
        self, prepared: Prepared, base: ir.Model, kept: list[LayerSensitivity], score: Score
    ) -> tuple[tuple[str, ...], Score]:
        """Without those of the kept layers that need not be: each is treated again by itself, then all that may be."""
        gains = [row for row in kept if (row.latency_saved_us or 0.0) > 0]
        tried = sorted(gains, key=lambda row: -(row.latency_saved_us or 0.0))[:_MOST_RETURNED]
        ids = [row.id for row in kept]

        def trial(left: Sequence[str]) -> Trial:
            return _without(prepared, [layer_id for layer_id in ids if layer_id not in left])

        label = "treating again what need not be kept"
        scores = self.scores(base, [trial([row.id]) for row in tried], label, prepared.cleaned)
        fine = [row.id for row, found in zip(tried, scores, strict=True) if within(found, self.points)]
        together = self.scores(base, [trial(fine[: n + 1]) for n in range(len(fine))], label, prepared.cleaned)
        for number in reversed(range(len(fine))):
            if within(together[number], self.points):
                return tuple(i for i in ids if i not in fine[: number + 1]), together[number]
        return tuple(ids), score


def _nothing(scores: Mapping[int, Score], /) -> object:
    return None


def _is_slower(row: LayerSensitivity, treated_us: float) -> bool:
    return row.latency_saved_us is not None and row.latency_saved_us < -_LITTLE * treated_us


def _badness(score: Score) -> tuple[float, float]:
    """Expected changes of class tell more than powers, where there are any."""
    power = math.inf if score.sqnr_db is None else -score.sqnr_db
    return (power if score.expected_disagreement is None else score.expected_disagreement, power)


def _without(prepared: Prepared, kept: Sequence[str]) -> Trial:
    return lambda: prepared.without({("quantization", layer_id) for layer_id in kept})[0]


@dataclass(frozen=True, slots=True)
class _Variant:
    recipe: Recipe
    repairs: Mapping[str, Mapping[str, OptionValue]]


def _variants(recipe: Recipe) -> list[_Variant]:
    """The recipe as it is, then with each set of repairs that its schemes know; what the user chose stays."""
    found = [_Variant(recipe, {})]
    known = {rule.choice for rule in recipe.rules if rule.kind == "quantization"} & schemes().keys()
    for key in sorted(known):
        for repair in schemes()[key].repairs:
            rules = tuple(
                replace(rule, options={**repair, **rule.options}) if rule.choice == key else rule
                for rule in recipe.rules
            )
            variant = _Variant(replace(recipe, rules=rules), {key: repair})
            if variant.recipe not in [other.recipe for other in found]:
                found.append(variant)
    return found


def _reason(row: LayerSensitivity) -> str:
    said = (
        "treated alone it could not be measured" if row.sqnr_db is None else f"alone it costs {row.sqnr_db:.1f} dB SQNR"
    )
    if row.accuracy_drop:
        said += f" and {100 * row.accuracy_drop:.1f} points of top-1"
    if row.latency_saved_us is None:
        return f"{said}; what it gains in time is not known apart from its neighbours"
    if row.latency_saved_us <= 0:
        return f"{said} and gains no time ({row.latency_saved_us:.0f} us)"
    return f"{said} and gains {row.latency_saved_us:.0f} us"
