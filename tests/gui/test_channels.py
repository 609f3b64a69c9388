"""What is coupled to a layer: said in table, graph and inspector, before a cut and after it, and as the cut does it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx
import pytest
from onnx import TensorProto, helper, numpy_helper
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QCursor
from pytestqt.qtbot import QtBot

from engine.options import OptionValue
from engine.progress import Progress
from engine.pruners import pruners
from gui.actions.file import open_path
from gui.calls.pruning import preview
from gui.main_window import MainWindow
from gui.tables.columns import INDEX, row_treatment
from gui.tables.layer_model import treatment_mark
from gui.treatment import treat
from tests.gui.conftest import Wait

Chosen = Callable[[str], MainWindow]


def model_with_norms(path: Path) -> Path:
    """Conv, BatchNormalization, Relu, Conv on 1x3x8x8: cleaning folds the BatchNormalization."""
    rng = np.random.default_rng(1)
    values = {"w0": (8, 3, 3, 3), "scale": (8,), "shift": (8,), "mean": (8,), "w1": (4, 8, 3, 3)}
    weights = [numpy_helper.from_array(rng.standard_normal(s).astype(np.float32), n) for n, s in values.items()]
    weights.append(numpy_helper.from_array(np.ones(8, np.float32), "variance"))
    nodes = [
        helper.make_node("Conv", ["x", "w0"], ["a"], "first", pads=[1, 1, 1, 1]),
        helper.make_node("BatchNormalization", ["a", "scale", "shift", "mean", "variance"], ["b"], "norm"),
        helper.make_node("Relu", ["b"], ["c"], "relu"),
        helper.make_node("Conv", ["c", "w1"], ["y"], "last", pads=[1, 1, 1, 1]),
    ]
    x, y = (helper.make_tensor_value_info(n, TensorProto.FLOAT, [1, c, 8, 8]) for n, c in (("x", 3), ("y", 4)))
    graph = helper.make_graph(nodes, "norms", [x], [y], weights)
    onnx.save(helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8), path)
    return path


@pytest.fixture
def chosen(window: MainWindow, tmp_path: Path, settle: Wait) -> Chosen:
    """Selects a layer of the model, and waits until it is known what is coupled to it."""
    open_path(window.bench, model_with_norms(tmp_path / "norms.onnx"))
    settle()

    def choose(layer: str) -> MainWindow:
        window.bench.document.select([layer])
        QtBot(None).waitUntil(lambda: window.bench.document.channels is not None, timeout=20_000)
        return window

    return choose


def facts(window: MainWindow) -> dict[str, str]:
    shown = window.inspector._channels
    return {
        name.text(): value.text().replace("\u200b", "")
        for name, value in shown._lines
        if not name.isHidden() and not shown.isHidden()
    }


def test_a_layer_says_what_is_coupled_to_it(chosen: Chosen) -> None:
    window = chosen("first")
    assert facts(window) == {"Makes": "8 channels", "Followed by": "norm", "Read by": "last"}
    table = window.layers.table.layers
    place = INDEX["channels"]
    said = [table.index(row, place).data() for row in range(4)]
    assert said == ["makes 8", "follows 8", "", "reads 8"]
    window.actions_set.qt["select_coupled"].trigger()
    assert set(window.bench.document.selection) == {"first", "norm", "last"}
    assert table.index(0, place).data() == "8", "of several selected layers each says its own"


def test_pointing_at_a_layer_shows_what_is_coupled_to_it_in_table_and_graph(chosen: Chosen, settle: Wait) -> None:
    window = chosen("relu")
    settle()
    window.bench.document.select(())
    layers, place = window.layers.table.layers, INDEX["channels"]
    assert [layers.index(row, place).data() for row in range(4)] == ["8", "", "", "4"]
    table = window.layers.table
    window.graph.resize(500, 400)
    QCursor.setPos(table.viewport().mapToGlobal(table.visualRect(layers.index(0, INDEX["id"])).center()))
    table._point()
    assert window.bench.document.pointed.layer == "first"
    assert [layers.index(row, place).data() for row in range(4)] == ["makes 8", "follows 8", "", "reads 8"]
    scene = window.graph.scene
    assert scene is not None
    assert {scene.items[n].name for n in window.graph.view.coupled} == {"first", "norm", "last"}
    table.leaveEvent(QEvent(QEvent.Type.Leave))
    assert not window.graph.view.coupled
    box = next(n for n, item in enumerate(scene.items) if item.name == "norm")
    window.graph.view.pointed.emit(box)
    assert layers.index(3, place).data() == "reads 8", "what the mouse is on in the graph shows in the table"


def test_the_first_layer_under_the_mouse_is_enough_to_look(window: MainWindow, tmp_path: Path, settle: Wait) -> None:
    document = window.bench.document
    open_path(window.bench, model_with_norms(tmp_path / "norms.onnx"))
    settle()
    assert document.channels is None
    document.pointed.at("first")
    QtBot(None).waitUntil(lambda: document.channels is not None, timeout=20_000)
    assert window.layers.table.layers.index(3, INDEX["channels"]).data() == "reads 8"


def test_a_layer_that_cannot_lose_channels_says_why(chosen: Chosen) -> None:
    window = chosen("last")
    assert "output" in facts(window)["Cannot be cut"]
    table = window.layers.table.layers
    assert "cannot be cut" in table.index(3, INDEX["channels"]).data(Qt.ItemDataRole.ToolTipRole)


def test_what_is_folded_goes_along_and_cannot_be_cut_itself(chosen: Chosen) -> None:
    window = chosen("norm")
    assert facts(window) == {"Follows": "8 channels", "Made with": "first", "Read by": "last"}
    assert window.bench.document.cannot_prune("l1_channels", "norm") == "cleaning folds it into first"


def test_the_group_stays_marked_until_it_is_undone(chosen: Chosen) -> None:
    window = chosen("first")
    document = window.bench.document
    document.edit(treat(document.recipe, "pruning", "l1_channels", ["first"], {"ratio": 0.5}), "prune")
    rows = {row.layer.id: row for row in window.layers.table.layers.rows}
    assert row_treatment(rows["last"]) == row_treatment(rows["norm"]) == "with first"
    assert [treatment_mark(rows[name]) for name in ("first", "last", "relu")] == ["prune", "link", ""]
    document.undo()
    assert not any(row_treatment(row) for row in window.layers.table.layers.rows)
    document.edit(treat(document.recipe, "pruning", "magnitude_weights", ["first"], {"ratio": 0.5}), "prune")
    assert not any(row.along for row in window.layers.table.layers.rows), "zeros take nothing along"


def test_the_preview_is_what_the_cut_does(chosen: Chosen) -> None:
    window = chosen("first")
    bench, document = window.bench, window.bench.document
    opened = document.opened
    assert opened is not None and opened.facts is not None
    given: dict[str, OptionValue] = {"ratio": 0.5, "multiple": "1"}
    options = pruners()["l1_channels"].options(**given)
    said = preview(bench.workshop, opened, document.base_recipe, ["first"], "l1_channels", options, opened.facts, None,
                   progress=Progress())  # fmt: skip
    recipe = treat(document.recipe, "pruning", "l1_channels", ["first"], given)
    _, rebuilt = bench.workshop.rebuild(opened, recipe, document.settings, None, progress=Progress())
    assert said.savings is not None and said.macs is not None and said.savings.macs is not None
    assert said.parameters - said.savings.parameters == rebuilt.parameters
    assert said.macs - said.savings.macs == rebuilt.macs
    assert rebuilt.details == {"first": "4 of 8 channels stay"}


def test_a_cut_that_was_left_out_marks_nothing(chosen: Chosen, settle: Wait) -> None:
    window = chosen("first")
    bench, document = window.bench, window.bench.document
    opened = document.opened
    assert opened is not None
    given: dict[str, OptionValue] = {"ratio": 0.25, "multiple": "8"}
    document.edit(treat(document.recipe, "pruning", "l1_channels", ["first"], given), "prune")
    assert any(row.along for row in window.layers.table.layers.rows)
    _, rebuilt = bench.workshop.rebuild(opened, document.recipe, document.settings, None, progress=Progress())
    document.add_rebuilt(document.data_key(document.recipe), rebuilt)
    assert "first" in rebuilt.skipped
    assert not any(row.along for row in window.layers.table.layers.rows)
