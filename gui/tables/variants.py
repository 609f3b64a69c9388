"""Variants as rows: what each does, and its scores."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont

from gui import numbers
from gui.language import mark, tr
from gui.tables.columns import Column
from gui.tables.rows_model import Index, RowsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject

    from engine.reports.scores import Score

Role = Qt.ItemDataRole


@dataclass(frozen=True, slots=True)
class VariantRow:
    """``place`` among the variants, None for the float model that they are held against."""

    score: Score
    place: int | None = None
    current: bool = False
    front: bool = False


def _column(
    key: str, title: str, tip: str, width: int, value: Callable[[Score], Any], text: Callable[[Score], str],
    full: Callable[[Score], str] | None = None, *, number: bool = True, widest: int = 0,
) -> Column[VariantRow]:  # fmt: skip
    told = full or text
    return Column(
        key, title, tip, width, lambda row: value(row.score), lambda row: text(row.score), lambda row: told(row.score),
        number=number, widest=widest,
    )  # fmt: skip


def latency_text(score: Score) -> str:
    return numbers.time_ms(score.latency_ms) + (" ?" if score.noisy else "")


def latency_full(score: Score) -> str:
    if score.latency_ms is None:
        return tr("not measured yet: Variants, Measure variants (Shift+F5)")
    text = tr("{time} ms, median, while the machine was busy") if score.noisy else tr("{time} ms, median")
    return text.format(time=f"{score.latency_ms:.4f}")


def gain_text(score: Score) -> str:
    """How many times as fast as the float model."""
    if score.latency_ratio is None:
        return numbers.NOTHING
    return numbers.ratio(1 / score.latency_ratio) + ("" if score.conclusive or score.latency_ratio == 1 else " ?")


def gain_full(score: Score) -> str:
    if score.latency_ratio is None:
        return tr("not measured yet")
    ratio = f"{score.latency_ratio:.3f}"
    if score.interval is not None:
        text = tr("takes {ratio} of the float model's time, interval {low} to {high}, in alternating blocks")
        return text.format(ratio=ratio, low=f"{score.interval[0]:.3f}", high=f"{score.interval[1]:.3f}")
    return tr(
        "takes {ratio} of the float model's time, by two separate measurements: F7 runs both in turns, which tells a "
        "gain from noise"
    ).format(ratio=ratio)


def accuracy_text(score: Score) -> str:
    return numbers.NOTHING if score.accuracy is None else f"{numbers.points(score.accuracy)}{numbers.SPACE}%"


def accuracy_full(score: Score) -> str:
    if score.accuracy is None:
        return tr("unknown: verify (F6) on samples with labels")
    text = tr("{share} % right of {count} samples")
    if score.agreement is not None:
        text = tr("{share} % right of {count} samples; the same class as the file for {same} %")
    same = f"{(score.agreement or 0) * 100:.2f}"
    return text.format(share=f"{score.accuracy * 100:.3f}", count=score.samples, same=same)


def drop_text(score: Score) -> str:
    if score.drop_points is None:
        return numbers.NOTHING
    rounded = round(score.drop_points, 1)
    return f"{numbers.MINUS if rounded < 0 else ''}{abs(rounded):.1f}"


def _size_full(score: Score) -> str:
    if score.file_bytes is None:
        return tr("not built yet")
    return tr("{count} bytes").format(count=f"{score.file_bytes:,}")


def _drop_full(score: Score) -> str:
    if score.drop_points is None:
        return tr("unknown")
    return tr("{count} percentage points").format(count=f"{score.drop_points:.3f}")


COLUMNS: tuple[Column[VariantRow], ...] = (
    _column("name", mark("Variant"), mark("The name; F2 or a double click changes it"), 96, lambda s: s.name,
            lambda s: s.name, number=False, widest=220),
    _column("size", mark("Size"), mark("Of the file that an export would write"), 84, lambda s: s.file_bytes,
            lambda s: numbers.size(s.file_bytes), _size_full),
    _column("latency", mark("Latency"), mark("Median of the profile with the settings in the toolbar; with ? "
            "where the machine was busy. Gain is measured apart from it, in turns"), 84,
            lambda s: s.latency_ms, latency_text, latency_full),
    _column("gain", mark("Gain"), mark("How many times as fast as the cleaned float model; with ? where that is too "
            "close to tell, or both were not measured in turns"), 72,
            lambda s: None if s.latency_ratio is None else 1 / s.latency_ratio, gain_text, gain_full),
    _column("accuracy", mark("Accuracy"), mark("Share of right answers on the evaluation samples"), 80,
            lambda s: s.accuracy, accuracy_text, accuracy_full),
    _column("drop", mark("Drop"), mark("Percentage points of accuracy lost against the file"), 58,
            lambda s: s.drop_points, drop_text, _drop_full),
    _column("sqnr", mark("SQNR"), mark("Power of the outputs over the power of their error, of the worst output: "
            "higher is closer"), 78, lambda s: s.sqnr_db, lambda s: numbers.db_text(s.sqnr_db)),
    _column("parameters", mark("Parameters"), mark("Weights that are left"), 92, lambda s: s.parameters,
            lambda s: numbers.count(s.parameters), lambda s: numbers.full(s.parameters)),
    _column("macs", mark("MACs"), mark("Multiply-accumulates of a run"), 76, lambda s: s.macs,
            lambda s: numbers.count(s.macs), lambda s: numbers.full(s.macs)),
    _column("recipe", mark("Recipe"), mark("What is done to which layers"), 160, lambda s: s.recipe,
            lambda s: s.recipe, number=False, widest=900),
)  # fmt: skip


class VariantsModel(RowsModel[VariantRow]):
    """Names can be edited in place; the current variant is bold and marked."""

    renamed = Signal(int, str)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)

    def ids(self, _row: VariantRow) -> Sequence[str]:
        return ()

    def mark(self, row: VariantRow, key: str) -> str:
        if key != "name":
            return ""
        return " ".join(name for name, on in (("current", row.current), ("front", row.front)) if on)

    def flags(self, index: Index) -> Qt.ItemFlag:
        found = super().flags(index)
        if index.isValid() and index.column() == 0 and self.at(index.row()).place is not None:
            found |= Qt.ItemFlag.ItemIsEditable
        return found

    def data(self, index: Index, role: int = Role.DisplayRole) -> Any:
        if index.isValid():
            row = self.at(index.row())
            if role == Role.FontRole and row.current:
                font = QFont()
                font.setBold(True)
                return font
            if role == Role.EditRole and index.column() == 0:
                return row.score.name
            if role == Role.ToolTipRole and index.column() == 0:
                said = [tr("the current variant") if row.current else "", tr(FRONT) if row.front else ""]
                return "\n".join([row.score.name, *(text for text in said if text)])
        return super().data(index, role)

    def setData(self, index: Index, value: Any, role: int = Role.EditRole) -> bool:  # noqa: N802
        place = self.at(index.row()).place
        if role != Role.EditRole or place is None:
            return False
        self.renamed.emit(place, str(value))
        return True


FRONT = mark("on the front: no other is as good in latency, size and accuracy and better in one of them")
