"""Spread a cut over groups: where it does the least harm for the time that it saves, both measured.

Of each group some counts are tried alone: cut, mended (``engine.pruning.mend``) and run on the calibration data, which
gives the squared error of the model's outputs in parts of their variance. Between them the error goes with the costs of
the method's ranking. Errors of several cuts add up as powers. Time is what the layers of a group take in a profile of
the model on the target, less the share of their multiply-accumulates that a cut leaves; where the target is not at
hand, multiply-accumulates stand for it.

Then, as for a knapsack, always the step with the least error for the time that it saves, to any lower count of any
group, until the share of the model's multiply-accumulates that was asked for is gone; what is then not needed of it is
taken back.

Healing makes up for more of an error the more layers come behind it. The greedy choice is therefore made for some
exponents p, with each error in parts of ``(1 + layers behind)^p``; which of the outcomes is best is for the caller to
find out by healing them (``errors_of``).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from engine.data.samples import Head
from engine.errors import UsageError
from engine.graph.layers import LayerIndex, index_layers
from engine.graph.shapes import bind
from engine.pruner import Ranking
from engine.pruning.context import Context
from engine.pruning.cut import cut, cut_model
from engine.pruning.gone import gone
from engine.pruning.groups import ChannelGroup
from engine.pruning.mend import mend
from engine.pruning.outputs import errors_of
from engine.pruning.rows import Read
from engine.pruning.solvable import solvable

if TYPE_CHECKING:
    import onnx_ir as ir

LEVELS = (0.25, 0.5)
"""Shares of a group's channels without which it is tried."""
MOST_SHARE = 0.75
"""No group loses more: beyond, errors do not add up any more."""
MOST_STEPS = 12
TRIAL_SAMPLES = 64
EXPONENTS = (0.0, 0.5, 1.0)


@dataclass(frozen=True, slots=True)
class Candidate:
    """One group that may lose channels; ``fewest`` stay in any case."""

    group: ChannelGroup
    ranking: Ranking
    multiple: int
    fewest: int

    @property
    def counts(self) -> tuple[int, ...]:
        """The counts that are considered, falling, without all."""
        most_gone = min(int(self.group.channels * MOST_SHARE), len(self.ranking.order))
        low = max(self.fewest, self.group.channels - most_gone)
        multiples = [c for c in range(self.group.channels - 1, low - 1, -1) if c % self.multiple == 0]
        chosen = np.unique(np.linspace(0, len(multiples) - 1, min(MOST_STEPS, len(multiples))).round().astype(int))
        return tuple(multiples[number] for number in chosen)

    def tried(self) -> tuple[int, ...]:
        """The counts that are measured: those nearest to the levels."""
        wanted = [self.group.channels * (1 - level) for level in LEVELS]
        return tuple(dict.fromkeys(min(self.counts, key=lambda c, w=w: abs(c - w)) for w in wanted))  # type: ignore[misc]


@dataclass(frozen=True, slots=True)
class Step:
    """A lower count of a group; error and price against no cut."""

    group: str
    count: int
    error: float
    price: float


def measured(
    model: ir.Model,
    index: LayerIndex,
    candidates: Sequence[Candidate],
    reads: Mapping[str, Read],
    ratio: float,
    context: Context,
) -> list[dict[str, int]]:
    """How many channels of each group stay, in one or more ways that are worth healing.

    Raises:
        UsageError: the model's multiply-accumulates are not known.
    """
    usable = [one for one in candidates if one.counts]
    progress, settings = context.progress, context.runtime.settings
    counted = bind(model, settings.shapes, settings.batch, strict=False)
    costs = index_layers(counted)
    total = _macs(costs)
    errors = _errors(model, index, usable, reads, context)
    layer_us = _layer_us(model, context)
    steps = []
    for one in progress.track(usable, "weighing cuts"):
        lowest = one.counts[-1]
        each = _price(counted, costs, one, lowest, layer_us) / (one.group.channels - lowest)
        for count in one.counts:
            error = _error_at(one, count, errors[one.group.id])
            steps.append(Step(one.group.id, count, error, each * (one.group.channels - count)))
    steps = [step for step in steps if step.price > 0]
    counts = {one.group.id: one.group.channels for one in candidates}
    behind = _layers_behind(index, usable)
    found: list[dict[str, int]] = []
    for exponent in EXPONENTS:
        weighed = [replace(step, error=step.error / (1 + behind[step.group]) ** exponent) for step in steps]
        settled = counts | _until(greedy(weighed), counts, usable, counted, (1 - ratio) * total)
        if settled not in found:
            found.append(settled)
    return found


