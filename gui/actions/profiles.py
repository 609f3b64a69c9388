"""Save the profile that is shown, and load one that was saved."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtWidgets import QFileDialog

from engine.errors import DataError, EngineError
from gui.action import Action
from gui.language import mark, tr
from gui.saving import ask_name
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.profiling.profile import Profile
    from gui.figures import Measurement


def has_profile(bench: Workbench) -> bool:
    return bench.document.viewed is not None


def has_timeline(bench: Workbench) -> bool:
    viewed = bench.document.viewed
    return viewed is not None and viewed[1].timeline is not None


def profile_json(bench: Workbench, measurement: Measurement) -> dict[str, Any]:
    """As ``lathe profile --json`` prints it."""
    from engine.explain.placement import placement

    opened = bench.document.opened
    assert opened is not None
    profile = measurement.profile
    found: dict[str, Any] = {"model": str(opened.path), **profile.to_json()}
    found["placement"] = [asdict(row) for row in placement(profile)]
    explained = bench.document.explained
    if explained is not None and explained.explanation is not None:
        found |= explained.explanation.to_json()
    return found


def kept_files(bench: Workbench) -> dict[Path, str]:
    from engine.format import files_of

    opened = bench.document.opened
    return dict(files_of(opened.source)) if opened is not None else {}


def _suggested(bench: Workbench, ending: str) -> str:
    opened = bench.document.opened
    assert opened is not None
    return str(bench.settings.value.save_folder / f"{opened.path.stem}{ending}")


def save_json(bench: Workbench) -> None:
    start = _suggested(bench, ".profile.json")
    if path := ask_name(bench.window, tr("Save the profile"), start, tr("Profiles (*.json)"), ".json"):
        save_json_to(bench, path)


def save_json_to(bench: Workbench, path: Path) -> None:
    from engine.targets import check_target, write_text

    viewed = bench.document.viewed
    assert viewed is not None
    try:
        write_text(check_target(path, kept_files(bench)), json.dumps(profile_json(bench, viewed[1]), indent=1))
    except EngineError as error:
        bench.window.show_error(error)
        return
    _said(bench, tr("Profile saved to {path}. `lathe profile --baseline` compares with it.").format(path=path))


def save_csv(bench: Workbench) -> None:
    name = QFileDialog.getExistingDirectory(
        bench.window, tr("Choose a folder for the tables of the profile"), str(bench.settings.value.save_folder)
    )
    if name:
        save_csv_to(bench, Path(name))


def save_csv_to(bench: Workbench, folder: Path) -> None:
    """Into a folder named after the model: the tables have names that say nothing of it."""
    from engine.explain.tables import check_folder, profile_tables, write_tables

    document = bench.document
    assert document.viewed is not None
    assert document.opened is not None
    tables = profile_tables(document.viewed[1].profile)
    target = folder / f"{document.opened.path.stem}.profile"
    try:
        check_folder(target, [table.name for table in tables], kept_files(bench))
        write_tables(target, tables)
    except EngineError as error:
        bench.window.show_error(error)
        return
    _said(bench, tr("Profile saved as {count} tables in {folder}").format(count=len(tables), folder=target))


def save_trace(bench: Workbench) -> None:
    start = _suggested(bench, ".trace.json")
    if path := ask_name(bench.window, tr("Save the timeline"), start, tr("Traces (*.json)"), ".json"):
        save_trace_to(bench, path)


def save_trace_to(bench: Workbench, path: Path) -> None:
    from engine.profiling.trace import write_trace
    from engine.targets import check_target

    viewed = bench.document.viewed
    assert viewed is not None
    assert viewed[1].timeline is not None
    try:
        write_trace(check_target(path, kept_files(bench)), viewed[1].timeline, viewed[1].profile)
    except EngineError as error:
        bench.window.show_error(error)
        return
    _said(bench, tr("Timeline saved to {path}. ui.perfetto.dev opens it.").format(path=path))


def load_profile(bench: Workbench) -> None:
    name, _ = QFileDialog.getOpenFileName(
        bench.window, tr("Load a profile to compare with"), bench.settings.value.folder, tr("Profiles (*.json)")
    )
    if name:
        load_profile_from(bench, Path(name))


def load_profile_from(bench: Workbench, path: Path) -> None:
    def read(*, progress: object) -> Profile:
        return read_profile(path)

    def done(profile: Profile) -> None:
        bench.window.difference.add_saved(path, profile)
        bench.window.show_panel("difference")
        bench.document.log(tr("Loaded the profile {path} to compare with").format(path=path))

    bench.glances.run(tr("Reading {name}").format(name=path.name), read, done=done, failed=bench.window.show_error)


def read_profile(path: Path) -> Profile:
    """A saved profile.

    Raises:
        DataError: the file is none.
    """
    from engine.profiling.profile import profile_from_json

    way_out = tr("Choose what File, Save profile or `lathe profile --json` wrote.")
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(
            tr("cannot be read: {reason}").format(reason=error.strerror), where=str(path), way_out=way_out
        ) from None
    except (ValueError, RecursionError):
        raise DataError(tr("is not JSON"), where=str(path), way_out=way_out) from None
    return profile_from_json(stored, where=str(path))


def _said(bench: Workbench, text: str) -> None:
    bench.document.log(text)
    bench.window.messages.show_text(text)


ACTIONS = (
    Action("save_profile", mark("Save profile as JSON…"), "File", mark("The profile that is shown, to compare with "
           "later"), save_json, ("Ctrl+Shift+S",), enabled_when=has_profile),
    Action("save_tables", mark("Save profile as CSV…"), "File", mark("Layers, kernels and figures as tables in a "
           "folder"), save_csv, enabled_when=has_profile),
    Action("save_trace", mark("Save timeline for Perfetto…"), "File", mark("The kernels of one run as a trace that "
           "ui.perfetto.dev and chrome://tracing open"), save_trace, enabled_when=has_timeline),
    Action("load_profile", mark("Compare with a saved profile…"), "Measure", mark("Load a profile and show what "
           "differs, layer by layer"), load_profile, enabled_when=lambda b: b.document.opened is not None),
)  # fmt: skip
