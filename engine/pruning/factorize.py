"""Factorization of a model's layers: look at data, choose the factors, put them in place, heal.

The method gives the factors of one layer (``engine.pruner.Pruner.factor``). Here is what is the same for all: which
layers can be split, the second moments of what they read, the new nodes (``engine.pruning.split``), and solving every
layer behind again (``engine.pruning.heal``), the second factors among them. Layers in subgraph bodies are factored by
their weights alone: what they read is not seen from outside.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np

from engine.errors import UsageError
from engine.graph.constants import is_op
from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.graph.remove import remove_dead
from engine.graph.shapes import bind
from engine.pruner import Factors, Linear, Pruner
from engine.pruning.context import Context
from engine.pruning.evidence import look_at_layers
from engine.pruning.factors import saves
from engine.pruning.heal import Healed, heal
from engine.pruning.rows import Read, outputs_of
from engine.pruning.solvable import Solvable, solvable, weight_of
from engine.pruning.split import split
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir

FEW_MACS, FEW_US = 300_000, 10.0
"""Where no more is saved, two kernels can take longer than one: what a second one costs, measured on two threads."""
Planned = Mapping[str, tuple[Pruner, Any]]
"""Layer id to method and options."""
WHY_SLOWER = "as two layers it saves few multiplications, and a second kernel takes time: this can be slower"
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Factored:
    """One layer that became two: ``first`` is the id of the new one, ``rank`` the values between them.

    ``energy`` of the output's variance stays by the factors alone, or, not ``on_data``, of the weight's squares.
    """

    id: str
    first: str
    method: str
    rank: int
    rows: int
    outputs: int
    energy: float
    on_data: bool

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def words(self) -> str:
        return f"two layers of rank {self.rank} in the place of {self.rows} x {self.outputs}"


@dataclass(frozen=True)
class Factoring:
    """What is known of the layers that are to be factored; it can be built for any part of the plan, many times."""

    plan: Planned
    reads: Mapping[str, Read]
    context: Context

    def quickly(
        self, model: ir.Model, report: Report, layers: Collection[str] | None = None
    ) -> tuple[ir.Model, tuple[Factored, ...]]:
        """Factored, and nothing run to heal it (of these layers; None: all)."""
        if not any(layers is None or name in layers for name in self.plan):
            return model, ()
        made = model.clone()
        nodes = {place.id: place.node for place in places(made)}
        done = []
        for name in self.context.progress.track([n for n in self.plan if layers is None or n in layers], "factoring"):
            method, options = self.plan[name]
            layer = solvable(nodes[name]) if name in nodes else "a cut has removed it"
            if isinstance(layer, str):
                report.skip(name, layer)
                continue
            linear = _linear(layer, self._multiple(options), self.reads.get(name) if self._heals(options) else None)
            assert method.factor is not None
            found = method.factor(linear, options)
            if isinstance(found, str):
                report.skip(name, found)
                continue
            shift = None if linear.mean is None else found.shift
            first = split(made, nodes[name], found.first, found.second, shift)
            done.append(_factored(name, first, method, linear, found))
            report.treat(name, "pruning", done[-1].words())
        remove_dead(made)
        return (made, tuple(done)) if done else (model, ())

    def warnings(self, model: ir.Model, done: Collection[Factored]) -> tuple[str, ...]:
        """Of layers that may take longer as two."""
        if not done:
            return ()
        macs = {layer.id: layer.macs for layer in index_layers(bind(model, {}, 1, strict=False)).layers}
        few = [one for one in done if saves_little(macs.get(one.id), one.rows, one.outputs, one.rank)]
        return tuple(f"{one.id}: {WHY_SLOWER}" for one in few)

    def fully(self, model: ir.Model, report: Report) -> tuple[ir.Model, tuple[Factored, ...], tuple[Healed, ...]]:
        """Factored, and all layers behind solved again where there is data."""
        made, done = self.quickly(model, report)
        if not any(self._heals(self.plan[one.id][1]) for one in done):
            return made, done, ()
        context = self.context
        healed, layers = heal(model, made, {}, context.runtime, context.samples, context.progress)
        return healed, done, layers

    def _heals(self, options: Any) -> bool:
        return _heals(options, self.context)

    def _multiple(self, options: Any) -> int:
        return multiple_of(options, self.context.facts.channel_block)


def factoring(model: ir.Model, plan: Planned, context: Context) -> Factoring:
    """Look at what the planned layers read, where there is data.

    Raises:
        UsageError: a layer is to be healed, and there is no data.
    """
    wanted: dict[str, Solvable] = {}
    for place in places(model):
        if place.id not in plan:
            continue
        method, options = plan[place.id]
        if options.heal == "yes" and context.samples.kind != "data":
            raise UsageError(
                f"{method.key} with heal=yes solves on data, and there is none",
                way_out="Give calibration data with --data.",
            )
        layer = solvable(place.node)
        if place.owner is None and _heals(options, context) and not isinstance(layer, str):
            wanted[place.id] = layer
    reads = look_at_layers(
        model, wanted, context.runtime, context.samples, context.progress, "looking at what layers read"
    )
    return Factoring(plan, reads, context)


def saves_little(macs: int | None, rows: int, outputs: int, rank: int, layer_us: float | None = None) -> bool:
    """Whether two kernels may take longer than the one that does so many multiply-accumulates, or takes so long."""
    share = 1 - rank * (rows + outputs) / (rows * outputs)
    if layer_us is not None:
        return layer_us * share < FEW_US
    return macs is not None and macs * share < FEW_MACS


def multiple_of(options: Any, block: int) -> int:
    return block if options.multiple == "auto" else int(options.multiple)


def with_first(planned: Mapping[str, T], factored: Collection[Factored]) -> dict[str, T]:
    """What is planned for a layer, for both that stand in its place."""
    return {**planned, **{one.first: planned[one.id] for one in factored if one.id in planned}}


def sketched(
    model: ir.Model, plan: Planned, block: int
) -> tuple[ir.Model, dict[str, tuple[int, int, int | str | None]]]:
    """A model with the factors that are known without looking at numbers, and no numbers in them.

    Also for each planned layer the rows and columns of its weight and the rank, as ``Pruner.size`` says it.
    """
    made = model.clone()
    found: dict[str, tuple[int, int, int | str | None]] = {}
    for place in places(made):
        layer = solvable(place.node) if place.id in plan else ""
        if isinstance(layer, str):
            continue
        method, options = plan[place.id]
        assert method.size is not None
        n, outputs = layer.layout.elements, outputs_of(layer.layout)
        rank = method.size(n, outputs, multiple_of(options, block), options)
        found[place.id] = n, outputs, rank
        if isinstance(rank, int):
            zero = np.zeros((), np.float32)
            split(made, place.node, np.broadcast_to(zero, (n, rank)), np.broadcast_to(zero, (rank, outputs)), None)
    remove_dead(made)
    return made, found


def why_not(model: ir.Model) -> Mapping[str, str]:
    """By layer id why a layer cannot be factored."""
    found = {place.id: _reason(place.node) for place in places(model)}
    return {layer_id: reason for layer_id, reason in found.items() if reason is not None}


def _reason(node: ir.Node) -> str | None:
    if not is_op(node, "Conv", "Gemm", "MatMul"):
        return f"{node.op_type} is no Conv, Gemm or MatMul: no two layers could stand for it"
    layer = solvable(node)
    if isinstance(layer, str):
        return layer
    if layer.layout.groups > 1:
        return f"grouped Conv: each of its {layer.layout.groups} groups has a small weight of its own"
    weight = node.inputs[1]
    sharing = 0 if weight is None else len({user for user, _ in weight.uses()}) - 1
    if sharing:
        return (
            f"its weight is shared with {sharing} other layer{'s' if sharing > 1 else ''}: each would get its own two"
        )
    n, outputs = layer.layout.elements, outputs_of(layer.layout)
    return None if saves(n, outputs) > 0 else f"as two layers its {n} x {outputs} weight is larger at every rank"


def _heals(options: Any, context: Context) -> bool:
    return options.heal != "no" and context.samples.kind == "data"


def _linear(layer: Solvable, multiple: int, read: Read | None) -> Linear:
    weight = weight_of(layer)[0]
    if read is None or read.halves[0].aa.shape[1] != len(weight):  # a cut has changed what the layer reads
        return Linear(weight, multiple)
    halves = [half if layer.biased else half.about_zero() for half in read.halves]
    whole = halves[0] if read.halves[0] is read.halves[1] else halves[0] + halves[1]
    grams = None if read.halves[0] is read.halves[1] else (halves[0].aa[0], halves[1].aa[0])
    return Linear(weight, multiple, grams, whole.aa[0], whole.mean_a[0])


def _factored(name: str, first: str, method: Pruner, linear: Linear, found: Factors) -> Factored:
    n, outputs = linear.weight.shape
    return Factored(name, first, method.key, found.rank, n, outputs, found.energy, linear.gram is not None)