def _until(
    moves: Sequence[Step],
    counts: Mapping[str, int],
    usable: Sequence[Candidate],
    counted: ir.Model,
    target: float,
) -> dict[str, int]:
    """The counts after as few moves as leave no more multiply-accumulates than the target.

    The last of them may save much more than was missing; earlier ones that are then not needed are taken back, those
    that cost most for what they save first.
    """

    def macs(made: Sequence[Step]) -> int:
        kept = _kept(usable, {**counts, **{move.group: move.count for move in made}})
        return _macs(index_layers(cut_model(counted, kept, with_weights=False) if kept else counted))

    low, high = 0, len(moves)  # the fewest moves that reach the target; more moves never leave more
    while low < high:
        middle = (low + high) // 2
        if macs(moves[:middle]) <= target:
            high = middle
        else:
            low = middle + 1
    made = list(moves[:low])
    for move in reversed(moves[: max(low - 1, 0)]):
        fewer = [one for one in made if one is not move]
        if macs(fewer) <= target:
            made = fewer
    return {move.group: move.count for move in made}


def _layers_behind(index: LayerIndex, candidates: Sequence[Candidate]) -> dict[str, int]:
    """How many layers that can be solved come after the first that reads a group's channels."""
    order = [layer.id for layer in index.layers]
    solved = [layer_id for layer_id in order if not isinstance(solvable(index.node(layer_id)), str)]
    found = {}
    for one in candidates:
        first = min((order.index(m.layer) for m in one.group.members if m.role == "consumer"), default=len(order))
        found[one.group.id] = sum(order.index(layer_id) > first for layer_id in solved)
    return found


def greedy(steps: Iterable[Step]) -> list[Step]:
    """The moves in their order; a later move of a group takes the place of the earlier."""
    left = list(steps)
    now: dict[str, Step] = {}
    moves = []
    while left:

        def worth(step: Step) -> float:
            before = now.get(step.group)
            error, price = (
                (step.error, step.price)
                if before is None
                else (
                    step.error - before.error,
                    step.price - before.price,
                )
            )
            return max(error, 0.0) / price

        best = min(left, key=worth)
        now[best.group] = best
        moves.append(best)
        left = [s for s in left if s.group != best.group or (s.count < best.count and s.price > best.price)]
    return moves


def _kept(candidates: Iterable[Candidate], counts: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    return {
        one.group.id: one.ranking.kept(one.group.channels, counts[one.group.id])
        for one in candidates
        if counts[one.group.id] < one.group.channels
    }


def _error_at(one: Candidate, count: int, known: Mapping[int, float]) -> float:
    """Between measured counts in proportion to the costs of what went; beyond them as at the nearest."""
    lost = one.group.channels - count
    costs = np.cumsum([0.0, *one.ranking.costs])
    nearest = min(known, key=lambda other: abs(other - count))
    if nearest == count:
        return known[nearest]
    there = costs[one.group.channels - nearest]
    share = costs[lost] / there if there > 0 else lost / (one.group.channels - nearest)
    return float(known[nearest] * share)


def _price(
    model: ir.Model, index: LayerIndex, one: Candidate, count: int, layer_us: Mapping[str, float] | None
) -> float:
    """What a cut of one group alone saves: microseconds, or multiply-accumulates. It goes with the channels."""
    after = index_layers(cut_model(model, _kept([one], {one.group.id: count}), with_weights=False))
    total = 0.0
    for layer_id in one.group.roles:
        before, then = index.by_id.get(layer_id), after.by_id.get(layer_id)
        if before is None:
            continue
        if layer_us is None:
            total += (before.macs or 0) - (0 if then is None else then.macs or 0)
        elif before.macs:
            total += layer_us.get(layer_id, 0.0) * (1 - (0 if then is None else then.macs or 0) / before.macs)
        elif before.output_bytes and then is not None and then.output_bytes is not None:
            total += layer_us.get(layer_id, 0.0) * (1 - then.output_bytes / before.output_bytes)
    return total


def _layer_us(model: ir.Model, context: Context) -> Mapping[str, float] | None:
    """What each layer takes, where the device that runs is the target."""
    if context.runtime.settings.device != context.facts.device:
        return None
    from engine.profiling.measure import profile

    found = profile(model, context.runtime, context.samples, context.progress)
    return {layer.id: layer.median_us for layer in found.layers}


def _macs(index: LayerIndex) -> int:
    if index.macs is None:
        raise UsageError(
            "spread=measured cuts by multiply-accumulates, and those of this model are not known",
            way_out="Fix its shapes with --shape, or use spread=even.",
        )
    return index.macs


def _errors(
    model: ir.Model,
    index: LayerIndex,
    candidates: Sequence[Candidate],
    reads: Mapping[str, Read],
    context: Context,
) -> dict[str, dict[int, float]]:
    """By group id and count the squared error of the outputs in parts of their variance."""
    todo = [(one, count) for one in candidates for count in one.tried()]
    found: dict[str, dict[int, float]] = {}
    progress = context.progress

    def models() -> Iterator[ir.Model]:
        for one, count in progress.track(todo, "measuring cuts"):
            kept = _kept([one], {one.group.id: count})
            yield mend(index, cut(model, kept), [one.group], kept, gone([one.group], kept), reads)

    for (one, count), error in zip(
        todo, errors_of(model, models(), context.runtime, on_few(context).samples, progress), strict=True
    ):
        found.setdefault(one.group.id, {})[count] = error
    return found


def on_few(context: Context) -> Context:
    """With fewer samples, which do to tell choices apart."""
    return replace(context, samples=Head(context.samples, TRIAL_SAMPLES))
