"""Two profiles as rows: what each layer took before and after, and what that makes in sum."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from gui import numbers
from gui.language import mark, tr
from gui.tables.columns import STATES, Column
from gui.tables.rows_model import RowsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor

    from engine.explain.diff import LayerDelta, ProfileDiff
    from engine.profiling.profile import Profile
    from gui.figures import Measurement
    from gui.theme import Theme

NEAR = 0.05
"""Changes by less than this part of the time before are not coloured as a gain or a loss."""


@dataclass(frozen=True, slots=True)
class DeltaRow:
    """One layer, or with ``end`` a sum."""

    id: str
    before_us: float | None
    after_us: float | None
    delta_us: float
    side: str = "both"
    before_state: str = ""
    after_state: str = ""
    end: str = ""

    @property
    def fraction(self) -> float | None:
        return self.delta_us / self.before_us if self.before_us else None


def told_in_the_file(measurement: Measurement) -> Profile:
    """The profile with the layers of the file in place of those of the measured model.

    What counts for no layer of the file keeps its own row, so that the sum stays.
    """
    from engine.profiling.profile import LayerTiming

    layers = [
        LayerTiming(layer_id, t.state, t.median_us, t.inserted_us, t.share, t.lead)
        for layer_id, t in measurement.layers.items()
    ]
    strange = [
        t for t in measurement.profile.layers if t.id not in measurement.homes and t.id not in measurement.layers
    ]
    return replace(measurement.profile, layers=(*layers, *strange))


def state_text(state: str, lead: str) -> str:
    if state == "fused_into":
        return tr("in {layer}").format(layer=lead) if lead else tr("fused")
    return tr(STATES[state]) if state in STATES else state.replace("_", " ")


def delta_rows(found: ProfileDiff, layers: tuple[LayerDelta, ...]) -> tuple[list[DeltaRow], list[DeltaRow]]:
    """The given layers of a difference, and the sums of all of it.

    Left out are layers that take no time of their own on either side and ended alike: there is nothing to say.
    """
    rows = [
        DeltaRow(
            d.id,
            d.before_us,
            d.after_us,
            d.delta_us,
            d.side,
            state_text(d.before_state, d.before_lead),
            state_text(d.after_state, d.after_lead),
        )
        for d in layers
        if d.before_us or d.after_us or d.before_state != d.after_state
    ]
    over = set(layers)
    hidden = [d for d in found.layers if d not in over]
    ends = []
    if hidden and any(d.delta_us for d in hidden):
        ends.append(
            DeltaRow(
                tr("{count} layers below the threshold").format(count=len(hidden)),
                sum(d.before_us or 0.0 for d in hidden),
                sum(d.after_us or 0.0 for d in hidden),
                sum(d.delta_us for d in hidden),
                end=tr("Layers that changed by less than the threshold, together."),
            )
        )
    if found.unattributed_delta_us:
        ends.append(
            DeltaRow(
                tr("unattributed"),
                None,
                None,
                found.unattributed_delta_us,
                end=tr("Kernels whose layers are not known."),
            )
        )
    before = sum(d.before_us or 0.0 for d in found.layers)
    after = sum(d.after_us or 0.0 for d in found.layers)
    ends.append(
        DeltaRow(
            tr("all kernels"), before, after, found.kernel_delta_us,
            end=tr("The sum of all rows: what the kernels take together, with the profiler on."),
        )
    )  # fmt: skip
    return rows, ends


def _side(row: DeltaRow) -> str:
    return {"before": tr("only before"), "after": tr("only after")}.get(row.side, "")


def _states(row: DeltaRow) -> str:
    if row.side != "both":
        return _side(row)
    if row.before_state == row.after_state:
        return row.before_state
    return f"{row.before_state} → {row.after_state}"


COLUMNS: tuple[Column[DeltaRow], ...] = (
    Column("id", mark("Layer"), mark("Layer of the file"), 152, lambda r: r.id, lambda r: r.id,
           lambda r: r.end or r.id, number=False, widest=320),
    Column("before", mark("Before"), mark("Median time per run in the first profile"), 88, lambda r: r.before_us,
           lambda r: numbers.time_us(r.before_us or None), lambda r: r.end or f"{numbers.full(r.before_us)} µs"),
    Column("after", mark("After"), mark("Median time per run in the second profile"), 88, lambda r: r.after_us,
           lambda r: numbers.time_us(r.after_us or None), lambda r: r.end or f"{numbers.full(r.after_us)} µs"),
    Column("delta", mark("Delta"), mark("After minus before: negative is faster"), 88, lambda r: r.delta_us,
           lambda r: numbers.delta_us(r.delta_us), lambda r: r.end or f"{numbers.full(r.delta_us)} µs"),
    Column("fraction", mark("Change"), mark("Delta over before"), 80, lambda r: r.fraction,
           lambda r: numbers.NOTHING if r.fraction is None else _percent(r.fraction),
           lambda r: r.end or tr("delta over before")),
    Column("state", mark("State"), mark("How the layer ended before and after: only one of both where it exists on "
           "one side only"), 120, _states, _states, lambda r: r.end or _states(r), number=False, widest=360),
)  # fmt: skip
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}


def _percent(fraction: float) -> str:
    sign = "+" if fraction > 0 else numbers.MINUS if fraction < 0 else ""
    return f"{sign}{abs(fraction) * 100:.0f}{numbers.SPACE}%"


class DifferenceModel(RowsModel[DeltaRow]):
    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._theme = theme
        self._noisy = False

    def show_difference(self, found: ProfileDiff | None, layers: tuple[LayerDelta, ...], noisy: bool) -> None:
        self._noisy = noisy
        self.show_rows(*(delta_rows(found, layers) if found is not None else ([], [])))

    def ids(self, row: DeltaRow) -> tuple[str, ...]:
        return () if row.end else (row.id,)

    def mark(self, row: DeltaRow, key: str) -> str:
        return "info" if key == "state" and row.side != "both" else ""

    def color(self, row: DeltaRow, key: str) -> QColor | None:
        if key in ("delta", "fraction"):
            near = abs(row.delta_us) < NEAR * max(row.before_us or 0.0, 1.0)
            return self._theme.color("muted" if near or self._noisy else "good" if row.delta_us < 0 else "bad")
        return self._theme.color("muted") if key == "state" else None
