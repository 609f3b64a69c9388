"""``open_dataset()``: everything that ``--data`` may name.

A folder with ``dataset.json``; a folder with ``calibration.npz`` and ``evaluation.npz``; one ``.npz``; a folder of ONNX
``test_data_set_*``; a folder of images, with labels from ``labels.csv`` or from its sub-folders. A folder whose only
sub-folders are ``calibration`` and ``evaluation`` is split. An unsplit set serves both parts, and says so. Samples that
cannot be used are left out or refused (``engine.data.cleaning``), and what both parts have in common is noticed.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from engine.backend import Array
from engine.data import npz
from engine.data.arrays import ArraySamples, open_arrays
from engine.data.cleaning import FIRST, DataReport, good_samples, overlap
from engine.data.description import NAME, Description, read, steps_of
from engine.data.given import given_inputs, with_shapes
from engine.data.image_check import look
from engine.data.image_folder import LABELS_CSV, Found, by_csv, by_folder, class_folders, unlabelled
from engine.data.images import ImageSamples, Steps, prepare
from engine.data.onnx_sets import OnnxSets, folders_of, open_onnx_sets
from engine.data.options import NO_LABELS, DataOptions
from engine.data.samples import Dataset
from engine.errors import DataError
from engine.graph.values import ValueInfo
from engine.progress import Progress

Opened = ImageSamples | ArraySamples | OnnxSets

_PARTS = ("calibration", "evaluation")


def open_dataset(
    path: Path,
    inputs: Sequence[ValueInfo],
    *,
    samples: int | None,
    seed: int,
    values: Mapping[str, str] | None = None,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    options: DataOptions | None = None,
    progress: Progress | None = None,
) -> Dataset:
    """The samples for these model inputs.

    Args:
        inputs: as the model has them, dynamic dimensions included: a dynamic batch is what lets samples be batched.
        samples: take that many of each part (all of them where it has no more): a choice by ``seed`` over the classes.
        values: ``RunSettings.inputs``, for inputs whose value the data does not have.
        shapes: ``RunSettings.shapes``, which fix dynamic dimensions.
        progress: of looking at the samples, which can be cancelled.

    Raises:
        DataError: it is in none of the known forms, does not fit the model, or has what ``options`` refuse; says which
            file and what is wrong.
        UsageError: ``values`` or ``shapes`` for an input that the model does not have.
    """
    options, progress = options or DataOptions(), progress or Progress()
    inputs = with_shapes(inputs, shapes or {})
    asked = _Asked(inputs, given_inputs(inputs, values or {}), samples, seed, options, steps_of(options), progress)
    try:
        return _joined(_open(path, asked), options, path)
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", where=str(error.filename or path)) from error


@dataclass(frozen=True, slots=True)
class _Asked:
    """What every form of data must know."""

    inputs: Sequence[ValueInfo]
    given: Mapping[str, Array]
    samples: int | None
    seed: int
    options: DataOptions
    steps: Steps
    progress: Progress


def _open(path: Path, asked: _Asked) -> dict[str, Opened]:
    """The parts that there are; one alone serves both."""
    if not path.exists():
        raise DataError("does not exist", where=str(path))
    if path.is_file():
        if path.suffix.lower() != ".npz":
            raise _unknown(path)
        return _arrays({"evaluation": path}, "labels", asked)
    if (path / NAME).exists():
        described = read(path)
    elif any((path / f"{part}.npz").exists() for part in _PARTS):
        parts = {part: file for part in _PARTS if (file := path / f"{part}.npz").exists()}
        described = Description("arrays", parts, "labels")
    elif folders := folders_of(path):
        return {
            "evaluation": open_onnx_sets(
                folders,
                asked.inputs,
                samples=asked.samples,
                seed=asked.seed,
                given=asked.given,
                options=asked.options,
                progress=asked.progress,
            )
        }
    else:
        described = _undescribed_images(path, asked.options.labels)
    if described.kind == "arrays":
        return _arrays(described.parts, described.labels or "labels", asked)
    return _images(path, described, asked)


def _joined(opened: Mapping[str, Opened], options: DataOptions, path: Path) -> Dataset:
    """Both parts, what was found in them, and what they have in common."""
    parts = {name: samples.good.report for name, samples in opened.items() if samples.good is not None}
    if len(opened) == 1:
        (samples,) = opened.values()
        return Dataset(samples, samples, "none", DataReport(parts))
    calibration, evaluation = opened["calibration"], opened["evaluation"]
    assert calibration.good is not None and evaluation.good is not None
    common = overlap(calibration.good, evaluation.good)
    pairs = tuple((mine, other) for _, mine, other in common)
    if common and options.overlap == "refuse":
        raise DataError(
            f"{len(common)} of {len(calibration)} calibration samples are in the evaluation part too: "
            + ", ".join(name if name == other else f"{name} is {other}" for name, other in pairs[:FIRST]),
            where=str(path),
            way_out="Take them out of one of the parts, or say --set data.overlap=leave-out.",
        )
    if common and options.overlap == "leave-out":
        drop = {place for place, _, _ in common}
        places = [place for place in range(len(calibration)) if place not in drop]
        places = places[: len(places) // (calibration.group or 1) * (calibration.group or 1)]
        if not places:
            raise DataError("no calibration sample is left that is not in the evaluation part", where=str(path))
        calibration = calibration.take(places)
        assert calibration.good is not None
        parts["calibration"] = calibration.good.report
    report = DataReport(parts, pairs, bool(common) and options.overlap == "leave-out")
    return Dataset(calibration, evaluation, "named", report)


def _arrays(parts: Mapping[str, Path], labels: str, asked: _Asked) -> dict[str, Opened]:
    wanted = asked.options.labels
    if wanted is not None and wanted != NO_LABELS:
        for part in parts.values():
            if wanted not in npz.headers(part):
                raise DataError(f"has no array {wanted!r} of labels", where=str(part))
    return {
        name: open_arrays(
            part,
            asked.inputs,
            samples=asked.samples,
            seed=asked.seed,
            labels=None if wanted == NO_LABELS else wanted or labels,
            given=asked.given,
            options=asked.options,
            progress=asked.progress,
        )
        for name, part in parts.items()
    }


def _undescribed_images(path: Path, labels: str | None) -> Description:
    """A folder of images that says nothing about itself."""
    folders = {p.name for p in path.iterdir() if p.is_dir()}
    parts = {part: path / part for part in _PARTS} if folders == set(_PARTS) else {"evaluation": path}
    if labels is not None:
        return Description("images", parts, labels)
    some = next(iter(parts.values()))
    if (some / LABELS_CSV).exists() or (path / LABELS_CSV).exists():
        return Description("images", parts, LABELS_CSV)
    if class_folders(tuple(parts.values())):
        return Description("images", parts, "folders")
    if not any(p.is_file() for part in parts.values() for p in part.iterdir()):
        raise _unknown(path)
    return Description("images", parts, None)


def _images(path: Path, described: Description, asked: _Asked) -> dict[str, Opened]:
    info = _image_input(path, described, asked.inputs, asked.given)
    preprocess = prepare(described.steps.overruled(asked.steps), info, str(path))
    labels = asked.options.labels or described.labels
    labels = None if labels == NO_LABELS else labels
    classes: Sequence[str] = described.classes or ()
    if labels == "folders":
        classes = classes or class_folders(tuple(described.parts.values()))
    tied = any(not all(isinstance(d, int) for d in i.shape) for i in asked.inputs if i.name in asked.given)
    first = info.shape[0] if preprocess.batched else 1
    group = 1 if tied else first if isinstance(first, int) else None
    opened: dict[str, Opened] = {}
    for name, part in described.parts.items():
        if not part.is_dir():
            raise DataError("is no folder", where=str(part))
        found = _found(path, part, labels, classes)
        good = good_samples(
            len(found.paths),
            wanted=asked.samples,
            seed=asked.seed,
            labels=found.labels,
            known=found.faults,
            look=lambda indices, paths=found.paths: look(paths, indices, preprocess, asked.options),  # type: ignore[misc]
            name=lambda index, paths=found.paths, part=part: paths[index].relative_to(part).as_posix(),  # type: ignore[misc]
            group=group,
            options=asked.options,
            progress=asked.progress,
            where=str(part),
        )
        paths = tuple(found.paths[index] for index in good.indices)
        chosen = None if found.labels is None else found.labels[list(good.indices)]
        opened[name] = ImageSamples(paths, preprocess, dict(asked.given), chosen, group, good)
    return opened


def _found(path: Path, part: Path, labels: str | None, classes: Sequence[str]) -> Found:
    if labels is None:
        return unlabelled(part)
    if labels == "folders":
        return by_folder(part, classes)
    tables = [folder / labels for folder in (part, path) if (folder / labels).is_file()]
    if not tables:
        raise DataError(f"{labels} does not exist", where=str(part), way_out="It has the columns file and label.")
    return by_csv(part, tables[0], classes)


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
