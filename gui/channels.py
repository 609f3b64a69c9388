"""Which layers of a file can only lose channels together, as the window tells it.

Groups are those of the model that a cut starts from: the cleaned one, where the recipe cleans first. What cleaning
folds into another layer goes along with that.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from gui.language import mark, tr
from gui.treatment import Treatment

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.pruning.groups import ChannelGroup, Groups

MOST_LAYERS = 8000
"""Beyond, groups take too long to look for at a glance."""
ROLES = {"producer": "makes", "follower": "follows", "consumer": "reads", "passes": "passes on"}
OF_THEM = {"makes": mark("{layer} makes them"), "follows": mark("{layer} follows them"),
           "reads": mark("{layer} reads them"), "passes on": mark("{layer} passes on them")}  # fmt: skip
OF_SO_MANY = {"makes": mark("makes {amount}"), "follows": mark("follows {amount}"), "reads": mark("reads {amount}"),
              "passes on": mark("passes on {amount}")}  # fmt: skip
AMOUNTS = {
    "channel": (mark("{count} channel"), mark("{count} channels")),
    "unit": (mark("{count} unit"), mark("{count} units")),
    "neuron": (mark("{count} neuron"), mark("{count} neurons")),
    "head": (mark("{count} head"), mark("{count} heads")),
}


def amount_text(count: int, unit: str) -> str:
    """As in "64 channels"."""
    text = AMOUNTS[unit][count != 1]
    return tr(text).format(count=count)


@dataclass(frozen=True, slots=True)
class Coupled:
    """What a layer has to do with channels.

    Attributes:
        makes: whether it makes them; else it only has values for each, or hands them on.
        others: the other layers that change with a cut, each with what it is to the channels.
        reason: why nothing can be cut, None where something can.
        more: how many further groups of channels the layer makes.
    """

    channels: int
    unit: str
    makes: bool
    others: Mapping[str, str]
    reason: str | None
    more: int = 0

    @property
    def amount(self) -> str:
        return amount_text(self.channels, self.unit)

    def words(self) -> str:
        """For a tip: everything in lines."""
        lines = [(tr("makes {amount}") if self.makes else tr("goes along with {amount}")).format(amount=self.amount)]
        if self.reason is not None:
            return tr("{what}, which cannot be cut: {reason}").format(what=lines[0], reason=self.reason)
        lines += [tr(OF_THEM[role]).format(layer=layer) for layer, role in list(self.others.items())[:8]]
        if len(self.others) > 8:
            lines.append(tr("and {count} more layers").format(count=len(self.others) - 8))
        return "\n".join(lines)


@dataclass(frozen=True, eq=False)
class Channels:
    """Of one file and one way to clean it.

    Attributes:
        model: that a cut starts from; ``bound`` has the shapes that the window shows.
        why_not: by pruning method and layer why it cannot be pruned.
        folded: layers of the file that are in others by then.
        gone: layers of the file that cleaning removes.
    """

    groups: Groups
    model: ir.Model
    bound: ir.Model
    why_not: Mapping[str, Mapping[str, str]]
    structural: frozenset[str]
    folded: Mapping[str, str]
    gone: frozenset[str]
    _known: dict[str, Coupled | None] = field(default_factory=dict)

    def reason(self, method: str, layer_id: str) -> str | None:
        """Why a method cannot prune a layer of the file; None where it can."""
        if layer_id in self.folded:
            return tr("cleaning folds it into {folded}").format(folded=self.folded[layer_id])
        if layer_id in self.gone:
            return tr("cleaning removes it")
        return self.why_not[method].get(layer_id) if method in self.why_not else tr("unknown")

    def of(self, layer_id: str) -> Coupled | None:
        """None where a layer has no channels to lose."""
        if layer_id not in self._known:
            self._known[layer_id] = self._look(layer_id)
        return self._known[layer_id]

    def _look(self, layer_id: str) -> Coupled | None:
        home = self.folded.get(layer_id, layer_id)
        group = self.groups.main(home)
        if group is None:
            return None
        mine = self.groups.of(home)
        more = max(0, sum(one.reason is None for one in mine) - 1)
        others = {layer: role for layer, role in self._roles(group).items() if layer != layer_id}
        makes = bool(mine) and home == layer_id
        return Coupled(group.channels, group.unit, makes, others, group.reason, more)

    def _roles(self, group: ChannelGroup) -> dict[str, str]:
        found = {layer: ROLES[role] for layer, role in group.roles.items() if role != "passes"}
        return found | {origin: "follows" for origin, home in self.folded.items() if home in group.layers}

    def roles(self, layer_id: str) -> dict[str, str]:
        """What each layer, itself included, is to the channels of this one, in words."""
        home = self.folded.get(layer_id, layer_id)
        found: dict[str, str] = {}
        for group in self.groups.of(home) or self.groups.followed_by(home):
            for layer, role in self._roles(group).items():
                found.setdefault(layer, tr(OF_SO_MANY[role]).format(amount=amount_text(group.channels, group.unit)))
        return found

    def taken_along(self, treatments: Mapping[str, Treatment], skipped: Collection[str]) -> dict[str, str]:
        """The layers that a recipe's cuts change though it does not name them, with the layer that it does name.

        ``skipped`` are layers that were left as they are.
        """
        found: dict[str, str] = {}
        for layer_id, treatment in treatments.items():
            if treatment.pruning is None or treatment.pruning.choice not in self.structural or layer_id in skipped:
                continue
            for group in self.groups.of(layer_id):
                if group.reason is None:
                    for layer in self._roles(group):
                        found.setdefault(layer, layer_id)
        return {
            layer: asked for layer, asked in found.items() if layer not in treatments or not treatments[layer].pruned
        }
