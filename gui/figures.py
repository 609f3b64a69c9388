"""What is measured of an opened model, and the keys under which it is kept.

A key says what a figure belongs to: the recipe as JSON, then the model and machine settings that change its result.
"""

from __future__ import annotations

import functools
import json
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from engine.recipe import Recipe
from gui.choices import choice_text
from gui.language import tr
from gui.timings import SourceTiming

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.profiling.measure import LatencyComparison
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline
    from engine.profiling.scenarios import ScenarioResult
    from engine.profiling.sweep import Sweep
    from engine.verification.compare import Comparison
    from engine.verification.layer_errors import LayerError
    from engine.verification.sensitivity import Sensitivity

OPENED = "opened"
"""The key of the file as opened, before any recipe."""


@dataclass(frozen=True)
class Measurement:
    """A profile told in the layers of the file.

    Attributes:
        homes: for each layer of the measured model the layer of the file that it counts for, where there is one.
        timeline: the kernels of its typical run.
    """

    profile: Profile
    layers: Mapping[str, SourceTiming]
    order: int = 0
    homes: Mapping[str, str] = field(default_factory=dict)
    timeline: Timeline | None = None


@dataclass(frozen=True)
class Explained:
    """Why a measured model takes its time, told in the layers of the file.

    Attributes:
        before: the model that it is compared with, "" for none.
        missing: why there is no explanation.
    """

    explanation: Explanation | None
    before: str = ""
    missing: str = ""


@dataclass(frozen=True)
class Rebuilt:
    """What is known of the model that a recipe gives, without the model."""

    changes: tuple[str, ...]
    skipped: Mapping[str, str]
    details: Mapping[str, str]
    file_bytes: int
    unmatched: tuple[str, ...] = ()
    parameters: int | None = None
    macs: int | None = None
    notes: tuple[str, ...] = ()
    """How layers were chosen that nobody named, and what may be slower."""


@dataclass(frozen=True)
class Pair:
    """Two recipes against each other."""

    latency: LatencyComparison
    outputs: Comparison


@dataclass(slots=True)
class Figures:
    """All that is kept of one file, by key; ``scenarios`` by name below it."""

    measurements: dict[str, Measurement] = field(default_factory=dict)
    rebuilt: dict[str, Rebuilt] = field(default_factory=dict)
    comparisons: dict[str, Comparison] = field(default_factory=dict)
    latency: dict[str, LatencyComparison] = field(default_factory=dict)
    explained: dict[str, Explained] = field(default_factory=dict)
    sweeps: dict[str, Sweep] = field(default_factory=dict)
    scenarios: dict[str, Mapping[str, ScenarioResult]] = field(default_factory=dict)
    scans: dict[str, Sensitivity] = field(default_factory=dict)
    errors: dict[str, Mapping[str, LayerError]] = field(default_factory=dict)
    pairs: dict[str, Pair] = field(default_factory=dict)


@functools.lru_cache(maxsize=64)
def recipe_title(text: str, language: str) -> tuple[str, str]:
    """For a recipe's JSON what its model is called: "cleaned float model" and "", or "treated" and by what.

    Kept for each language, because titles are asked for with every edit and a recipe can have thousands of rules.
    """
    recipe = Recipe.from_json(json.loads(text))
    if not recipe.rules:
        return tr("cleaned float model") if recipe.clean else tr("float model"), ""
    choices = Counter(choice_text(rule.choice) for rule in recipe.rules)
    said = (tr("{name} ({count} rules)").format(name=name, count=n) if n > 1 else name for name, n in choices.items())
    return tr("treated"), tr(", ").join(said)


@functools.lru_cache(maxsize=64)
def machine_of(key: str) -> str:
    """The part of a figure's key that is no recipe."""
    return json.dumps(json.loads(key)[1:])


def recipe_of(key: str) -> Recipe | None:
    """The recipe that a figure's key has; None for the file as opened."""
    text = json.loads(key)[0]
    return None if text == OPENED else Recipe.from_json(json.loads(text))
