"""Samples: named batches for a model's inputs, with labels where there are any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.backend import Feeds

if TYPE_CHECKING:
    from engine.data.cleaning import DataReport

Labels = NDArray[np.int64]


class Samples(Protocol):
    """Picklable and lazy: what stands in files is read when it is iterated.

    Attributes:
        kind: "data", or "synthetic" where no data was given.
        fingerprint: changes where the samples change; the key of cached ranges.
        labels: class indices, one for each sample, or None.
        group: how many samples every feed holds where the model fixes that (a fixed batch), otherwise None.
    """

    @property
    def kind(self) -> Literal["data", "synthetic"]: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def labels(self) -> Labels | None: ...
    @property
    def group(self) -> int | None: ...
    def __len__(self) -> int: ...
    def batches(self, size: int) -> Iterator[Feeds]:
        """Feeds for every model input, ``group or size`` samples each (the last may be smaller), in a fixed order."""
        ...


@dataclass(frozen=True, slots=True)
class Dataset:
    """Ranges and healing use ``calibration``, scores ``evaluation``; ``split`` is "none" where one set serves both.

    ``report`` says what was found in data, and what was left out; None for synthetic samples.
    """

    calibration: Samples
    evaluation: Samples
    split: Literal["named", "none"]
    report: DataReport | None = None


@dataclass(frozen=True, slots=True)
class Head:
    """The first samples of others."""

    samples: Samples
    count: int

    @property
    def kind(self) -> Literal["data", "synthetic"]:
        return self.samples.kind

    @property
    def fingerprint(self) -> str:
        return f"{self.samples.fingerprint}[:{self.count}]"

    @property
    def labels(self) -> Labels | None:
        return None if self.samples.labels is None else self.samples.labels[: len(self)]

    @property
    def group(self) -> int | None:
        return self.samples.group

    def __len__(self) -> int:
        group = self.group or 1
        return min(len(self.samples), -(-self.count // group) * group)

    def batches(self, size: int) -> Iterator[Feeds]:
        size = min(self.group or size, len(self))
        return islice(self.samples.batches(size), -(-len(self) // size))


def stamp(paths: Iterable[Path]) -> tuple[tuple[str, int, int], ...]:
    """Name, size and modification time of each file: changes where a file does, without reading it."""
    found = []
    for path in paths:
        try:
            status = path.stat()
            found.append((path.name, status.st_size, status.st_mtime_ns))
        except OSError:
            found.append((path.name, -1, -1))
    return tuple(found)
