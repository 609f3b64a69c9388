"""Samples from image files: decode, resize, crop, normalise, order the axes.

In this order, each step only where it is asked for:

1. convert to ``color`` (RGB, BGR or GRAY), 8 bits a channel;
2. ``resize`` to [height, width], or ``resize_short_side`` to n pixels, the other side in proportion (rounded down),
   both bilinear with antialiasing (Pillow);
3. ``center_crop`` to [height, width], offsets rounded down;
4. where a size is still not the one that the model's input has: scale to cover it, then centre crop;
5. ``(pixel - mean) / std`` for each channel, in units of 0 to 255. Where neither is said: pixels / 255 for inputs that
   take floats, pixels as they are for inputs that take integers;
6. to the input's layout (NCHW or NHWC) and element type, integers rounded and saturated.

Images are read while iterating, a few ahead of the consumer on other threads.
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.backend import Array, Feeds
from engine.data.fitting import numpy_dtype, shape_text
from engine.data.samples import Labels, stamp
from engine.errors import DataError
from engine.graph.values import ValueInfo

if TYPE_CHECKING:
    from PIL.Image import Image

SUFFIXES = frozenset({".jpg", ".jpeg", ".png", ".bmp", ".gif", ".webp", ".tif", ".tiff", ".ppm", ".pgm"})
_THREADS = 2
_AHEAD = 8


@dataclass(frozen=True, slots=True)
class Steps:
    """What ``dataset.json`` says about the images; None where it says nothing. Sizes are (height, width)."""

    color: Literal["RGB", "BGR", "GRAY"] | None = None
    layout: Literal["NCHW", "NHWC"] | None = None
    resize: tuple[int, int] | None = None
    resize_short_side: int | None = None
    center_crop: tuple[int, int] | None = None
    mean: tuple[float, ...] | None = None
    std: tuple[float, ...] | None = None


@dataclass(frozen=True, slots=True)
class Preprocess:
    """The steps as they are done for one model input.

    Attributes:
        size: (height, width) that the input takes, None where it takes any.
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


@dataclass(frozen=True, slots=True, eq=False)
class ImageSamples:
    """``group`` is how many samples every feed must hold, None where the batch is free."""

    paths: tuple[Path, ...]
    preprocess: Preprocess
    given: Mapping[str, Array]
    labels: Labels | None
    group: int | None
    kind: Literal["data"] = "data"

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((stamp(self.paths), self.preprocess, self.group)).encode())
        for name, value in sorted(self.given.items()):
            digest.update(name.encode() + value.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.paths)

    def batches(self, size: int) -> Iterator[Feeds]:
        size = self.group or size
        images = _ahead(self.paths, self.preprocess)
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
    mean = steps.mean or (0.0,)
    std = steps.std or ((255.0,) if floats and steps.mean is None else (1.0,))
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
    )


def load(path: Path, preprocess: Preprocess) -> Array:
    """One image as the input takes it, without the batch axis.

    Raises:
        DataError: it cannot be read, or is smaller than the crop.
    """
    from PIL import Image, UnidentifiedImageError

    try:
        with Image.open(path) as file:
            if file.mode.startswith(("I", "F")):
                raise DataError(f"holds {file.mode} pixels", where=str(path), way_out="Convert it to 8 bits a channel.")
            image = file.convert("L" if preprocess.color == "GRAY" else "RGB")
    except FileNotFoundError:
        raise DataError("does not exist", where=str(path)) from None
    except (OSError, UnidentifiedImageError, SyntaxError, ValueError, Image.DecompressionBombError) as error:
        raise DataError(
            f"is no readable image: {error}", where=str(path), way_out="Repair it, or take it out of the data set."
        ) from error
    return _pixels(_sized(image, preprocess, path), preprocess)


def _sized(image: Image, preprocess: Preprocess, path: Path) -> Image:
    if preprocess.resize is not None:
        image = _resized(image, preprocess.resize[1], preprocess.resize[0])
    if preprocess.resize_short_side is not None:
        image = _scaled(image, preprocess.resize_short_side / min(image.size))
    if preprocess.center_crop is not None:
        image = _cropped(image, preprocess.center_crop, path)
    if preprocess.size is not None and (image.height, image.width) != preprocess.size:
        height, width = preprocess.size
        image = _scaled(image, max(height / image.height, width / image.width), at_least=(width, height))
        image = _cropped(image, preprocess.size, path)
    return image


def _scaled(image: Image, factor: float, at_least: tuple[int, int] = (1, 1)) -> Image:
    # 1e-9: 256 / 500 * 500 must stay 256 whatever the rounding of the quotient
    width, height = (max(least, int(side * factor + 1e-9)) for side, least in zip(image.size, at_least, strict=True))
    return _resized(image, width, height)


def _resized(image: Image, width: int, height: int) -> Image:
    from PIL.Image import Resampling

    return image if image.size == (width, height) else image.resize((width, height), Resampling.BILINEAR)


def _cropped(image: Image, size: tuple[int, int], path: Path) -> Image:
    height, width = size
    if image.height < height or image.width < width:
        raise DataError(
            f"is {image.height}x{image.width} where it is cropped to {height}x{width}",
            where=str(path),
            way_out='Say "resize_short_side" in dataset.json.',
        )
    left, top = (image.width - width) // 2, (image.height - height) // 2
    return image.crop((left, top, left + width, top + height))


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


def _ahead(paths: Sequence[Path], preprocess: Preprocess) -> Generator[Array, None, None]:
    """The images in order; at most a few wait decoded."""
    waiting: deque[Future[Array]] = deque()
    left = iter(paths)
    pool = ThreadPoolExecutor(_THREADS, thread_name_prefix="decode")
    try:
        for path in islice(left, _AHEAD):
            waiting.append(pool.submit(load, path, preprocess))
        while waiting:
            image = waiting.popleft().result()
            for path in islice(left, 1):
                waiting.append(pool.submit(load, path, preprocess))
            yield image
    finally:
        pool.shutdown(cancel_futures=True)
