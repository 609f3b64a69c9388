"""Put the groups of a model together from what the laws say.

Two channels are of one group where they stand in the same arrays of atoms: then they run through the same axes, and as
long as one of the group stays, no axis is left empty. Every array gets a random 64-bit number; the sum of the numbers
of the arrays in which a class stands tells the groups apart.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, partial

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import input_of
from engine.graph.collection import collection_paused
from engine.graph.constants import is_op
from engine.graph.naming import places
from engine.graph.ops import facts
from engine.pruning.atoms import FIXED, Array, Atoms, Ref, Role, Said, Use, along
from engine.pruning.classes import classes, first_reasons
from engine.pruning.groups import ChannelGroup, Groups, Member
from engine.pruning.propagate import propagate

_RANK: dict[Role, int] = {"producer": 0, "consumer": 1, "follower": 2, "passes": 3}
_REARRANGE = ("Identity", "Cast", "Transpose", "Reshape", "DequantizeLinear", "QuantizeLinear", "Squeeze", "Unsqueeze")


@dataclass
class Analysis:
    """The groups of one model, and the atoms behind them.

    Attributes:
        labels: of each atom its class. ``group``, ``channel``: of each class its group and number there, else -1.
    """

    atoms: Atoms
    labels: Array
    group: Array
    channel: Array
    groups: Groups


def analyse(model: ir.Model) -> Analysis:
    """Find the groups of a model whose values have shapes."""
    with collection_paused():
        atoms = propagate(model)
        return _Assembly(model, atoms, classes(atoms)).result()


@dataclass
class _Assembly:
    model: ir.Model
    atoms: Atoms
    labels: Array
    order: dict[ir.Node, int] = field(default_factory=dict)
    ids: dict[ir.Node, str] = field(default_factory=dict)
    touched: dict[int, list[int]] = field(default_factory=dict)

    def result(self) -> Analysis:
        for number, place in enumerate(places(self.model)):
            self.order[place.node], self.ids[place.node] = number, place.id
        self.group, self.channel, count = self._partition()
        roles, producers = self._roles(count)
        found = self._groups(count, roles, producers)
        renumbered = np.full(count + 1, -1, np.int64)
        for new, (old, _) in enumerate(found):
            renumbered[old] = new
        groups = tuple(made for _, made in found)
        return Analysis(
            self.atoms, self.labels, renumbered[self.group], self.channel, Groups(groups, self._why(groups))
        )

    def _arrays(self) -> Iterator[Array]:
        """Every array of atoms that some axis of some value holds, once."""
        seen: set[int] = set()
        for axes in (*self.atoms.axes.values(), *(list(held.values()) for held in self.atoms.constants.values())):
            for ref in axes:
                if ref is not None and id(ref.atoms) not in seen:
                    seen.add(id(ref.atoms))
                    yield ref.atoms

    def _partition(self) -> tuple[Array, Array, int]:
        """Of each class its group and its number in the group; the number of groups."""
        labels, count = self.labels, len(self.labels)
        signature = np.zeros(count, np.uint64)
        random = np.random.default_rng(0)
        for array in self._arrays():
            signature[_unique(labels[array])] += random.integers(1, 2**63, dtype=np.uint64)
        self.frozen = first_reasons(labels, (said.ref for said in self.atoms.frozen))
        self.inexact = first_reasons(labels, (said.ref for said in self.atoms.inexact))
        named = np.flatnonzero((labels == np.arange(count)) & (signature > 0))
        named = named[named != FIXED]
        keys = np.stack([signature[named].view(np.int64), self.frozen[named]], axis=1)
        _, group_of = np.unique(keys, axis=0, return_inverse=True)
        group_of = group_of.reshape(-1)
        groups = int(group_of.max()) + 1 if len(named) else 0
        order = np.argsort(group_of, kind="stable")
        sizes = np.bincount(group_of, minlength=groups)
        starts = np.cumsum(sizes) - sizes
        number = np.empty(len(named), np.int64)
        number[order] = np.arange(len(named)) - np.repeat(starts, sizes)
        group, channel = np.full(count, -1, np.int64), np.full(count, -1, np.int64)
        group[named], channel[named] = group_of, number
        self.sizes = sizes
        return group, channel, groups

    def _groups_of(self, ref: Ref) -> list[int]:
        key = id(ref.atoms)
        if key not in self.touched:
            numbers = self.group[self.labels[ref.atoms.reshape(-1)]].tolist()
            self.touched[key] = sorted({number for number in numbers if number >= 0})
        return self.touched[key]

    def _roles(self, count: int) -> tuple[list[dict[ir.Node, Role]], list[set[ir.Node]]]:
        """Of each group what every node is to it, and the nodes that make its channels."""
        roles: list[dict[ir.Node, Role]] = [{} for _ in range(count)]
        producers: list[set[ir.Node]] = [set() for _ in range(count)]

        def say(number: int, node: ir.Node, role: Role) -> None:
            before = roles[number].get(node)
            if node in self.ids and (before is None or _RANK[role] < _RANK[before]):
                roles[number][node] = role
            if role == "producer":
                producers[number].add(node)

        for use in self.atoms.uses:
            ref = self._axis(use.value, use.axis)
            if ref is not None and _weight_behind(use.value, self.atoms) is not None:
                for number in self._groups_of(ref):
                    say(number, use.node, use.role)
        for value, axes in self.atoms.axes.items():
            node = value.producer()
            if node is not None:
                for ref in axes:
                    for number in [] if ref is None else self._groups_of(ref):
                        say(number, node, "passes")
        return roles, producers

    @cached_property
    def members(self) -> Mapping[int, tuple[Member, ...]]:
        """Of each group its constants. Not needed to list groups, so that it is left until somebody asks."""
        by_value: dict[ir.Value, list[Use]] = {}
        for use in self.atoms.uses:
            if _weight_behind(use.value, self.atoms) is not None:
                by_value.setdefault(use.value, []).append(use)
        numbered: dict[tuple[int, int], list[tuple[int, Array]]] = {}
        found: dict[int, list[Member]] = {}
        for value, held in self.atoms.constants.items():
            for axis, ref in held.items():
                if ref is None:
                    continue
                key = id(ref.atoms), ref.dim
                if key not in numbered:
                    numbered[key] = self._numbers(ref)
                user = self._use(value, axis, ref, by_value) if numbered[key] else None
                layer = "" if user is None else self.ids.get(user.node, "")
                role: Role = "follower" if user is None else user.role
                for number, numbers in numbered[key]:
                    found.setdefault(number, []).append(Member(layer, value.name or "", axis, numbers, role))
        return {number: tuple(members) for number, members in found.items()}

    def _numbers(self, ref: Ref) -> list[tuple[int, Array]]:
        """The groups along an axis, and for each the channel of each index."""
        slices = self.labels[along(ref)]
        label = np.where((slices == slices[:, :1]).all(axis=1), slices[:, 0], FIXED)
        mine = self.group[label]
        return [
            (number, np.where(mine == number, self.channel[label], -1))
            for number in self._groups_of(ref)
            if (mine == number).any()
        ]

    def _axis(self, value: ir.Value, axis: int) -> Ref | None:
        if value in self.atoms.axes:
            axes = self.atoms.axes[value]
            return axes[axis] if axis < len(axes) else None
        return self.atoms.constants.get(value, {}).get(axis)

    def _use(self, value: ir.Value, axis: int, own: Ref, by_value: dict[ir.Value, list[Use]]) -> Use | None:
        """Who uses a constant, and as what; behind a Transpose or DequantizeLinear it is who uses their output."""
        for use in by_value.get(value, ()):
            if use.axis == axis:
                return use
        at: ir.Value | None = value
        for _ in range(8):
            users = [] if at is None else [node for node in at.consumers() if node.op_type in _REARRANGE]
            if at is None or at in by_value or not users:
                break
            at = users[0].outputs[0]
        wanted = set(self.labels[own.atoms.reshape(-1)].tolist())
        for use in by_value.get(at, ()) if at is not None else ():
            ref = self._axis(use.value, use.axis)
            if ref is not None and not wanted.isdisjoint(self.labels[ref.atoms.reshape(-1)].tolist()):
                return use
        return None

    def _groups(
        self,
        count: int,
        roles: list[dict[ir.Node, Role]],
        producers: list[set[ir.Node]],
    ) -> list[tuple[int, ChannelGroup]]:
        group = self.group
        one_of = np.full(count, -1, np.int64)
        named = np.flatnonzero(group >= 0)
        one_of[group[named][::-1]] = named[::-1]
        heads = set(
            _unique(np.concatenate([group[self.labels[h.reshape(-1)]] for h in self.atoms.heads] or [one_of[:0]]))
        )
        firsts = sorted(
            (min(self.order[node] for node in made if node in self.order), int(one_of[number]), number)
            for number, made in enumerate(producers)
            if any(node in self.order for node in made)
        )
        found, taken = [], dict[str, int]()
        for _, label, number in firsts:
            made = sorted((n for n in producers[number] if n in self.order), key=self.order.__getitem__)
            layers = tuple(self.ids[node] for node in made)
            taken[layers[0]] = taken.get(layers[0], 0) + 1
            size = int(self.sizes[number])
            found.append(
                (
                    number,
                    ChannelGroup(
                        id=layers[0] + (f"#{taken[layers[0]]}" if taken[layers[0]] > 1 else ""),
                        channels=size,
                        unit="head" if number in heads else _unit(made),
                        layers=layers,
                        find_members=partial(self._members_of, number),
                        roles={
                            self.ids[node]: roles[number][node]
                            for node in sorted(roles[number], key=self.order.__getitem__)
                        },
                        reason=self._reason(label)
                        or ("all of it goes together, and something must stay" if size == 1 else None),
                        inexact=self._said(self.atoms.inexact, int(self.inexact[label])),
                    ),
                )
            )
        return found

    def _members_of(self, number: int) -> tuple[Member, ...]:
        return self.members.get(number, ())

    def _reason(self, label: int) -> str | None:
        return self._said(self.atoms.frozen, int(self.frozen[label]))

    def _said(self, said: list[Said], number: int) -> str | None:
        if number < 0:
            return None
        node, reason = said[number].node, said[number].reason
        return reason if node is None else f"{self.ids.get(node, node.op_type)} ({node.op_type}): {reason}"

    def _why(self, groups: tuple[ChannelGroup, ...]) -> dict[str, str]:
        """For the layers that make no channels of their own the reason."""
        makers = {layer for group in groups for layer in group.layers}
        follows: dict[str, str] = {}
        for group in groups:
            for layer, role in group.roles.items():
                if role in ("follower", "passes"):
                    follows.setdefault(layer, f"its channels are those of {group.layers[0]}")
        found: dict[str, str] = {}
        for node, layer in self.ids.items():
            if layer in makers:
                continue
            row = facts(node)
            if node in self.atoms.refused:
                found[layer] = self.atoms.refused[node]
            elif layer in follows:
                found[layer] = follows[layer]
            elif row is not None and row.weights:
                found[layer] = "its channels are computed from values none of which is a weight that could be cut"
            else:
                found[layer] = "it makes no channels of its own"
        return found


def _unit(made: list[ir.Node]) -> str:
    ops = {node.op_type for node in made}
    if ops <= {"LSTM", "GRU", "RNN"}:
        return "unit"
    return "neuron" if ops <= {"Gemm", "MatMul"} else "channel"


def _unique(array: NDArray[np.int64]) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.unique(array)
    return found


def _weight_behind(value: ir.Value, atoms: Atoms) -> ir.Value | None:
    """The constant that a value is, or is a rearrangement of."""
    for _ in range(8):
        if atoms.is_constant(value):
            return value
        producer = value.producer()
        data = None if producer is None else input_of(producer, 0)
        if producer is None or data is None or not is_op(producer, *_REARRANGE):
            return None
        value = data
    return None
