"""``lathe demo``: the main job from end to end on the sample model, without a window.

What ``inspect``, ``profile``, ``optimize`` and ``compare`` do one by one, in the same order and by the same functions:
profile, clean, quantize, prune, verify, measure again, export. The figures are of this machine, now.
"""

from __future__ import annotations

import argparse
import json
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.backend import RunSettings, Runtime
from engine.errors import UsageError
from engine.progress import Progress
from engine.recipe import Recipe, Rule

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.data.samples import Dataset
    from engine.format import Source
    from engine.graph.layers import LayerIndex
    from engine.profiling.profile import Profile

NAME = "demo"
HELP = "the whole job on the sample model: clean, profile, quantize, prune, verify, export"

STEPS = (
    ("clean", None),
    ("quantize", Rule("quantization", "int8_static")),
    ("prune", Rule("pruning", "magnitude_weights", "stage3/*/conv", {"ratio": 0.5})),
)
"""What each step adds to the recipe."""
SLOWEST = 5


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o", "--output", type=Path, default=Path("results"), metavar="FOLDER", help="where the results go"
    )
    parser.add_argument("--threads", type=int, default=0, metavar="N", help="threads (default: physical cores)")


@dataclass(frozen=True)
class _Job:
    """What every step works with."""

    source: Source
    dataset: Dataset
    runtime: Runtime
    progress: Progress

    def profile(self, model: ir.Model) -> Profile:
        from engine.profiling.measure import profile

        return profile(model, self.runtime, self.dataset.evaluation, self.progress)


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backend_of
    from engine.data.dataset import open_dataset
    from engine.formats import open_source
    from engine.graph.shapes import inputs
    from engine.profiling.child import Child
    from resources import samples

    sample, settings = samples()[0], RunSettings(threads=args.threads)
    folder = _folder(args.output)
    source = open_source(sample.model, progress)
    dataset = open_dataset(sample.data, inputs(source.model), samples=None, seed=settings.seed)
    with Child() as host:
        runtime = Runtime(backend_of(settings.device), settings, host)
        result = _work(_Job(source, dataset, runtime, progress), folder)
    (folder / "summary.json").write_text(json.dumps(result, indent=2, allow_nan=False) + "\n", encoding="utf-8")
    return result


def _folder(path: Path) -> Path:
    try:
        path.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"cannot be made: {error.strerror}", where=str(path), way_out="Choose one with -o.") from None
    return path


def _work(job: _Job, folder: Path) -> dict[str, Any]:
    """All steps; the files go into the folder."""
    from engine.apply import apply
    from engine.export import export
    from engine.graph.layers import index_layers
    from engine.profiling.measure import compare_latency
    from engine.quantization.calibrate import RangeCache
    from engine.verification.compare import compare

    source, runtime, progress = job.source, job.runtime, job.progress
    calibration, evaluation = job.dataset.calibration, job.dataset.evaluation
    facts, ranges, recipe = runtime.backend.facts(runtime.settings.device), RangeCache(), Recipe()
    before = job.profile(source.model)
    steps = []
    for name, rule in STEPS:
        recipe = recipe.with_rule(rule) if rule else recipe
        applied = apply(source.model, recipe, calibration, facts, runtime, progress, ranges=ranges)
        found = compare(source.model, applied.model, runtime, evaluation, progress)
        steps.append({"step": name, **found.to_json(), "exact": found.exact})
    after = job.profile(applied.model)
    latency = compare_latency(applied.cleaned, applied.model, runtime, evaluation, progress)
    output, saved = folder / f"{source.path.stem}_optimized.onnx", folder / "recipe.json"
    exported = export(
        applied,
        output,
        source=source,
        recipe=recipe,
        runtime=runtime,
        samples=evaluation,
        progress=progress,
    )
    recipe.save(saved)
    for name, measured in (("profile_before", before), ("profile_after", after)):
        (folder / f"{name}.json").write_text(json.dumps(measured.to_json(), indent=1) + "\n", encoding="utf-8")
    index = index_layers(source.model)
    return {
        "model": str(source.path),
        "layers": len(index.layers),
        "parameters": index.parameters,
        "device": before.device,
        "threads": before.threads,
        "target": facts.why,
        "slowest": _slowest(before, index),
        "cleaned": list(applied.changes),
        "treated": [asdict(treated) for treated in applied.treated],
        "skipped": [{"id": layer_id, "reason": reason} for layer_id, reason in applied.skipped.items()],
        "steps": steps,
        "profile_ms": {"a": before.latency_ms.median, "b": after.latency_ms.median},
        "latency_ms": {"a": latency.a_ms, "b": latency.b_ms, "ratio": latency.ratio, "interval": latency.interval},
        "noisy": before.noisy or after.noisy,
        "file_bytes": {"a": source.file_bytes, "b": exported.file_bytes},
        "checks": exported.checks,
        "output": str(output),
        "recipe": str(saved),
        "folder": str(folder.resolve()),
    }


