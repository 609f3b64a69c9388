"""``lathe optimize``: apply a recipe, check the result, write it."""

from __future__ import annotations

import argparse
import math
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime
from engine.cli.arguments import (
    add_cache_argument,
    add_run_arguments,
    dataset_of,
    files_read,
    gains_store,
    opening_of,
    range_cache,
    run_settings,
)
from engine.cli.data_text import data_json, data_text
from engine.cli.layout import count, labelled
from engine.cli.treatments import add_treatment_arguments, choices, recipe_of, refuse_unmatched
from engine.errors import Cancelled, EngineError, UsageError
from engine.progress import Progress
from engine.targets import check_targets

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.apply import Applied
    from engine.backend import TargetFacts
    from engine.data.samples import Samples
    from engine.quantization.calibrate import RangeCache
    from engine.recipe import Recipe
    from engine.verification.search import Chosen

NAME = "optimize"
MOST_LINES = 12
MUCH_LOST, CHANCE = 0.01, 0.05
"""A drop of top-1 is warned of that is larger, and by chance (McNemar's test) less likely, than this;"""
LITTLE_DB = 10.0
"""without labels an SQNR below this: errors of a third of the output's amplitude."""
HELP = "quantize and prune layers, check the result, write it"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="OUT.onnx")
    add_treatment_arguments(parser)
    parser.add_argument("--target", metavar="DEVICE", help="choose options for this device (default: --device)")
    parser.add_argument(
        "--drop-limit",
        type=_points,
        metavar="POINTS",
        help="lose at most so many percentage points of top-1 (without labels: a like error of the outputs): repairs "
        "that cost no time, then the layers that are worth it stay in float; decided on the calibration part",
    )
    parser.add_argument("--measure", action="store_true", help="measure what cleaning and the treatment gained")
    parser.add_argument("--save-recipe", type=Path, metavar="R.json", help="write the recipe that was used")
    add_cache_argument(parser)
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.apply import apply, settled
    from engine.backends import backend_of, facts_of
    from engine.export import export
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.profiling.child import Child
    from engine.verification.compare import compare

    began = time.perf_counter()
    recipe = recipe_of(args)
    settings = run_settings(args, choices(recipe))
    backend, target = backend_of(settings.device), args.target or settings.device
    facts = facts_of(target)
    source = open_source(args.model, progress, opening_of(args))
    read = files_read(args, source)
    check_targets([args.output], read | ({} if args.recipe is None else {args.recipe: "the recipe that is used"}))
    check_targets([args.output, args.save_recipe], read)
    dataset = dataset_of(args, source.model, settings, progress)
    with Child() as host:
        runtime = Runtime(backend, settings, host)
        ranges = range_cache(args)
        chosen = _search(args, source.model, recipe, dataset.calibration, facts, runtime, progress, ranges)
        recipe = recipe if chosen is None else chosen.recipe
        applied = apply(
            source.model,
            recipe,
            dataset.calibration,
            facts,
            runtime,
            progress,
            ranges=ranges,
            # What a search chose holds for the layers that it looked at, and for no others.
            gains=gains_store(args) if chosen is None else None,
        )
        refuse_unmatched(args, recipe, applied.unmatched)
        recipe = settled(applied.recipe, applied.pruned)
        recipe = recipe if chosen is None else _as_searched(recipe, applied)
        exported = export(
            applied,
            args.output,
            source=source,
            recipe=recipe,
            runtime=runtime,
            samples=dataset.evaluation,
            progress=progress,
        )
        score = None
        if applied.treated and dataset.evaluation.kind == "data":
            score = compare(applied.cleaned, applied.model, runtime, dataset.evaluation, progress).to_json()
        gains = None
        if args.measure:
            models = (source.model, applied.cleaned, applied.model)
            gains = _gains(*models, runtime, dataset.evaluation, progress)
    if args.save_recipe:
        recipe.save(args.save_recipe)
    index = index_layers(bind(applied.model, settings.shapes, settings.batch, strict=False))
    whole = index_layers(bind(applied.cleaned, settings.shapes, settings.batch, strict=False))
    return {
        "output": str(exported.path),
        "file_bytes": exported.file_bytes,
        "source_bytes": source.file_bytes,
        "parameters": index.parameters,
        "macs": index.macs,
        "before": {"parameters": whole.parameters, "macs": whole.macs},
        "pruned": applied.pruned.to_json(),
        "cleaned": list(applied.changes),
        "treated": [asdict(treated) for treated in applied.treated],
        "skipped": [{"id": layer_id, "reason": reason} for layer_id, reason in applied.skipped.items()],
        "unmatched": [rule.selector for rule in applied.unmatched],
        "target": facts.why,
        "gains": {scheme: {**gains.to_json(), "words": gains.words()} for scheme, gains in applied.gains.items()},
        "notes": list(applied.notes),
        "checks": exported.checks,
        "latency_ratio": gains,
        "score": score,
        **({} if chosen is None else {**chosen.to_json(), "drop_limit": args.drop_limit}),
        "inputs": dataset.calibration.kind,
        "split": dataset.split,
        **data_json(dataset),
        "seconds": round(time.perf_counter() - began, 3),
    }


