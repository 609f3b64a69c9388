from __future__ import annotations

from PySide6.QtWidgets import QLabel

from engine.version import version
from gui.dialogs.about import AboutDialog
from gui.main_window import MainWindow


def test_each_component_shows_its_licence(window: MainWindow) -> None:
    dialog = AboutDialog(window)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    row = next(number for number, name in enumerate(names) if name.startswith("onnx "))
    dialog.list.setCurrentRow(row)
    assert "Apache License" in dialog.text.toPlainText()
    assert any(version() in label.text() for label in dialog.findChildren(QLabel))


def test_a_component_without_a_text_says_so(window: MainWindow) -> None:
    dialog = AboutDialog(window)
    names = [dialog.list.item(row).text() for row in range(dialog.list.count())]
    row = next(number for number, name in enumerate(names) if name.startswith("PySide6"))
    dialog.list.setCurrentRow(row)
    assert "LGPL-3.0" in dialog.text.toPlainText()
    assert "no text" in dialog.text.toPlainText()
