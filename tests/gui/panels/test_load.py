"""The load panel: what the form takes, and what a sweep shows, also an unfinished one."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.errors import UsageError
from engine.profiling.sweep import Sweep, SweepPoint
from gui.main_window import MainWindow
from gui.panels.load import LoadPanel
from gui.panels.load_form import one_number, whole_numbers
from tests.gui.conftest import Wait

SWEEP = Sweep(
    "cpu",
    (SweepPoint(1, 2, 1, 1.0, 1.2, 1.4, 900.0, 300), SweepPoint(4, 2, 1, 2.0, 2.4, 3.0, 1900.0, 200),
     SweepPoint(8, 2, 1, reason="the model fixes a batch of 4")),
    3.0, 1, complete=False,
)  # fmt: skip


def panel_of(window: MainWindow) -> LoadPanel:
    window.show_panel("load")
    QApplication.processEvents()
    panel = window.panels["load"]
    assert isinstance(panel, LoadPanel)
    return panel


def test_lists_of_numbers() -> None:
    assert whole_numbers("1, 2 4;4", "Batches") == (1, 2, 4)
    assert whole_numbers("auto, 2", "Threads") == (0, 2)
    for text, name in (("", "Batches"), ("0", "Streams"), ("auto", "Batches"), ("1.5", "Threads"), ("two", "Streams")):
        with pytest.raises(UsageError, match="whole numbers"):
            whole_numbers(text, name)
    assert one_number("2,5", "Limit") == 2.5
    for text in ("", "-1", "nan", "inf", "x"):
        with pytest.raises(UsageError, match="number above 0"):
            one_number(text, "Limit")


def test_a_wrong_field_says_so_and_starts_nothing(opened: MainWindow) -> None:
    panel = panel_of(opened)
    panel.form.fields["streams"].setText("many")
    QTest.mouseClick(panel.form.button, Qt.MouseButton.LeftButton)
    assert "'many' is not a list of whole numbers" in panel.form._error.text()
    assert not opened.bench.jobs.busy


def test_points_the_best_and_the_reason_why_not(opened: MainWindow) -> None:
    document, panel = opened.bench.document, panel_of(opened)
    document.add_sweep(document.sweep_key(), SWEEP)
    rows = [[panel.table.item(r, c).text() for c in range(7)] for r in range(3)]
    assert rows[0] == ["1", "2", "1", "900", "1\u202fms", "1.2\u202fms", "1.4\u202fms"]
    assert rows[1][3] == "★ 1.9\u202fk"
    assert rows[2][3:] == ["–"] * 4
    assert panel.table.item(2, 0).toolTip() == "the model fixes a batch of 4"
    text = panel._text.text()
    assert (
        "Best within 3\u202fms (p90): batch 4" in text and "1 could not be measured" in text and "Not complete" in text
    )


def test_a_sweep_belongs_to_recipe_and_options_but_not_to_threads(opened: MainWindow) -> None:
    document, panel = opened.bench.document, panel_of(opened)
    document.add_sweep(document.sweep_key(), SWEEP)
    document.set_settings(threads=7)
    assert panel.table.rowCount() == 3
    document.set_settings(options={"spinning": False})
    assert panel.table.rowCount() == 0
    assert not panel._body.isVisible()


def test_a_real_sweep_shows_its_points(opened: MainWindow, settle: Wait) -> None:
    panel = panel_of(opened)
    for name, text in (("batches", "1"), ("threads", "1"), ("streams", "1, 2"), ("seconds", "0.05")):
        panel.form.fields[name].setText(text)
    QTest.keyClick(panel.form.fields["seconds"], Qt.Key.Key_Return)
    settle()
    sweep = opened.bench.document.sweep
    assert sweep is not None, opened.messages.text
    assert [(p.streams, p.reason) for p in sweep.points] == [(1, ""), (2, "")]
    assert sweep.complete and panel.table.rowCount() == 2 and panel.form.button.isEnabled()


def test_a_scenario_has_its_own_fields_and_refuses_several_streams(opened: MainWindow) -> None:
    panel = panel_of(opened)
    panel.form.what.setCurrentIndex(panel.form.what.findData("server"))
    assert not panel.form.fields["batches"].isVisible() and panel.form.fields["limit"].isVisible()
    asked = panel.form.fields["limit"]
    QTest.mouseClick(panel.form.button, Qt.MouseButton.LeftButton)
    assert "is not a number above 0" in panel.form._error.text(), "a server needs its bound"
    asked.setText("20")
    panel.form.fields["streams"].setText("1, 4")
    with pytest.raises(UsageError, match="one number of streams"):
        panel.form.scenario()
    panel.form.what.setCurrentIndex(0)
    assert panel.form.fields["batches"].isVisible()


def test_a_real_scenario_shows_its_figure(opened: MainWindow, settle: Wait) -> None:
    panel = panel_of(opened)
    panel.form.what.setCurrentIndex(panel.form.what.findData("offline"))
    panel.form.fields["seconds"].setText("0.05")
    QTest.mouseClick(panel.form.button, Qt.MouseButton.LeftButton)
    settle()
    found = opened.bench.document.scenarios
    assert list(found) == ["offline"], opened.messages.text
    assert panel.scenarios.isVisible() and not panel._body.isVisible()
    texts = [panel.scenarios.table.item(0, column).text() for column in range(2)]
    assert texts[0] == "Offline" and texts[1].endswith("samples a second")
    opened.bench.document.set_settings(options={"spinning": False})
    assert not panel.scenarios.isVisible(), "results belong to the options that they were measured with"