def _search(
    args: argparse.Namespace,
    source: ir.Model,
    recipe: Recipe,
    samples: Samples,
    facts: TargetFacts,
    runtime: Runtime,
    progress: Progress,
    ranges: RangeCache,
) -> Chosen | None:
    """What ``--drop-limit`` makes of the recipe."""
    if args.drop_limit is None:
        return None
    from engine.caches import cache_folder
    from engine.verification.search import Chosen, within_drop
    from engine.verification.sensitivity_store import FOLDER, SensitivityStore

    if samples.kind == "synthetic":
        raise UsageError("--drop-limit needs samples to measure on", way_out="Give them with --data.")
    store = None if args.no_cache else SensitivityStore(cache_folder() / FOLDER)
    try:
        return within_drop(
            source, recipe, args.drop_limit, samples, facts, runtime, progress, ranges=ranges, store=store
        )
    except (EngineError, Cancelled) as stop:
        if args.save_recipe and isinstance(stop.partial, Chosen):
            stop.partial.recipe.save(args.save_recipe)  # the best until then
        raise


def _as_searched(recipe: Recipe, applied: Applied) -> Recipe:
    """With the layers that the search looked at by name, so that the recipe gives the same model without a search."""
    from engine.verification.measured_plan import named

    for rule in recipe.rules:
        if rule.kind == "quantization" and rule.selector is None:
            recipe = named(recipe, rule, [one.id for one in applied.treated if one.quantization == rule.choice])
    return recipe


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
        *_pruned_text(result),
        *_grouped("treated", ((item["id"], item["detail"]) for item in result["treated"])),
        *_grouped("skipped", ((item["id"], item["reason"]) for item in result["skipped"])),
        *_chosen_text(result),
        *_score_text(result),
        *[f"unmatched {selector}: this model has no such layer" for selector in result["unmatched"]],
        f"target    {result['target']}",
        *[f"measured  {scheme}: {gains['words']}" for scheme, gains in result["gains"].items()],
        *[f"note      {note}" for note in result["notes"]],
        *([] if result["treated"] else ["note      no layer was treated: the file holds the cleaned model"]),
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


def _pruned_text(result: dict[str, Any]) -> list[str]:
    pruned, before = result["pruned"], result["before"]
    if not pruned["groups"] and not pruned["factored"]:
        return []
    lines = [
        f"pruned    {group['id']}: {group['before']} -> {group['after']} {group['unit']}s"
        + (f", with {_names([i for i in group['coupled'] if i != group['id']])}" if len(group["coupled"]) > 1 else "")
        for group in pruned["groups"]
    ]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"pruned    {len(lines) - MOST_LINES} more groups (all of it with --json)"]
    lines += _factored_text(pruned["factored"])
    lines += [f"warning   {warning}" for warning in pruned["warnings"]]
    counts = [("parameters", before["parameters"], result["parameters"]), ("MACs", before["macs"], result["macs"])]
    left = [f"{name} {a:,} -> {b:,} ({b / a:.1%})" for name, a, b in counts if a and b is not None]
    lines.append("left      " + ", ".join(left))
    if pruned["healed"]:
        wrong = [sum(layer[when] for layer in pruned["healed"]) / len(pruned["healed"]) for when in ("before", "after")]
        lines.append(
            f"healed    {len(pruned['healed'])} layers, solved again on the calibration data: "
            f"mean error of their outputs {wrong[0]:.2%} -> {wrong[1]:.2%} of the variance"
        )
    if pruned["blocks"]:
        wrong = [sum(block[when] for block in pruned["blocks"]) / len(pruned["blocks"]) for when in ("before", "after")]
        lines.append(
            f"healed    {len(pruned['blocks'])} blocks, their layers solved together: "
            f"mean error of what they give {wrong[0]:.2%} -> {wrong[1]:.2%} of the variance"
        )
    elif result["inputs"] == "synthetic":
        lines.append("note      nothing was healed: with --data the layers behind a cut are solved again")
    return lines


