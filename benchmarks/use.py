"""A person at the window, made of seeded random actions through real events.

    python -m benchmarks.use MODEL FOLDER SECONDS SEED      one JSON line about each second, then one with the sums
    python -m benchmarks.use --recover FOLDER               starts as after a crash and says what came back

Every step is a click, a key, the wheel, a drag, text or an action of the menus. What is measured is the *work of the
window's thread* between two turns of its event loop (processor time, so that other programs do not count): that is how
long a picture stands still. Questions for files are cancelled, and what runs in the background is cancelled at random.
"""

from __future__ import annotations

import hashlib
import json
import random
import resource
import sys
import time
import traceback
from collections.abc import Callable
from pathlib import Path
from types import TracebackType
from typing import Any

import psutil
from PySide6.QtCore import QPoint, QPointF, Qt, QTimer, QtMsgType, qInstallMessageHandler
from PySide6.QtGui import QDrag, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QFileDialog,
    QLineEdit,
    QMessageBox,
    QWidget,
)

from gui.actions.session import recover
from gui.app import build_window, start
from gui.main_window import MainWindow
from gui.paths import Folders
from gui.tables.columns import INDEX
from gui.tour import Tour

BEAT_MS = 5
PAUSE_MS = 20
DROPPED_MS = 500
"""A drag of Qt's own (text, rows) waits for the screen's pointer, which does not move here: then it is dropped."""
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
MOST_TURNS = 5000
"""More are not kept, so that what grows is the window."""
ENDS = ("quit",)
"""Actions that end the window."""
LONG = ("sensitivity", "sweep", "choose", "ceilings", "variants_measure")
"""Actions that take minutes: chosen rarely."""
HARMLESS = ("This plugin does not support", "propagateSizeHints", "Could not connect to session bus")


