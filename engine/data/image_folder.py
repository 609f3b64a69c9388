"""Which image files a folder has, and the class index of each.

Labels come from sub-folders or from ``labels.csv`` (columns file and label). Sub-folders in sorted order are classes
0, 1, ...; where all their names are whole numbers, the number is the class. Both parts of a set have the same classes,
so the order is taken over both.
"""

from __future__ import annotations

import csv
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from engine.data.images import SUFFIXES
from engine.data.samples import Labels
from engine.errors import DataError

LABELS_CSV = "labels.csv"


@dataclass(frozen=True, slots=True, eq=False)
class Found:
    """The images of one part, sorted by path, and their class indices where there are any."""

    paths: tuple[Path, ...]
    labels: Labels | None


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


def by_csv(part: Path, table: Path) -> Found:
    """The images that a table of the columns file and label lists; files are relative to the table's folder.

    Raises:
        DataError: a row without its file, an image without a row, or a label that is no class index.
    """
    listed: dict[Path, int] = {}
    try:
        with table.open(newline="", encoding="utf-8-sig") as stream:
            reader = csv.DictReader(stream)
            if not {"file", "label"} <= set(reader.fieldnames or ()):
                raise DataError("must have the columns file and label in its first line", where=str(table))
            for row in reader:
                where = f"{table}, line {reader.line_num}"
                path = table.parent / (row["file"] or "")
                if not (row["label"] or "").strip().isdecimal():
                    raise DataError(f"label {row['label']!r} is no class index (0, 1, ...)", where=where)
                if not path.is_file():
                    raise DataError(
                        f"file {row['file']!r} does not exist",
                        where=where,
                        way_out="Take out the row or add the image.",
                    )
                listed[path] = int(row["label"])
    except (OSError, UnicodeDecodeError, csv.Error) as error:
        raise DataError(f"cannot be read: {error}", where=str(table)) from error
    left = [path for path in _images(part) if path not in listed]
    if left:
        raise DataError(
            f"{len(left)} images have no row in {table.name}, the first is {left[0].name}",
            where=str(part),
            way_out="Add their labels, or move them elsewhere.",
        )
    paths = _some(sorted(path for path in listed if part in path.parents), part)
    return Found(paths, np.array([listed[path] for path in paths], np.int64))


def _images(folder: Path) -> list[Path]:
    return sorted(
        p for p in folder.iterdir() if p.suffix.lower() in SUFFIXES and not p.name.startswith(".") and p.is_file()
    )


def _some(paths: Sequence[Path], part: Path) -> tuple[Path, ...]:
    if not paths:
        raise DataError("has no images", where=str(part), way_out=f"Images end in {', '.join(sorted(SUFFIXES))}.")
    return tuple(paths)