def _factored_text(factored: Sequence[dict[str, Any]]) -> list[str]:
    lines = [
        f"factored  {one['id']}: its {one['rows']} x {one['outputs']} weight as two of rank {one['rank']}, "
        f"{one['energy']:.1%} of {'its output' if one['on_data'] else 'its squares'} kept"
        for one in factored
    ]
    if len(lines) > MOST_LINES:
        lines = [*lines[:MOST_LINES], f"factored  {len(lines) - MOST_LINES} more layers (all of it with --json)"]
    return lines


def _chosen_text(result: dict[str, Any]) -> list[str]:
    if "chosen" not in result:
        return []
    search = result["search"]
    repairs = [f"{key}.{name}={value}" for key, options in search["repairs"].items() for name, value in options.items()]
    lines = [f"repaired  {', '.join(repairs)}"] if repairs else []
    lines += _grouped("kept", ((kept["id"], kept["reason"]) for kept in result["chosen"]))
    held = "" if search["within_limit"] else "NOT "
    sqnr = "exact" if search["after"]["sqnr_db"] is None else f"{search['after']['sqnr_db']:.1f} dB"
    lines.append(
        f"limit     {result['drop_limit']:g} points: {held}kept on {search['samples']} calibration samples ({sqnr})"
    )
    return lines


def _score_text(result: dict[str, Any]) -> list[str]:
    """What the treatment cost on the evaluation part, and a warning where that is much and nobody limited it."""
    score = result["score"]
    if score is None:
        return []
    samples = count(score["samples"], "sample")
    on = f"{samples} of the evaluation part" if result["split"] == "named" else f"the same {samples}, not split"
    accuracy = score["accuracy"]
    if accuracy is not None:
        said = f"top-1 {accuracy['a']:.2%} -> {accuracy['b']:.2%}, the same class on {accuracy['agreement']:.2%}"
        much = accuracy["difference"] < -MUCH_LOST and accuracy["p_value"] < CHANCE
        lost = f"top-1 lost {-100 * accuracy['difference']:.1f} points"
    else:
        # An infinite SQNR, of outputs that are the same, is None in JSON; so is that of outputs that are no numbers.
        broken = [one for one in score["outputs"] if one["max_abs_error"] != 0]
        if not broken:
            return [f"score     every output as in float, on {on}"]
        worst = min(broken, key=lambda one: -math.inf if one["sqnr_db"] is None else one["sqnr_db"])
        db = "no number" if worst["sqnr_db"] is None else f"{worst['sqnr_db']:.1f} dB"
        said, lost = f"SQNR {db} at the output {worst['name']}", f"the output {worst['name']} is far from the float one"
        much = worst["sqnr_db"] is None or worst["sqnr_db"] < LITTLE_DB
    lines = [f"score     {said}, on {on}"]
    if much and "drop_limit" not in result:
        way_out = "--drop-limit 1 keeps in float what costs most; `lathe sensitivity` says what each layer costs"
        lines += labelled("WARNING", f"{lost}: {way_out}")
    return lines


def _points(text: str) -> float:
    try:
        points = float(text)
    except ValueError:
        points = -1.0
    if not 0 <= points <= 100:
        raise argparse.ArgumentTypeError(f"{text!r} is no number of percentage points")
    return points


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
