"""Variants in the window: figures stay with their recipe, undo takes back, names are edited in place, CSV."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractItemView, QApplication, QLineEdit

from engine.profiling.fair import LatencyComparison
from engine.verification.compare import Accuracy, Comparison, OutputError
from gui.actions import variants as actions
from gui.figures import Rebuilt
from gui.main_window import MainWindow
from gui.panels.variants import VariantsPanel
from gui.treatment import treat
from tests.gui.test_document import measurement


@pytest.fixture
def panel(opened: MainWindow, qapp: QApplication) -> VariantsPanel:
    """Two variants: an empty one and one that is quantized and measured."""
    document = opened.bench.document
    document.add_measurement(document.key(document.recipe), measurement(2.0))
    opened.show_panel("variants")
    opened.actions_set.qt["variant_duplicate"].trigger()
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    recipe = document.recipe
    document.add_measurement(document.key(recipe), measurement(1.0))
    document.add_rebuilt(document.data_key(recipe), Rebuilt((), {}, {}, 5000))
    document.add_comparison(
        document.data_key(recipe),
        Comparison(100, (OutputError("y", 31.5, 0.99, 0.1),), Accuracy(0.9, 0.88, 0.95, "y")),
    )
    qapp.processEvents()
    found = opened.panels["variants"]
    assert isinstance(found, VariantsPanel)
    return found


def texts(panel: VariantsPanel, row: int) -> dict[str, str]:
    return {c.key: c.text(panel.rows.at(row)) for c in panel.rows.columns}


def test_each_row_has_the_scores_of_its_own_recipe(panel: VariantsPanel) -> None:
    assert panel.rows.rowCount() == 3
    assert texts(panel, 0)["name"] == "Float"
    assert texts(panel, 0)["accuracy"].startswith("90.0")
    assert texts(panel, 1)["gain"] == "1.00×"
    treated = texts(panel, 2)
    assert treated["name"] == "Variant 2"
    assert treated["gain"] == "2.00× ?", "two separate measurements are no fair ratio"
    assert treated["size"].startswith("5")
    assert treated["drop"] == "2.0"
    assert treated["sqnr"].startswith("31.5")


def test_a_fair_ratio_takes_the_place_of_two_medians(panel: VariantsPanel, opened: MainWindow) -> None:
    document = opened.bench.document
    fair = LatencyComparison(2.0, 1.25, 0.625, (0.6, 0.65), 5, False, 1.0, (0.99, 1.01))
    document.add_latency(document.data_key(document.recipe), fair)
    assert texts(panel, 2)["gain"] == "1.60×"


def test_switching_shows_the_other_recipe_and_undo_takes_it_back(panel: VariantsPanel, opened: MainWindow) -> None:
    document = opened.bench.document
    assert document.treated
    panel.choose((0,))
    opened.actions_set.qt["variant_use"].trigger()
    assert not document.treated
    assert document.current is None
    document.undo()
    assert document.treated
    assert document.current is not None, "its figures are there again"
    opened.actions_set.qt["variant_next"].trigger()
    assert document.variants.current == 0, "after the last comes the first"


def test_delete_is_undone(panel: VariantsPanel, opened: MainWindow) -> None:
    document = opened.bench.document
    panel.choose((0, 1))
    opened.actions_set.qt["variant_delete"].trigger()
    assert len(document.variants.items) == 1, "the last one stays"
    assert not opened.actions_set.qt["variant_delete"].isEnabled()
    document.undo()
    assert document.variants.names == ("Variant 1", "Variant 2")


def test_a_name_is_edited_in_place(panel: VariantsPanel, opened: MainWindow, qapp: QApplication) -> None:
    panel.choose((1,))
    opened.actions_set.qt["variant_rename"].trigger()
    qapp.processEvents()
    editor = panel.table.viewport().findChild(QLineEdit)
    assert editor is not None
    editor.setText("small and fast")
    QTest.keyClick(editor, Qt.Key.Key_Return)
    qapp.processEvents()
    assert opened.bench.document.variants.names == ("Variant 1", "small and fast")
    assert opened.bench.document.undo_label == "rename Variant 2"


def test_points_come_with_two_figures_and_choose_their_row(panel: VariantsPanel) -> None:
    assert panel._plot is not None
    assert [dot.key for dot in panel._plot.dots] == [-1, 0, 1]
    panel.axes[0].setCurrentIndex(panel.axes[0].findData("size"))
    assert {dot.key for dot in panel._plot.dots} == {-1, 0, 1}
    panel._plot.clicked.emit(1, False)
    assert panel.chosen == (1,)


def test_the_table_is_saved_and_the_model_is_not_written_over(
    panel: VariantsPanel, opened: MainWindow, tmp_path: Path
) -> None:
    actions.save_csv_to(opened.bench, tmp_path / "variants.csv")
    text = (tmp_path / "variants.csv").read_bytes().decode()
    assert text.count("\r\n") == 4
    assert "Variant 2" in text
    model = opened.bench.document.opened
    assert model is not None
    before = model.path.read_bytes()
    actions.save_csv_to(opened.bench, model.path)
    assert model.path.read_bytes() == before
    assert "never written" in opened.messages.text


def test_two_variants_beside_each_other(panel: VariantsPanel, opened: MainWindow) -> None:
    from gui.dialogs.pair import PairDialog

    dialog = PairDialog(opened.bench, None, 1)
    shown = [dialog.table.item(row, 3) for row in range(dialog.table.rowCount())]
    found = {dialog.table.item(n, 0).text(): item.text() for n, item in enumerate(shown) if item is not None}  # type: ignore[union-attr]
    assert found["Latency"].endswith("50\u202f%")
    assert found["Accuracy"] == "−2.0 points"
    dialog.close()


def test_a_name_that_is_being_edited_is_not_edited_twice(opened: MainWindow) -> None:
    """Qt would warn, and a warning fails the test."""
    opened.actions_set.qt["variant_rename"].trigger()
    opened.actions_set.qt["variant_rename"].trigger()
    panel = opened.panels["variants"]
    assert isinstance(panel, VariantsPanel)
    assert panel.table.state() == QAbstractItemView.State.EditingState
