"""The prune dialog says what is coupled, what rounding gives and what is saved, before anything is done."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.actions.edit import prune
from gui.dialogs.treat import TreatDialog
from gui.main_window import MainWindow
from gui.tables.columns import treatment_text
from tests.gui.conftest import Wait


@pytest.fixture
def dialog(opened: MainWindow, settle: Wait) -> TreatDialog:
    """On the first Conv of a chain, whose channels the next one reads."""
    opened.bench.document.select(("block0/conv",))
    prune(opened.bench)
    found = QApplication.activeModalWidget()
    assert isinstance(found, TreatDialog)
    keys = [found.choice.itemData(n) for n in range(found.choice.count())]
    assert found.choice.currentData() == "l1_channels", "the usual one without data"
    assert {"reconstruction_channels", "magnitude_weights"} <= set(keys)
    return found


def told(dialog: TreatDialog, settle: Wait) -> str:
    QtBot(None).waitUntil(lambda: not dialog._looking.isActive(), timeout=10_000)
    settle()
    return dialog._preview.text() if dialog._preview.isVisible() else ""


def test_the_cut_is_told_before_it_is_made(dialog: TreatDialog, opened: MainWindow, settle: Wait) -> None:
    dialog.form.fields["multiple"].set("1")
    dialog.form.fields["ratio"].set(0.5)
    text = told(dialog, settle)
    assert "block0/conv: 2 of 4 channels stay" in text
    assert "block1/conv (reads them)" in text
    # 2 of 4 rows of block0's 4x4x3x3 and 2 of 4 columns of block1's.
    assert "Saves 144 of 720 parameters" in text
    dialog.form.fields["ratio"].set(0.25)
    assert "3 of 4 channels stay" in told(dialog, settle), "as the form is changed"
    assert not opened.bench.document.treated, "nothing is done yet"
    dialog.reject()


def test_rounding_that_leaves_all_says_so(dialog: TreatDialog, settle: Wait) -> None:
    dialog.form.fields["multiple"].set("16")
    assert "all 4 channels stay: there is no lower multiple of 16" in told(dialog, settle)
    dialog.reject()


def test_what_is_decided_on_data_is_not_guessed(dialog: TreatDialog, settle: Wait) -> None:
    dialog.form.fields["spread"].set("global")
    text = told(dialog, settle)
    assert "decided on data" in text
    assert "Saves" not in text
    dialog.choice.setCurrentIndex(dialog.choice.findData("magnitude_weights"))
    assert told(dialog, settle) == "", "single weights take nothing along"
    dialog.reject()


def test_a_count_that_can_be_slower_is_told_before(dialog: TreatDialog, opened: MainWindow, settle: Wait) -> None:
    facts = opened.bench.document.opened.facts  # type: ignore[union-attr]
    dialog.form.fields["multiple"].set("1")
    dialog.form.fields["ratio"].set(0.25)
    text = told(dialog, settle)
    assert facts is not None
    assert ("can be SLOWER" in text) == (3 % facts.channel_block != 0)
    dialog.reject()


def test_two_layers_in_the_place_of_one_are_told_before(dialog: TreatDialog, opened: MainWindow, settle: Wait) -> None:
    dialog.choice.setCurrentIndex(dialog.choice.findData("low_rank"))
    dialog.form.fields["multiple"].set("1")
    dialog.form.fields["rank"].set(2)
    text = told(dialog, settle)
    assert "block0/conv: its 36 × 4 weight becomes two layers of rank 2; ranks up to 3 save something" in text
    # 2 x (36 + 4) in the place of 36 x 4.
    assert "Saves 64 of 720 parameters" in text
    assert "Can be SLOWER as two kernels, for the little that it saves: block0/conv" in text
    dialog.form.fields["rank"].set(4)
    assert "block0/conv stays: a rank of 4 saves nothing" in told(dialog, settle)
    dialog.form.fields["rank"].set(2)
    dialog._ok.click()
    document = opened.bench.document
    assert treatment_text(document.treatments["block0/conv"]) == "low rank 2"
    document.undo()
    assert not document.treated


def test_it_is_one_edit_that_undo_takes_back(dialog: TreatDialog, opened: MainWindow) -> None:
    document = opened.bench.document
    dialog._ok.click()
    assert document.treatments["block0/conv"].pruned
    document.undo()
    assert not document.treated
