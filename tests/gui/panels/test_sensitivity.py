"""Sensitivity: rows as they come, stop and resume, and "keep the k worst in float" as one edit."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.errors import UsageError
from engine.recipe import FLOAT, Recipe, Rule
from engine.verification.sensitivity import LayerSensitivity, Sensitivity
from gui.main_window import MainWindow
from gui.numbers import db_text
from gui.panels.sensitivity import NOT_YET, SensitivityPanel
from gui.sensitivity import (
    ScanRequest,
    drop_text,
    expectation,
    keeping,
    savings,
    scan_key,
    treated_otherwise,
    tried_text,
    worst_first,
)
from gui.treatment import treat
from tests.gui import measured
from tests.gui.conftest import Wait

LEFT = Qt.MouseButton.LeftButton
CONVS = tuple(f"block{n}/conv" for n in range(5))


def row(layer_id: str, sqnr_db: float | None, drop: float | None = 0.01, reason: str = "") -> LayerSensitivity:
    return LayerSensitivity(layer_id, "quantization", "int8_static", sqnr_db, drop, 0.98, reason=reason)


FOUND = Sensitivity(
    "alone",
    (row(CONVS[0], 20.0), row(CONVS[1], 40.0), row(CONVS[2], 10.0, 0.05), row(CONVS[3], float("inf"), 0.0),
     row(CONVS[4], None, None, "it stays as it is")),
    5, 16, 2.5,
)  # fmt: skip


@pytest.fixture(autouse=True)
def own_cache(tmp_path: object, monkeypatch: pytest.MonkeyPatch) -> None:
    from pathlib import Path

    folder = Path(str(tmp_path)) / "sensitivity"
    monkeypatch.setattr("engine.caches.cache_folder", lambda: folder)


def panel_of(window: MainWindow) -> SensitivityPanel:
    window.show_panel("sensitivity")
    QApplication.processEvents()
    panel = window.panels["sensitivity"]
    assert isinstance(panel, SensitivityPanel)
    return panel


def show(window: MainWindow, found: Sensitivity = FOUND) -> SensitivityPanel:
    panel = panel_of(window)
    window.bench.document.add_scan(scan_key(window.bench.document, panel.form.request()), found)
    return panel


def test_the_empty_panel_says_what_to_do(opened: MainWindow) -> None:
    panel = panel_of(opened)
    assert panel._empty.text().startswith(NOT_YET) and "Choose samples first" in panel._empty.text()
    assert panel.form.button.isEnabled() and not panel._body.isVisible() and not panel._keep_row.isVisible()


def test_rows_bars_and_the_selection_are_one(opened: MainWindow) -> None:
    panel = show(opened)
    texts = [panel.rows.data(panel.rows.index(n, 1)) for n in range(5)]
    assert texts == ["20.0\u202fdB", "40.0\u202fdB", "10.0\u202fdB", "exact", "–"]
    panel.table.selectRow(2)
    assert opened.bench.document.selection == (CONVS[2],)
    assert panel._plot is not None and panel._plot._selected == (CONVS[2],)
    opened.bench.document.select([CONVS[1]])
    assert {i.row() for i in panel.table.selectionModel().selectedRows()} == {1}
    assert "1 could not be measured" in panel.text.text()


def test_keep_the_k_worst_is_one_edit_that_undo_takes_back(opened: MainWindow) -> None:
    document, panel = opened.bench.document, show(opened)
    panel.slider.setValue(2)
    assert panel.kept == [CONVS[2], CONVS[0]], "the lowest ratios first"
    assert "40.0\u202fdB" in panel.expected.text() and "1.0 points" in panel.expected.text()
    QTest.mouseClick(panel.keep, LEFT)
    assert document.recipe.rules == (
        Rule("quantization", "int8_static", CONVS[1]),
        Rule("quantization", "int8_static", CONVS[3]),
        Rule("quantization", FLOAT, CONVS[2]),
        Rule("quantization", FLOAT, CONVS[0]),
    ), "those of which the cost is known, by name"
    assert document.undo_label == "keep the 2 worst in float"
    panel.slider.setValue(1)
    QTest.mouseClick(panel.keep, LEFT)
    kept = [i for i, t in document.treatments.items() if t.kept_float]
    assert kept == [CONVS[2]], "a smaller k takes back what the larger one kept"
    document.undo()
    document.undo()
    assert document.recipe.rules == ()


def test_figures_say_what_they_hold_for_whatever_the_recipe_says(opened: MainWindow) -> None:
    document, panel = opened.bench.document, show(opened)
    assert panel.text.text().startswith("int8 static: 5 layers")
    document.edit(treat(document.recipe, "quantization", "int8_static", CONVS[:2]), "as tried")
    assert panel.text.text().startswith("int8 static: 5 layers")
    document.edit(treat(document.recipe, "quantization", "int8_static", CONVS[:2], {"ranges": "mse"}), "otherwise")
    assert panel.text.text().startswith("int8 static (the recipe treats 2 of them otherwise): 5 layers")


def test_a_scan_of_the_recipe_says_once_that_is_another(opened: MainWindow) -> None:
    tried = Recipe(rules=(Rule("quantization", "int8_static", CONVS[0]),))
    request = ScanRequest(tried, own=True)
    assert tried_text(request, tried) == "The recipe as it stands"
    assert tried_text(request, Recipe()) == "An earlier recipe"
    assert treated_otherwise(request, {}, FOUND) == ()


def test_other_treatments_in_the_recipe_stay(opened: MainWindow) -> None:
    panel = show(opened)
    request = panel.form.request()
    pruned = Rule("pruning", "magnitude_weights", CONVS[0], {"ratio": 0.5})
    other = Rule("quantization", "int8_weights", "*Gemm")
    before = Recipe(rules=(pruned, other, Rule("quantization", FLOAT, CONVS[1])))
    rules = keeping(before, request, FOUND, [CONVS[2]]).rules
    assert pruned in rules and other in rules
    assert Rule("quantization", FLOAT, CONVS[1]) not in rules, "it was tried, and is not among those that are kept"


def test_what_is_saved_comes_from_the_profile_of_the_treated_model(opened: MainWindow) -> None:
    document, panel = opened.bench.document, show(opened)
    assert savings(document, FOUND).saved_us == {}
    document.add_measurement(document.key(document.recipe), measured.measurement(document))
    recipe = panel.form.request().recipe
    document.edit(recipe, "quantize")
    base = document.baseline
    assert base is not None
    faster = {i: replace(t, median_us=t.median_us / 2) if i == "block1/conv" else t for i, t in base.layers.items()}
    document.add_measurement(document.key(recipe), replace(measured.measurement(document), layers=faster))
    found = savings(document, FOUND)
    assert found.saved_us["block1/conv"] == pytest.approx(base.layers["block1/conv"].median_us / 2)
    assert found.treated_us is None, "some of the layers have no time of their own in the measured model"


def test_of_all_but_one_only_that_one_is_known() -> None:
    found = replace(FOUND, mode="all_but")
    assert worst_first(found)[0].id == CONVS[3]
    assert expectation(found, [CONVS[0]], None).sqnr_db == 20.0
    assert expectation(found, CONVS[:2], None).sqnr_db is None


def test_numbers_of_losses() -> None:
    assert (drop_text(0.0123), drop_text(-0.02), drop_text(None)) == ("1.2", "\u22122.0", "–")
    assert (db_text(-3.0), db_text(float("-inf")), db_text(None)) == ("\u22123.0\u202fdB", "not finite", "–")


def test_a_form_that_asks_for_nothing_says_so(opened: MainWindow) -> None:
    panel = panel_of(opened)
    panel.form.layers.setCurrentIndex(1)
    QTest.mouseClick(panel.form.button, LEFT)
    assert "none of the selected layers" in panel.form._error.text() and not opened.bench.jobs.busy
    panel.form.choice.setCurrentIndex(panel.form.choice.count() - 1)
    with pytest.raises(UsageError, match="the recipe treats no layer"):
        panel.form.request()


def test_a_real_scan_ends_complete_and_a_stopped_one_resumes(opened: MainWindow, settle: Wait) -> None:
    document, panel = opened.bench.document, panel_of(opened)
    panel.form.samples.setValue(1)
    panel.form.limit.setText("0.0001")
    QTest.mouseClick(panel.form.button, LEFT)
    settle()
    first = document.scan(scan_key(document, panel.form.request()))
    assert first is not None, opened.messages.text
    assert not first.complete and panel.form.button.text() == "Resume"
    panel.form.limit.setText("")
    QTest.mouseClick(panel.form.button, LEFT)
    settle()
    found = document.scan(scan_key(document, panel.form.request()))
    assert found is not None and found.complete and {r.id for r in found.layers} >= set(CONVS)
    assert panel.table.isVisible() and not panel.form.button.isEnabled() and panel.form.afresh.isEnabled()
