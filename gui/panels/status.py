"""The last line of the window: the whole product in one row, always there, always true."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from gui import numbers
from gui.document import Document
from gui.icons import icon
from gui.jobs import Job, JobRunner
from gui.messages import in_the_window
from gui.panels.parts import label
from gui.theme import Theme, tabular


@dataclass(frozen=True, slots=True)
class Figure:
    """``stale`` figures belong to an older recipe, and say so."""

    text: str
    tip: str
    stale: bool = False


def figures(document: Document) -> list[Figure]:
    """What is known for the recipe as it stands; nothing that is not."""
    if document.opened is None:
        return []
    return [f for f in (_latency(document), _accuracy(document), _size(document)) if f is not None]


def _latency(document: Document) -> Figure | None:
    if (fair := document.latency_comparison) is not None:
        low, high = fair.interval
        gain = numbers.gain(fair.ratio, fair.conclusive)
        return Figure(
            f"{numbers.time_ms(fair.a_ms)} → {numbers.time_ms(fair.b_ms)} ({gain})",
            "Median latency of the float and of the treated model, measured in alternating blocks; "
            f"time after over before is {fair.ratio:.3f}, interval {low:.3f} to {high:.3f}"
            + (", which contains 1: which of them is faster cannot be told" if not fair.conclusive else ""),
        )
    base = document.baseline or document.as_opened
    if base is None:
        return None
    a = base.profile.latency_ms.median
    name = "cleaned float model" if document.baseline is not None else "file as opened"
    after, stale = document.after
    noisy = "".join(f"\n{note}" for m in (base, after) if m is not None and m.profile.noisy for note in m.profile.notes)
    noisy = in_the_window(noisy)
    if after is None:
        tip = f"Median latency of the {name}: {a:.4f} ms"
        return Figure(f"{numbers.time_ms(a)}{', noisy' if noisy else ''}", tip + noisy)
    b = after.profile.latency_ms.median
    text = f"{numbers.time_ms(a)} → {numbers.time_ms(b)}"
    tip = f"Median latency of the {name} and of the treated model: {a:.4f} and {b:.4f} ms"
    if stale:
        return Figure(f"{text} before the last edit", f"{tip}. Profile again for the recipe as it stands.", True)
    if noisy:
        return Figure(f"{text}, noisy", f"{tip}. F7 runs both in turn, which tells noise from gain.{noisy}")
    return Figure(f"{text} ({numbers.ratio(a / b)})", tip)


def _accuracy(document: Document) -> Figure | None:
    found = document.comparison
    if found is None or found.accuracy is None:
        return None
    a, b = found.accuracy.a, found.accuracy.b
    return Figure(
        f"top-1 {numbers.points(a)} → {numbers.points(b)}",
        f"Share of right answers on {found.samples} samples, original and treated, in percent",
    )


def _size(document: Document) -> Figure | None:
    assert document.opened is not None
    before = document.opened.source.file_bytes
    if not document.treated:
        return Figure(numbers.size(before), f"The file and its external data: {before:,} bytes")
    rebuilt = document.rebuilt
    if rebuilt is None:
        return Figure(f"{numbers.size(before)} → ?", "The treated model has not been built for this recipe yet")
    after = rebuilt.file_bytes
    return Figure(
        f"{numbers.size(before)} → {numbers.size(after)}",
        f"The file as opened and the treated model: {before:,} and {after:,} bytes",
    )


class StatusLine(QStatusBar):
    """Figures on the left, what runs on the right."""

    cancelled = Signal()

    def __init__(self, document: Document, theme: Theme, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName("Figures and progress")
        self._document, self._theme, self._jobs = document, theme, jobs
        self._row = QHBoxLayout()
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(32)
        self._row.addStretch(1)
        left = QWidget()
        left.setLayout(self._row)
        self._labels: list[QLabel] = []
        self._job = label("", "muted")
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress")
        self._cancel = QToolButton()
        self._cancel.setObjectName("cancel_job")
        self._cancel.setAccessibleName("Cancel")
        self._cancel.setToolTip("Cancel (Ctrl+.)")
        self._cancel.clicked.connect(self.cancelled)
        self.addWidget(left, 1)
        self.setMinimumHeight(36)
        for widget in (self._job, self._bar, self._cancel):
            self.addPermanentWidget(widget)
        for signal in (document.figures_changed, document.replaced):
            signal.connect(self._show)
        jobs.started.connect(self._tick)
        jobs.ticked.connect(self._tick)
        jobs.finished.connect(self._ended)
        theme.changed.connect(self._restyle)
        self._restyle()
        self._show_job(None)
        self._show()

    def _show(self) -> None:
        found = figures(self._document)
        while len(self._labels) < len(found):
            made = label("")
            made.setFont(tabular(self.font()))
            self._row.insertWidget(self._row.count() - 1, made)
            self._labels.append(made)
        for number, shown in enumerate(self._labels):
            shown.setVisible(number < len(found))
            if number < len(found):
                figure = found[number]
                shown.setText(figure.text)
                shown.setToolTip(figure.tip)
                shown.setObjectName("stale" if figure.stale else "")
                shown.style().polish(shown)

    def _tick(self, job: Job) -> None:
        self._show_job(job)

    def _ended(self) -> None:
        self._show_job(self._jobs.current)

    def _show_job(self, job: Job | None) -> None:
        for widget in (self._job, self._bar, self._cancel):
            widget.setVisible(job is not None)
        if job is None:
            return
        tick = job.progress.tick
        count = f" {tick.done}/{tick.total}" if tick.total else ""
        same = not tick.label or tick.label.lower() in job.label.lower()
        stopping = "Stopping: " if job.progress.cancelled else ""
        self._job.setText(f"{stopping}{job.label}{count}" if same else f"{stopping}{job.label}: {tick.label}{count}")
        self._bar.setRange(0, tick.total or 0)
        self._bar.setValue(tick.done)

    def _restyle(self) -> None:
        self._cancel.setIcon(icon("clear", self._theme.tokens.text))
