"""The layers' model: true to Qt's contract, sorted and filtered without losing the selection."""

from __future__ import annotations

import time
from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtGui import QImage, QPainter
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QStyleOptionHeader, QStyleOptionViewItem

from gui.main_window import MainWindow
from gui.tables.columns import COLUMNS, INDEX, Row
from gui.tables.delegates import CellDelegate
from gui.tables.layer_model import MARK_ROLE
from gui.tables.rows_table import Head
from gui.tables.scope_model import ScopeModel, add_up, build
from gui.timings import SourceTiming
from gui.treatment import treat
from tests.gui import measured

UP, DOWN = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder


def test_models_keep_the_contract_of_qt(opened: MainWindow) -> None:
    fatal = QAbstractItemModelTester.FailureReportingMode.Warning  # a warning fails the test by its hygiene
    table, tree = opened.layers.table.layers, opened.layers.tree.scopes
    tree.activate(True)
    testers = [QAbstractItemModelTester(table, fatal), QAbstractItemModelTester(tree, fatal)]
    table.sort_by(INDEX["id"], DOWN)
    table.set_filter("block1")
    table.set_filter("")
    table.refresh()
    tree.refresh()
    tree.reload()
    assert len(testers) == 2
    assert table.rowCount() == 10


def test_filter_takes_text_scope_and_op(opened: MainWindow) -> None:
    model = opened.layers.table.layers
    model.set_filter("block1")
    assert [model.layer_id(r) for r in range(model.rowCount())] == ["block1/conv", "block1/relu"]
    model.set_filter("", "Relu")
    assert model.rowCount() == 5
    model.set_filter("conv block3")
    assert model.rowCount() == 1
    model.set_filter("nothing like it")
    assert model.rowCount() == 0


def test_unknown_values_sort_last_both_ways(opened: MainWindow) -> None:
    model = opened.layers.table.layers
    timing = {0: 5.0, 2: 9.0}
    model.rows = [
        replace(row, before=SourceTiming("timed", timing.get(n, 0.0), 0.0, 0.0)) for n, row in enumerate(model.rows)
    ]
    model.sort_by(INDEX["before"], DOWN)
    assert model.order[:2] == [2, 0]
    model.sort_by(INDEX["before"], UP)
    assert model.order[:2] == [0, 2]
    model.sort_by(None)
    assert model.order == list(range(10))


def test_selection_survives_sorting_and_filtering(opened: MainWindow) -> None:
    document, table = opened.bench.document, opened.layers.table
    document.select(["block1/conv", "block3/conv"])
    table.sort_layers(INDEX["id"], DOWN)
    rows = {index.row() for index in table.selectionModel().selectedRows()}
    assert {table.layers.layer_id(r) for r in rows} == {"block1/conv", "block3/conv"}
    table.layers.set_filter("block1")
    assert len(table.selectionModel().selectedRows()) == 1
    assert document.selection == ("block1/conv", "block3/conv"), "a filter hides, it does not unselect"
    table.layers.set_filter("")
    assert len(table.selectionModel().selectedRows()) == 2


def test_every_cell_has_text_and_a_full_value(opened: MainWindow) -> None:
    for column in COLUMNS:
        for row in opened.layers.table.layers.rows:
            for shown in (row, replace(row, before=SourceTiming("timed", 5.0, 1.0, 0.1), after=None)):
                assert isinstance(column.text(shown), str), column.key
                assert column.full(shown), column.key


def test_treated_layers_bear_icon_and_words(opened: MainWindow) -> None:
    document, model = opened.bench.document, opened.layers.table.layers
    recipe = treat(document.recipe, "quantization", "int8_static", ["block0/conv"])
    document.edit(treat(recipe, "pruning", "magnitude_weights", ["block0/conv"], {"ratio": 0.5}), "both")
    index = model.index(0, INDEX["treatment"])
    assert index.data(MARK_ROLE) == "quantize prune"
    assert index.data().replace("\u202f", " ") == "int8 static, pruned 50 %"
    assert model.index(1, INDEX["treatment"]).data(MARK_ROLE) == ""


def test_delegate_draws_the_bar(opened: MainWindow) -> None:
    model = opened.layers.table.layers
    model.rows = [replace(r, before=SourceTiming("timed", 5.0, 0.0, 0.5)) for r in model.rows]
    model._largest_share = 0.5
    image = QImage(104, 26, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.white)
    option = QStyleOptionViewItem()
    option.rect = image.rect()
    painter = QPainter(image)
    CellDelegate(opened.bench.theme).paint(painter, option, model.index(0, INDEX["share"]))
    painter.end()
    assert image.pixelColor(20, 13) == opened.bench.theme.color("after")


