"""What of a model changed between a base and a candidate, and the part of the candidate that must be run for it.

The base is cut into segments (``engine.verification.cuts``). A node of the base is *found* in the candidate where a
node there has the same outputs, op, attributes, constants and inputs. A segment in which a node is not found changed.
The candidate is run from the cut before the first changed segment to the cut after the last one; what follows is the
base's, fed with what the candidate hands over. A value may have got another name at that last cut: a reader of ``x``
reads the DequantizeLinear behind ``x`` where a scheme rounds it; what all readers behind the cut agree on is handed over.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.verification.cuts import Cut, is_fixed, reads

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
        self.nodes = list(model.graph)
        self.outputs = tuple(value.name or "" for value in model.graph.outputs)

    @cached_property
    def _segments(self) -> list[list[ir.Node]]:
        bounds = [*(cut.position for cut in self.cuts), len(self.nodes)]
        return [self.nodes[start:end] for start, end in zip(bounds, bounds[1:], strict=False)]

    def frontier(self, number: int) -> tuple[str, ...]:
        """The values at a cut; after the last one the outputs."""
        return self.cuts[number].frontier if number < len(self.cuts) else self.outputs

    def rest(self, number: int) -> tuple[ir.Model, tuple[str, ...]] | None:
        """The model behind a cut, with those of its outputs that come after it; None where none does."""
        names = tuple(name for name in self.outputs if name not in self.frontier(number))
        return (part(self.model, self.frontier(number), names), names) if names else None

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
        segments = [[(node, held.find(node)) for node in nodes] for nodes in self._segments]
        outputs = [(old.name or "", new.name or "") for old, new in zip(self.outputs_of(), held.outputs, strict=True)]
        touched = [number for number, pairs in enumerate(segments) if not all(_same(a, b) for a, b in pairs)]
        if not touched and all(a == b for a, b in outputs):
            return None
        start = touched[0] if touched else len(segments) - 1
        end, renamed = len(segments), dict(outputs)
        for number in range(len(segments) - 1, start, -1):
            found = _renamed(self.frontier(number), segments[number:], outputs)
            if found is None:
                break
            end, renamed = number, found
        differs = held.reached({b for pairs in segments for a, b in pairs if b is not None and _same(a, b)})
        handed = {old: new for old, new in renamed.items() if new in differs}
        if not handed:
            return None
        return Changed(start, end, part(candidate, self.frontier(start), tuple(dict.fromkeys(handed.values()))), handed)

    def outputs_of(self) -> Sequence[ir.Value]:
        return self.model.graph.outputs


def part(model: ir.Model, inputs: Sequence[str], outputs: Sequence[str]) -> ir.Model:
    """A model from some of its values to others; inputs that are not needed for them are left out."""
    import onnx_ir as ir

    wanted = set(outputs)
    given = set(inputs)
    needed: set[str] = set()
    for node in reversed(model.graph):
        if any(value.name in wanted and value.name not in given for value in node.outputs):
            for value in reads(node):
                if not is_fixed(value):
                    (needed if value.name in given else wanted).add(value.name or "")
    graph = ir.convenience.extract(model.graph, [name for name in inputs if name in needed], list(outputs))
    return ir.Model(graph, ir_version=model.ir_version, functions=[f.clone() for f in model.functions.values()])


class _Held:
    """A candidate, for finding nodes of the base in it."""

    def __init__(self, model: ir.Model) -> None:
        self.graph = model.graph
        self.outputs = list(model.graph.outputs)
        self.by_output = {node.outputs[0].name: node for node in model.graph if node.outputs}

    def find(self, node: ir.Node) -> ir.Node | None:
        """The node with the same outputs that computes the same of inputs at the same positions."""
        other = self.by_output.get(node.outputs[0].name) if node.outputs else None
        if other is None or (node.op_type, node.domain) != (other.op_type, other.domain):
            return None
        if [value.name for value in node.outputs] != [value.name for value in other.outputs]:
            return None
        if len(node.inputs) != len(other.inputs) or len(reads(node)) != len(reads(other)):
            return None
        if node.attributes.keys() != other.attributes.keys():
            return None
        if not all(_equal_attributes(node.attributes[name], other.attributes[name]) for name in node.attributes):
            return None
        return other if all(_equal_constants(a, b) for a, b in zip(reads(node), reads(other), strict=True)) else None

    def reached(self, unchanged: set[ir.Node]) -> set[str]:
        """Names of all values that a changed or new node computes, directly or through others."""
        names: set[str] = set()
        for node in self.graph:
            if node not in unchanged or any(value.name in names for value in reads(node)):
                names.update(value.name or "" for value in node.outputs)
        return names


def _same(node: ir.Node, other: ir.Node | None) -> bool:
    """Found, and it reads values of the same names."""
    return other is not None and all(a.name == b.name for a, b in zip(reads(node), reads(other), strict=True))


def _renamed(
    frontier: Sequence[str],
    segments: Sequence[Sequence[tuple[ir.Node, ir.Node | None]]],
    outputs: Sequence[tuple[str, str]],
) -> dict[str, str] | None:
    """What each value of a frontier is called in the candidate; None where the rest is not the base's.

    Every reader behind the cut must read the same value in its place, and nothing else may have another name.
    """
    names: dict[str, str] = {}
    for pairs in segments:
        for node, other in pairs:
            if other is None:
                return None
            for a, b in zip(reads(node), reads(other), strict=True):
                if is_fixed(a):
                    continue
                old, new = a.name or "", b.name or ""
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
