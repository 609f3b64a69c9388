"""``lathe compare``: two models on the same samples and in turn on the same device."""

from __future__ import annotations

import argparse
import datetime
from collections.abc import Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import RunSettings, Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, files_read, opening_of, run_settings
from engine.cli.data_text import data_json, data_text
from engine.cli.layers_text import layers_json, layers_text, write_layers
from engine.cli.layout import count, digits, labelled, wrapped
from engine.cli.why_text import changes_text, reasons_text
from engine.errors import Cancelled, DeviceError, EngineError, RuntimeCrash, UsageError
from engine.progress import Progress
from engine.targets import check_targets

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.data.samples import Samples
    from engine.format import Source
    from engine.profiling.fair import LatencyComparison
    from engine.verification.metric_function import Metric

NAME = "compare"
_CHANCE = 0.05
HELP = "compare a candidate with a reference: output errors, accuracy, latency in alternating blocks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, metavar="A", help="the reference")
    parser.add_argument("b", type=Path, metavar="B", help="the candidate")
    parser.add_argument(
        "--why", action="store_true", help="profile both as well: which layers changed, and why the candidate is slow"
    )
    parser.add_argument("--layers", action="store_true", help="say how far B is from A behind each layer as well")
    parser.add_argument("--device-b", metavar="DEVICE", help="where B runs, as for --device (default: where A does)")
    parser.add_argument("--csv", type=Path, metavar="F.csv", help="with --layers: write them as a table")
    parser.add_argument(
        "--metric",
        metavar="FILE.py:FUNCTION",
        help="score both with a function of yours: function(outputs, labels) returns a number; needs --allow-code",
    )
    parser.add_argument("--allow-code", action="store_true", help="the file of --metric may run, with all your rights")
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.format import files_of
    from engine.formats import open_source
    from engine.profiling.assemble import environment_of
    from engine.profiling.child import Child
    from engine.verification.compare import compare

    if args.csv is not None and not args.layers:
        raise UsageError("--csv needs --layers")
    metric = _metric(args)
    if args.device_b is not None and (args.why or args.layers):
        raise UsageError("--why and --layers compare two models on one device", where="--device-b")
    settings = run_settings(args)
    backend = backend_of(settings.device)
    on_b = settings if args.device_b is None else replace(settings, device=args.device_b, options={})
    backend_b = backend_of(on_b.device)
    a = open_source(args.a, progress, replace(opening_of(args), others_too=True))
    b = open_source(args.b, progress, replace(opening_of(args, device=on_b.device), others_too=True))
    settings, on_b = (_of_inputs(one, a, b) for one in (settings, on_b))
    check_targets([args.csv], files_read(args, a) | files_of(b))
    dataset = dataset_of(args, a.model, settings, progress)
    with Child() as host:
        runtime, other = Runtime(backend, settings, host), Runtime(backend_b, on_b, host)
        compared = compare(a.model, b.model, runtime, dataset.evaluation, progress, metric=metric, other=other)
        rest = _rest(args, a.model, b.model, runtime, other, dataset.evaluation, progress)
        record = _record(a, b, runtime, dataset.evaluation)
        if args.device_b is not None:
            record |= {"device_b": on_b.device, "environment_b": environment_of(other)}
    if args.csv is not None and "layers" in rest:
        write_layers(args.csv, rest)
    result = compared.to_json()
    labels = dataset.evaluation.labels
    if labels is not None and len(labels) and result["accuracy"] is None:
        result["no_accuracy"] = f"the labels go up to {labels.max()}, and no output has a value for each such class"
    return {
        "models": {"a": str(args.a), "b": str(args.b)},
        **result,
        "split": dataset.split,
        "inputs": dataset.evaluation.kind,
        **data_json(dataset),
        "file_bytes": {"a": a.file_bytes, "b": b.file_bytes},
        **record,
        **rest,
    }


def _of_inputs(settings: RunSettings, a: Source, b: Source) -> RunSettings:
    """Shapes and values of the inputs of A, whose names the samples have; those of B alone were for opening it."""
    from engine.graph.shapes import inputs

    alone = {info.name for info in inputs(b.model)} - {info.name for info in inputs(a.model)}
    if b.program is None:
        return settings
    return replace(
        settings,
        shapes={name: shape for name, shape in settings.shapes.items() if name not in alone},
        inputs={name: text for name, text in settings.inputs.items() if name not in alone},
    )


