"""The recipe: which layers get which pruning and which quantization.

Declarative, not a history: pruning comes before quantization whatever was asked for first, undo is the previous recipe,
and the same recipe on the same model and samples gives the same bytes. Rules name layers by selector (see
``engine.graph.select``): an exact id wins over any other selector, and a later rule over an earlier one.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.options import OptionValue

Kind = Literal["quantization", "pruning"]
FLOAT = "float"
"""The choice of a quantization rule that keeps its layers in float."""
UNPRUNED = "none"
"""The choice of a pruning rule that leaves its layers unpruned."""
FORMAT_VERSION = 1


@dataclass(frozen=True, slots=True)
class Rule:
    """One choice for the layers that a selector names; ``selector`` None means every layer that suits.

    ``options`` holds only what differs from the defaults that suit the target, so that a recipe moves between targets.
    """

    kind: Kind
    choice: str
    selector: str | None = None
    options: Mapping[str, OptionValue] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Recipe:
    """``shapes`` freezes dynamic dimensions of inputs in the exported file."""

    clean: bool = True
    rules: tuple[Rule, ...] = ()
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)

    def with_rule(self, rule: Rule) -> Recipe:
        """The rule added last, in the place of one for the same kind and selector."""
        return replace(self, rules=(*self.without(rule.kind, rule.selector).rules, rule))

    def without(self, kind: Kind, selector: str | None) -> Recipe:
        return replace(self, rules=tuple(r for r in self.rules if (r.kind, r.selector) != (kind, selector)))

    def to_json(self) -> dict[str, Any]:
        rules = [
            {r.kind: r.choice, "selector": r.selector, **({"options": dict(r.options)} if r.options else {})}
            for r in self.rules
        ]
        shapes = {name: list(shape) for name, shape in self.shapes.items()}
        return {"lathe_recipe": FORMAT_VERSION, "clean": self.clean, "shapes": shapes, "rules": rules}
