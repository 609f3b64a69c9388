"""``open_dataset()``: everything that ``--data`` may name.

A folder with ``dataset.json``; a folder with ``calibration.npz`` and ``evaluation.npz``; one ``.npz``; a folder of ONNX
``test_data_set_*``; a folder of images, with labels from ``labels.csv`` or from its sub-folders. A folder whose only
sub-folders are ``calibration`` and ``evaluation`` is split. An unsplit set serves both parts, and says so.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from engine.backend import Array
from engine.data.arrays import open_arrays
from engine.data.choose import choose
from engine.data.description import NAME, Description, read
from engine.data.given import given_inputs, with_shapes
from engine.data.image_folder import LABELS_CSV, Found, by_csv, by_folder, class_folders, unlabelled
from engine.data.images import ImageSamples, load, prepare
from engine.data.onnx_sets import folders_of, open_onnx_sets
from engine.data.samples import Dataset, Samples
from engine.errors import DataError
from engine.graph.values import ValueInfo

_PARTS = ("calibration", "evaluation")


def open_dataset(
    path: Path,
    inputs: Sequence[ValueInfo],
    *,
    samples: int | None,
    seed: int,
    values: Mapping[str, str] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
) -> Dataset:
    """The samples for these model inputs.

    Args:
        inputs: as the model has them, dynamic dimensions included: a dynamic batch is what lets samples be batched.
        samples: take that many of each part (all of them where it has no more): a choice by ``seed`` over the classes.
        values: ``RunSettings.inputs``, for inputs whose value the data does not have.
        shapes: ``RunSettings.shapes``, which fix dynamic dimensions.

    Raises:
        DataError: it is in none of the known forms, or does not fit the model; says which file and what is wrong.
        UsageError: ``values`` or ``shapes`` for an input that the model does not have.
    """
    inputs = with_shapes(inputs, shapes or {})
    given = given_inputs(inputs, values or {})
    try:
        return _open(path, inputs, given, samples, seed)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", where=str(error.filename or path)) from error


def _open(
    path: Path, inputs: Sequence[ValueInfo], given: Mapping[str, Array], samples: int | None, seed: int
) -> Dataset:
    if not path.exists():
        raise DataError("does not exist", where=str(path))
    if path.is_file():
        if path.suffix.lower() != ".npz":
            raise _unknown(path)
        return _unsplit(open_arrays(path, inputs, samples=samples, seed=seed, given=given))
    if (path / NAME).exists():
        described = read(path)
    elif any((path / f"{part}.npz").exists() for part in _PARTS):
        parts = {part: file for part in _PARTS if (file := path / f"{part}.npz").exists()}
        described = Description("arrays", parts, "labels")
    elif folders := folders_of(path):
        return _unsplit(open_onnx_sets(folders, inputs, samples=samples, seed=seed, given=given))
    else:
        described = _undescribed_images(path)
    if described.kind == "arrays":
        label_array = described.labels or "labels"
        opened: dict[str, Samples] = {
            name: open_arrays(part, inputs, samples=samples, seed=seed, labels=label_array, given=given)
            for name, part in described.parts.items()
        }
    else:
        opened = _images(path, described, inputs, given, samples, seed)
    if len(opened) == 1:
        return _unsplit(*opened.values())
    return Dataset(opened["calibration"], opened["evaluation"], "named")


def _unsplit(samples: Samples) -> Dataset:
    return Dataset(samples, samples, "none")


def _undescribed_images(path: Path) -> Description:
    """A folder of images that says nothing about itself."""
    folders = {p.name for p in path.iterdir() if p.is_dir()}
    parts = {part: path / part for part in _PARTS} if folders == set(_PARTS) else {"evaluation": path}
    some = next(iter(parts.values()))
    if (some / LABELS_CSV).exists() or (path / LABELS_CSV).exists():
        return Description("images", parts, LABELS_CSV)
    if class_folders(tuple(parts.values())):
        return Description("images", parts, "folders")
    if not any(p.is_file() for part in parts.values() for p in part.iterdir()):
        raise _unknown(path)
    return Description("images", parts, None)


def _images(
    path: Path,
    described: Description,
    inputs: Sequence[ValueInfo],
    given: Mapping[str, Array],
    samples: int | None,
    seed: int,
) -> dict[str, Samples]:
    info = _image_input(path, described, inputs, given)
    preprocess = prepare(described.steps, info, str(path))
    classes: Sequence[str] = ()
    if described.labels == "folders":
        classes = described.classes or class_folders(tuple(described.parts.values()))
    tied = any(not all(isinstance(d, int) for d in i.shape) for i in inputs if i.name in given)
    first = info.shape[0] if preprocess.batched else 1
    group = 1 if tied else first if isinstance(first, int) else None
    opened: dict[str, Samples] = {}
    for name, part in described.parts.items():
        if not part.is_dir():
            raise DataError("is no folder", where=str(part))
        found = _found(path, part, described, classes)
        chosen = choose(len(found.paths), found.labels, samples, seed).tolist()
        if group and group > 1:
            chosen = chosen[: len(chosen) // group * group]
            if not chosen:
                raise DataError(f"the model takes {group} images at a time, and there are fewer", where=str(part))
        paths = tuple(found.paths[i] for i in chosen)
        load(paths[0], preprocess)  # a set that cannot be used at all should say so before anything runs
        labels = None if found.labels is None else found.labels[chosen]
        opened[name] = ImageSamples(paths, preprocess, dict(given), labels, group)
    return opened


def _found(path: Path, part: Path, described: Description, classes: Sequence[str]) -> Found:
    if described.labels is None:
        return unlabelled(part)
    if described.labels == "folders":
        return by_folder(part, classes)
    tables = [folder / described.labels for folder in (part, path) if (folder / described.labels).is_file()]
    if not tables:
        raise DataError(
            f"{described.labels} does not exist", where=str(part), way_out="It has the columns file and label."
        )
    return by_csv(part, tables[0])


def _image_input(
    path: Path, described: Description, inputs: Sequence[ValueInfo], given: Mapping[str, Array]
) -> ValueInfo:
    left = [info for info in inputs if info.name not in given]
    named = [info for info in left if info.name == described.input]
    if described.input is not None and not named and len(left) != 1:
        raise DataError(
            f"names the input {described.input!r}, and the model has: {', '.join(i.name for i in inputs)}",
            where=str(path / NAME),
            way_out='Change "input".',
        )
    if len(left) != 1:
        rest = [info.name for info in left if info.name != described.input]
        raise DataError(
            f"has images for one input, and the model takes also {', '.join(rest)}",
            where=str(path),
            way_out="Give the others with --input NAME=VALUE, or use .npz with one array for each input.",
        )
    return left[0]


def _unknown(path: Path) -> DataError:
    return DataError(
        "holds no samples in a form that is known",
        where=str(path),
        way_out="Give a folder with dataset.json, a folder of images (labels from sub-folders or labels.csv), a folder "
        "with calibration.npz and evaluation.npz, one .npz, or a folder of test_data_set_*.",
    )
