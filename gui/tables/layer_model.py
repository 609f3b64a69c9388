"""The layers as a Qt item model.

It sorts and filters by itself: a proxy would call back into Python for every comparison, which shows at 10,000 layers.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor

from gui.document import Document
from gui.language import tr
from gui.tables.columns import COLUMNS, INDEX, Row, placement_mark
from gui.theme import Theme

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
SHARE_ROLE = Role.UserRole + 1
"""The share of the slowest visible layer's time, 0 to 1: the length of the bar in the cell."""
MARK_ROLE = Role.UserRole + 2
"""Names of the icons that mark a treated layer, with spaces between them."""
_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
_LEFT = Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter
_NOWHERE = QModelIndex()


def treatment_mark(row: Row) -> str:
    if row.treatment is None:
        return "link" if row.along else ""
    if row.skipped:
        return "warning"
    asked = (row.treatment.quantized, row.treatment.kept_float, row.treatment.pruned, bool(row.along))
    return " ".join(name for name, there in zip(("quantize", "float", "prune", "link"), asked, strict=True) if there)


def rows_of(document: Document) -> list[Row]:
    """One row for each layer of the file."""
    before = document.baseline or document.as_opened
    after, stale = document.after
    rebuilt = document.rebuilt
    befores = before.layers if before else {}
    afters = after.layers if after else {}
    skipped = rebuilt.skipped if rebuilt else {}
    treatments = document.treatments
    inputs = document.opened.flowing if document.opened is not None else {}
    errors = document.layer_errors or {}
    channels = document.channels
    along = channels.taken_along(treatments, skipped.keys()) if channels is not None and treatments else {}
    noisy = any(m is not None and m.profile.noisy for m in (before, after))
    return [
        Row(
            number,
            layer,
            befores.get(layer.id),
            afters.get(layer.id),
            treatments.get(layer.id),
            skipped.get(layer.id, "") if layer.id in treatments else "",
            stale,
            noisy,
            inputs.get(layer.id, ()),
            errors.get(layer.id),
            channels.of(layer.id) if channels is not None else None,
            along.get(layer.id, ""),
        )
        for number, layer in enumerate(document.layers, start=1)
    ]


def shown_of(document: Document) -> tuple[object, ...]:
    """What the rows are made from: where all of it is the same, they are."""
    figures = (document.baseline, document.as_opened, *document.after, document.rebuilt, document.layer_errors)
    return (document.opened, document.recipe, document.channels, *figures)


def same(a: tuple[object, ...], b: tuple[object, ...]) -> bool:
    return len(a) == len(b) and all(x is y for x, y in zip(a, b, strict=True))


