"""The data dialog: what was left out and why, what the model gets, and options that the document's figures heed."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from gui.actions.file import choose_data
from gui.data_choice import DataChoice, DataFound, report_lines
from gui.dialogs.data import NONE, DataDialog
from gui.main_window import MainWindow
from tests.gui.conftest import Wait

LEFT = Qt.MouseButton.LeftButton


@pytest.fixture
def arrays(tmp_path: Path) -> Path:
    """Ten calibration samples of which two have NaN, and five for evaluation, one of them a calibration sample."""
    rng = np.random.default_rng(0)
    folder = tmp_path / "samples"
    folder.mkdir()
    x = rng.standard_normal((10, 4, 16, 16)).astype(np.float32)
    y = rng.standard_normal((5, 4, 16, 16)).astype(np.float32)
    x[3, 0, 0, 0] = x[7, 1, 2, 3] = np.nan
    y[0] = x[0]
    np.savez(folder / "calibration.npz", x=x)
    np.savez(folder / "evaluation.npz", x=y, labels=np.arange(5) % 4)
    return folder


def dialog_of(window: MainWindow) -> DataDialog:
    window.actions_set.qt["data"].trigger()
    (dialog,) = window.findChildren(DataDialog)
    return dialog


def said(dialog: DataDialog) -> str:
    widgets = [dialog.report.itemAt(n).widget() for n in range(dialog.report.count())]
    return "\n".join(w.text().replace("\u200b", "") for w in widgets if w is not None)  # type: ignore[attr-defined]


def test_without_samples_it_says_what_to_choose(opened: MainWindow) -> None:
    dialog = dialog_of(opened)
    assert dialog.where.text() == NONE and not dialog.use.isEnabled() and not dialog.check.isEnabled()
    dialog.reject()


def test_left_out_overlap_and_a_sample_are_shown_before_the_data_is_used(
    opened: MainWindow, settle: Wait, arrays: Path
) -> None:
    dialog = dialog_of(opened)
    dialog.take(arrays)
    settle()
    text = said(dialog)
    assert "8 samples to calibrate on, 5 to score on" in text
    assert "2 of 10 in calibration left out, NaN" in text
    assert "1 calibration sample is in the evaluation part too" in text and "the score may be too good" in text
    assert "Sample 1 of 8" in dialog.told.text() and "No label" in dialog.told.text()
    QTest.mouseClick(dialog.after, LEFT)
    settle()
    assert "Sample 2 of 8" in dialog.told.text()
    dialog.part.setCurrentIndex(1)
    settle()
    assert "Sample 1 of 5" in dialog.told.text() and "Label 0" in dialog.told.text()
    assert opened.bench.document.data is None, "looking changes nothing"
    dialog.reject()


def test_options_are_used_kept_and_part_of_what_a_figure_belongs_to(
    opened: MainWindow, settle: Wait, arrays: Path
) -> None:
    document = opened.bench.document
    choose_data(opened.bench, arrays)
    settle()
    before = document.data_key(document.recipe)
    assert document.data_samples == 13 and "is in the evaluation" in "".join(e.text for e in document.log_entries)
    dialog = dialog_of(opened)
    settle()
    dialog.samples.setValue(3)
    dialog.form.fields["overlap"].set("leave-out")
    QTest.mouseClick(dialog.check, LEFT)
    settle()
    QTest.mouseClick(dialog.use, LEFT)
    settle()
    assert document.data_choice == DataChoice(3, {"overlap": "leave-out"})
    assert document.data_samples == 6
    assert document.data_key(document.recipe) != before
    kept = opened.bench.settings.value.data_choices
    assert DataChoice.from_json(next(iter(kept.values()))) == document.data_choice


def test_what_cannot_be_opened_says_why_and_cannot_be_used(opened: MainWindow, settle: Wait, tmp_path: Path) -> None:
    dialog = dialog_of(opened)
    dialog.take(tmp_path / "nothing")
    settle()
    assert "does not exist" in said(dialog) and not dialog.use.isEnabled()
    dialog.reject()


def test_one_set_for_both_is_a_warning() -> None:
    assert report_lines(DataFound(5, 5, False))[0][0] == "warning"
    assert report_lines(DataFound(5, 6, True)) == [("", "5 samples to calibrate on, 6 to score on")]
