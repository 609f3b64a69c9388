"""Drives the real window by clicks and keys and takes pictures of every panel and dialog in both themes and both sizes.

    python packaging/screenshots.py [FOLDER] [light|dark]

All pictures go to FOLDER (build/pictures); those that a page of the guide shows also into the guide. Their names say
which: ``export.png`` is light at 1280 by 800, ``export-dark.png`` dark, ``-large`` at 1920 by 1080.

Runs on the display that there is (at least 1920 by 1080) or starts Xvfb for itself. With xdotool one click also goes
through the X server, which shows that the window takes real input; openbox, where it is installed, makes windows active
as on a desktop. The figures in the pictures are measured while they are taken: let the machine rest.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))
os.environ |= {"LC_ALL": "C.UTF-8", "LANGUAGE": ""}  # the window speaks English whatever the system speaks

from PySide6.QtCore import QPoint, Qt  # noqa: E402
from PySide6.QtGui import QColor, QCursor, QPainter  # noqa: E402
from PySide6.QtTest import QTest  # noqa: E402
from PySide6.QtWidgets import QApplication, QDialog, QWidget  # noqa: E402

from gui.app import build_window, start  # noqa: E402
from gui.main_window import MainWindow  # noqa: E402
from gui.paths import Folders  # noqa: E402
from gui.tables.columns import INDEX  # noqa: E402

SIZES = {"": (1280, 800), "-large": (1920, 1080)}
THEMES = {"light": "", "dark": "-dark"}
GUIDE = ROOT / "docs" / "guide"
LEFT, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
LONGEST_S = 900
SHOWN = re.compile(r"pictures/([a-z0-9-]+\.png)")
COLOURS, EXACT = 256, 176


def shown_in_the_guide() -> set[str]:
    """Names of the pictures that a page shows."""
    pages = [ROOT / "README.md", *GUIDE.glob("*.md")]
    return {name for page in pages for name in SHOWN.findall(page.read_text(encoding="utf-8"))}


class Driver:
    """Clicks, types, waits, takes pictures."""

    def __init__(self, window: MainWindow, folder: Path, theme: str) -> None:
        self.window, self.folder, self.theme = window, folder, theme
        self._shown = shown_in_the_guide()

    def rest(self, seconds: float = 0.15) -> None:
        QTest.qWait(round(seconds * 1000))

    def wait_at_most(self, seconds: float) -> None:
        began = time.monotonic()
        while self.window.bench.jobs.busy and time.monotonic() - began < seconds:
            self.rest(0.05)

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

    def key(self, text: str) -> None:
        """A key with its modifiers, as ``Ctrl+D``, to what has the focus."""
        from PySide6.QtGui import QKeySequence

        combination = QKeySequence.fromString(text)[0]
        target = QApplication.activeModalWidget()
        if target is None:
            self.window.activateWindow()
            QTest.qWaitForWindowActive(self.window)
            target = QApplication.focusWidget() or self.window
        QTest.keyClick(target, combination.key(), combination.keyboardModifiers())
        self.rest()

    def click(self, widget: QWidget) -> None:
        QTest.mouseClick(widget, LEFT, NONE, widget.rect().center())
        self.rest()

    def trigger(self, action: str) -> None:
        self.window.actions_set.qt[action].trigger()
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

    @property
    def dialogs(self) -> list[QDialog]:
        return [w for w in QApplication.topLevelWidgets() if isinstance(w, QDialog) and w.isVisible()]

    def close_dialogs(self) -> None:
        for dialog in self.dialogs:
            dialog.reject()
        self.rest()

    # -- pictures ------------------------------------------------------------------------------------------------

    def picture(self, name: str) -> None:
        """In both sizes; at the end the window is as it was."""
        window = self.window
        splitters = [window.top, window.bottom, window.halves]
        kept = [splitter.sizes() for splitter in splitters]
        for large, size in SIZES.items():
            self._resize(size)
            self.rest(0.1)
            self._save(f"{name}{THEMES[self.theme]}{large}.png")
        self._resize(SIZES[""])
        for splitter, sizes in zip(splitters, kept, strict=True):
            splitter.setSizes(sizes)
        print(f"  {name}", flush=True)

    def _resize(self, size: tuple[int, int]) -> None:
        if (self.window.width(), self.window.height()) != size:
            self.window.resize(*size)
            self.rest(0.25)

    def _save(self, file: str) -> None:
        """The window with what is in front of it: a dialog in its middle, a menu where it is."""
        picture = self.window.grab()
        painter = QPainter(picture)
        for dialog in self.dialogs:
            painter.fillRect(picture.rect(), QColor(0, 0, 0, 90))
            painter.drawPixmap(self.window.rect().center() - dialog.rect().center(), dialog.grab())
        popup = QApplication.activePopupWidget()
        if popup is not None:
            painter.drawPixmap(self.window.mapFromGlobal(popup.mapToGlobal(QPoint())), popup.grab())
        painter.end()
        picture.save(str(self.folder / file))
        if file in self._shown:
            save_small(self.folder / file, GUIDE / "pictures" / file)


def save_small(picture: Path, path: Path) -> None:
    """As a palette: a third of the size. The colours of which there is most stay what they are, and after them those
    that are farthest from all of these, so that a thin line keeps its colour; only shades of letters change."""
    import numpy as np
    from PIL import Image

    full = Image.open(picture).convert("RGB")
    pixels = np.asarray(full).reshape(-1, 3).astype(np.int32)
    found, places, counts = np.unique(pixels @ [65536, 256, 1], return_inverse=True, return_counts=True)
    colours = np.stack([found >> 16, found >> 8 & 255, found & 255], axis=1)
    chosen = list(np.argsort(-counts)[:EXACT])
    away = np.full(len(colours), np.inf)
    nearest = np.zeros(len(colours), np.uint8)
    for place in range(min(COLOURS, len(colours))):
        if place >= len(chosen):
            chosen.append(int(np.argmax(away * np.sqrt(counts))))
        distance = ((colours - colours[chosen[place]]) ** 2).sum(axis=1)
        nearest[distance < away] = place
        away = np.minimum(away, distance)
    palette = colours[chosen[:COLOURS]]
    small = Image.fromarray(nearest[places].reshape(full.height, full.width), "P")
    small.putpalette(palette.astype(np.uint8).tobytes())
    small.save(path, optimize=True)


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


def clear_of_others(folder: Path) -> None:
    """Pictures that no page shows any more go; one that a page shows and that was not taken is a mistake."""
    shown = shown_in_the_guide()
    for file in folder.glob("*.png"):
        if file.name not in shown:
            file.unlink()
    if missing := sorted(name for name in shown if not (folder / name).exists()):
        raise SystemExit(f"the guide shows pictures that were not taken: {', '.join(missing)}")


def main() -> None:
    with_display()
    from walk import walk

    arguments = [a for a in sys.argv[1:] if a not in THEMES]
    themes = [a for a in sys.argv[1:] if a in THEMES] or list(THEMES)
    folder = Path(arguments[0]) if arguments else ROOT / "build" / "pictures"
    folder.mkdir(parents=True, exist_ok=True)
    app = QApplication(sys.argv[:1])
    for theme in themes:
        print(theme)
        with tempfile.TemporaryDirectory() as home:
            window = build_window(app, Folders(Path(home) / "config", Path(home) / "state"))
            window.bench.theme.choose(theme)
            window.move(0, 0)
            window.resize(*SIZES[""])
            window.show()
            QCursor.setPos(window.mapToGlobal(QPoint(SIZES[""][0] - 4, SIZES[""][1] - 4)))
            window.activateWindow()
            QTest.qWaitForWindowExposed(window)
            start(window, None)
            driver = Driver(window, folder, theme)
            driver.settle()
            walk(driver, Path(home))
            click_through_the_server(window)
            window.close()
            window.deleteLater()
            app.processEvents()
    clear_of_others(GUIDE / "pictures")
    print(f"{len(list(folder.glob('*.png')))} pictures in {folder}")


if __name__ == "__main__":
    main()
