"""Variants: named recipes of one model, one of which is the current one. Values; every change gives a new one."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from engine.recipe import Recipe

FIRST = "Variant 1"
_NUMBER = re.compile(r"\s*(\d+)$")


@dataclass(frozen=True, slots=True)
class Variant:
    """``name`` is unique among the variants of a model."""

    name: str
    recipe: Recipe


@dataclass(frozen=True, slots=True)
class Variants:
    """At least one; ``current`` is the place of the one that is worked on."""

    items: tuple[Variant, ...]
    current: int = 0

    @staticmethod
    def of(recipe: Recipe) -> Variants:
        return Variants((Variant(FIRST, recipe),))

    @property
    def variant(self) -> Variant:
        return self.items[self.current]

    @property
    def recipe(self) -> Recipe:
        return self.variant.recipe

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(variant.name for variant in self.items)

    def find(self, name: str) -> int:
        return self.names.index(name)

    def with_recipe(self, recipe: Recipe) -> Variants:
        """The current one with another recipe."""
        return self._with(self.current, replace(self.variant, recipe=recipe))

    def add(self, recipe: Recipe, name: str = FIRST) -> Variants:
        """Another one at the end, which becomes the current one; its name gets a number where it is taken."""
        return Variants((*self.items, Variant(self.free(name), recipe)), len(self.items))

    def duplicate(self, place: int) -> Variants:
        """A copy behind the original; it becomes the current one."""
        original = self.items[place]
        copy = replace(original, name=self.free(original.name))
        return Variants((*self.items[: place + 1], copy, *self.items[place + 1 :]), place + 1)

    def rename(self, place: int, name: str) -> Variants:
        """The name stays where it is blank, and gets a number where another has it."""
        name = " ".join(name.split())
        if not name or name == self.items[place].name:
            return self
        return self._with(place, replace(self.items[place], name=self.free(name)))

    def remove(self, place: int) -> Variants:
        """Without it; the last one stays. The one behind a removed current one becomes current, or the last."""
        if len(self.items) == 1:
            return self
        items = (*self.items[:place], *self.items[place + 1 :])
        current = self.current - 1 if place < self.current else self.current
        return Variants(items, min(current, len(items) - 1))

    def choose(self, place: int) -> Variants:
        return replace(self, current=place)

    def free(self, name: str) -> str:
        """The name itself, or with the lowest number that makes it one of its own: "Variant 1" gives "Variant 2"."""
        if name not in self.names:
            return name
        stem = _NUMBER.sub("", name) or name
        number = 2
        while f"{stem} {number}" in self.names:
            number += 1
        return f"{stem} {number}"

    def _with(self, place: int, variant: Variant) -> Variants:
        return replace(self, items=(*self.items[:place], variant, *self.items[place + 1 :]))
