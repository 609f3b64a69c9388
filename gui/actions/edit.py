"""Undo, redo, selection, and the treatments of layers."""

from __future__ import annotations

from dataclasses import replace

from gui.action import Action
from gui.actions.file import has_model
from gui.calls.gains import Gaining, gaining
from gui.language import mark, tr
from gui.treatment import clear, treat
from gui.workbench import Workbench

USUAL_SCHEME = "int8_static"


def has_selection(bench: Workbench) -> bool:
    return bool(bench.document.selection)


def count_text(ids: tuple[str, ...]) -> str:
    return ids[0] if len(ids) == 1 else tr("{count} layers").format(count=len(ids))


def quantize(bench: Workbench) -> None:
    from gui.dialogs.treat import quantize_dialog

    quantize_dialog(bench).open()


def prune(bench: Workbench) -> None:
    from gui.dialogs.treat import prune_dialog

    prune_dialog(bench).open()


def keep_float(bench: Workbench) -> None:
    document = bench.document
    ids = document.selection
    label = tr("keep {layers} in float").format(layers=count_text(ids))
    document.edit(treat(document.recipe, "quantization", "float", ids), label)


def clear_selected(bench: Workbench) -> None:
    document = bench.document
    ids = document.selection
    recipe = clear(document.recipe, ids, document.layers, document.fits)
    document.edit(recipe, tr("clear {layers}").format(layers=count_text(ids)))


def clear_all(bench: Workbench) -> None:
    document = bench.document
    document.edit(replace(document.recipe, rules=()), tr("clear all treatments"))


def switch_clean(bench: Workbench) -> None:
    document = bench.document
    clean = not document.recipe.clean
    document.edit(replace(document.recipe, clean=clean), tr("clean first") if clean else tr("do not clean"))


def select_all(bench: Workbench) -> None:
    bench.document.select(bench.window.layers.shown_ids())


def select_none(bench: Workbench) -> None:
    bench.document.select(())


def select_same_op(bench: Workbench) -> None:
    """All layers of the selected ones' operator types."""
    layers = bench.document.layers
    chosen = set(bench.document.selection)
    ops = {layer.op for layer in layers if layer.id in chosen}
    bench.document.select(layer.id for layer in layers if layer.op in ops)


def select_by_rule(bench: Workbench) -> None:
    from gui.dialogs.select_rule import SelectRuleDialog

    SelectRuleDialog(bench).open()


def select_quantizable(bench: Workbench) -> None:
    """The layers that gain, measured once for each model and device."""
    document = bench.document
    opened = document.opened
    assert opened is not None

    def done(found: Gaining) -> None:
        if document.opened is not opened:
            return
        document.select(found.layers)
        for line in found.said:
            document.log(line)
        for layer_id, reason in found.reasons.items():
            document.log(tr("{layer} gains nothing: {reason}").format(layer=layer_id, reason=reason))
        bench.window.messages.show_text("; ".join(found.said) or tr("No layer gains"), "info")

    bench.window.messages.hide()
    bench.jobs.run(tr("Measuring which layers gain"), gaining, bench.workshop, opened, document.recipe, USUAL_SCHEME,
                   document.settings, document.data, done=done, failed=bench.window.show_error)  # fmt: skip


def focus_filter(bench: Workbench) -> None:
    bench.window.layers.focus_filter()


ACTIONS = (
    Action("undo", mark("Undo"), "Edit", mark("The recipe as it was before the last edit"), lambda b: b.document.undo(),
           ("Ctrl+Z",), "undo", lambda b: bool(b.document.undo_label)),
    Action("redo", mark("Redo"), "Edit", mark("Do again what was undone"), lambda b: b.document.redo(),
           ("Ctrl+Shift+Z", "Ctrl+Y"), "redo", lambda b: bool(b.document.redo_label)),
    Action("select_all", mark("Select all shown"), "Edit", mark("All layers that the filter leaves"), select_all,
           ("Ctrl+A",), enabled_when=has_model),
    Action("select_none", mark("Select none"), "Edit", mark("Clear the selection"), select_none, ("Ctrl+Shift+A",),
           enabled_when=has_selection),
    Action("select_op", mark("Select same op"), "Edit", mark("All layers with the operator types of the selected ones"),
           select_same_op, ("Ctrl+T",), enabled_when=has_selection),
    Action("select_rule", mark("Select by rule…"), "Edit", mark("As in all Conv with more than 1 % of the time"),
           select_by_rule, ("Ctrl+Alt+A",), enabled_when=has_model),
    Action("select_quantizable", mark("Select what gains by quantization"), "Edit", mark("All layers that run faster "
           "as static int8, measured on the device; by what is known of it where it is not here"), select_quantizable,
           ("Ctrl+Shift+Q",), enabled_when=lambda b: has_model(b) and not b.window.measuring),
    Action("filter", mark("Filter layers"), "Edit", mark("Go to the filter of the layers"), focus_filter, ("Ctrl+F",),
           "filter", has_model),
    Action("quantize", mark("Quantize…"), "Treat", mark("Quantize the selected layers"), quantize, ("Q",), "quantize",
           has_selection),
    Action("prune", mark("Prune…"), "Treat", mark("Prune the weights of the selected layers"), prune, ("P",), "prune",
           has_selection),
    Action("keep_float", mark("Keep float"), "Treat", mark("Leave the selected layers in float, whatever wider rules "
           "say"), keep_float, ("K",), "float", has_selection),
    Action("clear", mark("Clear"), "Treat", mark("Take the treatment of the selected layers back"), clear_selected,
           ("Del", "Backspace"), "clear", has_selection),
    Action("clear_all", mark("Clear all treatments"), "Treat", mark("An empty recipe; undo brings the old one back"),
           clear_all, enabled_when=lambda b: b.document.treated),
    Action("clean", mark("Clean first"), "Treat", mark("Fold constants and batch norms, drop dead nodes, before "
           "anything else"), switch_clean, enabled_when=has_model, checked=lambda b: b.document.recipe.clean),
)  # fmt: skip
