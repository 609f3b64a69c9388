"""Clean: what costs nothing and can only help. The first step of every recipe.

In this order: every node gets its layer id as name; initializers leave the graph inputs (a runtime must not fold what
a caller could feed); inputs are frozen on request; Constant nodes become initializers; IR version and opset are
raised, or lowered to what says the same where runtimes may not know them yet; nodes that hand their input on are
removed, constants are folded, BatchNormalization is folded into the node before it, neighbouring Slices become one,
means over all of an image become GlobalAveragePool, and what nothing uses is removed. Names of graph inputs and outputs
never change. The results are those of the source, but for rounding where a BatchNormalization was folded or a mean is
taken in another order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import onnx_ir as ir

from engine.graph.collection import collection_paused
from engine.graph.fold_batchnorm import fold_batchnorms
from engine.graph.fold_constants import fold_constants, lift_constants
from engine.graph.inference import infer
from engine.graph.merge_slices import merge_slices
from engine.graph.naming import name_nodes
from engine.graph.opset import raise_opset
from engine.graph.pool_means import pool_means
from engine.graph.remove import remove_dead, remove_identities
from engine.graph.shapes import freeze
from engine.graph.versions import lower

IR_VERSION = 8
OPSET = 13
_ROUNDS = 8


@dataclass(frozen=True, slots=True)
class Cleaned:
    """The cleaned model, and what was changed, one sentence each."""

    model: ir.Model
    changes: tuple[str, ...]


@collection_paused()
def clean(model: ir.Model, shapes: Mapping[str, tuple[int, ...]] | None = None) -> Cleaned:
    """A cleaned copy.

    Args:
        shapes: inputs to freeze, name to shape.

    Raises:
        ModelError: the graph uses a value that nothing produces.
        UsageError: ``shapes`` names no input or contradicts one.
    """
    cleaned = name_nodes(model)
    changes = [_named(model, cleaned), _release_initializers(cleaned)]
    if shapes:
        freeze(cleaned, shapes)
        sizes = ", ".join(f"{name} to {'x'.join(map(str, shape))}" for name, shape in shapes.items())
        changes.append(f"Inputs frozen: {sizes}")
    changes.append(_count(lift_constants(cleaned), "Constant node turned into an initializer"))
    infer(cleaned, forget=bool(shapes))
    if cleaned.ir_version is None or cleaned.ir_version < IR_VERSION:
        changes.append(f"IR version raised from {cleaned.ir_version} to {IR_VERSION}")
        cleaned.ir_version = IR_VERSION
    cleaned, what = _raise(cleaned)
    changes.append(what)
    changes += lower(cleaned)
    changes += _simplify(cleaned)
    assert [v.name for v in cleaned.graph.outputs] == [v.name for v in model.graph.outputs]
    return Cleaned(cleaned, tuple(change for change in changes if change))


def _named(source: ir.Model, named: ir.Model) -> str:
    pairs = zip(source.graph.all_nodes(), named.graph.all_nodes(), strict=True)
    layers = [(before.name or "", after.name or "") for before, after in pairs if before.op_type != "Constant"]
    count = sum(1 for before, after in layers if not before or not (after == before or after.endswith("/" + before)))
    return _count(count, "node without a name of its own named")


def _release_initializers(model: ir.Model) -> str:
    initialized = [value for value in model.graph.inputs if value.name in model.graph.initializers]
    for value in initialized:
        model.graph.inputs.remove(value)
    return _count(len(initialized), "initializer taken out of the graph inputs")


def _raise(model: ir.Model) -> tuple[ir.Model, str]:
    before = model.opset_imports.get("", OPSET)
    raised, reason = raise_opset(model, OPSET)
    if reason is not None:
        return model, f"Opset {before} kept: it cannot be converted ({reason})"
    if raised is model:
        return model, ""
    lift_constants(raised)
    infer(raised, forget=False)
    return raised, f"Opset raised from {before} to {OPSET}"


def _simplify(model: ir.Model) -> list[str]:
    """Each step can open the way for another, so they are repeated until nothing changes."""
    dead_nodes, dead_initializers = remove_dead(model)
    folded = identities = slices = means = 0
    batchnorms: dict[str, int] = {}
    for _ in range(_ROUNDS):
        gone = remove_identities(model)
        computed = fold_constants(model)
        merged, _ = fold_batchnorms(model)
        joined, turned = merge_slices(model), pool_means(model)
        nodes, _ = remove_dead(model)
        identities, folded, dead_nodes = identities + gone, folded + computed, dead_nodes + nodes
        slices, means = slices + joined, means + turned
        batchnorms = {op: batchnorms.get(op, 0) + merged.get(op, 0) for op in {**batchnorms, **merged}}
        if not (gone or computed or merged or joined or turned or nodes):
            break
        infer(model, forget=False)
    return [
        _count(identities, "node without effect removed"),
        _count(folded, "node with constant inputs computed"),
        *(_count(count, "BatchNormalization node folded into " + op) for op, count in batchnorms.items()),
        _count(means, "ReduceMean turned into GlobalAveragePool"),
        _count(slices, "Slice merged into the one before"),
        _count(dead_nodes, "node that nothing uses removed"),
        _count(dead_initializers, "initializer that nothing uses removed"),
    ]


def _count(count: int, what: str) -> str:
    """``3 nodes ...``; nothing for zero."""
    if count == 0:
        return ""
    if count == 1:
        return f"1 {what}"
    for noun in ("BatchNormalization node", "Constant node", "ReduceMean", "Slice", "initializer", "node"):
        if what.startswith(noun):
            rest = what.removeprefix(noun).replace("turned into an initializer", "turned into initializers")
            return f"{count} {noun}s{rest.replace('without a name of its own', 'without a name of their own')}"
    raise AssertionError(what)
