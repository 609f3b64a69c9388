from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import replace
from typing import Any

import pytest

from engine.data.samples import Samples
from engine.errors import Cancelled
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import FLOAT, Recipe, Rule
from engine.verification import search as module
from engine.verification.measured import Score
from engine.verification.search import Chosen, in_order_of_worth, needed_db, within, within_drop
from engine.verification.sensitivity import LayerSensitivity
from tests.engine.verification.scene import FACTS, Scene

BAD = Rule("quantization", "int8_static", None, {"rounding": "nearest", "ranges": "minmax"})


@pytest.fixture(autouse=True)
def _no_profiles(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every layer gains 10 us, and the first the model's half."""

    def saved_time(a: Any, b: Any, layers: Collection[str], *rest: Any) -> tuple[Mapping[str, float], float]:
        return {name: 500.0 if name == "stem" else 10.0 for name in layers}, 1000.0

    monkeypatch.setattr(module, "saved_time", saved_time)


def chosen(scene: Scene, points: float, recipe: Recipe, samples: Samples | None = None) -> Chosen:
    given = samples or scene.samples
    return within_drop(scene.model, recipe, points, given, FACTS, scene.runtime, Progress(), ranges=RangeCache())


def row(name: str, db: float, saved: float | None) -> LayerSensitivity:
    return LayerSensitivity(name, "quantization", "s", db, None, None, saved)


def test_a_limit_that_is_met_changes_nothing(scene: Scene) -> None:
    recipe = Recipe(rules=(Rule("quantization", "int8_static"),))
    found = chosen(scene, 50.0, recipe)
    assert found.enough and found.kept == () and found.repairs == {} and found.recipe == recipe


def test_repairs_come_before_layers_in_float(scene: Scene) -> None:
    recipe = Recipe(rules=(Rule("quantization", "int8_static"),))
    plain = chosen(scene, 50.0, recipe)
    learned = Recipe(rules=(Rule("quantization", "int8_static", None, {"rounding": "learned"}),))
    better = chosen(scene, 50.0, learned).before
    assert plain.before.sqnr_db is not None and better.sqnr_db is not None and better.sqnr_db > plain.before.sqnr_db
    between = (plain.before.sqnr_db + better.sqnr_db) / 2
    found = chosen(scene, 10 ** ((20 - between) / 20), recipe)
    assert found.enough and found.kept == ()
    assert found.repairs["int8_static"]["rounding"] == "learned"
    assert found.recipe.rules[0].options == found.repairs["int8_static"]


def test_as_few_as_are_needed_stay_in_float_by_exact_rules(scene: Scene) -> None:
    recipe = Recipe(rules=(Rule("quantization", "int8_static", "op:Conv"),))
    whole = chosen(scene, 50.0, recipe).before
    assert whole.sqnr_db is not None
    found = chosen(scene, 10 ** ((20 - whole.sqnr_db - 4) / 20), recipe)
    assert found.enough and 0 < len(found.kept) < 4 and found.before == whole
    assert all("alone it costs" in kept.reason for kept in found.kept)
    rules = [rule for rule in found.recipe.rules if rule.choice == FLOAT]
    assert [rule.selector for rule in rules] == [kept.id for kept in found.kept]
    prepared = scene.prepared(*found.recipe.rules)
    assert not {t.id for t in prepared.treatments} & {kept.id for kept in found.kept}
    json = found.to_json()
    assert [entry["id"] for entry in json["chosen"]] == [kept.id for kept in found.kept]
    assert json["search"]["part"] == "calibration" and json["search"]["within_limit"] is True


def test_no_loss_at_all_leaves_the_float_model(scene: Scene) -> None:
    found = chosen(scene, 0.0, Recipe(rules=(Rule("quantization", "int8_static", "op:Conv"),)))
    assert found.enough and {kept.id for kept in found.kept} == {"stem", "left", "right", "last"}


def test_only_the_samples_that_were_given_are_looked_at(scene: Scene) -> None:
    """There is no other way to samples than those of the calibration part."""
    seen = []

    class Watched:
        def __getattr__(self, name: str) -> Any:
            return getattr(scene.samples, name)

        def __len__(self) -> int:
            return len(scene.samples)

        def batches(self, size: int) -> Any:
            seen.append(size)
            return scene.samples.batches(size)

    found = chosen(scene, 50.0, Recipe(rules=(Rule("quantization", "int8_static"),)), Watched())
    assert seen and found.samples == len(scene.samples)


def test_what_was_found_is_kept_where_the_search_is_stopped(scene: Scene, monkeypatch: pytest.MonkeyPatch) -> None:
    recipe = Recipe(rules=(Rule("quantization", "int8_static", "op:Conv"),))
    whole = chosen(scene, 50.0, recipe).before
    assert whole.sqnr_db is not None
    points = 10 ** ((20 - whole.sqnr_db - 4) / 20)

    def stop(*args: Any) -> Any:
        raise Cancelled

    monkeypatch.setattr(module._Search, "_returned", stop)
    with pytest.raises(Cancelled) as stopped:
        chosen(scene, points, recipe)
    found = stopped.value.partial
    assert isinstance(found, Chosen) and not found.complete
    assert found.enough and found.kept and {rule.choice for rule in found.recipe.rules} == {"int8_static", FLOAT}


def test_noise_for_each_microsecond_decides() -> None:
    rows = [row("a", 20.0, 100.0), row("b", 23.0, 10.0), row("c", 30.0, -5.0), row("d", 22.0, None)]
    assert [one.id for one in in_order_of_worth(rows, 1000.0)] == ["d", "b", "c", "a"]


def test_within_takes_every_measure_that_there_is() -> None:
    good = Score(40.0, 0.9, 0.0, 1.0, 0.001, 0.01)
    assert within(good, 0.5)
    assert not within(replace(good, accuracy_drop=0.01), 0.5)
    assert not within(replace(good, expected_drop=0.006), 0.5)
    assert not within(replace(good, sqnr_db=needed_db(0.5) - 0.1), 0.5)
    assert within(Score(needed_db(0.5) + 0.1), 0.5) and not within(Score(), 0.5)
    assert within(Score(math.inf), 0.0) and not within(Score(100.0), 0.0)
