"""Numbers as people read them: at most three significant figures and a unit; full values belong in tooltips."""

from __future__ import annotations

import math
from functools import lru_cache

from gui.language import tr

SPACE = "\u202f"
"""Narrow and unbreakable, between a number and its unit."""
NOTHING = "–"
MINUS = "\u2212"


def three(value: float) -> str:
    """At most three significant figures, never in exponent form; digits before the point are all kept."""
    if value == 0:
        return "0"
    sign, size = (MINUS if value < 0 else ""), abs(value)
    if float(f"{size:.3g}") >= 100:
        return f"{sign}{size:.0f}"
    digits = 0
    while digits < 9 and round(size * 10**digits) < 100:
        digits += 1
    text = f"{size:.{digits}f}"
    return sign + (text.rstrip("0").rstrip(".") if "." in text else text)


def _scaled(value: float, steps: tuple[str, ...], base: float = 1000.0) -> str:
    index, size = 0, abs(value)
    while index < len(steps) - 1 and float(f"{size:.3g}") >= base:
        size /= base
        index += 1
    number = three(-size if value < 0 else size)
    return f"{number}{SPACE}{steps[index]}" if steps[index] else number


def count(value: int | None) -> str:
    """``28_901_376`` is ``28.9 M``."""
    return NOTHING if value is None else _scaled(value, ("", "k", "M", "G", "T"))


def size(value: int | None) -> str:
    """Bytes, by thousands."""
    return NOTHING if value is None else _scaled(value, ("B", "kB", "MB", "GB", "TB"))


def time_us(value: float | None) -> str:
    return NOTHING if value is None else _scaled(value, ("µs", "ms", "s"))


def time_ms(value: float | None) -> str:
    return NOTHING if value is None else time_us(value * 1000)


def delta_us(value: float | None) -> str:
    if value is None:
        return NOTHING
    return f"+{time_us(value)}" if value > 0 else time_us(value)


def share(value: float | None) -> str:
    """A fraction in percent, with one decimal so that a column of them lines up."""
    return NOTHING if value is None else f"{value * 100:.1f}{SPACE}%"


def signed_percent(value: float) -> str:
    """A fraction in whole percent, as in "−13 %"."""
    rounded = round(value * 100)
    return f"{MINUS if rounded < 0 else ''}{abs(rounded)}{SPACE}%"


def ratio(value: float) -> str:
    return f"{value:.2f}×"


def gain(slower_by: float, conclusive: bool) -> str:
    """How many times as fast, from a ratio of times, where that can be told."""
    return ratio(1 / slower_by) if conclusive else tr("too close to tell")


def points(fraction: float) -> str:
    """An accuracy, a fraction of one, in percent with one decimal."""
    return f"{fraction * 100:.1f}"


def signed_points(fraction: float) -> str:
    """A change of accuracy in percentage points with its sign."""
    rounded = round(fraction * 100, 1)
    return f"{MINUS if rounded < 0 else '+' if rounded > 0 else ''}{abs(rounded):.1f}"


def option(value: bool | int | float | str | None) -> str:
    """The value of an option in words."""
    if isinstance(value, bool):
        return tr("yes") if value else tr("no")
    return tr("not set") if value is None else str(value)


def db_text(sqnr_db: float | None) -> str:
    """A ratio of powers in decibels; infinite is exact."""
    if sqnr_db is None:
        return NOTHING
    if math.isinf(sqnr_db):
        return tr("exact") if sqnr_db > 0 else tr("not finite")
    return f"{MINUS if sqnr_db < 0 else ''}{abs(sqnr_db):.1f}{SPACE}dB"


def full(value: int | float | None) -> str:
    if value is None:
        return tr("unknown")
    return f"{value:,}" if isinstance(value, int) else f"{value:,.4f}".rstrip("0").rstrip(".")


def shape(value: tuple[object, ...] | None) -> str:
    if value is None:
        return "?"
    return _dimensions(value) if value else tr("scalar")


@lru_cache(maxsize=4096)
def _dimensions(value: tuple[object, ...]) -> str:
    """Of tens of thousands of layers few differ."""
    return "×".join("?" if d is None else str(d) for d in value)
