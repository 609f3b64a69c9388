from __future__ import annotations

from PySide6.QtWidgets import QLabel

from engine.licences import components
from engine.version import version
from gui.dialogs.about import AboutDialog
from gui.main_window import MainWindow
from tests.gui.conftest import Wait


def about(window: MainWindow) -> AboutDialog:
    dialog = AboutDialog(window)
    dialog.show_components(components())
    return dialog


def test_each_component_shows_its_licence(window: MainWindow) -> None:
    dialog = about(window)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    row = next(number for number, name in enumerate(names) if name.startswith("onnx "))
    dialog.list.setCurrentRow(row)
    assert "Apache License" in dialog.text.toPlainText()
    assert any(version() in label.text() for label in dialog.findChildren(QLabel))


def test_the_components_come_once_their_licences_are_read(window: MainWindow, settle: Wait) -> None:
    window.actions_set.qt["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    assert dialog.list.count() == 0
    settle()
    assert dialog.list.count() > 5 and dialog.text.toPlainText()
    dialog.close()


def test_it_can_be_closed_before(window: MainWindow, settle: Wait) -> None:
    window.actions_set.qt["about"].trigger()
    (dialog,) = window.findChildren(AboutDialog)
    dialog.close()
    settle()
    assert not window.findChildren(AboutDialog)


def test_a_component_without_a_text_says_so(window: MainWindow) -> None:
    dialog = about(window)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    row = next(number for number, name in enumerate(names) if name.startswith("PySide6"))
    dialog.list.setCurrentRow(row)
    assert "LGPL-3.0" in dialog.text.toPlainText()
    assert "no text" in dialog.text.toPlainText()
