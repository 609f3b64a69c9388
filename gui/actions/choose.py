"""Let Lathe choose what stays in float."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.action import Action
from gui.actions.measure import can_measure
from gui.calls import checking
from gui.language import mark, tr
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.recipe import Recipe
    from engine.verification.search import Chosen


def ask(bench: Workbench) -> None:
    from gui.dialogs.choose import ChooseDialog

    dialog = ChooseDialog(bench.document, bench.window)
    dialog.wanted.connect(lambda recipe, points: choose(bench, recipe, points))
    dialog.open()


def choose(bench: Workbench, recipe: Recipe, points: float) -> None:
    """Search on the calibration part; what comes out is one edit of the recipe."""
    document = bench.document
    opened = document.opened
    if opened is None or bench.jobs.busy:
        return

    def done(chosen: Chosen) -> None:
        """The choice, or the best until the search was stopped."""
        from gui.dialogs.choose import ChosenDialog, headline, score_lines

        if document.opened is not opened:
            return
        document.note_reasons({kept.id: kept.reason for kept in chosen.kept})
        label = tr("let Lathe choose within {points} points").format(points=f"{points:g}")
        document.edit(chosen.recipe, label)
        for line in (headline(chosen, points), *score_lines(chosen)):
            document.log(line)
        for kept in chosen.kept:
            document.log(tr("{layer} stays in float: {reason}").format(layer=kept.id, reason=kept.reason))
        ChosenDialog(chosen, points, bench.window).open()

    bench.window.messages.hide()
    bench.jobs.run(
        tr("Choosing what stays in float"), checking.choose, bench.workshop, opened, recipe, points,
        document.settings, document.data, done=done, failed=bench.window.show_error, partial=done, deaf=True,
    )  # fmt: skip


ACTIONS = (
    Action("choose", mark("Let Lathe choose…"), "Treat", mark("Quantize what gains, and keep in float what a limit of "
           "loss needs; decided on the calibration data"), ask, ("Ctrl+Shift+G",), enabled_when=can_measure),
)  # fmt: skip
