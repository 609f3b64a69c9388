"""The kernels of one profile as rows: what the runtime really ran, and the layers of the file whose work it was.

The rows end with what is no kernel of a layer, so that the column of medians sums to the wall time of a profiled run.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from gui import numbers
from gui.language import mark, tr
from gui.tables.columns import Column, provider_text, share_full
from gui.tables.rows_model import RowsModel

if TYPE_CHECKING:
    from PySide6.QtCore import QObject
    from PySide6.QtGui import QColor

    from engine.profiling.profile import KernelTiming, Profile
    from gui.figures import Measurement
    from gui.theme import Theme

NAMED = 12
"""Kernels that a tooltip names."""
LEAST = 0.002
"""Of the wall time: a smaller difference between the sum of medians and the median of sums is not worth a row."""


@dataclass(frozen=True, slots=True)
class KernelRow:
    """One kernel, or with ``end`` one of the sums after them; ``layers`` and ``lead`` are layers of the file."""

    number: int | None
    name: str
    op: str = ""
    provider: str = ""
    precision: str = ""
    implementation: str = ""
    layers: tuple[str, ...] = ()
    lead: str = ""
    median_us: float = 0.0
    p90_us: float | None = None
    share: float | None = None
    mark: str = ""
    end: str = ""

    @property
    def is_kernel(self) -> bool:
        return self.number is not None


def marks_of(kernel: KernelTiming) -> str:
    asked = (("inserted", kernel.inserted), ("fallback", kernel.fallback), ("copy", kernel.copy))
    return " ".join(name for name, there in asked if there)


def told_in_file(layers: tuple[str, ...], homes: Mapping[str, str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(homes[i] for i in layers if i in homes))


def kernel_rows(measurement: Measurement) -> tuple[list[KernelRow], list[KernelRow]]:
    """The kernels with a layer in the order of the profile, and the sums after them."""
    homes = measurement.homes
    rows = []
    for number, kernel in enumerate(measurement.profile.kernels, start=1):
        if kernel.layers:
            rows.append(
                KernelRow(
                    number,
                    kernel.name,
                    kernel.op,
                    kernel.provider,
                    kernel.precision,
                    kernel.implementation,
                    told_in_file(kernel.layers, homes),
                    homes.get(kernel.lead, kernel.lead) if kernel.lead is not None else "",
                    kernel.median_us,
                    kernel.p90_us,
                    kernel.share,
                    marks_of(kernel),
                )
            )
    return rows, _ends(measurement.profile)


def _ends(profile: Profile) -> list[KernelRow]:
    medians_us = sum(k.median_us for k in profile.kernels)
    sum_us, wall_us = profile.kernel_sum_ms * 1000, profile.profiled_ms * 1000
    found = []
    strange = [k for k in profile.kernels if not k.layers]
    if strange:
        names = "\n".join(f"{k.name}  {numbers.time_us(k.median_us)}" for k in strange[:NAMED])
        count = tr("{count} kernels") if len(strange) > 1 else tr("{count} kernel")
        found.append(
            KernelRow(
                None,
                tr("unattributed"),
                count.format(count=len(strange)),
                median_us=sum(k.median_us for k in strange),
                share=sum(k.share for k in strange),
                end=f"{tr('Kernels whose layers are not known:')}\n{names}",
            )
        )
    found.append(
        KernelRow(
            None,
            tr("between kernels"),
            median_us=wall_us - sum_us,
            end=tr(
                "Time of a profiled run that is in no kernel: the runtime going from one kernel to the next, and what "
                "the profiler itself takes."
            ),
        )
    )
    if abs(sum_us - medians_us) > LEAST * wall_us:
        found.append(
            KernelRow(
                None,
                tr("rounding"),
                median_us=sum_us - medians_us,
                end=tr(
                    "The median of the sum of all kernels, less the sum of the medians of each: not all kernels are "
                    "slow in the same run."
                ),
            )
        )
    found.append(
        KernelRow(
            None,
            tr("profiled run"),
            median_us=wall_us,
            end=tr(
                "The wall time of a run with the runtime's profiler on: the sum of all rows above. Without the "
                "profiler a run takes {time}."
            ).format(time=numbers.time_ms(profile.latency_ms.median)),
        )
    )
    return found


def _median_full(row: KernelRow) -> str:
    text = tr("{time} µs per run").format(time=numbers.full(row.median_us))
    return f"{text}\n{row.end}" if row.end else text


def _layers_text(row: KernelRow) -> str:
    if not row.is_kernel:
        return ""
    if not row.layers:
        return tr("none of the file")
    return row.layers[0] if len(row.layers) == 1 else f"{len(row.layers)}: {', '.join(row.layers)}"


MARKS = {"inserted": mark("inserted"), "fallback": mark("fallback"), "copy": mark("copy")}


def _marks_text(row: KernelRow) -> str:
    return tr(", ").join(tr(MARKS[name]) for name in row.mark.split())


COLUMNS: tuple[Column[KernelRow], ...] = (
    Column("number", "#", mark("Place in the order in which the kernels ran"), 36, lambda r: r.number,
           lambda r: "" if r.number is None else str(r.number),
           lambda r: r.end or tr("kernel {number}").format(number=r.number)),
    Column("name", mark("Kernel"), mark("Name of the kernel, as the runtime has it"), 136, lambda r: r.name,
           lambda r: r.name, lambda r: r.end or r.name, number=False, widest=192),
    Column("op", mark("Op"), mark("What the runtime calls the kernel's operator"), 64, lambda r: r.op, lambda r: r.op,
           lambda r: r.end or r.op, number=False, widest=112),
    Column("mark", mark("Kind"), mark("inserted: the runtime added it; fallback: it ran on another provider than the "
           "one asked for; copy: it moves data between devices"), 72, lambda r: r.mark, _marks_text,
           lambda r: r.end or _mark_full(r), number=False, widest=168),
    Column("median", mark("Median"), mark("Median time in one run of the model, profiler on"), 76,
           lambda r: r.median_us, lambda r: numbers.time_us(r.median_us), _median_full),
    Column("share", mark("Share"), mark("Part of the time of all kernels"), 104, lambda r: r.share,
           lambda r: "" if r.share is None else numbers.share(r.share), lambda r: r.end or share_full(r.share or 0)),
    Column("p90", "p90", mark("Nine of ten runs are not slower than this"), 76, lambda r: r.p90_us,
           lambda r: "" if r.p90_us is None else numbers.time_us(r.p90_us),
           lambda r: r.end or f"{numbers.full(r.p90_us)} µs"),
    Column("lead", mark("Lead"), mark("The layer with most multiply-accumulates among those whose work it does: it "
           "carries the time in the table of layers"), 96, lambda r: r.lead, lambda r: r.lead,
           lambda r: r.end or r.lead or tr("none"), number=False, widest=216),
    Column("layers", mark("Layers"), mark("Layers of the file whose work it does"), 96,
           lambda r: len(r.layers) or None, _layers_text,
           lambda r: r.end or "\n".join(r.layers) or tr("none of the file"), number=False, widest=264),
    Column("provider", mark("Provider"), mark("The execution provider or device that ran it"), 72,
           lambda r: r.provider, lambda r: provider_text(r.provider), lambda r: r.end or r.provider, number=False,
           widest=144),
    Column("precision", mark("Precision"), mark("In which it computed, where the runtime says it"), 72,
           lambda r: r.precision, lambda r: r.precision,
           lambda r: r.end or r.precision or tr("the runtime does not say"), number=False, widest=112),
    Column("implementation", mark("Implementation"), mark("The runtime's own name of the kernel that ran"), 96,
           lambda r: r.implementation, lambda r: r.implementation,
           lambda r: r.end or r.implementation or tr("the runtime does not say"), number=False, widest=240),
)  # fmt: skip
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}
WHERE_SAID = ("precision", "implementation", "mark")
"""Columns that are shown where some kernel has something to say in them."""


def _mark_full(row: KernelRow) -> str:
    said = {
        "inserted": tr(
            "The runtime added this kernel: the file has no such layer. Its time counts for the layers that need it."
        ),
        "fallback": tr("Ran on {provider}, not on the device that was asked for.").format(
            provider=provider_text(row.provider)
        ),
        "copy": tr("Moves data between devices."),
    }
    return "\n".join(said[name] for name in row.mark.split()) or tr("does the work of layers of the file")


class KernelModel(RowsModel[KernelRow]):
    def __init__(self, theme: Theme, parent: QObject | None = None) -> None:
        super().__init__(COLUMNS, parent)
        self._theme = theme
        self._largest_share = 1.0

    def show_measurement(self, measurement: Measurement | None) -> None:
        rows, ends = kernel_rows(measurement) if measurement is not None else ([], [])
        self._largest_share = max((row.share or 0.0 for row in rows), default=1.0) or 1.0
        self.show_rows(rows, ends)

    def ids(self, row: KernelRow) -> tuple[str, ...]:
        return row.layers

    def share(self, row: KernelRow, key: str) -> float | None:
        return row.share / self._largest_share if key == "share" and row.share and row.is_kernel else None

    def mark(self, row: KernelRow, key: str) -> str:
        return row.mark if key == "mark" else ""

    def color(self, row: KernelRow, key: str) -> QColor | None:
        return self._theme.color("muted") if key in ("number", "provider", "p90") and row.is_kernel else None

    def says(self, key: str) -> bool:
        """Whether a column has something in it."""
        return key not in WHERE_SAID or any(getattr(row, key) for row in self.rows)

    def ops(self) -> list[str]:
        return sorted({row.op for row in self.rows})

    def narrow(self, text: str, op: str) -> None:
        """Show the kernels that have all the words in their names, and with ``op`` only those."""
        words = text.strip().lower().split()

        def wanted(row: KernelRow) -> bool:
            if op and row.op != op:
                return False
            said = " ".join(
                (row.name, row.op, row.provider, row.precision, row.implementation, _marks_text(row), *row.layers)
            ).lower()
            return all(word in said for word in words)

        self.set_filter(wanted)
