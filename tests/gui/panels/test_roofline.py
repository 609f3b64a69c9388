"""The roofline panel: ceilings on request, layers under them, one selection."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.panels.roofline import CEILINGS, RooflinePanel
from gui.plots.roofline import looks, ticks
from tests.gui.panels.explained import EXPLANATION, show_explained

LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier


def panel_of(window: MainWindow) -> RooflinePanel:
    window.show_panel("roofline")
    QApplication.processEvents()
    panel = window.panels["roofline"]
    assert isinstance(panel, RooflinePanel)
    return panel


def test_it_asks_for_a_profile_then_for_ceilings(opened: MainWindow) -> None:
    panel = panel_of(opened)
    asked: list[bool] = []
    panel.ceilings_wanted.disconnect()
    panel.ceilings_wanted.connect(lambda: asked.append(True))
    assert panel._empty.button.text() == "Profile"
    show_explained(opened.bench.document, replace(EXPLANATION, roofline=None))
    assert panel._empty.button.text() == CEILINGS
    QTest.mouseClick(panel._empty.button, LEFT)
    assert asked == [True]


def test_a_point_selects_its_layer(opened: MainWindow) -> None:
    panel = panel_of(opened)
    show_explained(opened.bench.document)
    QApplication.processEvents()
    assert panel._plot is not None
    box = panel._plot.plot.getPlotItem().getViewBox()
    at = panel._plot.plot.mapFromScene(box.mapViewToScene(QPointF(np.log10(30.0), np.log10(90.0))))
    QTest.mouseClick(panel._plot.plot.viewport(), LEFT, NONE, at)
    assert opened.bench.document.selection == ("block1/conv",)
    assert "90\u202f" not in panel._text.text() and "90 GMAC/s" in panel._text.text()
    assert "40\u202f% of what the memory allows" in panel._text.text()


def test_shapes_tell_precisions_apart_without_colour() -> None:
    found = looks(["int8", "float32", "bfloat16", "float32"])
    assert list(found) == ["float32", "bfloat16", "int8"]
    assert len({shape for _, shape in found.values()}) == 3


def test_ticks_bear_round_numbers() -> None:
    major, between = ticks(-1.0, 1.0, dense=True)
    assert [text for _, text in major] == ["0.1", "1", "10"]
    assert [text for _, text in between][:4] == ["0.2", "0.5", "2", "5"]
    assert not any(text for _, text in ticks(-1.0, 1.0, dense=False)[1])
