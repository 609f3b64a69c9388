"""What leaves the window as text, picture or table: rows, the inspector, plots, and what a bug report needs to know."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QListView, QTableView, QTreeView

from engine.errors import EngineError
from gui.action import Action
from gui.actions.file import has_model
from gui.language import mark, tr
from gui.plots.share import PlotShare, shares_in
from gui.tables.text import rows_text
from gui.workbench import Workbench


def _put(bench: Workbench, text: str, what: str) -> None:
    QGuiApplication.clipboard().setText(text)
    bench.document.log(tr("Copied {what}").format(what=what))


def copy(bench: Workbench) -> None:
    """Of the table that has the focus, else of the layers."""
    focused = QApplication.focusWidget()
    layers = bench.window.layers
    view = focused if isinstance(focused, QTableView | QTreeView | QListView) else layers.table
    text = rows_text(view)
    what = tr("{count} rows of {table}")
    _put(
        bench,
        text,
        what.format(count=text.count("\n") + isinstance(view, QListView), table=view.accessibleName() or tr("a table")),
    )


def copy_inspector(bench: Workbench) -> None:
    _put(bench, bench.window.inspector.as_text(), tr("what the inspector says"))


def environment_text(bench: Workbench) -> str:
    """Versions, machine, device, model and recipe; nothing of the model's content."""
    from engine.profiling.machine import environment
    from engine.version import version
    from gui.opened import facts_of

    document = bench.document
    opened, settings = document.opened, document.settings
    facts = facts_of(settings.device)
    lines = [f"Lathe {version()}"]
    lines += [f"{name}: {value}" for name, value in environment().items() if name != "lathe"]
    try:
        told = bench.workshop.runtime(settings).backend.environment(settings.device)
    except EngineError as error:  # a report about a broken runtime must still be possible
        told = {"runtime": f"not available: {error}"}
    lines += [f"{name}: {value}" for name, value in told.items() if not any(s.startswith(f"{name}:") for s in lines)]
    lines.append(f"device: {settings.device}, {settings.threads or 'auto'} threads, batch {settings.batch}")
    lines += [] if facts is None else [f"target: {facts.why}"]
    lines.append(f"platform: {QGuiApplication.platformName()}, scale {bench.window.devicePixelRatioF():g}")
    if opened is not None:
        lines.append(f"model: {len(opened.index.layers)} layers, {opened.source.file_bytes:,} bytes")
        lines.append(f"recipe: {len(document.recipe.rules)} rules")
    return "\n".join(line for line in lines if line)


def copy_environment(bench: Workbench) -> None:
    _put(bench, environment_text(bench), tr("the environment"))
    bench.window.messages.show_text(tr("The environment is on the clipboard: paste it into the report"), "info")


def plot_of(bench: Workbench) -> PlotShare | None:
    """The largest plot of the panel that is shown."""
    panel = bench.window.tabs.currentWidget()
    return next(iter(shares_in(panel)), None) if panel is not None and panel.isVisible() else None


def with_plot(run: Callable[[PlotShare], None]) -> Callable[[Workbench], None]:
    def act(bench: Workbench) -> None:
        if (plot := plot_of(bench)) is not None:
            run(plot)

    return act


def has_plot(bench: Workbench) -> bool:
    return plot_of(bench) is not None


ACTIONS = (
    Action("copy", mark("Copy rows as text"), "Edit", mark("The selected rows of the table that has the focus, else of "
           "the layers, with tabs"), copy, ("Ctrl+C",), "copy", has_model),
    Action("copy_inspector", mark("Copy what the inspector says"), "Edit", mark("All of it as lines of text"),
           copy_inspector, ("Ctrl+Alt+C",), enabled_when=has_model),
    Action("plot_picture", mark("Copy plot as picture"), "View", mark("The plot of the panel that is shown, onto the "
           "clipboard"), with_plot(PlotShare.copy_picture), ("Ctrl+Alt+P",), enabled_when=has_plot),
    Action("plot_data", mark("Save data of plot as CSV…"), "View", mark("The figures behind the plot that is shown"),
           with_plot(PlotShare.ask_data), enabled_when=has_plot),
    Action("copy_environment", mark("Copy environment"), "Help", mark("Versions, machine and device, for a bug report; "
           "nothing of the model's content"), copy_environment),
)  # fmt: skip
