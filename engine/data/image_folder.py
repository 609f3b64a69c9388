"""Which image files a folder has, and the class index of each.

Labels come from sub-folders or from a table (columns file and label). Sub-folders in sorted order are classes 0, 1,
...; where all their names are whole numbers, the number is the class. Both parts of a set have the same classes, so the
order is taken over both. A table gives class indices, or names of classes where these are listed.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from engine.data.cleaning import MISSING, NO_LABEL, Fault
from engine.data.images import SUFFIXES
from engine.data.samples import Labels
from engine.errors import DataError

LABELS_CSV = "labels.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The images of one part, sorted by path, and their class indices where there are any.

    ``faults`` are those of images, by index, that show without opening them; such an image has the label -1.
    """

    paths: tuple[Path, ...]
    labels: Labels | None
    faults: Mapping[int, Fault] = field(default_factory=dict)


def class_folders(parts: Sequence[Path]) -> tuple[str, ...]:
    """The names of the sub-folders with images, over all parts."""
    names = {p.name for part in parts for p in part.iterdir() if p.is_dir() and _images(p)}
    return tuple(sorted(names))


def unlabelled(part: Path) -> Found:
    """The images directly in a folder."""
    return Found(_some(_images(part), part), None)


def by_folder(part: Path, classes: Sequence[str]) -> Found:
    """The images in the sub-folders of one part; ``classes`` as ``class_folders`` gives them for all parts.

    Raises:
        DataError: no images, or a sub-folder that is no class.
    """
    whole = bool(classes) and all(name.isdecimal() for name in classes)
    index = {name: int(name) if whole else k for k, name in enumerate(classes)}
    paths: list[Path] = []
    labels: list[int] = []
    for folder in sorted(p for p in part.iterdir() if p.is_dir()):
        images = _images(folder)
        if images and folder.name not in index:
            raise DataError(f"sub-folder {folder.name!r} is none of the classes", where=str(part))
        paths += images
        labels += [index[folder.name]] * len(images) if images else []
    return Found(_some(paths, part), np.array(labels, np.int64))


def by_csv(part: Path, table: Path, classes: Sequence[str] = ()) -> Found:
    """The images that a table of the columns file and label lists; files are relative to the table's folder.

    Images of the part without a row, and rows without a file, are samples with a fault.

    Raises:
        DataError: the file is no such table.
    """
    labels: dict[Path, int] = {}
    faults: dict[Path, Fault] = {}
    try:
        with table.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            if not {"file", "label"} <= set(reader.fieldnames or ()):
                raise DataError("must have the columns file and label in its first line", where=str(table))
            for row in reader:
                path = table.parent / (row["file"] or "")
                if part not in path.parents:
                    continue
                where = f"{table.name}, line {reader.line_num}"
                index, fault = _label((row["label"] or "").strip(), classes, where)
                if fault is None and not path.is_file():
                    fault = Fault(MISSING, where)
                if fault is None and labels.get(path, index) not in (index, -1):
                    fault = Fault(NO_LABEL, f"{where}: a second label, {index}, after {labels[path]}")
                labels[path] = index if fault is None else -1
                if fault is not None:
                    faults[path] = fault
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot be read: {error}", where=str(table)) from error
    for path in _images(part):
        if path not in labels:
            labels[path], faults[path] = -1, Fault(NO_LABEL, f"no row in {table.name}")
    paths = _some(sorted(labels), part)
    return Found(
        paths,
        np.array([labels[path] for path in paths], np.int64),
        {index: faults[path] for index, path in enumerate(paths) if path in faults},
    )


def _label(text: str, classes: Sequence[str], where: str) -> tuple[int, Fault | None]:
    if text in classes:
        return classes.index(text), None
    if text.isdecimal():
        return int(text), None
    if text in ("", "-1"):
        return -1, Fault(NO_LABEL, where)
    known = "none of the classes" if classes else 'no class index (0, 1, ...), and dataset.json lists no "classes"'
    return -1, Fault(NO_LABEL, f"{where}: {text!r} is {known}")


def _images(folder: Path) -> list[Path]:
    return sorted(
        p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".") and p.is_file()
    )


def _some(paths: Sequence[Path], part: Path) -> tuple[Path, ...]:
    if not paths:
        raise DataError("has no images", where=str(part), way_out=f"Images end in {', '.join(sorted(SUFFIXES))}.")
    return tuple(paths)
