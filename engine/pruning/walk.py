"""Walk through the original model and the pruned one side by side, from layer to layer, on the calibration data.

What a layer reads is final once everything before it is solved. The walk therefore keeps, in files, the arrays of a
place that both models have passed (``engine.graph.cuts``), and for the next layer runs only what lies between. The
child runs and adds up; arrays never come back to the parent.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from engine.backend import Array, Feeds, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.graph.cuts import Cut, frontiers, part
from engine.graph.naming import places as named
from engine.graph.shapes import bind, inputs
from engine.graph.values import batch_axis
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.pruning.rows import Read, Sums, outputs_of
from engine.quantization.moments import Layout

if TYPE_CHECKING:
    import onnx_ir as ir

HELD_BYTES = 512 << 20
"""Of the arrays of one place, for all samples and both models."""
BATCH = 4

Open = Callable[[SessionRequest], Session]


@dataclass(frozen=True, slots=True)
class Held:
    """Arrays in files: ``folder/<number of the name>_<number of the batch>.npy``."""

    folder: Path
    names: tuple[str, ...]
    counts: tuple[int, ...]

    def batches(self, names: Sequence[str]) -> Iterator[Feeds]:
        for batch in range(len(self.counts)):
            yield {name: np.load(self._path(name, batch)) for name in names}

    def save(self, name: str, batch: int, array: Array) -> None:
        np.save(self._path(name, batch), array)

    def _path(self, name: str, batch: int) -> Path:
        return self.folder / f"{self.names.index(name)}_{batch}.npy"


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a model that starts at what is held."""

    request: SessionRequest | None
    inputs: tuple[str, ...]
    held: Held


@dataclass(frozen=True, slots=True)
class Look:
    """At one layer of the candidate.

    Attributes:
        reads: name of what it reads there; in the candidate.
        target: name of what is to come out, in the original; None where only what is read is of interest.
        minus: what the candidate adds to it afterwards, to be taken off the target.
        outputs: the channels of the target that the candidate still has; None for all.
        axis: of the target, the channels.
        own: name of what comes out in the candidate now, where it is clipped to ``bounds`` behind.
    """

    layout: Layout
    reads: str
    target: str | None = None
    minus: str | None = None
    outputs: tuple[int, ...] | None = None
    axis: int = 1
    own: str | None = None
    bounds: tuple[float, float] = (-np.inf, np.inf)


class Walk:
    """Of one original and its candidate; the candidate's weights may change on the way, not its nodes."""

    def __init__(
        self, original: ir.Model, runtime: Runtime, samples: Samples, handover: Handover, progress: Progress
    ) -> None:
        self._runtime, self._handover, self._progress = runtime, handover, progress
        self._samples = len(samples)
        free = all(batch_axis(info.shape) == 0 for info in inputs(original))
        size = samples.group or (max(BATCH, runtime.settings.batch) if free else runtime.settings.batch)
        names = tuple(info.name for info in inputs(original))
        folder = handover.scratch("fed")
        progress.step("reading samples")
        counts = runtime.host.call(_store, samples, folder, names, size, progress=progress)
        self.fed = Held(folder, names, counts)
        self._numbers = iter(range(1 << 30))

    def track(self, model: ir.Model) -> Track:
        return Track(self, model)

    def request(self, model: ir.Model) -> SessionRequest:
        name = f"walk_{next(self._numbers)}.onnx"
        return SessionRequest(
            self._handover.write(model, name), self._runtime.settings, weights=self._handover.weights(model)
        )

    def look(self, looks: dict[str, Look], candidate: Track, original: Track | None, label: str) -> dict[str, Read]:
        """Run what is needed from the places that the tracks hold, and add up."""
        here = candidate.part({name for look in looks.values() for name in (look.reads, look.minus, look.own) if name})
        there = None
        if original is not None:
            there = original.part({look.target for look in looks.values() if look.target})
        self._progress.step(label)
        return self._runtime.host.call(
            _look, self._runtime.backend.open, here, there, looks, self._samples, progress=self._progress
        )

    def advance(self, track: Track, cut: Cut) -> None:
        """Hold the arrays at a later place instead."""
        folder = self._handover.scratch(f"held_{next(self._numbers)}")
        held = Held(folder, cut.frontier, self.fed.counts)
        self._runtime.host.call(
            _advance, self._runtime.backend.open, track.part(set(cut.frontier)), held, progress=self._progress
        )
        track.held, track.at = held, cut


