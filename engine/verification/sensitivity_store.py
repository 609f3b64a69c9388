"""What a sensitivity scan found, kept in files, so that a second start goes on where the first one ended.

One file for each model, samples, device and mode in a folder of the user's cache (``engine.caches.JsonFiles``).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from engine.caches import JsonFiles
from engine.verification.measured import Score

FOLDER = "sensitivity"
"""In the user's cache folder."""
MOST_FILES = 200
_VERSION = 3


@dataclass(frozen=True, slots=True)
class SensitivityStore:
    """``folder`` is made when something is saved."""

    folder: Path

    def load(self, key: str) -> dict[str, Score]:
        """Scores by what they are of."""
        try:
            return {name: Score(**score) for name, score in (self._files.load(key) or {}).items()}
        except (TypeError, AttributeError):
            return {}

    def save(self, key: str, scores: Mapping[str, Score]) -> None:
        self._files.save(key, {name: asdict(score) for name, score in scores.items()})

    @property
    def _files(self) -> JsonFiles:
        return JsonFiles(self.folder, _VERSION, MOST_FILES)
