"""The main job through the window, with real mouse and key events, on a small model."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import onnx
import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog
from pytestqt.qtbot import QtBot

from gui.actions import file as file_actions
from gui.dialogs.crash import CrashDialog
from gui.dialogs.export import ExportDialog
from gui.dialogs.shapes import ShapesDialog
from gui.dialogs.treat import TreatDialog
from gui.main_window import MainWindow
from gui.tables.columns import INDEX
from tests.gui.conftest import Wait, small_model

LEFT, CONTROL, NONE = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.NoModifier


def click_layer(window: MainWindow, layer_id: str, modifier: Qt.KeyboardModifier = NONE) -> None:
    table = window.layers.table
    (row,) = table.layers.rows_with([layer_id])
    index = table.layers.index(row, INDEX["id"])
    table.scrollTo(index)
    QTest.mouseClick(table.viewport(), LEFT, modifier, table.visualRect(index).center())


def dialog() -> QDialog:
    found = QApplication.activeModalWidget()
    assert isinstance(found, QDialog)
    return found


def press(window: MainWindow, key: Qt.Key, modifier: Qt.KeyboardModifier = NONE) -> None:
    window.activateWindow()
    assert QTest.qWaitForWindowActive(window)
    QTest.keyClick(window.layers.table, key, modifier)
    QApplication.processEvents()


def treat_selected(window: MainWindow, key: Qt.Key, choice: str = "") -> None:
    press(window, key)
    asked = dialog()
    assert isinstance(asked, TreatDialog)
    if choice:
        asked.choice.setCurrentIndex(asked.choice.findData(choice))
    QTest.keyClick(asked, Qt.Key.Key_Return)
    QApplication.processEvents()


def test_open_select_quantize_prune_undo_export(opened: MainWindow, settle: Wait, tmp_path: Path) -> None:
    document = opened.bench.document
    click_layer(opened, "block0/conv")
    click_layer(opened, "block1/conv", CONTROL)
    click_layer(opened, "block2/conv", CONTROL)
    assert document.selection == ("block0/conv", "block1/conv", "block2/conv")
    treat_selected(opened, Qt.Key.Key_Q)
    assert [i for i, t in document.treatments.items() if t.quantized] == list(document.selection)
    click_layer(opened, "block3/conv")
    treat_selected(opened, Qt.Key.Key_P, "magnitude_weights")
    assert document.treatments["block3/conv"].pruned
    press(opened, Qt.Key.Key_Z, CONTROL)
    assert "block3/conv" not in document.treatments
    press(opened, Qt.Key.Key_Z, CONTROL | Qt.KeyboardModifier.ShiftModifier)
    assert document.treatments["block3/conv"].pruned
    click_layer(opened, "block2/conv")
    press(opened, Qt.Key.Key_Delete)
    assert "block2/conv" not in document.treatments

    press(opened, Qt.Key.Key_E, CONTROL)
    asked = dialog()
    assert isinstance(asked, ExportDialog)
    target = tmp_path / "out.onnx"
    asked.path.setText(str(target))
    QTest.mouseClick(asked.button, LEFT)
    settle()
    model = onnx.load(target)
    assert {n.op_type for n in model.graph.node} >= {"QuantizeLinear", "DequantizeLinear", "Conv"}
    told = {p.key: p.value for p in model.metadata_props}
    assert json.loads(told["lathe.recipe"]) == document.recipe.to_json()
    zeros = [float((onnx.numpy_helper.to_array(w) == 0).mean()) for w in model.graph.initializer if w.name == "w3"]
    assert zeros == [pytest.approx(0.5, abs=0.01)]


def test_profile_verify_and_the_table(opened: MainWindow, settle: Wait) -> None:
    document = opened.bench.document
    opened.toolbar.runs.setValue(5)
    press(opened, Qt.Key.Key_F5)
    settle()
    assert document.baseline is not None, opened.messages.text
    assert sum(t.share for t in document.baseline.layers.values()) == pytest.approx(1, abs=0.05)
    click_layer(opened, "block0/conv")
    treat_selected(opened, Qt.Key.Key_Q)
    assert not opened.layers.table.isColumnHidden(INDEX["state"])
    assert opened.layers.table.isColumnHidden(INDEX["after"])
    press(opened, Qt.Key.Key_F5)
    settle()
    assert document.current is not None, opened.messages.text
    assert not opened.layers.table.isColumnHidden(INDEX["after"])
    press(opened, Qt.Key.Key_F6)
    settle()
    assert document.comparison is not None, opened.messages.text
    assert document.comparison.outputs[0].sqnr_db > 10
    assert document.rebuilt is not None
    assert document.rebuilt.skipped == {}


def test_a_bar_selects_its_layer(opened: MainWindow, settle: Wait) -> None:
    opened.toolbar.runs.setValue(3)
    press(opened, Qt.Key.Key_F5)
    settle()
    panel = opened.panels["latency"]
    bars = panel._bars  # type: ignore[attr-defined]
    place = bars._place.get("block2/conv", 0)
    chosen = bars._bars[place].layer_id
    box = bars._plot.getPlotItem().getViewBox()
    middle = box.viewRect().center().y()
    at = bars._plot.mapFromScene(box.mapViewToScene(QPointF(place, middle)))
    QTest.mouseClick(bars._plot.viewport(), LEFT, NONE, at)
    assert opened.bench.document.selection == (chosen,)
    assert {i.row() for i in opened.layers.table.selectionModel().selectedRows()} == set(
        opened.layers.table.layers.rows_with([chosen])
    )


def test_cancel_stops_a_long_profile(opened: MainWindow, qtbot: QtBot) -> None:
    opened.toolbar.runs.setValue(100_000)
    press(opened, Qt.Key.Key_F5)
    qtbot.waitUntil(lambda: opened.status._bar.isVisible(), timeout=5000)
    qtbot.wait(300)
    click_layer(opened, "block1/conv")
    assert opened.bench.document.selection == ("block1/conv",), "the window is usable meanwhile"
    QTest.mouseClick(opened.status._cancel, LEFT)
    qtbot.waitUntil(lambda: not opened.bench.jobs.busy, timeout=3000)
    assert opened.bench.document.baseline is None
    assert not opened.status._bar.isVisible()


@pytest.mark.skipif(not hasattr(signal, "SIGKILL"), reason="kills by signal")
def test_a_killed_child_is_a_message_and_the_next_profile_works(opened: MainWindow, qtbot: QtBot, settle: Wait) -> None:
    import psutil

    opened.toolbar.runs.setValue(100_000)
    press(opened, Qt.Key.Key_F5)
    mine = psutil.Process()
    qtbot.waitUntil(lambda: bool(mine.children()), timeout=10_000)
    qtbot.waitUntil(lambda: "measuring" in opened.status._job.text(), timeout=20_000)
    for child in mine.children():
        os.kill(child.pid, signal.SIGKILL)
    qtbot.waitUntil(lambda: opened.messages.isVisible(), timeout=10_000)
    assert "kill" in opened.messages.text.lower()
    opened.bench.jobs.cancel()
    settle()
    opened.toolbar.runs.setValue(3)
    press(opened, Qt.Key.Key_F5)
    settle()
    assert opened.bench.document.baseline is not None


def test_a_file_that_is_no_model_is_a_message(window: MainWindow, settle: Wait, tmp_path: Path) -> None:
    broken = tmp_path / "broken.onnx"
    broken.write_bytes(b"no model at all" * 10)
    file_actions.open_path(window.bench, broken)
    settle()
    assert "broken.onnx" in window.messages.text
    assert window.bench.document.opened is None
    file_actions.open_path(window.bench, tmp_path / "gone.onnx")
    assert "no such file" in window.messages.text


def test_a_dropped_file_opens(window: MainWindow, model_file: Path, settle: Wait) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(model_file))])
    event = QDropEvent(QPointF(QPoint(10, 10)), Qt.DropAction.CopyAction, data, LEFT, NONE)
    window.dropEvent(event)
    settle()
    assert window.bench.document.opened is not None
    assert window.bench.settings.value.recent == (str(model_file),)


def test_dynamic_dimensions_are_asked_for_once(window: MainWindow, settle: Wait, tmp_path: Path) -> None:
    path = small_model(tmp_path / "dynamic.onnx", dynamic=True)
    file_actions.open_path(window.bench, path)
    settle()
    asked = dialog()
    assert isinstance(asked, ShapesDialog)
    assert asked.values() == {}
    asked._fields["x"][2].setValue(24)
    QTest.keyClick(asked, Qt.Key.Key_Return)
    settle()
    assert window.bench.document.layers[0].output_shape == (1, 4, 24, 16)
    file_actions.open_path(window.bench, path)
    settle()
    assert window.bench.document.layers[0].output_shape == (1, 4, 24, 16)
    assert QApplication.activeModalWidget() is None


def test_a_recipe_file_says_what_matched(opened: MainWindow, tmp_path: Path) -> None:
    document = opened.bench.document
    click_layer(opened, "block0/conv")
    treat_selected(opened, Qt.Key.Key_Q)
    saved = tmp_path / "r.json"
    file_actions.save_recipe_to(opened.bench, saved)
    told = json.loads(saved.read_text())
    told["rules"].append({"quantization": "float", "selector": "not_here"})
    saved.write_text(json.dumps(told))
    press(opened, Qt.Key.Key_Delete)
    assert document.treatments == {}
    file_actions.load_recipe(opened.bench, saved)
    assert document.treatments["block0/conv"].quantized
    assert "1 of 2 rules" in opened.messages.text
    assert "not_here" in opened.messages.text


def test_a_bug_opens_a_dialog_to_copy_from(opened: MainWindow, settle: Wait) -> None:
    def bug(*, progress: object) -> None:
        raise ZeroDivisionError("in the engine")

    for _ in range(3):
        opened.bench.jobs.run("bug", bug, done=lambda _: None)
        settle()
    (crash,) = [w for w in opened.findChildren(CrashDialog) if w.isVisible()]
    crash.copy()
    assert "ZeroDivisionError: in the engine" in QApplication.clipboard().text()
    crash.close()


def test_the_theme_switches(opened: MainWindow) -> None:
    opened.actions_set.qt["theme_dark"].trigger()
    assert opened.bench.theme.tokens.name == "dark"
    assert opened.bench.settings.value.theme == "dark"
    opened.actions_set.qt["theme_light"].trigger()
    assert opened.bench.theme.tokens.name == "light"


def test_a_recipe_is_never_saved_over_the_model(opened: MainWindow, model_file: Path) -> None:
    before = model_file.read_bytes()
    file_actions.save_recipe_to(opened.bench, model_file)
    assert model_file.read_bytes() == before
    assert "never written" in opened.messages.text
