"""Why slower: what costs time in the viewed measurement, what it costs, and the click that would help."""

from __future__ import annotations

import re

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QBrush
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QHeaderView,
    QPushButton,
    QSizePolicy,
    QSplitter,
    QStackedLayout,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.explain.reason import Reason, Remedy
from gui import numbers
from gui.document import Document
from gui.figures import recipe_of
from gui.language import again, mark, tr
from gui.panels.parts import Empty, breakable, label, scrolled
from gui.remedies import why_not
from gui.theme import Theme, tabular

COLUMNS = (
    (mark("Why"), mark("What costs time in this model")),
    (mark("Cost"), mark("What it takes of one run, as measured; – where that cannot be measured")),
    (mark("Of the run"), mark("That cost as a part of the median latency")),
)
FIGURES = re.compile(r": (at least )?[\d.]+ (µs|ms)(, [\d.]+ % of a run| before, [\d.]+ (µs|ms) now)?$")
"""What a title says at its end and the table has as columns."""
NAMED = 6
NOT_YET = mark(
    "Reasons come with a profile: what did not fuse, what the runtime inserted, what fell back, and what helps."
)
NOTHING = mark("Nothing stands out in the profile shown ({title}): no rule found time that a click would save.")


def without_figures(title: str) -> str:
    return FIGURES.sub("", title)


