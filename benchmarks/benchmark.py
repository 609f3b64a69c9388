"""What a benchmark is. One file in ``benchmarks/cases`` defines one ``BENCHMARK``."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from benchmarks.subject import Subject


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured value.

    Attributes:
        name: its key in JSON, with the unit.
        text: what it is, for the table.
        target: the value should be at most this, where there is a target.
    """

    name: str
    value: float
    unit: str
    text: str
    target: float | None = None

    @property
    def missed(self) -> bool:
        return self.target is not None and self.value > self.target


@dataclass(frozen=True, slots=True)
class Benchmark:
    """``measure`` takes the model to measure on; a ``long`` one is only run by its name."""

    key: str
    title: str
    measure: Callable[[Subject], tuple[Figure, ...]]
    long: bool = False