def _rest(
    args: argparse.Namespace,
    a: ir.Model,
    b: ir.Model,
    runtime: Runtime,
    other: Runtime,
    samples: Samples,
    progress: Progress,
) -> dict[str, Any]:
    """Layers, latency and why; what there is of them, and why no more, where the user or the runtime ends it."""
    from engine.profiling.fair import LatencyComparison
    from engine.profiling.measure import compare_latency

    found: dict[str, Any] = {"latency_ms": None, "notes": [], "complete": True}
    try:
        if args.layers:
            found |= layers_json(a, b, runtime, samples, progress)
        found |= _latency(compare_latency(a, b, runtime, samples, progress, other))
        if args.why:
            found |= _why(a, b, runtime, samples, progress)
    except (Cancelled, DeviceError, RuntimeCrash) as stop:
        if isinstance(stop.partial, LatencyComparison):
            found |= _latency(stop.partial)
        found |= {"complete": False, "exit_status": stop.exit_status}
        found |= {"error": str(stop)} if isinstance(stop, EngineError) else {}
    return found


def _latency(found: LatencyComparison) -> dict[str, Any]:
    return {
        "latency_ms": {
            "a": found.a_ms,
            "b": found.b_ms,
            "ratio": found.ratio,
            "interval": list(found.interval),
            "sessions": found.sessions,
            "this_session_only": found.this_session_only,
            "control_ratio": found.control_ratio,
            "control_interval": list(found.control_interval),
        },
        "notes": list(found.notes),
    }


def _record(a: Source, b: Source, runtime: Runtime, samples: Samples) -> dict[str, Any]:
    """What one must know to measure the same again, as ``lathe profile`` has it."""
    from engine.graph.digest import model_sha256
    from engine.profiling.assemble import batch_of, environment_of, settings_of

    batch = batch_of(a.model, runtime.settings, samples)
    settings = settings_of(runtime, batch)
    return {
        "device": runtime.settings.device,
        "threads": settings["threads"],
        "batch": batch,
        "settings": settings,
        "environment": environment_of(runtime),
        "model_sha256": {"a": model_sha256(a.model), "b": model_sha256(b.model)},
        "measured_at": datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    }


def _metric(args: argparse.Namespace) -> Metric | None:
    """What ``--metric`` names, once the user has agreed to run it.

    Raises:
        UsageError: the user has not.
    """
    from engine.verification.metric_function import metric_of

    if args.metric is None:
        return None
    metric = metric_of(args.metric)
    if not args.allow_code:
        raise UsageError(
            f"it would run the code in {metric.path}, which may do anything that you may",
            where="--metric",
            way_out="Read the file, and give --allow-code where you trust it.",
        )
    return metric


def _why(a: ir.Model, b: ir.Model, runtime: Runtime, samples: Samples, progress: Progress) -> dict[str, Any]:
    """A profile of each, what differs between them layer by layer, and what a rule has to say of the second."""
    from engine.explain.diff import diff
    from engine.explain.explain import explain, side_of
    from engine.graph.layers import index_layers
    from engine.profiling.measure import profile

    before, after = profile(a, runtime, samples, progress), profile(b, runtime, samples, progress)
    explained = explain(b, runtime, after, progress, before=side_of(a, runtime, before))
    origins = {layer.id: layer.origins for layer in index_layers(b).layers}
    return {
        "reasons": explained.to_json()["reasons"],
        "diff": asdict(diff(before, after, origins=origins)),
        "profiles": {"a": before.to_json(), "b": after.to_json()},
    }


