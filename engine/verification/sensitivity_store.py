"""What a sensitivity scan found, kept in files, so that a second start goes on where the first one ended.

One JSON file for each model, samples, device and mode in a folder of the user's cache. A file that cannot be read
counts as none; the files that were used longest ago go when there are more than ``MOST_FILES``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.verification.measured import Score

FOLDER = "sensitivity"
"""In the user's cache folder."""
MOST_FILES = 200
_VERSION = 2


@dataclass(frozen=True, slots=True)
class SensitivityStore:
    """``folder`` is made when something is saved."""

    folder: Path

    def load(self, key: str) -> dict[str, Score]:
        """Scores by what they are of."""
        path = self._path(key)
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            if stored["version"] != _VERSION or stored["key"] != key:
                return {}
            found = {name: Score(**score) for name, score in stored["scores"].items()}
            os.utime(path)
            return found
        except (OSError, ValueError, KeyError, TypeError, AttributeError):
            return {}

    def save(self, key: str, scores: Mapping[str, Score]) -> None:
        text = json.dumps(
            {"version": _VERSION, "key": key, "scores": {name: asdict(score) for name, score in scores.items()}}
        )
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, suffix=".aside")
            try:
                with os.fdopen(handle, "w", encoding="utf-8") as file:
                    file.write(text)
                os.replace(aside, self._path(key))  # noqa: PTH105 (of two strings)
            finally:
                Path(aside).unlink(missing_ok=True)
            for path in sorted(self.folder.glob("*.json"), key=lambda path: -path.stat().st_mtime)[MOST_FILES:]:
                path.unlink(missing_ok=True)

    def _path(self, key: str) -> Path:
        return self.folder / (hashlib.sha256(key.encode()).hexdigest()[:32] + ".json")