def _slowest(profile: Profile, index: LayerIndex) -> list[dict[str, Any]]:
    timed = sorted(profile.layers, key=lambda timing: timing.median_us, reverse=True)[:SLOWEST]
    return [
        {"id": t.id, "op": index.by_id[t.id].op, "median_us": t.median_us, "share": t.share}
        for t in timed
        if t.id in index.by_id
    ]


def describe(result: dict[str, Any]) -> str:
    ms, size, checks = result["latency_ms"], result["file_bytes"], result["checks"]
    quantized = sum(t["quantization"] is not None for t in result["treated"])
    pruned = [t for t in result["treated"] if t["pruning"] is not None]
    cleaned, with_int8, final = result["steps"]
    changes = "; ".join(result["cleaned"]) or "nothing to change in this file"
    low, high = ms["interval"]
    return "\n".join(
        [
            f"{result['model']}",
            f"  {result['layers']} layers, {result['parameters']:,} parameters, {size['a'] / 1e6:.2f} MB",
            f"  on {result['device']} with {result['threads']} threads; {result['target']}",
            "",
            f"Profiled: {result['profile_ms']['a']:.2f} ms. Most of it goes to:",
            *(
                f"  {layer['id']:<28} {layer['op']:<8} {layer['median_us']:7.0f} us {layer['share']:7.1%}"
                for layer in result["slowest"]
            ),
            "",
            f"Scored on {final['samples']} held-out digits, against the file as opened:",
            _row("as opened", cleaned, "a"),
            _row("cleaned", cleaned, "b") + f"  ({changes})",
            _row("and quantized", with_int8, "b") + f"  ({quantized} layers to int8)",
            _row("and pruned", final, "b") + f"  (half of the weights of {len(pruned)} layers to zero)",
            "",
            f"Latency: {ms['a']:.2f} -> {ms['b']:.2f} ms, {ms['ratio']:.3f} times the cleaned model's "
            f"({low:.3f} to {high:.3f}, measured in turn).",
            *(["  The machine was busy: the figures are noisy."] if result["noisy"] else []),
            f"File: {size['a'] / 1e6:.2f} -> {size['b'] / 1e6:.2f} MB.",
            "  Zeros save neither time nor space by themselves: this runtime's kernels are dense.",
            f"Checked: ONNX's checker {_yes(checks['checker'])}, loads {_yes(checks['loads'])}, "
            f"the cleaned model agrees with the file {_parity(checks['parity'])}.",
            "",
            f"Results in {result['folder']}:",
            f"  {Path(result['output']).name:<28} the optimized model",
            f"  {Path(result['recipe']).name:<28} what was done; replay it with `lathe optimize MODEL -o OUT --recipe`",
            "  profile_before.json, profile_after.json, summary.json",
        ]
    )


def _row(title: str, step: dict[str, Any], side: str) -> str:
    accuracy = step["accuracy"][side]
    if side == "a":
        return f"  {title:<14} top-1 {accuracy:7.2%}"
    agreement, sqnr_db = step["accuracy"]["agreement"], step["outputs"][0]["sqnr_db"]
    error = "the same outputs" if step["exact"] else f"{sqnr_db:.1f} dB"
    return f"  {title:<14} top-1 {accuracy:7.2%}, same answer {agreement:7.2%}, {error}"


def _parity(parity: dict[str, Any]) -> str:
    return "exactly" if parity["exact"] else f"within {parity['max_abs_error']:.1g} in every output"


def _yes(passed: bool) -> str:
    return "passed" if passed else "failed"
