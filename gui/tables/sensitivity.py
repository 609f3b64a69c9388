"""The rows of a sensitivity scan."""

from __future__ import annotations

import math
from collections.abc import Collection
from typing import TYPE_CHECKING

from gui import numbers
from gui.language import mark, tr
from gui.numbers import db_text
from gui.sensitivity import drop_text
from gui.tables.columns import Column
from gui.tables.rows_model import RowsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor

    from engine.verification.sensitivity import LayerSensitivity
    from gui.theme import Theme


def _finite(value: float | None) -> float | None:
    return None if value is None or math.isnan(value) else value


def _saved_full(row: LayerSensitivity) -> str:
    if row.latency_saved_us is None:
        return tr("not known: profile (F5) with this layer treated")
    return tr("{time} µs of one run").format(time=numbers.full(row.latency_saved_us))


def _drop_full(row: LayerSensitivity) -> str:
    return row.reason or (tr("the samples have no labels") if row.accuracy_drop is None else tr("percentage points"))


COLUMNS: tuple[Column[LayerSensitivity], ...] = (
    Column("id", mark("Layer"), mark("Layer of the file"), 112, lambda r: r.id, lambda r: r.id,
           lambda r: f"{r.id}\n{r.reason}" if r.reason else r.id, number=False, widest=184),
    Column("sqnr", mark("SQNR"), mark("Of the output that suffers most, against the float model's: higher is closer"),
           76, lambda r: _finite(r.sqnr_db), lambda r: db_text(r.sqnr_db),
           lambda r: r.reason or f"{numbers.full(r.sqnr_db)} dB"),
    Column("drop", mark("Drop"), mark("Loss of top-1 accuracy in percentage points on these samples"), 56,
           lambda r: r.accuracy_drop, lambda r: drop_text(r.accuracy_drop), _drop_full),
    Column("agreement", mark("Agree"), mark("Samples to which both models give the same class"), 72,
           lambda r: r.agreement, lambda r: numbers.share(r.agreement),
           lambda r: r.reason or tr("same class as the float model")),
    Column("saved", mark("Saved"), mark("What treating the layer saves of one run, from the latest profile in which it "
           "is treated"), 80, lambda r: r.latency_saved_us, lambda r: numbers.time_us(r.latency_saved_us),
           _saved_full),
    Column("treatment", mark("Treatment"), mark("What was tried"), 96, lambda r: r.treatment,
           lambda r: r.treatment.replace("_", " "), lambda r: r.reason or r.treatment, number=False, widest=200),
)  # fmt: skip
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}


class SensitivityModel(RowsModel["LayerSensitivity"]):
    """``kept`` layers carry the mark of those that stay in float."""

    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._theme = theme
        self._kept: frozenset[str] = frozenset()

    def keep(self, ids: Collection[str]) -> None:
        self._kept = frozenset(ids)
        if self.order:
            self.dataChanged.emit(self.index(0, 0), self.index(len(self.order) - 1, len(COLUMNS) - 1))

    def ids(self, row: LayerSensitivity) -> tuple[str, ...]:
        return (row.id,)

    def mark(self, row: LayerSensitivity, key: str) -> str:
        return "float" if key == "id" and row.id in self._kept else ""

    def color(self, row: LayerSensitivity, key: str) -> QColor | None:
        muted = row.reason or key in ("agreement", "treatment")
        return self._theme.color("muted") if muted else None
