from __future__ import annotations

from collections.abc import Iterator

import pytest
from PySide6.QtGui import QStandardItem, QStandardItemModel
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QLineEdit,
    QSpinBox,
    QTableView,
    QTreeView,
    QVBoxLayout,
    QWidget,
)

from gui.carry_over import at, recall, remember, scroll, scrolled, way_to


class Form(QWidget):
    """Two of a kind, views with rows, and a choice that decides what another one offers."""

    def __init__(self, options: tuple[str, ...] = ("a", "b", "c")) -> None:
        super().__init__()
        self.first, self.second, self.number, self.check = (
            QLineEdit(),
            QLineEdit("set by code"),
            QSpinBox(),
            QCheckBox(),
        )
        self.kind, self.option = QComboBox(), QComboBox()
        self.kind.addItems(["few", "many"])
        self.options = options
        self.kind.currentIndexChanged.connect(self._offer)
        self._offer()
        self.table, self.tree = QTableView(), QTreeView()
        rows = QStandardItemModel(self)
        for n in range(60):
            item = QStandardItem(f"row {n}")
            item.appendRow(QStandardItem("below"))
            rows.appendRow([item, QStandardItem(str(60 - n))])
        for view in (self.table, self.tree):
            view.setModel(rows)
            view.setSortingEnabled(False)
        column = QVBoxLayout(self)
        for widget in (self.first, self.second, self.number, self.check, self.kind, self.option, self.table, self.tree):
            column.addWidget(widget)
        self.told: list[str] = []
        self.second.textChanged.connect(self.told.append)

    def _offer(self) -> None:
        self.option.clear()
        self.option.addItems(self.options[: 1 if self.kind.currentIndex() == 0 else None])


@pytest.fixture
def forms(qapp: QApplication) -> Iterator[tuple[Form, Form]]:
    made = Form(), Form()
    for form in made:
        form.resize(400, 600)
        form.show()
    qapp.processEvents()
    yield made
    for form in made:
        form.close()
        form.deleteLater()


def test_what_a_person_has_set_comes_along(forms: tuple[Form, Form]) -> None:
    old, new = forms
    old.first.setText("typed")
    old.number.setValue(7)
    old.check.setChecked(True)
    old.kind.setCurrentIndex(1)
    old.option.setCurrentIndex(2)
    old.table.setColumnWidth(0, 222)
    old.table.selectRow(4)
    old.tree.expand(old.tree.model().index(3, 0))
    recall(new, remember(old))
    assert (new.first.text(), new.number.value(), new.check.isChecked()) == ("typed", 7, True)
    assert (new.kind.currentIndex(), new.option.currentText()) == (1, "c")
    assert new.table.columnWidth(0) == 222
    assert [index.row() for index in new.table.selectionModel().selectedRows()] == [4]
    assert new.tree.isExpanded(new.tree.model().index(3, 0))
    assert not new.tree.isExpanded(new.tree.model().index(4, 0))


def test_what_is_the_same_is_not_told_again(forms: tuple[Form, Form]) -> None:
    old, new = forms
    recall(new, remember(old))
    assert new.told == []
    old.second.setText("other")
    recall(new, remember(old))
    assert new.told == ["other"]


def test_another_list_keeps_its_own_choice(qapp: QApplication) -> None:
    old, new = Form(), Form(("a", "b", "c", "d"))
    old.kind.setCurrentIndex(1)
    old.option.setCurrentIndex(2)
    recall(new, remember(old))
    assert new.kind.currentIndex() == 1
    assert new.option.currentText() == "a"


def test_views_are_where_they_were(forms: tuple[Form, Form]) -> None:
    old, new = forms
    old.table.verticalScrollBar().setValue(30)
    scroll(new, scrolled(old))
    assert new.table.verticalScrollBar().value() == 30
    assert new.tree.verticalScrollBar().value() == 0


def test_the_way_to_a_widget_leads_to_its_successor(forms: tuple[Form, Form]) -> None:
    old, new = forms
    assert at(new, way_to(old, old.second)) is new.second
    assert at(new, way_to(old, old.table)) is new.table
    assert way_to(old, new.second) is None
    assert at(new, None) is None
