"""Kernels of several sessions of one model, as kernels of the first.

A runtime may number what it inserts differently each time (``ReorderOutput_token_227`` here does the work of
``ReorderOutput_token_230`` there) and order independent nodes differently, so that names alone would add up the times
of different kernels. A value keeps its name where the name has no such number; otherwise it is what its producer makes
of its own inputs, and so on backward. A kernel is what it makes, inside the body in which it stands.
"""

from __future__ import annotations

import re
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import replace

import numpy as np

from engine.backend import ExecutedNode
from engine.profiling.selftime import KernelRuns

Name = tuple[str, str]
"""The body and the name of a kernel."""

_TOKEN = re.compile(r"_token_\d+")


class Identities:
    """Numbers for values and nodes that are the same in every session."""

    def __init__(self) -> None:
        self._numbers: dict[Hashable, int] = {}

    def of(self, executed: Sequence[ExecutedNode]) -> dict[int, Name]:
        """The kernels by their identity."""
        values: dict[str, int] = {}
        nodes: dict[str, int] = {"": 0}
        found: dict[int, Name] = {}
        for node in executed:
            reads = tuple(self._value(name, values) for name in node.inputs)
            for number, name in enumerate(node.outputs):
                made = (node.op, reads, number) if _TOKEN.search(name) else name
                values[name] = self._number(made)
            makes = tuple(values[name] for name in node.outputs)
            identity = self._number((nodes.get(node.body_of, -1), _TOKEN.sub("", node.name), node.op, reads, makes))
            nodes[node.name] = identity
            found[identity] = (node.body_of, node.name)
        return found

    def _value(self, name: str, values: Mapping[str, int]) -> int:
        # A constant that the runtime rearranged has a numbered name too, and nobody makes it.
        return values[name] if name in values else self._number(_TOKEN.sub("", name))

    def _number(self, what: Hashable) -> int:
        return self._numbers.setdefault(what, len(self._numbers) + 1)


def renaming(first: Sequence[ExecutedNode], later: Sequence[ExecutedNode]) -> dict[Name, Name] | None:
    """From the kernels of a later session to those of the first, or None where they are not the same kernels."""
    if first == later:
        return {(node.body_of, node.name): (node.body_of, node.name) for node in first}
    identities = Identities()
    ours, theirs = identities.of(first), identities.of(later)
    if ours.keys() != theirs.keys() or len(ours) != len(first) or len(theirs) != len(later):
        return None
    return {theirs[identity]: ours[identity] for identity in theirs}


def renamed(kernels: Sequence[KernelRuns], names: Mapping[Name, Name]) -> tuple[KernelRuns, ...]:
    """The kernels under the names of the first session; one that is in no executed graph keeps its own."""
    found = []
    for kernel in kernels:
        body, name = names.get((kernel.body_of, kernel.name), (kernel.body_of, kernel.name))
        found.append(replace(kernel, body_of=body, name=name))
    return tuple(found)


def pooled(sessions: Sequence[tuple[Sequence[KernelRuns], int]]) -> tuple[KernelRuns, ...]:
    """Kernels of all sessions (with how many runs each had) with their runs one after the other."""
    runs = sum(count for _, count in sessions)
    found: dict[Name, KernelRuns] = {}
    begin = 0
    for kernels, count in sessions:
        for kernel in kernels:
            key = kernel.body_of, kernel.name
            if key not in found:
                found[key] = replace(kernel, self_us=np.zeros(runs, np.float64))
            found[key].self_us[begin : begin + count] = kernel.self_us
        begin += count
    return tuple(found.values())
