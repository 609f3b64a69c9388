"""Let Lathe choose: what is asked for, and what comes of it as one edit with its reasons."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from engine.recipe import FLOAT, Recipe, Rule
from engine.verification.measured import Score
from engine.verification.search import Chosen, Kept
from gui.actions.choose import choose
from gui.dialogs.choose import ChooseDialog, ChosenDialog, headline, score_lines
from gui.main_window import MainWindow
from gui.treatment import treat
from tests.gui.conftest import Wait

KEPT = (Kept("block1/conv", "alone it costs 12.0 dB SQNR and gains no time"),)
CHOSEN = Chosen(
    Recipe(rules=(Rule("quantization", "int8_static"), Rule("quantization", FLOAT, "block1/conv"))), KEPT,
    {"int8_static": {"rounding": "learned"}}, Score(18.0, 0.9, 0.02), Score(31.0, 0.92, 0.0), True, 9, 24,
)  # fmt: skip


def test_without_data_it_says_what_is_missing(opened: MainWindow) -> None:
    dialog = ChooseDialog(opened.bench.document, opened)
    assert not dialog.buttons.button(dialog.buttons.StandardButton.Ok).isEnabled()
    assert dialog.recipe() == Recipe(rules=(Rule("quantization", "int8_static"),), shapes={})
    dialog.reject()


def test_the_recipe_as_it_stands_is_offered_where_it_quantizes(opened: MainWindow) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_weights", ["block0/conv"]), "quantize")
    dialog = ChooseDialog(document, opened)
    assert dialog.choice.currentData() == "" and dialog.recipe() == document.recipe
    dialog.reject()


def test_what_is_chosen_is_one_edit_with_its_reasons(
    opened: MainWindow, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    document = opened.bench.document
    monkeypatch.setattr("gui.calls.checking.choose", lambda *_args, **_named: CHOSEN)
    before = document.recipe
    choose(opened.bench, before, 0.3)
    settle()
    assert document.recipe == CHOSEN.recipe and document.treatments["block1/conv"].kept_float
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ChosenDialog)
    assert [dialog.table.item(0, column).text() for column in range(2)] == ["block1/conv", KEPT[0].reason]
    dialog.reject()
    document.select(["block1/conv"])
    lines = [(name.text(), value.text().replace("\u200b", "")) for name, value in opened.inspector._can._lines]
    assert ("Why", KEPT[0].reason) in lines
    assert any(KEPT[0].reason in entry.text for entry in document.log_entries)
    document.undo()
    assert document.recipe == before


def test_the_headline_says_where_the_limit_cannot_be_kept() -> None:
    from dataclasses import replace

    assert headline(CHOSEN, 0.3) == "Within 0.3 points: 1 layer stays in float"
    assert headline(replace(CHOSEN, enough=False), 0.3).startswith("0.3 points cannot be kept")
    first, second = score_lines(CHOSEN)
    assert first == "Turned on for int8 static: rounding learned"
    assert "24 calibration samples: 18.0\u202fdB, \u22122.0 points with everything quantized" in second
