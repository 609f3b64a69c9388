"""What was measured of a model, kept under what it belongs to: a recipe, and the settings that change its result.

So undoing brings figures back, and no figure is ever shown for a recipe that it was not measured on.
"""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Signal

from engine.backend import RunSettings
from engine.recipe import Recipe
from engine.variants import Variants
from gui.data_choice import DataChoice
from gui.figures import OPENED, Explained, Figures, Measurement, Pair, Rebuilt, machine_of, recipe_title
from gui.language import spoken, tr

if TYPE_CHECKING:
    from engine.profiling.measure import LatencyComparison
    from engine.profiling.scenarios import ScenarioResult
    from engine.profiling.sweep import Sweep
    from engine.verification.compare import Comparison
    from engine.verification.layer_errors import LayerError
    from engine.verification.sensitivity import Sensitivity
    from gui.metric import AllowedMetric

NO_SCENARIOS: Mapping[str, ScenarioResult] = {}

TEXTS = 8
"""Recipes whose texts are kept: those of the variants that are looked at."""
_OPENED = json.dumps(OPENED)


class Measured(QObject):
    """``figures_changed`` comes with anything measured or rebuilt, and after every change of the variants, because
    figures belong to a recipe. ``viewed_changed`` says that the views of one profile have another one to show.
    """

    figures_changed = Signal()
    viewed_changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.settings = RunSettings()
        self.data: Path | None = None
        self.data_samples: int | None = None
        self.data_choice = DataChoice()
        self.profile_on_data = True
        self.metric: AllowedMetric | None = None
        self.variants = Variants.of(Recipe())
        self._texts: deque[tuple[Recipe, str]] = deque(maxlen=TEXTS)
        self._clear_figures()

    def _clear_figures(self) -> None:
        self._viewed = ""
        self._measured = 0
        self.figures = Figures()
        self.reasons: dict[str, str] = {}

    # -- what figures belong to ----------------------------------------------------------------------------------

    @property
    def recipe(self) -> Recipe:
        """Of the current variant."""
        return self.variants.recipe

    def key(self, recipe: Recipe | None = None) -> str:
        """What a figure belongs to: a recipe, and the model and machine settings that change its result."""
        text = _OPENED if recipe is None else self._quoted(recipe)
        # As json.dumps of both in one list, but what is long is made once for each recipe.
        return f"[{text}, {json.dumps(self._machine())[1:]}"

    def _machine(self) -> list[Any]:
        s = self.settings
        given = [sorted(s.shapes.items()), sorted(s.inputs.items()), sorted(s.options.items())]
        data = f"{self.profile_data} {self.data_choice.key}".rstrip() if self.profile_data is not None else ""
        return [s.device, s.threads, s.batch, *given, data]

    @property
    def profile_data(self) -> Path | None:
        """The samples that models are measured on; None for synthetic inputs."""
        return self.data if self.profile_on_data else None

    def _recipe_text(self, recipe: Recipe) -> str:
        text: str = json.loads(self._quoted(recipe))
        return text

    def _quoted(self, recipe: Recipe) -> str:
        """Its text within a JSON text; asked for often between two edits, and long where all layers are treated."""
        for known, kept in self._texts:
            if known is recipe:
                return kept
        text = json.dumps(json.dumps(recipe.to_json(), sort_keys=True))
        if recipe.rules:
            self._texts.appendleft((recipe, text))
        return text

    def data_key(self, recipe: Recipe) -> str:
        return f"{self.key(recipe)} {self.data} {self.data_choice.key}"

    @property
    def treated(self) -> bool:
        return bool(self.recipe.rules)

    @property
    def base_recipe(self) -> Recipe:
        """The cleaned float model, against which gains are reported."""
        return replace(self.recipe, rules=())

    @property
    def measured_otherwise(self) -> bool:
        """Whether there are figures of other settings, and none of those that hold."""
        return bool(self.figures.measurements) and not any(self.same_machine(key) for key in self.figures.measurements)

    @property
    def as_opened(self) -> Measurement | None:
        return self._measured_of(None)

    def _measured_of(self, recipe: Recipe | None) -> Measurement | None:
        """Without the key where there is nothing to find: that of a long recipe takes long to make."""
        return self.figures.measurements.get(self.key(recipe)) if self.figures.measurements else None

    @property
    def baseline(self) -> Measurement | None:
        return self._measured_of(self.base_recipe)

    @property
    def current(self) -> Measurement | None:
        """Of the treated model, for the recipe as it stands."""
        return self._measured_of(self.recipe) if self.treated else None

    @property
    def measurements(self) -> dict[str, Measurement]:
        """All that are kept, by their keys, in the order in which they were taken."""
        return dict(sorted(self.figures.measurements.items(), key=lambda item: item[1].order))

    @property
    def viewed(self) -> tuple[str, Measurement] | None:
        """The key and the measurement that the views of one profile show: the chosen one, or else the most treated."""
        if not self.figures.measurements:
            return None
        if (found := self.figures.measurements.get(self._viewed)) is not None and self.same_machine(self._viewed):
            return self._viewed, found
        for key in ((self.key(self.recipe),) if self.treated else ()) + (self.key(self.base_recipe), self.key()):
            if (found := self.figures.measurements.get(key)) is not None:
                return key, found
        return None

    def view(self, key: str) -> None:
        """Show this measurement; "" for the one of the recipe as it stands."""
        if key != self._viewed:
            self._viewed = key
            self.viewed_changed.emit()

    def title(self, key: str) -> str:
        """What a measurement is of, in a few words."""
        text, device, threads, batch, *_ = json.loads(key)
        if text == OPENED:
            name = tr("file as opened")
        else:
            kind, said = recipe_title(text, spoken())
            name = tr("{variant}: {treatment}").format(variant=self._variant_of(text), treatment=said) if said else kind
        if self.same_machine(key):
            return name
        said = tr("{name}, {device}, {threads} threads, batch {batch}")
        return said.format(name=name, device=device, threads=threads or tr("auto"), batch=batch)

    def _variant_of(self, text: str) -> str:
        """Of whom a recipe is: of a variant, or of none any more."""
        if len(self.variants.items) == 1:
            return tr("treated") if text == self._recipe_text(self.recipe) else tr("earlier")
        return next((v.name for v in self.variants.items if self._recipe_text(v.recipe) == text), tr("earlier"))

    @property
    def after(self) -> tuple[Measurement | None, bool]:
        """The measurement to show as "after", and whether it is of an older recipe."""
        if not self.treated:
            return None, False
        if (found := self.current) is not None:
            return found, False
        base = self.key(self.base_recipe)
        older = [
            m for k, m in self.figures.measurements.items() if k not in (base, self.key()) and self.same_machine(k)
        ]
        return (max(older, key=lambda m: m.order), True) if older else (None, False)

    def same_machine(self, key: str) -> bool:
        return machine_of(key) == machine_of(self.key())

    @property
    def explained(self) -> Explained | None:
        """Of the viewed measurement."""
        return self.figures.explained.get(self.viewed[0]) if self.viewed is not None else None

    def has_explained(self, key: str) -> bool:
        return key in self.figures.explained

    @property
    def sweep(self) -> Sweep | None:
        """Load on the model that the recipe gives; threads and batch vary in it."""
        return self.figures.sweeps.get(self.sweep_key()) if self.figures.sweeps else None

    @property
    def scenarios(self) -> Mapping[str, ScenarioResult]:
        """The latest result of each serving scenario for the model that the recipe gives, by name."""
        there = self.figures.scenarios
        return there.get(self.sweep_key(), NO_SCENARIOS) if there else NO_SCENARIOS

    def sweep_key(self) -> str:
        device, _, _, *others = self._machine()
        return f"[{self._quoted(self.recipe)}, {json.dumps([device, *others])[1:]}"

    @property
    def rebuilt(self) -> Rebuilt | None:
        return self.figures.rebuilt.get(self.data_key(self.recipe)) if self.figures.rebuilt else None

    @property
    def base_rebuilt(self) -> Rebuilt | None:
        return self.figures.rebuilt.get(self.data_key(self.base_recipe))

    @property
    def comparison(self) -> Comparison | None:
        return self.figures.comparisons.get(self.data_key(self.recipe)) if self.figures.comparisons else None

    @property
    def latency_comparison(self) -> LatencyComparison | None:
        return self.figures.latency.get(self.data_key(self.recipe)) if self.figures.latency else None

    @property
    def layer_errors(self) -> Mapping[str, LayerError] | None:
        """How far each layer of the treated model is from the float one, by layer of the file."""
        there = self.treated and self.figures.errors
        return self.figures.errors.get(self.data_key(self.recipe)) if there else None

    def scan(self, key: str) -> Sensitivity | None:
        """A sensitivity scan by ``gui.sensitivity.scan_key``."""
        return self.figures.scans.get(key)

    def has_rebuilt(self, key: str) -> bool:
        return key in self.figures.rebuilt

    def add_measurement(self, key: str, measurement: Measurement) -> None:
        self._measured += 1
        self.figures.measurements[key] = replace(measurement, order=self._measured)
        self.figures.explained.pop(key, None)
        self._viewed = ""
        self.figures_changed.emit()

    def add_explained(self, key: str, explained: Explained) -> None:
        self.figures.explained[key] = explained
        self.figures_changed.emit()

    def add_sweep(self, key: str, sweep: Sweep) -> None:
        self.figures.sweeps[key] = sweep
        self.figures_changed.emit()

    def add_scenario(self, key: str, result: ScenarioResult) -> None:
        self.figures.scenarios[key] = {**self.figures.scenarios.get(key, {}), result.name: result}
        self.figures_changed.emit()

    def add_rebuilt(self, key: str, rebuilt: Rebuilt) -> None:
        self.figures.rebuilt[key] = rebuilt
        self.figures_changed.emit()

    def add_comparison(self, key: str, comparison: Comparison) -> None:
        self.figures.comparisons[key] = comparison
        self.figures_changed.emit()

    def add_latency(self, key: str, comparison: LatencyComparison) -> None:
        self.figures.latency[key] = comparison
        self.figures_changed.emit()

    def add_pair(self, key: str, pair: Pair) -> None:
        self.figures.pairs[key] = pair
        self.figures_changed.emit()

    def note_reasons(self, reasons: Mapping[str, str]) -> None:
        """Why layers stay in float that Lathe chose by itself."""
        self.reasons |= reasons

    def add_layer_errors(self, key: str, errors: Mapping[str, LayerError]) -> None:
        self.figures.errors[key] = errors
        self.figures_changed.emit()

    def add_scan(self, key: str, scan: Sensitivity) -> None:
        self.figures.scans[key] = scan
        self.figures_changed.emit()

    def set_data(self, path: Path | None, samples: int | None, choice: DataChoice | None = None) -> None:
        self.data, self.data_samples, self.data_choice = path, samples, choice or DataChoice()
        self.figures_changed.emit()

    def set_metric(self, metric: AllowedMetric | None) -> None:
        """What is computed with each verification from now on."""
        self.metric = metric
        self.figures_changed.emit()

    def set_profile_on_data(self, on: bool) -> None:
        self.profile_on_data = on
        self.figures_changed.emit()

    def set_settings(self, **values: Any) -> None:
        self.settings = replace(self.settings, **values)
        self.figures_changed.emit()
