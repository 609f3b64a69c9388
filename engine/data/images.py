"""Samples from image files: decode, resize, crop, normalise, order the axes.

In this order, each step only where it is asked for:

1. turn as EXIF says (unless ``exif_orientation`` is false), so that the model gets what every viewer shows;
2. convert to ``color`` (RGB, BGR or GRAY), 8 bits a channel; transparency is dropped, of several pictures in one file
   the first counts;
3. ``resize`` to [height, width], or ``resize_short_side`` to n pixels, the other side in proportion (rounded down),
   both with antialiasing (Pillow) and bilinear unless ``interpolation`` says otherwise;
4. ``center_crop`` to [height, width], offsets rounded down;
5. where a size is still not the one that the model's input has: scale to cover it, then centre crop;
6. ``(pixel - mean) / std`` for each channel, in units of 0 to 255, or of 0 to 1 where ``pixels`` is "0-1". Where
   neither is said: pixels / 255 for inputs that take floats, pixels as they are for inputs that take integers;
7. to the input's layout (NCHW or NHWC) and element type, integers rounded and saturated.

Images are read while iterating, a few ahead of the consumer on other threads.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.backend import Array, Feeds
from engine.data.ahead import mapped
from engine.data.cleaning import Good
from engine.data.fitting import numpy_dtype, shape_text
from engine.data.samples import Labels, stamp
from engine.errors import DataError
from engine.graph.values import ValueInfo

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
THREADS = 2
_AHEAD = 8
_ORIENTATION = 0x0112
_TURNED = (5, 6, 7, 8)
_UNIT_STD = 1.0


Interpolation = Literal["nearest", "bilinear", "bicubic", "lanczos"]


@dataclass(frozen=True, slots=True)
class Steps:
    """What ``dataset.json`` says about the images; None where it says nothing. Sizes are (height, width)."""

    color: Literal["RGB", "BGR", "GRAY"] | None = None
    layout: Literal["NCHW", "NHWC"] | None = None
    resize: tuple[int, int] | None = None
    resize_short_side: int | None = None
    center_crop: tuple[int, int] | None = None
    interpolation: Interpolation | None = None
    pixels: Literal["0-255", "0-1"] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None
    exif_orientation: bool | None = None

    def overruled(self, other: Steps) -> Steps:
        """These steps, but what the others say wins."""
        said = {f.name: value for f in fields(other) if (value := getattr(other, f.name)) is not None}
        if "resize" in said or "resize_short_side" in said:
            said = {"resize": None, "resize_short_side": None} | said
        return replace(self, **said)


@dataclass(frozen=True, slots=True)
class Preprocess:
    """The steps as they are done for one model input.

    Attributes:
        size: (height, width) that the input takes, None where it takes any.
        mean, std: in units of 0 to 255.
        batched: whether the input has a batch axis.
    """

    input: ValueInfo
    color: Literal["RGB", "BGR", "GRAY"]
    layout: Literal["NCHW", "NHWC"]
    resize: tuple[int, int] | None
    resize_short_side: int | None
    center_crop: tuple[int, int] | None
    size: tuple[int, int] | None
    mean: tuple[float, ...]
    std: tuple[float, ...]
    batched: bool
    interpolation: Interpolation = "bilinear"
    upright: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class ImageSamples:
    """``group`` is how many samples every feed must hold, None where the batch is free."""

    paths: tuple[Path, ...]
    preprocess: Preprocess
    given: Mapping[str, Array]
    labels: Labels | None
    group: int | None
    good: Good | None = None
    kind: Literal["data"] = "data"

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((stamp(self.paths), self.preprocess, self.group)).encode())
        for name, value in sorted(self.given.items()):
            digest.update(name.encode() + value.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.paths)

    def take(self, places: Sequence[int]) -> ImageSamples:
        """Some of the samples, by their places among these."""
        return replace(
            self,
            paths=tuple(self.paths[place] for place in places),
            labels=None if self.labels is None else self.labels[list(places)],
            good=None if self.good is None else self.good.take(places),
        )

    def batches(self, size: int) -> Iterator[Feeds]:
        size = self.group or size
        depth = max(_AHEAD, size)
        images = mapped(
            lambda path: load(path, self.preprocess), self.paths, threads=THREADS, depth=depth, name="decode"
        )
        try:
            for start in range(0, len(self), size):
                batch = list(islice(images, size))
                if len({image.shape for image in batch}) > 1:
                    raise DataError(
                        f"images differ in size: {sorted({image.shape for image in batch})}",
                        where=str(self.paths[start].parent),
                        way_out='Say "resize" or "center_crop" in dataset.json, or give the input a size with --shape.',
                    )
                feed = np.stack(batch) if self.preprocess.batched else batch[0]
                yield {**self.given, self.preprocess.input.name: feed}
        finally:
            images.close()


def prepare(steps: Steps, info: ValueInfo, where: str) -> Preprocess:
    """The steps for one input: what they leave open comes from the input's shape and type.

    Raises:
        DataError: the input takes no images, or not such images.
    """
    dims = info.shape[1:] if len(info.shape) == 4 else info.shape
    if len(dims) != 3:
        raise DataError(
            f"the model's input {info.name!r} takes {shape_text(info)}, which is no image",
            where=where,
            way_out="Give samples as .npz with one array for each input.",
        )
    layout = steps.layout or ("NHWC" if dims[2] in (1, 3) and dims[0] not in (1, 3) else "NCHW")
    channels, height, width = dims if layout == "NCHW" else (dims[2], dims[0], dims[1])
    color = steps.color or ("GRAY" if channels == 1 else "RGB")
    made = 1 if color == "GRAY" else 3
    if isinstance(channels, int) and channels != made:
        raise DataError(
            f"{color} images in {layout} have {made} channels; input {info.name!r} takes {shape_text(info)}",
            where=where,
            way_out='Say "color" and "layout" in dataset.json.',
        )
    size = (height, width) if isinstance(height, int) and isinstance(width, int) else None
    final = steps.center_crop or (steps.resize if steps.resize_short_side is None else None)
    for wanted, got in zip((height, width), final or (None, None), strict=True):
        if isinstance(wanted, int) and got is not None and wanted != got:
            raise DataError(
                f"images become {final[0]}x{final[1]}, and the model's input {info.name!r} takes {shape_text(info)}",  # type: ignore[index]
                where=where,
                way_out='Change "center_crop" or "resize" in dataset.json.',
            )
    floats = numpy_dtype(info, where).kind not in "biu"
    if steps.std is not None and steps.pixels is None and max(steps.std) < _UNIT_STD:
        raise DataError(
            f"std {list(steps.std)} is meant for pixels from 0 to 1, and they go from 0 to 255 where nothing is said",
            where=where,
            way_out='Say "pixels": "0-1" in dataset.json, or --set data.pixels=0-1.',
        )
    unit = 255.0 if steps.pixels == "0-1" else 1.0
    mean = tuple(unit * m for m in steps.mean or (0.0,))
    std = tuple(unit * s for s in steps.std or ((255.0 / unit,) if floats and steps.mean is None else (1.0,)))
    for name, values in (("mean", mean), ("std", std)):
        if len(values) not in (1, made):
            raise DataError(f'"{name}" has {len(values)} numbers for {made} channels', where=where)
    return Preprocess(
        info,
        color,
        layout,
        steps.resize,
        steps.resize_short_side,
        steps.center_crop,
        size,
        mean,
        std,
        len(info.shape) == 4,
        steps.interpolation or "bilinear",
        steps.exif_orientation is not False,
    )


def load(path: Path, preprocess: Preprocess) -> Array:
    """One image as the input takes it, without the batch axis.

    Raises:
        DataError: it cannot be read, or is smaller than the crop.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(path) as file:
            if deep := too_deep(file):
                raise DataError(deep, where=str(path), way_out="Convert it to 8 bits a channel.")
            image: Image.Image = ImageOps.exif_transpose(file) if preprocess.upright else file
            image = _converted(image, preprocess)
    except FileNotFoundError:
        raise DataError("does not exist", where=str(path)) from None
    except unreadable() as error:
        raise DataError(
            f"is no readable image: {error}",
            where=str(path),
            way_out="Repair it or take it out; --set data.check=decode finds and leaves out all such files.",
        ) from error
    planned = plan(image.size, preprocess)
    if isinstance(planned, str):
        raise DataError(planned, where=str(path), way_out='Say "resize_short_side" in dataset.json.')
    return _pixels(_sized(image, planned, preprocess), preprocess)


