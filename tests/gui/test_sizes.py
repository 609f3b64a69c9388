"""In the smallest window that people use no words of the lower panels are cut, and nothing lies over another."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication, QLabel, QWidget

from gui.main_window import MainWindow
from gui.panels.elided import Elided
from gui.treatment import treat
from tests.gui.measured import add, measurement


def cut(root: QWidget) -> list[str]:
    """Labels that have less room than their words need, unless they say so with an ellipsis."""
    found = []
    for label in root.findChildren(QLabel):
        if not label.isVisibleTo(root) or not label.text() or isinstance(label, Elided):
            continue
        if label.wordWrap():
            short = label.heightForWidth(label.width()) > label.height() + 1
        else:
            short = label.sizeHint().width() > label.width() + 1
        if short:
            found.append(label.text())
    return found


def overlapping(root: QWidget) -> list[tuple[str, str]]:
    """Of what stands side by side in one parent."""
    found = []
    for parent in (root, *root.findChildren(QWidget)):
        layout = parent.layout()
        if layout is None or type(layout).__name__ == "QStackedLayout":
            continue
        shown = [w for w in parent.children() if isinstance(w, QWidget) and w.isVisibleTo(root) and not w.isWindow()]
        shown = [w for w in shown if layout.indexOf(w) >= 0]
        for number, one in enumerate(shown):
            for other in shown[:number]:
                if one.geometry().intersects(other.geometry()):
                    found.append((type(one).__name__, type(other).__name__))
    return found


@pytest.mark.parametrize("size", [(900, 560), (1280, 800)])
def test_no_words_are_cut_in_a_small_window(opened: MainWindow, qapp: QApplication, size: tuple[int, int]) -> None:
    document = opened.bench.document
    add(document)
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv", "block1/conv"]), "quantize")
    document.add_measurement(document.key(document.recipe), measurement(document))
    document.select(["block1/conv"])
    opened.resize(*size)
    for name in ("latency", "runs", "timeline", "memory", "difference", "compare", "clean"):
        opened.show_panel(name)
        qapp.processEvents()
        panel = opened.panels[name]
        assert cut(panel) == [], name
        assert overlapping(panel) == [], name
