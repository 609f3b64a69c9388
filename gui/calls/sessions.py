"""Reading and writing sessions. Worker thread only."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings
from engine.errors import EngineError
from engine.progress import Progress
from engine.session import Session, SourceFile, describe_file, file_sha256, find_source, load_session, save_session
from engine.targets import disk_faults
from engine.variants import Variants
from gui.figures import Figures
from gui.language import tr
from gui.session import SAVED
from gui.stored_figures import from_store

if TYPE_CHECKING:
    from gui.opened import Opened, Question
    from gui.workshop import Workshop


@dataclass(frozen=True)
class Kept:
    """A session that was read.

    Attributes:
        source: where its model is now, None where it was not found.
        lost: figures that could not be read.
        other: the file is another one than when the session was kept, so that no figure holds.
        saved: the file that the user has saved the session to before, and the variants in it.
    """

    place: Path
    session: Session
    figures: Figures = field(default_factory=Figures)
    source: Path | None = None
    lost: int = 0
    other: bool = False
    saved: tuple[Path, Variants] | None = None


def open_kept(
    workshop: Workshop, path: Path, settings: RunSettings, ask: bool, place: Path, *, progress: Progress
) -> tuple[Opened | Question, Kept | None]:
    """Open a model, with the session that was kept for it; one that cannot be read is no reason not to open it."""
    opened = workshop.open(path, settings, ask, progress=progress)
    if not place.is_file():
        return opened, None
    try:
        session = load_session(place)
    except EngineError:
        return opened, None
    return opened, replace(kept_of(session, place, path, progress), saved=_saved(session))


def _saved(session: Session) -> tuple[Path, Variants] | None:
    """None also where another model's session has taken the file's place."""
    place = session.window.get(SAVED)
    if not place or not isinstance(place, str):
        return None
    try:
        there = load_session(Path(place))
    except EngineError:
        return None
    return (Path(place), there.variants) if there.source.sha256 == session.source.sha256 else None


def kept_of(session: Session, place: Path, source: Path, progress: Progress) -> Kept:
    if file_sha256(source, progress) != session.source.sha256:
        return Kept(place, session, source=source, other=True)
    figures, lost = from_store(session.figures, str(place))
    return Kept(place, session, figures, source, lost)


def read_session(place: Path, folders: Iterable[Path], *, progress: Progress) -> Kept:
    """A session file, and where its model is."""
    progress.step(tr("Opening {name}").format(name=place.name))
    session = load_session(place)
    source = find_source(session, place, folders, progress)
    figures, lost = from_store(session.figures, str(place))
    return Kept(place, session, figures, source, lost)


def check_source(kept: Kept, path: Path, *, progress: Progress) -> Kept:
    """The session with the model that the user found; with another one than it was made with no figure holds."""
    return kept_of(kept.session, kept.place, path, progress)


def write_session(source: Path, session: Session, place: Path, *, progress: Progress) -> SourceFile:
    """Written aside, then moved; the hash of the source is made here, where nobody waits for it, and handed back."""
    progress.step(tr("Saving {name}").format(name=place.name))
    with disk_faults(place):
        place.parent.mkdir(parents=True, exist_ok=True)
    if not session.source.sha256:
        with disk_faults(source):
            session = replace(session, source=describe_file(source, progress))
    save_session(session, place)
    return session.source
