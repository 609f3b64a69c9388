"""``lathe sweep``: throughput against latency over batch, threads and concurrent streams; or one serving scenario."""

from __future__ import annotations

import argparse
import datetime
import textwrap
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, files_read, opening_of, run_settings
from engine.cli.data_text import data_json, data_text
from engine.cli.layout import WIDTH, count, digits, rate, wrapped
from engine.errors import Cancelled, EngineError, UsageError
from engine.progress import Progress
from engine.targets import check_targets, write_text

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.profiling.sweep import Sweep

NAME = "sweep"
HELP = "measure throughput against latency under load"

_MOST_STREAMS = 256
_SCENARIOS = ("single_stream", "multi_stream", "server", "offline")


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("model", type=Path, metavar="MODEL")
    group = parser.add_argument_group("the load")
    group.add_argument("--batches", type=_counts, metavar="1,2,4", help="batch sizes (default: that of --batch)")
    group.add_argument(
        "--threads-list", type=_counts, metavar="1,2", help="threads of each stream (default: --threads)"
    )
    group.add_argument("--streams", type=_streams, default=(1,), metavar="1,2", help="concurrent requests (default: 1)")
    group.add_argument(
        "--latency-limit", type=_positive, metavar="MS", help="for the best point: p90 latency within MS"
    )
    group.add_argument("--seconds", type=_positive, metavar="S", help="of measuring at each point (default: 1)")
    group.add_argument("--scenario", choices=_SCENARIOS, help="one scenario as MLPerf Inference defines them, instead")
    group.add_argument("--latency-bound", type=_positive, metavar="MS", help="of --scenario server, at p99")
    group.add_argument("--csv", type=Path, metavar="F.csv", help="write the points as a table")
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from dataclasses import asdict, fields

    from engine.backends import backend_of
    from engine.explain.tables import Table, to_csv
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.profiling.scenarios import Scenario, scenario
    from engine.profiling.sweep import SweepGrid, SweepPoint, sweep

    _check(args)
    settings = run_settings(args)
    backend = backend_of(settings.device)
    with Child() as host:
        host.start()  # it imports while the model is read
        source = open_source(args.model, progress, opening_of(args))
        check_targets([args.csv], files_read(args, source))
        largest = max(args.batches or (settings.batch,))
        dataset = dataset_of(args, source.model, settings, progress, timed_batch=largest)
        samples = dataset.evaluation
        runtime = Runtime(backend, settings, host)
        if args.scenario is not None:
            asked = Scenario(args.scenario, args.streams[0], args.latency_bound, args.seconds or 4.0)
            found = scenario(source.model, runtime, samples, asked, progress)
            return {
                "model": str(args.model),
                "inputs": samples.kind,
                "scenario": asdict(found),
                **_record(source.model, runtime),
                **data_json(dataset),
            }
        grid = SweepGrid(
            batches=args.batches or (settings.batch,),
            threads=args.threads_list or (settings.threads,),
            streams=args.streams,
            latency_limit_ms=args.latency_limit,
            seconds=args.seconds or 1.0,
        )
        swept, stop = _sweep(partial(sweep, source.model, runtime, samples, grid), progress)
        record = _record(source.model, runtime)
    if args.csv is not None:
        header = tuple(field.name for field in fields(SweepPoint))
        table = Table("sweep", header, tuple(tuple(asdict(point).values()) for point in swept.points))
        write_text(args.csv, to_csv(table))
    result = {"model": str(args.model), "inputs": samples.kind, **asdict(swept), **record, **data_json(dataset)}
    if stop is not None:
        result["exit_status"] = stop.exit_status
        result |= {} if isinstance(stop, Cancelled) else {"error": str(stop)}
    return result


