"""Panning, zooming and painting under real events."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QWheelEvent
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.errors import EngineError
from engine.progress import Progress
from gui.canvas.export import page_of, save_picture
from gui.canvas.panel import GraphPanel
from gui.main_window import MainWindow
from tests.gui.canvas.conftest import number_of
from tests.gui.conftest import wear


def wheel(graph: GraphPanel, notches: int, at: QPointF) -> None:
    event = QWheelEvent(at, QPointF(graph.view.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, 120 * notches),
                        Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
                        False)  # fmt: skip
    QApplication.sendEvent(graph.view, event)


def settled(graph: GraphPanel) -> QImage:
    """What it shows once all tiles are there, without what lies over it."""
    graph.minimap.hide()
    image = graph.view.grab().toImage()
    while not graph.view.sharp:
        image = graph.view.grab().toImage()
    return image


def test_a_wheel_zooms_around_the_pointer(graph: GraphPanel) -> None:
    at = QPointF(100, 80)
    fixed, scale = graph.view.to_scene(at), graph.view.scale
    wheel(graph, -2, at)
    assert graph.view.scale < scale
    assert (graph.view.to_scene(at) - fixed).manhattanLength() * graph.view.scale < 3


def test_a_drag_moves_the_drawing_with_the_mouse(graph: GraphPanel) -> None:
    view = graph.view
    before = view.to_screen(QPointF(0, 200))
    QTest.mousePress(view, Qt.MouseButton.LeftButton, pos=QPoint(10, 200))
    QTest.mouseMove(view, QPoint(30, 180))
    QTest.mouseMove(view, QPoint(40, 150))
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, pos=QPoint(40, 150))
    assert (view.to_screen(QPointF(0, 200)) - before - QPointF(30, -50)).manhattanLength() < 2


def test_fit_shows_all_of_it(graph: GraphPanel) -> None:
    graph.view.fit()
    assert graph.scene is not None
    assert graph.view.seen.contains(graph.scene.bounds)
    assert not graph.minimap.isVisibleTo(graph.view)


def test_tiles_are_the_same_picture_as_one_painting(graph: GraphPanel) -> None:
    """Nothing is cut where tiles meet, at any scale."""
    from PySide6.QtGui import QPainter

    view = graph.view
    for scale in (0.1, 0.5, 1.0):
        view.zoom(scale / view.scale)
        shown = settled(graph)
        whole = QImage(view.size(), QImage.Format.Format_RGB32)
        whole.fill(graph.legend._theme.color("surface"))
        painter = QPainter(whole)
        painter.scale(view.scale, view.scale)
        painter.translate(-view.corner)
        assert view._ink is not None
        view._ink.paint(painter, view.seen, view.scale)
        painter.end()
        difference = np.abs(pixels(shown).astype(int) - pixels(whole).astype(int)).max(axis=2)
        assert (difference > 48).mean() < 0.002, scale


def pixels(image: QImage) -> np.ndarray:
    image = image.convertToFormat(QImage.Format.Format_RGB32)
    return np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), image.width(), 4)[..., :3]


def test_the_overview_leads_where_it_is_clicked(graph: GraphPanel) -> None:
    graph.view.zoom(1.0 / graph.view.scale)
    graph.minimap.place()
    assert graph.minimap.isVisibleTo(graph.view)
    QTest.mouseClick(
        graph.minimap, Qt.MouseButton.LeftButton, pos=QPoint(graph.minimap.width() // 2, graph.minimap.height() - 6)
    )
    assert graph.scene is not None
    assert graph.view.seen.bottom() > graph.scene.bounds.bottom() - 120


def test_the_canvas_follows_the_theme(opened: MainWindow, graph: GraphPanel) -> None:
    wear(opened, "light")
    light = settled(graph).pixelColor(3, 3)
    wear(opened, "dark")
    assert light == QColor("#ffffff")
    assert settled(graph).pixelColor(3, 3) == opened.bench.theme.color("surface")


def save(window: MainWindow, graph: GraphPanel, path: Path) -> str:
    assert graph.scene is not None
    page = page_of(graph.scene, graph.legend)
    return save_picture(path, graph.scene, page, graph.look, window.bench.theme, graph.font(), progress=Progress())


@pytest.mark.parametrize("suffix", [".svg", ".png"])
def test_the_graph_is_saved_as_a_picture_below_its_legend(
    opened: MainWindow, graph: GraphPanel, tmp_path: Path, suffix: str
) -> None:
    path = tmp_path / f"graph{suffix}"
    assert str(path) in save(opened, graph, path)
    assert [p.name for p in tmp_path.iterdir() if p.suffix == suffix] == [path.name]
    image = QImage(str(path))
    if suffix == ".svg":
        text = path.read_text()
        assert text.count(">Conv<") == 5
        assert ">Operator<" in text and ">Convolution<" in text, "a picture without its legend says little"
        families = set(re.findall('font-family="([^"]*)"', text))
        assert families and all(family.endswith(", sans-serif") for family in families)
        renderer = QSvgRenderer(str(path))
        assert renderer.isValid()
        image = QImage(renderer.viewBox().size(), QImage.Format.Format_RGB32)
        image.fill(QColor("black"))
        painter = QPainter(image)
        renderer.render(painter)
        painter.end()
    scale = 2 if suffix == ".png" else 1
    page = page_of(graph.scene, graph.legend)  # type: ignore[arg-type]
    conv = graph.scene.box(number_of(graph, "block0/conv")).center() - page.area.topLeft()  # type: ignore[union-attr]
    left = (page.size.width() - page.area.width()) / 2
    inside = image.pixelColor(round(scale * (left + conv.x())), round(scale * (page.top + conv.y())))
    assert inside != image.pixelColor(0, 0) == opened.bench.theme.color("surface")


def test_a_picture_that_cannot_be_written_says_so(opened: MainWindow, graph: GraphPanel, tmp_path: Path) -> None:
    with pytest.raises(EngineError, match="cannot be written"):
        save(opened, graph, tmp_path / "missing" / "graph.svg")
