"""Where the window keeps what it remembers, and how it writes there: aside, then moved into place."""

from __future__ import annotations

import hashlib
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path

import platformdirs

from engine.targets import written_aside


@dataclass(frozen=True, slots=True)
class Folders:
    """Made when first written to."""

    config: Path
    state: Path

    @property
    def settings(self) -> Path:
        return self.config / "settings.json"

    def session_of(self, model: Path) -> Path:
        """The place of the session that is kept for a model file between two openings."""
        digest = hashlib.sha256(str(model.resolve()).encode()).hexdigest()[:24]
        return self.state / "sessions" / f"{digest}.lathe"

    def running(self, pid: int) -> Path:
        """The note of a window that is open, by its process."""
        return self.state / "running" / f"{pid}.json"


def user_folders() -> Folders:
    return Folders(platformdirs.user_config_path("lathe"), platformdirs.user_state_path("lathe"))


def writable(folder: Path) -> Path:
    """The folder where the user may write there, else the home folder: a sample lies where the program is installed."""
    if os.access(folder, os.W_OK):
        return folder
    try:
        return Path.home()
    except RuntimeError:  # a user without one
        return Path(tempfile.gettempdir())


def is_there(path: Path) -> bool:
    """Whether there is something of that name; False too where nobody may look, or no name can be so long."""
    return os.path.exists(path)  # noqa: PTH110 (raises nothing)


def is_missing(path: Path) -> bool:
    """Whether it is certain that there is no such file; what cannot be looked at is left to who reads it."""
    try:
        return not path.exists()
    except (OSError, ValueError):
        return False


def expanded(path: str) -> Path:
    """With the home folder for a tilde; where there is no such user it is part of the name."""
    return Path(os.path.expanduser(path))  # noqa: PTH111 (raises nothing)


def write_text(path: Path, text: str) -> None:
    """Write a file so that a crash leaves the old one or the new one, never half of one."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with written_aside(path) as aside:
        aside.write_text(text, encoding="utf-8")