def describe(result: dict[str, Any]) -> str:
    sizes, accuracy = result["file_bytes"], result["accuracy"]
    stopped = [] if result["complete"] else ["NOT COMPLETE: this is what was found until it was stopped.", ""]
    lines = [
        *stopped,
        *_latency_text(result["latency_ms"]),
        *labelled("file", f"{sizes['a'] / 1e6:.2f} MB -> {sizes['b'] / 1e6:.2f} MB"),
    ]
    if accuracy is not None:
        lines += _accuracy_text(accuracy, result["samples"])
    elif "no_accuracy" in result:
        lines.append(f"top-1     none: {result['no_accuracy']}")
    if "metric" in result:
        metric = result["metric"]
        values = f"{metric['a']:.6g} -> {metric['b']:.6g} ({metric['difference']:+.3g})"
        lines += labelled("metric", f"{metric['name']}: {values}")
    for output in result["outputs"]:
        if output["max_abs_error"] == 0:
            lines.append(f"output    {output['name']}: identical")
            continue
        sqnr = "no" if output["sqnr_db"] is None else f"{output['sqnr_db']:.1f} dB"
        largest = "infinite" if output["max_abs_error"] is None else f"{output['max_abs_error']:.3g}"
        lines.append(f"output    {output['name']}: {sqnr} SQNR, cosine {output['cosine']:.5f}, largest error {largest}")
    kind = "synthetic input" if result["inputs"] == "synthetic" else "sample"
    unsplit = "" if result["inputs"] == "synthetic" or result["split"] == "named" else ", not split from calibration"
    lines.append(f"on        {count(result['samples'], kind)}{unsplit}")
    title = result["environment"]["device"]
    lines += labelled(
        "device",
        f"{result['device']} ({title}), {count(result['threads'], 'thread')}, batch {result['batch']}",
    )
    if "device_b" in result:
        lines += labelled("", f"B on {result['device_b']} ({result['environment_b']['device']})")
    lines += data_text(result)
    for number, note in enumerate(result["notes"]):
        lines += labelled("" if number else "note", note)
    failed = ["", *wrapped(result["error"])] if "error" in result else []
    return "\n".join([*lines, *layers_text(result), *_why_text(result), *failed])


def _latency_text(latency: dict[str, Any] | None) -> list[str]:
    if latency is None:
        return labelled("latency", "not measured")
    ratio = _ratio(latency["ratio"], latency["interval"])
    control = _ratio(latency["control_ratio"], latency["control_interval"])
    both = f"{digits(latency['a'])} ms -> {digits(latency['b'])} ms"
    return [
        *labelled("latency", f"{both}, ratio {ratio}, {_sessions(latency)}"),
        *labelled("control", f"{control}: A against itself in the same rounds"),
    ]


def _accuracy_text(accuracy: dict[str, Any], samples: int) -> list[str]:
    """Top-1 with what its difference is worth, and top-5."""
    low, high = (f"{100 * bound:+.1f}" for bound in accuracy["interval"])
    lost, gained = accuracy["lost"], accuracy["gained"]
    lines = labelled(
        "top-1",
        f"{accuracy['a']:.2%} -> {accuracy['b']:.2%}, the same class on {accuracy['agreement']:.2%}",
    )
    if lost or gained:
        worth = "may be chance" if accuracy["p_value"] > _CHANCE else "is hardly chance"
        lines += labelled(
            "",
            f"{100 * accuracy['difference']:+.1f} points (95 %: {low} to {high}) {worth}: {lost} of {samples} samples "
            f"got wrong and {gained} right, p = {accuracy['p_value']:.2g}",
        )
    if accuracy["top5"] is not None:
        lines.append(f"top-5     {accuracy['top5']['a']:.2%} -> {accuracy['top5']['b']:.2%}")
    return lines


def _why_text(result: dict[str, Any]) -> list[str]:
    if "diff" not in result:
        return []
    found = result["diff"]
    noisy = [f"The profile of {side.upper()} is noisy." for side, one in result["profiles"].items() if one["noisy"]]
    lines = [
        "",
        *wrapped(
            f"Profiled one after the other: {found['before_ms']:.3g} ms and {found['after_ms']:.3g} ms. Which layers "
            "changed is from these; how much faster the whole is says the ratio above."
        ),
        *noisy,
        "",
        *changes_text(found),
    ]
    reasons = reasons_text(result["reasons"], "why the candidate takes that long")
    return [*lines, "", *(reasons or ["No rule found a reason why the candidate would be slow."])]


def _ratio(ratio: float, interval: Sequence[float]) -> str:
    low, high = interval
    return f"{ratio:.3f} ({low:.3f} to {high:.3f})" if low < high else f"{ratio:.3f} without an interval"


def _sessions(latency: dict[str, Any]) -> str:
    return "this session only" if latency["this_session_only"] else f"{latency['sessions']} fresh sessions"
