"""Sensitivity: measure what treating each layer costs, and keep the worst in float."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QApplication

from gui import numbers
from gui.action import Action
from gui.actions.file import has_model
from gui.actions.view import show
from gui.calls import checking
from gui.language import mark, tr
from gui.sensitivity import ScanRequest, scan_key
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.recipe import Recipe
    from engine.verification.sensitivity import Sensitivity


def start(bench: Workbench, request: ScanRequest) -> None:
    """Rows show as they come; whatever ends it, those that are there stay and a second start goes on."""
    document = bench.document
    opened, key = document.opened, scan_key(document, request)
    if opened is None or bench.jobs.busy:
        return
    before = QApplication.focusWidget()

    def take(found: Sensitivity) -> None:
        if document.opened is opened:
            document.add_scan(key, found)

    def done(found: Sensitivity) -> None:
        take(found)
        told = tr("Sensitivity of {count} of {planned} layers in {seconds} s")
        if found.complete:
            told = tr("Sensitivity of {count} layers in {seconds} s")
        count, seconds = len(found.layers), numbers.three(found.seconds)
        document.log(told.format(count=count, planned=found.planned, seconds=seconds))

    def ended() -> None:
        from engine.verification.sensitivity import Sensitivity

        # Also cancelled it keeps what there is: it is on disk, and a resumed scan shows it.
        kept, known = job.progress.kept, document.scan(key)
        if isinstance(kept, Sensitivity) and (known is None or len(kept.layers) > len(known.layers)):
            take(kept)
        panel: Any = bench.window.panels["sensitivity"]
        panel.ended()
        if QApplication.focusWidget() is before:  # who went on to something else stays there
            panel.slider.setFocus()

    bench.window.messages.hide()
    bench.window.show_panel("sensitivity")
    job = bench.jobs.run(
        tr("Measuring sensitivity"),
        checking.sensitivity,
        bench.workshop,
        opened,
        request,
        document.settings,
        document.data,
        done=done,
        partial=take,
        failed=bench.window.show_error,
        ended=ended,
    )


def keep(bench: Workbench, recipe: Recipe, name: str) -> None:
    document = bench.document
    if recipe == document.recipe:
        bench.window.messages.show_text(tr("The recipe has this already."))
        return
    document.edit(recipe, name)
    document.log(tr("From the sensitivity scan: {edit}").format(edit=name))


def start_from_form(bench: Workbench) -> None:
    bench.window.show_panel("sensitivity")
    panel: Any = bench.window.panels["sensitivity"]
    panel.start()


def connect(window: Any) -> None:  # MainWindow, which imports the panels
    panel = window.panels["sensitivity"]
    panel.start_wanted.connect(lambda request: start(window.bench, request))
    panel.stop_wanted.connect(window.bench.jobs.finish)
    panel.keep_wanted.connect(lambda recipe, name: keep(window.bench, recipe, name))


ACTIONS = (
    Action("sensitivity_panel", mark("Sensitivity"), "View", mark("What treating each layer costs, and how many to "
           "keep in float"), show("sensitivity"), ("Ctrl+Shift+N",), enabled_when=has_model),
    Action("sensitivity", mark("Measure sensitivity"), "Measure", mark("Treat one layer at a time and measure the "
           "loss, with the settings of the Sensitivity panel"), start_from_form, ("F9",),
           enabled_when=lambda b: has_model(b) and not b.window.measuring),
)  # fmt: skip
