"""The Graph panel: the canvas with its head, legend and overview, linked to the document's selection both ways."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from PySide6.QtCore import QEvent, QObject, QPoint, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QMenu, QToolButton, QVBoxLayout, QWidget

from engine.errors import EngineError
from gui.calls.drawing import Drawing, ancestors
from gui.canvas.boxes import Look
from gui.canvas.colour_by import ColourBy
from gui.canvas.colouring import Colours, Known, colours
from gui.canvas.drawings import Drawings
from gui.canvas.ink import Ink
from gui.canvas.kernels import outlines
from gui.canvas.legend import Legend
from gui.canvas.minimap import Minimap
from gui.canvas.scene import NOTHING, Scene
from gui.canvas.search import Search, matching
from gui.canvas.view import CanvasView
from gui.canvas.words import Words
from gui.document import Document
from gui.language import tr
from gui.panels.parts import head, label
from gui.tables.layer_model import LayerModel, same, shown_of
from gui.theme import Theme

if TYPE_CHECKING:
    from engine.verification.sensitivity import Sensitivity

MANY = 20_000
"""Boxes that take longer to colour than a turn of the event loop has beside all that an edit does."""


class GraphPanel(QFrame):
    """``drawn`` comes when another drawing is shown; the window adds entries to ``menu``."""

    drawn = Signal()
    shown_changed = Signal()

    def __init__(
        self, document: Document, rows: LayerModel, theme: Theme, drawings: Drawings, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._rows, self._theme = document, rows, theme
        self.drawings = drawings
        drawings.seen = self.isVisible
        self.jobs = self.drawings.jobs
        self.kernels_outlined = True
        self._syncing = False
        self._painted: tuple[object, ...] = ()
        self._soon = QTimer(self)
        self._soon.setSingleShot(True)
        self._soon.setInterval(0)
        self._soon.timeout.connect(self._repaint)
        self.scene: Scene | None = None
        self.colours: Colours | None = None
        self.menu = QMenu(self)
        self._make_head()
        self.view = CanvasView(theme, self._tip)
        self.legend = Legend(theme)
        self.minimap = Minimap(self.view, theme)
        self.note = label("", "mark", wrap=False)
        self.note.setParent(self.view)
        self.note.hide()
        self.view.installEventFilter(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.head)
        column.addWidget(self.view, 1)
        column.addWidget(self.legend)
        self._connect()
        self.show_scene(None)

    def _make_head(self) -> None:
        self.search = Search()
        self._hits = label("", "small")
        self.colour_by = ColourBy(self)
        self.head = head(self.search, self._hits, 1, self.colour_by.box, self.colour_by.sides)

    def add_button(self, button: QToolButton) -> None:
        layout = self.head.layout()
        assert layout is not None
        layout.addWidget(button)

    def _connect(self) -> None:
        document, view = self._document, self.view
        self.colour_by.changed.connect(self._recolour)
        self.search.textChanged.connect(self._search_changed)
        self.search.next_wanted.connect(self.go_on)
        self.search.left.connect(view.setFocus)
        view.chosen.connect(self._choose)
        view.toggled.connect(self.drawings.toggle)
        view.pointed.connect(self._pointed)
        document.pointed.changed.connect(self._show_coupled)
        view.menu_wanted.connect(self._show_menu)
        view.escaped.connect(self._escape)
        self.drawings.made.connect(self._show)
        self.drawings.failed.connect(self._failed)
        document.replaced.connect(self._replaced)
        document.figures_changed.connect(self._figures_changed)
        document.viewed_changed.connect(self._figures_changed)
        document.selection_changed.connect(self._selection_changed)
        document.channels_changed.connect(self._channels_found)
        self._theme.changed.connect(self._repaint)

    # -- drawing -------------------------------------------------------------------------------------------------

    def _replaced(self) -> None:
        if self.drawings.now is not None and self.drawings.as_drawn():  # it is the panel that is new
            self._show(self.drawings.now, NOTHING, False, "")
            return
        if not self.drawings.kept():
            self.show_scene(None)
            self.drawings.forget()
            self.search.clear()
        self.drawings.afresh()

    def _failed(self, error: EngineError) -> None:
        self._say(str(error))
        self._document.log(tr("The graph could not be drawn: {error}").format(error=error), "warning")

    def _show(self, drawing: Drawing, anchor: int, home: bool, then: str) -> None:
        self.show_scene(Scene(drawing), anchor, home=home)
        self._say(tr("Drawn without ordering: the graph is too tangled for it") if drawing.simple else "")
        if home:  # once more, now that what lies over the drawing has its size
            self.view.go_home()
        self._selection_changed()
        self.drawn.emit()
        if then:
            self.reveal(then)

    def show_scene(self, scene: Scene | None, anchor: int = NOTHING, *, home: bool = False) -> None:
        self.scene = scene
        self._painted = ()
        if scene is None:
            self.colours = None
            self.view.show_scene(None, None)
            self.legend.show_colours(None, ())
            self.minimap.show_scene(None, None)
            return
        self._paint(anchor, home=home)

    # -- colours -------------------------------------------------------------------------------------------------

    def _figures_changed(self) -> None:
        document = self._document
        if self.colour_by.show_sides(document.after[0] is not None):
            self._painted = ()
        if self.scene is None or same(self._painted, self._inputs()):
            return
        if len(self.scene.items) < MANY:
            self._paint()
        else:  # in a turn of its own: the table and the recipe have taken long enough
            self._soon.start()

    def _inputs(self) -> tuple[object, ...]:
        """What the picture is made from."""
        document = self._document
        viewed = document.viewed
        return (
            *shown_of(document),
            viewed[1] if viewed is not None else None,
            self._scan,
            self._theme.tokens,
        )

    @property
    def _scan(self) -> Sensitivity | None:
        """The latest."""
        return next(reversed(self._document.figures.scans.values()), None)

    def _recolour(self) -> None:
        if self.scene is not None:
            self._paint()
        self.shown_changed.emit()

    def _repaint(self) -> None:
        if self.scene is not None:
            self._paint()

    def _paint(self, anchor: int = NOTHING, *, home: bool = False) -> None:
        assert self.scene is not None
        document, scene = self._document, self.scene
        self._painted = self._inputs()
        rows = self._rows.rows
        if len(rows) != len(document.layers):
            return
        scan = self._scan
        decibels = {row.id: row.sqnr_db for row in scan.layers} if scan is not None else {}
        known = [Known(row, decibels.get(row.layer.id) if decibels else None) for row in rows]
        found = colours(self.colour_by.mode, self.colour_by.side, scene, known, self._theme)
        self.words = Words(scene, rows, found)
        viewed = document.viewed
        places = {layer.id: n for n, layer in enumerate(document.layers)}
        kernels = outlines(scene, viewed[1] if viewed is not None else None, places) if self.kernels_outlined else None
        look = Look(found, self.words.title, self.words.detail, self.words.marks, kernels)
        self.colours = found
        self.look = look
        self.view.show_scene(scene, Ink(scene, look, self._theme, self.font()), anchor=anchor, home=home)
        self.minimap.show_scene(scene, found)
        self._show_legend()

    def _show_legend(self) -> None:
        if self.colours is None:
            return
        kernels = self.look.kernels
        channels = self._document.channels
        there = {
            "kernel": kernels is not None and kernels.fused,
            "treated": self.look.marks,
            "coupled": channels is not None and channels.groups.prunable,
        }
        extra = [name for name, shown in there.items() if shown]
        self.legend.show_colours(self.colours, tuple(extra))
        self._place_overlays()

    def set_kernels_outlined(self, on: bool) -> None:
        self.kernels_outlined = on
        self._repaint()

    # -- selection -----------------------------------------------------------------------------------------------

    def reveal(self, layer_id: str) -> None:
        """Bring a layer into sight, whatever is closed around it."""
        drawing = self.drawings.now
        if drawing is None or self.scene is None or self._document.opened is None:
            return
        place = next((n for n, layer in enumerate(self._document.layers) if layer.id == layer_id), None)
        number = drawing.outline.by_layer.get(place, NOTHING) if place is not None else NOTHING
        if number == NOTHING:
            if place is not None and not self.drawings.everything:
                self.drawings.show_everything(True, then=layer_id)
                self.shown_changed.emit()
            return
        closed = frozenset(ancestors(self.scene.items, number)) - drawing.open
        if closed:
            self.drawings.draw(drawing.open | closed, then=layer_id)
            return
        self.view.current = number
        self.view.show_boxes([number], near=self.view.scale < 0.4)

    def _choose(self, boxes: tuple[int, ...], add: bool) -> None:
        if self.scene is None:
            return
        layers = self._document.layers
        ids = [layers[n].id for box in boxes for n in self.scene.layers_of(box)]
        chosen = dict.fromkeys(self._document.selection) if add else {}
        if add and ids and all(i in chosen for i in ids):
            for i in ids:
                del chosen[i]
        else:
            chosen.update(dict.fromkeys(ids))
        self._syncing = True
        self._document.select(chosen)
        self._syncing = False
        self._say("")

    def _selection_changed(self) -> None:
        drawing = self.drawings.now
        if self.scene is None or drawing is None:
            return
        scene, chosen = self.scene, set(self._document.selection)
        places = [n for n, layer in enumerate(self._document.layers) if layer.id in chosen] if chosen else []
        drawn = [number for n in places if (number := drawing.outline.by_layer.get(n)) is not None]
        counts = Counter(scene.home(number) for number in drawn)
        left_out = len(places) - len(drawn)
        whole = frozenset(box for box, count in counts.items() if count >= len(scene.layers_of(box)))
        self.view.show_selection(whole, frozenset(counts) - whole)
        if not self._syncing and counts:
            shown = scene.leaves_in(self.view.seen).tolist()
            if not any(box in counts for box in shown):
                self.view.show_boxes([min(counts)])
            self.view.current = min(counts)
        if left_out and not counts:
            self._say(tr("Arithmetic of shapes is left out; Graph > Show in the graph brings it in"))
        self._show_coupled()

    def focus(self) -> None:
        """Only the chosen boxes and their neighbours; once more shows everything again."""
        chosen = self.view.selected | self.view.partly
        if self.view.focus or self.scene is None or not chosen:
            self.view.show_focus(())
            return
        near = self.scene.with_neighbours(chosen)
        self.view.show_focus(near)
        self.view.show_boxes(near, near=True)

    def _escape(self) -> None:
        if self.view.focus:
            self.view.show_focus(())
        else:
            self._document.select(())

    # -- channels ------------------------------------------------------------------------------------------------

    def _channels_found(self) -> None:
        self._figures_changed()
        self._show_coupled()
        if self.scene is not None:
            self._show_legend()

    def _pointed(self, box: int) -> None:
        scene = self.scene
        there = scene is not None and box != NOTHING and scene.items[box].kind == "layer"
        self._document.pointed.at(scene.items[box].name if scene is not None and there else "")

    def _show_coupled(self) -> None:
        """Of the layer under the mouse, here or in the table, else of the chosen one."""
        scene = self.scene
        if scene is None:
            return
        chosen = self._document.selection
        layer_id = self._document.pointed.layer or (chosen[0] if len(chosen) == 1 else "")
        channels = self._document.channels
        coupled = scene.homes_of(channels.roles(layer_id)) if channels is not None and layer_id else {}
        self.view.show_coupled(coupled if len(coupled) > 1 else {})

    # -- search --------------------------------------------------------------------------------------------------

    def matches(self) -> list[int]:
        """Layers and containers whose name, scope or operator has the text."""
        drawing = self.drawings.now
        return matching(self.search.text(), drawing.outline.items, self._document.layers) if drawing else []

    def _search_changed(self) -> None:
        found = self.matches()
        self._hits.setText(tr("{count} found").format(count=len(found)) if self.search.text().strip() else "")

    def go_on(self, way: int) -> None:
        """Choose the next match, or the one before."""
        found, drawing = self.matches(), self.drawings.now
        if not found or self.scene is None or drawing is None:
            return
        now = self.view.current
        later = [n for n in found if n > now] if way > 0 else [n for n in reversed(found) if n < now]
        number = later[0] if later else found[0 if way > 0 else -1]
        self._hits.setText(tr("{number} of {count}").format(number=found.index(number) + 1, count=len(found)))
        self._choose((number,), False) if self.scene.layers_of(number) else None
        self.view.current = number
        closed = frozenset(ancestors(self.scene.items, number)) - drawing.open
        if closed:
            item = self.scene.items[number]
            self.drawings.draw(drawing.open | closed, then=item.name if item.layer >= 0 else "")
        else:
            self.view.show_boxes([number], near=self.view.scale < 0.4)

    # -- small things --------------------------------------------------------------------------------------------

    def _tip(self, box: int, value: int) -> str:
        if self.scene is None:
            return ""
        return self.words.box_tip(box) if box != NOTHING else self.words.line_tip(value) if value != NOTHING else ""

    def _show_menu(self, at: QPoint) -> None:
        self.menu.popup(at)

    def _say(self, text: str) -> None:
        self.note.setText(text)
        self.note.adjustSize()
        self.note.setVisible(bool(text))
        self._place_overlays()

    def _place_overlays(self) -> None:
        view = self.view
        self.note.move(12, 12)
        self.minimap.place()
        view.covered = view.width() - self.minimap.x() if self.minimap.isVisibleTo(view) else 0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        if watched is self.view and event.type() == QEvent.Type.Resize:
            self._place_overlays()
        return super().eventFilter(watched, event)

    def showEvent(self, event: QShowEvent) -> None:  # noqa: N802
        super().showEvent(event)
        self.drawings.catch_up()
