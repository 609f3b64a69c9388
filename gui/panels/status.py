"""The last line of the window: the whole product in one row, always there, always true."""

from __future__ import annotations

import time
from dataclasses import dataclass

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QProgressBar, QStatusBar, QToolButton, QWidget

from gui import numbers, time_left
from gui.document import Document
from gui.icons import icon
from gui.jobs import Job, JobRunner
from gui.language import again, in_source, tr
from gui.messages import in_the_window
from gui.panels.parts import label
from gui.steps import step_text
from gui.theme import Theme, tabular
from gui.time_left import TimeLeft


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
    return [f for f in (_latency(document), _inputs(document), _accuracy(document), _size(document)) if f is not None]


def _latency(document: Document) -> Figure | None:
    if (fair := document.latency_comparison) is not None:
        low, high = fair.interval
        gain = numbers.gain(fair.ratio, fair.conclusive)
        return Figure(
            tr("{times} ({gain})").format(
                times=f"{numbers.time_ms(fair.a_ms)} → {numbers.time_ms(fair.b_ms)}", gain=gain
            ),
            tr(
                "Median latency of the float and of the treated model, measured in alternating blocks; "
                "time after over before is {ratio}, interval {low} to {high}"
            ).format(ratio=f"{fair.ratio:.3f}", low=f"{low:.3f}", high=f"{high:.3f}")
            + "".join(f"\n{note}" for note in fair.notes),
        )
    base = document.baseline or document.as_opened
    if base is None:
        return None
    a = base.profile.latency_ms.median
    name = tr("cleaned float model") if document.baseline is not None else tr("file as opened")
    after, stale = document.after
    noisy = "".join(f"\n{note}" for m in (base, after) if m is not None and m.profile.noisy for note in m.profile.notes)
    noisy = in_the_window(noisy)
    if after is None:
        tip = tr("Median latency of the {model}: {time} ms").format(model=name, time=f"{a:.4f}")
        text = numbers.time_ms(a)
        return Figure(tr("{time}, noisy").format(time=text) if noisy else text, tip + noisy)
    b = after.profile.latency_ms.median
    text = f"{numbers.time_ms(a)} → {numbers.time_ms(b)}"
    tip = tr("Median latency of the {model} and of the treated model: {before} and {after} ms").format(
        model=name, before=f"{a:.4f}", after=f"{b:.4f}"
    )
    if stale:
        again = tr("{tip}. Profile again for the recipe as it stands.").format(tip=tip)
        return Figure(tr("{figures} before the last edit").format(figures=text), again, True)
    if noisy:
        in_turn = tr("{tip}. F7 runs both in turn, which tells noise from gain.").format(tip=tip)
        return Figure(tr("{time}, noisy").format(time=text), in_turn + noisy)
    return Figure(f"{text} ({numbers.ratio(a / b)})", tip)


def _inputs(document: Document) -> Figure | None:
    """What the shown profile ran on, and where it did not run to its end."""
    if document.viewed is None:
        return None
    found = document.viewed[1].profile
    if found.inputs == "data":
        on = tr("on samples")
        tip = tr("Inputs of the viewed profile: from {data}").format(data=document.data)
    else:
        on = tr("on synthetic inputs")
        tip = tr("Inputs of the viewed profile: random; times of some models depend on the data")
    if not found.complete:
        early = tr("{inputs}, stopped early").format(inputs=on)
        return Figure(early, in_the_window(f"{tip}\n{found.stopped}"), True)
    return Figure(on, tip)


def _accuracy(document: Document) -> Figure | None:
    found = document.comparison
    if found is None or found.accuracy is None:
        return None
    a, b = found.accuracy.a, found.accuracy.b
    agreement = numbers.points(found.accuracy.agreement)
    tip = tr("Share of right answers on {count} samples, original and treated, in percent").format(count=found.samples)
    if found.accuracy.top5 is not None:
        first, second = found.accuracy.top5
        five = tr("Right among the first five: {before} → {after}")
        tip += "\n" + five.format(before=numbers.points(first), after=numbers.points(second))
    share = f"{agreement}{numbers.SPACE}%"
    text = tr("top-1 {before} → {after}, {share} agree")
    same = tr("Both give the same class for {share} of them").format(share=share)
    return Figure(text.format(before=numbers.points(a), after=numbers.points(b), share=share), f"{tip}\n{same}")


