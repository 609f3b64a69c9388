"""What ships with Lathe besides code: sample models and their data, icons and themes.

A package, so that the files are found in a source tree, in an installed wheel and in a bundle alike.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent


@dataclass(frozen=True, slots=True)
class Sample:
    """A model to try things on; ``data`` is a folder for ``--data``, with a calibration and an evaluation part."""

    key: str
    title: str
    model: Path
    data: Path
    summary: str


def samples() -> tuple[Sample, ...]:
    """The sample models, the one that shows most first."""
    folder = ROOT / "samples"
    digits = folder / "digits"
    return (
        Sample(
            "digits_resnet",
            "Digits, residual network",
            folder / "digits_resnet.onnx",
            digits,
            "Reads handwritten digits. Residual blocks, a depthwise convolution, squeeze-and-excite and a concat: "
            "large enough that optimizing it shows.",
        ),
        Sample(
            "digits_cnn",
            "Digits, small network",
            folder / "digits_cnn.onnx",
            digits,
            "Reads handwritten digits. One convolution and two dense layers: nearly all of its size is one matrix.",
        ),
    )
