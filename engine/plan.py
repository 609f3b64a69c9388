"""From rules to layers: which scheme and which pruner each layer gets, and why one gets none.

A rule selects among the layers of the source file, so that a recipe reads as the user sees the model; cleaning may then
have folded a selected layer into another, which is said.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from engine.backend import TargetFacts
from engine.errors import UsageError
from engine.graph.layers import Layer, LayerIndex
from engine.graph.select import select
from engine.graph.unchanged import unchanged
from engine.options import with_values
from engine.pruners import pruners
from engine.recipe import FLOAT, UNPRUNED, Kind, Recipe, Rule
from engine.report import Report
from engine.scheme import Scheme
from engine.schemes import schemes

if TYPE_CHECKING:
    import onnx_ir as ir

Assignment = tuple[str, Any]
"""Key of a scheme or pruner and its options."""


@dataclass(frozen=True)
class Plan:
    """By layer id of the cleaned model.

    Attributes:
        kept: layers that stay in float by the user's word.
        unmatched: the rules whose selector names no layer of the source.
    """

    quantization: Mapping[str, Assignment] = field(default_factory=dict)
    pruning: Mapping[str, Assignment] = field(default_factory=dict)
    kept: frozenset[str] = frozenset()
    unmatched: tuple[Rule, ...] = ()

    def by_choice(self, kind: Kind) -> dict[str, dict[str, Any]]:
        """Key of the scheme or pruner to its layers (id to options)."""
        grouped: dict[str, dict[str, Any]] = {}
        for layer_id, (key, options) in (self.quantization if kind == "quantization" else self.pruning).items():
            grouped.setdefault(key, {})[layer_id] = options
        return grouped


@unchanged()
def make_plan(source: LayerIndex, cleaned: LayerIndex, recipe: Recipe, facts: TargetFacts, report: Report) -> Plan:
    """Resolve the rules of a recipe.

    Raises:
        UsageError: a rule names an unknown scheme, pruner or option.
    """
    options = {id(rule): _options(rule, facts) for rule in recipe.rules}
    cannot = {
        rule.choice: pruners()[rule.choice].why_not(cleaned.model)
        for rule in recipe.rules
        if rule.kind == "pruning" and rule.choice != UNPRUNED
    }

    def reason(rule: Rule, layer: Layer) -> str | None:
        if layer.id not in cleaned.by_id:
            return "cleaning removed it"
        if rule.choice in cannot:
            return cannot[rule.choice].get(layer.id)
        return _reason(rule, cleaned.node(layer.id), facts)

    chosen, unmatched = deciding_rules(source.layers, recipe, lambda rule, layer: reason(rule, layer) is None)
    folded = _where_folded(cleaned)
    kept = frozenset(layer_id for (_, layer_id), rule in chosen.items() if rule.choice == FLOAT)
    plans: dict[Kind, dict[str, Assignment]] = {"quantization": {}, "pruning": {}}
    for (kind, layer_id), rule in chosen.items():
        if rule.choice in (FLOAT, UNPRUNED):
            continue
        why = reason(rule, source.by_id[layer_id])
        if why is None:
            plans[kind][layer_id] = (rule.choice, options[id(rule)])
        else:
            report.skip(layer_id, f"cleaning folded it into {folded[layer_id]}" if layer_id in folded else why)
    for rule in recipe.rules:
        if rule.selector is None:
            for layer in cleaned.layers:
                if _has_weight(layer) and (rule.kind, layer.id) not in chosen and (why := reason(rule, layer)):
                    report.skip(layer.id, why)
    return Plan(plans["quantization"], plans["pruning"], kept, unmatched)


def deciding_rules(
    layers: Sequence[Layer], recipe: Recipe, fits: Callable[[Rule, Layer], bool]
) -> tuple[dict[tuple[Kind, str], Rule], tuple[Rule, ...]]:
    """The rule that decides for each kind and layer, and the rules whose selector names no layer.

    An exact id wins over any other selector, a later rule over an earlier one. A rule without a selector names the
    layers that it fits; every other rule those that its selector says, whether it fits or not.
    """
    ids = {layer.id for layer in layers}
    exact: dict[tuple[Kind, str], Rule] = {}
    chosen: dict[tuple[Kind, str], Rule] = {}
    unmatched = []
    for rule in recipe.rules:
        if rule.selector is None:
            matched: Iterable[str] = [layer.id for layer in layers if fits(rule, layer)]
        elif rule.selector in ids:
            exact[rule.kind, rule.selector] = rule
            continue
        else:
            matched = select(rule.selector, layers)
            if not matched:
                unmatched.append(rule)
        for layer_id in matched:
            chosen[rule.kind, layer_id] = rule
    chosen |= exact
    in_order = {layer.id: number for number, layer in enumerate(layers)}
    if any(in_order[a[1]] > in_order[b[1]] for a, b in pairwise(chosen)):
        chosen = dict(sorted(chosen.items(), key=lambda item: in_order[item[0][1]]))
    return chosen, tuple(unmatched)


def _where_folded(cleaned: LayerIndex) -> dict[str, str]:
    """The layers that are in others now; one that is still there is not, though others came from it as well."""
    return {origin: layer.id for layer in cleaned.layers for origin in layer.origins if origin not in cleaned.by_id}


def _options(rule: Rule, facts: TargetFacts) -> Any:
    """The options of a rule's choice; None for the choices that leave a layer as it is."""
    if rule.choice in (FLOAT, UNPRUNED):
        return None
    plugin = _known(schemes() if rule.kind == "quantization" else pruners(), rule)
    base = plugin.defaults(facts) if rule.kind == "quantization" else plugin.options()
    return with_values(base, rule.options, f"{rule.kind} {rule.choice}")


def _reason(rule: Rule, node: ir.Node, facts: TargetFacts) -> str | None:
    """Why a scheme does not go for a node; without a selector also why it gains nothing there."""
    if rule.choice in (FLOAT, UNPRUNED):
        return None
    scheme = schemes()[rule.choice]
    return scheme.why_not(node) or (scheme.suits(node, facts) if rule.selector is None else None)


def _known(plugins: Mapping[str, Any], rule: Rule) -> Any:
    if rule.choice not in plugins:
        way_out = f"There are: {', '.join(plugins)}."
        raise UsageError(f"there is no {rule.kind} {rule.choice!r}", way_out=way_out)
    return plugins[rule.choice]


def _has_weight(layer: Layer) -> bool:
    return layer.parameters > 0 or bool(layer.macs)


def candidates(index: LayerIndex, scheme: Scheme) -> frozenset[str]:
    """All layers that a scheme could quantize; one calibration for them serves every later choice."""
    return frozenset(layer.id for layer in index.layers if scheme.why_not(index.node(layer.id)) is None)
