"""The Graph panel: drawn from what is open, and one selection with the rest of the window."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

import gui.canvas.drawings
from engine.layout.items import Outline
from gui.actions.file import open_path
from gui.canvas.panel import GraphPanel
from gui.main_window import MainWindow
from gui.treatment import treat
from tests.gui.canvas.conftest import Click, number_of, place_of

CTRL = Qt.KeyboardModifier.ControlModifier
Drawn = Callable[[MainWindow], GraphPanel]


def names(graph: GraphPanel, boxes: frozenset[int]) -> set[str]:
    assert graph.scene is not None
    return {graph.scene.items[n].name for n in boxes}


def test_every_layer_is_drawn_in_its_scope(graph: GraphPanel) -> None:
    assert graph.scene is not None
    shown = {graph.scene.items[n].name for n in graph.scene.leaves}
    assert {"block0/conv", "block4/relu", "x"} <= shown
    assert {graph.scene.items[n].name for n in graph.scene.frames} == {f"block{n}" for n in range(5)}


def test_a_click_selects_in_the_table_and_a_row_selects_on_the_canvas(
    opened: MainWindow, graph: GraphPanel, click: Click
) -> None:
    click("block2/conv")
    assert opened.bench.document.selection == ("block2/conv",)
    assert [i.row() for i in opened.layers.table.selectionModel().selectedRows()] == [4]
    opened.layers.table.selectRow(9)
    assert names(graph, graph.view.selected) == {"block4/relu"}
    assert graph.view.seen.contains(graph.scene.box(number_of(graph, "block4/relu")))  # type: ignore[union-attr]


def test_ctrl_adds_and_takes_away(opened: MainWindow, graph: GraphPanel, click: Click) -> None:
    click("block0/conv")
    click("block1/conv", CTRL)
    assert set(opened.bench.document.selection) == {"block0/conv", "block1/conv"}
    click("block0/conv", CTRL)
    assert opened.bench.document.selection == ("block1/conv",)


def test_a_band_selects_what_it_touches(opened: MainWindow, graph: GraphPanel) -> None:
    view = graph.view
    view.fit()
    shift = Qt.KeyboardModifier.ShiftModifier
    end = QPoint(view.width() - 2, view.height() - 2)
    QTest.mousePress(view, Qt.MouseButton.LeftButton, shift, QPoint(2, 2))
    move(view, QPoint(30, 30), shift)
    move(view, end, shift)
    QTest.mouseRelease(view, Qt.MouseButton.LeftButton, shift, end)
    assert len(opened.bench.document.selection) == 10


def move(view: object, at: QPoint, modifiers: Qt.KeyboardModifier) -> None:
    """QTest's own moves carry no modifiers."""
    from PySide6.QtCore import QPointF
    from PySide6.QtGui import QMouseEvent

    from gui.canvas.view import CanvasView

    assert isinstance(view, CanvasView)
    left = Qt.MouseButton.LeftButton
    event = QMouseEvent(QMouseEvent.Type.MouseMove, QPointF(at), QPointF(view.mapToGlobal(at)),
                        Qt.MouseButton.NoButton, left, modifiers)  # fmt: skip
    QApplication.sendEvent(view, event)


def test_keys_follow_lines_and_open_groups(opened: MainWindow, graph: GraphPanel, click: Click, drawn: Drawn) -> None:
    click("block1/conv")
    QTest.keyClick(graph.view, Qt.Key.Key_Down)
    assert opened.bench.document.selection == ("block1/relu",)
    QTest.keyClick(graph.view, Qt.Key.Key_Up)
    QTest.keyClick(graph.view, Qt.Key.Key_Up)
    assert opened.bench.document.selection == ("block0/relu",)
    QTest.keyClick(graph.view, Qt.Key.Key_Return)
    drawn(opened)
    assert not graph.scene.is_open(number_of(graph, "block0"))  # type: ignore[union-attr]
    QTest.keyClick(graph.view, Qt.Key.Key_Return)
    drawn(opened)
    assert graph.scene.is_open(number_of(graph, "block0"))  # type: ignore[union-attr]


def test_a_closed_group_stands_for_its_layers_and_stays_where_it_was(
    opened: MainWindow, graph: GraphPanel, click: Click, drawn: Drawn
) -> None:
    number = number_of(graph, "block1")
    before = place_of(graph, number) - QPoint(0, 0)
    corner = graph.view.to_screen(graph.scene.box(number).topLeft())  # type: ignore[union-attr]
    click("block1", double=True)
    drawn(opened)
    assert graph.scene is not None and not graph.scene.is_open(number) and before
    assert (graph.view.to_screen(graph.scene.box(number).topLeft()) - corner).manhattanLength() < 3
    click("block1")
    assert opened.bench.document.selection == ("block1/conv", "block1/relu")
    opened.bench.document.select(["block1/relu"])
    assert names(graph, graph.view.partly) == {"block1"}


