"""What treating each layer costs: one layer at a time, measured on data.

``alone`` treats one layer and leaves all others in float; ``all_but`` treats all of the plan but one. Errors are those
of the model's outputs against the float model's, with the runtime's default optimizations, which decide where a layer
rounds. Rows come in an order in which each later one halves a gap that the earlier ones left in the network, the layer
with the most multiply-accumulates of the gap first: whatever is known early is spread over all of it.

``expected`` composes what several layers cost together from what each costs alone: errors that are not correlated add
as powers, ``noise(S) = sum of noise(l), l in S`` with ``noise = 10^(-SQNR/10)`` relative to the output's power.
"""

from __future__ import annotations

import hashlib
import math
import time
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Literal

from engine import __version__
from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.errors import Cancelled, EngineError
from engine.graph.layers import LayerIndex
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import Kind, Recipe
from engine.verification.measured import Score
from engine.verification.prepared import Prepared, Treatment, prepare
from engine.verification.scan import Trial, has_dynamic_ranges, scan
from engine.verification.sensitivity_store import SensitivityStore

if TYPE_CHECKING:
    import onnx_ir as ir

Mode = Literal["alone", "all_but"]


@dataclass(frozen=True, slots=True)
class LayerSensitivity:
    """One treatment of one layer; where it is left out in ``all_but``.

    Attributes:
        treatment: the key of a scheme, or METHOD=RATIO.
        sqnr_db, accuracy_drop, agreement: see ``engine.verification.measured.Score``.
        latency_saved_us: what treating it gains in the treated model; None where it was not measured, or not for this
            layer alone.
        reason: why it was not measured.
    """

    id: str
    kind: Kind
    treatment: str
    sqnr_db: float | None
    accuracy_drop: float | None
    agreement: float | None
    latency_saved_us: float | None = None
    reason: str = ""

    def to_json(self) -> dict[str, Any]:
        """JSON has no infinity: where nothing changed ``sqnr_db`` is null, and ``reason`` says so."""
        found = asdict(self)
        if self.sqnr_db is not None and math.isinf(self.sqnr_db):
            found["sqnr_db"] = None
            found["reason"] = "the outputs are the float model's" if self.sqnr_db > 0 else "the outputs are not finite"
        return found


@dataclass(frozen=True, slots=True)
class Sensitivity:
    """``layers`` in the order of the model; ``planned`` is how many there will be when it is ``complete``."""

    mode: Mode
    layers: tuple[LayerSensitivity, ...]
    planned: int
    samples: int
    seconds: float

    @property
    def complete(self) -> bool:
        return len(self.layers) == self.planned

    def to_json(self) -> dict[str, Any]:
        return {
            "mode": self.mode,
            "layers": [layer.to_json() for layer in self.layers],
            "planned": self.planned,
            "samples": self.samples,
            "seconds": round(self.seconds, 3),
            "complete": self.complete,
        }


def sensitivity(
    source: ir.Model,
    recipe: Recipe,
    samples: Samples,
    runtime: Runtime,
    facts: TargetFacts,
    progress: Progress,
    *,
    ranges: RangeCache,
    store: SensitivityStore | None = None,
    resume: bool = True,
    mode: Mode = "alone",
    seconds: float | None = None,
) -> Sensitivity:
    """Measure each treatment that the recipe plans. Partial results are kept as ``Sensitivity`` (``Progress.keep``).

    Args:
        samples: the calibration part, for ranges and for measuring.
        store: where results are kept and, with ``resume``, taken from.
        seconds: after which no other layer is begun; what was begun is finished.

    Raises:
        UsageError: the recipe treats no layer.
        EngineError, Cancelled: with what was found until then as ``partial``.
    """
    began = time.monotonic()
    prepared = prepare(source, recipe, samples, facts, runtime, progress, ranges=ranges, pruned=mode == "all_but")
    return scan_layers(
        prepared, samples, runtime, progress, store=store, resume=resume, mode=mode, seconds=seconds, began=began
    )


def scan_layers(
    prepared: Prepared,
    samples: Samples,
    runtime: Runtime,
    progress: Progress,
    *,
    store: SensitivityStore | None = None,
    resume: bool = True,
    mode: Mode = "alone",
    seconds: float | None = None,
    began: float | None = None,
) -> Sensitivity:
    """As ``sensitivity``, of a model that is prepared already; ``began`` is when the time began to count."""
    began = time.monotonic() if began is None else began
    every, _ = prepared.without()
    key = _key(prepared, samples, runtime, mode)
    known = {} if store is None or not resume else store.load(key)
    known = {name: score for name, score in known.items() if not score.reason}
    names = {treatment: _name(treatment) for treatment in prepared.treatments}
    order = [t for t in spread(prepared.treatments, prepared.index) if names[t] not in known]
    keeper = _Keeper(
        mode, prepared.treatments, tuple(names[t] for t in order), known, store, key, len(samples), began, time.time()
    )
    progress.keep(keeper({}))
    if not order:
        return keeper({})
    try:
        scores = scan(
            prepared.cleaned,
            prepared.cleaned if mode == "alone" else every,
            [_trial(prepared, treatment, mode) for treatment in order],
            samples,
            runtime,
            progress,
            label="measuring sensitivity",
            collect=keeper,
            seconds=None if seconds is None else max(0.0, seconds - (time.monotonic() - began)),
            batched=not has_dynamic_ranges(every),
        )
    except (EngineError, Cancelled) as stop:
        if isinstance(progress.kept, Sensitivity):
            stop.partial = replace(progress.kept, seconds=time.monotonic() - began)
        raise
    return replace(keeper(scores), seconds=time.monotonic() - began)


