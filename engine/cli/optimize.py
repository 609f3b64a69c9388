"""``lathe optimize``: apply a recipe, check the result, write it."""

from __future__ import annotations

import argparse
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime
from engine.cli.arguments import (
    Setting,
    add_cache_argument,
    add_run_arguments,
    dataset_of,
    files_read,
    range_cache,
    run_settings,
    settings_of,
)
from engine.cli.data_text import data_json, data_text
from engine.errors import UsageError
from engine.options import OptionValue
from engine.progress import Progress
from engine.recipe import FLOAT, Recipe, Rule
from engine.targets import check_targets

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.data.samples import Samples

NAME = "optimize"
MOST_LINES = 12
HELP = "quantize and prune layers, check the result, write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.onnx")
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
        help="prune a share of the weights, or METHOD=threshold:X[:SELECTOR] those smaller than X",
    )
    parser.add_argument("--target", metavar="DEVICE", help="choose options for this device (default: --device)")
    parser.add_argument("--measure", action="store_true", help="measure what cleaning and the treatment gained")
    parser.add_argument("--no-clean", action="store_true", help="do not clean the model first")
    parser.add_argument("--save-recipe", type=Path, metavar="R.json", help="write the recipe that was used")
    add_cache_argument(parser)
    add_run_arguments(parser)


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


def _with_option(recipe: Recipe, setting: Setting) -> Recipe:
    from engine.backends import backends

    key, option, value = setting.key, setting.option, setting.value
    if key not in _choices(recipe):
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


def _choices(recipe: Recipe) -> set[str]:
    return {rule.choice for rule in recipe.rules}


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.apply import apply
    from engine.backends import backend_of
    from engine.export import export
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.profiling.child import Child

    began = time.perf_counter()
    recipe = recipe_of(args)
    settings = run_settings(args, _choices(recipe))
    backend, target = backend_of(settings.device), args.target or settings.device
    facts = backend_of(target).facts(target)
    source = open_source(args.model, progress)
    read = files_read(args, source)
    check_targets([args.output], read | ({} if args.recipe is None else {args.recipe: "the recipe that is used"}))
    check_targets([args.output, args.save_recipe], read)
    dataset = dataset_of(args, source.model, settings, progress)
    with Child() as host:
        runtime = Runtime(backend, settings, host)
        applied = apply(source.model, recipe, dataset.calibration, facts, runtime, progress, ranges=range_cache(args))
        _refuse_unmatched(args, recipe, applied.unmatched)
        exported = export(
            applied,
            args.output,
            source=source,
            recipe=recipe,
            runtime=runtime,
            samples=dataset.evaluation,
            progress=progress,
        )
        gains = None
        if args.measure:
            models = (source.model, applied.cleaned, applied.model)
            gains = _gains(*models, runtime, dataset.evaluation, progress)
    if args.save_recipe:
        recipe.save(args.save_recipe)
    index = index_layers(bind(applied.model, settings.shapes, settings.batch, strict=False))
    return {
        "output": str(exported.path),
        "file_bytes": exported.file_bytes,
        "source_bytes": source.file_bytes,
        "parameters": index.parameters,
        "macs": index.macs,
        "cleaned": list(applied.changes),
        "treated": [asdict(treated) for treated in applied.treated],
        "skipped": [{"id": layer_id, "reason": reason} for layer_id, reason in applied.skipped.items()],
        "unmatched": [rule.selector for rule in applied.unmatched],
        "target": facts.why,
        "checks": exported.checks,
        "latency_ratio": gains,
        "inputs": dataset.calibration.kind,
        "split": dataset.split,
        **data_json(dataset),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _refuse_unmatched(args: argparse.Namespace, recipe: Recipe, unmatched: Sequence[Rule]) -> None:
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


def _gains(
    source: ir.Model,
    cleaned: ir.Model,
    treated: ir.Model,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
) -> dict[str, dict[str, Any]]:
    """What cleaning gained against the file as opened, and the treatment against the cleaned model."""
    from engine.profiling.measure import compare_latency

    pairs = {"cleaned": (source, cleaned), "treated": (cleaned, treated)}
    return {
        name: asdict(compare_latency(before, after, runtime, samples, progress))
        for name, (before, after) in pairs.items()
    }


def describe(result: dict[str, Any]) -> str:
    checks, parity = result["checks"], result["checks"]["parity"]
    same = "exactly" if parity["exact"] else f"within {parity['max_abs_error']:.3g}"
    lines = [
        f"{result['output']}: {result['file_bytes'] / 1e6:.2f} MB (the source has {result['source_bytes'] / 1e6:.2f})",
        "",
        "cleaned   " + ("; ".join(result["cleaned"]) or "nothing to change"),
        *_grouped("treated", ((item["id"], item["detail"]) for item in result["treated"])),
        *_grouped("skipped", ((item["id"], item["reason"]) for item in result["skipped"])),
        *[f"unmatched {selector}: this model has no such layer" for selector in result["unmatched"]],
        f"target    {result['target']}",
        f"checks    ONNX's checker passed, loads, the cleaned model agrees with the source {same}, "
        f"the file with the model {'exactly' if checks['reproduces']['exact'] else 'as far as it agrees with itself'}",
    ]
    for name, gain in (result["latency_ratio"] or {}).items():
        low, high = gain["interval"]
        held = f"{gain['sessions']} session{'s' if gain['sessions'] > 1 else ''}"
        held += " only" if gain["this_session_only"] else ""
        lines.append(
            f"latency   {name}: {gain['a_ms']:.3g} ms -> {gain['b_ms']:.3g} ms, ratio {gain['ratio']:.3f} "
            f"({low:.3f} to {high:.3f}, {held}); the first against itself {gain['control_ratio']:.3f}"
        )
        lines += [f"          {note}" for note in gain["notes"]]
    if result["inputs"] == "synthetic" and any(t["quantization"] for t in result["treated"]):
        lines.append("note      ranges come from synthetic inputs: give --data before you trust its accuracy")
    elif result["inputs"] == "data" and result["split"] == "none":
        lines.append("note      the data is not split: ranges and scores come from the same samples")
    return "\n".join([*lines, *data_text(result), f"done in {result['seconds']:.1f} s"])


def _grouped(title: str, what: Iterable[tuple[str, str]]) -> list[str]:
    """One line for all layers of which the same is said."""
    groups: dict[str, list[str]] = {}
    for layer_id, text in what:
        groups.setdefault(text, []).append(layer_id)
    lines = [f"{title:<9} {_names(ids)}: {text}" for text, ids in groups.items()]
    if len(lines) > MOST_LINES:
        more = f"{title:<9} {len(lines) - MOST_LINES} more lines (all of it with --json)"
        lines = [*lines[:MOST_LINES], more]
    return lines


def _names(ids: Sequence[str]) -> str:
    if len(ids) <= 3:
        return ", ".join(ids)
    return f"{len(ids)} layers ({ids[0]}, {ids[1]}, ... {ids[-1]})"
