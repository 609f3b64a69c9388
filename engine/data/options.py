"""What a user may say about samples beside the data itself: ``--set data.OPTION=VALUE``, or a form.

What is said here wins over ``dataset.json``; what is not said anywhere follows from the model's input.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.options import option

KEY = "data"
NO_LABELS = "no"


@dataclass(frozen=True, slots=True)
class DataOptions:
    """All of them with the value that they have where nobody says anything."""

    bad_samples: Literal["leave-out", "refuse"] = option(
        "leave-out",
        label="Bad samples",
        help="unreadable files, wrong shapes, NaN and infinite values, missing labels: leave them out and say so, or "
        "refuse the whole set",
    )
    overlap: Literal["warn", "leave-out", "refuse"] = option(
        "warn",
        label="Calibration samples in the evaluation",
        help="the same content in both parts: warn, leave them out of the calibration, or refuse the set",
    )
    check: Literal["auto", "structure", "decode"] = option(
        "auto",
        label="Check of image files",
        help="structure: headers, checksums and ends of files; decode: decode every file once before it is used; auto: "
        "decode where that takes no second",
    )
    infinite: bool = option(
        False, label="Infinite values are meant", help="keep samples with infinite values, as masks for attention have"
    )
    labels: str | None = option(
        None,
        label="Labels",
        help="folders: one sub-folder for each class; NAME.csv: a table with the columns file and label; the name of "
        "an array; no: the data has none",
    )
    color: Literal["RGB", "BGR", "GRAY"] | None = option(None, label="Colours", help="the order of the channels")
    layout: Literal["NCHW", "NHWC"] | None = option(None, label="Layout", help="the order of the input's axes")
    resize: str | None = option(None, label="Resize to", help="height and width in pixels: 224x224")
    resize_short_side: int | None = option(
        None, label="Resize the short side to", help="pixels; the other side in proportion", minimum=1
    )
    center_crop: str | None = option(None, label="Crop the centre", help="height and width in pixels: 224x224")
    interpolation: Literal["nearest", "bilinear", "bicubic", "lanczos"] | None = option(
        None, label="Interpolation", help="of resizing; bilinear where nothing is said"
    )
    pixels: Literal["0-255", "0-1"] | None = option(
        None, label="Mean and std are for pixels", help="the range of pixels for which mean and std are meant"
    )
    mean: str | None = option(None, label="Mean", help="one number, or one for each channel: 123.7,116.3,103.5")
    std: str | None = option(None, label="Std", help="one number, or one for each channel: 58.4,57.1,57.4")
    exif_orientation: bool | None = option(
        None, label="Turn as the camera was held", help="follow the orientation that EXIF says; yes without it"
    )