class WhyPanel(QFrame):
    """A list of reasons, the most expensive first; the chosen one beside it with its remedies."""

    apply_wanted = Signal(object, object)
    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._reasons: tuple[Reason, ...] = ()
        self._shown: tuple[str, object] = ("", None)
        self._told: object = None
        self._text = label("", "muted")
        self._text.setContentsMargins(12, 8, 12, 4)
        self.table = self._make_table()
        left = QWidget()
        column = QVBoxLayout(left)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._text)
        column.addWidget(self.table, 1)
        splitter = QSplitter(Qt.Orientation.Horizontal)
        splitter.setChildrenCollapsible(False)
        splitter.setHandleWidth(1)
        splitter.addWidget(left)
        splitter.addWidget(self._make_detail())
        splitter.setSizes([480, 480])
        self._empty = Empty(tr("Profile"))
        self._empty.button.clicked.connect(self.profile_wanted)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(splitter)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._show)
        theme.changed.connect(self._restyle)
        self._show()

    def _make_table(self) -> QTableWidget:
        table = QTableWidget(0, len(COLUMNS))
        table.setAccessibleName(tr("What costs time"))
        table.setFont(tabular(self.font()))
        table.setHorizontalHeaderLabels([tr(name) for name, _ in COLUMNS])
        for number, (_, tip) in enumerate(COLUMNS):
            header = table.horizontalHeaderItem(number)
            assert header is not None
            header.setToolTip(tr(tip))
            side = Qt.AlignmentFlag.AlignRight if number else Qt.AlignmentFlag.AlignLeft
            header.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
        head = table.horizontalHeader()
        head.setHighlightSections(False)
        head.setMinimumSectionSize(64)
        head.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        for number in (1, 2):
            head.setSectionResizeMode(number, QHeaderView.ResizeMode.Fixed)
            table.setColumnWidth(number, 92)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(28)
        table.setShowGrid(False)
        table.setWordWrap(False)
        table.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        table.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        table.setTabKeyNavigation(False)
        table.itemSelectionChanged.connect(self._show_reason)
        table.itemActivated.connect(lambda _: self._select_layers())
        return table

    def _make_detail(self) -> QWidget:
        self._title = label("", "strong", wrap=True)
        self._detail, self._advice = label("", wrap=True), label("", wrap=True)
        self._layers = label("", "muted", wrap=True)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(16, 10, 16, 8)
        column.setSpacing(6)
        for text in (self._title, self._detail, self._advice, self._layers):
            text.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            text.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
            column.addWidget(text)
        column.addStretch(1)
        area = scrolled(page, tr("Why this layer"))
        self._buttons = QHBoxLayout()
        self._buttons.setContentsMargins(16, 4, 16, 10)
        self._buttons.setSpacing(8)
        detail = QWidget()
        both = QVBoxLayout(detail)
        both.setContentsMargins(0, 0, 0, 0)
        both.setSpacing(0)
        both.addWidget(area, 1)
        both.addLayout(self._buttons)
        return detail

    # -- showing -------------------------------------------------------------------------------------------------

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()

    def _show(self) -> None:
        if not self.isVisible():
            return
        document = self._document
        viewed, explained = document.viewed, document.explained
        explanation = explained.explanation if explained is not None else None
        self._empty.button.setVisible(viewed is None)
        self._empty.setEnabled(document.opened is not None)
        if viewed is None:
            self._empty.text.setText(tr(NOT_YET))
        elif explained is None:
            self._empty.text.setText(tr("Not looked at yet: reasons come at the end of the profile."))
        elif explanation is None:
            self._empty.text.setText(
                tr("The reasons could not be worked out: {reason}").format(reason=explained.missing)
            )
        elif not explanation.reasons:
            self._empty.text.setText(tr(NOTHING).format(title=document.title(viewed[0])))
        found = explanation.reasons if explanation is not None else ()
        self._stack.setCurrentIndex(1 if found else 0)
        if viewed is not None and found:
            title = f"{document.title(viewed[0])[:1].upper()}{document.title(viewed[0])[1:]}"
            if explained is not None and explained.before:
                title = tr("{title}, against the {before}").format(title=title, before=again(explained.before))
            self._text.setText(title)
        key = viewed[0] if viewed is not None else ""
        same = self._shown[0] == key and self._shown[1] is explained
        if not same:
            self._shown = (key, explained)
            self._fill(found)
        else:
            self._show_reason()

    def _fill(self, reasons: tuple[Reason, ...]) -> None:
        kept = chosen.rule if (chosen := self.chosen) is not None else ""
        self.table.blockSignals(True)
        self._reasons, self._told = reasons, None
        self.table.setRowCount(len(reasons))
        run_us = viewed[1].profile.latency_ms.median * 1000 if (viewed := self._document.viewed) is not None else 0.0
        told = tr("{time} µs of one run")
        for row, reason in enumerate(reasons):
            known = reason.cost_us is not None and run_us > 0
            share = numbers.share((reason.cost_us or 0.0) / run_us) if known else numbers.NOTHING
            for column, text in enumerate((without_figures(reason.title), numbers.time_us(reason.cost_us), share)):
                item = QTableWidgetItem(text)
                side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
                item.setTextAlignment(side | Qt.AlignmentFlag.AlignVCenter)
                item.setToolTip(told.format(time=numbers.full(reason.cost_us)) if column else reason.title)
                self.table.setItem(row, column, item)
        place = next((n for n, r in enumerate(reasons) if r.rule == kept), 0)
        if reasons:
            self.table.selectRow(place)
        self.table.blockSignals(False)
        self._restyle()
        self._show_reason()

    def _restyle(self) -> None:
        muted = QBrush(self._theme.color("muted"))
        for row, reason in enumerate(self._reasons):
            for column in (1, 2):
                if reason.cost_us is None and (item := self.table.item(row, column)) is not None:
                    item.setForeground(muted)

    @property
    def chosen(self) -> Reason | None:
        rows = self.table.selectionModel().selectedRows()
        return self._reasons[rows[0].row()] if rows and rows[0].row() < len(self._reasons) else None

    def _show_reason(self) -> None:
        document, reason = self._document, self.chosen
        whys: tuple[str, ...] = ()
        if reason is not None and document.opened is not None and document.viewed is not None:
            viewed = recipe_of(document.viewed[0])
            whys = tuple(why_not(document.recipe, reason, r, document.opened, viewed) for r in reason.remedies)
        if (id(reason), whys) == self._told:
            return
        self._told = (id(reason), whys)
        while (item := self._buttons.takeAt(0)) is not None:
            if (old := item.widget()) is not None:
                old.hide()
                old.deleteLater()
        if reason is None:
            return
        self._title.setText(breakable(reason.title))
        self._detail.setText(breakable(reason.detail))
        self._advice.setText(reason.advice)  # to copy from: it may hold a command
        self._advice.setVisible(bool(reason.advice))
        named = ", ".join(reason.layers[:NAMED])
        if len(reason.layers) > NAMED:
            named = tr("{layers} and {count} more").format(layers=named, count=len(reason.layers) - NAMED)
        self._layers.setText(breakable(named))
        self._layers.setVisible(bool(reason.layers))
        for number, (remedy, why) in enumerate(zip(reason.remedies, whys, strict=True)):
            self._buttons.addWidget(self._remedy_button(reason, remedy, why, first=not number))
        if reason.layers:
            one, several = tr("Show the layer"), tr("Show {count} layers").format(count=len(reason.layers))
            show = QPushButton(several if len(reason.layers) > 1 else one)
            show.setObjectName("show_layers")
            show.setToolTip(tr("Select them here and in every other view"))
            show.clicked.connect(self._select_layers)
            self._buttons.addWidget(show)
        self._buttons.addStretch(1)

    def _remedy_button(self, reason: Reason, remedy: Remedy, why: str, *, first: bool) -> QPushButton:
        button = QPushButton(remedy.label)
        button.setObjectName("primary" if first else "remedy")
        button.setMinimumWidth(64)
        button.setEnabled(not why)
        button.setToolTip(why or tr("Apply it; undo takes it back, and the next profile says what it gained"))
        button.clicked.connect(lambda: self.apply_wanted.emit(reason, remedy))
        return button

    def _select_layers(self) -> None:
        if (reason := self.chosen) is not None:
            self._document.select(reason.layers)
