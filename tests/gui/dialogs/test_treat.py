"""The dialog that quantizes or prunes: as high as its texts."""

from __future__ import annotations

from PySide6.QtWidgets import QApplication, QLabel

from gui.dialogs.treat import quantize_dialog
from gui.main_window import MainWindow
from gui.treatment import treat


def test_no_text_is_cut_off(opened: MainWindow, qapp: QApplication) -> None:
    opened.bench.document.select(layer.id for layer in opened.bench.document.layers)
    dialog = quantize_dialog(opened.bench)
    dialog._left_out.setText("\n".join(["a reason of some length that takes more than one line of the dialog"] * 6))
    dialog.open()
    for _ in range(3):
        qapp.processEvents()
    for text in dialog.findChildren(QLabel):
        if text.isVisible() and text.wordWrap():
            assert text.height() >= text.heightForWidth(text.width()), text.text()
    dialog.close()


def test_it_starts_with_what_the_layers_have_or_gain_by(opened: MainWindow) -> None:
    document = opened.bench.document
    document.select(["block0/conv", "block1/conv"])
    dialog = quantize_dialog(opened.bench)
    assert dialog.choice.currentData() == "int8_static"
    dialog.reject()
    document.edit(treat(document.recipe, "quantization", "int8_weights", document.selection), "quantize")
    dialog = quantize_dialog(opened.bench)
    assert dialog.choice.currentData() == "int8_weights"
    dialog.reject()


def test_options_for_one_layer_or_for_all_that_have_the_scheme(opened: MainWindow) -> None:
    document = opened.bench.document
    convs = [layer.id for layer in document.layers if layer.op == "Conv"]
    document.edit(treat(document.recipe, "quantization", "int8_static", convs[:4]), "quantize")
    for everywhere, changed in ((False, convs[:1]), (True, convs[:4])):
        document.select(convs[:1])
        dialog = quantize_dialog(opened.bench)
        assert "3 other layers" in dialog.others.text()
        dialog.form.fields["ranges"].set("mse")
        dialog.others.setChecked(everywhere)
        dialog._apply()
        found = [r.selector for r in document.recipe.rules if r.options.get("ranges") == "mse"]
        assert sorted(map(str, found)) == changed
        assert len(document.recipe.rules) == 4
