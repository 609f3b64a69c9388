"""The kernels: a table that sums to the wall time and shares the selection with the layers."""

from __future__ import annotations

import time
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.tables.kernels import COLUMNS, INDEX, KernelModel, KernelRow, kernel_rows
from gui.tables.layer_model import MARK_ROLE
from tests.gui import measured

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


@pytest.fixture
def shown(opened: MainWindow, qapp: QApplication) -> MainWindow:
    measured.add(opened.bench.document)
    opened.layers.show_view("kernels")
    qapp.processEvents()
    return opened


def model(window: MainWindow) -> KernelModel:
    return window.layers.kernels.kernels


def names(window: MainWindow) -> list[str]:
    return [model(window).at(place).name for place in range(model(window).rowCount())]


def test_the_medians_sum_to_the_wall_time(opened: MainWindow) -> None:
    for sum_ms in (1.0, 1.1):
        rows, ends = kernel_rows(measured.measurement(opened.bench.document, kernel_sum_ms=sum_ms))
        assert ends[-1].name == "profiled run"
        assert sum(row.median_us for row in (*rows, *ends[:-1])) == pytest.approx(ends[-1].median_us)
        assert [row.name for row in ends].count("rounding") == (sum_ms != 1.0)
    assert [row.name for row in ends[:2]] == ["unattributed", "between kernels"]
    assert ends[0].median_us == 100.0
    assert all(row.end for row in ends), "each says in its tooltip what it is"


def test_sums_stay_at_the_end_however_it_is_sorted(shown: MainWindow) -> None:
    ends = ["unattributed", "between kernels", "profiled run"]
    for order in (UP, DOWN):
        model(shown).sort_by(INDEX["median"], order)
        assert names(shown)[-3:] == ends
    assert names(shown)[:2] == ["fused", "slow"]
    model(shown).narrow("float32", "")
    assert names(shown) == ["slow", *ends]
    model(shown).narrow("", "Transpose")
    assert names(shown) == ["reorder", *ends]


def test_model_keeps_the_contract_of_qt(shown: MainWindow) -> None:
    tester = QAbstractItemModelTester(model(shown), QAbstractItemModelTester.FailureReportingMode.Warning)
    model(shown).sort_by(INDEX["name"], DOWN)
    model(shown).narrow("fused", "")
    model(shown).show_measurement(None)
    assert model(shown).rowCount() == 0
    assert tester.model() is model(shown)


def test_what_nobody_asked_for_is_marked_in_words_and_icons(shown: MainWindow) -> None:
    found = {model(shown).at(place).name: place for place in range(model(shown).rowCount())}
    for name, text, icons in (("slow", "fallback", "fallback"), ("to_host", "inserted, copy", "inserted copy"),
                              ("fused", "", "")):  # fmt: skip
        index = model(shown).index(found[name], INDEX["mark"])
        assert (index.data(), index.data(MARK_ROLE)) == (text, icons)


def test_one_selection_of_kernels_and_layers(shown: MainWindow, qapp: QApplication) -> None:
    document, table = shown.bench.document, shown.layers.kernels.table
    table.selectRow(0)
    assert document.selection == ("block0/conv", "block0/relu")
    document.select(["block1/conv"])
    rows = {index.row() for index in table.selectionModel().selectedRows()}
    assert {model(shown).at(row).name for row in rows} == {"reorder", "to_host", "slow"}
    table.sort_rows(INDEX["median"], DOWN)
    rows = {index.row() for index in table.selectionModel().selectedRows()}
    assert {model(shown).at(row).name for row in rows} == {"reorder", "to_host", "slow"}
    shown.layers.show_view("table")
    document.select(["block0/relu"])
    shown.layers.show_view("kernels")
    qapp.processEvents()
    rows = {index.row() for index in table.selectionModel().selectedRows()}
    assert {model(shown).at(row).name for row in rows} == {"fused"}, "what was chosen meanwhile"


def test_columns_that_say_nothing_are_hidden(shown: MainWindow) -> None:
    table = shown.layers.kernels.table
    assert not table.isColumnHidden(INDEX["precision"])
    plain = tuple(replace(k, precision="", implementation="") for k in measured.kernels())
    measured.add(shown.bench.document, kernels=plain)
    assert table.isColumnHidden(INDEX["precision"])
    assert table.isColumnHidden(INDEX["implementation"])


def test_the_filter_of_the_layers_is_not_that_of_the_kernels(shown: MainWindow) -> None:
    shown.layers._filter.setText("slow")
    assert names(shown)[0] == "slow"
    shown.layers.show_view("table")
    assert shown.layers.table.layers.rowCount() == 10
    shown.layers.show_view("kernels")
    assert len(names(shown)) == 7


def test_every_cell_has_a_text_and_a_tooltip(opened: MainWindow) -> None:
    rows, ends = kernel_rows(measured.measurement(opened.bench.document))
    for row in (*rows, *ends):
        for column in COLUMNS:
            assert isinstance(column.text(row), str), column.key
            assert column.full(row), column.key


def test_ten_thousand_kernels_sort_in_a_moment(opened: MainWindow) -> None:
    """Not a timing of the machine: a proxy that calls back for each comparison takes a hundred times this."""
    kernels = KernelModel(opened.bench.theme)
    kernels.show_rows([KernelRow(n, f"k{n}", layers=(f"l{n}",), median_us=(n * 7919) % 10_007) for n in range(10_000)])
    began = time.perf_counter()
    kernels.sort_by(INDEX["median"], DOWN)
    kernels.rows_with([f"l{n}" for n in range(5_000)])
    assert time.perf_counter() - began < 2
    values = [kernels.at(place).median_us for place in range(10_000)]
    assert values == sorted(values, reverse=True)
