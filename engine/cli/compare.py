"""``lathe compare``: two models on the same samples and in turn on the same device."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from engine.backend import Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, run_settings
from engine.progress import Progress

NAME = "compare"
HELP = "compare a candidate with a reference: output errors, accuracy, latency in alternating blocks"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("a", type=Path, metavar="A", help="the reference")
    parser.add_argument("b", type=Path, metavar="B", help="the candidate")
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.profiling.measure import compare_latency
    from engine.verification.compare import compare

    settings = run_settings(args)
    backend = backend_of(settings.device)
    a, b = open_source(args.a, progress), open_source(args.b, progress)
    dataset = dataset_of(args, a.model, settings)
    with Child() as host:
        runtime = Runtime(backend, settings, host)
        compared = compare(a.model, b.model, runtime, dataset.evaluation, progress)
        latency = compare_latency(a.model, b.model, runtime, dataset.evaluation, progress)
    result = compared.to_json()
    labels = dataset.evaluation.labels
    if labels is not None and len(labels) and result["accuracy"] is None:
        result["no_accuracy"] = f"the labels go up to {labels.max()}, and no output has a value for each such class"
    return {
        **result,
        "split": dataset.split,
        "inputs": dataset.evaluation.kind,
        "latency_ms": {
            "a": latency.a_ms,
            "b": latency.b_ms,
            "ratio": latency.ratio,
            "interval": list(latency.interval),
            "sessions": latency.sessions,
            "this_session_only": latency.this_session_only,
            "control_ratio": latency.control_ratio,
        },
        "file_bytes": {"a": a.file_bytes, "b": b.file_bytes},
    }


def describe(result: dict[str, Any]) -> str:
    latency, sizes, accuracy = result["latency_ms"], result["file_bytes"], result["accuracy"]
    low, high = latency["interval"]
    held = "this session only" if latency["this_session_only"] else f"{latency['sessions']} sessions"
    lines = [
        f"latency   {latency['a']:.3g} ms -> {latency['b']:.3g} ms, ratio {latency['ratio']:.3f} "
        f"({low:.3f} to {high:.3f}, {held})",
        f"file      {sizes['a'] / 1e6:.2f} MB -> {sizes['b'] / 1e6:.2f} MB",
    ]
    if accuracy is not None:
        lines.append(
            f"top-1     {accuracy['a']:.2%} -> {accuracy['b']:.2%}, the same class on {accuracy['agreement']:.2%}"
        )
    elif "no_accuracy" in result:
        lines.append(f"top-1     none: {result['no_accuracy']}")
    for output in result["outputs"]:
        if output["max_abs_error"] == 0:
            lines.append(f"output    {output['name']}: identical")
            continue
        sqnr = "no" if output["sqnr_db"] is None else f"{output['sqnr_db']:.1f} dB"
        largest = "infinite" if output["max_abs_error"] is None else f"{output['max_abs_error']:.3g}"
        lines.append(f"output    {output['name']}: {sqnr} SQNR, cosine {output['cosine']:.5f}, largest error {largest}")
    kind = "synthetic inputs" if result["inputs"] == "synthetic" else "samples"
    unsplit = "" if result["inputs"] == "synthetic" or result["split"] == "named" else ", not split from calibration"
    lines.append(f"on        {result['samples']} {kind}{unsplit}")
    return "\n".join(lines)
