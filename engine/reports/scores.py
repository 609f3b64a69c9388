"""The scores of variants: what a decision between them looks at, as rows and as a table.

A variant is *on the front* when no other that is at least as good in latency, size and accuracy is better in one of
them (Pareto). Only variants for which all of the figures in question are known are held against each other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from engine.explain.tables import Cell, Table


@dataclass(frozen=True, slots=True)
class Score:
    """One variant; None for what was not measured.

    Attributes:
        recipe: what it does, in a few words.
        latency_ms: median.
        latency_ratio: time over the time of the cleaned float model, measured in alternating blocks where ``fair``,
            otherwise of two separate profiles; ``interval`` is of a fair one, which is ``conclusive`` where there is no
            doubt which of the two is faster.
        accuracy: share of right answers; ``drop_points`` is what it lost against the file, in percentage points.
        sqnr_db: of the output that is worst against the file's.
        noisy: the latency was disturbed.
    """

    name: str
    recipe: str
    file_bytes: int | None = None
    parameters: int | None = None
    macs: int | None = None
    latency_ms: float | None = None
    latency_ratio: float | None = None
    interval: tuple[float, float] | None = None
    fair: bool = False
    conclusive: bool = False
    noisy: bool = False
    accuracy: float | None = None
    drop_points: float | None = None
    agreement: float | None = None
    sqnr_db: float | None = None
    samples: int | None = None


def scores_table(scores: Sequence[Score]) -> Table:
    """As CSV has it; the interval in two columns."""
    from engine.explain.tables import Table

    header: list[str] = []
    for entry in fields(Score):
        header += ["ratio_low", "ratio_high"] if entry.name == "interval" else [entry.name]
    return Table("variants", tuple(header), tuple(_cells(score) for score in scores))


def _cells(score: Score) -> tuple[Cell, ...]:
    cells: list[Cell] = []
    for entry in fields(Score):
        value = getattr(score, entry.name)
        if entry.name == "interval":
            cells += [None, None] if value is None else list(value)
        elif isinstance(value, bool):
            cells.append("true" if value else "false")
        else:
            cells.append(value)
    return tuple(cells)


def front(scores: Sequence[Score]) -> set[int]:
    """The places of the variants that no other beats, among those whose latency and size are known."""
    known = [n for n, score in enumerate(scores) if score.latency_ms is not None and score.file_bytes is not None]
    judged = [n for n in known if scores[n].accuracy is not None]
    # Without accuracies it is a question of time and size alone.
    compared = judged if judged else known
    costs = {n: _costs(scores[n]) for n in compared}
    return {n for n in compared if not any(_beats(costs[other], costs[n]) for other in compared if other != n)}


def _costs(score: Score) -> tuple[float, ...]:
    assert score.latency_ms is not None
    assert score.file_bytes is not None
    return score.latency_ms, float(score.file_bytes), -score.accuracy if score.accuracy is not None else 0.0


def _beats(a: tuple[float, ...], b: tuple[float, ...]) -> bool:
    return all(x <= y for x, y in zip(a, b, strict=True)) and a != b
