"""The flags that say which layers get which treatment, and the recipe that they make."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.cli.arguments import Setting, settings_of
from engine.errors import UsageError
from engine.options import OptionValue
from engine.pruner import AMOUNTS
from engine.recipe import FLOAT, Recipe, Rule


def add_treatment_arguments(parser: argparse.ArgumentParser) -> None:
    """``--recipe``, ``--quantize``, ``--keep``, ``--prune``, ``--no-clean``; read them with ``recipe_of``."""
    parser.add_argument("--recipe", type=Path, metavar="R.json", help="a saved recipe; the flags below come after it")
    parser.add_argument(
        "--quantize",
        action=_InOrder,
        metavar="SCHEME[:SELECTOR]",
        default=[],
        dest="asked",
        help="quantize the layers that a selector names: a layer id, a glob, op:Conv, scope:layer2; without one, every "
        "layer that suits; op:* forces all that can be",
    )
    parser.add_argument("--keep", action=_InOrder, dest="asked", metavar="SELECTOR", help="leave these layers in float")
    parser.add_argument(
        "--prune",
        action=_InOrder,
        dest="asked",
        metavar="METHOD=RATIO[:SELECTOR]",
        help="prune a share of the channels, weights or multiplications; METHOD=NAME:X[:SELECTOR] says how much by "
        "another option: l1_channels=channels:48, magnitude_weights=threshold:0.01, low_rank=rank:32 or energy:0.95",
    )
    parser.add_argument("--no-clean", action="store_true", help="do not clean the model first")


class _InOrder(argparse.Action):
    """Keeps the order across flags: a later flag wins over an earlier one."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        namespace.asked = [*namespace.asked, (str(option_string).lstrip("-"), str(values))]


def recipe_of(args: argparse.Namespace) -> Recipe:
    """The recipe file, then the flags in their order, those to keep last so that they win, then ``--set``."""
    recipe = Recipe.load(args.recipe) if args.recipe else Recipe()
    for flag, text in sorted(args.asked, key=lambda asked: asked[0] == "keep"):
        recipe = recipe.with_rule(_rule(flag, text))
    for setting in settings_of(args):
        recipe = _with_option(recipe, setting)
    return replace(recipe, clean=recipe.clean and not args.no_clean)


def choices(recipe: Recipe) -> set[str]:
    """The keys of schemes and pruning methods that a recipe names, whose options ``--set`` reaches."""
    return {rule.choice for rule in recipe.rules}


def refuse_unmatched(args: argparse.Namespace, recipe: Recipe, unmatched: Sequence[Rule]) -> None:
    """A flag whose selector matches nothing is wrong usage; a recipe of another file need only match somewhere."""
    flags = {rule.selector for flag, text in args.asked for rule in (_rule(flag, text),)}
    wrong = [rule for rule in unmatched if rule.selector in flags]
    if not wrong and len(unmatched) == len(recipe.rules):
        wrong = list(unmatched)
    if wrong:
        raise UsageError(
            f"no layer matches {', '.join(repr(rule.selector) for rule in wrong)}",
            where=str(args.model),
            way_out="`lathe inspect` lists the ids; a selector is one of them, a glob, op:TYPE or scope:NAME.",
        )


def _rule(flag: str, text: str) -> Rule:
    if flag == "keep":
        return Rule("quantization", FLOAT, text)
    if flag == "quantize":
        key, colon, selector = text.partition(":")
        return Rule("quantization", key, selector if colon else None)
    key, equals, amount = text.partition("=")
    if not equals:
        raise UsageError(
            f"{text!r} does not say how much",
            where="--prune",
            way_out="Write METHOD=RATIO, as in magnitude_weights=0.5.",
        )
    name, _, rest = amount.partition(":")
    name, amount = (name, rest) if name in AMOUNTS else ("ratio", amount)
    value, colon, selector = amount.partition(":")
    return Rule("pruning", key, selector if colon else None, {name: value})


def _with_option(recipe: Recipe, setting: Setting) -> Recipe:
    from engine.backends import backends

    key, option, value = setting.key, setting.option, setting.value
    if key not in choices(recipe):
        if key in backends():
            return recipe
        raise UsageError(
            f"nothing uses {key!r}",
            where=setting.where,
            way_out="Name a scheme or method that the same command uses, or the device's runtime.",
        )

    def changed(rule: Rule) -> Rule:
        options: dict[str, OptionValue] = {**rule.options, option: value}
        return replace(rule, options=options) if rule.choice == key else rule

    return replace(recipe, rules=tuple(changed(rule) for rule in recipe.rules))
