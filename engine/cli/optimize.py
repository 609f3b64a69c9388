"""``lathe optimize``: apply a recipe, check the result, write it."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.cli.arguments import add_run_arguments, run_settings
from engine.errors import UsageError
from engine.options import OptionValue
from engine.progress import Progress
from engine.recipe import FLOAT, Recipe, Rule

NAME = "optimize"
HELP = "quantize and prune layers, check the result, write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.onnx")
    parser.add_argument("--recipe", type=Path, metavar="R.json", help="a saved recipe; the flags below come after it")
    parser.add_argument(
        "--quantize",
        action=_InOrder,
        metavar="SCHEME[:SELECTOR]",
        help="quantize the layers that a selector names: a layer id, a glob, op:Conv, scope:layer2; without one, every "
        "layer that suits; op:* forces all that can be",
    )
    parser.add_argument("--keep", action=_InOrder, metavar="SELECTOR", help="leave these layers in float")
    parser.add_argument(
        "--prune",
        action=_InOrder,
        metavar="METHOD=RATIO[:SELECTOR]",
        help="prune a share of the weights, or METHOD=threshold:X[:SELECTOR] those smaller than X",
    )
    parser.add_argument(
        "--set", action="append", default=[], metavar="KEY.OPTION=VALUE", help="an option of a scheme or method"
    )
    parser.add_argument("--target", metavar="DEVICE", help="choose options for this device (default: --device)")
    parser.add_argument("--no-clean", action="store_true", help="do not clean the model first")
    parser.add_argument("--save-recipe", type=Path, metavar="R.json", help="write the recipe that was used")
    add_run_arguments(parser)


class _InOrder(argparse.Action):
    """Keeps the order across flags: a later flag wins over an earlier one."""

    def __call__(self, parser: Any, namespace: Any, values: Any, option_string: str | None = None) -> None:
        asked = [*(getattr(namespace, "asked", None) or []), (str(option_string).lstrip("-"), str(values))]
        namespace.asked = asked


def recipe_of(args: argparse.Namespace) -> Recipe:
    """The recipe file, then the flags in their order, then ``--set``."""
    recipe = Recipe.load(args.recipe) if args.recipe else Recipe()
    for flag, text in getattr(args, "asked", None) or []:
        recipe = recipe.with_rule(_rule(flag, text))
    for text in args.set:
        recipe = _with_option(recipe, text)
    return replace(recipe, clean=recipe.clean and not args.no_clean)


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
    name = "ratio"
    if amount.startswith("threshold:"):
        name, amount = "threshold", amount.removeprefix("threshold:")
    value, colon, selector = amount.partition(":")
    return Rule("pruning", key, selector if colon else None, {name: value})


def _with_option(recipe: Recipe, text: str) -> Recipe:
    path, equals, value = text.partition("=")
    key, dot, option = path.partition(".")
    if not (equals and dot and option):
        raise UsageError(f"{text!r} is not KEY.OPTION=VALUE", where="--set")
    if key not in {rule.choice for rule in recipe.rules}:
        raise UsageError(
            f"nothing uses {key!r}",
            where=f"--set {text}",
            way_out="Name a scheme or method that the same command uses.",
        )

    def changed(rule: Rule) -> Rule:
        options: dict[str, OptionValue] = {**rule.options, option: value}
        return replace(rule, options=options) if rule.choice == key else rule

    return replace(recipe, rules=tuple(changed(rule) for rule in recipe.rules))


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.apply import apply
    from engine.backends import backend_of
    from engine.export import export
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.profiling.child import Child
    from engine.quantization.calibrate import RangeCache

    began = time.perf_counter()
    recipe, settings = recipe_of(args), run_settings(args)
    backend = backend_of(settings.device)
    facts = backend_of(args.target or settings.device).facts(args.target or settings.device)
    source = open_source(args.model, progress)
    dataset = dataset_of(args, source.model, settings)
    with Child() as host:
        applied = apply(
            source.model, recipe, dataset.calibration, facts, backend, settings, host, progress, ranges=RangeCache()
        )
        refuse_unmatched(args, recipe, applied.unmatched)
        exported = export(
            applied,
            args.output,
            source=source,
            recipe=recipe,
            backend=backend,
            settings=settings,
            samples=dataset.evaluation,
            host=host,
            progress=progress,
        )
    if args.save_recipe:
        recipe.save(args.save_recipe)
    layers = index_layers(applied.model)
    macs = [layer.macs for layer in layers.layers]
    return {
        "output": str(exported.path),
        "file_bytes": exported.file_bytes,
        "parameters": layers.parameters,
        "macs": None if None in macs else sum(count for count in macs if count),
        "cleaned": list(applied.changes),
        "treated": [
            {"id": t.id, "quantization": t.quantization, "pruning": t.pruning, "detail": t.detail}
            for t in applied.treated
        ],
        "skipped": [{"id": layer_id, "reason": reason} for layer_id, reason in applied.skipped.items()],
        "unmatched": [rule.selector for rule in applied.unmatched],
        "checks": exported.checks,
        "inputs": dataset.calibration.kind,
        "split": dataset.split,
        "seconds": round(time.perf_counter() - began, 3),
    }
