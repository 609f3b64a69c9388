"""What colours say: values in words beside them, counts and ends in the legend, contrast on blocks."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QRectF
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.canvas.colouring import MODES, readable, sequence
from gui.canvas.kernels import AROUND
from gui.canvas.panel import GraphPanel
from gui.main_window import MainWindow
from gui.theme import Theme
from gui.treatment import treat
from tests.gui.canvas.conftest import number_of
from tests.gui.measured import measurement


def test_every_choice_says_something(graph: GraphPanel) -> None:
    """A colour for some boxes, or what to do to get one."""
    for mode in MODES:
        graph.colour_by.choose(mode.key)
        assert graph.colours is not None and graph.colours.mode is mode
        assert any(place >= 0 for place in graph.colours.bins) or graph.colours.missing
        assert graph.legend.texts[0] == mode.title


def test_categories_are_counted(graph: GraphPanel) -> None:
    graph.colour_by.choose("operator")
    assert graph.legend.texts == ["Operator", "Convolution 5", "Activation 5"]


def test_closed_groups_of_several_kinds_have_a_value_all_the_same(
    graph: GraphPanel, opened: MainWindow, drawn: object
) -> None:
    graph.colour_by.choose("operator")
    graph.drawings.close_all()
    drawn(opened)  # type: ignore[operator]
    assert graph.legend.texts == ["Operator", "5 of several kinds"]


def test_all_lines_of_the_legend_have_their_room(graph: GraphPanel, opened: MainWindow) -> None:
    graph.colour_by.choose("macs")
    for width in (1600, 900, 1000, 900, 1280):
        opened.resize(width, 800)
        QTest.qWait(20)
        legend = graph.legend
        assert legend.height() == legend.heightForWidth(legend.width())


def test_a_sequence_runs_to_the_largest_of_what_is_shown(graph: GraphPanel) -> None:
    graph.colour_by.choose("macs")
    colours = graph.colours
    assert colours is not None
    conv, relu = number_of(graph, "block0/conv"), number_of(graph, "block0/relu")
    assert colours.texts[conv] == "36.9\u202fk" == colours.high
    assert colours.bins[conv] == len(colours.palette) - 1
    assert (colours.bins[relu], colours.texts[relu]) == (-1, "")
    assert "5 without a value" in graph.legend.texts


def test_a_closed_group_shows_the_sum(graph: GraphPanel, opened: MainWindow, drawn: object) -> None:
    graph.colour_by.choose("parameters")
    graph.drawings.close_all()
    drawn(opened)  # type: ignore[operator]
    assert graph.colours is not None
    assert graph.colours.texts[number_of(graph, "block0")] == "144"


def test_latency_says_which_layers_run_in_others(opened: MainWindow, graph: GraphPanel) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.base_recipe), measurement(document))
    graph.colour_by.choose("share")
    assert graph.colours is not None
    texts = {
        name: graph.colours.texts[number_of(graph, name)] for name in ("block0/conv", "block0/relu", "block3/conv")
    }
    assert texts == {"block0/conv": "70.0\u202f%", "block0/relu": "fused", "block3/conv": "removed"}


def test_layers_of_one_kernel_are_outlined_together(opened: MainWindow, graph: GraphPanel) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.base_recipe), measurement(document))
    assert graph.look.kernels is not None
    (fused,) = graph.look.kernels.fused
    assert set(fused.boxes) == {number_of(graph, "block0/conv"), number_of(graph, "block0/relu")}
    scene = graph.scene
    assert scene is not None
    first, second = sorted((scene.rects[n] for n in fused.boxes), key=QRectF.top)
    scale, around = 4.0, first.united(second).adjusted(-20, -20, 20, 20)
    image = QImage((around.size() * scale).toSize(), QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    painter = QPainter(image)
    painter.scale(scale, scale)
    painter.translate(-around.topLeft())
    graph.look.kernels.paint(painter, around, scale, QColor("black"), lambda _box: QColor("green"))
    painter.end()

    def at(x: float, y: float) -> str:
        return image.pixelColor(round((x - around.left()) * scale), round((y - around.top()) * scale)).name()

    middle = first.center().x()
    down = {at(middle, y) for y in np.arange(first.top() - AROUND + 1, second.bottom() + AROUND - 1, 0.5)}
    assert down == {"#008000"}, "one shape, with no outline across it between the boxes"
    edge = np.arange(AROUND - 1, AROUND + 1, 0.1)
    assert "#000000" in {at(middle, first.top() - off) for off in edge}
    between = (first.bottom() + second.top()) / 2
    assert "#000000" in {at(middle + off, between) for off in edge}, "along the line as well"
    assert at(middle + AROUND + 4, between) == at(middle, first.top() - AROUND - 4) == "#ffffff"


def test_before_and_after_are_offered_once_there_is_an_after(opened: MainWindow, graph: GraphPanel) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(document.base_recipe), measurement(document))
    assert not graph.colour_by.sides.isVisibleTo(graph)
    document.edit(treat(document.recipe, "quantization", "float16", ["block0/conv"]), "quantize")
    document.add_measurement(document.key(document.recipe), measurement(document))
    assert graph.colour_by.sides.isVisibleTo(graph)
    graph.colour_by.choose("share")
    graph.colour_by.sides.setCurrentIndex(2)
    assert graph.colours is not None
    assert graph.colours.title == "Change"
    assert graph.colours.texts[number_of(graph, "block0/conv")] == "0\u202fµs"
    graph.colour_by.choose("precision")
    assert graph.colour_by.side == "after", "a change of precision is no number"
    graph.colour_by.choose("macs")
    assert not graph.colour_by.sides.isEnabled(), "MACs are the same on both sides"


@pytest.mark.parametrize("name", ["light", "dark"])
def test_sequences_begin_near_the_background(qapp: QApplication, name: str) -> None:
    theme = Theme(qapp, name)
    ramp, surface = sequence(theme), theme.color("surface")

    def away(color: QColor) -> int:
        parts = zip(color.getRgb()[:3], surface.getRgb()[:3], strict=True)  # type: ignore[arg-type,index]
        return sum(abs(a - b) for a, b in parts)

    assert away(ramp[0]) == min(map(away, ramp)) < away(ramp[-1]) / 3
    theme.deleteLater()


def test_words_on_a_block_can_be_read() -> None:
    assert readable(QColor("#F0E442")) == QColor("#111111")
    assert readable(QColor("#00224E")) == QColor("#ffffff")
