"""What calibration found, kept in files for later programs: one ``.npz`` for each model and set of samples.

The folder is a cache: a file that cannot be read counts as none, one that cannot be written is left out, and the files
that were used longest ago go when the folder grows past ``MOST_BYTES``.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import tempfile
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from engine.scheme import ValueStatistics

MOST_BYTES = 256 << 20
_VERSION = 1
_ARRAYS = ("counts", "channel_low", "channel_high", "channel_mean")


class StatisticsStore:
    """``folder`` is made when something is saved."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def load(self, model_sha256: str, fingerprint: str) -> dict[str, ValueStatistics | None]:
        """What is known, by value name; None where calibration gave a value nothing."""
        path = self._path(model_sha256, fingerprint)
        try:
            with np.load(path, allow_pickle=False) as stored:
                found = _read(stored)
            os.utime(path)
            return found
        except (OSError, ValueError, KeyError, TypeError, EOFError, zipfile.BadZipFile):
            return {}

    def save(self, model_sha256: str, fingerprint: str, known: Mapping[str, ValueStatistics | None]) -> None:
        names = list(known)
        arrays: dict[str, Any] = {}
        rows = []
        for number, name in enumerate(names):
            seen = known[name]
            rows.append(None if seen is None else [seen.low, seen.high, seen.elements, *seen.bounds])
            for field in _ARRAYS if seen is not None else ():
                array = getattr(seen, field)
                arrays |= {} if array is None else {f"{number}.{field}": array}
        about = json.dumps({"version": _VERSION, "names": names, "rows": rows})
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True)
            handle, aside = tempfile.mkstemp(dir=self.folder, suffix=".aside")
            try:
                with os.fdopen(handle, "wb") as file:
                    np.savez_compressed(file, about=np.array(about), **arrays)
                os.replace(aside, self._path(model_sha256, fingerprint))  # noqa: PTH105 (of two strings)
            finally:
                Path(aside).unlink(missing_ok=True)
            self._forget_oldest()

    def _path(self, model_sha256: str, fingerprint: str) -> Path:
        return self.folder / (hashlib.sha256(f"{model_sha256} {fingerprint}".encode()).hexdigest()[:32] + ".npz")

    def _forget_oldest(self) -> None:
        files = sorted(self.folder.glob("*.npz"), key=lambda path: -path.stat().st_mtime)
        total = 0
        for path in files:
            total += path.stat().st_size
            if total > MOST_BYTES:
                path.unlink(missing_ok=True)


def _read(stored: Any) -> dict[str, ValueStatistics | None]:
    about = json.loads(str(stored["about"]))
    if about["version"] != _VERSION:
        return {}
    found: dict[str, ValueStatistics | None] = {}
    for number, (name, row) in enumerate(zip(about["names"], about["rows"], strict=True)):
        if row is None:
            found[name] = None
            continue
        low, high, elements, *bounds = row
        arrays = {field: stored[f"{number}.{field}"] for field in _ARRAYS if f"{number}.{field}" in stored}
        found[name] = ValueStatistics(low, high, elements, bounds=(bounds[0], bounds[1]), **arrays)
    return found
