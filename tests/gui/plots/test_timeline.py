"""The timeline: mouse and keys, and what a frame costs."""

from __future__ import annotations

import time

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.plots.spans import Lane, Span
from gui.plots.spans_view import tick_step, tick_text
from gui.plots.timeline import TimelinePlot
from tests.gui import measured

LEFT, NONE, CONTROL = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier


@pytest.fixture
def plot(opened: MainWindow, qapp: QApplication) -> TimelinePlot:
    measured.add(opened.bench.document)
    opened.show_panel("timeline")
    qapp.processEvents()
    found: TimelinePlot = opened.panels["timeline"].plot  # type: ignore[attr-defined]
    return found


def click(plot: TimelinePlot, number: int, keys: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseClick(plot, LEFT, keys, plot.rect_of(number).center().toPoint())


def turn(plot: TimelinePlot, at: QPointF, notches: int) -> None:
    wheel = QWheelEvent(at, plot.mapToGlobal(at), QPoint(), QPoint(0, 120 * notches), Qt.MouseButton.NoButton, NONE,
                        Qt.ScrollPhase.NoScrollPhase, False)  # fmt: skip
    QApplication.sendEvent(plot, wheel)


def test_a_click_chooses_the_layers_of_a_kernel(plot: TimelinePlot, opened: MainWindow) -> None:
    document = opened.bench.document
    click(plot, 0)
    assert document.selection == ("block0/conv", "block0/relu")
    click(plot, 3, CONTROL)
    assert document.selection == ("block0/conv", "block0/relu", "block1/conv")
    document.select(["block1/conv"])
    assert plot._selected.tolist() == [False, True, True, True, False]


def test_pointing_tells_name_time_and_layers(plot: TimelinePlot, opened: MainWindow) -> None:
    QTest.mouseMove(plot, plot.rect_of(3).center().toPoint())
    text = opened.panels["timeline"]._text.text()  # type: ignore[attr-defined]
    assert "Conv" in text
    assert "150" in text
    assert "fell back" in text
    assert "block1/conv" in text


def test_arrow_keys_go_from_kernel_to_kernel(plot: TimelinePlot, opened: MainWindow) -> None:
    for key, wanted in ((Qt.Key.Key_Right, 0), (Qt.Key.Key_Right, 1), (Qt.Key.Key_Left, 0), (Qt.Key.Key_Left, 0),
                        (Qt.Key.Key_End, 4), (Qt.Key.Key_Left, 3), (Qt.Key.Key_Up, 2)):  # fmt: skip
        QTest.keyClick(plot, key)
        assert plot.current == wanted
    assert opened.bench.document.selection == ("block1/conv",)


def test_the_wheel_zooms_where_the_mouse_is_and_a_double_click_shows_all(plot: TimelinePlot) -> None:
    whole = plot.view_us
    at = plot.rect_of(3).center()
    before = plot._us(at.x())
    turn(plot, at, 5)
    begin, end = plot.view_us
    assert end - begin < 0.6 * (whole[1] - whole[0])
    assert plot._us(at.x()) == pytest.approx(before)
    QTest.mousePress(plot, LEFT, NONE, QPoint(300, 20))
    QTest.mouseMove(plot, QPoint(360, 20))
    QTest.mouseRelease(plot, LEFT, NONE, QPoint(360, 20))
    assert plot.view_us[0] < begin, "dragging to the right goes back in time"
    QTest.mouseDClick(plot, LEFT, NONE, QPoint(300, 20))
    assert plot.view_us == whole
    turn(plot, at, -20)
    assert plot.view_us == whole, "there is nothing outside the run"


def test_zoomed_in_the_arrows_bring_the_kernel_into_view(plot: TimelinePlot) -> None:
    QTest.keyClick(plot, Qt.Key.Key_Home)
    for _ in range(4):
        QTest.keyClick(plot, Qt.Key.Key_Plus)
    QTest.keyClick(plot, Qt.Key.Key_End)
    begin, end = plot.view_us
    assert begin <= (plot.spans[4].start_us + plot.spans[4].end_us) / 2 <= end


def test_five_thousand_kernels_draw_in_a_moment(plot: TimelinePlot) -> None:
    """Not a timing of the machine: an item for each kernel takes a hundred times this."""
    spans = [Span(f"k{n}", "Add", "CPU", n * 2.0, 1.5, 0, "kernel", (f"l{n}",)) for n in range(5_000)]
    plot.show_spans(spans, [Lane("CPU", 0, 1)])
    plot.show_selection([f"l{n}" for n in range(0, 5_000, 7)])
    began = time.perf_counter()
    picture = plot.grab()
    assert time.perf_counter() - began < 1
    assert not picture.isNull()


def test_ticks_are_round_and_tell_themselves_apart() -> None:
    assert tick_step(1000, 880) == 100
    assert tick_step(30, 880) == pytest.approx(5)
    texts = [tick_text(1000 + n * 0.5, 0.5, 5000) for n in range(4)]
    assert len(set(texts)) == 4
    assert tick_text(250, 50, 900).endswith("µs")
