"""The boxes and lines of a drawing of a model; ``engine.layout.outline`` finds them. Free of heavy imports."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from engine.graph.layers import Shape

Kind = Literal["layer", "input", "output", "constant", "scope", "body"]
ROOT = -1


@dataclass(frozen=True, slots=True)
class Item:
    """A box of the drawing.

    Attributes:
        name: the id of a layer, else the name of the value, the scope or the body.
        parent: the item that it stands in, ``ROOT`` for none.
        layer: the place of its layer in the index, -1 for what is none.
        container: whether it holds others: a scope, a body, or a layer that has bodies.
    """

    kind: Kind
    name: str
    parent: int
    layer: int = -1
    container: bool = False


@dataclass(frozen=True, slots=True)
class Line:
    """A value from the item that gives it to those that take it."""

    name: str
    shape: Shape | None
    dtype: str | None
    source: int
    targets: tuple[int, ...]


@dataclass(frozen=True)
class Outline:
    """``hidden`` counts the layers that are left out; containers precede what they hold."""

    items: tuple[Item, ...]
    lines: tuple[Line, ...]
    hidden: int = 0

    @cached_property
    def by_layer(self) -> dict[int, int]:
        """The item of each layer that is drawn."""
        return {item.layer: n for n, item in enumerate(self.items) if item.layer >= 0}

    @cached_property
    def children(self) -> dict[int, tuple[int, ...]]:
        found: dict[int, list[int]] = {ROOT: []}
        for number, item in enumerate(self.items):
            found.setdefault(item.parent, []).append(number)
        return {parent: tuple(inner) for parent, inner in found.items()}

    @cached_property
    def layers_in(self) -> dict[int, tuple[int, ...]]:
        """The layers of each container, itself included where it is one, at any depth."""
        found: dict[int, list[int]] = {}
        for item in self.items:
            if item.layer < 0:
                continue
            place = self.by_layer[item.layer]
            while place != ROOT:
                if self.items[place].container:
                    found.setdefault(place, []).append(item.layer)
                place = self.items[place].parent
        return {place: tuple(layers) for place, layers in found.items()}
