"""Sessions in the window: everything comes back, also after a crash and when the model has moved."""

from __future__ import annotations

import json
import math
import os
from dataclasses import fields, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.profiling.fair import LatencyComparison
from engine.progress import Progress
from engine.session import Session, SourceFile, load_session, save_session
from engine.verification.compare import Comparison, OutputError
from gui.actions import session as actions
from gui.actions.file import open_path
from gui.app import build_window
from gui.calls import sessions
from gui.main_window import MainWindow
from gui.paths import Folders
from gui.stored_figures import READERS, from_store, to_store
from gui.tables.columns import INDEX
from gui.treatment import treat
from tests.gui import measured
from tests.gui.conftest import Wait, wait_for


@pytest.fixture
def worked(opened: MainWindow) -> MainWindow:
    """Two variants, a profile with its timeline, an exact comparison, a selection."""
    document = opened.bench.document
    measured.add(document)
    document.change(document.variants.duplicate(0), "duplicate")
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    key = document.data_key(document.recipe)
    document.add_comparison(key, Comparison(5, (OutputError("y", math.inf, 1.0, 0.0),), None))
    document.add_latency(key, LatencyComparison(2.0, 1.0, 0.5, (0.4, 0.6), 5, False, 1.0, (0.9, 1.1)))
    document.select(("block1/conv",))
    opened.show_panel("variants")
    return opened


def test_figures_survive_their_plain_form(worked: MainWindow) -> None:
    from engine.session import plain

    figures = worked.bench.document.figures
    stored = json.loads(json.dumps(plain(to_store(figures))))
    stored["comparisons"] = {}  # its infinity is read back by the session
    found, lost = from_store(stored, "here")
    assert lost == 0
    assert found.measurements == figures.measurements
    assert found.latency == figures.latency
    assert set(READERS) == {entry.name for entry in fields(figures)}
    stored["latency"] = {"key": {"a_ms": "fast"}}
    assert from_store(stored, "here")[1] == 1, "what cannot be read is left out, the rest is kept"


def test_a_saved_session_brings_everything_back(worked: MainWindow, tmp_path: Path, settle: Wait) -> None:
    document = worked.bench.document
    figures, variants, place = document.figures, document.variants, tmp_path / "work.lathe"
    actions.save_to(worked.bench, place)
    settle()
    assert not document.unsaved
    assert "work.lathe" in worked.windowTitle()
    worked.bench.folders.session_of(document.opened.path).unlink(missing_ok=True)  # type: ignore[union-attr]
    document.change(document.variants.remove(1), "delete")
    assert document.unsaved
    worked.show_panel("log")
    open_path(worked.bench, place)
    settle()
    assert document.variants == variants
    assert document.figures.measurements == figures.measurements
    assert document.latency_comparison is not None
    assert document.comparison is not None
    assert document.comparison.outputs[0].sqnr_db == math.inf
    assert document.selection == ("block1/conv",)
    assert worked.tabs.currentWidget() is worked.panels["variants"]
    assert not document.unsaved


