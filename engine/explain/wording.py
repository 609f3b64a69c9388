"""Figures and lists as reasons write them: at most three significant figures, few names."""

from __future__ import annotations

from collections.abc import Sequence

_NAMED = 4


def figures(value: float) -> str:
    """At most three significant figures, never in exponent form."""
    rounded = float(f"{value:.3g}")
    if abs(rounded) >= 100:
        return f"{rounded:.0f}"
    return f"{rounded:.6f}".rstrip("0").rstrip(".")


def time(us: float) -> str:
    return f"{figures(us / 1000)} ms" if float(f"{us:.3g}") >= 1000 else f"{figures(us)} µs"


def percent(share: float) -> str:
    return f"{figures(float(f'{share * 100:.2g}'))} %"


def count(number: int, noun: str, plural: str = "") -> str:
    """``3 layers``; a plural in s where none is given."""
    return f"{number} {noun if number == 1 else plural or noun + 's'}"


def names(items: Sequence[str]) -> str:
    """``a, b, c, d and 3 more``, each once."""
    once = list(dict.fromkeys(items))
    if len(once) > _NAMED + 1:
        return f"{', '.join(once[:_NAMED])} and {len(once) - _NAMED} more"
    return " and ".join([", ".join(once[:-1]), once[-1]] if len(once) > 1 else once)
