"""How cells are drawn: a bar behind a share, a mark before a treatment."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QObject, QPersistentModelIndex, QRect, QRectF, Qt
from PySide6.QtGui import QPainter
from PySide6.QtWidgets import QApplication, QStyle, QStyledItemDelegate, QStyleOptionViewItem

from gui.icons import icon
from gui.tables.layer_model import MARK_ROLE, SHARE_ROLE
from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
WARNING = frozenset({"warning", "fallback", "copy"})
"""Marks of what the user did not ask for."""


class CellDelegate(QStyledItemDelegate):
    """Draws the plain cell, then what the roles add."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._theme = theme

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        share, mark = index.data(SHARE_ROLE), index.data(MARK_ROLE)
        if share:
            self._paint_share(painter, option, index, float(share))
        elif mark:
            self._paint_mark(painter, option, index, str(mark))
        else:
            super().paint(painter, option, index)

    def _background(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> QStyleOptionViewItem:
        found = QStyleOptionViewItem(option)
        self.initStyleOption(found, index)
        found.text = ""
        style = found.widget.style() if found.widget else QApplication.style()
        style.drawControl(QStyle.ControlElement.CE_ItemViewItem, found, painter, found.widget)
        return found

    def _paint_share(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, share: float) -> None:
        self._background(painter, option, index)
        room = option.rect.adjusted(8, 0, -8, 0)
        number_width = 48
        track = QRectF(room.left(), room.center().y() - 2, max(0, room.width() - number_width), 6)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(self._theme.brush("after"))
        track.setWidth(max(2.0, track.width() * min(1.0, share)))
        painter.drawRoundedRect(track, 2, 2)
        painter.restore()
        self._text(painter, option, room, index, Qt.AlignmentFlag.AlignRight)

    def _paint_mark(self, painter: QPainter, option: QStyleOptionViewItem, index: Index, mark: str) -> None:
        self._background(painter, option, index)
        tokens = self._theme.tokens
        room = option.rect.adjusted(8, 0, -4, 0)
        for name in mark.split():
            color = tokens.bad if name in WARNING else tokens.accent
            icon(name, color).paint(painter, QRect(room.left(), room.center().y() - 6, 14, 14))
            room = room.adjusted(20, 0, 0, 0)
        self._text(painter, option, room, index, Qt.AlignmentFlag.AlignLeft)

    def _text(
        self, painter: QPainter, option: QStyleOptionViewItem, room: QRect, index: Index, side: Qt.AlignmentFlag
    ) -> None:
        painter.save()
        painter.setFont(option.font)
        painter.setPen(self._theme.color("text"))
        text = option.fontMetrics.elidedText(str(index.data()), Qt.TextElideMode.ElideRight, room.width())
        # Half a pixel up: where the style puts the text of the cells beside it.
        painter.drawText(room.adjusted(0, 0, 0, -1), int(side | Qt.AlignmentFlag.AlignVCenter), text)
        painter.restore()