@dataclass(frozen=True)
class _Keeper:
    """Makes rows of scores as they come, and stores them; goes to the child."""

    mode: Mode
    treatments: tuple[Treatment, ...]
    names: tuple[str, ...]
    known: Mapping[str, Score]
    store: SensitivityStore | None
    key: str
    samples: int
    began: float
    began_at: float

    def __call__(self, scores: Mapping[int, Score], /) -> Sensitivity:
        found = {**self.known, **{self.names[number]: score for number, score in scores.items()}}
        if self.store is not None and scores:
            self.store.save(self.key, found)
        rows = tuple(_row(t, found[_name(t)]) for t in self.treatments if _name(t) in found)
        return Sensitivity(self.mode, rows, len(self.treatments), self.samples, time.time() - self.began_at)


def _row(treatment: Treatment, score: Score) -> LayerSensitivity:
    return LayerSensitivity(
        treatment.id,
        treatment.kind,
        treatment.name,
        score.sqnr_db,
        score.accuracy_drop,
        score.agreement,
        reason=score.reason,
    )


def _trial(prepared: Prepared, treatment: Treatment, mode: Mode) -> Trial:
    def build() -> ir.Model | str:
        if mode == "all_but":
            return prepared.without({(treatment.kind, treatment.id)})[0]
        model, report = prepared.alone(treatment)
        return model if treatment.id in report.treated else report.skipped.get(treatment.id, "it stays as it is")

    return build


def _name(treatment: Treatment) -> str:
    return f"{treatment.kind} {treatment.id} {treatment.name} {treatment.options}"


def _key(prepared: Prepared, samples: Samples, runtime: Runtime, mode: Mode) -> str:
    """What all rows of a file depend on; leaving one out depends on the treatments of all others too."""
    from engine.graph.digest import model_sha256

    settings = runtime.settings
    parts = [__version__, mode, model_sha256(prepared.cleaned), samples.fingerprint, settings.device]
    parts += [prepared.facts.fingerprint, str(settings.batch), str(sorted(settings.options.items()))]
    if mode == "all_but":
        plan = "\n".join([*map(_name, prepared.treatments), *sorted(prepared.plan.kept)])
        parts.append(hashlib.sha256(plan.encode()).hexdigest())
    return " ".join(parts)


def spread(treatments: Sequence[Treatment], index: LayerIndex) -> tuple[Treatment, ...]:
    """Each level halves the parts of the one before, and takes from each the layer with the most work."""
    macs = {layer.id: layer.macs or 0 for layer in index.layers}
    order: dict[Treatment, None] = {}
    parts = 1
    while len(order) < len(treatments):
        bounds = [number * len(treatments) // parts for number in range(parts + 1)]
        for start, end in pairwise(bounds):
            left = [t for t in treatments[start:end] if t not in order]
            if left:
                order[max(left, key=lambda t: macs[t.id])] = None
        parts = min(parts * 2, len(treatments))
    return tuple(order)


def noise(row: LayerSensitivity) -> float:
    """Power of the error relative to the output's; infinite where it is not known."""
    return math.inf if row.sqnr_db is None else 10 ** (-row.sqnr_db / 10)


@dataclass(frozen=True, slots=True)
class Expected:
    """What is to be expected with the ``kept`` layers in float.

    Attributes:
        sqnr_db: of the composition; None where a layer that is treated was not measured.
        accuracy_drop: an upper bound by adding, between 0 and 1; None without labels.
        latency_us: of a run; None where times are not known.
    """

    kept: tuple[str, ...]
    sqnr_db: float | None
    accuracy_drop: float | None
    latency_us: float | None


def keep_worst(found: Sensitivity, treated_us: float | None = None) -> tuple[Expected, ...]:
    """For each k what is to be expected with the k worst layers in float, from none to all, of a scan ``alone``.

    Args:
        treated_us: latency with all layers treated, where it was measured.
    """
    rows = sorted(found.layers, key=noise, reverse=True)
    return tuple(expected(found.layers, {row.id for row in rows[:k]}, treated_us) for k in range(len(rows) + 1))


def expected(rows: Sequence[LayerSensitivity], kept: Collection[str], treated_us: float | None = None) -> Expected:
    treated = [row for row in rows if row.id not in kept]
    total = math.fsum(noise(row) for row in treated)
    sqnr_db = math.inf if total == 0 else None if math.isinf(total) else -10 * math.log10(total)
    drops = [row.accuracy_drop for row in treated]
    known = [drop for drop in drops if drop is not None]
    drop = min(1.0, math.fsum(max(0.0, d) for d in known)) if len(known) == len(drops) else None
    saved = [row.latency_saved_us for row in rows if row.id in kept]
    paid = [us for us in saved if us is not None]
    latency = None if treated_us is None or len(paid) < len(saved) else treated_us + math.fsum(paid)
    return Expected(tuple(row.id for row in rows if row.id in kept), sqnr_db, drop, latency)
