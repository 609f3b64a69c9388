"""Layers by rule: every line that is set must hold; and preferences that hold at once."""

from __future__ import annotations

from dataclasses import replace

from gui.dialogs.preferences import PreferencesDialog
from gui.dialogs.select_rule import LayerRule, SelectRuleDialog, matching
from gui.main_window import MainWindow
from gui.timings import SourceTiming
from gui.treatment import treat


def test_all_conditions_must_hold(opened: MainWindow) -> None:
    shares = [0.5, 0.2, 0.02, 0.005]
    rows = [
        replace(row, before=SourceTiming("timed", share * 100, share, share) if n < 4 else None)
        for n, (row, share) in enumerate(zip(opened.layers.table.layers.rows, [*shares, *[0.0] * 6], strict=True))
    ]
    assert matching(LayerRule("Conv", time=0.01), rows) == ["block0/conv", "block1/conv"]
    assert matching(LayerRule(time=0.01), rows) == ["block0/conv", "block0/relu", "block1/conv"]
    assert len(matching(LayerRule("Conv", macs=0.19), rows)) == 5
    assert matching(LayerRule("Conv", macs=0.21), rows) == []
    assert len(matching(LayerRule(parameters=0.1), rows)) == 5


def test_the_dialog_counts_and_selects(opened: MainWindow) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    document.select(["block1/conv"])
    dialog = SelectRuleDialog(opened.bench)
    assert dialog.op.currentData() == "Conv", "it starts with what is selected"
    assert not dialog.time.isEnabled(), "nothing is measured yet"
    assert dialog.count.text() == "5 of 10 layers"
    dialog.untreated.setChecked(True)
    assert dialog.count.text() == "4 of 10 layers"
    dialog.buttons.accepted.emit()
    assert document.selection == ("block1/conv", "block2/conv", "block3/conv", "block4/conv")


def test_preferences_hold_at_once_and_are_kept(opened: MainWindow) -> None:
    bench = opened.bench
    dialog = PreferencesDialog(bench)
    dialog.theme.setCurrentIndex(dialog.theme.findData("dark"))
    assert bench.theme.tokens.name == "dark" and bench.settings.value.theme == "dark"
    dialog.tell.setValue(0)
    assert bench.settings.value.tell_after_s == 0
    assert dialog.forget.isEnabled()
    dialog.forget.click()
    assert bench.settings.value.recent == () and not dialog.forget.isEnabled()
    dialog.reject()
