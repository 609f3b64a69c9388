"""The document as a session, and back."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from engine.recipe import Recipe
from engine.session import Session, SourceFile
from engine.variants import Variants
from gui.data_choice import DataChoice
from gui.stored_figures import to_store

if TYPE_CHECKING:
    from gui.document import Document

RUN = ("device", "threads", "batch", "runs")
"""What the toolbar shows of the settings."""
SAVED = "saved"
"""In what a session keeps of the window: the file that the user has saved it to."""


def session_of(document: Document, window: Mapping[str, Any]) -> Session:
    """A snapshot; the values are frozen, so that a worker can write it. The source's hash is filled in there."""
    opened = document.opened
    assert opened is not None
    settings = asdict(document.settings)
    kept = {name: settings[name] for name in (*RUN, "shapes", "inputs", "options")}
    return Session(
        document.source_file or SourceFile(str(opened.path), "", 0),
        document.variants,
        str(document.data) if document.data is not None else "",
        document.data_choice.to_json(),
        {**kept, "profile_on_data": document.profile_on_data},
        to_store(document.figures),
        {
            **window,
            "selection": list(document.selection),
            "reasons": dict(document.reasons),
            SAVED: str(document.session_path or ""),
        },
    )


def is_empty(document: Document) -> bool:
    """Whether there is nothing that would be missed."""
    return document.variants == Variants.of(Recipe()) and not document.figures.measurements


def data_of(session: Session, place: Path) -> tuple[Path, DataChoice] | None:
    """The samples where they were, or beside the session file."""
    if not session.data:
        return None
    recorded = Path(session.data)
    found = next((path for path in (recorded, place.parent / recorded.name) if path.exists()), None)
    return None if found is None else (found, DataChoice.from_json(session.data_choice))


def run_settings(session: Session) -> dict[str, Any]:
    """The settings of the toolbar in a session; those that are of another kind are left out."""
    kinds: Mapping[str, type] = {"device": str, "threads": int, "batch": int, "runs": int, "profile_on_data": bool}
    return {name: session.settings[name] for name, kind in kinds.items() if type(session.settings.get(name)) is kind}


def shapes_of(session: Session) -> tuple[dict[str, list[int]], dict[str, str]]:
    """The input shapes and values of a session."""
    shapes, inputs = session.settings.get("shapes"), session.settings.get("inputs")
    good = isinstance(shapes, dict) and all(
        isinstance(s, list) and all(isinstance(n, int) for n in s) for s in shapes.values()
    )
    return (
        {str(name): list(shape) for name, shape in shapes.items()} if good and isinstance(shapes, dict) else {},
        {str(name): str(value) for name, value in inputs.items()} if isinstance(inputs, dict) else {},
    )
