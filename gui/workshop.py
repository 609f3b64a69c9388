"""What the engine calls of the window share (``gui.calls``). Worker thread only, apart from ``close``.

A workshop owns the child process with the runtime, the cached calibration ranges and the last treated models, so that
profiling, verifying and exporting one recipe build it once.
"""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from engine.backend import Device, RunSettings, Runtime
from engine.profiling.child import Child
from engine.progress import Progress
from engine.recipe import Recipe
from gui.calls.datasets import Datasets
from gui.figures import Rebuilt
from gui.language import tr
from gui.opened import (
    NeedsInputs,
    NeedsShapes,
    NeedsTrust,
    Opened,
    Question,
    abilities,
    facts_of,
    flowing,
    model_bytes,
    runs_program,
    unknown_dimensions,
)

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.apply import Applied
    from engine.format import Source
    from engine.quantization.calibrate import RangeCache
    from engine.scheme import ValueStatistics
    from engine.verification.gains import GainsStore
    from gui.channels import Channels

KEPT_MODELS = 3


@dataclass(frozen=True)
class DeviceChoice:
    """A device as the window lists it; ``options`` are the defaults of its backend's own, None without any."""

    device: Device
    backend: str = ""
    options: object | None = None


class Workshop:
    """One for a window.

    Attributes:
        trusted: files whose code may run, as the user has said since the window was opened, and their hashes.
        without_inputs: programs that are shown though nobody has said what their inputs are.
    """

    def __init__(self) -> None:
        self.child = Child()
        self._range_cache: RangeCache | None = None
        self._gains: GainsStore | None = None
        self._applied: OrderedDict[str, tuple[Applied, Mapping[str, ValueStatistics]]] = OrderedDict()
        self._channels: tuple[Opened, Recipe, Channels] | None = None
        self._looking = threading.Lock()
        self.datasets = Datasets(self._applied.clear)
        self.trusted: set[tuple[Path, str]] = set()
        self.without_inputs: set[Path] = set()

    def close(self) -> None:
        self.child.close()

    # -- opening -------------------------------------------------------------------------------------------------

    def open(self, path: Path, settings: RunSettings, ask: bool, *, progress: Progress) -> Opened | Question:
        """Read a file; ``ask`` is False where the shapes that are there are all that the user wants to give."""
        from engine.format import InputsNeeded, Opening, TrustNeeded
        from engine.formats import file_of, open_source
        from engine.pytorch.loading import sha256_of

        progress.step(tr("Opening {name}").format(name=path.name))
        opening = Opening(
            settings.shapes,
            settings.inputs,
            trusted=any(known == path and sha256 == sha256_of(file_of(path)) for known, sha256 in self.trusted),
            as_it_is=True,
            inputs_later=path in self.without_inputs,
        )
        try:
            source = open_source(path, progress, opening)
        except TrustNeeded as error:
            return NeedsTrust(path, error.what, sha256_of(file_of(path)))
        except InputsNeeded as error:
            return NeedsInputs(path, error.tensors, error.numbers)
        return self.bind(source, settings, ask and source.program is None, progress=progress)

    def bind(self, source: Source, settings: RunSettings, ask: bool, *, progress: Progress) -> Opened | NeedsShapes:
        from engine.graph.layers import index_layers
        from engine.graph.runnable import runs
        from engine.graph.shapes import bind, inputs

        found = inputs(source.model)
        if ask and any(unknown_dimensions(i) and i.name not in settings.shapes for i in found):
            return NeedsShapes(source, found)
        progress.step(tr("Inferring shapes"))
        model = bind(source.model, settings.shapes, settings.batch, strict=False)
        progress.step(tr("Reading layers"))
        index = index_layers(model)
        facts = facts_of(settings.device)
        self._applied.clear()
        self.datasets.forget()
        can_run, reason = runs(source.model)
        if source.conversion is not None and source.conversion.stopped:
            can_run, reason = False, f"PyTorch did not convert it to ONNX: {source.conversion.stopped}"
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

    # -- devices ----------------------------------------------------------------------------------------

    def devices(self, *, progress: Progress) -> tuple[DeviceChoice, ...]:
        """Every device, also those that cannot be used here, with the options of its backend."""
        from engine.backends import backends, devices
        from engine.options import specs

        progress.step(tr("Looking for devices"))
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

    def model_of(
        self, opened: Opened, recipe: Recipe | None, settings: RunSettings, data: Path | None, progress: Progress
    ) -> ir.Model:
        if recipe is None or runs_program(opened, recipe, settings):
            return opened.source.model
        return self.rebuild(opened, recipe, settings, data, progress=progress)[0].model

    def runtime(self, settings: RunSettings) -> Runtime:
        from engine.backends import backend_of

        return Runtime(backend_of(settings.device), settings, self.child)

    def rebuild(
        self, opened: Opened, recipe: Recipe, settings: RunSettings, data: Path | None, *, progress: Progress
    ) -> tuple[Applied, Rebuilt]:
        """The model that a recipe gives, and what there is to say about it."""
        from engine.apply import apply
        from engine.graph.layers import index_layers
        from engine.graph.shapes import bind

        key = built_key(recipe, settings, data)
        if key not in self._applied:
            runtime = self.runtime(settings)
            seen = Seen(self.ranges)
            applied = apply(
                opened.source.model,
                recipe,
                self.datasets.get(opened, data).calibration,
                runtime.backend.facts(settings.device),
                runtime,
                progress,
                ranges=cast("RangeCache", seen),
                gains=self.gains,
            )
            self._applied[key] = applied, seen.values
            while len(self._applied) > KEPT_MODELS:
                self._applied.popitem(last=False)
        self._applied.move_to_end(key)
        applied, _ = self._applied[key]
        unmatched = tuple(str(rule.selector) for rule in applied.unmatched)
        details = {t.id: t.detail for t in applied.treated}
        size = model_bytes(applied.model)
        index = index_layers(bind(applied.model, settings.shapes, settings.batch, strict=False))
        said = (*(gains.words() for gains in applied.gains.values()), *applied.notes, *applied.pruned.warnings)
        told = Rebuilt(applied.changes, applied.skipped, details, size, unmatched, index.parameters, index.macs, said)
        return applied, told

    def channels(self, opened: Opened, base: Recipe) -> Channels:
        """Which layers can only lose channels together; found once for each file and way to clean it. Any thread."""
        from gui.calls.pruning import look

        with self._looking:
            known = self._channels
            if known is None or known[0] is not opened or known[1] != base:
                self._channels = known = opened, base, look(opened, base)
            return known[2]

    def applied(self, key: str) -> tuple[Applied, Mapping[str, ValueStatistics]] | None:
        """The treated model of ``built_key`` and what it was calibrated with, where it is still there. Any thread."""
        return self._applied.get(key)

    @property
    def gains(self) -> GainsStore:
        """What was measured to tell which layers gain, by this window and before."""
        if self._gains is None:
            from engine.verification.gains import kept_gains

            self._gains = kept_gains()
        return self._gains

    @property
    def ranges(self) -> RangeCache:
        if self._range_cache is None:
            from engine.caches import cache_folder
            from engine.quantization.calibrate import RangeCache
            from engine.quantization.statistics import StatisticsStore

            self._range_cache = RangeCache(StatisticsStore(cache_folder() / "calibration"))
        return self._range_cache


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