class LayerModel(QAbstractTableModel):
    """``order`` holds indices into ``rows``: those that the filter leaves, sorted."""

    def __init__(self, document: Document, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self._theme = theme
        self._shown: tuple[object, ...] = ()
        self.rows: list[Row] = []
        self.order: list[int] = []
        self._row_of: dict[str, int] = {}
        self._text, self._op = "", ""
        self._sort: tuple[int, Qt.SortOrder] | None = None
        self._largest_share = 1.0
        self._coupled: dict[str, str] = {}
        document.replaced.connect(self.reload)
        document.figures_changed.connect(self.refresh)
        document.channels_changed.connect(self.refresh)
        for signal in (document.selection_changed, document.channels_changed, document.pointed.changed):
            signal.connect(self._show_coupled)
        self.reload()

    # -- what Qt asks --------------------------------------------------------------------------------------------

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(self.order)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        column = COLUMNS[index.column()]
        if role == Role.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        row = self.rows[self.order[index.row()]]
        if role == Role.DisplayRole:
            if column.key == "channels" and (said := self._coupled.get(row.layer.id)) is not None:
                return said.rsplit(" ", 1)[0]
            return column.text(row)
        if role == Role.ToolTipRole:
            return column.full(row)
        if role == Role.ForegroundRole:
            return self._color(column.key, row)
        if role == SHARE_ROLE and column.key == "share":
            return row.before.share / self._largest_share if row.before is not None else 0.0
        if role == MARK_ROLE and column.key == "treatment":
            return treatment_mark(row)
        if role == MARK_ROLE and column.key == "provider":
            return placement_mark(row)
        if role == Role.AccessibleTextRole:
            return f"{tr(column.title)}: {column.text(row)}"
        return None

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(COLUMNS):
            return None
        column = COLUMNS[section]
        if role == Role.DisplayRole:
            compared = column.key == "before" and self._document.after[0] is not None
            return tr("Before") if compared else tr(column.title)
        if role == Role.ToolTipRole:
            return tr(column.tip)
        if role == Role.TextAlignmentRole:
            return _RIGHT if column.number else _LEFT
        return None

    def _color(self, key: str, row: Row) -> QColor | None:
        if key in ("id", "channels") and row.layer.id in self._coupled:
            return self._theme.color("bad")  # as the graph writes it
        if key == "delta" and row.before is not None and row.after is not None:
            delta = row.after.median_us - row.before.median_us
            if row.stale or row.noisy or abs(delta) < 0.05 * max(row.before.median_us, 1.0):
                return self._theme.color("muted")
            return self._theme.color("good" if delta < 0 else "bad")
        if key == "channels" and row.channels is not None and row.channels.reason is not None:
            return self._theme.color("muted")
        if key in ("number", "state", "input", "output", "precision") or (key == "after" and row.stale):
            return self._theme.color("muted")
        return None

    # -- order and filter ----------------------------------------------------------------------------------------

    def sort_by(self, column: int | None, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Without a column the order of the file; what is unknown comes last either way."""
        self._sort = None if column is None else (column, order)
        self.layoutAboutToBeChanged.emit()
        old = self.persistentIndexList()
        layers = [self.order[i.row()] for i in old]
        self._reorder()
        places = {number: place for place, number in enumerate(self.order)}
        new = [self.index(places[number], i.column()) for number, i in zip(layers, old, strict=True)]
        self.changePersistentIndexList(old, new)
        self.layoutChanged.emit()

    def set_filter(self, text: str, op: str = "") -> None:
        if (text.strip().lower(), op) == (self._text, self._op):
            return
        self.beginResetModel()
        self._text, self._op = text.strip().lower(), op
        self._reorder()
        self.endResetModel()

    def _reorder(self) -> None:
        every = not self._text and not self._op
        wanted = [n for n, row in enumerate(self.rows) if every or self._passes(row)]
        if self._sort is not None:
            number, order = self._sort
            value = COLUMNS[number].value
            known = [(v, n) for n in wanted if (v := value(self.rows[n])) is not None and v != ""]
            unknown = [n for n in wanted if (v := value(self.rows[n])) is None or v == ""]
            known.sort(key=lambda pair: pair[0], reverse=order == Qt.SortOrder.DescendingOrder)
            wanted = [n for _, n in known] + unknown
        self.order = wanted
        self._row_of = {self.rows[n].layer.id: place for place, n in enumerate(wanted)}

    def _passes(self, row: Row) -> bool:
        if self._op and row.layer.op != self._op:
            return False
        return all(
            word in row.layer.id.lower() or word in row.layer.op.lower() or word in "/".join(row.layer.scope).lower()
            for word in self._text.split()
        )

    # -- for the view --------------------------------------------------------------------------------------------

    def layer_id(self, row: int) -> str:
        return self.rows[self.order[row]].layer.id

    def rows_with(self, ids: Sequence[str]) -> list[int]:
        """The visible rows of these layers, in order."""
        return sorted(self._row_of[i] for i in ids if i in self._row_of)

    def ops(self) -> list[str]:
        return sorted({row.layer.op for row in self.rows})

    def reload(self) -> None:
        self.beginResetModel()
        self._load()
        self._text, self._op, self._sort = "", "", None
        self._reorder()
        self.endResetModel()

    def refresh(self) -> None:
        """Figures or treatments changed; the order stays, so that nothing moves under the hand."""
        if same(self._shown, shown_of(self._document)):
            return
        self._load()
        if self.order:
            last = self.index(len(self.order) - 1, len(COLUMNS) - 1)
            self.dataChanged.emit(self.index(0, 0), last)
            self.headerDataChanged.emit(Qt.Orientation.Horizontal, INDEX["before"], INDEX["before"])

    def _show_coupled(self) -> None:
        """Beside each layer that is coupled to the one under the mouse, else to the only selected one, what it is."""
        channels, pointed, chosen = self._document.channels, self._document.pointed.layer, self._document.selection
        layer_id = pointed or (chosen[0] if len(chosen) == 1 else "")
        found = channels.roles(layer_id) if channels is not None and layer_id else {}
        found = found if len(found) > 1 else {}
        if found != self._coupled:
            self._coupled = found
            if self.order:
                last = self.index(len(self.order) - 1, len(COLUMNS) - 1)
                self.dataChanged.emit(self.index(0, 0), last, [Role.DisplayRole, Role.ForegroundRole])

    def _load(self) -> None:
        self._shown = shown_of(self._document)
        self.rows = rows_of(self._document)
        self._largest_share = max((r.before.share for r in self.rows if r.before is not None), default=1.0) or 1.0
