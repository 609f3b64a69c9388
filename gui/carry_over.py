"""What a person has set in widgets, from widgets that go to their successors: texts, choices, sorting, places.

Both are made by the same code, so that each finds its successor by the way to it from the root. What the new ones know
by themselves, from the document or the settings, is the same already and is not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QItemSelection, QItemSelectionModel, QModelIndex
from PySide6.QtWidgets import (
    QAbstractItemView,
    QAbstractScrollArea,
    QAbstractSlider,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QHeaderView,
    QLineEdit,
    QSpinBox,
    QSplitter,
    QTabWidget,
    QTreeView,
    QWidget,
)

Way = tuple[tuple[str, int], ...]
MOST_OPEN = 2000
"""Open branches of a tree that are looked for."""


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of widget: what of it is kept, and how another one is given it."""

    widget: type[QWidget]
    read: Callable[[Any], object]
    give: Callable[[Any, Any], object]


def _combo(box: QComboBox, kept: tuple[int, int]) -> None:
    if box.count() == kept[1]:
        box.setCurrentIndex(kept[0])


def _ranges(view: QAbstractItemView) -> tuple[tuple[int, int], ...]:
    chosen: QItemSelectionModel | None = view.selectionModel()
    if chosen is None:
        return ()
    found = chosen.selection()
    ranges = (found.at(number) for number in range(found.count()))
    return tuple((one.top(), one.bottom()) for one in ranges if not one.parent().isValid())


def _choose(view: QAbstractItemView, ranges: tuple[tuple[int, int], ...]) -> None:
    model, chosen = view.model(), view.selectionModel()
    if model is None or chosen is None or not ranges or _ranges(view) == ranges:
        return
    last = model.columnCount() - 1
    selection = QItemSelection()
    for top, bottom in ranges:
        if bottom < model.rowCount():
            selection.select(model.index(top, 0), model.index(bottom, last))
    chosen.select(selection, QItemSelectionModel.SelectionFlag.ClearAndSelect)


def _opened(tree: QTreeView) -> tuple[tuple[int, ...], ...]:
    """The branches that are open, each as the rows on the way to it."""
    model, found = tree.model(), list[tuple[int, ...]]()
    waiting: list[tuple[tuple[int, ...], QModelIndex]] = [((), QModelIndex())]
    while waiting and model is not None and len(found) < MOST_OPEN:
        way, parent = waiting.pop()
        for row in range(model.rowCount(parent)):
            index = model.index(row, 0, parent)
            if tree.isExpanded(index):
                found.append((*way, row))
                waiting.append(((*way, row), index))
    return tuple(found)


def _open(tree: QTreeView, branches: tuple[tuple[int, ...], ...]) -> None:
    model = tree.model()
    for way in sorted(branches, key=len):
        index = QModelIndex()
        for row in way:
            index = model.index(row, 0, index)
        if not tree.isExpanded(index):
            tree.expand(index)


KINDS = (
    Kind(QComboBox, lambda w: (w.currentIndex(), w.count()), _combo),
    Kind(QSpinBox, QSpinBox.value, QSpinBox.setValue),
    Kind(QDoubleSpinBox, QDoubleSpinBox.value, QDoubleSpinBox.setValue),
    Kind(QCheckBox, QCheckBox.isChecked, QCheckBox.setChecked),
    Kind(QLineEdit, QLineEdit.text, QLineEdit.setText),
    Kind(QAbstractSlider, QAbstractSlider.value, QAbstractSlider.setValue),
    Kind(QSplitter, QSplitter.saveState, QSplitter.restoreState),
    Kind(QTabWidget, QTabWidget.currentIndex, QTabWidget.setCurrentIndex),
    Kind(QHeaderView, QHeaderView.saveState, QHeaderView.restoreState),
    Kind(QTreeView, _opened, _open),
    Kind(QAbstractItemView, _ranges, _choose),
)
"""In the order in which it is given: a choice can decide what a later one has to choose from."""
WHOLE = (QComboBox, QSpinBox, QDoubleSpinBox, QLineEdit, QAbstractSlider)


def _below(root: QWidget, way: Way = ()) -> Iterator[tuple[Way, QWidget]]:
    yield way, root
    if isinstance(root, WHOLE):
        return
    seen: Counter[str] = Counter()
    for child in root.children():
        if isinstance(child, QWidget) and not child.isWindow():
            name = type(child).__name__
            yield from _below(child, (*way, (name, seen[name])))
            seen[name] += 1


def way_to(root: QWidget, wanted: QWidget | None) -> Way | None:
    return next((way for way, widget in _below(root) if widget is wanted), None) if wanted is not None else None


def at(root: QWidget, way: Way | None) -> QWidget | None:
    return next((widget for there, widget in _below(root) if there == way), None) if way is not None else None


def remember(root: QWidget) -> Mapping[tuple[Way, int], object]:
    return {
        (way, number): kind.read(widget)
        for way, widget in _below(root)
        for number, kind in enumerate(KINDS)
        if isinstance(widget, kind.widget)
    }


def recall(root: QWidget, kept: Mapping[tuple[Way, int], object]) -> None:
    """Kind by kind; what is as it was is not told again."""
    for number, kind in enumerate(KINDS):
        for way, widget in list(_below(root)):
            key = way, number
            if key in kept and isinstance(widget, kind.widget) and kind.read(widget) != kept[key]:
                kind.give(widget, kept[key])


def scrolled(root: QWidget) -> Mapping[Way, tuple[int, int]]:
    """How far; apart from the rest, because there must be something to scroll in again first."""
    return {way: (widget.horizontalScrollBar().value(), widget.verticalScrollBar().value())
            for way, widget in _below(root) if isinstance(widget, QAbstractScrollArea)}  # fmt: skip


def scroll(root: QWidget, kept: Mapping[Way, tuple[int, int]]) -> None:
    for way, widget in list(_below(root)):
        if isinstance(widget, QAbstractScrollArea) and way in kept:
            widget.horizontalScrollBar().setValue(kept[way][0])
            widget.verticalScrollBar().setValue(kept[way][1])
