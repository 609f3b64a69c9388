from __future__ import annotations

import pytest

from engine.data.description import steps_of
from engine.data.images import Steps
from engine.data.options import DataOptions
from engine.errors import UsageError


def test_options_say_the_same_as_the_file() -> None:
    options = DataOptions(
        color="BGR",
        resize="224x256",
        center_crop="200",
        mean="1,2.5,3",
        std="4",
        pixels="0-255",
        exif_orientation=False,
    )
    wanted = Steps(
        color="BGR", resize=(224, 256), center_crop=(200, 200), mean=(1, 2.5, 3), std=(4,), pixels="0-255",
        exif_orientation=False,
    )  # fmt: skip
    assert steps_of(options) == wanted
    assert steps_of(DataOptions()) == Steps()


@pytest.mark.parametrize(
    ("options", "words"),
    [
        (DataOptions(resize="large"), r"data\.resize: 'large' is not \[height, width\]"),
        (DataOptions(resize="1x2x3"), '"resize" must be'),
        (DataOptions(mean="1;2"), r"data\.mean: '1;2' is not a number for each channel"),
        (DataOptions(std="0"), '"std" must be positive'),
        (DataOptions(mean="nan"), '"mean" must be a number'),
    ],
)
def test_an_option_that_says_nothing_sensible_is_wrong_usage(options: DataOptions, words: str) -> None:
    with pytest.raises(UsageError, match=words):
        steps_of(options)
