"""Where Lathe keeps what it would otherwise measure or compute again."""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any


def cache_folder() -> Path:
    """The user's, as the system wants it; everything in it may be deleted at any time."""
    import platformdirs

    return Path(platformdirs.user_cache_dir("lathe", appauthor=False))


@dataclass(frozen=True, slots=True)
class JsonFiles:
    """One JSON file for each key; those that were used longest ago go when there are more than ``most``.

    The folder is made when something is saved. A file that cannot be read, or of another version, counts as none.
    """

    folder: Path
    version: int
    most: int = 200

    def load(self, key: str) -> Any | None:
        path = self._path(key)
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["version"] != self.version or stored["key"] != key:
                return None
            os.utime(path)
            return stored["content"]
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def save(self, key: str, content: Any) -> None:
        """Written aside, then moved into place; where that cannot be done, nothing is kept."""
        text = json.dumps({"version": self.version, "key": key, "content": content})
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, suffix=".aside")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                os.replace(aside, self._path(key))  # noqa: PTH105 (of two strings)
            finally:
                Path(aside).unlink(missing_ok=True)
            for path in sorted(self.folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)[self.most :]:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / (hashlib.sha256(key.encode()).hexdigest()[:32] + ".json")
