"""Which layers lose channels together, once that is known."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.pruning.groups import Groups

ROLES = {"producer": "makes", "follower": "follows", "consumer": "reads", "passes": "passes on"}


class Coupling:
    """Of one opened model; ``asked`` says that it is being looked for, or known."""

    def __init__(self) -> None:
        self.asked = False
        self._groups: Groups | None = None

    def take(self, groups: Groups) -> None:
        self._groups = groups

    def of(self, layer_id: str) -> Mapping[str, str]:
        """What each layer is to the channels that this one makes or follows, in words."""
        found: dict[str, str] = {}
        if self._groups is None or not layer_id:
            return found
        makes = self._groups.of(layer_id)
        follows = tuple(g for g in self._groups.all if g.roles.get(layer_id) == "follower") if not makes else ()
        for group in makes or follows:
            unit = group.unit
            for layer, role in group.roles.items():
                if role != "passes":
                    found.setdefault(layer, f"{ROLES[role]} {group.channels} {unit}s")
        return found
