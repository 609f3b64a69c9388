"""``lathe profile``: measure a model as it is, layer by layer, and say why it takes that long."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.backend import Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, files_read, opening_of, run_settings
from engine.cli.data_text import data_json
from engine.cli.profile_text import describe
from engine.errors import Cancelled, CheckError, EngineError, UsageError
from engine.progress import Progress
from engine.targets import check_targets

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.cli.baseline import Baseline, Verdict
    from engine.explain.diff import Threshold
    from engine.explain.explain import Explanation
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline

__all__ = ["HELP", "NAME", "add_arguments", "describe", "run"]

NAME = "profile"
HELP = "measure latency end to end and layer by layer, and say why"

CHECK_FAILED = CheckError.exit_status
TABLES = ("summary", "layers", "kernels", "placement", "histogram", "reasons", "memory", "roofline", "diff")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("--trace", type=Path, metavar="T.json", help="write the kernels of one run for Perfetto")
    parser.add_argument("--csv", type=Path, metavar="FOLDER", help="write every table as a CSV file into this folder")
    parser.add_argument(
        "--roofline",
        action="store_true",
        help="each layer against what this device reaches; measures that once, which takes some seconds",
    )
    parser.add_argument("--baseline", type=Path, metavar="P.json", help="compare with the output of profile --json")
    parser.add_argument(
        "--fail-over",
        type=_fraction,
        metavar="5%",
        help="with --baseline: exit with 5 where the median is slower by more than this",
    )
    parser.add_argument(
        "--threshold",
        type=_threshold,
        metavar="5%|20us",
        help="with --baseline: only layers that changed by at least this; 5%%,20us asks for both",
    )
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.cli.baseline import read_baseline, require_device
    from engine.formats import open_source
    from engine.profiling.child import Child

    for flag, value in (("--fail-over", args.fail_over), ("--threshold", args.threshold)):
        if value is not None and args.baseline is None:
            raise UsageError(f"{flag} needs --baseline P.json")
    settings = run_settings(args)
    baseline = None if args.baseline is None else read_baseline(args.baseline)
    if baseline is not None and args.fail_over is not None:
        require_device(baseline, settings.device)
    backend = backend_of(settings.device)
    with Child() as host:
        host.start()  # it imports while the model is read
        source = open_source(args.model, progress, opening_of(args))
        kept = ({} if args.baseline is None else {args.baseline: "the baseline"}) | files_read(args, source)
        check_targets([args.trace], kept)
        if args.csv is not None:
            from engine.explain.tables import check_folder

            check_folder(args.csv, TABLES, kept)
        dataset = dataset_of(args, source.model, settings, progress, timed_batch=settings.batch)
        samples = dataset.evaluation
        runtime = Runtime(backend, settings, host)
        measured, timeline, stop = _measure(source.model, runtime, samples, progress)
        explained, stop = _explain(args, source.model, runtime, measured, stop, progress)
    verdict = None if baseline is None else _verdict(args, source.model, measured, baseline)
    _write(args, measured, timeline, explained, verdict)
    return {**_result(args, measured, explained, verdict, stop), **data_json(dataset)}


def _measure(
    model: ir.Model, runtime: Runtime, samples: Any, progress: Progress
) -> tuple[Profile, Timeline, EngineError | Cancelled | None]:
    """What was measured, and what ended it early, if anything did and something was measured before."""
    from engine.profiling.measure import profile_with_timeline

    try:
        measured, timeline = profile_with_timeline(model, runtime, samples, progress)
    except (EngineError, Cancelled) as stop:
        if stop.partial is None:
            raise
        measured, timeline = cast("tuple[Profile, Timeline]", stop.partial)
        return measured, timeline, stop
    return measured, timeline, None


def _explain(
    args: argparse.Namespace,
    model: ir.Model,
    runtime: Runtime,
    measured: Profile,
    stop: EngineError | Cancelled | None,
    progress: Progress,
) -> tuple[Explanation | None, EngineError | Cancelled | None]:
    """What was measured is worth showing also where there is no time left to explain it."""
    from engine.caches import cache_folder
    from engine.explain.ceilings import ceilings
    from engine.explain.explain import explain

    if isinstance(stop, Cancelled):
        return None, stop
    try:
        reached = None
        if args.roofline and stop is None:
            reached = ceilings(runtime, progress, cache=cache_folder())
        return explain(model, runtime, measured, progress, ceilings=reached), stop
    except Cancelled as cancelled:
        return None, cancelled


def _verdict(args: argparse.Namespace, model: ir.Model, measured: Profile, baseline: Baseline) -> Verdict:
    from engine.cli.baseline import against
    from engine.graph.layers import index_layers

    origins = {layer.id: layer.origins for layer in index_layers(model).layers}
    return against(baseline, measured, args.fail_over, args.threshold, origins)


def _result(
    args: argparse.Namespace,
    measured: Profile,
    explained: Explanation | None,
    verdict: Verdict | None,
    stop: EngineError | Cancelled | None,
) -> dict[str, Any]:
    from engine.explain.placement import placement

    result: dict[str, Any] = {
        "model": str(args.model),
        **measured.to_json(),
        "placement": [asdict(row) for row in placement(measured)],
        **({"memory": None, "roofline": None, "reasons": []} if explained is None else explained.to_json()),
    }
    if verdict is not None:
        result["baseline"] = verdict.to_json()
        if verdict.over:
            result["exit_status"] = CHECK_FAILED
    if stop is not None:
        result["exit_status"] = stop.exit_status
        if not isinstance(stop, Cancelled):
            result["error"] = str(stop)
        elif measured.complete:
            result["error"] = "Stopped before it was explained."
    return result


def _write(
    args: argparse.Namespace,
    measured: Profile,
    timeline: Timeline,
    explained: Explanation | None,
    verdict: Verdict | None,
) -> None:
    if args.trace is not None:
        from engine.profiling.trace import write_trace

        steps = () if explained is None else explained.memory.steps
        write_trace(args.trace, timeline, measured, live_bytes={step.layer: step.live_bytes for step in steps})
    if args.csv is not None:
        from engine.explain import tables

        found = list(tables.profile_tables(measured))
        if explained is not None:
            found += [tables.reasons_table(explained.reasons), tables.memory_table(explained.memory)]
            found += [] if explained.roofline is None else [tables.roofline_table(explained.roofline)]
        if verdict is not None and verdict.diff is not None:
            found.append(tables.diff_table(verdict.diff, verdict.shown))
        tables.write_tables(args.csv, found)


def _fraction(text: str) -> float:
    """``5%`` or ``0.05``; a bare 5, which may mean either, is refused."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not 0 <= value < (float("inf") if text.endswith("%") else 1):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 5%")
    return value


def _threshold(text: str) -> Threshold:
    """``5%``, ``20us``, or both with a comma."""
    from engine.explain.diff import Threshold

    us = fraction = 0.0
    for part in text.split(","):
        if part.endswith("us"):
            try:
                us = float(part.removesuffix("us"))
            except ValueError:
                us = -1.0
        elif part.endswith("%"):
            fraction = _fraction(part)
        else:
            us = -1.0
    if not 0 <= us < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 5%, 20us or 5%,20us")
    return Threshold(us, fraction)