class Use:
    """One run; ``worst`` are the longest turns with what was done in them."""

    def __init__(self, window: MainWindow, seed: int) -> None:
        self.window, self.random = window, random.Random(seed)
        self.errors: list[str] = []
        self.warnings: list[str] = []
        self.turns: list[tuple[float, str]] = []
        self.doing = "start"
        self.steps = 0
        self._last = time.thread_time()
        self._timer = QTimer(window)
        self._timer.setInterval(BEAT_MS)
        self._timer.timeout.connect(self._beat)
        self._timer.start()
        self._drop = QTimer(window)
        self._drop.setInterval(DROPPED_MS)
        self._drop.timeout.connect(QDrag.cancel)

    def _beat(self) -> None:
        now = time.thread_time()
        self.turns.append(((now - self._last) * 1e3, self.doing))
        self._last = now
        if len(self.turns) > MOST_TURNS:
            self.turns = sorted(self.turns, reverse=True)[:1000]

    # -- what a person does --------------------------------------------------------------------------------------

    def click_layer(self) -> None:
        table = self.window.layers.table
        shown = table.layers.rowCount()
        if not shown or not table.isVisible():
            return
        index = table.layers.index(self.random.randrange(shown), INDEX["id"])
        table.scrollTo(index)
        QTest.mouseClick(
            table.viewport(), LEFT, self.random.choice([NONE, NONE, CONTROL]), table.visualRect(index).center()
        )

    def key(self) -> None:
        keys = [Qt.Key.Key_Q, Qt.Key.Key_P, Qt.Key.Key_K, Qt.Key.Key_Delete, Qt.Key.Key_Down, Qt.Key.Key_Up,
                Qt.Key.Key_Tab, Qt.Key.Key_Escape]  # fmt: skip
        QTest.keyClick(QApplication.focusWidget() or self.window, self.random.choice(keys))

    def graph_key(self) -> None:
        keys = [Qt.Key.Key_Down, Qt.Key.Key_Up, Qt.Key.Key_Left, Qt.Key.Key_Right, Qt.Key.Key_Return, Qt.Key.Key_Home,
                Qt.Key.Key_Plus, Qt.Key.Key_Minus]  # fmt: skip
        QTest.keyClick(self.window.graph.view, self.random.choice(keys))

    def menu(self) -> None:
        """A click of the right button in the graph; the next step closes what it opened."""
        view = self.window.graph.view
        if view.isVisible():
            at = QPoint(self.random.randrange(view.width()), self.random.randrange(view.height()))
            QTest.mouseClick(view, Qt.MouseButton.RightButton, NONE, at)

    def undo(self) -> None:
        QTest.keyClick(self.window, self.random.choice([Qt.Key.Key_Z, Qt.Key.Key_Y]), CONTROL)

    def tab(self) -> None:
        bar = self.window.tabs.tabBar()
        QTest.mouseClick(bar, LEFT, NONE, bar.tabRect(self.random.randrange(bar.count())).center())

    def wheel(self) -> None:
        target = self._somewhere()
        at = QPointF(target.rect().center())
        turned = QPoint(0, self.random.choice([-240, -120, 120, 240]))
        event = QWheelEvent(at, target.mapToGlobal(at), QPoint(), turned, Qt.MouseButton.NoButton,
                            self.random.choice([NONE, CONTROL]), Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
        QApplication.sendEvent(target, event)

    def drag(self) -> None:
        target = self._somewhere()
        room = target.rect().adjusted(4, 4, -4, -4)
        if room.width() < 8 or room.height() < 8:
            return
        a, b = (QPoint(self.random.randint(room.left(), room.right()), self.random.randint(room.top(), room.bottom()))
                for _ in range(2))  # fmt: skip
        self._drop.start()
        QTest.mousePress(target, LEFT, NONE, a)
        for part in range(1, 5):
            QTest.mouseMove(target, a + (b - a) * part / 4)
        QTest.mouseRelease(target, LEFT, NONE, b)
        self._drop.stop()

    def action(self) -> None:
        found = self.window.actions_set.qt
        keys = [k for k, a in found.items() if a.isEnabled() and k not in ENDS]
        key = self.random.choice(keys)
        if key in LONG and self.random.random() < 0.8:
            return
        self.doing = f"action {key}"
        found[key].trigger()

    def profile(self) -> None:
        self.doing = "action profile"
        self.window.actions_set.qt["profile"].trigger()

    def cancel(self) -> None:
        self.window.actions_set.qt[self.random.choice(["cancel", "finish"])].trigger()

    def filter(self) -> None:
        for edit in self.window.layers.findChildren(QLineEdit)[:1]:
            edit.clear()
            if self.random.random() < 0.5:
                QTest.keyClicks(edit, self.random.choice(["conv", "a", "relu", "block_1", "zzz"]))

    def resize(self) -> None:
        self.window.resize(*self.random.choice([(1280, 800), (1920, 1080), (900, 600), (1440, 900)]))

    def _somewhere(self) -> QWidget:
        """A part of the window that can be seen, the plots and the graph above all."""
        parts = [w for w in self.window.findChildren(QWidget) if w.isVisible() and w.width() > 150 and w.height() > 80]
        return self.random.choice(parts)

    def dialog(self, dialog: QWidget) -> None:
        """Accepts or leaves what is in front; boxes that ask for files are left."""
        self.doing = f"dialog {type(dialog).__name__}"
        leave = isinstance(dialog, QMessageBox) or self.random.random() < 0.4
        name = type(dialog).__name__
        if leave or name in ("ExportDialog", "DataDialog", "CrashDialog"):
            if isinstance(dialog, QDialog):
                dialog.reject()
            else:
                dialog.close()
            return
        QTest.keyClick(dialog, Qt.Key.Key_Return)

    def step(self) -> None:
        self.steps += 1
        if (dialog := QApplication.activeModalWidget()) is not None:
            self.dialog(dialog)
            return
        if (popup := QApplication.activePopupWidget()) is not None:
            popup.close()
            return
        if (tour := self.window.findChild(Tour)) is not None and tour.isVisible():
            self.doing = "tour"
            QTest.keyClick(tour, self.random.choice([Qt.Key.Key_Return, Qt.Key.Key_Escape]))
            return
        ways: list[tuple[int, Callable[[], None]]] = [
            (20, self.click_layer), (12, self.key), (6, self.undo), (8, self.tab), (14, self.wheel), (10, self.drag),
            (16, self.action), (2, self.profile), (3, self.cancel), (3, self.filter), (1, self.resize),
            (8, self.graph_key), (2, self.menu),
        ]  # fmt: skip
        way = self.random.choices([w for _, w in ways], [n for n, _ in ways])[0]
        self.doing = way.__name__
        way()

    def state(self) -> dict[str, Any]:
        """What must come back after a crash."""
        variants = self.window.bench.document.variants
        text = json.dumps([[v.name, v.recipe.to_json()] for v in variants.items], sort_keys=True)
        figures = len(self.window.bench.document.measurements)
        return {"variants": hashlib.sha256(text.encode()).hexdigest(), "profiles": figures}

    def finish(self) -> None:
        self._timer.stop()


def cancel_questions() -> None:
    """A person who is asked for a file and cancels, or drops what is dragged nowhere."""
    for name, answer in (("getOpenFileName", ("", "")), ("getSaveFileName", ("", "")), ("getExistingDirectory", "")):
        setattr(QFileDialog, name, lambda *_, answer=answer, **__: answer)
    setattr(QDrag, "exec", lambda *_: Qt.DropAction.IgnoreAction)  # noqa: B010


def settle(window: MainWindow, limit_s: float = 120.0) -> None:
    began = time.monotonic()
    while window.bench.jobs.busy or window.bench.glances.busy:
        QTest.qWait(20)
        if time.monotonic() - began > limit_s:
            raise SystemExit(f"still running: {window.bench.jobs.current}")


def use(window: MainWindow, model: Path, seconds: float, seed: int) -> None:
    start(window, model)
    settle(window)
    cancel_questions()
    run = Use(window, seed)
    process = psutil.Process()

    def excepthook(kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        run.errors.append("".join(traceback.format_exception(kind, error, trace)))

    def note(kind: QtMsgType, _context: object, text: str) -> None:
        if kind != QtMsgType.QtDebugMsg and not any(part in text for part in HARMLESS):
            run.warnings.append(f"{text} [{run.doing}]")

    sys.excepthook = excepthook
    window.bench.jobs.crashed.connect(run.errors.append)
    window.bench.glances.crashed.connect(run.errors.append)
    qInstallMessageHandler(note)
    began, told, memory = time.monotonic(), 0.0, list[float]()
    while (passed := time.monotonic() - began) < seconds:
        run.step()
        QTest.qWait(PAUSE_MS)
        if passed - told >= 1.0:
            told = passed
            memory.append(process.memory_info().rss / 1e6)
            there = {"rss_mb": round(memory[-1], 1), "widgets": len(QApplication.allWidgets())}
            print(json.dumps({"s": round(passed, 1), **there, **run.state()}), flush=True)
    window.bench.jobs.cancel()
    settle(window)
    run.finish()
    turns = sorted(run.turns, reverse=True)
    quarter = max(1, len(memory) // 4)
    quarters = [sorted(memory[n * quarter : (n + 1) * quarter])[quarter // 2] for n in range(4)]
    found = {
        "steps": run.steps,
        "exceptions": len(run.errors),
        "qt_warnings": len(run.warnings),
        "frame_ms_max": turns[0][0],
        "frames_over_250_ms": sum(ms > 250 for ms, _ in turns),
        "rss_mb_quarters": quarters,
        "rss_mb_peak": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1e3,
    }
    for text in dict.fromkeys(run.errors):
        print(text, file=sys.stderr)
    for text in dict.fromkeys(run.warnings):
        print(f"Qt: {text}", file=sys.stderr)
    for ms, what in turns[:8]:
        print(f"{ms:.0f} ms of work in one turn: {what}", file=sys.stderr)
    print(json.dumps(found), flush=True)


def main(arguments: list[str]) -> int:
    app = QApplication(sys.argv[:1])
    back = arguments[0] == "--recover"
    home = Path(arguments[1])
    window = build_window(app, Folders(home / "config", home / "state"))
    window.resize(1280, 800)
    window.show()
    if back:
        came = recover(window.bench)
        settle(window)
        print(json.dumps({"came": came, **Use(window, 0).state()}), flush=True)
    else:
        use(window, Path(arguments[0]), float(arguments[2]), int(arguments[3]))
    window.close()
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