def _record(model: ir.Model, runtime: Runtime) -> dict[str, Any]:
    """What one must know to measure the same again."""
    from engine.graph.digest import model_sha256
    from engine.profiling.assemble import environment_of

    return {
        "model_sha256": model_sha256(model),
        "environment": environment_of(runtime),
        "measured_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _sweep(measure: Callable[[Progress], Sweep], progress: Progress) -> tuple[Sweep, EngineError | Cancelled | None]:
    """The points, and what ended it early, if anything did and there is a point."""
    from engine.profiling.sweep import Sweep

    try:
        return measure(progress), None
    except (EngineError, Cancelled) as stop:
        if not isinstance(progress.kept, Sweep):
            raise
        return progress.kept, stop


def describe(result: dict[str, Any]) -> str:
    device = result["scenario"]["device"] if "scenario" in result else result["device"]
    head = f"{result['model']}\non {device} ({result['environment']['device']}), {result['inputs']} inputs, "
    if "scenario" in result:
        return head + _scenario_text(result["scenario"])
    points, best = result["points"], result["best"]
    titles = ("batch", "threads", "streams", "median ms", "p90 ms", "p99 ms", "samples/s")
    lines = ["   " + "  ".join(f"{title:>9}" for title in titles)]
    for number, point in enumerate(points):
        cells = [f"{point[name]:>9}" for name in ("batch", "threads", "streams")]
        if not point["reason"]:
            cells += [f"{digits(point[name]):>9}" for name in ("median_ms", "p90_ms", "p99_ms")]
            cells.append(f"{point['throughput_per_s']:>9,.{0 if point['throughput_per_s'] >= 100 else 2}f}")
        row = ("*  " if number == best else "   ") + "  ".join(cells)
        lines += _with_reason(row, point["reason"])
    limit = result["latency_limit_ms"]
    within = "" if limit is None else f" with p90 within {limit:g} ms"
    lines.append("")
    lines.append(f"* the most samples a second{within}" if best is not None else f"No point{within}.")
    if not result["complete"]:
        lines.append("Stopped early: points are missing.")
    lines += [line for note in result["notes"] for line in wrapped(note)]
    lines += data_text(result)
    if "error" in result:
        lines += wrapped(result["error"])
    return "\n".join([f"{head}threads are those of each stream", "", *lines])


def _with_reason(row: str, reason: str) -> list[str]:
    """The row of a point, with why it has no figures."""
    if not reason:
        return [row]
    row += "     "
    first, *others = textwrap.wrap(reason, WIDTH - len(row), break_on_hyphens=False)
    return [row + first, *(" " * len(row) + line for line in others)]


def _scenario_text(found: dict[str, Any]) -> str:
    value, bound = found["value"], found["latency_bound_ms"]
    said = {
        "p90_ms": f"p90 latency {digits(value)} ms",
        "p99_ms": f"p99 latency {digits(value)} ms",
        "samples_per_s": f"{rate(value).removesuffix('/s')} samples/s",
        "queries_per_s": f"{rate(value).removesuffix('/s')} queries/s"
        + ("" if bound is None else f" with p99 latency within {bound:g} ms"),
    }[found["metric"]]
    lines = [
        f"batch {found['batch']}, {count(found['streams'], 'stream')} of {count(found['threads'], 'thread')}",
        "",
        f"{found['name'].replace('_', ' ')}: {said if found['queries'] else 'no rate that holds'}",
    ]
    if found["queries"]:
        lines += [
            f"latency {digits(found['median_ms'])} ms median, {digits(found['p90_ms'])} ms p90, "
            f"{digits(found['p99_ms'])} ms p99 over {count(found['queries'], 'query', 'queries')} in "
            f"{found['seconds']:.1f} s",
        ]
    for trial in found["trials"]:
        verdict = "held" if trial["held"] else "not held"
        lines.append(
            f"  {trial['rate_per_s']:>9.1f} queries/s  p99 {digits(trial['p99_ms']):>8} ms over "
            f"{count(trial['queries'], 'query', 'queries')}  {verdict}"
        )
    return "\n".join([*lines, *(line for note in found["notes"] for line in wrapped(note))])


def _check(args: argparse.Namespace) -> None:
    if args.runs:
        raise UsageError("load is measured for some time, not for some runs", where="--runs", way_out="Give --seconds.")
    if args.scenario is None:
        if args.latency_bound is not None:
            raise UsageError(
                "--latency-bound needs --scenario server", way_out="The limit of a sweep is --latency-limit."
            )
        return
    for flag, given in (("--batches", args.batches), ("--threads-list", args.threads_list), ("--csv", args.csv)):
        if given is not None:
            raise UsageError(
                f"{flag} is for a sweep, not for a scenario", way_out="Give one setting with --batch and --threads."
            )
    if len(args.streams) > 1:
        raise UsageError("a scenario takes one number of streams", where="--streams")
    if args.latency_limit is not None:
        raise UsageError("--latency-limit is for a sweep", way_out="The bound of a scenario is --latency-bound.")
    if (args.scenario == "server") != (args.latency_bound is not None):
        raise UsageError("--scenario server, and it alone, takes a --latency-bound MS")


def _counts(text: str) -> tuple[int, ...]:
    try:
        found = tuple(int(part) for part in text.split(","))
    except ValueError:
        found = (0,)
    if any(not 1 <= number <= 1 << 20 for number in found):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form 1,2,4")
    return found


def _streams(text: str) -> tuple[int, ...]:
    found = _counts(text)
    if max(found) > _MOST_STREAMS:
        raise argparse.ArgumentTypeError(f"{max(found)} is more than {_MOST_STREAMS}")
    return found


def _positive(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < float("inf"):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value
