"""Structural pruning of a model: choose counts, choose channels, cut, heal. All methods take this way.

The layers of a plan name the groups whose channels they make; of several layers of one group the first decides for the
group. Counts come first (``engine.pruning.counts``, ``engine.pruning.spread``), channels in the order of the method's
ranking, then the cut, and, where there is data, every layer behind a cut is solved again (``engine.pruning.heal``).

``ready`` does all that looks at data but healing; what it gives can be built for any part of the plan, many times.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.errors import UsageError
from engine.graph.layers import LayerIndex, index_layers
from engine.pruner import Pruner, Ranking
from engine.pruning.context import Context
from engine.pruning.counts import even, fewest, globally, multiple_of
from engine.pruning.cut import cut
from engine.pruning.evidence import evidence, look_at, scales_of
from engine.pruning.factorize import Factored
from engine.pruning.gone import gone
from engine.pruning.groups import ChannelGroup, find_groups
from engine.pruning.heal import Healed, heal
from engine.pruning.mend import mend
from engine.pruning.options import StructuralOptions
from engine.pruning.outputs import errors_of
from engine.pruning.rows import Read
from engine.pruning.spread import MOST_SHARE, Candidate, measured, on_few
from engine.pruning.together import Together, solve_together, to_solve
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir

Planned = Mapping[str, tuple[Pruner, StructuralOptions]]
"""Layer id to method and options."""


@dataclass(frozen=True, slots=True)
class GroupCut:
    """What was done to one group: ``before`` and ``after`` are channels; ``asked`` is the layer whose plan decided."""

    id: str
    method: str
    unit: str
    before: int
    after: int
    layers: tuple[str, ...]
    coupled: tuple[str, ...]
    multiple: int
    asked: str
    options: StructuralOptions

    def to_json(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "method": self.method,
            "unit": self.unit,
            "before": self.before,
            "after": self.after,
            "layers": list(self.layers),
            "coupled": list(self.coupled),
            "multiple": self.multiple,
        }


@dataclass(frozen=True)
class Pruned:
    """``warnings`` were known before anything was cut."""

    model: ir.Model
    cuts: tuple[GroupCut, ...] = ()
    healed: tuple[Healed, ...] = ()
    warnings: tuple[str, ...] = ()
    factored: tuple[Factored, ...] = ()
    blocks: tuple[Together, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "groups": [one.to_json() for one in self.cuts],
            "factored": [one.to_json() for one in self.factored],
            "healed": [one.to_json() for one in self.healed],
            "blocks": [one.to_json() for one in self.blocks],
            "warnings": list(self.warnings),
        }


@dataclass(frozen=True, slots=True)
class Wanted:
    """One group, and what is to be done to it; ``asked`` are the layers of the plan that name it."""

    group: ChannelGroup
    method: Pruner
    options: StructuralOptions
    multiple: int
    asked: tuple[str, ...]


@dataclass(frozen=True)
class Ready:
    """What is to be cut, with everything that was found out for it.

    Attributes:
        counts: how many channels stay, by group id; of every group that can be ranked.
        reads: by layer id; empty where nobody needs it.
        skipped: layer id to the reason why its groups stay.
    """

    model: ir.Model
    index: LayerIndex
    wanted: tuple[Wanted, ...]
    rankings: Mapping[str, Ranking]
    counts: Mapping[str, int]
    reads: Mapping[str, Read]
    context: Context
    skipped: Mapping[str, str] = field(default_factory=dict)

    def chosen(self, layers: Collection[str] | None = None) -> list[Wanted]:
        """The groups that lose channels where only these layers of the plan are treated (None: all)."""
        return [
            one
            for one in self.wanted
            if self.counts.get(one.group.id, one.group.channels) < one.group.channels
            and (layers is None or not set(one.asked).isdisjoint(layers))
        ]

    def kept(self, chosen: Sequence[Wanted]) -> dict[str, tuple[int, ...]]:
        return {
            one.group.id: self.rankings[one.group.id].kept(one.group.channels, self.counts[one.group.id])
            for one in chosen
        }

    def quickly(self, report: Report, layers: Collection[str] | None = None) -> ir.Model:
        """Cut, and mended without running anything, where healing is wanted."""
        chosen = self.chosen(layers)
        self._say(report, chosen, ())
        return self.model if not chosen else self._mended(chosen, self.kept(chosen))

    def fully(self, report: Report) -> Pruned:
        """Cut and healed."""
        chosen = self.chosen()
        if not chosen:
            self._say(report, chosen, ())
            return Pruned(self.model)
        warnings = tuple(filter(None, (self._slower(one) for one in chosen)))
        self.context.progress.step(f"cutting {len(chosen)} groups of channels")
        kept = self.kept(chosen)
        model = self._mended(chosen, kept)
        healed: tuple[Healed, ...] = ()
        blocks: tuple[Together, ...] = ()
        if any(self._heals(one) for one in chosen):
            lost = gone([one.group for one in chosen], kept)
            context = self.context
            samples, progress = context.samples, context.progress
            together = any(one.options.together for one in chosen) and bool(to_solve(self.model, model, lost))
            # what is clipped away matters to blocks by themselves
            model, healed = heal(self.model, model, lost, context.runtime, samples, progress, aimed=not together)
            if together:
                variants = max(one.options.variants for one in chosen)
                better = model.clone()
                solved = solve_together(self.model, better, lost, context.runtime, samples, variants, progress)
                few = on_few(context).samples
                alone, both = errors_of(self.model, (model, better), context.runtime, few, progress)
                if both < alone:
                    model, blocks = better, solved
        self._say(report, chosen, healed)
        return Pruned(model, tuple(self._cut(one) for one in chosen), healed, warnings, blocks=blocks)

    def healed(self, context: Context) -> ir.Model:
        """Cut and healed on other samples, once over: to see what a choice is worth."""
        chosen = self.chosen()
        kept = self.kept(chosen)
        if not any(self._heals(one) for one in chosen):
            return self._mended(chosen, kept)
        lost = gone([one.group for one in chosen], kept)
        model = self._mended(chosen, kept)
        return heal(self.model, model, lost, context.runtime, context.samples, context.progress, aimed=False)[0]

    def _mended(self, chosen: Sequence[Wanted], kept: Mapping[str, tuple[int, ...]]) -> ir.Model:
        model = cut(self.model, kept)
        if not self.reads or not any(self._heals(one) for one in chosen):
            return model
        groups = [one.group for one in chosen if self._heals(one)]
        return mend(self.index, model, groups, kept, gone([one.group for one in chosen], kept), self.reads)

    def _heals(self, one: Wanted) -> bool:
        return one.options.heal == "yes" or (one.options.heal == "auto" and self.context.samples.kind == "data")

    def _cut(self, one: Wanted) -> GroupCut:
        group, after = one.group, self.counts[one.group.id]
        return GroupCut(
            group.id,
            one.method.key,
            group.unit,
            group.channels,
            after,
            group.layers,
            group.coupled,
            one.multiple,
            one.asked[0],
            one.options,
        )

    def _say(self, report: Report, chosen: Sequence[Wanted], healed: Sequence[Healed]) -> None:
        solved = f", {len(healed)} layers solved again" if healed else ""
        for one in chosen:
            for layer_id in one.group.layers:
                after = self.counts[one.group.id]
                report.treat(layer_id, "pruning", f"{after} of {one.group.channels} {one.group.unit}s stay{solved}")
        for layer_id, reason in self.skipped.items():
            report.skip(layer_id, reason)

    def _slower(self, one: Wanted) -> str | None:
        """Why a count may cost more than it saves; None where it does not."""
        best, after = multiple_of(one.group, StructuralOptions(), self.context.facts), self.counts[one.group.id]
        if after % best == 0:
            return None
        return (
            f"{one.group.id}: {after} of {one.group.channels} {one.group.unit}s is no multiple of {best}, for which "
            f"{self.context.facts.device} has its fast kernels: this can be slower than no cut"
        )


def ready(model: ir.Model, plan: Planned, context: Context, *, quick: bool = False) -> Ready:
    """Find out what is needed to prune the planned layers.

    Args:
        quick: the models are to be mended without running them (``Ready.quickly``).

    Raises:
        UsageError: a method or an option needs data, and there is none.
    """
    index = index_layers(model)
    wanted = _wanted(model, plan, context)
    _refuse_without_data(wanted, context)
    looked = [
        one.group
        for one in wanted
        if one.method.needs_data
        or one.options.spread == "measured"
        or (quick and one.options.heal != "no" and context.samples.kind == "data")
    ]
    reads = look_at(model, index, looked, context.runtime, context.samples, context.progress) if looked else {}
    skipped: dict[str, str] = {}
    rankings: dict[str, Ranking] = {}
    for one in context.progress.track(wanted, "choosing channels"):
        ranking = _ranking(one, index, reads, context)
        if isinstance(ranking, str):
            skipped |= dict.fromkeys(one.group.layers, ranking)
        else:
            rankings[one.group.id] = ranking
    counts = _counts([one for one in wanted if one.group.id in rankings], rankings)
    found = _best(Ready(model, index, tuple(wanted), rankings, counts, reads, context, skipped), quick)
    for one in wanted:
        if one.group.id in rankings and found.counts[one.group.id] >= one.group.channels:
            skipped |= dict.fromkeys(one.group.layers, _why_nothing(one))
    return found


def _wanted(model: ir.Model, plan: Planned, context: Context) -> list[Wanted]:
    groups = find_groups(model)
    asked: dict[str, list[str]] = {}
    by_id: dict[str, ChannelGroup] = {}
    for layer_id in plan:
        for group in groups.of(layer_id):
            if group.reason is None:
                by_id[group.id] = group
                asked.setdefault(group.id, []).append(layer_id)
    found = []
    for name, layers in asked.items():
        method, options = plan[layers[0]]
        multiple = multiple_of(by_id[name], options, context.facts)
        found.append(Wanted(by_id[name], method, options, multiple, tuple(layers)))
    return found


def _refuse_without_data(wanted: Sequence[Wanted], context: Context) -> None:
    if context.samples.kind == "data":
        return
    for one in wanted:
        needs = {
            f"{one.method.key} chooses": one.method.needs_data,
            "spread=measured chooses": one.options.spread == "measured",
            "heal=yes solves": one.options.heal == "yes",
        }
        for what, needed in needs.items():
            if needed:
                raise UsageError(f"{what} on data, and there is none", way_out="Give calibration data with --data.")


def _ranking(one: Wanted, index: LayerIndex, reads: Mapping[str, Read], context: Context) -> Ranking | str:
    scales = scales_of(one.group, index, context.source or index) if one.method.need == "scales" else None
    least = fewest(one.group, one.multiple)
    if one.options.spread == "even" or one.options.channels is not None:
        least = max(least, even(one.group, one.options, one.multiple))
    else:
        least = max(least, one.group.channels - int(MOST_SHARE * one.group.channels))
    rank = one.method.rank
    assert rank is not None
    return rank(evidence(one.group, index, reads, least, scales), one.options)


def _counts(wanted: Sequence[Wanted], rankings: Mapping[str, Ranking]) -> dict[str, int]:
    """Of the groups with spread=even and global; all channels of the others."""
    counts = {}
    together: dict[tuple[str, StructuralOptions], list[Wanted]] = {}
    for one in wanted:
        keeps = one.options.spread == "even" or one.options.channels is not None
        counts[one.group.id] = even(one.group, one.options, one.multiple) if keeps else one.group.channels
        if one.options.spread == "global" and not keeps:
            together.setdefault((one.method.key, one.options), []).append(one)
    for (_, options), members in together.items():
        ranked = {one.group.id: (one.group, rankings[one.group.id], one.multiple) for one in members}
        counts |= globally(ranked, options.ratio, dict.fromkeys(ranked, 1.0))
    return counts


def _best(found: Ready, quick: bool) -> Ready:
    """With counts for the groups with spread=measured, each method and options for themselves.

    Of several ways to spread the one whose outputs are closest on the calibration data, healed unless ``quick``.
    """
    together: dict[tuple[str, StructuralOptions], list[Wanted]] = {}
    for one in found.wanted:
        if one.options.spread == "measured" and one.options.channels is None and one.group.id in found.rankings:
            together.setdefault((one.method.key, one.options), []).append(one)
    for (_, options), members in together.items():
        candidates = [
            Candidate(one.group, found.rankings[one.group.id], one.multiple, fewest(one.group, one.multiple))
            for one in members
        ]
        ways = measured(found.model, found.index, candidates, found.reads, options.ratio, found.context)
        tried = [replace(found, counts={**found.counts, **way}) for way in ways]
        if len(tried) > 1:
            few = on_few(found.context)
            models = (one.quickly(Report()) if quick else one.healed(few) for one in tried)
            tried = [tried[int(np.argmin(errors_of(found.model, models, few.runtime, few.samples, few.progress)))]]
        found = tried[0]
    return found


def _why_nothing(one: Wanted) -> str:
    channels, unit, multiple = one.group.channels, one.group.unit, one.multiple
    if channels <= multiple:
        return f"it has {channels} {unit}s: fewer would be no multiple of {multiple}, which the target's kernels like"
    if one.options.spread == "even":
        return f"rounded to a multiple of {multiple}, all of its {channels} {unit}s stay"
    return f"all of its {channels} {unit}s stay: elsewhere a cut does less harm"
