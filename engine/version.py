"""Which Lathe this is: its version, and the commit that it was made from."""

from __future__ import annotations

import subprocess
from pathlib import Path

from engine import __version__

ROOT = Path(__file__).resolve().parents[1]
COMMIT_FILE = ROOT / "resources" / "commit.txt"
"""Written into a bundle, which has no repository to ask."""


def commit() -> str:
    """The abbreviated commit, with ``+`` where files differ from it; empty where there is no telling."""
    if COMMIT_FILE.is_file():
        return COMMIT_FILE.read_text(encoding="ascii").strip()
    if not (ROOT / ".git").exists():
        return ""
    try:
        said = subprocess.run(
            ["git", "-C", str(ROOT), "describe", "--always", "--abbrev=9", "--exclude=*", "--dirty=+"],
            capture_output=True,
            text=True,
            check=True,
            timeout=5,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return said.stdout.strip()


def version() -> str:
    """For people: ``0.1.0 (1a2b3c4d5)``."""
    made_from = commit()
    return f"{__version__} ({made_from})" if made_from else __version__
