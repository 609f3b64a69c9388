"""Engine calls that say what a treatment costs, and the one that writes the treated model. Worker thread only."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings
from engine.progress import Progress
from engine.recipe import Recipe
from gui.figures import Pair, Rebuilt
from gui.language import tr
from gui.timings import home

if TYPE_CHECKING:
    from engine.export import Exported
    from engine.profiling.measure import LatencyComparison
    from engine.verification.compare import Comparison
    from engine.verification.layer_errors import LayerError
    from engine.verification.search import Chosen
    from engine.verification.sensitivity import Sensitivity
    from gui.layer_look import LayerLook
    from gui.metric import AllowedMetric
    from gui.opened import Opened
    from gui.sensitivity import ScanRequest
    from gui.workshop import Workshop

ERROR_SAMPLES = 32
"""On which errors behind layers are measured."""


def sensitivity(
    workshop: Workshop,
    opened: Opened,
    request: ScanRequest,
    settings: RunSettings,
    data: Path | None,
    *,
    progress: Progress,
) -> Sensitivity:
    """What treating each layer costs, on samples of the calibration part; resumed from what is on disk."""
    from engine.caches import cache_folder
    from engine.data.samples import Head
    from engine.verification.sensitivity import sensitivity
    from engine.verification.sensitivity_store import SensitivityStore

    runtime = workshop.runtime(settings)
    return sensitivity(
        opened.source.model,
        request.recipe,
        Head(workshop.datasets.get(opened, data).calibration, request.samples),
        runtime,
        runtime.backend.facts(settings.device),
        progress,
        ranges=workshop.ranges,
        store=SensitivityStore(cache_folder() / "sensitivity"),
        resume=request.resume,
        mode=request.mode,
        seconds=request.seconds or None,
    )


def look(
    workshop: Workshop, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, layer_id: str, *,
    progress: Progress,
) -> LayerLook:  # fmt: skip
    """One layer as the treated model has it where that is built, else as the file has it. For glances."""
    from engine.graph.layers import index_layers
    from gui.layer_look import TreatedModel
    from gui.layer_look import look as look_at
    from gui.workshop import built_key

    progress.step(tr("Reading weights"))
    known = workshop.applied(built_key(recipe, settings, data)) if recipe.rules else None
    built = None
    if known is not None:
        applied, seen = known
        built = TreatedModel(index_layers(applied.cleaned), index_layers(applied.model), seen)
    return look_at(layer_id, opened.index, built, progress=progress)


def choose(
    workshop: Workshop, opened: Opened, recipe: Recipe, points: float, settings: RunSettings, data: Path | None, *,
    progress: Progress,
) -> Chosen:  # fmt: skip
    """What of a recipe's quantization must stay in float to lose no more; on the calibration part alone.

    The search looks at the layers that were measured to gain, and names them: what it gives is what is applied.
    """
    from engine.caches import cache_folder
    from engine.verification.search import within_drop
    from engine.verification.sensitivity_store import SensitivityStore
    from gui.calls.gains import named

    recipe = named(workshop, opened, recipe, settings, data, progress)
    runtime = workshop.runtime(settings)
    return within_drop(
        opened.source.model,
        recipe,
        points,
        workshop.datasets.get(opened, data).calibration,
        runtime.backend.facts(settings.device),
        runtime,
        progress,
        ranges=workshop.ranges,
        store=SensitivityStore(cache_folder() / "sensitivity"),
    )


def compare_latency(
    workshop: Workshop, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
) -> LatencyComparison:
    """The cleaned float model against the treated one, in alternating blocks."""
    from engine.profiling.measure import compare_latency

    applied, _ = workshop.rebuild(opened, recipe, settings, data, progress=progress)
    samples = workshop.datasets.get(opened, data).evaluation
    return compare_latency(applied.cleaned, applied.model, workshop.runtime(settings), samples, progress)


def compare_pair(
    workshop: Workshop, opened: Opened, a: Recipe, b: Recipe, settings: RunSettings, data: Path | None, *,
    progress: Progress,
) -> Pair:  # fmt: skip
    """Two treated models against each other: latency in alternating blocks, then the outputs."""
    from engine.profiling.measure import compare_latency
    from engine.verification.compare import compare

    models = [workshop.rebuild(opened, recipe, settings, data, progress=progress)[0].model for recipe in (a, b)]
    samples, runtime = workshop.datasets.get(opened, data).evaluation, workshop.runtime(settings)
    latency = compare_latency(models[0], models[1], runtime, samples, progress)
    return Pair(latency, compare(models[0], models[1], runtime, samples, progress))


def verify(
    workshop: Workshop, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None,
    allowed: AllowedMetric | None = None, *, progress: Progress,
) -> tuple[Comparison, Rebuilt]:  # fmt: skip
    """The file as opened against the treated model, on the evaluation part of the data.

    Raises:
        UsageError: the file of the metric has changed since the user allowed it to run.
    """
    from engine.verification.compare import compare
    from engine.verification.metric_function import Metric

    if allowed is not None:
        allowed.unchanged()
    metric = Metric(allowed.path, allowed.name) if allowed is not None else None

    applied, rebuilt = workshop.rebuild(opened, recipe, settings, data, progress=progress)
    samples = workshop.datasets.get(opened, data).evaluation
    compared = compare(opened.source.model, applied.model, workshop.runtime(settings), samples, progress, metric=metric)
    return compared, rebuilt


def layer_errors(
    workshop: Workshop, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
) -> tuple[dict[str, LayerError], Rebuilt]:
    """The error behind each layer of the file, on a part of the calibration data: layers are chosen by it."""
    from engine.data.samples import Head
    from engine.graph.layers import index_layers
    from engine.verification.layer_errors import layer_errors

    applied, rebuilt = workshop.rebuild(opened, recipe, settings, data, progress=progress)
    samples = Head(workshop.datasets.get(opened, data).calibration, ERROR_SAMPLES)
    found = layer_errors(applied.cleaned, applied.model, samples, workshop.runtime(settings), progress)
    layers = {layer.id: layer for layer in index_layers(applied.cleaned).layers}
    sources = {layer.id for layer in opened.index.layers}
    homes = {error.id: home(layers.get(error.id), error.id, sources) for error in found}
    return {place: error for error in found if (place := homes[error.id]) is not None}, rebuilt


def export(
    workshop: Workshop,
    opened: Opened,
    recipe: Recipe,
    settings: RunSettings,
    data: Path | None,
    path: Path,
    *,
    progress: Progress,
) -> tuple[Exported, Rebuilt]:
    from engine.export import export

    applied, rebuilt = workshop.rebuild(opened, recipe, settings, data, progress=progress)
    exported = export(
        applied,
        path,
        source=opened.source,
        recipe=recipe,
        runtime=workshop.runtime(settings),
        samples=workshop.datasets.get(opened, data).evaluation,
        progress=progress,
    )
    return exported, rebuilt
