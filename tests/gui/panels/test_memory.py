"""The memory panel: figures, the peak, and one selection."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.panels.memory import MemoryPanel
from tests.gui.panels.explained import EXPLANATION, show_explained

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def shown(window: MainWindow) -> MemoryPanel:
    window.show_panel("memory")
    show_explained(window.bench.document)
    QApplication.processEvents()
    panel = window.panels["memory"]
    assert isinstance(panel, MemoryPanel)
    return panel


def test_figures_and_the_layers_of_the_peak(opened: MainWindow) -> None:
    panel = shown(opened)
    texts = [value.text() for _, value in panel._facts._lines]
    assert texts == ["600\u202fB", "12\u202fkB", "30\u202fMB"]
    listed = [panel.list.item(n).text() for n in range(panel.list.count())]
    assert [text.split()[0] for text in listed] == list(EXPLANATION.memory.peak_layers)
    assert panel._plot is not None
    assert panel._plot._peak.value() == 12.0
    QTest.mouseClick(panel.list.viewport(), LEFT, NONE, panel.list.visualItemRect(panel.list.item(1)).center())
    assert opened.bench.document.selection == ("block0/conv",)


def test_a_step_selects_its_layer(opened: MainWindow) -> None:
    panel = shown(opened)
    assert panel._plot is not None
    box = panel._plot.plot.getPlotItem().getViewBox()
    at = panel._plot.plot.mapFromScene(box.mapViewToScene(QPointF(2, 2.0)))
    QTest.mouseClick(panel._plot.plot.viewport(), LEFT, NONE, at)
    assert opened.bench.document.selection == ("block2/conv",)
    assert "block2/conv" in panel._text.text() and "8\u202fkB alive" in panel._text.text()
