"""The inspector: as wide as its panel, whatever names a file has."""

from __future__ import annotations

import threading
from pathlib import Path

import onnx
import pytest
from onnx import TensorProto, helper
from PySide6.QtWidgets import QApplication, QScrollArea

from engine.progress import Progress
from gui.actions.file import open_path
from gui.main_window import MainWindow
from gui.panels.inspector import Inspector
from gui.panels.parts import Facts
from tests.gui.conftest import Wait

LONG = "onnx::a_name_that_goes_on_and_on_" * 4 + "x" * 60


@pytest.fixture
def long_names(window: MainWindow, tmp_path: Path, settle: Wait) -> MainWindow:
    values = [helper.make_tensor_value_info(f"{LONG}{n}", TensorProto.FLOAT, [1, 4]) for n in range(2)]
    node = helper.make_node("Relu", [f"{LONG}0"], [f"{LONG}1"], f"/{LONG}/relu")
    graph = helper.make_graph([node], "long", values[:1], values[1:])
    path = tmp_path / f"{LONG[:120]}.onnx"
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    open_path(window.bench, path)
    settle()
    assert window.bench.document.opened is not None
    return window


@pytest.mark.parametrize("chosen", [False, True], ids=["file", "layer"])
def test_long_names_wrap_inside_the_panel(long_names: MainWindow, chosen: bool, qapp: QApplication) -> None:
    document = long_names.bench.document
    document.select([document.layers[0].id] if chosen else [])
    qapp.processEvents()
    (area,) = long_names.inspector.findChildren(QScrollArea)
    page = area.widget()
    assert page.width() <= area.viewport().width()


def test_reading_weights_leaves_other_glances_alone(opened: MainWindow, settle: Wait) -> None:
    found, go_on = [], threading.Event()

    def look(*, progress: Progress) -> str:
        assert go_on.wait(10)
        progress.check()
        return "devices"

    opened.bench.glances.run("Looking", look, done=found.append)
    opened.bench.document.select(["block0/conv"])
    opened.inspector.distributions._read()
    go_on.set()
    settle()
    assert found == ["devices"]


def test_what_can_be_done_to_several_layers_follows_the_selection(opened: MainWindow) -> None:
    document, inspector = opened.bench.document, opened.inspector
    document.select(["block0/conv", "block0/relu"])
    assert ("int8 static", "for 1 of 2") in [line[:2] for line in _ways(inspector)]
    opened.actions_set.qt["keep_float"].trigger()
    assert ("int8 static", "for 1 of 2") in [line[:2] for line in _ways(inspector)]
    document.select(["block0/conv", "block1/conv"])
    assert ("int8 static", "for all") in [line[:2] for line in _ways(inspector)]


def _ways(inspector: Inspector) -> list[tuple[str, ...]]:
    title, widget = inspector._sections["What can be done"]
    assert isinstance(widget, Facts) and not title.isHidden()
    return [tuple(line.split(": ", 1)) for line in widget.lines()]
