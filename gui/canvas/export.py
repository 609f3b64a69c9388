"""The drawing as a file. Runs in a worker thread: it paints on its own, not on the screen."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFont, QImage, QPainter
from PySide6.QtSvg import QSvgGenerator

from engine.errors import EngineError
from engine.progress import Progress
from gui.canvas.boxes import Look
from gui.canvas.ink import Ink
from gui.canvas.scene import Scene
from gui.theme import Theme

MARGIN = 24.0
SHARP = 2.0
MOST_PIXELS = 64_000_000
LONGEST_SIDE = 32_000
"""Pixels; what is larger does not open in most programs."""


def save_picture(path: Path, scene: Scene, look: Look, theme: Theme, font: QFont, *, progress: Progress) -> str:
    """Write an ``.svg`` or ``.png``, aside first; what was written, in words."""
    progress.step(f"Writing {path.name}")
    handle, aside = tempfile.mkstemp(suffix=path.suffix, prefix=".lathe-", dir=_folder(path))
    os.close(handle)
    try:
        ink = Ink(scene, look, theme, font)
        text = write_svg(aside, ink, scene, path.stem) if path.suffix == ".svg" else write_png(aside, ink, scene)
        progress.check()
        Path(aside).replace(path)
    finally:
        Path(aside).unlink(missing_ok=True)
    return f"Wrote {path} ({text})"


def _folder(path: Path) -> Path:
    if not path.parent.is_dir() or not os.access(path.parent, os.W_OK):
        raise EngineError("the picture cannot be written", where=str(path), way_out="Choose another folder.")
    return path.parent


def write_svg(path: str, ink: Ink, scene: Scene, title: str) -> str:
    area = _area(scene)
    generator = QSvgGenerator()
    generator.setFileName(path)
    generator.setTitle(title)
    generator.setSize(area.size().toSize())
    generator.setViewBox(QRectF(0, 0, area.width(), area.height()))
    painter = QPainter(generator)
    painter.fillRect(QRectF(0, 0, area.width(), area.height()), ink.theme.color("surface"))
    painter.translate(-area.topLeft())
    ink.paint(painter, area, 1.0)
    painter.end()
    return f"{area.width():.0f} by {area.height():.0f}"


def write_png(path: str, ink: Ink, scene: Scene) -> str:
    area = _area(scene)
    pixels = (MOST_PIXELS / (area.width() * area.height())) ** 0.5
    scale = min(SHARP, pixels, LONGEST_SIDE / max(area.width(), area.height()))
    size = QSize(max(1, round(area.width() * scale)), max(1, round(area.height() * scale)))
    image = QImage(size, QImage.Format.Format_RGB32)
    image.fill(ink.theme.color("surface"))
    painter = QPainter(image)
    painter.setRenderHint(QPainter.RenderHint.TextAntialiasing)
    painter.scale(scale, scale)
    painter.translate(-area.topLeft())
    ink.paint(painter, area, scale)
    painter.end()
    if not image.save(path):
        raise EngineError("the picture cannot be written", where=path, way_out="Is there room on the disk?")
    return f"{size.width()} by {size.height()} pixels"


def _area(scene: Scene) -> QRectF:
    return scene.bounds.adjusted(-MARGIN, -MARGIN, MARGIN, MARGIN)