def unreadable() -> tuple[type[Exception], ...]:
    """What Pillow raises for files that are broken in one way or another."""
    from PIL.Image import DecompressionBombError

    kinds = (OSError, SyntaxError, ValueError, EOFError, IndexError, KeyError, TypeError, struct.error)
    return (*kinds, DecompressionBombError)


def too_deep(file: Image) -> str:
    """What is to be said about pixels of more than 8 bits a channel, whose scale nobody knows; "" for others."""
    bits = {"I;16": "16-bit", "I": "32-bit", "F": "32-bit float"}
    kind = next((name for mode, name in bits.items() if file.mode.startswith(mode)), "")
    return f"holds {kind} pixels" if kind else ""


Step = tuple[Literal["resize", "crop"], int, int]


def plan(size: tuple[int, int], preprocess: Preprocess) -> list[Step] | str:
    """How an image of this (width, height) gets its size; or why it cannot."""
    width, height = size
    if not (width and height):
        return "has no pixels"
    steps: list[Step] = []
    if preprocess.resize is not None:
        height, width = preprocess.resize
        steps.append(("resize", width, height))
    if preprocess.resize_short_side is not None:
        width, height = _scaled(width, height, preprocess.resize_short_side / min(width, height))
        steps.append(("resize", width, height))
    if preprocess.center_crop is not None:
        high, wide = preprocess.center_crop
        if height < high or width < wide:
            return f"is {height}x{width} where it is cropped to {high}x{wide}"
        height, width = high, wide
        steps.append(("crop", width, height))
    if preprocess.size is not None and (height, width) != preprocess.size:
        high, wide = preprocess.size
        scaled = _scaled(width, height, max(high / height, wide / width), at_least=(wide, high))
        steps += [("resize", *scaled), ("crop", wide, high)]
    return steps


