"""Errors by layer: measured on data, in the table and the inspector, and only for the recipe that they belong to."""

from __future__ import annotations

from gui.main_window import MainWindow
from gui.panels.compare import accuracy_text
from gui.tables.columns import INDEX
from gui.treatment import treat
from tests.gui.conftest import Wait

CONVS = tuple(f"block{n}/conv" for n in range(5))


def test_errors_stand_in_the_table_and_the_inspector(opened: MainWindow, settle: Wait) -> None:
    document, table = opened.bench.document, opened.layers.table
    assert table.isColumnHidden(INDEX["sqnr"]) and not opened.actions_set.qt["errors"].isEnabled()
    document.edit(treat(document.recipe, "quantization", "int8_static", CONVS), "quantize")
    opened.actions_set.qt["errors"].trigger()
    settle()
    errors = document.layer_errors
    assert errors is not None, opened.messages.text
    assert all(20 < errors[conv].sqnr_db < 80 for conv in CONVS)
    assert errors[CONVS[0]].value == "r0", "a Conv is looked at behind its Relu"
    assert not table.isColumnHidden(INDEX["sqnr"])
    (row,) = table.layers.rows_with([CONVS[0]])
    assert table.layers.index(row, INDEX["sqnr"]).data().endswith("dB")
    document.select([CONVS[0]])
    assert opened.inspector._sections["Error"][0].isVisibleTo(opened)
    document.edit(treat(document.recipe, "quantization", "float", CONVS[:1]), "keep")
    assert document.layer_errors is None and table.isColumnHidden(INDEX["sqnr"])
    document.undo()
    assert document.layer_errors is errors


def test_accuracy_tells_top5_agreement_and_chance() -> None:
    from engine.verification.chance import Paired
    from engine.verification.compare import Accuracy

    plain = accuracy_text(Accuracy(0.9, 0.89, 0.97, "y"), 100)
    assert plain == "Top-1 on 100 samples. Both give the same class for 97.0\u202f%"
    lost = Accuracy(0.9, 0.89, 0.97, "y", (0.99, 0.98), Paired(88, 2, 1, 9))
    assert "Top-5 99.0 → 98.0" in accuracy_text(lost, 100) and "which can be chance" in accuracy_text(lost, 100)
    sure = Accuracy(0.9, 0.7, 0.75, "y", None, Paired(70, 20, 0, 10))
    assert "chance" not in accuracy_text(sure, 100) and "\u2212" in accuracy_text(sure, 100)