def test_what_another_window_saved_is_not_lost_without_a_word(
    worked: MainWindow, tmp_path: Path, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    document, place = worked.bench.document, tmp_path / "work.lathe"
    actions.save_to(worked.bench, place)
    settle()
    document.change(document.variants.remove(1), "delete")
    actions.save(worked.bench)
    settle()
    assert not document.unsaved and not worked.findChildren(QMessageBox), "its own saving is no change"
    os.utime(place, ns=(0, 0))
    document.undo()
    for button, kept in (("Cancel", True), ("Replace", False)):
        actions.save(worked.bench)
        (box,) = (b for b in worked.findChildren(QMessageBox) if b.isVisible())
        assert "another window" in box.text()
        next(b for b in box.buttons() if b.text().replace("&", "") == button).click()
        settle()
        assert (place.stat().st_mtime_ns == 0) == kept
    assert not document.unsaved
    place.unlink()
    document.redo()
    actions.save(worked.bench)
    settle()
    assert place.is_file(), "there is nothing to lose"


@pytest.mark.parametrize("fate", ["there", "gone", "of another model"])
def test_what_was_saved_to_a_file_still_belongs_to_it_after_a_crash(
    fate: str,
    worked: MainWindow,
    folders: Folders,
    model_file: Path,
    tmp_path: Path,
    qapp: QApplication,
    settle: Wait,
) -> None:
    document, place = worked.bench.document, tmp_path / "work.lathe"
    worked.layers.table.sort_layers(INDEX["macs"], Qt.SortOrder.DescendingOrder)
    actions.save_to(worked.bench, place)
    settle()
    document.change(document.variants.remove(1), "delete")
    variants = document.variants
    actions.keep_now(worked.bench)
    if fate == "gone":
        place.unlink()
    elif fate == "of another model":
        save_session(replace(load_session(place), source=SourceFile("other.onnx", "0" * 64, 1)), place)
    other = build_window(qapp, folders)
    try:
        open_path(other.bench, model_file)
        wait_for(other)
        found = other.bench.document
        assert found.variants == variants
        assert other.layers.table.sorting == ("macs", True)
        assert found.session_path == (place if fate == "there" else None)
        assert ("work.lathe" in other.windowTitle()) == (fate == "there")
        assert found.unsaved == (fate == "there")
    finally:
        other.close()
        other.deleteLater()


def test_a_moved_model_is_asked_for_and_checked(worked: MainWindow, tmp_path: Path, settle: Wait) -> None:
    place = tmp_path / "sessions" / "deep" / "work.lathe"
    place.parent.mkdir(parents=True)
    actions.save_to(worked.bench, place)
    settle()
    model = worked.bench.document.opened.path  # type: ignore[union-attr]
    count = len(worked.bench.document.figures.measurements)
    hidden = tmp_path / "far" / "far" / "far" / "away.onnx"
    hidden.parent.mkdir(parents=True)
    model.rename(hidden)
    open_path(worked.bench, place)
    settle()
    box = QApplication.activeModalWidget()
    assert isinstance(box, QMessageBox)
    assert "near the session" in box.text()
    box.reject()
    actions.located(worked.bench, _read(place), hidden)
    settle()
    assert worked.bench.document.opened.path == hidden  # type: ignore[union-attr]
    assert len(worked.bench.document.figures.measurements) == count
    hidden.write_bytes(hidden.read_bytes() + b"\x00\x00")


def _read(place: Path) -> object:
    from engine.progress import Progress
    from gui.calls.sessions import read_session

    return read_session(place, [], progress=Progress())


def test_a_file_that_has_changed_keeps_its_recipes_only(worked: MainWindow, settle: Wait, model_file: Path) -> None:
    import onnx

    actions.keep_now(worked.bench)
    names = worked.bench.document.variants.names
    model = onnx.load(model_file)
    model.producer_name = "somebody else"
    onnx.save(model, model_file)
    worked.bench.document.source_file = None
    worked.bench.document.change(worked.bench.document.variants, "nothing")
    kept = worked.bench.folders.session_of(model_file).read_bytes()
    from gui.actions import file as file_actions

    worked.bench.document.opened = None  # as another window, whose session was kept before the change
    file_actions.open_path(worked.bench, model_file)
    settle()
    assert kept
    assert worked.bench.document.variants.names == names
    assert not worked.bench.document.figures.measurements
    assert "has changed since" in worked.messages.text


def test_after_a_crash_the_session_is_back(
    worked: MainWindow, folders: Folders, qapp: QApplication, settle: Wait
) -> None:
    document = worked.bench.document
    worked.keeping.timeout.emit()  # what the timer would do after a moment
    settle()
    (note,) = folders.running(0).parent.glob("*.json")
    said = json.loads(note.read_text())
    assert actions.left_behind(worked.bench) == [], "this process lives"
    note.rename(note.with_name("999999999.json"))
    note.with_name("999999999.json").write_text(json.dumps({**said, "pid": 999999999}))
    variants = document.variants
    other = build_window(qapp, folders)
    try:
        assert actions.recover(other.bench)
        wait_for(other)
        assert other.bench.document.variants == variants
        assert len(other.bench.document.figures.measurements) == len(document.figures.measurements)
        assert not actions.recover(other.bench), "once"
    finally:
        other.close()
        other.deleteLater()


def test_closing_leaves_no_note(worked: MainWindow, folders: Folders) -> None:
    assert list(folders.running(0).parent.glob("*.json"))
    worked.close()
    assert not list(folders.running(0).parent.glob("*.json"))


def test_what_is_kept_already_is_not_written_again_when_the_window_closes(
    worked: MainWindow, settle: Wait, monkeypatch: pytest.MonkeyPatch
) -> None:
    written: list[Path] = []
    write = sessions.write_session

    def noted(path: Path, session: Session, place: Path, *, progress: Progress) -> SourceFile:
        written.append(place)
        return write(path, session, place, progress=progress)

    monkeypatch.setattr(sessions, "write_session", noted)
    worked.keeping.timeout.emit()
    settle()
    actions.keep_now(worked.bench)
    assert len(written) == 1, "nothing has changed since"
    worked.bench.document.select(["block3/conv"])
    actions.keep_now(worked.bench)
    worked.bench.document.undo()
    actions.keep_now(worked.bench)
    assert len(written) == 3, "another selection, and another recipe"
