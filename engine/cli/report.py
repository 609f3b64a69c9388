"""``lathe report``: models beside each other as one self-contained HTML page."""

from __future__ import annotations

import argparse
import datetime
import shlex
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import Runtime
from engine.cli.arguments import add_run_arguments, dataset_of, files_read, opening_of, run_settings
from engine.errors import EngineError
from engine.progress import Progress
from engine.targets import check_target, write_text

if TYPE_CHECKING:
    from engine.format import Source
    from engine.profiling.profile import Profile
    from engine.reports.page import Subject
    from engine.reports.scores import Score

NAME = "report"
HELP = "write models beside each other, the first as reference, as one self-contained HTML page"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "models", type=Path, nargs="+", metavar="MODEL", help="the first is what others are held against"
    )
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="REPORT.html", help="the page to write")
    parser.add_argument("--title", default="", help="heading of the page; by default the name of the first model")
    parser.add_argument("--no-fair", action="store_true", help="do not run each model in turns with the reference")
    add_run_arguments(parser)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.format import files_of
    from engine.formats import open_source
    from engine.profiling.child import Child
    from engine.reports.page import Report, render
    from engine.reports.subject import machine_facts

    settings = run_settings(args)
    backend = backend_of(settings.device)
    opening = opening_of(args)
    sources = [open_source(path, progress, opening) for path in args.models]
    kept = files_read(args, sources[0])
    for source in sources[1:]:
        kept |= files_of(source)
    check_target(args.output, kept)
    subjects: list[Subject] = []
    with Child() as host:
        runtime = Runtime(backend, settings, host)
        for source in sources:
            subjects.append(_subject(args, source, sources[0], subjects, runtime, progress))
    if all(subject.profile is None for subject in subjects):
        raise EngineError(
            "none of the models could be measured: " + "; ".join(note for s in subjects for note in s.notes)
        )
    measured: Profile = next(s.profile for s in subjects if s.profile is not None)
    now = datetime.datetime.now().astimezone()
    title = args.title or f"Lathe: {args.models[0].stem}"
    page = render(Report(
        title, f"Made by Lathe {_version()} on {now:%Y-%m-%d %H:%M %Z}", subjects[0].score.name, subjects,
        machine_facts(measured), [_command(args)],
    ))  # fmt: skip
    write_text(args.output, page)
    return {
        "output": str(args.output),
        "bytes": len(page.encode()),
        "models": [
            {
                "model": str(path),
                "file_bytes": s.score.file_bytes,
                "latency_ms": s.score.latency_ms,
                "ratio": s.score.latency_ratio,
                "accuracy": s.score.accuracy,
                "sqnr_db": None if s.score.sqnr_db is None or abs(s.score.sqnr_db) == float("inf") else s.score.sqnr_db,
                "notes": list(s.notes),
            }
            for path, s in zip(args.models, subjects, strict=True)
        ],
    }