def test_scopes_add_up(opened: MainWindow) -> None:
    rows = opened.layers.table.layers.rows
    root = build(rows)
    add_up(root, rows)
    assert [child.name for child in root.children] == [f"block{n}" for n in range(5)]
    assert root.parameters == sum(row.layer.parameters for row in rows)
    assert root.macs == sum(row.layer.macs or 0 for row in rows)
    assert root.children[0].layers == ["block0/conv", "block0/relu"]


def test_ten_thousand_layers_sort_in_a_moment(opened: MainWindow) -> None:
    """Not a timing of the machine: a proxy that calls back for each comparison takes a hundred times this."""
    model = opened.layers.table.layers
    base = model.rows[0]
    model.beginResetModel()
    model.rows = [
        Row(n, replace(base.layer, id=f"layer{n}", parameters=(n * 7919) % 10_007), None) for n in range(10_000)
    ]
    model.order = list(range(10_000))
    model.endResetModel()
    began = time.perf_counter()
    model.sort_by(INDEX["parameters"], DOWN)
    assert time.perf_counter() - began < 2
    values = [model.rows[n].layer.parameters for n in model.order]
    assert values == sorted(values, reverse=True)


def test_tree_selects_all_layers_of_a_scope(opened: MainWindow) -> None:
    opened.layers.show_view("tree")
    tree = opened.layers.tree
    tree.setCurrentIndex(tree.model().index(2, 0))
    assert opened.bench.document.selection == ("block2/conv", "block2/relu")
    assert isinstance(tree.scopes, ScopeModel)


def test_inputs_are_those_that_are_no_constants(opened: MainWindow) -> None:
    model = opened.layers.table.layers
    assert model.index(0, INDEX["input"]).data() == "1×4×16×16", "without the weight of the Conv"


def test_columns_of_words_are_as_wide_as_their_words(opened: MainWindow) -> None:
    table, document = opened.layers.table, opened.bench.document
    empty = table.columnWidth(INDEX["treatment"])
    document.edit(treat(document.recipe, "pruning", "magnitude_weights", ["block0/conv"], {"ratio": 0.5}), "prune")
    both = treat(document.recipe, "quantization", "int8_static", ["block0/conv"])
    document.edit(both, "quantize")
    assert table.columnWidth(INDEX["treatment"]) > empty
    for key in ("id", "op", "treatment", "input", "output"):
        texts = [table.layers.index(row, INDEX[key]).data() for row in range(table.layers.rowCount())]
        widest = max(table.fontMetrics().horizontalAdvance(text) for text in texts)
        assert table.columnWidth(INDEX[key]) >= widest


def test_layers_say_where_they_ran(opened: MainWindow) -> None:
    table, model = opened.layers.table, opened.layers.table.layers
    assert table.isColumnHidden(INDEX["provider"])
    measured.add(opened.bench.document)
    assert not table.isColumnHidden(INDEX["provider"])
    cells = {model.layer_id(row): model.index(row, INDEX["provider"]) for row in range(model.rowCount())}
    assert cells["block0/conv"].data() == "CUDA"
    assert cells["block0/conv"].data(MARK_ROLE) == ""
    assert cells["block1/conv"].data().replace("\u202f", " ") == "CPU, copies 30 µs"
    assert cells["block1/conv"].data(MARK_ROLE) == "fallback copy"
    assert cells["block4/relu"].data() == ""


def test_heads_have_room_for_their_titles_beside_the_arrow(opened: MainWindow) -> None:
    table = opened.layers.table
    head = table.horizontalHeader()
    assert isinstance(head, Head)
    table.sort_layers(INDEX["op"])
    shown = QStyleOptionHeader()
    head.initStyleOption(shown)
    head.initStyleOptionForIndex(shown, INDEX["op"])
    assert shown.text == f"{Head.ARROW}Op"
    for number, column in enumerate(COLUMNS):
        if not table.isColumnHidden(number):
            title = head.fontMetrics().horizontalAdvance(Head.ARROW + column.title)
            assert table.columnWidth(number) > title, column.key


def test_the_largest_number_of_a_layer_is_not_cut(opened: MainWindow) -> None:
    table = opened.layers.table
    before = table.columnWidth(INDEX["number"])
    table.layers.rows[0] = replace(table.layers.rows[0], number=123_456)
    table._fit("number")
    assert table.columnWidth(INDEX["number"]) > max(before, table.fontMetrics().horizontalAdvance("123456") + 16)
