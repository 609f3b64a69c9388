"""Samples and their mirror images: every input of four dimensions once more, with its columns the other way round.

An image is as wide as its third axis says where its last is the colour (1, 3 or 4 channels), else as its fourth.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.backend import Array, Feeds
from engine.data.samples import Labels, Samples


@dataclass(frozen=True, slots=True)
class Flipped:
    """First the samples as they are, then each of them mirrored."""

    samples: Samples

    @property
    def kind(self) -> Literal["data", "synthetic"]:
        return self.samples.kind

    @property
    def fingerprint(self) -> str:
        return f"{self.samples.fingerprint} mirrored"

    @property
    def labels(self) -> Labels | None:
        labels = self.samples.labels
        return None if labels is None else np.concatenate([labels, labels])

    @property
    def group(self) -> int | None:
        return self.samples.group

    def __len__(self) -> int:
        return 2 * len(self.samples)

    def batches(self, size: int) -> Iterator[Feeds]:
        yield from self.samples.batches(size)
        for feeds in self.samples.batches(size):
            yield {name: _mirrored(array) for name, array in feeds.items()}


def _mirrored(array: Array) -> Array:
    if array.ndim != 4:
        return array
    axis = 2 if array.shape[3] in (1, 3, 4) and array.shape[1] not in (1, 3, 4) else 3
    return np.ascontiguousarray(np.flip(array, axis))
