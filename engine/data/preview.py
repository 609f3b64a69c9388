"""One sample as the model will get it: the fed arrays themselves, and a picture made back out of them.

The picture of an image sample is what was fed, with mean and std taken back, the colours in the order of a screen and
the axes in that of a picture: whatever cropping, scaling, colour order or saturation did to it shows. An array that
looks like a picture (one or three channels, first or last) is shown between its smallest and its largest value.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.backend import Array
from engine.data.arrays import ArraySamples
from engine.data.images import ImageSamples, Preprocess
from engine.data.onnx_sets import OnnxSets
from engine.data.samples import Head, Samples

Picture = NDArray[np.uint8]
_SMALLEST_SIDE = 4


@dataclass(frozen=True, slots=True)
class ChannelStatistics:
    """Of one channel of the fed image."""

    low: float
    high: float
    mean: float


@dataclass(frozen=True, slots=True, eq=False)
class Preview:
    """One sample.

    Attributes:
        name: of the file, or the row.
        feeds: what the model gets, with a batch of one.
        picture: height by width by three, or None where nothing can be shown as one.
        exact: whether the picture's values are those of the file; otherwise it is scaled to its own range.
        channels: of the input that the picture shows, in the order in which they are fed.
        label: class index, None without labels.
    """

    name: str
    feeds: Mapping[str, Array]
    picture: Picture | None
    exact: bool
    channels: tuple[ChannelStatistics, ...]
    label: int | None


def preview(samples: Samples, index: int) -> Preview:
    """The sample at a place from 0 on.

    Raises:
        DataError: it cannot be read.
    """
    assert 0 <= index < len(samples)
    while isinstance(samples, Head):
        samples = samples.samples
    label = None if samples.labels is None else int(samples.labels[index])
    if not isinstance(samples, ImageSamples | ArraySamples | OnnxSets):
        found = [feeds for number, feeds in enumerate(samples.batches(1)) if number == index]
        return _shown(f"{samples.kind} {index}", found[0], label)
    name = f"sample {index}" if samples.good is None else samples.good.names[index]
    (feeds,) = _alone(samples, index).batches(1)
    if isinstance(samples, ImageSamples):
        fed = feeds[samples.preprocess.input.name]
        image = fed[0] if samples.preprocess.batched else fed
        picture = original(image, samples.preprocess)
        return Preview(name, feeds, picture, True, _statistics(image, samples.preprocess.layout), label)
    return _shown(name, feeds, label)


def original(image: Array, preprocess: Preprocess) -> Picture:
    """The pixels that an image was before it was normalised, in red, green and blue."""
    pixels = np.asarray(image, np.float32)
    if preprocess.layout == "NCHW":
        pixels = pixels.transpose(1, 2, 0)
    mean, std = np.array(preprocess.mean, np.float32), np.array(preprocess.std, np.float32)
    found: Picture = np.clip(np.rint(pixels * std + mean), 0, 255).astype(np.uint8)
    if preprocess.color == "BGR":
        found = found[:, :, ::-1]
    return np.ascontiguousarray(np.broadcast_to(found, (*found.shape[:2], 3)))


def _alone(samples: ImageSamples | ArraySamples | OnnxSets, index: int) -> Samples:
    """One sample, for which no batch needs to be full."""
    one = samples.take([index])
    return one if isinstance(one, OnnxSets) else replace(one, group=None)


def _shown(name: str, feeds: Mapping[str, Array], label: int | None) -> Preview:
    for array in feeds.values():
        image = array[0] if array.ndim == 4 and len(array) == 1 else array
        layout = _layout(image)
        if layout is not None:
            return Preview(name, feeds, _scaled(image, layout), False, _statistics(image, layout), label)
    return Preview(name, feeds, None, False, (), label)


def _layout(array: Array) -> Literal["NCHW", "NHWC"] | None:
    """Where the channels of an array stand that can be a picture."""
    if array.ndim != 3 or array.dtype.kind not in "iuf" or not array.size:
        return None
    if array.shape[0] in (1, 3) and min(array.shape[1:]) >= _SMALLEST_SIDE:
        return "NCHW"
    return "NHWC" if array.shape[2] in (1, 3) and min(array.shape[:2]) >= _SMALLEST_SIDE else None


def _scaled(image: Array, layout: str) -> Picture:
    pixels = np.asarray(image, np.float32)
    pixels = pixels.transpose(1, 2, 0) if layout == "NCHW" else pixels
    finite = pixels[np.isfinite(pixels)]
    low, high = (float(finite.min()), float(finite.max())) if finite.size else (0.0, 1.0)
    pixels = np.nan_to_num((pixels - low) / ((high - low) or 1.0), nan=0.0, posinf=1.0, neginf=0.0)
    found = np.rint(255 * np.clip(pixels, 0, 1)).astype(np.uint8)
    return np.ascontiguousarray(np.broadcast_to(found, (*found.shape[:2], 3)))


def _statistics(image: Any, layout: str) -> tuple[ChannelStatistics, ...]:
    axis = 0 if layout == "NCHW" else 2
    channels = np.moveaxis(np.asarray(image, np.float32), axis, 0).reshape(np.shape(image)[axis], -1)
    return tuple(ChannelStatistics(float(c.min()), float(c.max()), float(c.mean(dtype=np.float64))) for c in channels)
