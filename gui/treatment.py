"""Edits of a recipe by layer, and what a recipe says about each layer. Pure functions; no Qt.

The window names layers by their exact ids, so that its rules win over the globs of a recipe that was loaded.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, NamedTuple

from engine.options import OptionValue
from engine.recipe import FLOAT, UNPRUNED, Kind, Recipe, Rule
from gui import numbers
from gui.choices import choice_text
from gui.collection import no_walks
from gui.language import mark, tr

if TYPE_CHECKING:
    from engine.graph.layers import Layer

Suits = Callable[[Rule, "Layer"], bool]


class Treatment(NamedTuple):
    """What the recipe asks for one layer; None where it says nothing of that kind."""

    quantization: Rule | None = None
    pruning: Rule | None = None

    @property
    def kept_float(self) -> bool:
        return self.quantization is not None and self.quantization.choice == FLOAT

    @property
    def quantized(self) -> bool:
        return self.quantization is not None and self.quantization.choice != FLOAT

    @property
    def pruned(self) -> bool:
        return self.pruning is not None and self.pruning.choice != UNPRUNED


def treat(
    recipe: Recipe, kind: Kind, choice: str, ids: Iterable[str], options: Mapping[str, OptionValue] | None = None
) -> Recipe:
    """The recipe with one exact rule for each layer, in the place of older ones of the same kind."""
    wanted, given = dict.fromkeys(ids), dict(options or {})  # which nobody writes into
    kept = (r for r in recipe.rules if r.kind != kind or r.selector not in wanted)
    with no_walks(len(wanted)):
        added = (Rule(kind, choice, layer_id, given) for layer_id in wanted)
        return replace(recipe, rules=(*kept, *added))


def clear(recipe: Recipe, ids: Sequence[str], layers: Sequence[Layer], suits: Suits) -> Recipe:
    """The recipe without a treatment of these layers, also where a wider selector names them."""
    wanted = set(ids)
    recipe = replace(recipe, rules=tuple(r for r in recipe.rules if r.selector not in wanted))
    left = resolve(recipe, layers, suits)
    still_quantized = [i for i in ids if i in left and left[i].quantized]
    still_pruned = [i for i in ids if i in left and left[i].pruned]
    if still_quantized:
        recipe = treat(recipe, "quantization", FLOAT, still_quantized)
    if still_pruned:
        recipe = treat(recipe, "pruning", UNPRUNED, still_pruned)
    return recipe


def resolve(recipe: Recipe, layers: Sequence[Layer], suits: Suits) -> dict[str, Treatment]:
    """What each treated layer gets, as ``engine.plan`` decides it; a rule that does not fit a layer leaves no mark."""
    if not recipe.rules:
        return {}  # a window that opens need not load the engine for this
    from engine.plan import deciding_rules

    chosen, _ = deciding_rules(layers, recipe, suits)
    by_id = {layer.id: layer for layer in layers}
    treatments: dict[str, Treatment] = {}
    for (kind, layer_id), rule in chosen.items():
        if rule.selector == layer_id or suits(rule, by_id[layer_id]):
            other = treatments.get(layer_id)
            if kind == "quantization":
                treatments[layer_id] = Treatment(rule, other.pruning if other is not None else None)
            else:
                treatments[layer_id] = Treatment(other.quantization if other is not None else None, rule)
    return treatments


@dataclass(frozen=True, slots=True)
class Group:
    """Rules that say the same of many layers, shown as one line."""

    kind: Kind
    choice: str
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    selectors: tuple[str | None, ...] = ()


def groups(recipe: Recipe) -> tuple[Group, ...]:
    """The rules, those of the same kind, choice and options together, in the order of first appearance."""
    found: dict[tuple[object, ...], tuple[Rule, list[str | None]]] = {}
    for rule in recipe.rules:
        key = (rule.kind, rule.choice, tuple(sorted(rule.options.items())) if rule.options else ())
        found.setdefault(key, (rule, []))[1].append(rule.selector)
    return tuple(Group(r.kind, r.choice, r.options, tuple(selectors)) for r, selectors in found.values())


def without_group(recipe: Recipe, group: Group) -> Recipe:
    gone = {(group.kind, selector) for selector in group.selectors}
    return replace(recipe, rules=tuple(r for r in recipe.rules if (r.kind, r.selector) not in gone))


PRUNED = {
    "threshold": mark("{done} below {amount}"),
    "channels": mark("{done} to {amount} channels"),
    "rank": mark("{done} {amount}"),
    "energy": mark("{done} keeping {amount}"),
    "ratio": mark("{done} {amount}"),
}


def pruned_text(rule: Rule) -> str:
    """As in "pruned 50 %", "pruned below 0.01", "pruned to 48 channels", "low rank 32"."""
    done = tr("low rank") if rule.choice == "low_rank" else tr("pruned")
    for name, text in PRUNED.items():
        amount = rule.options.get(name)
        if amount is not None:
            share = name in ("energy", "ratio")
            said = f"{numbers.three(float(amount) * 100)}{numbers.SPACE}%" if share else amount
            return tr(text).format(done=done, amount=said)
    return done


def summary(treatments: Mapping[str, Treatment]) -> str:
    """As in "3 layers int8 static, 1 layer pruned by magnitude weights, 1 layer kept float"."""
    counts: Counter[str] = Counter()
    for treatment in treatments.values():
        if treatment.quantized and treatment.quantization is not None:
            counts[choice_text(treatment.quantization.choice)] += 1
        if treatment.kept_float:
            counts[tr("kept float")] += 1
        if treatment.pruned and treatment.pruning is not None:
            counts[tr("pruned by {method}").format(method=choice_text(treatment.pruning.choice))] += 1
    one, several = tr("{count} layer {treatment}"), tr("{count} layers {treatment}")
    return tr(", ").join((several if n > 1 else one).format(count=n, treatment=name) for name, n in counts.items())
