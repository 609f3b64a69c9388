"""Two profiles side by side: rows and sums agree, a threshold hides nothing from the sum."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtWidgets import QApplication

from engine.profiling.profile import LayerTiming
from gui.actions.profiles import load_profile_from, save_json_to
from gui.main_window import MainWindow
from gui.panels.difference import DifferencePanel
from gui.treatment import treat
from tests.gui import measured
from tests.gui.conftest import Wait


@pytest.fixture
def compared(opened: MainWindow, qapp: QApplication) -> DifferencePanel:
    """The float model, and a treated one in which the first layer takes 300 µs less."""
    document = opened.bench.document
    measured.add(document)
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    first, *others = measured.kernels()
    timings = [replace(t, median_us=400.0) if t.id == "block0/conv" else t for t in measured.profile(document).layers]
    measured.add(document, kernels=(replace(first, median_us=400.0), *others), layers=tuple(timings))
    opened.show_panel("difference")
    qapp.processEvents()
    return opened.difference


def shown(panel: DifferencePanel) -> dict[str, float]:
    rows = panel.rows
    return {rows.at(place).id: rows.at(place).delta_us for place in range(rows.rowCount())}


def test_the_float_and_the_treated_model_stand_side_by_side(compared: DifferencePanel) -> None:
    assert [side.currentText() for side in compared.sides] == ["cleaned float model", "treated: int8 static"]
    assert compared.rows.at(0).id == "block0/conv"
    assert shown(compared)["block0/conv"] == pytest.approx(-300)
    assert shown(compared)["all kernels"] == pytest.approx(-300)


def test_a_threshold_keeps_the_sum(compared: DifferencePanel) -> None:
    compared.threshold.setValue(100)
    found = shown(compared)
    assert list(found) == ["block0/conv", "all kernels"]
    compared.threshold.setValue(500)
    found = shown(compared)
    assert list(found) == ["10 layers below the threshold", "all kernels"]
    assert found["10 layers below the threshold"] == pytest.approx(found["all kernels"])
    compared.unit.setCurrentIndex(1)
    compared.threshold.setValue(40)
    assert "block0/conv" in shown(compared), "300 of 700 is more than 40 %"
    compared.threshold.setValue(45)
    assert "block0/conv" not in shown(compared)


def test_a_click_chooses_the_layer(compared: DifferencePanel, opened: MainWindow) -> None:
    compared.table.selectRow(0)
    assert opened.bench.document.selection == ("block0/conv",)
    opened.bench.document.select(["block1/conv"])
    (row,) = compared.table.selectionModel().selectedRows()
    assert compared.rows.at(row.row()).id == "block1/conv"


def test_the_sides_can_be_changed(compared: DifferencePanel) -> None:
    before, after = compared.sides
    assert before.count() == after.count() == 2
    before.activated.emit(after.currentIndex())
    assert [before.currentText(), after.currentText()] == ["treated: int8 static", "cleaned float model"]
    assert shown(compared)["all kernels"] == pytest.approx(300)
    after.activated.emit(before.currentIndex())
    assert shown(compared)["all kernels"] == 0


def test_a_saved_profile_shows_layers_of_one_side(
    compared: DifferencePanel, opened: MainWindow, tmp_path: Path, settle: Wait
) -> None:
    path = tmp_path / "p.json"
    document = opened.bench.document
    other = LayerTiming("gone/conv", "timed", 40.0, 0.0, 0.04, None)
    measured.add(document, layers=(*measured.profile(document).layers, other))
    save_json_to(opened.bench, path)
    measured.add(document)
    load_profile_from(opened.bench, path)
    settle()
    assert compared.sides[0].currentText() == "p.json"
    rows = {compared.rows.at(n).id: compared.rows.at(n) for n in range(compared.rows.rowCount())}
    assert rows["gone/conv"].side == "before"
    assert rows["gone/conv"].delta_us == pytest.approx(-40)


def test_layers_without_any_time_are_no_rows(compared: DifferencePanel) -> None:
    assert "block4/relu" not in shown(compared)
    assert "block1/conv" in shown(compared), "it took as long as before, which is worth to know"


def test_one_profile_under_two_keys_is_not_compared_with_itself(opened: MainWindow) -> None:
    document = opened.bench.document
    measured.add(document)
    assert document.baseline is not None
    document.add_measurement(document.key(), document.baseline)
    assert opened.difference.found is None
    assert opened.difference.sides[0].count() == 1
