"""Drives the real window by clicks and keys and takes the pictures of the user guide.

    python packaging/screenshots.py [docs/guide/pictures]

Runs on the display that there is (at least 1920 by 1080) or starts Xvfb for itself. With xdotool one click also goes
through the X server, which shows that the window takes real input; openbox, where it is installed, makes windows active
as on a desktop. The figures in the pictures are measured while they are taken: let the machine rest.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtGui import QColor, QCursor, QPainter, QPixmap  # noqa: E402
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
TABS = ("runs", "timeline", "why", "memory", "difference")
"""Tabs that have something to show once a model was profiled before and after its treatment."""
STEPS = ("empty", "data", "layers", "profile", "graph", "sensitivity", "quantize", "prune", "treated", "window",
         "kernels", *TABS, "roofline", "load", "compare", "errors", "export", "scopes", "commands",
         "undone")  # fmt: skip
FILES = {
    ("light", 1280): {step: step for step in STEPS} | {"window": "window-light"},
    ("dark", 1280): {step: f"{step}-dark" for step in ("window", "quantize", "compare", "sensitivity", "errors")},
    ("light", 1920): {"window": "window-large", "compare": "compare-large"},
}
"""The file of each step of the walk, by theme and width; the others are walked through without a picture."""


class Driver:
    """Clicks, types, waits, takes pictures."""

    def __init__(self, window: MainWindow, folder: Path, theme: str) -> None:
        self.window, self.folder, self.theme = window, folder, theme

    def rest(self, seconds: float = 0.15) -> None:
        QTest.qWait(round(seconds * 1000))

    def settle(self) -> None:
        began = time.monotonic()
        bench = self.window.bench
        while bench.jobs.busy or bench.glances.busy or self.window.graph.jobs.busy:
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

    def tab(self, name: str) -> None:
        """Choose a tab of the lower panels by its head."""
        tabs = self.window.tabs
        bar = tabs.tabBar()
        place = tabs.indexOf(self.window.panels[name])
        QTest.mouseClick(bar, LEFT, NONE, bar.tabRect(place).center())
        self.rest()

    def picture(self, name: str) -> None:
        """The window with the dialog in front of it, where there is one."""
        self.rest()
        picture = self.window.grab()
        dialog = QApplication.activeModalWidget()
        if dialog is not None:
            painter = QPainter(picture)
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
            room = self.window.rect().center() - dialog.rect().center()
            painter.drawPixmap(room, dialog.grab())
            painter.end()
        file = FILES.get((self.theme, self.window.width()), {}).get(name)
        if file is not None:
            save_small(picture, self.folder / f"{file}.png")
            print(f"  {file}.png")


def save_small(picture: QPixmap, path: Path) -> None:
    """As a palette of 256 colours: a third of the size, and a window has no more that matter."""
    from PIL import Image

    with tempfile.TemporaryDirectory() as folder:
        full = Path(folder) / "full.png"
        picture.save(str(full))
        Image.open(full).convert("RGB").quantize(256, dither=Image.Dither.NONE).save(path, optimize=True)


def walk(driver: Driver) -> None:
    """The main job on the larger sample."""
    window = driver.window
    driver.picture("empty")
    sample = samples()[0]
    link = next(b for b in window.welcome.findChildren(QPushButton) if b.text() == sample.title)
    driver.click(link)
    driver.settle()
    document = window.bench.document
    assert document.opened is not None, window.messages.text
    driver.key(Qt.Key.Key_D, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.settle()
    driver.picture("data")
    driver.key(Qt.Key.Key_Escape)
    convs = sorted((layer for layer in document.layers if layer.op == "Conv"), key=lambda layer: -(layer.macs or 0))
    driver.layer(convs[0].id)
    driver.settle()
    driver.picture("layers")
    driver.key(Qt.Key.Key_F5)
    driver.settle()
    driver.picture("profile")
    window.graph.choose_mode("share")
    driver.key(Qt.Key.Key_G)
    driver.picture("graph")
    window.graph.choose_mode("operator")
    driver.key(Qt.Key.Key_F9)
    driver.settle()
    window.panels["sensitivity"].slider.setValue(3)  # type: ignore[attr-defined]
    driver.picture("sensitivity")
    driver.key(Qt.Key.Key_Q, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.key(Qt.Key.Key_Q)
    driver.picture("quantize")
    driver.key(Qt.Key.Key_Return)
    driver.layer(convs[1].id)
    driver.key(Qt.Key.Key_P)
    driver.picture("prune")
    driver.key(Qt.Key.Key_Return)
    driver.picture("treated")
    driver.key(Qt.Key.Key_F5)
    driver.settle()
    driver.picture("window")
    driver.key(Qt.Key.Key_R, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.picture("kernels")
    driver.key(Qt.Key.Key_R, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    for name in TABS:
        driver.tab(name)
        driver.picture(name)
    window.actions_set.qt["ceilings"].trigger()
    driver.settle()
    driver.picture("roofline")
    driver.tab("load")
    fields = window.panels["load"].fields  # type: ignore[attr-defined]
    for name, text in (("batches", "1, 4"), ("seconds", "0.3")):
        fields[name].setText(text)
    driver.key(Qt.Key.Key_F8)
    driver.settle()
    driver.picture("load")
    driver.key(Qt.Key.Key_F6)
    driver.settle()
    driver.key(Qt.Key.Key_F7)
    driver.settle()
    driver.picture("compare")
    driver.key(Qt.Key.Key_F6, Qt.KeyboardModifier.ShiftModifier)
    driver.settle()
    driver.layer(convs[0].id)
    driver.settle()
    area = window.inspector._area
    area.ensureWidgetVisible(window.inspector.distributions)
    driver.picture("errors")
    driver.key(Qt.Key.Key_E, CONTROL)
    dialog = QApplication.activeModalWidget()
    assert dialog is not None
    target = Path(tempfile.mkdtemp()) / "digits_resnet.optimized.onnx"
    dialog.path.setText(str(target))  # type: ignore[attr-defined]
    driver.click(dialog.button)  # type: ignore[attr-defined]
    driver.settle()
    driver.picture("export")
    dialog.close()
    shutil.rmtree(target.parent)
    if window.layers.has_scopes:
        driver.key(Qt.Key.Key_T, CONTROL | Qt.KeyboardModifier.ShiftModifier)
        driver.picture("scopes")
        driver.key(Qt.Key.Key_T, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    driver.key(Qt.Key.Key_K, CONTROL)
    driver.picture("commands")
    driver.key(Qt.Key.Key_Escape)
    driver.key(Qt.Key.Key_Z, CONTROL)
    driver.picture("undone")


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


def with_display() -> None:
    """Start again under Xvfb, with a window manager, where there is no display."""
    if os.environ.get("DISPLAY") or not sys.platform.startswith("linux"):
        return
    xvfb = shutil.which("xvfb-run")
    if xvfb is None:
        raise SystemExit("There is no display and no xvfb-run: sudo apt-get install xvfb openbox xdotool")
    manager = shutil.which("openbox")
    again = shlex.join([sys.executable, __file__, *sys.argv[1:]])
    command = f"{manager} 2>/dev/null & sleep 1; {again}; status=$?; kill $!; exit $status" if manager else again
    os.execv(xvfb, [xvfb, "-a", "-s", "-screen 0 1920x1080x24", "sh", "-c", command])


def main() -> None:
    with_display()
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "guide" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    for number, (theme, size) in enumerate((("light", SIZES[0]), ("dark", SIZES[0]), ("light", SIZES[1]))):
        print(f"{theme}, {size[0]} by {size[1]}")
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
            driver = Driver(window, folder, theme)
            driver.settle()
            walk(driver)
            if number == 0:
                click_through_the_server(window)
            window.close()
            window.deleteLater()
            app.processEvents()


if __name__ == "__main__":
    main()
