"""Figures of a report in words: at most three significant digits and a unit."""

from __future__ import annotations

import math

NOTHING = "–"
SPACE = "\u202f"


def three(value: float) -> str:
    if value == 0:
        return "0"
    digits = max(0, 2 - math.floor(math.log10(abs(float(f"{value:.3g}")))))
    return f"{value:.{digits}f}".replace("-", "\u2212")


def scaled(value: float | None, units: tuple[str, ...]) -> str:
    """In the unit of a thousand steps that leaves one to three digits before the point."""
    if value is None:
        return NOTHING
    step = 0
    while step < len(units) - 1 and abs(float(f"{value:.3g}")) >= 1000:
        value /= 1000
        step += 1
    return f"{three(value)}{SPACE}{units[step]}".rstrip(SPACE)


def size(value: int | None) -> str:
    return scaled(value, ("B", "kB", "MB", "GB", "TB"))


def count(value: int | None) -> str:
    return scaled(value, ("", "k", "M", "G", "T"))


def time_us(value: float | None) -> str:
    return scaled(value, ("µs", "ms", "s"))


def percent(value: float | None) -> str:
    return NOTHING if value is None else f"{value * 100:.1f}{SPACE}%"


def db(value: float | None) -> str:
    if value is None:
        return NOTHING
    return ("exact" if value > 0 else "not finite") if math.isinf(value) else f"{value:.1f}{SPACE}dB"
