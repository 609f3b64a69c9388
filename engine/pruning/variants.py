"""More images from few: each sample several times, mirrored and moved a little.

Variant 0 is the sample itself. In each further one every input of four dimensions is mirrored (in every odd variant)
and moved by up to an eighth of its height and width, by chance from a seed; what moves in at an edge repeats the edge.
An input is [batch, height, width, channels] where only its last axis can be colours (1, 3 or 4), else its last two axes
are height and width. Labels stay, which is right for most photographs and wrong for digits: use these for healing,
which looks at no label, and not for scores.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

import numpy as np

from engine.backend import Array, Feeds
from engine.data.samples import Labels, Samples

FARTHEST = 8
"""Images are moved by up to their size by this."""
_COLOURS = (1, 3, 4)


@dataclass(frozen=True, slots=True)
class Variants:
    """``count`` of each sample, all samples once before any comes again."""

    samples: Samples
    count: int

    @property
    def kind(self) -> Literal["data", "synthetic"]:
        return self.samples.kind

    @property
    def fingerprint(self) -> str:
        return f"{self.samples.fingerprint} x {self.count}"

    @property
    def labels(self) -> Labels | None:
        labels = self.samples.labels
        return None if labels is None else np.tile(labels, self.count)

    @property
    def group(self) -> int | None:
        return self.samples.group

    def __len__(self) -> int:
        return self.count * len(self.samples)

    def batches(self, size: int) -> Iterator[Feeds]:
        rng = np.random.default_rng(0)
        for variant in range(self.count):
            for feeds in self.samples.batches(size):
                yield {name: varied(array, variant, rng) for name, array in feeds.items()} if variant else feeds


def varied(array: Array, variant: int, rng: np.random.Generator) -> Array:
    """A batch of images mirrored and moved; anything else as it is."""
    if array.ndim != 4:
        return array
    last = array.shape[3] in _COLOURS and array.shape[1] not in _COLOURS
    rows, columns = (1, 2) if last else (2, 3)
    if variant % 2:
        array = np.flip(array, columns)
    moved = np.empty_like(array)
    for number, image in enumerate(array):
        for axis in (rows, columns):
            size = array.shape[axis]
            reach = size // FARTHEST
            places = np.arange(size) + rng.integers(-reach, reach + 1)
            image = np.take(image, places.clip(0, size - 1), axis - 1)
        moved[number] = image
    return moved
