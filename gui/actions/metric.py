"""A metric of the user's own, computed with each verification."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog

from engine.errors import EngineError
from gui.action import Action
from gui.actions.file import has_model
from gui.language import mark, tr
from gui.metric import AllowedMetric, content_sha256, functions_in
from gui.workbench import Workbench


def ask_for_metric(bench: Workbench) -> None:
    name, _ = QFileDialog.getOpenFileName(
        bench.window, tr("Choose a metric"), bench.settings.value.folder, tr("Python (*.py)")
    )
    if name:
        choose_metric(bench, Path(name))


def choose_metric(bench: Workbench, path: Path) -> None:
    """Read which functions there are, and ask whether the file may run."""
    from gui.dialogs.metric import MetricDialog

    try:
        functions, sha256 = functions_in(path), content_sha256(path)
    except EngineError as error:
        bench.window.show_error(error)
        return
    dialog = MetricDialog(path, functions, bench.window)

    def allowed() -> None:
        metric = AllowedMetric(path, dialog.function.currentText(), sha256)
        bench.document.set_metric(metric)
        bench.document.log(tr("Verify also computes {metric} of {path}").format(metric=metric.name, path=path))

    dialog.accepted.connect(allowed)
    dialog.open()


ACTIONS = (
    Action("metric", mark("Metric from a Python file…"), "Data", mark("A function of your own that is computed with "
           "each verification; asks before anything of the file runs"), ask_for_metric, enabled_when=has_model),
    Action("no_metric", mark("No metric of my own"), "Data", mark("Verify without the function of the Python file"),
           lambda b: b.document.set_metric(None), enabled_when=lambda b: b.document.metric is not None),
)  # fmt: skip
