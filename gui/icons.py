"""Icons: strokes on a grid of 16 by 16, coloured by the theme."""

from __future__ import annotations

import functools
import hashlib
import tempfile
from pathlib import Path

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

PATHS = {
    "open": "M2 4.5v8h12v-6.5h-6l-1.5-2h-4.5z",
    "save": "M2.5 2.5h9l2 2v9h-11z M5 2.5v4h5v-4 M5 13.5v-4h6v4",
    "recipe": "M3.500 2h6l3 3v9h-9z M9 2.500v3h3 M6 8.500h4 M6 11h4",
    "report": "M3 2.500h10v11h-10z M5.500 10.500v-2.500 M8 10.500v-5 M10.500 10.500v-3.500",
    "undo": "M3 6h6.5a3.5 3.5 0 0 1 0 7h-3 M6 3l-3 3 3 3",
    "redo": "M13 6h-6.5a3.5 3.5 0 0 0 0 7h3 M10 3l3 3-3 3",
    "play": "M5 3v10l8-5z",
    "verify": "M2.5 8.5l3.5 3.5 7.5-8",
    "export": "M8 10v-8 M5 4.5l3-3 3 3 M3 9v4.5h10v-4.5",
    "quantize": "M2 13h3v-4h3v-3h3v-3h3 M2 13h12",
    "prune": "M4 4l8.5 7 M4 12l8.5-7 M4.9 4a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0 "
    "M4.9 12a1.6 1.6 0 1 1-3.2 0 1.6 1.6 0 0 1 3.2 0",
    "float": "M3 8c1.5-4 3-4 5 0s3.500 4 5 0",
    "clear": "M4 4l8 8 M12 4l-8 8",
    "filter": "M2 3.500h12l-4.500 5v4.500l-3-1.500v-3z",
    "palette": "M7 12a5 5 0 1 1 0-10 5 5 0 0 1 0 10z M10.800 10.800l3.200 3.200",
    "data": "M2.500 3.500h4.500v4.500h-4.500z M9 3.500h4.500v4.500h-4.500z "
    "M2.500 10h4.500v3.500h-4.500z M9 10h4.500v3.500h-4.500z",
    "compare": "M3 13v-6h3v6z M10 13v-10h3v10z",
    "samples": "M8 2l6 3-6 3-6-3z M2 8l6 3 6-3 M2 11l6 3 6-3",
    "theme": "M8 2.500a5.500 5.500 0 1 0 0 11z M8 2.500a5.500 5.500 0 0 1 0 11",
    "remove": "M3 4.500h10 M6 4.500v-2h4v2 M4.500 4.500l.5 9h6l.5-9",
    "chevron-up": "M4 10l4-4 4 4",
    "chevron-down": "M4 6l4 4 4-4",
    "chevron-left": "M10 4l-4 4 4 4",
    "chevron-right": "M6 4l4 4-4 4",
    "warning": "M8 2.500l6 11h-12z M8 6.500v3.500 M8 11.700v.3",
    "info": "M8 14a6 6 0 1 1 0-12 6 6 0 0 1 0 12z M8 7.300v4 M8 4.800v.3",
    "inserted": "M8 2.500v11 M2.500 8h11",
    "fallback": "M13 12.500v-3a3 3 0 0 0-3-3h-7.500 M5.500 3.500l-3 3 3 3",
    "copy": "M2.500 2.500h7v7h-7z M6.500 11.500v2h7v-7h-2",
    "options": "M2 4.500h6 M11 4.500h3 M8 4.500a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0 "
    "M2 11.500h3 M8 11.500h6 M5 11.500a1.5 1.5 0 1 0 3 0a1.5 1.5 0 1 0-3 0",
    "current": "M8 5a3 3 0 1 0 0 6a3 3 0 1 0 0-6z",
    "front": "M8 2.500l1.700 3.600 3.900.500-2.900 2.700.700 3.900-3.400-1.900-3.400 1.900.700-3.900"
    "-2.900-2.700 3.900-.500z",
    "stop": "M4 4h8v8h-8z",
    "fit": "M2.500 6v-3.500h3.500 M10 2.500h3.500v3.500 M13.500 10v3.500h-3.500 M6 13.500h-3.500v-3.500",
    "focus": "M8 10a2 2 0 1 1 0-4 2 2 0 0 1 0 4z M8 1.500v2.500 M8 12v2.500 M1.500 8h2.500 M12 8h2.500",
    "link": "M6.500 9.500l3-3 M7 5l1.500-1.500a2.800 2.800 0 0 1 4 4l-1.500 1.500 "
    "M9 11l-1.500 1.500a2.800 2.800 0 0 1-4-4l1.500-1.500",
    "lathe": "M1.500 8h3 M4.500 5v6h3v-6z M7.500 6.500h4v3h-4 M11.500 8h3 M9 12.500l1.500-2 1.500 2z",
}  # fmt: skip
FILLED = frozenset({"play", "current"})


def _svg(name: str, color: str) -> bytes:
    fill = color if name in FILLED else "none"
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 16 16"><path d="{PATHS[name]}" fill="{fill}" '
        f'stroke="{color}" stroke-width="1.4" stroke-linecap="round" stroke-linejoin="round"/></svg>'
    ).encode()


def pixmap(name: str, color: str, size: int = 16, scale: float = 2.0) -> QPixmap:
    found = QPixmap(QSize(round(size * scale), round(size * scale)))
    found.fill(Qt.GlobalColor.transparent)
    painter = QPainter(found)
    QSvgRenderer(QByteArray(_svg(name, color))).render(painter, QRectF(found.rect()))
    painter.end()
    found.setDevicePixelRatio(scale)
    return found


@functools.lru_cache(maxsize=256)
def icon(name: str, color: str, disabled: str = "") -> QIcon:
    found = QIcon(pixmap(name, color))
    if disabled:
        found.addPixmap(pixmap(name, disabled), QIcon.Mode.Disabled)
    return found


@functools.lru_cache(maxsize=1)
def _folder() -> tempfile.TemporaryDirectory[str]:
    # Stylesheets take images from files only.
    return tempfile.TemporaryDirectory(prefix="lathe-icons-")


@functools.lru_cache(maxsize=64)
def icon_file(name: str, color: str) -> str:
    path = Path(_folder().name) / f"{name}-{hashlib.sha256(color.encode()).hexdigest()[:8]}.svg"
    path.write_bytes(_svg(name, color))
    return path.as_posix()
