"""The engine calls that the window's jobs run. Worker thread only, apart from ``close``.

A workshop owns the child process with the runtime, the cached calibration ranges and the last treated models, so that
profiling, verifying and exporting one recipe build it once.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.backend import Device, RunSettings, Runtime
from engine.errors import Cancelled, EngineError
from engine.profiling.child import Child
from engine.progress import Progress
from engine.recipe import Recipe
from gui.data_choice import DataChoice, DataFound
from gui.document import Measurement, Rebuilt
from gui.opened import NeedsShapes, Opened, abilities, facts_of, flowing, model_bytes, unknown_dimensions
from gui.timings import by_source, home, homes_of

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.apply import Applied
    from engine.data.preview import Preview
    from engine.data.samples import Dataset
    from engine.explain.explain import Explanation
    from engine.explain.roofline import Ceilings
    from engine.export import Exported
    from engine.format import Source
    from engine.profiling.measure import LatencyComparison
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline
    from engine.profiling.scenarios import Scenario, ScenarioResult
    from engine.profiling.sweep import Sweep, SweepGrid
    from engine.quantization.calibrate import RangeCache
    from engine.scheme import ValueStatistics
    from engine.verification.compare import Comparison
    from engine.verification.layer_errors import LayerError
    from engine.verification.search import Chosen
    from engine.verification.sensitivity import Sensitivity
    from gui.layer_look import LayerLook
    from gui.sensitivity import ScanRequest

KEPT_MODELS = 3
ERROR_SAMPLES = 32
"""On which errors behind layers are measured."""


@dataclass(frozen=True)
class Measured:
    """A measurement and the recipe that it was taken of, None for the file as opened."""

    recipe: Recipe | None
    measurement: Measurement


@dataclass(frozen=True)
class DeviceChoice:
    """A device as the window lists it; ``options`` are the defaults of its backend's own, None without any."""

    device: Device
    backend: str = ""
    options: object | None = None


