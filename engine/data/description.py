"""``dataset.json``: what a folder of samples says about itself.

{"kind": "images" | "arrays", "calibration": path, "evaluation": path, "labels": ...} with paths relative to the folder;
a set with only one part serves both. Arrays: a part is an ``.npz``, ``labels`` the name of its array of class indices
("labels" without it). Images: a part is a folder, ``labels`` is "folders" (one sub-folder per class), the name of a csv
file with the columns file and label, or absent; ``input`` names the model's input, ``classes`` lists the class folders
where sorted order is not the labels' order; the other keys are those of ``engine.data.images.Steps``.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from engine.data.images import Steps
from engine.errors import DataError

NAME = "dataset.json"
_COMMON = {"kind", "calibration", "evaluation", "labels"}
_IMAGES = {"input", "classes", "color", "layout", "resize", "resize_short_side", "center_crop", "mean", "std"}


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
        steps=Steps(
            color=_choice(said, "color", ("RGB", "BGR", "GRAY"), path),
            layout=_choice(said, "layout", ("NCHW", "NHWC"), path),
            resize=_size(said, "resize", path),
            resize_short_side=_short_side(said, path),
            center_crop=_size(said, "center_crop", path),
            mean=_numbers(said, "mean", path),
            std=_numbers(said, "std", path),
        ),
    )


def _wrong(key: str, wanted: str, path: Path) -> DataError:
    return DataError(f'"{key}" must be {wanted}', where=str(path))


def _text(said: dict[str, Any], key: str, path: Path) -> str:
    if not isinstance(said[key], str) or not said[key]:
        raise _wrong(key, "text", path)
    return str(said[key])


def _choice(said: dict[str, Any], key: str, choices: tuple[str, ...], path: Path) -> Any:  # one of the literals
    value = said.get(key)
    if value is not None and value not in choices:
        raise _wrong(key, " or ".join(choices), path)
    return value


def _count(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value > 0


def _short_side(said: dict[str, Any], path: Path) -> int | None:
    value = said.get("resize_short_side")
    if value is not None and not _count(value):
        raise _wrong("resize_short_side", "a number of pixels", path)
    return value


def _size(said: dict[str, Any], key: str, path: Path) -> tuple[int, int] | None:
    value = said.get(key)
    if value is None:
        return None
    if _count(value):
        return value, value
    if not (isinstance(value, list) and len(value) == 2 and all(_count(v) for v in value)):
        raise _wrong(key, "[height, width] in pixels", path)
    return value[0], value[1]


def _numbers(said: dict[str, Any], key: str, path: Path) -> tuple[float, ...] | None:
    value = said.get(key)
    if value is None:
        return None
    values = value if isinstance(value, list) else [value]
    if not values or not all(isinstance(v, int | float) and not isinstance(v, bool) for v in values):
        raise _wrong(key, "a number for each channel", path)
    if key == "std" and not all(v > 0 for v in values):
        raise _wrong(key, "positive", path)
    return tuple(float(v) for v in values)
