"""``lathe sensitivity``: what treating each layer costs, one layer at a time, measured on data."""

from __future__ import annotations

import argparse
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any, cast

from engine.backend import Runtime
from engine.cli.arguments import (
    add_cache_argument,
    add_run_arguments,
    dataset_of,
    files_read,
    opening_of,
    range_cache,
    run_settings,
)
from engine.cli.data_text import data_json, data_text
from engine.cli.layout import count, labelled
from engine.cli.treatments import add_treatment_arguments, choices, recipe_of, refuse_unmatched
from engine.errors import Cancelled, EngineError, UsageError
from engine.progress import Progress
from engine.recipe import FLOAT, UNPRUNED, Rule
from engine.targets import check_targets

if TYPE_CHECKING:
    from pathlib import Path

    from engine.verification.prepared import Prepared
    from engine.verification.sensitivity import Sensitivity

NAME = "sensitivity"
HELP = "measure on data what treating each layer costs, one at a time"
SAMPLES = 64
"""Without --samples: enough to rank layers by the error of the outputs."""
_SHOWN = 20


def add_arguments(parser: argparse.ArgumentParser) -> None:
    from pathlib import Path

    parser.add_argument("model", type=Path, metavar="MODEL")
    add_treatment_arguments(parser)
    parser.add_argument("--target", metavar="DEVICE", help="choose options for this device (default: --device)")
    parser.add_argument(
        "--leave-one-out", action="store_true", help="treat all layers but one, instead of one layer alone"
    )
    parser.add_argument("--time-limit", type=_seconds, metavar="S", help="begin no other layer after S seconds")
    parser.add_argument("--resume", action="store_true", help="go on where an earlier scan of the same ended")
    parser.add_argument(
        "--latency",
        action="store_true",
        help="profile the float and the treated model as well, for what each layer gains in time",
    )
    parser.add_argument("--csv", type=Path, metavar="F.csv", help="write the layers as a table")
    add_cache_argument(parser)
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of, facts_of
    from engine.caches import cache_folder
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.verification.prepared import prepare
    from engine.verification.sensitivity import scan_layers
    from engine.verification.sensitivity_store import FOLDER, SensitivityStore

    began = time.monotonic()
    recipe = recipe_of(args)
    if all(rule.choice in (FLOAT, UNPRUNED) for rule in recipe.rules):
        recipe = replace(recipe, rules=(Rule("quantization", "int8_static"), *recipe.rules))
    settings = run_settings(args, choices(recipe))
    backend, target = backend_of(settings.device), args.target or settings.device
    facts = facts_of(target)
    mode = "all_but" if args.leave_one_out else "alone"
    store = None if args.no_cache else SensitivityStore(cache_folder() / FOLDER)
    if store is None and args.resume:
        raise UsageError("--resume goes on with what --no-cache does not keep", way_out="Leave one of them out.")
    with Child() as host:
        host.start()  # it imports while the model is read
        source = open_source(args.model, progress, opening_of(args))
        check_targets([args.csv], files_read(args, source))
        if args.data is not None and args.samples is None:
            args.samples = SAMPLES
        dataset = dataset_of(args, source.model, settings, progress)
        samples, runtime = dataset.calibration, Runtime(backend, settings, host)
        ranges = range_cache(args)
        prepared = prepare(
            source.model, recipe, samples, facts, runtime, progress, ranges=ranges, pruned=mode == "all_but"
        )
        refuse_unmatched(args, recipe, prepared.plan.unmatched)
        stop: EngineError | Cancelled | None = None
        try:
            found = scan_layers(
                prepared,
                samples,
                runtime,
                progress,
                store=store,
                resume=args.resume,
                mode="all_but" if args.leave_one_out else "alone",
                seconds=args.time_limit,
                began=began,
            )
        except (EngineError, Cancelled) as error:
            if error.partial is None:
                raise
            found, stop = cast("Sensitivity", error.partial), error
        treated_us = None
        if args.latency and stop is None:
            found, treated_us = _with_latency(found, prepared, runtime, dataset.evaluation, progress)
    result: dict[str, Any] = {
        "model": str(args.model),
        **found.to_json(),
        "skipped": [{"id": layer_id, "reason": reason} for layer_id, reason in prepared.skipped.items()],
        "treated_us": treated_us,
        "target": facts.why,
        "inputs": samples.kind,
        "split": dataset.split,
        **data_json(dataset),
    }
    result["seconds"] = round(time.monotonic() - began, 3)
    if args.csv is not None:
        _write_csv(args.csv, found)
    if stop is not None:
        result["exit_status"] = stop.exit_status
        if not isinstance(stop, Cancelled):
            result["error"] = str(stop)
    return result


def _with_latency(
    found: Sensitivity, prepared: Prepared, runtime: Runtime, samples: Any, progress: Progress
) -> tuple[Sensitivity, float]:
    from engine.verification.saved_time import saved_time

    treated, _ = prepared.without()
    ids = {row.id for row in found.layers}
    saved, whole = saved_time(prepared.cleaned, treated, ids, runtime, samples, progress)
    rows = tuple(replace(row, latency_saved_us=saved.get(row.id)) for row in found.layers)
    return replace(found, layers=rows), whole


def _write_csv(path: Path, found: Sensitivity) -> None:
    from engine.explain.tables import Table, to_csv
    from engine.targets import write_text

    rows = [layer.to_json() for layer in found.layers]
    header = ("id", "kind", "treatment", "sqnr_db", "accuracy_drop", "agreement", "latency_saved_us", "reason")
    write_text(path, to_csv(Table("sensitivity", header, tuple(tuple(row[key] for key in header) for row in rows))))


def _points(drop: float) -> str:
    """Percentage points of top-1, won or lost; none is not ``-0.0``."""
    return f"{round(-100 * drop, 1) + 0.0:+.1f}"


def describe(result: dict[str, Any]) -> str:
    layers = sorted(
        result["layers"],
        key=lambda row: (row["sqnr_db"] is None, row["sqnr_db"] or 0.0),
        reverse=result["mode"] == "all_but",
    )
    what = "left in float, all others treated" if result["mode"] == "all_but" else "treated, all others in float"
    lines = [f"One layer {what}; the outputs against the float model's, the most telling first:", ""]
    width = max((len(row["id"]) for row in layers[:_SHOWN]), default=0)
    for row in layers[:_SHOWN]:
        sqnr = row["reason"] if row["sqnr_db"] is None else f"{row['sqnr_db']:6.1f} dB"
        points = "" if row["accuracy_drop"] is None else f"  top-1 {_points(row['accuracy_drop'])} points"
        saved = "" if row["latency_saved_us"] is None else f"  saves {row['latency_saved_us']:.0f} us"
        lines.append(f"{row['id']:<{width}}  {row['treatment']}  {sqnr}{points}{saved}")
    if len(layers) > _SHOWN:
        lines.append(f"... {len(layers) - _SHOWN} more (all of them with --json or --csv)")
    kind = "synthetic input" if result["inputs"] == "synthetic" else "calibration sample"
    done = f"{len(layers)} of {count(result['planned'], 'layer')} on {count(result['samples'], kind)}"
    lines += ["", *labelled("measured", f"{done} in {result['seconds']:.1f} s")]
    if not result["complete"]:
        lines += labelled("note", "not complete: --resume goes on from here")
    if "error" in result:
        lines += labelled("error", result["error"])
    return "\n".join([*lines, *data_text(result)])


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is no number of seconds")
    return seconds
