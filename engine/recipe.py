"""The recipe: which layers get which pruning and which quantization.

Declarative, not a history: pruning comes before quantization whatever was asked for first, undo is the previous recipe,
and the same recipe on the same model and samples gives the same bytes. Rules name layers by selector (see
``engine.graph.select``): an exact id wins over any other selector, and a later rule over an earlier one.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Literal

from engine.errors import UsageError
from engine.options import OptionValue
from engine.targets import write_text

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

    @staticmethod
    def from_json(data: Any, where: str = "recipe") -> Recipe:
        """A recipe from what ``to_json`` gives.

        Raises:
            UsageError: not a recipe, or one of a newer version.
        """
        try:
            version = data["lathe_recipe"]
            if version > FORMAT_VERSION:
                raise UsageError(
                    f"recipe format {version} is newer than this Lathe", where=where, way_out="Update Lathe."
                )
            shapes = {str(name): tuple(int(n) for n in shape) for name, shape in data.get("shapes", {}).items()}
            return Recipe(bool(data.get("clean", True)), tuple(_rule(item) for item in data["rules"]), shapes)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            raise UsageError(
                f"is not a recipe ({error!r})", where=where, way_out="Save one with --save-recipe."
            ) from None

    @staticmethod
    def load(path: Path) -> Recipe:
        try:
            return Recipe.from_json(json.loads(path.read_text(encoding="utf-8")), str(path))
        except OSError as error:
            raise UsageError(f"cannot be read: {error.strerror or error}", where=str(path)) from None
        except (UnicodeDecodeError, json.JSONDecodeError) as error:
            raise UsageError(
                f"is not a recipe: {error}", where=str(path), way_out="Save one with --save-recipe."
            ) from None

    def save(self, path: Path) -> None:
        write_text(path, json.dumps(self.to_json(), indent=2) + "\n")


def _rule(item: dict[str, Any]) -> Rule:
    (kind,) = {"quantization", "pruning"} & set(item)
    selector, options = item["selector"], item.get("options", {})
    if not (isinstance(item[kind], str) and isinstance(selector, str | None) and isinstance(options, dict)):
        raise TypeError(item)
    return Rule("quantization" if kind == "quantization" else "pruning", item[kind], selector, options)
