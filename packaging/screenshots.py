"""Drives the real window by clicks and keys and takes the pictures of the user guide.

    xvfb-run -a -s "-screen 0 1920x1080x24" python packaging/screenshots.py [docs/guide/pictures]

Needs a display of at least 1920 by 1080 (Xvfb will do). With a window manager and xdotool on the display one click also
goes through the X server itself, which shows that the window takes real input.
"""

from __future__ import annotations

import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtGui import QCursor  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QPushButton, QWidget  # noqa: E402

from gui.app import build_window, start  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.paths import Folders  # noqa: E402
from gui.tables.columns import INDEX  # noqa: E402
from resources import samples  # noqa: E402

SIZES = ((1280, 800), (1920, 1080))
LEFT, CONTROL, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier
LONGEST_S = 300


class Driver:
    """Clicks, types, waits, takes pictures."""

    def __init__(self, window: MainWindow, folder: Path, suffix: str) -> None:
        self.window, self.folder, self.suffix = window, folder, suffix

    def rest(self, seconds: float = 0.15) -> None:
        QTest.qWait(round(seconds * 1000))

    def settle(self) -> None:
        began = time.monotonic()
        bench = self.window.bench
        while bench.jobs.busy or bench.glances.busy:
            self.rest(0.02)
            if time.monotonic() - began > LONGEST_S:
                raise SystemExit(f"still running: {bench.jobs.current}")
        self.rest()
        if self.window.messages.isVisible():
            print(f"  message: {self.window.messages.text}")

    def key(self, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
        target = QApplication.activeModalWidget()
        if target is None:
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window)
            target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, key, modifier)
        self.rest()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())
        self.rest()

    def layer(self, layer_id: str, modifier: Qt.KeyboardModifier = NONE) -> None:
        table = self.window.layers.table
        (row,) = table.layers.rows_with([layer_id])
        index = table.layers.index(row, INDEX["id"])
        table.scrollTo(index)
        QTest.mouseClick(table.viewport(), LEFT, modifier, table.visualRect(index).center())
        self.rest()

    def picture(self, name: str) -> None:
        """The window with the dialog in front of it, where there is one."""
        self.rest()
        picture = self.window.grab()
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            from PySide6.QtGui import QColor, QPainter

            painter = QPainter(picture)
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
            room = self.window.rect().center() - dialog.rect().center()
            painter.drawPixmap(room, dialog.grab())
            painter.end()
        path = self.folder / f"{name}-{self.suffix}.png"
        picture.save(str(path))
        print(f"  {path.name}")


def walk(window: MainWindow, folder: Path, suffix: str) -> None:
    """The main job on the larger sample."""
    driver = Driver(window, folder, suffix)
    driver.picture("1-empty")
    sample = samples()[0]
    link = next(b for b in window.welcome.findChildren(QPushButton) if b.text() == sample.title)
    driver.click(link)
    driver.settle()
    document = window.bench.document
    assert document.opened is not None, window.messages.text
    window.toolbar.data_wanted.emit(sample.data)
    driver.settle()
    convs = sorted((layer for layer in document.layers if layer.op == "Conv"), key=lambda layer: -(layer.macs or 0))
    driver.layer(convs[0].id)
    driver.settle()
    driver.picture("2-opened")
    driver.key(Qt.Key.Key_F5)
    driver.settle()
    driver.picture("3-profiled")
    driver.key(Qt.Key.Key_Q, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.key(Qt.Key.Key_Q)
    driver.picture("4-quantize")
    driver.key(Qt.Key.Key_Return)
    driver.layer(convs[1].id)
    driver.key(Qt.Key.Key_P)
    driver.picture("5-prune")
    driver.key(Qt.Key.Key_Return)
    driver.picture("6-treated")
    driver.key(Qt.Key.Key_F5)
    driver.settle()
    driver.picture("7-before-and-after")
    driver.key(Qt.Key.Key_F6)
    driver.settle()
    driver.key(Qt.Key.Key_F7)
    driver.settle()
    driver.picture("8-verified")
    driver.key(Qt.Key.Key_E, CONTROL)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    target = Path(tempfile.mkdtemp()) / "digits_resnet.optimized.onnx"
    dialog.path.setText(str(target))  # type: ignore[attr-defined]
    driver.click(dialog.button)  # type: ignore[attr-defined]
    driver.settle()
    driver.picture("9-exported")
    dialog.close()
    shutil.rmtree(target.parent)
    if window.layers.has_scopes:
        driver.key(Qt.Key.Key_T, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        driver.picture("10-scopes")
        driver.key(Qt.Key.Key_T, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.key(Qt.Key.Key_K, CONTROL)
    driver.picture("11-commands")
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Z, CONTROL)
    driver.picture("12-undone")


def click_through_the_server(window: MainWindow) -> None:
    """One click by xdotool: on the first layer of the table."""
    tool = shutil.which("xdotool")
    if tool is None:
        print("  xdotool is not here: no click through the server")
        return
    table = window.layers.table
    window.bench.document.select(())
    table.scrollToTop()
    QTest.qWait(200)
    at = table.viewport().mapToGlobal(table.visualRect(table.layers.index(0, INDEX["id"])).center())
    subprocess.run([tool, "mousemove", str(at.x()), str(at.y()), "click", "1"], check=True, timeout=10)
    QTest.qWait(500)
    chosen = window.bench.document.selection
    if chosen != (table.layers.layer_id(0),):
        raise SystemExit(f"a click through the X server chose {chosen}")
    print("  a click through the X server chose the first layer")


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "guide" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    for number, (theme, size) in enumerate((("light", SIZES[0]), ("dark", SIZES[0]), ("light", SIZES[1]))):
        suffix = f"{theme}-{size[0]}x{size[1]}"
        print(suffix)
        with tempfile.TemporaryDirectory() as home:
            window = build_window(app, Folders(Path(home) / "config", Path(home) / "state"))
            window.bench.theme.choose(theme)
            window.move(0, 0)
            window.resize(*size)
            window.show()
            QCursor.setPos(window.mapToGlobal(QPoint(size[0] - 4, size[1] - 4)))
            window.activateWindow()
            QTest.qWaitForWindowExposed(window)
            start(window, None)
            driver = Driver(window, folder, suffix)
            driver.settle()
            walk(window, folder, suffix)
            if number == 0:
                click_through_the_server(window)
            window.close()
            window.deleteLater()
            app.processEvents()


if __name__ == "__main__":
    main()
