"""What leaves the window: rows, the inspector, plots, the environment, and the word that long work has ended."""

from __future__ import annotations

import csv
import io
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget

from engine.progress import Progress
from gui.actions import share
from gui.main_window import MainWindow
from gui.plots.bars import Bar, LatencyBars
from gui.plots.histogram import Histogram, ValueHistogram
from gui.plots.layer_bars import LayerBars
from gui.plots.load import LoadPlot
from gui.plots.memory import MemorySteps
from gui.plots.roofline import RooflinePlot
from gui.plots.runs import RunsPlot
from gui.plots.scatter import ScatterPlot
from gui.plots.share import PlotShare, bins, shares_in
from gui.plots.timeline import TimelinePlot
from gui.theme import Theme
from tests.gui.conftest import Wait


def pasted() -> str:
    return QGuiApplication.clipboard().text()


def test_rows_are_copied_as_they_are_shown(opened: MainWindow) -> None:
    opened.bench.document.select(["block1/conv", "block3/relu"])
    opened.actions_set.qt["copy"].trigger()
    head, *rows = (line.split("\t") for line in pasted().split("\n"))
    assert head[:3] == ["#", "Layer", "Op"]
    assert [row[:3] for row in rows] == [["3", "block1/conv", "Conv"], ["8", "block3/relu", "Relu"]]
    opened.bench.document.select([])
    opened.actions_set.qt["copy"].trigger()
    assert len(pasted().split("\n")) == 11, "all rows where none is selected"


def test_the_inspector_is_copied_as_lines(opened: MainWindow) -> None:
    opened.bench.document.select(["block1/conv"])
    opened.actions_set.qt["copy_inspector"].trigger()
    lines = pasted().split("\n")
    assert lines[0] == "block1/conv" and "Parameters: 144" in lines
    assert "What can be done" in lines and "\u200b" not in pasted()


def test_the_environment_names_versions_and_nothing_of_the_model(opened: MainWindow) -> None:
    opened.actions_set.qt["copy_environment"].trigger()
    text = pasted()
    assert text.startswith("Lathe ") and "python: 3" in text and "device: cpu" in text
    assert "model: 10 layers" in text
    assert "block" not in text and "small" not in text


PLOTS: dict[str, Callable[[Theme], QWidget]] = {
    "latency": LatencyBars,
    "weights": Histogram,
    "values": ValueHistogram,
    "sensitivity": lambda theme: LayerBars("Sensitivity", theme),
    "load": LoadPlot,
    "memory": MemorySteps,
    "roofline": RooflinePlot,
    "runs": RunsPlot,
    "variants": lambda theme: ScatterPlot("Variants", theme),
    "timeline": TimelinePlot,
}


def test_every_plot_can_be_shared(window: MainWindow) -> None:
    for name, make in PLOTS.items():
        plot = make(window.bench.theme)
        (found,) = plot.findChildren(PlotShare)
        assert found.name == name and not found.data()[1], "and has nothing before it is shown anything"
        plot.deleteLater()


def test_a_plot_gives_its_picture_and_its_data(opened: MainWindow, tmp_path: Path) -> None:
    bars = LatencyBars(opened.bench.theme, opened)
    bars.resize(400, 200)
    (plot,) = bars.findChildren(PlotShare)
    assert not plot.menu().actions()[2].isEnabled(), "no data yet"
    bars.show_bars([Bar("a", 2.0, None), Bar("b", 3.5, 1.25)], False)
    plot.copy_data()
    assert pasted() == "layer\tbefore_us\tafter_us\na\t2.0\t\nb\t3.5\t1.25"
    plot.copy_picture()
    assert not QGuiApplication.clipboard().pixmap().isNull()
    plot.save(tmp_path / "bars.csv")
    rows = list(csv.reader(io.StringIO((tmp_path / "bars.csv").read_text())))
    assert rows[2] == ["b", "3.5", "1.25"]
    plot.save(tmp_path / "bars.png")
    assert (tmp_path / "bars.png").read_bytes().startswith(b"\x89PNG")
    plot.save(tmp_path / "nowhere" / "bars.csv")
    assert "nowhere" in opened.messages.text


def test_a_histogram_is_rows_of_bins() -> None:
    assert bins((0.0, 1.0, 2.0), (3, 4)) == [(0.0, 1.0, 3), (1.0, 2.0, 4)]


def test_the_shown_plot_has_actions(opened: MainWindow) -> None:
    opened.show_panel("log")
    assert not share.has_plot(opened.bench)
    assert shares_in(opened.panels["log"]) == []
    opened.show_panel("latency")
    bars = LatencyBars(opened.bench.theme, opened.panels["latency"])
    bars.show()
    assert share.has_plot(opened.bench)


@pytest.mark.parametrize(("least", "told"), [(0, False), (1, True), (60, False)])
def test_the_end_of_long_work_is_told(
    opened: MainWindow, least: int, told: bool, monkeypatch: pytest.MonkeyPatch, settle: Wait
) -> None:
    clock = [0.0]
    alerted: list[object] = []
    monkeypatch.setattr("gui.actions.preferences.time.monotonic", lambda: clock[0])
    monkeypatch.setattr("gui.actions.preferences.QApplication.alert", lambda *args: alerted.append(args))
    monkeypatch.setattr(opened, "isActiveWindow", lambda: False)
    bench = opened.bench
    bench.settings.update(tell_after_s=least)
    go_on = threading.Event()

    def work(*, progress: Progress) -> None:
        assert go_on.wait(10)
        clock[0] = 30.0

    bench.jobs.run("Profiling", work, done=lambda _: None)
    go_on.set()
    settle()
    assert bool(alerted) == told
    assert any("Profiling is done after 30 s" in e.text for e in bench.document.log_entries) == told
