"""``dataset.json``: what a folder of samples says about itself.

{"kind": "images" | "arrays", "calibration": path, "evaluation": path, "labels": ...} with paths relative to the folder;
a set with only one part serves both. Arrays: a part is an ``.npz``, ``labels`` the name of its array of class indices
("labels" without it). Images: a part is a folder, ``labels`` is "folders" (one sub-folder per class), the name of a csv
file with the columns file and label, or absent; ``input`` names the model's input, ``classes`` lists the class folders
where sorted order is not the labels' order; the other keys are those of ``engine.data.images.Steps``.
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, Literal

from engine.data.images import Steps
from engine.data.options import KEY, DataOptions
from engine.errors import DataError, EngineError, UsageError

NAME = "dataset.json"
_SIZE = "[height, width] in pixels"
_NUMBERS = "a number for each channel"
_COMMON = {"kind", "calibration", "evaluation", "labels"}
_STEPS = {f.name for f in fields(Steps)}
_IMAGES = _STEPS | {"input", "classes"}


@dataclass(frozen=True, slots=True)
class Description:
    """``parts`` has "calibration", "evaluation" or both."""

    kind: Literal["images", "arrays"]
    parts: dict[str, Path]
    labels: str | None
    input: str | None = None
    classes: tuple[str, ...] | None = None
    steps: Steps = field(default_factory=Steps)


def read(folder: Path) -> Description:
    """The description of a folder.

    Raises:
        DataError: broken JSON, an unknown key, a value of the wrong kind, or a part that is not there.
    """
    path = folder / NAME
    try:
        said = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise DataError(f"cannot be read: {error}", where=str(path)) from error
    if not isinstance(said, dict) or said.get("kind") not in ("images", "arrays"):
        raise DataError('must be an object with "kind": "images" or "arrays"', where=str(path))
    known = _COMMON | (_IMAGES if said["kind"] == "images" else set())
    for key in said:
        if key not in known:
            raise DataError(
                f"has an unknown key {key!r}", where=str(path), way_out=f"It may have: {', '.join(sorted(known))}."
            )
    parts = {name: folder / _text(said, name, path) for name in ("calibration", "evaluation") if name in said}
    if not parts:
        raise DataError('names neither "calibration" nor "evaluation"', where=str(path))
    for name, part in parts.items():
        if not part.exists():
            raise DataError(f"names {name} {said[name]!r}, which does not exist", where=str(path))
    labels = _text(said, "labels", path) if said.get("labels") is not None else None
    if said["kind"] == "arrays":
        return Description("arrays", parts, labels or "labels")
    classes = said.get("classes")
    if classes is not None and not (isinstance(classes, list) and all(isinstance(c, str) for c in classes)):
        raise _wrong("classes", "a list of folder names", path)
    return Description(
        "images",
        parts,
        labels,
        input=_text(said, "input", path) if said.get("input") is not None else None,
        classes=None if classes is None else tuple(classes),
        steps=_steps(said, str(path), DataError),
    )


def steps_of(options: DataOptions) -> Steps:
    """What the options say about images.

    Raises:
        UsageError: a size or a number that is none.
    """
    said = {name: getattr(options, name) for name in _STEPS}
    for name in ("resize", "center_crop"):
        said[name] = _listed(said[name], name, int, _SIZE)
    for name in ("mean", "std"):
        said[name] = _listed(said[name], name, float, _NUMBERS)
    return _steps(said, f"--set {KEY}", UsageError)


def _steps(said: Mapping[str, Any], where: str, error: type[EngineError]) -> Steps:
    reader = _Reader(said, where, error)
    return Steps(
        color=reader.choice("color", ("RGB", "BGR", "GRAY")),
        layout=reader.choice("layout", ("NCHW", "NHWC")),
        resize=reader.size("resize"),
        resize_short_side=reader.pixels("resize_short_side"),
        center_crop=reader.size("center_crop"),
        interpolation=reader.choice("interpolation", ("nearest", "bilinear", "bicubic", "lanczos")),
        pixels=reader.choice("pixels", ("0-255", "0-1")),
        mean=reader.numbers("mean"),
        std=reader.numbers("std"),
        exif_orientation=reader.yes_or_no("exif_orientation"),
    )


def _listed(text: str | None, name: str, kind: type[int] | type[float], wanted: str) -> list[float] | None:
    """Numbers out of an option's text: 224x224, or with commas."""
    if text is None:
        return None
    try:
        found = [kind(part) for part in (text.lower().replace("x", ",") if kind is int else text).split(",")]
    except ValueError:
        raise UsageError(f"{text!r} is not {wanted}", where=f"--set {KEY}.{name}") from None
    return found * 2 if kind is int and len(found) == 1 else found


class _Reader:
    """Checked values out of what somebody wrote; a key that is missing or null says nothing."""

    def __init__(self, said: Mapping[str, Any], where: str, error: type[EngineError]) -> None:
        self._said, self._where, self._error = said, where, error

    def choice(self, key: str, choices: tuple[str, ...]) -> Any:  # one of the literals
        value = self._said.get(key)
        if value is not None and value not in choices:
            raise self._wrong(key, " or ".join(choices))
        return value

    def pixels(self, key: str) -> int | None:
        value: int | None = self._said.get(key)
        if value is not None and not _count(value):
            raise self._wrong(key, "a number of pixels")
        return value

    def size(self, key: str) -> tuple[int, int] | None:
        value = self._said.get(key)
        if value is None:
            return None
        if _count(value):
            return value, value
        if not (isinstance(value, list) and len(value) == 2 and all(_count(v) for v in value)):
            raise self._wrong(key, _SIZE)
        return value[0], value[1]

    def numbers(self, key: str) -> tuple[float, ...] | None:
        value = self._said.get(key)
        if value is None:
            return None
        values = value if isinstance(value, list) else [value]
        if not values or not all(
            isinstance(v, int | float) and not isinstance(v, bool) and math.isfinite(v) for v in values
        ):
            raise self._wrong(key, _NUMBERS)
        if key == "std" and not all(v > 0 for v in values):
            raise self._wrong(key, "positive")
        return tuple(float(v) for v in values)

    def yes_or_no(self, key: str) -> bool | None:
        value: bool | None = self._said.get(key)
        if value is not None and not isinstance(value, bool):
            raise self._wrong(key, "true or false")
        return value

    def _wrong(self, key: str, wanted: str) -> EngineError:
        return self._error(f'"{key}" must be {wanted}', where=self._where)


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _wrong(key: str, wanted: str, path: Path) -> DataError:
    return DataError(f'"{key}" must be {wanted}', where=str(path))


def _text(said: dict[str, Any], key: str, path: Path) -> str:
    if not isinstance(said[key], str) or not said[key]:
        raise _wrong(key, "text", path)
    return str(said[key])
