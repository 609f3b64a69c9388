"""Store the weights of layers as codes and leave their arithmetic in float: what the weights-only schemes share.

A weight that several planned layers read in the same way is stored once; one that a layer in float reads too stays
there in float as well. A weight is decoded in the graph in which it stands, so that the body of a loop does not decode
it at every iteration.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import onnx_ir as ir

from engine.graph.constants import constant
from engine.graph.layers import index_layers
from engine.quantization.decode import Form, decoding
from engine.quantization.edit import Array, Editor, owner, serve
from engine.quantization.weights import Coded, Slot, problem, weight_slots
from engine.report import Report

Replace = Callable[["Job"], bool]


@dataclass(frozen=True, slots=True)
class Coding:
    """How one weight is stored; equal codings of one weight are one."""

    bits: int
    channels: int | None
    summed: int
    block: int
    symmetric: bool
    search: bool
    form: Form

    def encode(self, weight: Array) -> Coded:
        from engine.quantization.weights import encode

        return encode(
            weight,
            self.channels,
            self.summed,
            bits=self.bits,
            block=self.block,
            symmetric=self.symmetric,
            search=self.search,
        )


@dataclass(frozen=True, slots=True)
class Job:
    """One layer at work: what a scheme that puts another op in its place needs."""

    editor: Editor
    id: str
    node: ir.Node
    slots: tuple[Slot, ...]
    options: Any

    def weight(self, slot: Slot) -> Array:
        tensor = constant(self.node.inputs[slot.position])
        assert tensor is not None
        return np.asarray(tensor.numpy())


def store(
    model: ir.Model,
    planned: Mapping[str, Any],
    report: Report,
    *,
    coding: Callable[[Job, Slot], Coding],
    replace: Replace,
    describe: Callable[[Job], str],
) -> ir.Model:
    """A model in which the planned layers read decoded weights.

    Args:
        coding: how a weight is stored.
        replace: put other nodes in the layer's place, where the scheme has better ones; says whether it did.
        describe: what was done to a layer, in words.
    """
    result = model.clone()
    index = index_layers(result)
    editor = Editor(result)
    decoded: dict[tuple[ir.Value, Coding], ir.Value] = {}
    for layer_id, node in editor.in_order((layer_id, index.node(layer_id)) for layer_id in planned):
        slots = weight_slots(node)
        if isinstance(slots, str):
            report.skip(layer_id, slots)
            continue
        job = Job(editor, layer_id, node, slots, planned[layer_id])
        reason = next((why for slot in slots if (why := problem(job.weight(slot))) is not None), None)
        if reason is not None:
            report.skip(layer_id, reason)
            continue
        said = describe(job)
        if not replace(job):
            for slot in slots:
                _decode(job, slot, coding(job, slot), decoded)
        report.treat(layer_id, "quantization", said)
    editor.finish()
    return result


def _decode(job: Job, slot: Slot, coding: Coding, decoded: dict[tuple[ir.Value, Coding], ir.Value]) -> None:
    value = job.node.inputs[slot.position]
    assert value is not None
    key = (value, coding)
    if key not in decoded:
        graph = owner(value)
        name = f"{job.id}/weight" if len(job.slots) == 1 else f"{job.id}/weight_{slot.position}"
        nodes = decoding(job.editor, coding.encode(job.weight(slot)), coding.form, name, job.id, graph)
        graph.insert_before(job.node if graph is job.node.graph else graph[0], nodes)
        decoded[key] = nodes[-1].outputs[0]
    else:
        node = decoded[key].producer()
        while node is not None:
            serve(node, job.id)
            first = node.inputs[0]
            node = first.producer() if first is not None else None
    job.editor.read(job.node, slot.position, decoded[key])
