"""Where Lathe keeps what it would otherwise measure or compute again."""

from __future__ import annotations

from pathlib import Path


def cache_folder() -> Path:
    """The user's, as the system wants it; everything in it may be deleted at any time."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("lathe", appauthor=False))
