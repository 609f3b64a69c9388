"""The statistics of one profile: how long a run takes, how sure that is, and where the time of a run is."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.parts import Empty, Facts, label, scrolled
from gui.panels.viewed import ViewedChoice, Viewer
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from engine.profiling.profile import Latency, Profile
    from gui.plots.runs import RunsPlot

NOT_YET = mark("The runs come with a profile: how long one takes, how sure that is, and where its time goes.")
FACTS_WIDTH = 432
Line = tuple[str, str, str]


def interval_text(latency: Latency) -> str:
    """How sure the median is."""
    low, high = latency.interval
    if not high:
        return tr("no interval: {sessions}").format(sessions=sessions_only(latency.sessions))
    within = tr("95 % within {low} to {high}").format(low=numbers.time_ms(low), high=numbers.time_ms(high))
    if latency.this_session_only:
        text = tr("{interval}, {sessions}: another session may well lie outside")
        return text.format(interval=within, sessions=sessions_only(latency.sessions))
    return tr("{interval} over {count} sessions").format(interval=within, count=latency.sessions)


def sessions_only(sessions: int) -> str:
    """Of how few sessions an interval is."""
    return tr("this session only") if sessions <= 1 else tr("{count} sessions only").format(count=sessions)


def reconciliation(profile: Profile) -> str:
    """Where the wall time of a profiled run is."""
    between_ms = profile.profiled_ms - profile.kernel_sum_ms
    return tr("kernels {kernels} + between kernels {between} = {whole} profiled run").format(
        kernels=numbers.time_ms(profile.kernel_sum_ms),
        between=numbers.time_ms(between_ms),
        whole=numbers.time_ms(profile.profiled_ms),
    )


def outliers_text(count: int) -> str:
    return (tr("{count} outliers, counted") if count > 1 else tr("{count} outlier, counted")).format(count=count)


def overhead_text(profile: Profile) -> str:
    """What the profiler costs; below zero it is less than the runs differ from each other."""
    percent = numbers.signed_percent(profile.profiler_overhead)
    if profile.profiler_overhead < 0:
        return tr("costs less than can be measured here ({share})").format(share=percent)
    return tr("makes a run {share} slower").format(share=percent)


def stopped_text(profile: Profile) -> str:
    """What an early end left, "" for a whole profile."""
    if profile.complete:
        return ""
    why = profile.stopped or tr("before it was done")
    return why[0].upper() + why[1:] if why.startswith("stopped") else tr("Stopped: {reason}").format(reason=why)


def lines_of(profile: Profile) -> list[Line]:
    """Name, value and tooltip of each figure."""
    latency = profile.latency_ms
    rate = profile.throughput_per_s
    slow = tr("{count} of {all} runs").format(count=latency.outlier_count, all=profile.runs)
    runs = (
        tr("{runs} in {sessions} sessions, {rate} per second at batch {batch}")
        if latency.sessions > 1
        else tr("{runs} in {sessions} session, {rate} per second at batch {batch}")
    )
    lines: list[Line] = [
        (
            tr("Spread"),
            tr("min {min}, mean {mean}").format(min=numbers.time_ms(latency.min), mean=numbers.time_ms(latency.mean)),
            tr("{min} ms and {mean} ms, profiler off").format(min=f"{latency.min:.4f}", mean=f"{latency.mean:.4f}"),
        ),
        (
            tr("Tail"),
            tr(", ").join((f"p90 {numbers.time_ms(latency.p90)}", f"p99 {numbers.time_ms(latency.p99 or None)}")),
            tr("Nine of ten runs, and 99 of 100, are not slower than this"),
        ),
        (
            tr("Outliers"),
            slow if latency.outlier_count else tr("none"),
            tr("Runs beyond the upper Tukey fence; they are counted in all other figures"),
        ),
        (
            tr("Runs"),
            runs.format(runs=profile.runs, sessions=latency.sessions, rate=numbers.three(rate), batch=profile.batch),
            tr("Measured runs with the profiler off"),
        ),
        (
            tr("Wall time"),
            reconciliation(profile),
            tr(
                "Kernel times come from runs with the runtime's profiler on. Between kernels is the runtime going from "
                "one to the next, and what the profiler itself takes"
            ),
        ),
        (
            tr("Unattributed"),
            tr("{share} of the kernels' time").format(share=numbers.share(1 - profile.attributed_share)),
            tr("Time of kernels whose layers are not known"),
        ),
        (
            tr("Profiler"),
            overhead_text(profile),
            tr("Profiled over unprofiled in alternating blocks, minus one. The latency above is without it"),
        ),
    ]
    if profile.transfers is not None:
        t = profile.transfers
        text = tr("in {copy_in}, compute {compute}, out {copy_out}").format(
            copy_in=numbers.time_us(t.copy_in_us),
            compute=numbers.time_us(t.compute_us),
            copy_out=numbers.time_us(t.copy_out_us),
        )
        lines.append((tr("Copies"), text, tr("Medians; the device is waited for after each")))
    if profile.warmup:
        lines.append((tr("Warm-up"), profile.warmup, tr("Runs before the measured ones")))
    lines += [
        (tr("Inputs"), {"synthetic": tr("made up"), "data": tr("from the data")}[profile.inputs],
         tr("Models whose work depends on the data take another time with other data")),
        (tr("Clock"), {"host": tr("the processor's"), "device": tr("the device's events")}[profile.kernel_clock],
         tr("Which clock kernel times are from")),
        (tr("Device"), tr("{device}, {count} threads").format(
            device=profile.environment.get("device", profile.device), count=profile.threads), profile.device),
    ]  # fmt: skip
    given = [f"{name} = {value}" for name, value in profile.settings.items() if value not in (None, "")]
    if given:
        lines.append((tr("Settings"), ", ".join(given), "\n".join(given)))
    versions = [f"{name} {value}" for name, value in profile.environment.items() if name != "device"]
    if versions:
        lines.append((tr("Made with"), ", ".join(versions), "\n".join(versions)))
    if profile.measured_at:
        lines.append((tr("Measured"), profile.measured_at.replace("T", " "), profile.model_sha256))
    return lines


class RunsPanel(QFrame):
    """Figures on the left, the histogram of the runs beside them."""

    profile_wanted = Signal()

    def __init__(self, document: Document, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document, self._theme = document, theme
        self._viewer = Viewer(document, self)
        self._plot: RunsPlot | None = None
        self._shown: object = None
        self.median = label("", "title", wrap=True)
        self.interval = label("", "", wrap=True)
        self.stopped = label("", "warning", wrap=True)
        self.noise = label("", "warning", wrap=True)
        self._facts = Facts()
        self._facts.setFont(tabular(self.font()))
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(12, 6, 12, 12)
        column.setSpacing(6)
        column.addWidget(ViewedChoice(document))
        for widget in (self.median, self.interval, self.stopped, self._facts, self.noise):
            widget.setMinimumWidth(1)
            column.addWidget(widget)
        column.addStretch(1)
        area = scrolled(page, tr("Statistics of the runs"))
        area.setMaximumWidth(FACTS_WIDTH)
        self._legend = label("", "muted", wrap=True)
        self._legend.setContentsMargins(12, 10, 12, 4)
        self._legend.setTextFormat(Qt.TextFormat.RichText)
        self._legend.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self._no_histogram = label(tr("This profile holds no histogram of its runs."), "muted", wrap=True)
        self._no_histogram.setContentsMargins(12, 0, 12, 0)
        self._beside = QVBoxLayout()
        self._beside.setContentsMargins(0, 0, 0, 0)
        self._beside.setSpacing(0)
        self._beside.addWidget(self._legend)
        self._beside.addWidget(self._no_histogram)
        self._beside.addStretch(1)
        self._body = QWidget()
        row = QHBoxLayout(self._body)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(area, 3)
        row.addLayout(self._beside, 2)
        self._empty = Empty(tr("Profile"))
        self._empty.text.setText(tr(NOT_YET))
        self._empty.button.clicked.connect(self.profile_wanted)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._empty)
        layout.addWidget(self._body, 1)
        self._viewer.changed.connect(self._show)
        theme.changed.connect(self._show_legend)
        self._show()

    def _show(self) -> None:
        measurement = self._viewer.measurement
        self._empty.setVisible(measurement is None)
        self._body.setVisible(measurement is not None)
        if measurement is None:
            return
        profile = measurement.profile
        latency = profile.latency_ms
        text = tr("{time} median, noisy: see below") if profile.noisy else tr("{time} median")
        self.median.setText(text.format(time=numbers.time_ms(latency.median)))
        self.median.setToolTip(tr("{time} ms, profiler off").format(time=f"{latency.median:.4f}"))
        self.interval.setText(interval_text(latency))
        self.stopped.setText(stopped_text(profile))
        self.stopped.setVisible(not profile.complete)
        notes = "\n".join(in_the_window(note) for note in profile.notes)
        self.noise.setText(tr("Noisy: {notes}").format(notes=notes) if profile.noisy else notes)
        self.noise.setObjectName("warning" if profile.noisy else "muted")
        self.noise.style().polish(self.noise)
        self.noise.setVisible(bool(profile.notes) or profile.noisy)
        self._facts.show_lines(lines_of(profile))
        self._show_legend()
        self._show_plot()

    def _show_plot(self) -> None:
        measurement = self._viewer.measurement
        if measurement is None or not self.isVisible() or measurement is self._shown:
            return
        self._shown = measurement
        latency = measurement.profile.latency_ms
        there = bool(latency.histogram.counts)
        self._no_histogram.setVisible(not there)
        if there and self._plot is None:
            from gui.plots.runs import RunsPlot

            self._plot = RunsPlot(self._theme)
            self._plot.hovered.connect(self._hovered)
            self._beside.takeAt(self._beside.count() - 1)
            self._beside.addWidget(self._plot, 1)
        if self._plot is not None:
            self._plot.setVisible(there)
            if there:
                self._plot.show_latency(latency)

    def _show_legend(self) -> None:
        measurement = self._viewer.measurement
        there = measurement is not None and bool(measurement.profile.latency_ms.histogram.counts)
        self._legend.setVisible(there)
        if not there:
            return
        assert measurement is not None
        latency, tokens = measurement.profile.latency_ms, self._theme.tokens
        parts = [f"│ {tr('median')}", "┆ p90"]
        if latency.interval[1] > latency.interval[0]:
            parts.insert(1, f'<span style="color:#E69F00">▮</span> {tr("its interval")}')
        if latency.outlier_count:
            parts.append(f'<span style="color:{tokens.bad}">×</span> {outliers_text(latency.outlier_count)}')
        self._legend.setText(" &nbsp; ".join(parts))

    def _hovered(self, found: tuple[float, float, int] | None) -> None:
        """The bin under the mouse in place of the legend."""
        if found is None:
            self._show_legend()
            return
        low, high, count = found
        text = tr("{low} to {high}: {count} runs") if count != 1 else tr("{low} to {high}: {count} run")
        self._legend.setText(text.format(low=numbers.time_ms(low), high=numbers.time_ms(high), count=count))

    def showEvent(self, event: object) -> None:  # noqa: N802
        super().showEvent(event)  # type: ignore[arg-type]
        self._show_plot()
