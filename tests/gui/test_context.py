"""Whatever has rows or says something in the window has a context menu, and its rows go out as text with tabs."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QContextMenuEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QAbstractScrollArea, QApplication, QHeaderView, QMenu, QWidget

from gui.main_window import MainWindow
from gui.treatment import treat
from tests.gui.measured import add

AT = QPoint(60, 12)


def asked(widget: QWidget, qapp: QApplication) -> list[str]:
    """The entries of the menu that a right click there opens."""
    inside = widget.viewport() if isinstance(widget, QAbstractScrollArea) else widget
    QTest.mousePress(inside, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, AT)
    QTest.mouseRelease(inside, Qt.MouseButton.RightButton, Qt.KeyboardModifier.NoModifier, AT)
    where = inside.mapToGlobal(AT)
    QApplication.sendEvent(inside, QContextMenuEvent(QContextMenuEvent.Reason.Mouse, AT, where))
    qapp.processEvents()
    menu = QApplication.activePopupWidget()
    if not isinstance(menu, QMenu):
        return []
    found = [entry.text() for entry in menu.actions() if not entry.isSeparator()]
    menu.close()
    qapp.processEvents()
    return found


@pytest.fixture
def measured(opened: MainWindow) -> MainWindow:
    document = opened.bench.document
    add(document)
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    return opened


def test_every_table_and_list_has_a_menu_with_copy(measured: MainWindow, qapp: QApplication) -> None:
    tried = 0
    for name in measured.panels:
        measured.show_panel(name)
        qapp.processEvents()
        for view in measured.findChildren(QAbstractItemView):
            if view.isVisible() and not isinstance(view, QHeaderView) and view.height() > 20:
                texts = asked(view, qapp)
                assert any(word in text for text in texts for word in ("Copy", "Duplicate")), view.accessibleName()
                tried += 1
    assert tried > len(measured.panels)


def test_inspector_tabs_and_graph_have_menus_too(measured: MainWindow, qapp: QApplication) -> None:
    assert "Copy what the inspector says" in asked(measured.inspector, qapp)
    assert "Copy plot as picture" in asked(measured.tabs.tabBar(), qapp)
    assert any("Save graph as SVG" in text for text in asked(measured.graph.view, qapp))


def test_a_list_is_copied_as_lines_and_a_tree_as_it_is_open(measured: MainWindow, qapp: QApplication) -> None:
    measured.recipe.list.setFocus()
    measured.actions_set.qt["copy"].trigger()
    assert QGuiApplication.clipboard().text() == "int8 static: block0/conv"
    measured.actions_set.qt["tree"].trigger()
    measured.bench.document.select([])
    tree = measured.layers.tree
    tree.expandAll()
    tree.setFocus()
    measured.actions_set.qt["copy"].trigger()
    lines = [line.split("\t") for line in QGuiApplication.clipboard().text().split("\n")]
    assert len({len(line) for line in lines}) == 1, "the same columns in each"
    assert sum("conv" in line[0] for line in lines) == 5
