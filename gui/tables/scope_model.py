"""The hierarchy of module scopes with their sums, and the layers in them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from PySide6.QtCore import QAbstractItemModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.tables.columns import Row, row_treatment
from gui.tables.layer_model import MARK_ROLE, SHARE_ROLE, rows_of, same, shown_of, treatment_mark

Index = QModelIndex | QPersistentModelIndex
Role = Qt.ItemDataRole
HEADERS = (mark("Scope"), mark("Share"), mark("Latency"), mark("Params"), mark("MACs"), mark("Treatment"))
TIPS = (
    mark("Module scopes of the exporter, with the layers in them"),
    mark("Part of the time of all kernels"),
    mark("Sum of the medians of the layers inside"),
    mark("Sum of parameters"),
    mark("Sum of multiply-accumulates; ? where a layer's cost is not known"),
    mark("What the recipe does"),
)
_NOWHERE = QModelIndex()


@dataclass(eq=False, slots=True)
class Node:
    """A scope, or a layer where ``row`` is set (an index into the rows)."""

    name: str
    parent: Node | None
    place: int = 0
    row: int | None = None
    children: list[Node] = field(default_factory=list)
    by_name: dict[str, Node] = field(default_factory=dict)
    parameters: int = 0
    macs: int | None = 0
    time_us: float = 0.0
    share: float = 0.0
    treated: int = 0
    layers: list[str] = field(default_factory=list)

    def add(self, name: str, row: int | None = None) -> Node:
        child = Node(name, self, len(self.children), row)
        self.children.append(child)
        if row is None:
            self.by_name[name] = child
        return child


def build(rows: list[Row]) -> Node:
    root = Node("", None)
    for number, row in enumerate(rows):
        place = root
        for part in row.layer.scope:
            place = place.by_name.get(part) or place.add(part)
        name = row.layer.id.removeprefix("/")
        place.add(name.removeprefix("/".join(row.layer.scope) + "/"), number)
    _join_single(root)
    return root


def _join_single(node: Node) -> None:
    """A scope that holds one layer and nothing else is shown as that layer."""
    for place, child in enumerate(node.children):
        _join_single(child)
        if len(child.children) == 1 and child.children[0].row is not None:
            (leaf,) = child.children
            node.children[place] = Node(child.name, node, place, leaf.row)


def leaves(node: Node) -> Iterator[tuple[int, Node]]:
    """The layers below, by row."""
    if node.row is not None:
        yield node.row, node
    for child in node.children:
        yield from leaves(child)


def add_up(node: Node, rows: list[Row]) -> None:
    """Fill the sums, leaves first."""
    if node.row is not None:
        row = rows[node.row]
        node.parameters, node.macs = row.layer.parameters, row.layer.macs
        node.time_us = row.before.median_us if row.before else 0.0
        node.share = row.before.share if row.before else 0.0
        node.treated = int(bool(row_treatment(row)))
        node.layers = [row.layer.id]
        return
    for child in node.children:
        add_up(child, rows)
    macs = [c.macs for c in node.children]
    node.macs = None if None in macs else sum(m for m in macs if m is not None)
    node.parameters = sum(c.parameters for c in node.children)
    node.time_us = sum(c.time_us for c in node.children)
    node.share = sum(c.share for c in node.children)
    node.treated = sum(c.treated for c in node.children)
    node.layers = [i for c in node.children for i in c.layers]


class ScopeModel(QAbstractItemModel):
    """Scopes and layers in the order of the file."""

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.rows: list[Row] = []
        self.root = Node("", None)
        self.active = False
        self._shown: tuple[object, ...] = ()
        self._leaves: dict[int, Node] = {}
        document.replaced.connect(self.reload)
        document.figures_changed.connect(self.refresh)
        self.reload()

    @property
    def has_scopes(self) -> bool:
        return any(layer.scope for layer in self._document.layers)

    def activate(self, on: bool) -> None:
        """A tree that nobody sees is not built."""
        self.active = on
        if on and len(self.rows) != len(self._document.layers):
            self.reload()
        self.refresh()

    def reload(self) -> None:
        self.beginResetModel()
        self._shown = shown_of(self._document)
        self.rows = rows_of(self._document) if self.active else []
        self.root = build(self.rows)
        self._leaves = dict(leaves(self.root))
        add_up(self.root, self.rows)
        self.endResetModel()

    def refresh(self) -> None:
        """Figures or treatments changed."""
        if not self.active or same(self._shown, shown_of(self._document)):
            return
        self._shown = shown_of(self._document)
        self.rows = rows_of(self._document)
        add_up(self.root, self.rows)
        last = len(HEADERS) - 1
        # Qt repaints what is visible whatever range of one parent is named.
        if self.root.children:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.root.children) - 1, last))

    def node(self, index: Index) -> Node:
        return index.internalPointer() if index.isValid() else self.root

    def index(self, row: int, column: int, parent: Index = _NOWHERE) -> QModelIndex:
        if not self.hasIndex(row, column, parent):
            return QModelIndex()
        return self.createIndex(row, column, self.node(parent).children[row])

    def parent(self, index: Index = _NOWHERE) -> Any:
        above = self.node(index).parent
        if above is None or above is self.root:
            return QModelIndex()
        return self.createIndex(above.place, 0, above)

    def rowCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return 0 if parent.column() > 0 else len(self.node(parent).children)

    def columnCount(self, parent: Index = _NOWHERE) -> int:  # noqa: N802
        return len(HEADERS)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Role.DisplayRole) -> Any:  # noqa: N802
        if orientation != Qt.Orientation.Horizontal or not 0 <= section < len(HEADERS):
            return None
        if role == Role.DisplayRole:
            return tr(HEADERS[section])
        if role == Role.ToolTipRole:
            return tr(TIPS[section])
        if role == Role.TextAlignmentRole:
            return self._alignment(section)
        return None

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if not index.isValid():
            return None
        node = self.node(index)
        if role == Role.DisplayRole:
            return self._text(node, index.column())
        if role == Role.TextAlignmentRole:
            return self._alignment(index.column())
        if role == SHARE_ROLE and index.column() == 1:
            return node.share
        if role == MARK_ROLE and index.column() == 5 and node.row is not None:
            return treatment_mark(self.rows[node.row])
        if role == Role.ToolTipRole:
            if node.row is not None:
                return self.rows[node.row].layer.op
            return tr("{name}: {count} layers").format(name=node.name, count=len(node.layers))
        return None

    def index_of(self, layer_id: str) -> QModelIndex:
        found = next((n for n, row in enumerate(self.rows) if row.layer.id == layer_id), None)
        if found is None:
            return QModelIndex()
        leaf = self._leaves[found]
        return self.createIndex(leaf.place, 0, leaf)

    def _text(self, node: Node, column: int) -> str:
        if column == 5:
            if node.row is not None:
                return row_treatment(self.rows[node.row])
            if not node.treated:
                return ""
            return tr("{count} of {all}").format(count=node.treated, all=len(node.layers))
        macs = "?" if node.macs is None else numbers.count(node.macs) if node.macs else numbers.NOTHING
        return (
            node.name,
            numbers.share(node.share) if node.share else numbers.NOTHING,
            numbers.time_us(node.time_us or None),
            numbers.count(node.parameters) if node.parameters else numbers.NOTHING,
            macs,
        )[column]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        side = Qt.AlignmentFlag.AlignLeft if column in (0, 5) else Qt.AlignmentFlag.AlignRight
        return side | Qt.AlignmentFlag.AlignVCenter
