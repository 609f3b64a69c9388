"""The window can be used without a mouse and without eyes: all that takes keys has a name, shows that it has them,
and is reached by Tab in the order in which the window is read.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtGui import QImage
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QFileDialog,
    QInputDialog,
    QLineEdit,
    QPushButton,
    QScrollArea,
    QWidget,
)

from gui.actions import all_actions
from gui.main_window import MainWindow
from gui.tab_order import go_to_part, parts_of, stops_in
from tests.gui.conftest import Wait, wear

LEAST_PIXELS = 20
"""That differ between a widget with the focus and without; a ring around a small button has more."""
DIALOGS = ("palette", "keys", "about", "preferences", "device_list", "inputs", "data", "quantize", "prune",
           "select_rule", "shapes", "export", "choose", "scenarios")  # fmt: skip
INSIDE = (QComboBox, QAbstractSpinBox, QAbstractItemView)
"""What is in these belongs to them."""


def interactive(top: QWidget) -> Iterator[QWidget]:
    """All widgets that can be clicked or take keys, shown or not."""
    for widget in top.findChildren(QWidget):
        parent = widget.parentWidget()
        inside = False
        while parent is not None and parent is not top:
            inside = inside or isinstance(parent, INSIDE)
            parent = parent.parentWidget()
        own = isinstance(parent, QLineEdit) or widget.objectName().startswith("qt_") or widget.focusProxy() is not None
        takes = isinstance(widget, (QAbstractButton, QComboBox, QAbstractSpinBox, QAbstractItemView, QLineEdit))
        if not inside and not own and (takes or widget.focusPolicy() & Qt.FocusPolicy.TabFocus):
            yield widget


def said(widget: QWidget) -> str:
    """What a screen reader says of it."""
    text = getattr(widget, "text", None)
    spoken = text() if isinstance(widget, QAbstractButton) and text is not None else ""
    return widget.accessibleName() or spoken or (widget.toolTip() if isinstance(widget, QAbstractButton) else "")


def nameless(top: QWidget) -> list[str]:
    found = []
    for widget in interactive(top):
        if isinstance(widget.parentWidget(), QLineEdit):  # the cross that clears it
            continue
        if not said(widget):
            owners = [type(w).__name__ for w in _owners(widget)]
            found.append(" in ".join([f"{type(widget).__name__} {widget.objectName()!r}", *owners[:3]]))
    return found


def _owners(widget: QWidget) -> Iterator[QWidget]:
    parent = widget.parentWidget()
    while parent is not None:
        yield parent
        parent = parent.parentWidget()


def unseen(part: QWidget) -> list[str]:
    """What looks the same with the focus and without."""
    found, top = [], part.window()
    for widget in [w for w in stops_in(part) if w.isVisible() and w.isEnabled()]:
        for owner in _owners(widget):
            if isinstance(owner, QScrollArea):
                owner.ensureWidgetVisible(widget)
        widget.setFocus(Qt.FocusReason.TabFocusReason)
        QApplication.processEvents()
        area = QRect(widget.mapTo(top, QPoint()), widget.size()).adjusted(-3, -3, 3, 3).intersected(top.rect())
        with_it = top.grab(area).toImage()
        widget.clearFocus()
        QApplication.processEvents()
        if differing(with_it, top.grab(area).toImage()) < LEAST_PIXELS:
            found.append(f"{type(widget).__name__} {said(widget)!r}")
    return found


def differing(a: QImage, b: QImage) -> int:
    def pixels(image: QImage) -> Any:
        image = image.convertToFormat(QImage.Format.Format_RGB32)
        return np.frombuffer(image.constBits(), np.uint32)

    return int((pixels(a) != pixels(b)).sum())


@pytest.fixture
def no_files(monkeypatch: pytest.MonkeyPatch) -> None:
    """Questions for files and words are answered with nothing."""
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    monkeypatch.setattr(QInputDialog, "getText", lambda *_, **__: ("", False))


def dialogs(window: MainWindow, settle: Wait) -> Iterator[tuple[str, QDialog]]:
    """Each of the window's dialogs, while it is open."""
    keys = [a.key for a in all_actions() if a.key in DIALOGS]
    assert len(keys) > len(DIALOGS) - 3, "these actions are called otherwise now"
    for key in keys:
        action = window.actions_set.qt[key]
        if not action.isEnabled():
            continue
        action.trigger()
        settle()
        dialog = QApplication.activeModalWidget()
        if isinstance(dialog, QDialog):
            yield key, dialog
            dialog.close()
            settle()


def test_the_walk_finds_what_has_no_name_and_no_ring(window: MainWindow, qapp: QApplication) -> None:
    bare = QPushButton(window.welcome)
    bare.setStyleSheet("QPushButton, QPushButton:focus { border: 1px solid red; background: red; }")
    bare.setGeometry(10, 10, 40, 24)
    bare.show()
    window.activateWindow()
    qapp.processEvents()
    assert [line for line in nameless(window) if line.startswith("QPushButton")]
    assert "QPushButton ''" in unseen(window)


def test_all_that_takes_keys_has_a_name(opened: MainWindow, settle: Wait, no_files: None) -> None:
    opened.bench.document.select(["block0/conv"])
    settle()
    assert nameless(opened) == []
    for key, dialog in dialogs(opened, settle):
        assert nameless(dialog) == [], key


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_the_focus_can_be_seen(theme: str, opened: MainWindow, settle: Wait, no_files: None) -> None:
    wear(opened, theme)
    opened.bench.document.select(["block0/conv"])
    settle()
    opened.activateWindow()
    QTest.qWait(1)
    assert unseen(opened) == []
    for number in range(opened.tabs.count()):
        opened.tabs.setCurrentIndex(number)
        settle()
        panel = opened.tabs.currentWidget()
        assert panel is not None and unseen(panel) == [], opened.tabs.tabText(number)
    for key, dialog in dialogs(opened, settle):
        assert unseen(dialog) == [], key


def test_tab_goes_through_the_window_as_it_is_read(opened: MainWindow, qapp: QApplication) -> None:
    opened.activateWindow()
    opened.layers.table.setFocus()
    seen: list[QWidget] = []
    while (focus := qapp.focusWidget()) is not None and focus not in seen:
        seen.append(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    parts = parts_of(opened)
    where = [next(n for n, part in enumerate(parts) if part.isAncestorOf(stop)) for stop in seen]
    ways = [part for part, _ in itertools.groupby(where)]
    first = ways.index(min(ways))
    turned = ways[first:] + ways[1 if ways[0] == ways[-1] else 0 : first]
    assert turned == sorted(set(where)), "from part to part, none twice"
    assert {type(parts[n]).__name__ for n in where} >= {
        "Toolbar",
        "LayersPanel",
        "GraphPanel",
        "Inspector",
        "QTabWidget",
    }


def test_a_key_goes_from_part_to_part(opened: MainWindow, qapp: QApplication) -> None:
    opened.activateWindow()
    opened.layers.table.setFocus()
    opened.actions_set.qt["part_next"].trigger()
    assert qapp.focusWidget() is opened.graph.view
    opened.actions_set.qt["part_before"].trigger()
    assert qapp.focusWidget() is opened.layers.table
    for _ in parts_of(opened):
        go_to_part(parts_of(opened), 1)
    assert qapp.focusWidget() is not None
