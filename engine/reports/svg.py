"""Plots of a report as inline SVG: colours are CSS variables of the page, so that light, dark and print all fit.

Values stand in a ``title`` of each shape, which browsers show on hovering; nothing needs a script.
"""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

ROW, LABEL, VALUE, WIDTH = 20, 280, 132, 1030
PLOT = (508, 300)
MARGIN = (64, 16, 24, 44)
"""Left, top, right, bottom."""
MARK = 7
LONGEST = 40
CHARACTER = 6.6
"""Pixels that a letter takes on average."""
SAME = 1e-6
"""Values that differ by less, for their size, are one value: the rest is rounding."""


_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")


def legal(text: str) -> str:
    """Without the characters that no XML may have, also not escaped (XML 1.0, 2.2): layers can be named with them."""
    return _ILLEGAL.sub("\N{REPLACEMENT CHARACTER}", text)


@dataclass(frozen=True, slots=True)
class Bar:
    """``other`` is drawn above it in the colour of what it is held against; None where there is none."""

    name: str
    value: float
    text: str
    other: float | None = None
    other_text: str = ""


@dataclass(frozen=True, slots=True)
class Point:
    name: str
    x: float
    y: float
    text: str
    reference: bool = False


def short(text: str, longest: int = LONGEST) -> str:
    """The middle is left out: beginnings and ends of layer names tell most."""
    if len(text) <= longest:
        return text
    half = (longest - 1) // 2
    return f"{text[:half]}…{text[-half:]}"


def bars(title: str, rows: Sequence[Bar]) -> str:
    """Horizontal bars with their names and values in words."""
    if not rows:
        return ""
    largest = max(max(row.value, row.other or 0.0) for row in rows) or 1.0
    left = min(LABEL, 24 + CHARACTER * max(len(short(row.name)) for row in rows))
    room = WIDTH - left - VALUE
    height = len(rows) * ROW + 4
    parts = [
        f'<svg viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" class="plot">'
    ]
    for number, row in enumerate(rows):
        y = number * ROW + 2
        tip = f"{row.name}: {row.text}" + (f", before {row.other_text}" if row.other is not None else "")
        parts.append(f"<g><title>{escape(tip)}</title>")
        parts.append(
            f'<text x="{left - 8:.0f}" y="{y + 13}" text-anchor="end" class="name">{escape(short(row.name))}</text>'
        )
        top, high = y + 3, ROW - 7
        if row.other is not None:
            half = high / 2
            parts.append(_rect(left, top, room * row.other / largest, half, "before"))
            top, high = round(top + half), round(half)
        parts.append(_rect(left, top, room * row.value / largest, high, "after"))
        said = row.text if row.other is None else f"{row.other_text} → {row.text}"
        end = left + room * max(row.value, row.other or 0.0) / largest + 6
        parts.append(f'<text x="{end:.1f}" y="{y + 13}" class="value">{escape(said)}</text></g>')
    return "".join([*parts, "</svg>"])


def scatter(title: str, x_title: str, y_title: str, points: Sequence[Point], most_y: float = math.inf) -> str:
    """Named points with round ticks on both axes; nothing is above ``most_y``."""
    if not points:
        return ""
    width, height = PLOT
    left, top, right, bottom = MARGIN
    low_x, high_x, step_x = span([p.x for p in points])
    low_y, high_y, step_y = span([p.y for p in points])
    high_y = min(high_y, most_y) if max(p.y for p in points) <= most_y else high_y
    wide, tall = width - left - right, height - top - bottom

    def place(x: float, y: float) -> tuple[float, float]:
        return left + (x - low_x) / (high_x - low_x) * wide, top + tall - (y - low_y) / (high_y - low_y) * tall

    parts = [
        f'<svg viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img" '
        f'aria-label="{escape(title)}" class="plot">'
    ]
    for value in ticks(low_x, high_x, step_x):
        x, _ = place(value, low_y)
        parts.append(f'<line x1="{x:.1f}" y1="{top}" x2="{x:.1f}" y2="{top + tall}" class="grid"/>')
        parts.append(
            f'<text x="{x:.1f}" y="{top + tall + 16}" text-anchor="middle" class="tick">{tick(value, step_x)}</text>'
        )
    for value in ticks(low_y, high_y, step_y):
        _, y = place(low_x, value)
        parts.append(f'<line x1="{left}" y1="{y:.1f}" x2="{left + wide}" y2="{y:.1f}" class="grid"/>')
        parts.append(
            f'<text x="{left - 8}" y="{y + 4:.1f}" text-anchor="end" class="tick">{tick(value, step_y)}</text>'
        )
    parts.append(
        f'<text x="{left + wide / 2}" y="{height - 6}" text-anchor="middle" class="tick">{escape(x_title)}</text>'
    )
    parts.append(
        f'<text x="14" y="{top + tall / 2}" text-anchor="middle" class="tick" '
        f'transform="rotate(-90 14 {top + tall / 2})">{escape(y_title)}</text>'
    )
    for point in points:
        x, y = place(point.x, point.y)
        side, anchor = (-10, "end") if x > left + 0.75 * wide else (10, "start")
        shape = (
            f'<rect x="{x - 5:.1f}" y="{y - 5:.1f}" width="10" height="10" class="before"/>'
            if point.reference
            else f'<circle cx="{x:.1f}" cy="{y:.1f}" r="5.5" class="after"/>'
        )
        name = escape(short(point.name, 28))
        parts.append(
            f"<g><title>{escape(f'{point.name}: {point.text}')}</title>{shape}"
            f'<text x="{x + side:.1f}" y="{y - 7:.1f}" text-anchor="{anchor}" class="name">{name}</text></g>'
        )
    return "".join([*parts, "</svg>"])


def span(values: Sequence[float]) -> tuple[float, float, float]:
    """From, to and step of an axis that shows all values with some room, at round numbers."""
    low, high = min(values), max(values)
    if high - low <= SAME * max(abs(low), abs(high)):
        low = high = (low + high) / 2
    room = (high - low) * 0.12 or abs(high) * 0.05 or 1.0
    low, high = low - room, high + room
    rough = (high - low) / MARK
    power = 10.0 ** math.floor(math.log10(rough))
    step = next(power * n for n in (1, 2, 5, 10) if power * n >= rough)
    return math.floor(low / step) * step, math.ceil(high / step) * step, step


def ticks(low: float, high: float, step: float) -> list[float]:
    return [low + n * step for n in range(round((high - low) / step) + 1)]


def tick(value: float, step: float) -> str:
    """With as many decimals as tell it from its neighbours."""
    digits = max(0, -math.floor(math.log10(step) + 1e-9))
    return f"{value + 0.0:.{digits}f}".replace("-", "\u2212")


def _rect(x: float, y: float, width: float, height: float, name: str) -> str:
    return f'<rect x="{x}" y="{y}" width="{max(width, 0.5):.1f}" height="{height}" rx="1.5" class="{name}"/>'
