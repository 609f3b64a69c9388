"""Why slower: reasons, their layers everywhere, and remedies as clicks."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from engine.explain.reason import Reason, Remedy
from gui.dialogs.shapes import ShapesDialog
from gui.main_window import MainWindow
from gui.panels.why import NOT_YET, WhyPanel, without_figures
from tests.gui.conftest import Wait
from tests.gui.panels.explained import EXPLANATION, show_explained

LEFT = Qt.MouseButton.LeftButton


def panel_of(window: MainWindow) -> WhyPanel:
    window.show_panel("why")
    QApplication.processEvents()
    panel = window.panels["why"]
    assert isinstance(panel, WhyPanel)
    return panel


def buttons(panel: WhyPanel) -> dict[str, QPushButton]:
    QApplication.processEvents()
    return {b.text(): b for b in panel.findChildren(QPushButton) if b.isVisibleTo(panel) and not b.isHidden()}


def test_without_a_profile_it_offers_one(opened: MainWindow) -> None:
    panel = panel_of(opened)
    assert panel._empty.text.text() == NOT_YET
    assert list(buttons(panel)) == ["Profile"]


def test_nothing_that_stands_out_is_said(opened: MainWindow) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document, replace(EXPLANATION, reasons=()))
    assert "Nothing stands out" in panel._empty.text.text()
    assert panel._empty.isVisible() and not panel._empty.button.isVisible()


def test_an_explanation_that_failed_is_no_all_clear(opened: MainWindow) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document, None, "the graph is broken")
    assert "the graph is broken" in panel._empty.text.text()
    assert "Nothing stands out" not in panel._empty.text.text()


def test_cost_and_share_of_the_run(opened: MainWindow) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document)
    texts = [[panel.table.item(row, column).text() for column in range(3)] for row in range(panel.table.rowCount())]
    assert texts == [["3 pairs did not fuse", "500\u202fµs", "25.0\u202f%"], ["8 threads on 2 cores", "–", "–"]]
    assert "file as opened" in panel._text.text()


def test_show_selects_the_layers_everywhere(opened: MainWindow) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document)
    QTest.mouseClick(buttons(panel)["Show 2 layers"], LEFT)
    assert opened.bench.document.selection == ("block1/conv", "block2/conv")
    chosen = {i.row() for i in opened.layers.table.selectionModel().selectedRows()}
    assert chosen == set(opened.layers.table.layers.rows_with(["block1/conv", "block2/conv"]))


def test_apply_is_one_edit_that_undo_takes_back(opened: MainWindow) -> None:
    document, panel = opened.bench.document, panel_of(opened)
    show_explained(document)
    before = document.recipe
    QTest.mouseClick(buttons(panel)["Keep 2 layers in float"], LEFT)
    assert {i for i, t in document.treatments.items() if t.kept_float} == {"block1/conv", "block2/conv"}
    assert document.undo_label == "keep 2 layers in float"
    applied = buttons(panel)["Keep 2 layers in float"]
    assert not applied.isEnabled() and "Profile again" in applied.toolTip(), "the reasons stay, done ones say so"
    document.undo()
    assert document.recipe == before
    assert buttons(panel)["Keep 2 layers in float"].isEnabled()


def test_a_runtime_remedy_sets_threads_and_options(opened: MainWindow, settle: Wait) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document)
    panel.table.setFocus()
    QTest.keyClick(panel.table, Qt.Key.Key_Down)
    QTest.mouseClick(buttons(panel)["Use 2 threads"], LEFT)
    settle()
    kept = opened.bench.settings.value
    assert (kept.threads, kept.options) == (2, {"cpu": {"spinning": False}})
    assert opened.toolbar.threads.value() == 2
    assert opened.bench.document.settings.options == {"spinning": False}
    assert opened.bench.document.viewed is None, "the figures belong to other settings"


@pytest.mark.parametrize(
    ("title", "left"),
    [
        ("12 Q/DQ kernels did not fuse: 1.2 ms, 3 % of a run", "12 Q/DQ kernels did not fuse"),
        ("3 initializers among the inputs: at least 40 µs, 0.5 % of a run", "3 initializers among the inputs"),
        ("1.2 times as long as before: 3 ms before, 3.6 ms now", "1.2 times as long as before"),
        ("8 threads on 2 cores: 90 µs", "8 threads on 2 cores"),
        ("3 initializers among the inputs: they block fusion", "3 initializers among the inputs: they block fusion"),
    ],
)
def test_what_has_columns_is_not_said_twice(title: str, left: str) -> None:
    assert without_figures(title) == left


def test_a_device_remedy_chooses_the_device_and_a_shape_remedy_asks(opened: MainWindow, settle: Wait) -> None:
    shape = Remedy("shape", "Fix the input's shape")
    device = Remedy("device", "Run it on OpenVINO", device="openvino:cpu")
    reason = Reason("shapes", "Shapes are computed", ("block0/conv",), 9.0, "They are not fixed.", "", (shape, device))
    panel = panel_of(opened)
    show_explained(opened.bench.document, replace(EXPLANATION, reasons=(reason,)))
    before = opened.bench.document.recipe
    QTest.mouseClick(buttons(panel)[shape.label], LEFT)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, ShapesDialog)
    dialog.reject()
    QTest.mouseClick(buttons(panel)[device.label], LEFT)
    settle()
    assert opened.bench.settings.value.device == "openvino:cpu"
    assert opened.bench.document.settings.device == "openvino:cpu"
    assert opened.bench.document.recipe == before, "neither edits the recipe"