class Workshop:
    """One for a window."""

    def __init__(self) -> None:
        self.child = Child()
        self._range_cache: RangeCache | None = None
        self._statistics: dict[str, Mapping[str, ValueStatistics]] = {}
        self._applied: OrderedDict[str, Applied] = OrderedDict()
        self._datasets: dict[str, Dataset] = {}
        self._choices: dict[Path, DataChoice] = {}
        self._looked_at: tuple[Path, DataChoice, Dataset] | None = None

    def close(self) -> None:
        self.child.close()

    # -- opening -------------------------------------------------------------------------------------------------

    def open(self, path: Path, settings: RunSettings, ask: bool, *, progress: Progress) -> Opened | NeedsShapes:
        """Read a file; ``ask`` is False where the shapes that are there are all that the user wants to give."""
        from engine.formats import open_source

        progress.step(f"Opening {path.name}")
        source = open_source(path, progress)
        return self.bind(source, settings, ask, progress=progress)

    def bind(self, source: Source, settings: RunSettings, ask: bool, *, progress: Progress) -> Opened | NeedsShapes:
        from engine.graph.layers import index_layers
        from engine.graph.runnable import runs
        from engine.graph.shapes import bind, inputs

        found = inputs(source.model)
        if ask and any(unknown_dimensions(i) and i.name not in settings.shapes for i in found):
            return NeedsShapes(source, found)
        progress.step("Inferring shapes")
        model = bind(source.model, settings.shapes, settings.batch, strict=False)
        progress.step("Reading layers")
        index = index_layers(model)
        facts = facts_of(settings.device)
        self._applied.clear()
        self._datasets.clear()
        can_run, reason = runs(source.model)
        return Opened(
            source,
            model,
            index,
            settings,
            inputs(model),
            abilities(index, facts),
            facts,
            flowing(index),
            reason if can_run is False else "",
        )

    # -- devices and data ----------------------------------------------------------------------------------------

    def devices(self, *, progress: Progress) -> tuple[DeviceChoice, ...]:
        """Every device, also those that cannot be used here, with the options of its backend."""
        from engine.backends import backends, devices
        from engine.options import specs

        progress.step("Looking for devices")
        driver = {device.id: backend for backend in backends().values() for device in backend.devices()}
        found = []
        for device in devices():
            backend = driver.get(device.id)
            options = backend.options() if backend is not None and specs(backend.options) else None
            found.append(DeviceChoice(device, backend.title if backend is not None else "", options))
        return tuple(found)

    def warm_up(self, *, progress: Progress) -> None:
        """Pay for the imports and the start of the child while the user looks for a file."""
        import onnx_ir

        from gui.plots.lazy import pyqtgraph

        progress.step(f"onnx_ir {onnx_ir.__version__}")
        self.child.start()
        progress.check()
        pyqtgraph()

    def open_data(self, opened: Opened, path: Path, choice: DataChoice, *, progress: Progress) -> DataFound:
        """Take these samples from now on where this path is named."""
        dataset = self._taken(opened, path, choice, progress)
        if self._choices.get(path, DataChoice()) != choice:
            self._applied.clear()
        self._choices[path] = choice
        self._datasets[str(path)] = dataset
        return found_in(dataset)

    def check_data(self, opened: Opened, path: Path, choice: DataChoice, *, progress: Progress) -> DataFound:
        """What ``open_data`` would find; nothing changes."""
        dataset = self._taken(opened, path, choice, progress)
        self._looked_at = (path, choice, dataset)
        return found_in(dataset)

    def preview(
        self, opened: Opened, path: Path, choice: DataChoice, part: str, number: int, *, progress: Progress
    ) -> Preview:
        """One sample as the model gets it. For glances, after ``check_data``."""
        from engine.data.preview import preview

        progress.step("Reading a sample")
        looked_at = self._looked_at
        there = looked_at is not None and looked_at[:2] == (path, choice)
        dataset = looked_at[2] if there and looked_at is not None else self._taken(opened, path, choice, progress)
        return preview(dataset.calibration if part == "calibration" else dataset.evaluation, number)

    def _taken(self, opened: Opened, path: Path, choice: DataChoice, progress: Progress) -> Dataset:
        from engine.data.dataset import open_dataset
        from engine.data.options import DataOptions
        from engine.graph.shapes import inputs
        from engine.options import with_values

        progress.step(f"Reading {path.name}")
        settings = opened.settings
        return open_dataset(
            path,
            inputs(opened.source.model),
            samples=choice.samples or None,
            seed=settings.seed,
            values=settings.inputs,
            shapes=settings.shapes,
            options=with_values(DataOptions(), choice.options, "the data"),
            progress=progress,
        )

    def _dataset(self, opened: Opened, path: Path | None) -> Dataset:
        from engine.data.samples import Dataset
        from engine.data.synthetic import synthetic

        key = str(path)
        if key not in self._datasets:
            if path is None:
                samples = synthetic(opened.source.model, opened.settings, max(1, opened.settings.batch))
                self._datasets[key] = Dataset(samples, samples, "none")
            else:
                choice = self._choices.get(path, DataChoice())
                self._datasets[key] = self._taken(opened, path, choice, Progress())
        return self._datasets[key]

    # -- measuring -----------------------------------------------------------------------------------------------

    def measure(
        self,
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
            applied, rebuilt = self.rebuild(opened, recipe, settings, data, progress=progress)
            model, layers = applied.model, index_layers(applied.model).layers
            if unchanged is not None and not recipe.rules and not rebuilt.changes:
                return unchanged, rebuilt
        samples = self._dataset(opened, data_of_run).evaluation
        ids = [layer.id for layer in opened.index.layers]

        def told(found: Profile, timeline: Timeline) -> tuple[Measurement, Rebuilt | None]:
            homes = homes_of(found, layers, ids)
            return Measurement(found, by_source(found, layers, ids), homes=homes, timeline=timeline), rebuilt

        try:
            return told(*profile_with_timeline(model, self._runtime(settings), samples, progress))
        except (EngineError, Cancelled) as error:
            if isinstance(partial := error.partial, tuple):
                error.partial = told(*partial)
            raise

    def explain(
        self,
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

        runtime = self._runtime(settings)
        progress.step("Looking for what makes it slow")
        side = None
        if before is not None:
            model = self._model_of(opened, before.recipe, settings, data, progress)
            side = side_of(model, runtime, before.measurement.profile)
        found = explain(
            self._model_of(opened, measured.recipe, settings, data, progress),
            runtime,
            measured.measurement.profile,
            progress,
            before=side,
            ceilings=known_ceilings(runtime),
        )
        return told(found, measured.measurement.homes)

    def measure_ceilings(self, settings: RunSettings, *, progress: Progress) -> Ceilings:
        """The matrix rates and the bandwidth that the device reaches; kept for the next time."""
        from engine.caches import cache_folder
        from engine.explain.ceilings import ceilings

        return ceilings(self._runtime(settings), progress, cache=cache_folder())

    def sweep(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, data_of_run: Path | None,
        grid: SweepGrid, *, progress: Progress,
    ) -> Sweep:  # fmt: skip
        """Load on the model that a recipe gives."""
        from engine.profiling.sweep import sweep

        model = self._model_of(opened, recipe, settings, data, progress)
        samples = self._dataset(opened, data_of_run).evaluation
        return sweep(model, self._runtime(settings), samples, grid, progress)

    def scenario(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, data_of_run: Path | None,
        asked: Scenario, *, progress: Progress,
    ) -> ScenarioResult:  # fmt: skip
        """A serving scenario on the model that a recipe gives."""
        from engine.profiling.scenarios import scenario

        model = self._model_of(opened, recipe, settings, data, progress)
        samples = self._dataset(opened, data_of_run).evaluation
        batch = 1 if asked.name in ("single_stream", "server") else settings.batch
        return scenario(model, self._runtime(replace(settings, batch=batch)), samples, asked, progress)

    def _model_of(
        self, opened: Opened, recipe: Recipe | None, settings: RunSettings, data: Path | None, progress: Progress
    ) -> ir.Model:
        if recipe is None:
            return opened.source.model
        return self.rebuild(opened, recipe, settings, data, progress=progress)[0].model

    def _runtime(self, settings: RunSettings) -> Runtime:
        from engine.backends import backend_of

        return Runtime(backend_of(settings.device), settings, self.child)

    def rebuild(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> tuple[Applied, Rebuilt]:
        """The model that a recipe gives, and what there is to say about it."""
        from engine.apply import apply

        key = built_key(recipe, settings, data)
        if key not in self._applied:
            runtime = self._runtime(settings)
            seen = Seen(self._ranges)
            self._applied[key] = apply(
                opened.source.model,
                recipe,
                self._dataset(opened, data).calibration,
                runtime.backend.facts(settings.device),
                runtime,
                progress,
                ranges=cast("RangeCache", seen),
            )
            self._statistics[key] = seen.values
            while len(self._applied) > KEPT_MODELS:
                self._statistics.pop(self._applied.popitem(last=False)[0], None)
        self._applied.move_to_end(key)
        applied = self._applied[key]
        unmatched = tuple(str(rule.selector) for rule in applied.unmatched)
        details = {t.id: t.detail for t in applied.treated}
        size = model_bytes(applied.model)
        return applied, Rebuilt(applied.changes, applied.skipped, details, size, unmatched)

    @property
    def _ranges(self) -> RangeCache:
        if self._range_cache is None:
            from engine.caches import cache_folder
            from engine.quantization.calibrate import RangeCache
            from engine.quantization.statistics import StatisticsStore

            self._range_cache = RangeCache(StatisticsStore(cache_folder() / "calibration"))
        return self._range_cache

    def sensitivity(
        self, opened: Opened, request: ScanRequest, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> Sensitivity:
        """What treating each layer costs, on samples of the calibration part; resumed from what is on disk."""
        from engine.caches import cache_folder
        from engine.data.samples import Head
        from engine.verification.sensitivity import sensitivity
        from engine.verification.sensitivity_store import SensitivityStore

        runtime = self._runtime(settings)
        return sensitivity(
            opened.source.model,
            request.recipe,
            Head(self._dataset(opened, data).calibration, request.samples),
            runtime,
            runtime.backend.facts(settings.device),
            progress,
            ranges=self._ranges,
            store=SensitivityStore(cache_folder() / "sensitivity"),
            resume=request.resume,
            mode=request.mode,
            seconds=request.seconds or None,
        )

    def look(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, layer_id: str, *,
        progress: Progress,
    ) -> LayerLook:  # fmt: skip
        """One layer as the treated model has it where that is built, else as the file has it. For glances."""
        from engine.graph.layers import index_layers
        from gui.layer_look import TreatedModel, look

        progress.step("Reading weights")
        key = built_key(recipe, settings, data)
        applied = self._applied.get(key) if recipe.rules else None
        built = None
        if applied is not None:
            seen = self._statistics.get(key, {})
            built = TreatedModel(index_layers(applied.cleaned), index_layers(applied.model), seen)
        return look(layer_id, opened.index, built, progress=progress)

    def choose(
        self, opened: Opened, recipe: Recipe, points: float, settings: RunSettings, data: Path | None, *,
        progress: Progress,
    ) -> Chosen:  # fmt: skip
        """What of a recipe's quantization must stay in float to lose no more; on the calibration part alone."""
        from engine.caches import cache_folder
        from engine.verification.search import within_drop
        from engine.verification.sensitivity_store import SensitivityStore

        runtime = self._runtime(settings)
        return within_drop(
            opened.source.model,
            recipe,
            points,
            self._dataset(opened, data).calibration,
            runtime.backend.facts(settings.device),
            runtime,
            progress,
            ranges=self._ranges,
            store=SensitivityStore(cache_folder() / "sensitivity"),
        )

    def compare_latency(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> LatencyComparison:
        """The cleaned float model against the treated one, in alternating blocks."""
        from engine.profiling.measure import compare_latency

        applied, _ = self.rebuild(opened, recipe, settings, data, progress=progress)
        samples = self._dataset(opened, data).evaluation
        return compare_latency(applied.cleaned, applied.model, self._runtime(settings), samples, progress)

    def verify(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> tuple[Comparison, Rebuilt]:
        """The file as opened against the treated model, on the evaluation part of the data."""
        from engine.verification.compare import compare

        applied, rebuilt = self.rebuild(opened, recipe, settings, data, progress=progress)
        samples = self._dataset(opened, data).evaluation
        compared = compare(opened.source.model, applied.model, self._runtime(settings), samples, progress)
        return compared, rebuilt

    def layer_errors(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> tuple[dict[str, LayerError], Rebuilt]:
        """The error behind each layer of the file, on a part of the calibration data: layers are chosen by it."""
        from engine.data.samples import Head
        from engine.graph.layers import index_layers
        from engine.verification.layer_errors import layer_errors

        applied, rebuilt = self.rebuild(opened, recipe, settings, data, progress=progress)
        samples = Head(self._dataset(opened, data).calibration, ERROR_SAMPLES)
        found = layer_errors(applied.cleaned, applied.model, samples, self._runtime(settings), progress)
        layers = {layer.id: layer for layer in index_layers(applied.cleaned).layers}
        sources = {layer.id for layer in opened.index.layers}
        homes = {error.id: home(layers.get(error.id), error.id, sources) for error in found}
        return {place: error for error in found if (place := homes[error.id]) is not None}, rebuilt

    def export(
        self,
        opened: Opened,
        recipe: Recipe,
        settings: RunSettings,
        data: Path | None,
        path: Path,
        *,
        progress: Progress,
    ) -> Exported:
        from engine.export import export

        applied, _ = self.rebuild(opened, recipe, settings, data, progress=progress)
        return export(
            applied,
            path,
            source=opened.source,
            recipe=recipe,
            runtime=self._runtime(settings),
            samples=self._dataset(opened, data).evaluation,
            progress=progress,
        )


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


def found_in(dataset: Dataset) -> DataFound:
    split = dataset.split == "named"
    return DataFound(len(dataset.calibration), len(dataset.evaluation), split, dataset.report)


class Seen:
    """A range cache that also notes what it gave for one model."""

    def __init__(self, cache: RangeCache) -> None:
        self._cache = cache
        self.values: dict[str, ValueStatistics] = {}

    def get_or_calibrate(self, *args: Any, **named: Any) -> dict[str, ValueStatistics]:
        found = self._cache.get_or_calibrate(*args, **named)
        self.values |= found
        return found

    def get_or_collect(self, *args: Any, **named: Any) -> Any:
        return self._cache.get_or_collect(*args, **named)


def built_key(recipe: Recipe, settings: RunSettings, data: Path | None) -> str:
    """What a treated model is kept under."""
    return f"{recipe.to_json()} {settings.device} {data}"
