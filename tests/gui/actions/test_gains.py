"""What gains is measured, selected and named; a search looks at what is applied, and can be stopped with its best."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.errors import Cancelled
from engine.progress import Progress
from engine.recipe import FLOAT, Recipe, Rule
from engine.verification.gains import Gains
from gui.actions.choose import choose
from gui.calls import checking
from gui.calls.gains import named
from gui.dialogs.choose import ChosenDialog
from gui.main_window import MainWindow
from tests.gui.conftest import Wait
from tests.gui.dialogs.test_choose import CHOSEN

FOUND = Gains(
    ("block1/conv", "block2/conv"), {"block0/conv": "slower in integers"}, 90.0, 60.0, 60.0, 2, "cpu", "ort 1"
)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Two of five Conv gain; in a cache of its own, since other tests measure the same model in truth."""
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("engine.verification.measured_plan.find_gains", lambda *_: FOUND)


def test_what_gains_is_selected(opened: MainWindow, settle: Wait, measured: None) -> None:
    opened.actions_set.qt["select_quantizable"].trigger()
    settle()
    assert opened.bench.document.selection == FOUND.chosen
    assert "2 layers gain on cpu" in opened.messages.text
    assert any("block0/conv gains nothing: slower" in entry.text for entry in opened.bench.document.log_entries)


def test_a_search_looks_at_the_layers_that_are_applied(
    opened: MainWindow, measured: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench, document = opened.bench, opened.bench.document
    assert document.opened is not None
    asked: list[Recipe] = []

    def search(_model: object, recipe: Recipe, *_: object, **__: object) -> object:
        asked.append(recipe)
        return CHOSEN

    monkeypatch.setattr("engine.verification.search.within_drop", search)
    recipe = Recipe(rules=(Rule("quantization", "int8_static"),))
    checking.choose(bench.workshop, document.opened, recipe, 0.3, document.settings, None, progress=Progress())
    (searched,) = asked
    quantized = [rule.selector for rule in searched.rules if rule.choice == "int8_static"]
    assert tuple(quantized) == FOUND.chosen
    assert all(rule.choice == FLOAT for rule in searched.rules if rule.selector not in quantized)
    same = named(bench.workshop, document.opened, searched, document.settings, None, Progress())
    assert same is searched, "what has names is not measured again"


def test_a_search_that_is_stopped_gives_its_best(
    opened: MainWindow, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun = threading.Event()

    def search(*_: object, progress: Progress, **__: object) -> object:
        begun.set()
        try:
            while True:
                progress.check()
                threading.Event().wait(0.01)
        except Cancelled as stop:
            stop.partial = replace(CHOSEN, complete=False)
            raise

    monkeypatch.setattr("gui.calls.checking.choose", search)
    choose(opened.bench, opened.bench.document.recipe, 0.3)
    assert begun.wait(10)
    opened.refresh_actions()
    opened.actions_set.qt["finish"].trigger()
    settle()
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ChosenDialog)
    dialog.reject()
    assert opened.bench.document.recipe == CHOSEN.recipe
