"""The report: all variants with what is measured of them, as one HTML page."""

from __future__ import annotations

from pathlib import Path

from engine.errors import EngineError
from gui.action import Action
from gui.actions.profiles import kept_files
from gui.calls import reporting
from gui.language import mark, tr
from gui.saving import ask_name
from gui.session import session_of
from gui.workbench import Workbench


def has_figures(bench: Workbench) -> bool:
    return bool(bench.document.measurements)


def ask(bench: Workbench) -> None:
    opened = bench.document.opened
    assert opened is not None
    start = bench.settings.value.save_folder / f"{opened.path.stem}.report.html"
    kinds = tr("Web pages (*.html)")
    if path := ask_name(bench.window, tr("Save the report"), start, kinds, ".html"):
        save_to(bench, path)


def save_to(bench: Workbench, path: Path) -> None:
    from engine.targets import check_target

    document = bench.document
    opened = document.opened
    assert opened is not None
    try:
        target = check_target(path, kept_files(bench))
    except EngineError as error:
        bench.window.show_error(error)
        return
    variants = reporting.variants_of(document)

    def done(size: int) -> None:
        told = tr("Report of {count} models saved to {path} ({size} bytes)")
        document.log(told.format(count=len(variants), path=path, size=f"{size:,}"))
        told = tr("Report saved to {path}. Any browser shows and prints it.")
        bench.window.messages.show_text(told.format(path=path))

    bench.glances.run(tr("Writing the report"), reporting.write, opened, variants, session_of(document, {}).data,
                      target, done=done, failed=bench.window.show_error)  # fmt: skip


ACTIONS = (
    Action("report", mark("Save report…"), "File", mark("All variants with their figures, plots and commands as one "
           "HTML page"), ask, ("Ctrl+Shift+H",), "report", enabled_when=has_figures),
)  # fmt: skip
