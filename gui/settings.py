"""What the window remembers between two starts: one frozen dataclass, one JSON file."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Signal

from engine.options import OptionValue
from gui.paths import writable, write_text

RECENT_LIMIT = 10


@dataclass(frozen=True, slots=True)
class Settings:
    """``shapes``, ``inputs``, ``data`` are kept per model file, ``options`` of the runtime per device; ``geometry`` and
    ``layout`` are Qt's own bytes, base64; ``tell_after_s`` is how long work takes whose end is told, 0 for none.
    """

    theme: str = "system"
    language: str = "system"
    device: str = "cpu"
    threads: int = 0
    batch: int = 1
    runs: int = 0
    options: Mapping[str, Mapping[str, OptionValue]] = field(default_factory=dict)
    profile_on_data: bool = True
    recent: tuple[str, ...] = ()
    shapes: Mapping[str, Mapping[str, list[int]]] = field(default_factory=dict)
    inputs: Mapping[str, Mapping[str, str]] = field(default_factory=dict)
    data: Mapping[str, str] = field(default_factory=dict)
    data_choices: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    folder: str = ""
    geometry: str = ""
    layout: Mapping[str, str] = field(default_factory=dict)
    hidden: tuple[str, ...] = ()
    tell_after_s: int = 10
    zoom: int = 100
    toured: bool = False

    @property
    def save_folder(self) -> Path:
        """Where to propose to save: where the last file was opened, if that can be written to."""
        return writable(Path(self.folder))

    def options_of(self, device: str) -> dict[str, OptionValue]:
        """The options of a device's runtime that differ from its defaults."""
        kept = self.options.get(device, {})
        return dict(kept) if isinstance(kept, dict) else {}


def parse(text: str) -> Settings:
    """The settings in a file's text; what is unknown or of another kind falls back to its default."""
    try:
        values = json.loads(text)
    except ValueError:
        return Settings()
    if not isinstance(values, dict):
        return Settings()
    base, found = Settings(), dict[str, Any]()
    for f in fields(Settings):
        value, default = values.get(f.name), getattr(base, f.name)
        if isinstance(default, tuple) and isinstance(value, list):
            found[f.name] = tuple(str(v) for v in value)
        elif type(value) is type(default):
            found[f.name] = value
    return replace(base, **found)


class SettingsStore(QObject):
    """The settings of this user; every change is written at once."""

    changed = Signal()

    def __init__(self, path: Path, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._path = path
        self.value = parse(path.read_text(encoding="utf-8")) if path.is_file() else Settings()

    def update(self, **values: Any) -> None:
        new = replace(self.value, **values)
        if new == self.value:
            return
        self.value = new
        # A read-only home must not stop the work: the settings then last until the window closes.
        with contextlib.suppress(OSError):
            write_text(self._path, json.dumps(asdict(new), indent=1))
        self.changed.emit()

    def add_recent(self, path: Path) -> None:
        others = [p for p in self.value.recent if p != str(path)]
        self.update(recent=(str(path), *others)[:RECENT_LIMIT], folder=str(path.parent))
