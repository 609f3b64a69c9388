"""The report from the window: the variants with what is measured, and the commands that make them again."""

from __future__ import annotations

import json
from pathlib import Path

from engine.recipe import Recipe
from gui.actions.report import save_to
from gui.main_window import MainWindow
from gui.treatment import treat
from tests.gui import measured
from tests.gui.conftest import Wait


def test_the_variants_are_in_the_page(opened: MainWindow, tmp_path: Path, settle: Wait) -> None:
    document = opened.bench.document
    assert not opened.actions_set.qt["report"].isEnabled(), "without figures there is nothing to report"
    measured.add(document)
    document.change(document.variants.duplicate(0), "duplicate")
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    document.add_measurement(document.key(document.recipe), measured.measurement(document))
    document.change(document.variants.rename(1, "small & fast"), "rename")
    save_to(opened.bench, tmp_path / "r.html")
    settle()
    page = (tmp_path / "r.html").read_text(encoding="utf-8")
    assert page.count("<section>") == 2, "the empty variant is the float model"
    assert "small &amp; fast" in page
    assert "int8 static" in page
    assert "lathe optimize" in page
    recipe = page.split("&lt;&lt;&#x27;END&#x27;\n")[1].split("\nEND")[0].replace("&quot;", '"')
    assert Recipe.from_json(json.loads(recipe)) == document.recipe, "the page alone makes the variant again"


def test_a_report_is_never_written_over_the_model(opened: MainWindow, model_file: Path) -> None:
    measured.add(opened.bench.document)
    before = model_file.read_bytes()
    save_to(opened.bench, model_file)
    assert model_file.read_bytes() == before
    assert "never written" in opened.messages.text


def test_a_column_sorts_by_value_and_what_is_unknown_stays_last() -> None:
    """The page's own script, in Qt's engine: it knows no document, which is the rest of it."""
    from PySide6.QtQml import QJSEngine

    from engine.reports.sorting import SCRIPT

    engine = QJSEngine()
    asked = """
        [inOrder([3.8e6, null, 896, 1630], false), inOrder([3.8e6, null, 896, 1630], true),
         inOrder(["mul", "conv", "add"], false), inOrder([1, 1, 2], true)]
    """
    result = engine.evaluate(f"const document = {{ querySelectorAll: () => [] }};{SCRIPT};JSON.stringify({asked})")
    assert not result.isError(), result.toString()
    assert json.loads(result.toString()) == [[2, 3, 0, 1], [0, 3, 2, 1], [2, 1, 0], [2, 0, 1]]
