"""Channel groups: what must be cut together, found on the graph.

``engine.pruning.propagate`` walks the graph and lets each op's law say which indices along which axes are the same atom
(``engine.pruning.atoms``). The classes of atoms that are the same are *channels*; the channels that reach the same
places make a *group*, from which any can be cut as long as one stays. A class with a reason why not (it reaches a
model output, or an op that is not understood) makes a group that is shown and not cut.

``exact`` says what a cut computes. Reading a channel that is zero adds nothing to a Conv, Gemm or sum; so a cut model
gives what the original gives when all that sums over the channels reads zeros for those that were cut. It does not
where something takes statistics over the channels (LayerNormalization, Softmax, a mean over channels).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from engine.pruning.atoms import Array, Role

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True, eq=False)
class Member:
    """A constant of a group.

    Attributes:
        layer: that uses it.
        initializer: its name. ``axis``: the one along which the channels lie.
        channel: for each index along the axis the channel that it belongs to; -1 where that is of another group.
    """

    layer: str
    initializer: str
    axis: int
    channel: Array
    role: Role

    @property
    def indices(self) -> tuple[tuple[int, ...], ...]:
        """For each channel the indices along the axis that belong to it."""
        order = np.argsort(self.channel, kind="stable")
        numbers = self.channel[order]
        bounds = np.searchsorted(numbers, np.arange(int(numbers[-1]) + 2))
        return tuple(tuple(order[start:end].tolist()) for start, end in pairwise(bounds))


@dataclass(frozen=True, eq=False)
class ChannelGroup:
    """Channels that can only be cut from all of these layers at once.

    Attributes:
        id: of its first producer; with ``#2`` and so on where that makes channels of several groups.
        unit: the word for one channel: "channel", "neuron", "head", "unit".
        layers: those that make the channels, in topological order.
        roles: what each coupled layer is to the channels: it makes them (producer), has numbers for each of them
            (follower), sums over them (consumer), or only hands them on (passes).
        reason: why it cannot be cut, None where it can.
        inexact: why cutting a channel is not the same as reading zeros for it, None where it is.
    """

    id: str
    channels: int
    unit: str
    layers: tuple[str, ...]
    roles: Mapping[str, Role]
    reason: str | None
    inexact: str | None
    find_members: Callable[[], tuple[Member, ...]] = field(repr=False)

    @cached_property
    def members(self) -> tuple[Member, ...]:
        """The constants that lose what is cut."""
        return self.find_members()

    @property
    def coupled(self) -> tuple[str, ...]:
        """All layers with numbers of these channels, in topological order."""
        return tuple(layer for layer, role in self.roles.items() if role != "passes")

    @property
    def exact(self) -> bool:
        return self.inexact is None


@dataclass(frozen=True)
class Groups:
    """All groups of a model, in the order of their first producers."""

    all: tuple[ChannelGroup, ...]
    others: Mapping[str, str] = field(default_factory=dict)
    """Of each layer that makes no channels the reason."""

    @cached_property
    def by_id(self) -> Mapping[str, ChannelGroup]:
        return {group.id: group for group in self.all}

    @property
    def prunable(self) -> tuple[ChannelGroup, ...]:
        return tuple(group for group in self.all if group.reason is None)

    @cached_property
    def _by_layer(self) -> Mapping[str, tuple[ChannelGroup, ...]]:
        found: dict[str, list[ChannelGroup]] = {}
        for group in self.all:
            for layer in group.layers:
                found.setdefault(layer, []).append(group)
        return {layer: tuple(groups) for layer, groups in found.items()}

    def of(self, layer_id: str) -> tuple[ChannelGroup, ...]:
        """The groups whose channels this layer makes."""
        return self._by_layer.get(layer_id, ())

    @cached_property
    def _followed(self) -> Mapping[str, tuple[ChannelGroup, ...]]:
        found: dict[str, list[ChannelGroup]] = {}
        for group in self.all:
            for layer, role in group.roles.items():
                if role in ("follower", "passes"):
                    found.setdefault(layer, []).append(group)
        return {layer: tuple(groups) for layer, groups in found.items()}

    def followed_by(self, layer_id: str) -> tuple[ChannelGroup, ...]:
        """The groups whose channels this layer has numbers for, or only hands on."""
        return self._followed.get(layer_id, ())

    def main(self, layer_id: str) -> ChannelGroup | None:
        """Of the groups whose channels a layer makes, or else follows, the first that can be cut, or else the first."""
        mine = self.of(layer_id) or self.followed_by(layer_id)
        return next((group for group in mine if group.reason is None), next(iter(mine), None))

    @cached_property
    def reasons(self) -> Mapping[str, str]:
        """``why_not`` of every layer from which nothing can be cut."""
        found = {layer: self.why_not(layer) for layer in (*self._by_layer, *self.others)}
        return {layer: reason for layer, reason in found.items() if reason is not None}

    def why_not(self, layer_id: str) -> str | None:
        """Why nothing can be cut from the channels that this layer makes; None where something can."""
        groups = self.of(layer_id)
        if any(group.reason is None for group in groups):
            return None
        if groups:
            return groups[0].reason
        return self.others.get(layer_id, "the model has no such layer")


def find_groups(model: ir.Model) -> Groups:
    """All groups of a model whose values have shapes (``engine.graph.shapes.bind``, ``engine.graph.clean``)."""
    from engine.pruning.analysis import analyse

    return analyse(model).groups


def coupled_roles(groups: Groups, layer_id: str) -> dict[str, Role]:
    """The layers that change when channels of this layer are cut, each with what it is to them; itself included.

    For a layer that makes no channels, those of the groups that it follows.
    """
    rank: dict[Role, int] = {"producer": 0, "consumer": 1, "follower": 2, "passes": 3}
    mine = groups.of(layer_id) or groups.followed_by(layer_id)
    found: dict[str, Role] = {}
    for group in mine:
        for layer, role in group.roles.items():
            if layer not in found or rank[role] < rank[found[layer]]:
                found[layer] = role
    return found
