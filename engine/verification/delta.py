"""What of a model changed between a base and a candidate, and the part of the candidate that must be run for it.

The base is cut into segments (``engine.graph.cuts``). A node of the base is *found* in the candidate where a
node there has the same outputs, op, attributes, constants and inputs. A segment in which a node is not found changed.
The candidate is run from the cut before the first changed segment to the cut after the last one; what follows is the
base's, fed with what the candidate hands over. A value may have got another name at that cut: where a scheme rounds
``x``, its readers read the DequantizeLinear behind it; what all readers behind the cut agree on is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.graph.cuts import Cut, dequantizer, is_fixed, part, reads

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class Changed:
    """``start`` and ``end`` are numbers of cuts; ``end`` is the number of cuts where only the outputs come after it.

    Attributes:
        model: from the values at ``start`` to what changed at ``end``.
        handed: name in the base of each value at ``end`` that changed, to its name in ``model``.
    """

    start: int
    end: int
    model: ir.Model
    handed: Mapping[str, str]


class Base:
    """A model and its cuts, against which candidates are held."""

    def __init__(self, model: ir.Model, cuts: Sequence[Cut]) -> None:
        self.model, self.cuts = model, tuple(cuts)
        self.outputs = tuple(value.name or "" for value in model.graph.outputs)
        nodes = [_Known(node, reads(node)) for node in model.graph]
        self._aliases = _aliases(nodes)
        bounds = [*(cut.position for cut in self.cuts), len(nodes)]
        self._segments = [nodes[start:end] for start, end in pairwise(bounds)]
        by_output = {known.outputs[0]: known for known in nodes if known.outputs}
        # What each part of the model has once more (``engine.graph.cuts``).
        self._again = [
            [by_output[name] for name in sorted({v.name or "" for k in nodes[p:] for v in k.reads if dequantizer(v)})]
            for p in bounds[:-1]
        ]

    def frontier(self, number: int) -> tuple[str, ...]:
        """The values at a cut; after the last one the outputs."""
        return self.cuts[number].frontier if number < len(self.cuts) else self.outputs

    def rest(self, number: int) -> tuple[ir.Model, tuple[str, ...]] | None:
        """The model behind a cut, with those of its outputs that come after it; None where none does."""
        names = tuple(name for name in self.outputs if name not in self.frontier(number))
        model = part(self.model, self.frontier(number), names) if names else None
        return None if model is None else (model, names)

    def with_frontiers(self) -> ir.Model:
        """A clone that hands out the values at every cut beside the outputs."""
        clone = self.model.clone()
        made = {value.name: value for node in clone.graph for value in node.outputs}
        names = dict.fromkeys(name for cut in self.cuts for name in cut.frontier if name in made)
        clone.graph.outputs.extend(made[name] for name in names if name not in self.outputs)
        return clone

    def changed(self, candidate: ir.Model) -> Changed | None:
        """What must be run of a candidate; None where it computes what the base does."""
        held = _Held(candidate)
        segments = [[(known, held.find(known)) for known in segment] for segment in self._segments]
        outputs = [(old, value.name or "") for old, value in zip(self.outputs, candidate.graph.outputs, strict=True)]
        touched = [number for number, pairs in enumerate(segments) if not all(_same(a, b) for a, b in pairs)]
        if not touched and all(a == b for a, b in outputs):
            return None
        start = touched[0] if touched else len(segments) - 1
        end, renamed = len(segments), dict(outputs)
        for number in range(len(segments) - 1, start, -1):
            again = [(known, held.find(known)) for known in self._again[number]]
            found = _renamed(self.frontier(number), [again, *segments[number:]], outputs, self._aliases, held.aliases)
            if found is None:
                break
            end, renamed = number, found
        differs = held.reached({b.node for pairs in segments for a, b in pairs if b is not None and _same(a, b)})
        handed = {old: new for old, new in renamed.items() if new in differs}
        if not handed:
            return None
        wanted = tuple(dict.fromkeys(handed.values()))
        # A candidate may read what the base reads only before that cut: a value as it was before it was rounded.
        while (model := part(candidate, self.frontier(start), wanted)) is None:
            start -= 1
        return Changed(start, end, model, handed)


@dataclass(frozen=True, slots=True, eq=False)
class _Known:
    """A node with what it reads, constants included."""

    node: ir.Node
    reads: list[ir.Value]

    @property
    def outputs(self) -> list[str]:
        return [value.name or "" for value in self.node.outputs]


Pairs = Sequence[tuple[_Known, _Known | None]]
"""Nodes of the base, each with the one that was found for it."""


class _Held:
    """A candidate, for finding nodes of the base in it."""

    def __init__(self, model: ir.Model) -> None:
        self._nodes = [_Known(node, reads(node)) for node in model.graph]
        self.aliases = _aliases(self._nodes)
        self._by_output = {known.outputs[0]: known for known in self._nodes if known.outputs}

    def find(self, known: _Known) -> _Known | None:
        """The node with the same outputs that computes the same of inputs at the same positions."""
        other = self._by_output.get(known.outputs[0]) if known.outputs else None
        if other is None or known.outputs != other.outputs or len(known.reads) != len(other.reads):
            return None
        a, b = known.node, other.node
        if (a.op_type, a.domain) != (b.op_type, b.domain) or a.attributes.keys() != b.attributes.keys():
            return None
        if [v is None for v in a.inputs] != [v is None for v in b.inputs]:
            return None
        if not all(_equal_attributes(a.attributes[name], b.attributes[name]) for name in a.attributes):
            return None
        return other if all(map(_equal_constants, known.reads, other.reads)) else None

    def reached(self, unchanged: set[ir.Node]) -> set[str]:
        """Names of all values that a changed or new node computes, directly or through others."""
        names: set[str] = set()
        for known in self._nodes:
            if known.node not in unchanged or any(value.name in names for value in known.reads):
                names.update(known.outputs)
        return names


def _same(known: _Known, other: _Known | None) -> bool:
    """Found, and it reads values of the same names."""
    return other is not None and all(a.name == b.name for a, b in zip(known.reads, other.reads, strict=True))


def _aliases(nodes: Sequence[_Known]) -> dict[str, str]:
    """Values that several nodes dequantize from the same integers in the same way, by the name of the first.

    A scale for each channel that is the same for all is that for the whole.
    """
    first: dict[tuple[object, ...], str] = {}
    found = {}
    for known in nodes:
        node = dequantizer(known.node.outputs[0]) if known.outputs else None
        if node is None or node.inputs[0] is None:
            continue
        tensors = [None if value is None else value.const_value for value in node.inputs[1:]]
        arrays = [np.unique(tensor.numpy()) for tensor in tensors if tensor is not None]
        if all(array.size == 1 for array in arrays):
            key = (node.inputs[0].name, *(array.item() for array in arrays))
            found[known.outputs[0]] = first.setdefault(key, known.outputs[0])
    return found


def _renamed(
    frontier: Sequence[str],
    segments: Sequence[Pairs],
    outputs: Sequence[tuple[str, str]],
    aliases: Mapping[str, str],
    other_aliases: Mapping[str, str],
) -> dict[str, str] | None:
    """What each value of a frontier is called in the candidate; None where the rest is not the base's.

    Every reader behind the cut must read the same value in its place, and nothing else may have another name.
    """
    names: dict[str, str] = {}
    for pairs in segments:
        for known, other in pairs:
            if other is None:
                return None
            for a, b in zip(known.reads, other.reads, strict=True):
                if is_fixed(a):
                    continue
                old, new = aliases.get(a.name or "", a.name or ""), other_aliases.get(b.name or "", b.name or "")
                if names.setdefault(old, new if old in frontier else old) != new:
                    return None
    for old, new in outputs:
        if names.setdefault(old, new if old in frontier else old) != new:
            return None
    return {name: names.get(name, name) for name in frontier}


def _equal_constants(a: ir.Value, b: ir.Value) -> bool:
    if is_fixed(a) != is_fixed(b):
        return False
    return not is_fixed(a) or _equal_tensors(a.const_value, b.const_value)


def _equal_attributes(a: ir.Attr, b: ir.Attr) -> bool:
    import onnx_ir as ir

    if a is b or a.value is b.value:
        return True
    if a.type != b.type:
        return False
    if a.type == ir.AttributeType.TENSOR:
        return _equal_tensors(a.as_tensor(), b.as_tensor())
    if a.type in (ir.AttributeType.GRAPH, ir.AttributeType.GRAPHS, ir.AttributeType.TENSORS):
        return str(a) == str(b)
    return bool(a.value == b.value)


def _equal_tensors(a: Any, b: Any) -> bool:
    if a is b:
        return True
    if a is None or b is None or a.dtype != b.dtype or a.shape != b.shape:
        return False
    return bool(np.array_equal(a.numpy(), b.numpy()))
