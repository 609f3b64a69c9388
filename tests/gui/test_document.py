"""Undo is the previous recipe, and no figure outlives the recipe that it was measured on."""

from __future__ import annotations

import gc
import json
import weakref
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt

from engine.profiling.fair import LatencyComparison
from engine.profiling.profile import Latency, Profile
from engine.recipe import Recipe
from gui.actions.file import open_path
from gui.collection import Collector
from gui.figures import OPENED, Measurement
from gui.main_window import MainWindow
from gui.panels.status import figures
from gui.tables.columns import INDEX
from gui.timings import SourceTiming
from gui.treatment import treat
from tests.gui.conftest import Wait, small_model


def measurement(ms: float) -> Measurement:
    return Measurement(Profile("cpu", 1, 1, 10, Latency(ms, ms, ms, ms), 1, ms, ms, 0, 1, 0, False, "data", (), ()), {})


def noisy(ms: float) -> Measurement:
    made = measurement(ms)
    return replace(made, profile=replace(made.profile, noisy=True, notes=("Other programs were busy.",)))


def test_undo_and_redo_by_value(opened: MainWindow) -> None:
    document = opened.bench.document
    empty = document.recipe
    one = treat(empty, "pruning", "magnitude_weights", ["block0/conv"], {"ratio": 0.5})
    two = treat(one, "quantization", "int8_static", ["block1/conv"])
    document.edit(one, "prune")
    document.edit(two, "quantize")
    assert document.undo_label == "quantize"
    document.undo()
    assert document.recipe == one
    document.undo()
    assert document.recipe == empty
    assert document.undo_label == ""
    document.redo()
    document.redo()
    assert document.recipe == two
    document.undo()
    document.edit(empty, "clear")
    assert document.redo_label == "", "a new edit ends what could be redone"


def test_an_edit_that_changes_nothing_is_none(opened: MainWindow) -> None:
    document = opened.bench.document
    document.edit(document.recipe, "nothing")
    assert document.undo_label == ""


def test_figures_belong_to_their_recipe(opened: MainWindow) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.recipe), measurement(2.0))
    one = treat(document.recipe, "quantization", "int8_static", ["block0/conv"])
    document.edit(one, "quantize")
    assert document.after == (None, False)
    document.add_measurement(document.key(one), measurement(1.0))
    assert "2.00×" in figures(document)[0].text
    assert not figures(document)[0].stale
    document.edit(treat(one, "quantization", "int8_static", ["block1/conv"]), "quantize")
    assert figures(document)[0].stale
    assert "before the last edit" in figures(document)[0].text
    document.undo()
    assert not figures(document)[0].stale, "undo brings its figures back"
    document.undo()
    assert "→" not in figures(document)[0].text, "an untreated model has no after"


def test_figures_belong_to_the_settings_of_the_machine(opened: MainWindow) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.recipe), measurement(2.0))
    assert document.baseline is not None
    document.set_settings(threads=7)
    assert document.baseline is None


def test_the_recipe_of_a_file_is_kept(opened: MainWindow, settle: object) -> None:
    from gui.actions.file import open_path
    from gui.actions.session import keep_now

    document = opened.bench.document
    path = document.opened.path  # type: ignore[union-attr]
    recipe = treat(document.recipe, "quantization", "int8_static", ["block0/conv"])
    document.edit(recipe, "quantize")
    keep_now(opened.bench)
    open_path(opened.bench, path)
    settle()  # type: ignore[operator]
    assert document.recipe == recipe
    assert "Back as you left it" in opened.messages.text


def test_figures_come_back_with_the_batch_that_they_had(opened: MainWindow, settle: Wait) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.recipe), measurement(2.0))
    opened.toolbar.batch.setValue(2)
    settle()
    assert document.baseline is None
    opened.toolbar.batch.setValue(1)
    settle()
    assert document.baseline is not None


def test_noise_is_not_told_as_a_gain(opened: MainWindow) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.recipe), noisy(2.0))
    one = treat(document.recipe, "quantization", "int8_static", ["block0/conv"])
    document.edit(one, "quantize")
    document.add_measurement(document.key(one), measurement(1.0))
    text = figures(document)[0].text
    assert "noisy" in text
    assert "×" not in text
    table = opened.layers.table.layers
    table.rows[0] = replace(
        table.rows[0], before=SourceTiming("timed", 9.0, 0.0, 0.5), after=SourceTiming("timed", 3.0, 0.0, 0.5)
    )
    cell = table.index(0, INDEX["delta"])
    assert cell.data(Qt.ItemDataRole.ForegroundRole) == opened.bench.theme.color("muted")
    assert "noise" in cell.data(Qt.ItemDataRole.ToolTipRole)


@pytest.mark.parametrize(("interval", "told"), [((0.4, 0.6), True), ((0.2, 1.4), False)])
def test_an_interval_around_one_is_no_gain(opened: MainWindow, interval: tuple[float, float], told: bool) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    fair = LatencyComparison(
        2.0, 1.0, 0.5, interval, 6, False, 1.0, (0.99, 1.01), () if told else ("It cannot be told.",)
    )
    document.add_latency(document.data_key(document.recipe), fair)
    assert ("2.00×" in figures(document)[0].text) == told
    shown = opened.panels["compare"]._ratio_text.text()  # type: ignore[attr-defined]
    assert ("cannot be told" in shown) == (not told)


@pytest.mark.parametrize("large", [False, True])
def test_a_model_that_was_replaced_is_freed_and_a_large_one_that_is_open_not_walked(
    large: bool, window: MainWindow, model_file: Path, tmp_path: Path, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    if large:
        monkeypatch.setattr("gui.collection.MANY", 10)
    else:
        monkeypatch.setattr("gui.collection.OLD", 0)  # a walk over all that is not set aside, at once
    open_path(window.bench, model_file)
    settle()
    document = window.bench.document
    assert document.opened is not None
    model = weakref.ref(document.opened.model)
    open_path(window.bench, small_model(tmp_path / "other.onnx"))
    settle()
    collector = window.findChild(Collector)
    assert collector is not None
    collector.walk()
    assert model() is None
    assert document.opened is not None
    if large:
        assert not any(document.opened.model is known for known in gc.get_objects()), "walks go over the open model"


def test_the_key_of_a_figure_is_what_sessions_hold(opened: MainWindow) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"], {"ranges": "minmax"}), "q")
    text = json.dumps(document.recipe.to_json(), sort_keys=True)
    key = json.loads(document.key(document.recipe))
    assert key[0] == text and key[1:4] == ["cpu", 0, 1]
    assert document.key(document.recipe) == json.dumps(key), "letter for letter, as figures are found by it"
    assert document.sweep_key() == json.dumps([key[0], key[1], *key[4:]])
    assert json.loads(document.key())[0] == OPENED


def test_an_edit_without_figures_writes_no_recipe_as_text(opened: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    """Of tens of thousands of rules that takes as long as all else that an edit does."""
    document = opened.bench.document
    made: list[Recipe] = []

    def noted(_self: object, recipe: Recipe) -> str:
        made.extend([recipe] if recipe.rules else [])
        return '""'

    monkeypatch.setattr(type(document), "_quoted", noted)
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    assert document.treatments["block0/conv"].quantized and not made
    assert document.key(document.recipe) and made, "and where a key is asked for it is"
