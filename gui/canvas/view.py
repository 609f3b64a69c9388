"""The canvas itself: pans, zooms, shows what is chosen, and tells what is pointed at."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping

from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QHelpEvent,
    QKeyEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication, QToolTip, QWidget

from engine.layout.place import HEADER
from gui.canvas.boxes import cosmetic
from gui.canvas.camera import NOTCH, Camera
from gui.canvas.ink import Ink
from gui.canvas.scene import NOTHING, Scene
from gui.canvas.tiles import Tiles
from gui.canvas.walk import Way, step
from gui.language import tr
from gui.theme import Theme

MANY = 60
"""Boxes; the lines of more chosen ones would be everywhere."""
_WAYS: Mapping[int, Way] = {
    Qt.Key.Key_Down: "down", Qt.Key.Key_Up: "up", Qt.Key.Key_Left: "left", Qt.Key.Key_Right: "right"
}  # fmt: skip


class CanvasView(Camera):
    """``chosen`` carries boxes and whether they are added, ``toggled`` a container to open or close."""

    chosen = Signal(tuple, bool)
    toggled = Signal(int)
    pointed = Signal(int)
    menu_wanted = Signal(QPoint)
    escaped = Signal()
    focus_changed = Signal()

    def __init__(self, theme: Theme, tip: Callable[[int, int], str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Graph of the model"))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setMouseTracking(True)
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setMinimumSize(160, 120)
        self._theme, self._tip = theme, tip
        self._ink: Ink | None = None
        self._tiles = Tiles()
        self.current = NOTHING
        self.hovered = NOTHING
        self.selected: frozenset[int] = frozenset()
        self.partly: frozenset[int] = frozenset()
        self.coupled: Mapping[int, str] = {}
        self.focus: frozenset[int] = frozenset()
        self._press: QPointF | None = None
        self._press_corner = QPointF()
        self._dragging = ""
        self._band = QRect()
        self.sharp = True
        self.installEventFilter(self)

    # -- what is shown -------------------------------------------------------------------------------------------

    def show_scene(self, scene: Scene | None, ink: Ink | None, *, anchor: int = NOTHING, home: bool = False) -> None:
        """``anchor`` stays where it is on the screen; ``home`` goes to where a drawing begins."""
        before = self._place_of(anchor)
        same = scene is self.scene
        self.scene, self._ink = scene, ink
        self._tiles.paint = ink.paint if ink is not None else None
        self._tiles.background = self._theme.color("surface")
        self._tiles.forget(keep=same)
        if not same:
            self.hovered, self.focus, self.coupled = NOTHING, frozenset(), {}
            if scene is not None and (self.current >= len(scene.items) or home):
                self.current = NOTHING
        if home:
            self.go_home()
        elif before is not None and (after := self._place_of(anchor)) is not None:
            self.move_to(self.corner + (after - before) / self.scale)
        self.update()
        self.moved.emit()

    def show_selection(self, boxes: frozenset[int], partly: frozenset[int]) -> None:
        self.selected, self.partly = boxes, partly
        self.update()

    def show_coupled(self, coupled: Mapping[int, str]) -> None:
        if coupled != self.coupled:
            self.coupled = coupled
            self.update()

    def show_focus(self, boxes: Collection[int]) -> None:
        self.focus = frozenset(boxes)
        self.update()
        self.focus_changed.emit()

    # -- painting ------------------------------------------------------------------------------------------------

    def paintEvent(self, event: QPaintEvent) -> None:  # noqa: N802
        painter = QPainter(self)
        try:  # Qt does not survive a painter that an exception keeps alive
            painter.fillRect(event.rect(), self._theme.color("surface"))
            if self.scene is not None and self._ink is not None:
                self._paint(painter)
        finally:
            painter.end()

    def _paint(self, painter: QPainter) -> None:
        self.sharp = self._tiles.draw(
            painter, self.corner, self.scale, self.width(), self.height(), self.devicePixelRatioF()
        )  # fmt: skip
        if not self.sharp:
            self.update()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if self.focus:
            veil = QColor(self._theme.color("surface"))
            veil.setAlphaF(0.82)
            painter.fillRect(self.rect(), veil)
        painter.scale(self.scale, self.scale)
        painter.translate(-self.corner)
        self._paint_chosen(painter)
        painter.resetTransform()
        if not self._band.isNull():
            painter.setPen(cosmetic(self._theme.color("accent")))
            painter.setBrush(self._theme.brush("accent", 0.12))
            painter.drawRect(self._band)
        if self.hasFocus():
            painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
            painter.setPen(cosmetic(self._theme.color("accent")))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRect(self.rect().adjusted(0, 0, -1, -1))

    def _paint_chosen(self, painter: QPainter) -> None:
        assert self.scene is not None and self._ink is not None
        scene, seen, accent = self.scene, self.seen, self._theme.color("accent")
        if self.focus:
            self._ink.paint_some(painter, sorted(self.focus), scene.routes_of(self.focus).tolist(), self.scale)
        chosen = self.selected | self.partly
        bright = [n for n in (chosen if 0 < len(chosen) <= MANY else ()) if n in scene.rects]
        if self.hovered in scene.rects:
            bright.append(self.hovered)
        if bright:
            routes = scene.routes_of(bright)
            painter.setPen(cosmetic(accent, 2.0))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            for route in routes.tolist():
                painter.drawPath(scene.path(route))
        visible = {*scene.leaves_in(seen).tolist(), *scene.frames_in(seen).tolist()}
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for numbers, style, width in ((self.selected, Qt.PenStyle.SolidLine, 3.0),
                                      (self.partly, Qt.PenStyle.DashLine, 2.0)):  # fmt: skip
            pen = cosmetic(accent, width)
            pen.setStyle(style)
            painter.setPen(pen)
            self._outline(painter, [n for n in numbers if n in visible])
        if self.coupled:
            pen = cosmetic(self._theme.color("vermillion"), 2.0)
            pen.setStyle(Qt.PenStyle.DotLine)
            painter.setPen(pen)
            self._outline(painter, [n for n in self.coupled if n in visible], grow=3.5)
            self._paint_roles(painter, visible)
        if self.hovered in visible and self.hovered not in chosen:
            painter.setPen(cosmetic(accent, 1.5))
            self._outline(painter, [self.hovered])
        if self.current in visible and self.hasFocus():
            painter.setPen(cosmetic(self._theme.color("text"), 1.0))
            self._outline(painter, [self.current], grow=3.0)

    def _outline(self, painter: QPainter, numbers: list[int], grow: float = 0.0) -> None:
        assert self.scene is not None
        least = max(grow, 1.0 / self.scale if self.scale < 0.2 else 0.0)
        for number in numbers:
            painter.drawRoundedRect(self.scene.box(number).adjusted(-least, -least, least, least), 7, 7)

    def _paint_roles(self, painter: QPainter, visible: Collection[int]) -> None:
        """What each coupled layer is to the channels, in words."""
        assert self.scene is not None
        if self.scale < 0.5:
            return
        font = self.font()
        font.setPixelSize(11)
        painter.setFont(font)
        painter.setPen(self._theme.color("bad"))
        for number, role in self.coupled.items():
            if number in visible:
                box = self.scene.box(number)
                room = QRectF(box.left() - 60, box.top() - 26, box.width() / 2 + 52, 16)
                painter.drawText(room, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, role)

    # -- mouse ---------------------------------------------------------------------------------------------------

    def wheelEvent(self, event: QWheelEvent) -> None:  # noqa: N802
        """A wheel zooms, two fingers on a touchpad move; with Shift a wheel moves too."""
        modifiers = event.modifiers()
        fingers = event.pixelDelta()
        if not fingers.isNull() and event.phase() != Qt.ScrollPhase.NoScrollPhase and not modifiers:
            self.fitted = False
            self.move_to(self.corner - QPointF(fingers) / self.scale)
        elif modifiers & Qt.KeyboardModifier.ShiftModifier:
            turned = event.angleDelta().y() or event.angleDelta().x()
            self.fitted = False
            self.move_to(self.corner - QPointF(0, turned / 2) / self.scale)
        else:
            self.zoom(NOTCH ** (event.angleDelta().y() / 120), event.position())
        event.accept()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:  # noqa: N802
        """Of itself: tips, and two fingers that move apart."""
        if isinstance(event, QNativeGestureEvent) and event.gestureType() == Qt.NativeGestureType.ZoomNativeGesture:
            self.zoom(1 + event.value(), event.position())
            return True
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            self._show_tip(event)
            return True
        return False

    def _show_tip(self, event: QHelpEvent) -> None:
        if self.scene is None:
            return
        at = self.to_scene(QPointF(event.pos()))
        box = self.scene.at(at.x(), at.y())
        route = self.scene.route_at(at.x(), at.y(), 5 / self.scale) if box == NOTHING and self.scale > 0.2 else NOTHING
        text = self._tip(box, int(self.scene.values[route]) if route != NOTHING else NOTHING)
        if text:
            QToolTip.showText(event.globalPos(), text, self)
        else:
            QToolTip.hideText()

    def mousePressEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        self.setFocus(Qt.FocusReason.MouseFocusReason)
        if event.button() in (Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton):
            self._press, self._press_corner = event.position(), self.corner
            self._dragging = ""
        elif event.button() == Qt.MouseButton.RightButton and self.scene is not None:
            box = self._under(event.position())
            if box != NOTHING and box not in self.selected:
                self._choose(box, add=False)
            self.menu_wanted.emit(event.globalPosition().toPoint())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        if self._press is None:
            self._point_at(self._under(event.position()))
            return
        way = event.position() - self._press
        if not self._dragging and way.manhattanLength() < QApplication.startDragDistance():
            return
        if not self._dragging:
            banding = event.modifiers() & Qt.KeyboardModifier.ShiftModifier
            self._dragging = "band" if banding else "pan"
            self.setCursor(Qt.CursorShape.CrossCursor if banding else Qt.CursorShape.ClosedHandCursor)
        if self._dragging == "pan":
            self.fitted = False
            self.move_to(self._press_corner - way / self.scale)
        else:
            self._band = QRect(self._press.toPoint(), event.position().toPoint()).normalized()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        press, dragging, self._press, self._dragging = self._press, self._dragging, None, ""
        if press is None or self.scene is None:
            return
        if dragging:
            self.unsetCursor()
            if dragging == "band":
                area = QRectF(
                    self.to_scene(QPointF(self._band.topLeft())), self.to_scene(QPointF(self._band.bottomRight()))
                )
                self._band = QRect()
                self.chosen.emit(tuple(self.scene.leaves_in(area).tolist()), bool(event.modifiers() & _CTRL))
                self.update()
            return
        if event.button() != Qt.MouseButton.LeftButton:
            return
        box = self._under(event.position())
        if box == NOTHING:
            if not event.modifiers() & _CTRL:
                self.chosen.emit((), False)
            return
        at = self.to_scene(event.position())
        if self.scene.items[box].container and at.x() < self.scene.left[box] + HEADER and self.scale > 0.4:
            self.current = box
            self.toggled.emit(box)
        else:
            self._choose(box, add=bool(event.modifiers() & _CTRL))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:  # noqa: N802
        box = self._under(event.position())
        if self.scene is not None and box != NOTHING and self.scene.items[box].container:
            self.toggled.emit(box)

    def leaveEvent(self, event: QEvent) -> None:  # noqa: N802
        self._point_at(NOTHING)
        super().leaveEvent(event)

    def _under(self, position: QPointF) -> int:
        if self.scene is None:
            return NOTHING
        at = self.to_scene(position)
        return self.scene.at(at.x(), at.y())

    def _point_at(self, box: int) -> None:
        if box != self.hovered:
            self.hovered = box
            self.pointed.emit(box)
            self.update()

    def _choose(self, box: int, *, add: bool) -> None:
        self.current = box
        self.chosen.emit((box,), add)

    # -- keys ----------------------------------------------------------------------------------------------------

    def keyPressEvent(self, event: QKeyEvent) -> None:  # noqa: N802
        key = event.key()
        if self.scene is None:
            super().keyPressEvent(event)
        elif key in _WAYS:
            self._walk(_WAYS[key], add=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self._toggle_current()
        elif key in (Qt.Key.Key_Plus, Qt.Key.Key_Equal, Qt.Key.Key_Minus):
            self.zoom(NOTCH**2 if key != Qt.Key.Key_Minus else NOTCH**-2)
        elif key == Qt.Key.Key_Home:
            self.go_home()
        elif key == Qt.Key.Key_Escape:
            self.escaped.emit()
        else:
            super().keyPressEvent(event)

    def _walk(self, way: Way, *, add: bool) -> None:
        assert self.scene is not None
        start = self.current if self.current in self.scene.rects else next(iter(sorted(self.selected)), NOTHING)
        found = step(self.scene, start, way)
        if found != NOTHING:
            self._choose(found, add=add)
            self.show_boxes([found])

    def _toggle_current(self) -> None:
        """Opens a closed container; what is in an open one closes that."""
        assert self.scene is not None
        number = self.current
        if number == NOTHING:
            return
        if not self.scene.items[number].container:
            number = self.scene.items[number].parent
        if number >= 0:
            self.current = number
            self.toggled.emit(number)


_CTRL = Qt.KeyboardModifier.ControlModifier