def crop_fault(file: Image, preprocess: Preprocess) -> str:
    """Why an image cannot get its size, from its header; "" where it can."""
    width, height = file.size
    planned, turned = plan((width, height), preprocess), plan((height, width), preprocess)
    # Asked only where it matters: of a PNG, the EXIF data may stand at the end, and Pillow decodes all of it for them.
    differ = isinstance(planned, str) != isinstance(turned, str)
    if differ and preprocess.upright and file.getexif().get(_ORIENTATION) in _TURNED:
        planned = turned
    return planned if isinstance(planned, str) else ""


def _scaled(width: int, height: int, factor: float, at_least: tuple[int, int] = (1, 1)) -> tuple[int, int]:
    # 1e-9: 256 / 500 * 500 must stay 256 whatever the rounding of the quotient
    return max(at_least[0], int(width * factor + 1e-9)), max(at_least[1], int(height * factor + 1e-9))


def _converted(image: Image, preprocess: Preprocess) -> Image:
    if image.mode in ("P", "PA") and "transparency" in image.info:
        image = image.convert("RGBA")
    return image.convert("L" if preprocess.color == "GRAY" else "RGB")


def _sized(image: Image, planned: list[Step], preprocess: Preprocess) -> Image:
    from PIL.Image import Resampling

    resampling = Resampling[preprocess.interpolation.upper()]
    for step, width, height in planned:
        if step == "resize" and image.size != (width, height):
            image = image.resize((width, height), resampling)
        elif step == "crop":
            left, top = (image.width - width) // 2, (image.height - height) // 2
            image = image.crop((left, top, left + width, top + height))
    return image


def _pixels(image: Image, preprocess: Preprocess) -> Array:
    pixels: NDArray[np.float32] = np.asarray(image, np.float32)
    if preprocess.color == "GRAY":
        pixels = pixels[:, :, None]
    elif preprocess.color == "BGR":
        pixels = pixels[:, :, ::-1]
    mean, std = np.array(preprocess.mean, np.float32), np.array(preprocess.std, np.float32)
    pixels = np.divide(np.subtract(pixels, mean), std)
    if preprocess.layout == "NCHW":
        pixels = pixels.transpose(2, 0, 1)
    wanted: np.dtype[Any] = numpy_dtype(preprocess.input, "")
    if wanted.kind in "iu":
        limits = np.iinfo(wanted)
        pixels = np.clip(np.rint(pixels), limits.min, limits.max)
    return np.ascontiguousarray(pixels.astype(wanted))
