"""What the panels that plot an explained profile share: the choice of the profile, a line of text, a legend, a side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QStackedLayout, QVBoxLayout, QWidget

from gui.document import Document
from gui.language import tr
from gui.panels.elided import READOUT, Elided
from gui.panels.parts import Empty, Facts, label
from gui.panels.viewed import ViewedChoice
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from gui.figures import Explained, Measurement

SIDE = 264


class ExplainedPanel(QFrame):
    """The plot is made when there is something to show, and shown anew only for another profile.

    A panel defines ``side``, ``has``, ``missing``, ``show_found``, ``show_selection`` and ``show_legend``.
    """

    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._shown: tuple[str, object] = ("", None)
        self._text = Elided(least=READOUT)
        self._legend = label("", "muted")
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._facts = Facts()
        top = QHBoxLayout()
        top.setContentsMargins(12, 6, 12, 0)
        top.setSpacing(12)
        top.addWidget(ViewedChoice(document))
        top.addWidget(self._text, 1)
        top.addWidget(self._legend)
        self._place = QVBoxLayout()
        self._place.setContentsMargins(0, 0, 0, 0)
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addLayout(self._place, 1)
        side = self.side()
        side.setFixedWidth(SIDE)
        row.addWidget(side)
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(top)
        column.addLayout(row, 1)
        self._empty = Empty(tr("Profile"))
        self._empty.button.clicked.connect(self.ask)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self._empty)
        self._stack.addWidget(page)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
            signal.connect(self._show)
        document.selection_changed.connect(self.show_selection)
        theme.changed.connect(self.show_legend)
        self.show_legend()
        self._show()

    # -- what a panel says ---------------------------------------------------------------------------------------

    def side(self) -> QWidget:
        """What stands beside the plot."""
        raise NotImplementedError

    def has(self, explanation: Explanation | None) -> bool:
        """Whether there is something to show; kept for ``show_found``."""
        raise NotImplementedError

    def missing(self, measured: bool, explained: Explained | None) -> tuple[str, str]:
        """What to say where there is nothing to show, and the button, "" for none."""
        raise NotImplementedError

    def show_found(self, measurement: Measurement) -> None:
        raise NotImplementedError

    def show_selection(self) -> None:
        raise NotImplementedError

    def show_legend(self) -> None:
        raise NotImplementedError

    def ask(self) -> None:
        """The button was pressed."""
        self.profile_wanted.emit()

    # -- showing -------------------------------------------------------------------------------------------------

    def _show(self) -> None:
        if not self.isVisible():
            return
        viewed, explained = self._document.viewed, self._document.explained
        there = self.has(explained.explanation if explained is not None else None)
        text, button = self.missing(viewed is not None, explained)
        self._empty.text.setText(text)
        self._empty.button.setText(button)
        self._empty.button.setVisible(bool(button))
        self._empty.setEnabled(self._document.opened is not None)
        self._stack.setCurrentIndex(1 if there else 0)
        if viewed is None or not there or (self._shown[0] == viewed[0] and self._shown[1] is explained):
            return
        self._shown = (viewed[0], explained)
        self.show_found(viewed[1])
        self.show_legend()
        self.show_selection()

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show()
        self.show_selection()
