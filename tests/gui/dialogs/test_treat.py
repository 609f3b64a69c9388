"""The dialog that quantizes or prunes: as high as its texts."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel

from gui.dialogs.treat import quantize_dialog
from gui.main_window import MainWindow


def test_no_text_is_cut_off(opened: MainWindow, qapp: QApplication) -> None:
    opened.bench.document.select(layer.id for layer in opened.bench.document.layers)
    dialog = quantize_dialog(opened.bench)
    dialog._left_out.setText("\n".join(["a reason of some length that takes more than one line of the dialog"] * 6))
    dialog.open()
    for _ in range(3):
        qapp.processEvents()
    for text in dialog.findChildren(QLabel):
        if text.isVisible() and text.wordWrap():
            assert text.height() >= text.heightForWidth(text.width()), text.text()
    dialog.close()
