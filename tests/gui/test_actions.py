"""Every action can be found, read, reached and run."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper
from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog

from gui.actions import all_actions
from gui.actions.file import open_path
from gui.dialogs.palette import Palette, matches
from gui.icons import PATHS
from gui.main_window import MainWindow
from gui.panels.menus import MENUS
from tests.gui.conftest import Wait

ACTIONS = all_actions()
NEEDS_MORE = {
    "cancel", "finish", "explain", "report", "variant_delete", "variant_use", "variant_next",
    "variant_before", "variants_compare", "select_reasons", "save_profile", "save_tables", "save_trace",
    "inputs_data", "runtime_options", "plot_picture", "plot_data", "no_metric", "zoom_usual",
}  # fmt: skip
"""What cannot be done while nothing runs, nothing was measured, no samples were chosen or no device is known."""

HAVE_THEIR_OWN_TESTS = frozenset({"profile", "verify", "compare", "sweep", "ceilings", "variants_measure"})
"""What takes long: started and cancelled here."""


def test_keys_and_shortcuts_are_unique() -> None:
    keys = Counter(a.key for a in ACTIONS)
    shortcuts = Counter(QKeySequence(s).toString() for a in ACTIONS for s in a.shortcuts)
    assert [k for k, n in keys.items() if n > 1] == []
    assert [s for s, n in shortcuts.items() if n > 1] == []
    assert "" not in shortcuts, "a shortcut that Qt cannot read"


@pytest.mark.parametrize("action", ACTIONS, ids=lambda a: a.key)
def test_every_action_says_what_it_does(action: object) -> None:
    a = action
    assert a.text and a.tip and a.menu in MENUS  # type: ignore[attr-defined]
    assert not a.icon or a.icon in PATHS  # type: ignore[attr-defined]


@pytest.mark.parametrize("menu", sorted({a.menu for a in ACTIONS}))
def test_every_action_runs(menu: str, opened: MainWindow, settle: Wait, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a model open, a layer selected and treated; dialogs open and close again, nothing crashes.

    All actions of a menu share a window, which has the model fresh for each.
    """
    for name in ("getOpenFileName", "getSaveFileName"):
        monkeypatch.setattr(QFileDialog, name, lambda *_: ("", ""))
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: "")
    crashes: list[str] = []
    for runner in (opened.bench.jobs, opened.bench.glances):
        runner.crashed.connect(crashes.append)
    document = opened.bench.document
    model = document.opened
    assert model is not None
    for key in (a.key for a in ACTIONS if a.menu == menu and a.key != "quit"):
        document.replace(model)
        document.select(["block0/conv"])
        opened.actions_set.qt["keep_float"].trigger()
        if key == "redo":
            document.undo()
        if key == "tree":
            assert opened.layers.has_scopes
        assert opened.actions_set.qt[key].isEnabled() != (key in NEEDS_MORE), key
        opened.actions_set.qt[key].trigger()
        QApplication.processEvents()
        if (dialog := QApplication.activeModalWidget()) is not None:
            dialog.close()
        if key not in HAVE_THEIR_OWN_TESTS:
            settle()
        opened.bench.jobs.cancel()
        settle()
        assert crashes == [], key


def test_nothing_that_needs_a_model_is_enabled_without_one(window: MainWindow) -> None:
    enabled = {key for key, made in window.actions_set.qt.items() if made.isEnabled()}
    assert {"open", "quit", "palette", "theme_dark"} <= enabled
    assert not enabled & {"profile", "export", "quantize", "save_recipe", "save_session", "undo", "verify"}


def test_palette_finds_by_words_and_runs(opened: MainWindow) -> None:
    opened.activateWindow()
    opened.actions_set.qt["palette"].trigger()
    palette = QApplication.activeModalWidget()
    assert isinstance(palette, Palette)
    assert palette.list.topLevelItemCount() == len(ACTIONS) - 1
    QTest.keyClicks(palette.search, "select all")
    QTest.keyClick(palette.search, Qt.Key.Key_Return)
    assert len(opened.bench.document.selection) == 10


def test_palette_matches_every_word() -> None:
    assert matches("Edit: Select all shown", "all edit")
    assert not matches("Edit: Select all shown", "all export")


def test_a_file_that_no_runtime_can_run_says_why(window: MainWindow, tmp_path: Path, settle: Wait) -> None:
    node = helper.make_node("Strange", ["x"], ["y"], "strange", domain="com.nobody.knows")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1]) for name in "xy")
    graph = helper.make_graph([node], "strange", [x], [y])
    opsets = [helper.make_opsetid("", 17), helper.make_opsetid("com.nobody.knows", 1)]
    onnx.save(helper.make_model(graph, opset_imports=opsets, ir_version=8), tmp_path / "strange.onnx")
    open_path(window.bench, tmp_path / "strange.onnx")
    settle()
    assert window.bench.document.opened is not None
    assert window.messages.isVisible()
    assert "Strange" in window.messages.text


def test_quit_is_the_last_of_its_menu() -> None:
    assert [action.key for action in ACTIONS if action.menu == "File"][-1] == "quit"
