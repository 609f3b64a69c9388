"""How reports for a terminal of 100 columns are set: labels, wrapping, long names, three significant digits."""

from __future__ import annotations

import textwrap
from collections.abc import Iterable, Sequence

WIDTH = 100
LABEL = 10
NAME = 44
_NARROWEST = 24


def labelled_row(label: str, text: str) -> str:
    """One line, however long, with a label before it."""
    return f"{label:<{LABEL}}{text}".rstrip()


def labelled(label: str, text: str) -> list[str]:
    """As ``labelled_row``, wrapped."""
    return textwrap.wrap(
        text,
        WIDTH,
        initial_indent=f"{label:<{LABEL}}",
        subsequent_indent=" " * LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def wrapped(text: str, indent: str = "") -> list[str]:
    return [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(part, WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False)
    ]


def some(names: Sequence[str], most: int) -> str:
    shown = ", ".join(short(name, NAME) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def width_of(names: Iterable[str]) -> int:
    """Of a column of names."""
    return min(NAME, max(_NARROWEST, *map(len, names), 0))


def short(text: str, width: int) -> str:
    """The end of a long name says more than its beginning."""
    return text if len(text) <= width else "..." + text[len(text) - width + 3 :]


def count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def digits(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def rate(per_s: float) -> str:
    return f"{per_s:,.0f}/s" if per_s >= 100 else f"{per_s:.3g}/s"


def in_bytes(size: int) -> str:
    """In MB, or in bytes where those would be a row of zeros."""
    return f"{digits(size / 1e6)} MB" if size >= 1000 else f"{size} B"