def _size(document: Document) -> Figure | None:
    assert document.opened is not None
    before = document.opened.source.file_bytes
    if not document.treated:
        return Figure(
            numbers.size(before), tr("The file and its external data: {count} bytes").format(count=f"{before:,}")
        )
    rebuilt = document.rebuilt
    if rebuilt is None:
        return Figure(f"{numbers.size(before)} → ?", tr("The treated model has not been built for this recipe yet"))
    after = rebuilt.file_bytes
    return Figure(
        f"{numbers.size(before)} → {numbers.size(after)}",
        tr("The file as opened and the treated model: {before} and {after} bytes").format(
            before=f"{before:,}", after=f"{after:,}"
        ),
    )


class StatusLine(QStatusBar):
    """Figures on the left, what runs on the right."""

    cancelled = Signal()
    finish_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, jobs: JobRunner, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizeGripEnabled(False)
        self.setAccessibleName(tr("Figures and progress"))
        self._document, self._theme, self._jobs = document, theme, jobs
        self._row = QHBoxLayout()
        self._row.setContentsMargins(12, 0, 12, 0)
        self._row.setSpacing(32)
        self._row.addStretch(1)
        left = QWidget()
        left.setLayout(self._row)
        self._labels: list[QLabel] = []
        self._job = label("", "muted")
        self._left = label("", "muted")
        self._left.setFont(tabular(self.font()))
        self._left.setContentsMargins(8, 0, 4, 0)
        self._time = TimeLeft()
        self._clock = QTimer(self)
        self._clock.setInterval(1000)
        self._clock.timeout.connect(self._show_time)
        self._bar = QProgressBar()
        self._bar.setFixedWidth(160)
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName(tr("Progress"))
        self._stop = QToolButton()
        self._stop.setObjectName("bordered")
        self._stop.setText(tr("Stop"))
        self._stop.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._stop.setAccessibleName(tr("Stop and keep"))
        self._stop.setToolTip(tr("Stop and keep what was measured so far (Ctrl+Shift+.)"))
        self._stop.clicked.connect(self.finish_wanted)
        self._cancel = QToolButton()
        self._cancel.setObjectName("cancel_job")
        self._cancel.setAccessibleName(tr("Cancel"))
        self._cancel.setToolTip(tr("Cancel and discard (Ctrl+.)"))
        self._cancel.clicked.connect(self.cancelled)
        self.addWidget(left, 1)
        self.setMinimumHeight(36)
        for widget in (self._job, self._left, self._bar, self._stop, self._cancel):
            self.addPermanentWidget(widget)
        for signal in (document.figures_changed, document.replaced, document.viewed_changed):
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
        for widget in (self._job, self._left, self._bar, self._cancel):
            widget.setVisible(job is not None)
        self._stop.setVisible(job is not None and job.partial is not None)
        if job is None:
            self._clock.stop()
            self._left.clear()
            return
        tick = job.progress.tick
        self._time.seen(job, tick, time.monotonic())
        if not self._clock.isActive():
            self._left.clear()
            self._clock.start()
        self._stop.setEnabled(not (job.progress.finishing or job.progress.cancelled))
        count = f" {tick.done}/{tick.total}" if tick.total else ""
        asked, step = again(job.label), step_text(tick.label)
        same = not step or in_source(tick.label).lower() in in_source(job.label).lower()
        text = asked if same else tr("{job}: {step}").format(job=asked, step=step)
        if job.progress.cancelled:
            text = tr("Cancelling: {job}").format(job=text)
        elif job.progress.finishing:
            text = tr("Stopping: {job}").format(job=text)
        self._job.setText(text + count)
        self._bar.setRange(0, tick.total or 0)
        self._bar.setValue(tick.done)

    def _show_time(self) -> None:
        """Once a second, so that the figure can be read."""
        job = self._jobs.current
        ending = job is None or job.progress.finishing or job.progress.cancelled
        told = "" if ending else time_left.text(self._time.left_s(time.monotonic()))
        if job is not None and not ending and not told:
            told = time_left.so_far(getattr(job.progress.tick, "seconds", 0))
        self._left.setText(told)
        # At once: painted before the layout hears of it, a longer text would be cut for as long as the thread is busy.
        if (layout := self.layout()) is not None:
            layout.activate()

    def _restyle(self) -> None:
        self._stop.setIcon(icon("stop", self._theme.tokens.text, self._theme.tokens.strong_border))
        self._cancel.setIcon(icon("clear", self._theme.tokens.text))
