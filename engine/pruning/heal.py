"""Healing: after a cut, every layer behind it is solved again, in topological order, against the original model.

A layer reads A in the cut model and is to give Y, what the original's layer gives (of the channels that are left); the
weights nearest to the present ones that do so best, and the bias, are the ridge solution of ``engine.pruning.solve``.
A already comes from healed layers, so that errors from before are made up for too. Where a layer's output only goes
into an Add whose other operand is known by then, the sum is what is to come out: the target is the original's sum less
what the cut model adds, and a residual branch makes up for what its shortcut has lost (He et al. 2017, "Channel
pruning for accelerating very deep neural networks").

Before a Relu or Clip much of Y does not matter: what is clipped away in both models is right already. Once the linear
problem is solved, it is solved again with what comes out now in the place of such targets (as Zhang et al. 2016,
"Accelerating very deep convolutional networks for classification and detection", do with a ReLU).
"""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Runtime
from engine.data.samples import Samples
from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op
from engine.graph.cuts import is_fixed, reads
from engine.graph.naming import places
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.pruning.rows import outputs_of
from engine.pruning.solvable import Solvable, set_weight, solvable, weight_of
from engine.pruning.solve import solve
from engine.pruning.walk import Look, Walk

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Healed:
    """One layer: error of its output in parts of the output's variance, before and after, and the ridge."""

    id: str
    before: float
    after: float
    ridge: float

    def to_json(self) -> dict[str, Any]:
        """JSON has no infinity: where the weights stayed ``ridge`` is null."""
        return {**asdict(self), "ridge": self.ridge if math.isfinite(self.ridge) else None}


@dataclass(frozen=True, slots=True)
class Task:
    """What is not said here as in ``engine.pruning.walk.Look``; ``channels`` of the original's output."""

    id: str
    layer: Solvable
    target: str
    minus: str | None
    channels: int
    own: str
    bounds: tuple[float, float] | None = None


def heal(
    original: ir.Model,
    cut: ir.Model,
    gone: Mapping[str, Collection[int]],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    *,
    aimed: bool = True,
) -> tuple[ir.Model, tuple[Healed, ...]]:
    """A copy of the cut model with the layers behind the cuts solved again.

    Args:
        gone: layer id to the channels of its output that went, where some did.
        samples: for calibration.
        aimed: solve layers before a Relu or Clip once more, aiming at what comes through.
    """
    healed = cut.clone()
    todo = tasks(original, healed)
    done = []
    if not todo:
        return healed, ()
    with Handover() as handover:
        walk = Walk(original, runtime, samples, handover, progress)
        first, second = walk.track(original), walk.track(healed)
        for number, task in enumerate(todo):
            for track in (first, second):
                place = track.next_place(track.node(task.id), len(samples))
                if place is not None:
                    walk.advance(track, place)
            layer, lost = task.layer, gone.get(task.id)
            left = None if not lost else tuple(c for c in range(task.channels) if c not in lost)
            look = Look(layer.layout, layer.layout.value, task.target, task.minus, left, layer.axis)
            looks = [look]
            if aimed and task.bounds is not None:
                looks.append(replace(look, own=task.own, bounds=task.bounds))
            results = []
            for aim in looks:
                progress.step("healing", number, len(todo))
                halves = walk.look({task.id: aim}, second, first, "healing")[task.id].halves
                if not layer.biased:
                    halves = halves[0].about_zero(), halves[1].about_zero()
                results.append(solve(halves, weight_of(layer)))
                set_weight(healed, layer, results[-1].weight, results[-1].bias)
            done.append(Healed(task.id, results[0].before, results[0].after, results[0].ridge))
    return healed, tuple(done)


def tasks(original: ir.Model, cut: ir.Model) -> list[Task]:
    """The layers of the main graph that read something that the cuts changed, and can be solved."""
    theirs = {place.id: place.node for place in places(original) if place.owner is None}
    ids = {place.node: place.id for place in places(cut) if place.owner is None}
    number = {node: position for position, node in enumerate(cut.graph)}
    changed: set[ir.Value] = set()
    found = []
    for node in cut.graph:
        inputs = reads(node)
        layer_id = ids.get(node)
        other = None if layer_id is None else theirs.get(layer_id)
        if other is None or any(value in changed for value in inputs) or _weights_differ(node, other):
            changed.update(node.outputs)
        if layer_id is None or other is None or node.inputs[0] not in changed:
            continue
        layer = solvable(node)
        if isinstance(layer, str):
            continue
        found.append(_task(layer_id, layer, other, number, theirs, ids))
    return found


def _task(
    layer_id: str,
    layer: Solvable,
    other: ir.Node,
    number: Mapping[ir.Node, int],
    theirs: Mapping[str, ir.Node],
    ids: Mapping[ir.Node, str],
) -> Task:
    node = layer.node
    form = solvable(other)
    channels = 0 if isinstance(form, str) else form.layout.groups * outputs_of(form.layout)
    own = node.outputs[0].name or ""
    plain = Task(layer_id, layer, other.outputs[0].name or "", None, channels, own, _bounds(node.outputs[0]))
    uses = list(node.outputs[0].uses())
    if len(uses) != 1 or node.outputs[0].is_graph_output() or not is_op(uses[0][0], "Add"):
        return plain
    adder, position = uses[0]
    beside = adder.inputs[1 - position]
    if beside is None or is_fixed(beside) or beside.shape != node.outputs[0].shape or ids.get(adder) not in theirs:
        return plain
    producer = beside.producer()
    if producer is not None and number[producer] > number[node]:
        return plain
    total = adder.outputs[0]
    return replace(
        plain,
        target=theirs[ids[adder]].outputs[0].name or "",
        minus=beside.name,
        own=total.name or "",
        bounds=_bounds(total),
    )


def _bounds(value: ir.Value) -> tuple[float, float] | None:
    """To what the only reader of a value clips it; None where it does not."""
    uses = list(value.uses())
    if len(uses) != 1 or value.is_graph_output():
        return None
    node = uses[0][0]
    if is_op(node, "Relu"):
        return 0.0, math.inf
    if not is_op(node, "Clip"):
        return None
    bounds = []
    for position, none in ((1, -math.inf), (2, math.inf)):
        given = input_of(node, position)
        tensor = constant(given)
        if given is not None and tensor is None:
            return None
        bounds.append(none if tensor is None else float(tensor.numpy().reshape(-1)[0]))
    return bounds[0], bounds[1]


def _weights_differ(node: ir.Node, other: ir.Node) -> bool:
    mine = [value.const_value for value in reads(node) if is_fixed(value)]
    before = [value.const_value for value in reads(other) if is_fixed(value)]
    return len(mine) != len(before) or any(a is not b for a, b in zip(mine, before, strict=True))


def improvement_db(healed: Sequence[Healed]) -> float:
    """By how much the mean error of the layers fell, in dB."""
    before, after = (np.mean([getattr(layer, name) for layer in healed]) for name in ("before", "after"))
    return 10 * math.log10(max(before, 1e-12) / max(after, 1e-12))
