"""From rules to layers: which scheme and which pruner each layer gets, and why one gets none.

A rule selects among the layers of the source file, so that a recipe reads as the user sees the model; cleaning may then
have folded a selected layer into another, which is said.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.backend import TargetFacts
from engine.errors import UsageError
from engine.graph.layers import Layer, LayerIndex
from engine.graph.select import select
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


def make_plan(source: LayerIndex, cleaned: LayerIndex, recipe: Recipe, facts: TargetFacts, report: Report) -> Plan:
    """Resolve the rules of a recipe.

    Raises:
        UsageError: a rule names an unknown scheme, pruner or option.
    """
    chosen, unmatched = _matches(source.layers, recipe)
    folded = _where_folded(cleaned)
    kept = frozenset(layer_id for (_, layer_id), rule in chosen.items() if rule.choice == FLOAT)
    plans: dict[Kind, dict[str, Assignment]] = {"quantization": {}, "pruning": {}}
    for (kind, layer_id), rule in chosen.items():
        if rule.choice in (FLOAT, UNPRUNED):
            continue
        asked = rule.selector is not None
        if layer_id not in cleaned.by_id:
            if asked:
                report.skip(
                    layer_id,
                    f"cleaning folded it into {folded[layer_id]}" if layer_id in folded else "cleaning removed it",
                )
            continue
        assignment, reason = _assign(rule, cleaned.node(layer_id), facts)
        if reason is None:
            plans[kind][layer_id] = assignment
        elif asked or _has_weight(cleaned.by_id[layer_id]):
            report.skip(layer_id, reason)
    return Plan(plans["quantization"], plans["pruning"], kept, unmatched)


def _matches(layers: Iterable[Layer], recipe: Recipe) -> tuple[dict[tuple[Kind, str], Rule], tuple[Rule, ...]]:
    """The rule that decides for each kind and layer: an exact id before any other selector, later before earlier."""
    layers = tuple(layers)
    ids = {layer.id for layer in layers}
    general = [rule for rule in recipe.rules if rule.selector not in ids]
    exact = [rule for rule in recipe.rules if rule.selector in ids]
    chosen: dict[tuple[Kind, str], Rule] = {}
    unmatched = []
    for rule in (*general, *exact):
        matched = [layer.id for layer in layers] if rule.selector is None else select(rule.selector, layers)
        chosen |= {(rule.kind, layer_id): rule for layer_id in matched}
        if not matched and rule.selector is not None:
            unmatched.append(rule)
    in_order = {layer.id: number for number, layer in enumerate(layers)}
    return dict(sorted(chosen.items(), key=lambda item: in_order[item[0][1]])), tuple(unmatched)


def _where_folded(cleaned: LayerIndex) -> dict[str, str]:
    return {origin: layer.id for layer in cleaned.layers for origin in layer.origins if origin != layer.id}


def _assign(rule: Rule, node: ir.Node, facts: TargetFacts) -> tuple[Assignment, str | None]:
    """The choice with its options, and the reason why it does not go for this node."""
    where = f"{rule.kind} {rule.choice}"
    if rule.kind == "quantization":
        scheme = _known(schemes(), rule)
        reason = scheme.why_not(node)
        if reason is None and rule.selector is None:
            reason = scheme.suits(node, facts)
        options = scheme.defaults(facts)
    else:
        pruner = _known(pruners(), rule)
        reason, options = pruner.why_not(node), pruner.options()
    return (rule.choice, with_values(options, rule.options, where)), reason


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
