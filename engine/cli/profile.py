"""``lathe profile``: measure a model as it is, layer by layer."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

from engine.backend import Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, files_read, run_settings
from engine.errors import CheckError, DataError, UsageError
from engine.progress import Progress
from engine.targets import check_targets

NAME = "profile"
HELP = "measure latency end to end and layer by layer"

CHECK_FAILED = CheckError.exit_status
_SHOWN = 15


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    parser.add_argument("--trace", type=Path, metavar="T.json", help="write the kernels of one run for Perfetto")
    parser.add_argument("--baseline", type=Path, metavar="P.json", help="compare with the output of profile --json")
    parser.add_argument(
        "--fail-over",
        type=_fraction,
        metavar="5%",
        help="with --baseline: exit with 5 where the median is slower by more than this",
    )
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.profiling.measure import profile_with_timeline
    from engine.profiling.trace import write_trace

    if args.fail_over is not None and args.baseline is None:
        raise UsageError("--fail-over needs --baseline P.json")
    settings = run_settings(args)
    baseline = None if args.baseline is None else _baseline_ms(args.baseline, settings.device)
    backend = backend_of(settings.device)
    with Child() as host:
        host.start()  # it imports while the model is read
        source = open_source(args.model, progress)
        kept = {} if args.baseline is None else {args.baseline: "the baseline"}
        check_targets([args.trace], kept | files_read(args, source))
        samples = dataset_of(args, source.model, settings).evaluation
        measured, timeline = profile_with_timeline(source.model, Runtime(backend, settings, host), samples, progress)
    if args.trace is not None:
        write_trace(args.trace, timeline, measured)
    result: dict[str, Any] = {"model": str(args.model), **measured.to_json()}
    if baseline is not None:
        ratio = measured.latency_ms.median / baseline
        result["baseline"] = {"median_ms": baseline, "ratio": ratio, "fail_over": args.fail_over}
        if args.fail_over is not None and ratio > 1 + args.fail_over:
            result["exit_status"] = CHECK_FAILED
    return result


def describe(result: dict[str, Any]) -> str:
    latency = result["latency_ms"]
    lines = [
        f"{latency['median']:.3g} ms median, {latency['p90']:.3g} ms p90, {latency['min']:.3g} ms min over "
        f"{result['runs']} runs; {result['throughput_per_s']:.3g}/s",
        f"{result['device']}, {result['threads']} threads, batch {result['batch']}, {result['inputs']} inputs, "
        f"{result['peak_memory_bytes'] / 1e6:.3g} MB peak memory",
        f"kernels {result['kernel_sum_ms']:.3g} ms, {result['attributed_share']:.1%} of it attributed to layers; "
        f"the profiler costs {result['profiler_overhead']:.0%}",
        "",
    ]
    slowest = sorted((layer for layer in result["layers"] if layer["median_us"]), key=lambda row: -row["median_us"])
    width = max((len(layer["id"]) for layer in slowest[:_SHOWN]), default=5)
    lines.append(f"{'layer':<{width}}  {'us':>9}  {'share':>6}")
    for layer in slowest[:_SHOWN]:
        lines.append(f"{layer['id']:<{width}}  {layer['median_us']:>9.1f}  {layer['share']:>6.1%}")
    if len(slowest) > _SHOWN:
        lines.append(f"... and {len(slowest) - _SHOWN} more layers")
    if "baseline" in result:
        baseline = result["baseline"]
        verdict = "slower" if baseline["ratio"] > 1 else "faster"
        lines += ["", f"{abs(baseline['ratio'] - 1):.1%} {verdict} than the baseline's {baseline['median_ms']:.3g} ms"]
    return "\n".join([*lines, *(["", *result["notes"]] if result["notes"] else [])])


def _baseline_ms(path: Path, device: str) -> float:
    """The median of an earlier ``lathe profile --json``."""
    way_out = "Give the output of `lathe profile MODEL --json`."
    try:
        stored = json.loads(path.read_text())
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path), way_out=way_out) from None
    except ValueError:
        raise DataError("is not JSON", where=str(path), way_out=way_out) from None
    try:
        found = float(stored["latency_ms"]["median"])
    except (KeyError, TypeError, ValueError):
        raise DataError("has no latency_ms.median", where=str(path), way_out=way_out) from None
    if not found > 0:
        raise DataError(f"has a median of {found}", where=str(path), way_out=way_out)
    if stored.get("device", device) != device:
        raise UsageError(f"was measured on {stored['device']}, not on {device}", where=str(path))
    return found


def _fraction(text: str) -> float:
    """``5%`` or ``0.05``."""
    try:
        value = float(text.removesuffix("%")) / (100 if text.endswith("%") else 1)
    except ValueError:
        value = -1.0
    if not value >= 0:
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 5%")
    return value
