"""The options that every structural method has."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.options import option


@dataclass(frozen=True)
class StructuralOptions:
    """What a user may choose of how channels are cut and healed."""

    ratio: float = option(
        0.25,
        label="Ratio",
        help="Share of the channels that goes; with spread=measured the share of the model's multiply-accumulates",
        minimum=0,
        maximum=1,
    )
    channels: int | None = option(
        None, label="Channels", help="Instead of a ratio: so many channels of each group stay", minimum=1
    )
    spread: Literal["even", "global", "measured"] = option(
        "even",
        label="Spread",
        help="even: the ratio of every group. global: the ratio of all channels together, the least important ones of "
        "all groups first. measured: where a cut does the least harm for the time that it saves, both measured on data",
    )
    multiple: Literal["auto", "1", "4", "8", "16", "32"] = option(
        "auto",
        label="Multiple of",
        help="Channels that stay are rounded to a multiple of this; auto takes what the target's kernels like. Other "
        "counts can be slower than no cut at all",
    )
    heal: Literal["auto", "yes", "no"] = option(
        "auto",
        label="Heal",
        help="Solve the layers after a cut again, so that on the calibration data each gives what it gave before; auto "
        "does so where there is data",
    )
    together: bool = option(
        True,
        label="Blocks together",
        help="After each layer by itself, solve the layers of each block together: more accurate, and takes most of "
        "the time of healing",
    )
    variants: int = option(
        8,
        label="Variants of images",
        help="Blocks are solved on so many variants of each calibration image at most, mirrored and moved a little, "
        "where there are fewer images than one pass has time for",
        minimum=1,
        maximum=64,
    )
