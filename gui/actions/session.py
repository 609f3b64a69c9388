"""Sessions: saved and opened by hand, kept by themselves, and taken up again after a crash."""

from __future__ import annotations

import contextlib
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, QTimer
from PySide6.QtWidgets import QFileDialog, QMessageBox

from engine.errors import EngineError
from engine.progress import Progress
from engine.session import SUFFIX, Session, SourceFile
from gui.action import Action
from gui.actions import file as file_actions
from gui.actions.file import has_model
from gui.calls import sessions
from gui.calls.sessions import Kept
from gui.language import mark, tr
from gui.paths import write_text
from gui.saving import ask_name
from gui.session import is_empty, run_settings, session_of, shapes_of
from gui.workbench import Workbench

if TYPE_CHECKING:
    from gui.opened import Opened

KEEP_MS = 1500


# -- saving --------------------------------------------------------------------------------------------------------


def save(bench: Workbench) -> None:
    place = bench.document.session_path
    if place is None:
        save_as(bench)
    elif bench.document.saved_elsewhere:
        _ask_which_stays(bench, place)
    else:
        save_to(bench, place)


def _ask_which_stays(bench: Workbench, place: Path) -> None:
    """Another window, or another program, has written the file since this window read or wrote it."""
    box = QMessageBox(bench.window)
    box.setWindowTitle(tr("The session has changed"))
    box.setText(tr("{name} was saved by another window since this one opened it.").format(name=place.name))
    box.setInformativeText(tr("Replacing it loses what was saved there."))
    replaces = box.addButton(tr("Replace"), QMessageBox.ButtonRole.DestructiveRole)
    other = box.addButton(tr("Save as…"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)
    box.setDefaultButton(other)

    def answered(button: object) -> None:
        if button is replaces:
            save_to(bench, place)
        elif button is other:
            save_as(bench)

    box.buttonClicked.connect(answered)
    box.finished.connect(box.deleteLater)
    box.open()


def save_as(bench: Workbench) -> None:
    opened = bench.document.opened
    assert opened is not None
    start = bench.document.session_path or bench.settings.value.save_folder / f"{opened.path.stem}{SUFFIX}"
    kinds = tr("Sessions ({patterns})").format(patterns=f"*{SUFFIX}")
    if path := ask_name(bench.window, tr("Save the session"), start, kinds, SUFFIX):
        save_to(bench, path)


def save_to(bench: Workbench, path: Path) -> None:
    from engine.format import files_of
    from engine.targets import check_target

    document = bench.document
    opened = document.opened
    assert opened is not None
    try:
        check_target(path, files_of(opened.source))
    except EngineError as error:
        bench.window.show_error(error)
        return
    session = session_of(document, bench.window.view_state())

    def done(source: SourceFile) -> None:
        if document.opened is not opened:
            return
        document.source_file = source
        document.saved_to(path, session.variants)
        bench.settings.add_recent(path)
        bench.window.show_title()
        document.log(tr("Session saved to {path}").format(path=path))
        text = tr("Session saved to {path}. `lathe {name}` opens it again.")
        bench.window.messages.show_text(text.format(path=path, name=path.name))

    bench.glances.run(tr("Saving {name}").format(name=path.name), sessions.write_session, opened.path, session, path,
                      done=done, failed=bench.window.show_error)  # fmt: skip


class Keeping(QTimer):
    """Runs from a change until the session is kept.

    Attributes:
        changes: how many there were since the window is open.
        kept: what was kept last: after how many of them, and with what of the window.
    """

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.setSingleShot(True)
        self.setInterval(KEEP_MS)
        self.changes = 0
        self.kept: tuple[int, Mapping[str, Any]] | None = None


# -- keeping -------------------------------------------------------------------------------------------------------


def place_of(bench: Workbench) -> Path:
    opened = bench.document.opened
    assert opened is not None
    return bench.folders.session_of(opened.path)


def keep(bench: Workbench) -> None:
    """Nothing is lost: what is open waits in the state folder until its model is opened again."""
    document = bench.document
    opened = document.opened
    if opened is None:
        return
    if is_empty(document):
        _forget(bench)
        return
    session = session_of(document, bench.window.view_state())
    number = bench.window.keeping.changes
    bench.glances.run(tr("Keeping the session"), sessions.write_session, opened.path, session, place_of(bench),
                      done=lambda source: _kept(bench, opened, source, number, session),
                      failed=lambda error: _not_kept(bench, error))  # fmt: skip


def _kept(bench: Workbench, opened: Opened, source: SourceFile, number: int, session: Session) -> None:
    if bench.document.opened is opened:
        bench.document.source_file = source
        bench.window.keeping.kept = number, session.window


def keep_now(bench: Workbench) -> None:
    """As ``keep``, for who cannot wait for a worker: another file is opened, or the window closes."""
    document = bench.document
    if document.opened is None:
        return
    if is_empty(document):
        _forget(bench)
        return
    session = session_of(document, bench.window.view_state())
    if bench.window.keeping.kept == (bench.window.keeping.changes, session.window):
        return  # with the figures of a large model it takes a second
    try:
        sessions.write_session(document.opened.path, session, place_of(bench), progress=Progress())
    except (EngineError, OSError) as error:
        _not_kept(bench, error)


def _forget(bench: Workbench) -> None:
    try:
        place_of(bench).unlink(missing_ok=True)
    except OSError as error:
        _not_kept(bench, error)


def _not_kept(bench: Workbench, error: Exception) -> None:
    text = tr("The session cannot be kept for the next opening: {error}. Save it to a file.")
    bench.document.log(text.format(error=error), "warning")


# -- opening -------------------------------------------------------------------------------------------------------


def open_session(bench: Workbench, place: Path) -> None:
    """A session file: its model is opened where it is now, and all that belongs to it comes back."""
    keep_now(bench)
    bench.jobs.cancel()
    folders = [Path(text).parent for text in bench.settings.value.recent]
    bench.jobs.run(tr("Opening {name}").format(name=place.name), sessions.read_session, place, folders,
                   done=lambda kept: _found(bench, kept))  # fmt: skip


def _found(bench: Workbench, kept: Kept) -> None:
    if kept.source is None:
        _ask_for_source(bench, kept)
        return
    bench.settings.update(**run_settings(kept.session))
    shapes, inputs = shapes_of(kept.session)
    old, model = bench.settings.value, str(kept.source)
    bench.settings.update(shapes={**old.shapes, model: shapes}, inputs={**old.inputs, model: inputs})
    bench.window.toolbar.show_settings()
    file_actions.open_with(bench, kept.source, kept)


def _ask_for_source(bench: Workbench, kept: Kept) -> None:
    recorded = Path(kept.session.source.path)
    box = QMessageBox(bench.window)
    box.setWindowTitle(tr("The model has moved"))
    box.setText(tr("{name} is neither where it was nor near the session.").format(name=recorded.name))
    text = tr("It was {path}. Recipes and figures are all there: only the model is missing.")
    box.setInformativeText(text.format(path=recorded))
    locate = box.addButton(tr("Locate the model…"), QMessageBox.ButtonRole.AcceptRole)
    box.addButton(QMessageBox.StandardButton.Cancel)

    def answered(button: object) -> None:
        if button is locate:
            asked = tr("Locate {name}").format(name=recorded.name)
            name, _ = QFileDialog.getOpenFileName(bench.window, asked, bench.settings.value.folder)
            if name:
                located(bench, kept, Path(name))

    box.buttonClicked.connect(answered)
    box.finished.connect(box.deleteLater)
    box.open()


def located(bench: Workbench, kept: Kept, path: Path) -> None:
    bench.jobs.run(tr("Checking the model"), sessions.check_source, kept, path, done=lambda found: _found(bench, found))


# -- after a crash -------------------------------------------------------------------------------------------------


def mark_running(bench: Workbench) -> None:
    """A note of what this window has open; it is taken away when the window closes, and stays after a crash."""
    opened = bench.document.opened
    if opened is None:
        return
    text = json.dumps({"pid": os.getpid(), "started": _started(os.getpid()), "model": str(opened.path)})
    try:
        write_text(bench.folders.running(os.getpid()), text)
    except OSError as error:
        text = tr("After a crash this session could not be found: {error}")
        bench.document.log(text.format(error=error), "warning")


def unmark_running(bench: Workbench) -> None:
    with contextlib.suppress(OSError):  # then it was not written either
        bench.folders.running(os.getpid()).unlink()


def left_behind(bench: Workbench) -> list[Path]:
    """The models of windows that ended without closing, the latest first; their notes are taken away."""
    found = []
    notes = [path for path in bench.folders.running(0).parent.glob("*.json") if path.is_file()]
    for note in sorted(notes, key=lambda path: -path.stat().st_mtime):
        try:
            said = json.loads(note.read_text(encoding="utf-8"))
            pid, started, model = int(said["pid"]), float(said["started"]), Path(said["model"])
        except (OSError, ValueError, KeyError, TypeError):
            note.unlink(missing_ok=True)
            continue
        if _started(pid) != started:
            note.unlink(missing_ok=True)
            if model.is_file() and bench.folders.session_of(model).is_file():
                found.append(model)
    return found


def recover(bench: Workbench) -> bool:
    """Take up what a crash left open; False where there is nothing."""
    models = left_behind(bench)
    if not models:
        return False
    bench.document.log(tr("Lathe did not end as it should: what was open is opened again"), "warning")
    file_actions.open_path(bench, models[0])
    return True


def _started(pid: int) -> float:
    import psutil

    try:
        return round(psutil.Process(pid).create_time(), 1)
    except (psutil.Error, OSError):
        return 0.0


# -- what came back ------------------------------------------------------------------------------------------------


def told(kept: Kept) -> str:
    """What there is to say of a session that is open again."""
    session = kept.session
    rules = sum(len(variant.recipe.rules) for variant in session.variants.items)
    variants = len(session.variants.items)
    profiles = len(kept.figures.measurements)
    text = tr("Back as you left it: {variants} with {rules}.")
    if profiles:
        text = tr("Back as you left it: {variants} with {rules} and {profiles}.")
    said = [
        text.format(
            variants=(tr("{count} variants") if variants > 1 else tr("{count} variant")).format(count=variants),
            rules=(tr("{count} rules") if rules != 1 else tr("{count} rule")).format(count=rules),
            profiles=(tr("{count} profiles") if profiles > 1 else tr("{count} profile")).format(count=profiles),
        )
    ]
    if kept.other:
        said.append(tr("The model file has changed since, so that nothing measured before holds: profile again (F5)."))
    if kept.lost:
        said.append(tr("{count} figures of another version could not be read.").format(count=kept.lost))
    return " ".join(said)


def restore_view(bench: Workbench, kept: Kept) -> None:
    """What was selected and shown."""
    bench.window.show_view_state(kept.session.window)
    there = {layer.id for layer in bench.document.layers}
    chosen = kept.session.window.get("selection")
    if isinstance(chosen, list):
        bench.document.select(i for i in chosen if i in there)


def connect(window: Any) -> None:  # MainWindow, which imports the panels
    bench: Workbench = window.bench
    timer = window.keeping = Keeping(window)
    timer.timeout.connect(lambda: keep(bench))

    def later() -> None:
        timer.changes += 1
        if bench.document.opened is not None and not timer.isActive():
            timer.start()

    bench.document.recipe_changed.connect(later)
    bench.document.figures_changed.connect(later)
    bench.document.replaced.connect(lambda: mark_running(bench))


ACTIONS = (
    Action("save_session", mark("Save session"), "File", mark("Variants, figures and settings in a file; the model "
           "stays where it is"), save, ("Ctrl+S",), "save", enabled_when=has_model),
    Action("save_session_as", mark("Save session as…"), "File", mark("The session under another name"), save_as,
           enabled_when=has_model),
)  # fmt: skip