def test_what_is_selected_elsewhere_can_be_shown_whatever_is_closed(
    opened: MainWindow, graph: GraphPanel, drawn: Drawn
) -> None:
    graph.drawings.close_all()
    drawn(opened)
    opened.bench.document.select(["block3/conv"])
    opened.actions_set.qt["graph_reveal"].trigger()
    drawn(opened)
    assert graph.scene is not None
    number = number_of(graph, "block3/conv")
    assert number in graph.scene.rects
    assert graph.view.seen.contains(graph.scene.box(number))


def test_search_goes_from_one_match_to_the_next(opened: MainWindow, graph: GraphPanel) -> None:
    QTest.keyClicks(graph.search, "relu")
    QTest.keyClick(graph.search, Qt.Key.Key_Return)
    assert opened.bench.document.selection == ("block0/relu",)
    QTest.keyClick(graph.search, Qt.Key.Key_Return)
    assert opened.bench.document.selection == ("block1/relu",)
    QTest.keyClick(graph.search, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    assert opened.bench.document.selection == ("block0/relu",)


def test_focus_shows_a_layer_and_what_it_is_linked_with(opened: MainWindow, graph: GraphPanel, click: Click) -> None:
    click("block2/conv")
    opened.actions_set.qt["graph_focus"].trigger()
    assert names(graph, graph.view.focus) == {"block1/relu", "block2/conv", "block2/relu"}
    QTest.keyClick(graph.view, Qt.Key.Key_Escape)
    assert not graph.view.focus
    assert opened.bench.document.selection == ("block2/conv",)


def test_treated_layers_are_marked(opened: MainWindow, graph: GraphPanel) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    assert graph.look.marks == {number_of(graph, "block0/conv"): "int8 static"}
    document.undo()
    assert not graph.look.marks


def test_layers_that_lose_channels_together_are_shown(opened: MainWindow, graph: GraphPanel, drawn: Drawn) -> None:
    opened.bench.document.select(["block1/conv"])
    drawn(opened)
    roles = {graph.scene.items[n].name: role for n, role in graph.view.coupled.items()}  # type: ignore[union-attr]
    assert roles == {"block1/conv": "makes 4 channels", "block2/conv": "reads 4 channels"}


def test_layout_is_never_on_the_windows_thread(
    opened: MainWindow, graph: GraphPanel, drawn: Drawn, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[threading.Thread] = []
    real = gui.canvas.drawings.draw

    def noted(*args: object, **named: object) -> object:
        used.append(threading.current_thread())
        return real(*args, **named)  # type: ignore[arg-type]

    monkeypatch.setattr("gui.canvas.drawings.draw", noted)
    graph.drawings.close_all()
    drawn(opened)
    assert used and threading.main_thread() not in used


def test_a_hidden_graph_is_drawn_when_it_is_shown(
    window: MainWindow, model_file: Path, settle: Callable[[], None], drawn: Drawn
) -> None:
    window.graph.hide()
    open_path(window.bench, model_file)
    settle()
    assert window.graph.scene is None
    window.actions_set.qt["graph"].trigger()
    assert drawn(window).scene is not None


def test_bodies_of_control_flow_open_in_place(
    window: MainWindow, drawn: Drawn, tmp_path: Path, qapp: QApplication
) -> None:
    import onnx_ir as ir

    from tests.engine.layout.test_outline import BRANCHES

    path = tmp_path / "branches.onnx"
    ir.save(ir.from_onnx_text(BRANCHES), path)
    open_path(window.bench, path)
    graph = drawn(window)
    assert graph.scene is not None
    outline: Outline = graph.scene.outline
    assert {outline.items[n].name for n in graph.scene.frames} == {"if", "then_branch", "else_branch"}
    graph.drawings.toggle(number_of(graph, "if"))
    drawn(window)
    assert {outline.items[n].name for n in graph.scene.leaves} == {"c", "x", "pre", "if", "y"}


def test_the_legend_lies_over_nothing_and_wraps_where_there_is_little_room(
    opened: MainWindow, graph: GraphPanel
) -> None:
    assert not graph.legend.geometry().intersects(graph.view.geometry())
    assert graph.legend.accessibleName().startswith("Legend: Operator, Convolution 5")
    heights = [graph.legend.heightForWidth(width) for width in (1000, 200, 60)]
    assert heights == sorted(set(heights)), "narrower is higher"
