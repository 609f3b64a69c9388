"""The drawings of the document's graph: laid out in the background, with those groups open that are asked for."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from engine.errors import EngineError
from engine.layout.drawer import Drawer
from gui.calls.drawing import Drawing, draw, start_drawing
from gui.canvas.scene import NOTHING
from gui.document import Document
from gui.jobs import JobRunner
from gui.language import tr


class Drawings(QObject):
    """``made`` carries a drawing, the box that stays where it is, whether it is of another file, and a layer to reveal.

    Nothing is laid out that is not ``seen``; once it is, `catch_up` does what was left. They outlive the panel that
    shows them, which is made anew with another language.
    """

    made = Signal(object, int, bool, str)
    failed = Signal(object)

    def __init__(self, document: Document, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._document = document
        self.seen: Callable[[], bool] = lambda: False
        self.jobs = JobRunner("drawing", self)
        self.drawer = Drawer()
        self.now: Drawing | None = None
        self._of: object = None
        self._drawn: object = None
        self.everything = False
        self._stale = False

    def start(self) -> None:
        """Start the process that lays large graphs out, ahead of the first one."""
        self.jobs.run(tr("Starting to draw"), start_drawing, self.drawer, done=lambda _: None)

    def shut_down(self) -> None:
        """End what runs; the window closes."""
        self.jobs.cancel()
        self.drawer.close()
        self.jobs.close()
        self.drawer.close()

    def kept(self) -> bool:
        """Whether what is open is the file that was drawn before."""
        opened = self._document.opened
        return self._of is not None and opened is not None and self._of == opened.path

    def as_drawn(self) -> bool:
        """Whether there is nothing new to draw: what is open was not even read again."""
        return self.now is not None and self._drawn is self._document.opened

    def forget(self) -> None:
        self.now, self._of, self._drawn = None, None, None

    def afresh(self) -> None:
        """From another file, or the same one read again."""
        self.jobs.cancel()
        self.now = None
        self.draw(None)

    def catch_up(self) -> None:
        if self._stale:
            self.draw(None)

    def draw(self, open_: frozenset[int] | None, anchor: int = NOTHING, then: str = "") -> None:
        """Lay out anew in the background, once it can be seen; ``then`` is a layer to bring into sight."""
        opened = self._document.opened
        if opened is None:
            return
        if not self.seen():
            self._stale = True
            return
        self._stale = False
        known = self.now.outline if self.now is not None else None

        def done(drawing: Drawing) -> None:
            if opened is self._document.opened:
                home = known is None and self._of != opened.path
                self.now, self._of, self._drawn = drawing, opened.path, opened
                self.made.emit(drawing, anchor, home, then)

        self.jobs.run(tr("Drawing the graph"), draw, self.drawer, opened, known, open_, self.everything, done=done,
                      failed=self._tell)  # fmt: skip

    def _tell(self, error: EngineError) -> None:
        self.failed.emit(error)

    # -- groups --------------------------------------------------------------------------------------------------

    def toggle(self, number: int) -> None:
        """Open a closed container, or close an open one."""
        if self.now is not None:
            self.draw(self.now.open ^ {number}, number)

    def open_all(self) -> None:
        if self.now is not None:
            self.draw(frozenset(n for n, item in enumerate(self.now.outline.items) if item.container))

    def close_all(self) -> None:
        if self.now is not None:
            self.draw(frozenset())

    def show_everything(self, on: bool, then: str = "") -> None:
        """Constants and the arithmetic of shapes as well."""
        if on != self.everything:
            self.everything = on
            self.now = None
            self.draw(None, then=then)
