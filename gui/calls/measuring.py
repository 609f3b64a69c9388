"""Engine calls that measure and explain. Worker thread only."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings
from engine.errors import Cancelled, EngineError
from engine.progress import Progress
from engine.recipe import Recipe
from gui.figures import Measurement, Rebuilt
from gui.language import tr
from gui.opened import runs_program
from gui.timings import by_source, homes_of

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.explain.roofline import Ceilings
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline
    from engine.profiling.scenarios import Scenario, ScenarioResult
    from engine.profiling.sweep import Sweep, SweepGrid
    from gui.opened import Opened
    from gui.workshop import Workshop


@dataclass(frozen=True)
class Measured:
    """A measurement and the recipe that it was taken of, None for the file as opened."""

    recipe: Recipe | None
    measurement: Measurement


def measure(
    workshop: Workshop,
    opened: Opened,
    recipe: Recipe | None,
    settings: RunSettings,
    data: Path | None,
    data_of_run: Path | None,
    unchanged: Measurement | None,
    *,
    progress: Progress,
) -> tuple[Measurement, Rebuilt | None]:
    """Profile what a recipe gives; without one the file as it was opened.

    ``data`` calibrates, ``data_of_run`` is run, None for synthetic samples; ``unchanged`` is the measurement of
    the file as opened, which is that of the cleaned model too where cleaning changed nothing: measuring the same
    model twice would show noise as a gain. An error that ends it carries what was measured as its ``partial``.
    """
    from engine.graph.layers import index_layers
    from engine.profiling.measure import profile_with_timeline

    model, layers, rebuilt = opened.source.model, opened.index.layers, None
    if recipe is not None:
        applied, rebuilt = workshop.rebuild(opened, recipe, settings, data, progress=progress)
        model, layers = applied.model, index_layers(applied.model).layers
        program = runs_program(opened, recipe, settings)
        if program:
            model, layers = opened.source.model, opened.index.layers
        if unchanged is not None and not recipe.rules and (program or not rebuilt.changes):
            return unchanged, rebuilt
    samples = workshop.datasets.get(opened, data_of_run).evaluation
    ids = [layer.id for layer in opened.index.layers]

    def told(found: Profile, timeline: Timeline) -> tuple[Measurement, Rebuilt | None]:
        homes = homes_of(found, layers, ids)
        return Measurement(found, by_source(found, layers, ids), homes=homes, timeline=timeline), rebuilt

    try:
        return told(*profile_with_timeline(model, workshop.runtime(settings), samples, progress))
    except (EngineError, Cancelled) as error:
        if isinstance(partial := error.partial, tuple):
            error.partial = told(*partial)
        raise


def explain(
    workshop: Workshop,
    opened: Opened,
    settings: RunSettings,
    data: Path | None,
    measured: Measured,
    before: Measured | None,
    *,
    progress: Progress,
) -> Explanation:
    """Why a measured model takes its time, told in the layers of the file.

    The roofline is there where the ceilings of the device are known from an earlier calibration.
    """
    from engine.explain.ceilings import known_ceilings
    from engine.explain.explain import explain, side_of

    runtime = workshop.runtime(settings)
    progress.step(tr("Looking for what makes it slow"))
    side = None
    if before is not None:
        model = workshop.model_of(opened, before.recipe, settings, data, progress)
        side = side_of(model, runtime, before.measurement.profile)
    found = explain(
        workshop.model_of(opened, measured.recipe, settings, data, progress),
        runtime,
        measured.measurement.profile,
        progress,
        before=side,
        ceilings=known_ceilings(runtime),
    )
    return told(found, measured.measurement.homes)


def measure_ceilings(workshop: Workshop, settings: RunSettings, *, progress: Progress) -> Ceilings:
    """The matrix rates and the bandwidth that the device reaches; kept for the next time."""
    from engine.caches import cache_folder
    from engine.explain.ceilings import ceilings

    return ceilings(workshop.runtime(settings), progress, cache=cache_folder())


def sweep(
    workshop: Workshop,
    opened: Opened,
    recipe: Recipe,
    settings: RunSettings,
    data: Path | None,
    data_of_run: Path | None,
    grid: SweepGrid,
    *,
    progress: Progress,
) -> Sweep:
    """Load on the model that a recipe gives."""
    from engine.profiling.sweep import sweep

    model = workshop.model_of(opened, recipe, settings, data, progress)
    samples = workshop.datasets.get(opened, data_of_run).evaluation
    return sweep(model, workshop.runtime(settings), samples, grid, progress)


def scenario(
    workshop: Workshop,
    opened: Opened,
    recipe: Recipe,
    settings: RunSettings,
    data: Path | None,
    data_of_run: Path | None,
    asked: Scenario,
    *,
    progress: Progress,
) -> ScenarioResult:
    """A serving scenario on the model that a recipe gives."""
    from engine.profiling.scenarios import scenario

    model = workshop.model_of(opened, recipe, settings, data, progress)
    samples = workshop.datasets.get(opened, data_of_run).evaluation
    batch = 1 if asked.name in ("single_stream", "server") else settings.batch
    return scenario(model, workshop.runtime(replace(settings, batch=batch)), samples, asked, progress)


def told(explanation: Explanation, homes: Mapping[str, str]) -> Explanation:
    """An explanation of a treated model in the layers of the file that they came from."""

    def home(layer_id: str) -> str:
        return homes.get(layer_id, layer_id)

    def each(ids: Sequence[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(home(i) for i in ids))

    memory, roofline = explanation.memory, explanation.roofline
    return replace(
        explanation,
        reasons=tuple(replace(r, layers=each(r.layers)) for r in explanation.reasons),
        memory=replace(
            memory,
            peak_layers=each(memory.peak_layers),
            unknown=each(memory.unknown),
            steps=tuple(replace(s, layer=home(s.layer)) for s in memory.steps),
        ),
        roofline=None
        if roofline is None
        else replace(roofline, layers=tuple(replace(layer, layer=home(layer.layer)) for layer in roofline.layers)),
    )
