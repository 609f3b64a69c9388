"""A metric that the user wrote: a Python function in a file, called in the child process.

``function(outputs, labels) -> float`` is called once for each model, after all samples ran:

- ``outputs`` has an array for each output of the reference, by its name. Where every feed gave one entry for each of
  its samples along the first axis, these are joined: ``outputs["scores"][k]`` belongs to sample k. Otherwise it is a
  list with the array that each feed gave.
- ``labels`` are the class indices of the samples in the same order, or None where the data has none.
- The result is one finite number. What is better, more or less, only the user knows.

The file runs with the rights of the user and may do anything: whoever calls this has asked before. What the function
prints goes to standard error.
"""

from __future__ import annotations

import importlib.util
import math
import numbers
import traceback
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np

from engine.backend import Array
from engine.data.samples import Labels
from engine.errors import DataError, UsageError

MOST_BYTES = 2 << 30
"""Outputs of one model on all samples."""
CONTRACT = "It is called as function(outputs, labels) and returns a number."


class MetricError(DataError):
    """The user's function cannot be loaded, or failed."""


@dataclass(frozen=True, slots=True)
class Metric:
    """``name`` is the function's in the file."""

    path: Path
    name: str


@dataclass(frozen=True, slots=True)
class MetricValues:
    """Of the reference and of the candidate."""

    name: str
    a: float
    b: float

    def to_json(self) -> dict[str, Any]:
        return {"name": self.name, "a": self.a, "b": self.b, "difference": self.b - self.a}


@dataclass(slots=True)
class Kept:
    """The outputs of one model on all samples."""

    outputs: dict[str, list[Array]] = field(default_factory=dict)
    joined: dict[str, bool] = field(default_factory=dict)
    size: int = 0

    def add(self, outputs: Mapping[str, Array], samples: int) -> None:
        for name, array in outputs.items():
            self.outputs.setdefault(name, []).append(np.array(array))  # a runtime may use its memory again
            fits = isinstance(array, np.ndarray) and array.ndim > 0 and len(array) == samples
            self.joined[name] = self.joined.get(name, True) and fits
            self.size += getattr(array, "nbytes", 0)
        if self.size > MOST_BYTES:
            raise DataError(
                f"one model's outputs take more than {MOST_BYTES >> 30} GB, and a metric needs all of them at once",
                way_out="Take fewer samples with --samples.",
            )

    def arrays(self) -> dict[str, Array | list[Array]]:
        found: dict[str, Array | list[Array]] = {}
        for name, parts in self.outputs.items():
            alike = self.joined[name] and len({part.shape[1:] for part in parts}) == 1
            found[name] = np.concatenate(parts) if alike else list(parts)
        return found


def metric_of(text: str) -> Metric:
    """``FILE.py:FUNCTION``.

    Raises:
        UsageError: it is not of that form.
    """
    path, colon, name = text.rpartition(":")
    if not (colon and path.endswith(".py") and name.isidentifier()):
        raise UsageError(f"{text!r} is not FILE.py:FUNCTION", where="--metric")
    return Metric(Path(path).absolute(), name)


def load(metric: Metric) -> Callable[[Kept, Labels | None], float]:
    """Run the file, and wrap its function.

    Raises:
        MetricError: there is no such file or function, or running the file fails.
    """
    if not metric.path.is_file():
        raise MetricError("does not exist", where=str(metric.path))
    spec = importlib.util.spec_from_file_location("lathe_metric", metric.path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        raise _failed(metric, error) from error
    function = getattr(module, metric.name, None)
    if not callable(function):
        raise MetricError(f"has no function {metric.name!r}", where=str(metric.path), way_out=CONTRACT)

    def value(kept: Kept, labels: Labels | None) -> float:
        try:
            found = function(kept.arrays(), None if labels is None else labels.copy())
        except (Exception, SystemExit) as error:
            raise _failed(metric, error) from error
        if isinstance(found, np.ndarray) and found.size == 1:
            found = found.item()
        if not isinstance(found, numbers.Real) or not math.isfinite(float(found)):
            raise MetricError(
                f"{metric.name} returned {found!r:.80}, which is no finite number",
                where=str(metric.path),
                way_out=CONTRACT,
            )
        return float(found)

    return value


def _failed(metric: Metric, error: BaseException) -> MetricError:
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(metric.path)]
    if isinstance(error, SyntaxError) and error.filename == str(metric.path):
        lines.append(error.lineno)
    where = f"{metric.path}, line {lines[-1]}" if lines and lines[-1] else str(metric.path)
    return MetricError(f"{type(error).__name__}: {error}", where=where, way_out=CONTRACT)
