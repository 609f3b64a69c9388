"""Under which name something is saved: always with its suffix, and never over a file that nobody was asked about."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.language import tr
from gui.paths import is_there


def ask_name(parent: QWidget, title: str, start: Path | str, kinds: str, suffix: str) -> Path | None:
    """What the user chooses, None where nothing; ``kinds`` as Qt's dialogs take them."""
    name, _ = QFileDialog.getSaveFileName(parent, title, str(start), kinds)
    if not name:
        return None
    given = Path(name)
    path = with_suffix(given, suffix)
    # Qt has asked about the name as it was given.
    return path if path == given or not is_there(path) or _may_replace(parent, path) else None


def with_suffix(path: Path, suffix: str) -> Path:
    """Behind the whole name: what follows a dot in it may be a version."""
    return path if path.name.lower().endswith(suffix) else path.with_name(path.name + suffix)


def _may_replace(parent: QWidget, path: Path) -> bool:
    text = tr("{name} is there already. Replace it?").format(name=path.name)
    return QMessageBox.question(parent, tr("Replace the file"), text) == QMessageBox.StandardButton.Yes
