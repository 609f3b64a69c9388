"""The drawing as a file, below what its colours say. Runs in a worker thread: it paints on its own, off the screen."""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QByteArray, QPointF, QRectF, QSize, QSizeF
from PySide6.QtGui import QFont, QImage, QImageWriter, QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.errors import EngineError
from engine.progress import Progress
from engine.reports.svg import legal
from engine.targets import disk_faults, written_aside
from gui.canvas.boxes import Look
from gui.canvas.ink import Ink
from gui.canvas.legend import Legend, Placed
from gui.canvas.scene import Scene
from gui.language import tr
from gui.theme import Theme

MARGIN = 24.0
SHARP = 2.0
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 32_000
"""Pixels; what is larger does not open in most programs."""


NARROWEST = 360.0
"""Of a picture, so that its legend has room."""
GENERIC = "sans-serif"
"""What a browser takes where it does not have the font; Qt's own name for it, "Sans Serif", says nothing to it."""
FAMILY = re.compile('font-family="([^"]+)"')


@dataclass(frozen=True, slots=True)
class Page:
    """A drawing with its legend above; made on the window's thread, painted on any."""

    area: QRectF
    legend: Sequence[Placed]
    top: float

    @property
    def size(self) -> QSizeF:
        return QSizeF(max(self.area.width(), NARROWEST), self.area.height() + self.top)

    def paint(self, painter: QPainter, ink: Ink, scale: float) -> None:
        painter.fillRect(QRectF(QPointF(0, 0), self.size), ink.theme.color("surface"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        for x, y, part in self.legend:
            part.paint(painter, x, y + MARGIN / 3)
        painter.translate((self.size.width() - self.area.width()) / 2 - self.area.left(), self.top - self.area.top())
        ink.paint(painter, self.area, scale)


def page_of(scene: Scene, legend: Legend) -> Page:
    area = scene.bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
    places = legend.places(max(area.width(), NARROWEST), drawing=True)
    return Page(area, places, legend.height_of(places) + MARGIN / 3 if places else 0.0)


def save_picture(
    path: Path, scene: Scene, page: Page, look: Look, theme: Theme, font: QFont, *, progress: Progress
) -> str:
    """Write an ``.svg`` or ``.png``, aside first; what was written, in words."""
    progress.step(tr("Writing {name}").format(name=path.name))
    _require_folder(path)
    with disk_faults(path), written_aside(path) as aside:
        ink, file = Ink(scene, look, theme, font), str(aside)
        text = write_svg(file, ink, page, path.stem) if path.suffix == ".svg" else write_png(file, ink, page, path)
        progress.check()
    return tr("Wrote {path} ({text})").format(path=path, text=text)


def _require_folder(path: Path) -> None:
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise EngineError(tr("the picture cannot be written"), where=str(path), way_out=tr("Choose another folder."))


def write_svg(path: str, ink: Ink, page: Page, title: str) -> str:
    size = page.size
    generator = QSvgGenerator()
    generator.setFileName(path)
    generator.setTitle(title)
    generator.setSize(size.toSize())
    generator.setViewBox(QRectF(QPointF(0, 0), size))
    painter = QPainter(generator)
    page.paint(painter, ink, 1.0)
    painter.end()
    file = Path(path)
    text = legal(file.read_text(encoding="utf-8"))
    file.write_text(FAMILY.sub(rf'font-family="\1, {GENERIC}"', text), encoding="utf-8")
    return tr("{width:.0f} by {height:.0f}").format(width=size.width(), height=size.height())


def write_png(file: str, ink: Ink, page: Page, path: Path) -> str:
    """Into ``file``, which takes the place of ``path``."""
    whole = page.size
    pixels = (MOST_PIXELS / (whole.width() * whole.height())) ** 0.5
    scale = min(SHARP, pixels, LONGEST_SIDE / max(whole.width(), whole.height()))
    size = QSize(max(1, round(whole.width() * scale)), max(1, round(whole.height() * scale)))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(ink.theme.color("surface"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    page.paint(painter, ink, scale)
    painter.end()
    if not QImageWriter(file, QByteArray(b"png")).write(image):
        way_out = tr("Is there room on the disk?")
        raise EngineError(tr("the picture cannot be written"), where=str(path), way_out=way_out)
    return tr("{width} by {height} pixels").format(width=size.width(), height=size.height())