def _subject(
    args: argparse.Namespace, source: Source, first: Source, before: list[Subject], runtime: Runtime, progress: Progress
) -> Subject:
    """One model; what fails is a note on the page, so that one bad model does not cost the others."""
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind
    from engine.profiling.measure import profile_with_timeline
    from engine.reports.graph_svg import graph_svg
    from engine.reports.page import Subject
    from engine.reports.scores import Score
    from engine.reports.subject import layer_rows, profile_facts, reason_lines

    settings, notes = runtime.settings, []
    bound = bind(source.model, settings.shapes, settings.batch, strict=False)
    index = index_layers(bound)
    score = Score(
        _name(args, source.path), "", source.file_bytes, index.parameters, index.macs
    )  # fmt: skip
    profile, explanation = None, None
    dataset = dataset_of(args, source.model, settings, progress)
    try:
        profile, _ = profile_with_timeline(source.model, runtime, dataset.evaluation, progress)
        from engine.explain.explain import explain

        explanation = explain(source.model, runtime, profile, progress)
    except EngineError as error:
        notes.append(f"Not measured: {error}")
    if profile is not None:
        notes += [note for note in profile.notes if profile.noisy]
        score = replace(score, latency_ms=profile.latency_ms.median, noisy=profile.noisy)
    base = before[0].score if before else None
    if profile is not None:
        reference = base.latency_ms if base is not None else profile.latency_ms.median
        score = replace(score, latency_ratio=score.latency_ms / reference if score.latency_ms and reference else None)
    if before and profile is not None:
        score = _against(args, score, source, first, dataset.evaluation, runtime, notes, progress)
        if score.accuracy is not None and score.drop_points is not None and base is not None:
            told = score.accuracy + score.drop_points / 100
            before[0] = replace(
                before[0], score=replace(base, accuracy=round(told, 8), drop_points=0.0, samples=score.samples)
            )
    facts = [("File", str(source.path)), ("Size", f"{source.file_bytes:,} bytes"), ("Layers", str(len(index.layers)))]
    shares = {timing.id: timing.share for timing in profile.layers} if profile is not None else {}
    held = before[0].profile if before else None
    return Subject(
        score,
        [*facts, *(profile_facts(profile) if profile is not None else [])],
        layer_rows(index, profile),
        profile,
        _shared(held, profile),
        graph_svg(bound, index, shares, progress),
        reason_lines(explanation),
        notes,
    )


def _against(
    args: argparse.Namespace, score: Score, source: Source, first: Source, samples: Any, runtime: Runtime,
    notes: list[str], progress: Progress,
) -> Score:  # fmt: skip
    """Outputs, accuracy and the fair ratio against the first model."""
    from engine.profiling.measure import compare_latency
    from engine.verification.compare import compare

    try:
        compared = compare(first.model, source.model, runtime, samples, progress)
        accuracy = compared.accuracy
        score = replace(
            score,
            sqnr_db=min((output.sqnr_db for output in compared.outputs), default=None),
            accuracy=accuracy.b if accuracy is not None else None,
            drop_points=round((accuracy.a - accuracy.b) * 100, 6) if accuracy is not None else None,
            agreement=accuracy.agreement if accuracy is not None else None,
            samples=compared.samples,
        )
        if not args.no_fair:
            fair = compare_latency(first.model, source.model, runtime, samples, progress)
            score = replace(score, latency_ratio=fair.ratio, interval=fair.interval, fair=True,
                            conclusive=fair.conclusive)  # fmt: skip
    except EngineError as error:
        notes.append(f"Not compared with {first.path.name}: {error}")
    return score


def _name(args: argparse.Namespace, path: Path) -> str:
    """The file's name, with its folder where two have the same."""
    alike = sum(model.name == path.name for model in args.models)
    return path.name if alike == 1 else f"{path.parent.name}/{path.name}"


def _shared(held: Profile | None, profile: Profile | None) -> dict[str, float]:
    """Times of the first model by layer, where both name their layers alike."""
    from engine.reports.subject import layer_times

    if held is None or profile is None:
        return {}
    times = layer_times(held)
    timed = layer_times(profile)
    return times if 2 * sum(layer in times for layer in timed) >= len(timed) else {}


def _command(args: argparse.Namespace) -> str:
    """The line that does the same again."""
    words = ["lathe", "report", *map(str, args.models), "-o", str(args.output)]
    for flag in ("data", "device", "threads", "batch", "samples", "runs", "warmup", "seed"):
        value = getattr(args, flag, None)
        if value is not None:
            words += [f"--{flag}", str(value)]
    return shlex.join(words)


def _version() -> str:
    from engine.version import version

    return version()


def describe(result: dict[str, Any]) -> str:
    lines = []
    for model in result["models"]:
        latency = "not measured" if model["latency_ms"] is None else f"{model['latency_ms']:.3f} ms"
        ratio = "" if model["ratio"] in (None, 1.0) else f", takes {model['ratio']:.3f} of the first's time"
        lines.append(f"{Path(model['model']).name}: {model['file_bytes']:,} bytes, {latency}{ratio}")
        lines += [f"  {note}" for note in model["notes"]]
    return "\n".join([*lines, f"Written to {result['output']} ({result['bytes']:,} bytes)."])
