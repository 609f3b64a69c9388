"""Samples: named batches for a model's inputs, with labels where there are any."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from engine.backend import Feeds

Labels = NDArray[np.int64]


class Samples(Protocol):
    """Picklable and lazy: what stands in files is read when it is iterated.

    Attributes:
        kind: "data", or "synthetic" where no data was given.
        fingerprint: changes where the samples change; the key of cached ranges.
        labels: class indices, one for each sample, or None.
    """

    @property
    def kind(self) -> Literal["data", "synthetic"]: ...
    @property
    def fingerprint(self) -> str: ...
    @property
    def labels(self) -> Labels | None: ...
    def __len__(self) -> int: ...
    def batches(self, size: int) -> Iterator[Feeds]:
        """Feeds for every model input, ``size`` samples each (the last may be smaller), in a fixed order."""
        ...


@dataclass(frozen=True, slots=True)
class Dataset:
    """Ranges and healing use ``calibration``, scores ``evaluation``; ``split`` is "none" where one set serves both."""

    calibration: Samples
    evaluation: Samples
    split: Literal["named", "none"]


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