class Track:
    """Where the walk is in one model."""

    def __init__(self, walk: Walk, model: ir.Model) -> None:
        self._walk, self.model = walk, model
        self.held, self.at = walk.fed, Cut(0, walk.fed.names, 0)
        self.places = all_frontiers(model)
        self._position = {node: number for number, node in enumerate(model.graph)}
        self._nodes = {place.id: place.node for place in named(model) if place.owner is None}

    def part(self, wanted: set[str]) -> Part:
        known = {value.name for value in self.model.graph.inputs} | set(self.held.names)
        computed = sorted(wanted - known)
        if not computed:
            return Part(None, tuple(sorted(wanted)), self.held)
        model = part(self.model, self.held.names, computed)
        assert model is not None, f"{computed} need more than is held at {self.at.position}"
        needs = {value.name or "" for value in model.graph.inputs} - set(model.graph.initializers)
        return Part(self._walk.request(model), tuple(sorted(needs | (wanted & set(self.held.names)))), self.held)

    def node(self, layer_id: str) -> ir.Node:
        return self._nodes[layer_id]

    def next_place(self, before: ir.Node, samples: int) -> Cut | None:
        """The smallest place between here and a node that is worth holding; None for where it is."""
        found = [cut for cut in self.places if self.at.position < cut.position <= self._position[before]]
        best = min(found, key=lambda cut: (cut.bytes, -cut.position), default=None)
        return best if best is not None and best.bytes * samples <= HELD_BYTES // 2 else None


def all_frontiers(model: ir.Model) -> list[Cut]:
    """The places where a model can be held, with what one sample takes there."""
    return frontiers(model, _sizes(model))


def _sizes(model: ir.Model) -> dict[str, int]:
    bound = bind(model, {}, 1, strict=False)
    sizes = {}
    for value in (*bound.graph.inputs, *(value for node in bound.graph for value in node.outputs)):
        if value.shape is not None and value.dtype is not None and value.shape.is_static():
            sizes[value.name or ""] = int(np.prod(value.shape.numpy(), dtype=np.int64) * value.dtype.itemsize)
    return sizes


def _store(samples: Samples, folder: Path, names: tuple[str, ...], size: int, *, progress: Progress) -> tuple[int, ...]:
    """The child's part: read the samples once."""
    held = Held(folder, names, ())
    counts: list[int] = []
    for feeds in samples.batches(size):
        progress.step("reading samples", sum(counts), len(samples))
        for name in names:
            held.save(name, len(counts), feeds[name])
        counts.append(min(samples.group or size, len(samples) - sum(counts)))
    return tuple(counts)


def run_part(open_session: Open, part: Part, wanted: Sequence[str]) -> Iterator[dict[str, Array]]:
    """In the child: the wanted arrays, batch after batch."""
    session = None if part.request is None else open_session(part.request)
    fed = () if session is None else tuple(info.name for info in session.inputs)
    computed = [name for name in dict.fromkeys(wanted) if name not in part.held.names]
    for feeds in part.held.batches(part.inputs):
        found = {name: feeds[name] for name in wanted if name in feeds}
        if session is not None and computed:
            given = {name: feeds[name] for name in fed}
            found |= zip(computed, session.run(given, computed), strict=True)
        yield found


def _look(
    open_session: Open, here: Part, there: Part | None, looks: dict[str, Look], samples: int, *, progress: Progress
) -> dict[str, Read]:
    """The child's part."""
    sums = {
        layer: Sums(look.layout, samples, outputs_of(look.layout) if look.target else 0)
        for layer, look in looks.items()
    }
    mine = [name for look in looks.values() for name in (look.reads, look.minus, look.own) if name]
    targets = [look.target for look in looks.values() if look.target]
    theirs: Iterator[dict[str, Array]] = (
        iter({} for _ in here.held.counts) if there is None else run_part(open_session, there, targets)
    )
    label = progress.tick.label
    done = 0
    for found, wanted, count in zip(run_part(open_session, here, mine), theirs, here.held.counts, strict=True):
        progress.step(label, done, samples)
        done += count
        for layer, look in looks.items():
            made = None if look.target is None else wanted[look.target]
            if made is not None and look.outputs is not None:
                made = np.take(made, look.outputs, axis=look.axis)
            if made is not None and look.own is not None:
                made = unclipped(made, found[look.own], *look.bounds)
            if made is not None and look.minus is not None:
                made = made - found[look.minus]
            sums[layer].add(found[look.reads], made, count)
    return {layer: total.result() for layer, total in sums.items()}


def unclipped(wanted: Array, own: Array, low: float, high: float) -> Array:
    """What to aim at where all below ``low`` and above ``high`` comes to the same: what is right already stays."""
    aim = np.where(wanted <= low, np.minimum(own, low), wanted)
    return np.where(wanted >= high, np.maximum(own, high), aim).astype(wanted.dtype)


def _advance(open_session: Open, part: Part, held: Held, *, progress: Progress) -> None:
    """The child's part: compute the arrays of a later place."""
    del progress
    for batch, found in enumerate(run_part(open_session, part, held.names)):
        for name in held.names:
            held.save(name, batch, found[name])
