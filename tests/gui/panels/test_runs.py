"""The statistics of a profile: what is sure, what is not, and that nothing is left out."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtWidgets import QApplication

from engine.profiling.profile import Latency, Transfers
from gui.main_window import MainWindow
from gui.panels.facts import profile_lines
from gui.panels.runs import RunsPanel, interval_text, lines_of, overhead_text, reconciliation
from tests.gui import measured


def plain(text: str) -> str:
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def panel(window: MainWindow) -> RunsPanel:
    found = window.panels["runs"]
    assert isinstance(found, RunsPanel)
    return found


def test_the_interval_says_over_how_many_sessions() -> None:
    assert plain(interval_text(measured.LATENCY)) == "95 % within 980 µs to 1.03 ms over 5 sessions"
    once = replace(measured.LATENCY, sessions=1, this_session_only=True)
    assert "this session only" in interval_text(once)
    assert "sessions" not in interval_text(once)
    assert "this session only" in interval_text(Latency(1, 1, 1, 1))
    three = replace(measured.LATENCY, sessions=3, this_session_only=True)
    assert ", 3 sessions only: " in interval_text(three)


def test_an_overhead_below_zero_is_no_slower_run(opened: MainWindow) -> None:
    profile = measured.profile(opened.bench.document)
    assert plain(overhead_text(profile)) == "makes a run 25 % slower"
    less = replace(profile, profiler_overhead=-0.13)
    assert plain(overhead_text(less)) == "costs less than can be measured here (\u221213 %)"
    assert plain(profile_lines("Before", less)[3][1]) == "profiler overhead \u221213 %"


def test_the_parts_of_a_run_sum_to_its_wall_time(opened: MainWindow) -> None:
    text = plain(reconciliation(measured.profile(opened.bench.document)))
    assert text == "kernels 1 ms + between kernels 250 µs = 1.25 ms profiled run"


def test_figures_name_tail_outliers_overhead_warmup_and_copies(opened: MainWindow) -> None:
    profile = replace(measured.profile(opened.bench.document), transfers=Transfers(10, 900, 20))
    told = {name: plain(text) for name, text, _ in lines_of(profile)}
    assert told["Tail"] == "p90 1.2 ms, p99 2.5 ms"
    assert told["Outliers"] == "2 of 50 runs"
    assert told["Profiler"] == "makes a run 25 % slower"
    assert told["Warm-up"] == "Steady after 12 runs."
    assert told["Copies"] == "in 10 µs, compute 900 µs, out 20 µs"
    assert told["Unattributed"].startswith("10.0 %")


def test_a_profile_that_was_stopped_says_so(opened: MainWindow, qapp: QApplication) -> None:
    document = opened.bench.document
    measured.add(document)
    opened.show_panel("runs")
    qapp.processEvents()
    assert not panel(opened).stopped.isVisible()
    measured.add(document, complete=False, stopped="stopped after 2 of 5 sessions")
    assert panel(opened).stopped.isVisible()
    assert panel(opened).stopped.text() == "Stopped after 2 of 5 sessions"


def test_noise_comes_with_its_advice(opened: MainWindow) -> None:
    measured.add(opened.bench.document, noisy=True, notes=("Close them, or measure with --runs 100.",))
    assert "noisy" in panel(opened).median.text()
    assert "Runs in the toolbar" in panel(opened).noise.text(), "flags are told as places of the window"


def test_every_run_and_every_outlier_is_drawn(opened: MainWindow, qapp: QApplication) -> None:
    measured.add(opened.bench.document)
    opened.show_panel("runs")
    qapp.processEvents()
    plot = panel(opened)._plot
    assert plot is not None
    assert sum(plot._bars.opts["height"]) == 50
    assert sorted(point.pos().x() for point in plot._slow.points()) == [1.9, 2.5]
    assert plot._median.value() == 1.0
