from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.backend import RunSettings
from engine.data.dataset import open_dataset
from engine.data.options import DataOptions
from engine.data.preview import preview
from engine.data.samples import Head
from engine.data.synthetic import SyntheticSamples
from engine.graph.values import ValueInfo


@pytest.mark.parametrize("color", ["RGB", "BGR"])
@pytest.mark.parametrize("shape", [("batch", 3, 8, 8), (4, 3, 8, 8), (8, 8, 3)])
def test_a_picture_is_what_was_fed_with_the_normalisation_taken_back(
    tmp_path: Path, color: str, shape: tuple[object, ...]
) -> None:
    pixels = np.random.default_rng(0).integers(0, 256, (8, 8, 3), np.uint8)
    for name in "abcd":
        Image.fromarray(pixels).save(tmp_path / f"{name}.png")
    info = ValueInfo("x", "float32", shape)  # type: ignore[arg-type]
    options = DataOptions(color=color, mean="120,110,100", std="50,60,70")  # type: ignore[arg-type]
    found = open_dataset(tmp_path, [info], samples=None, seed=0, options=options)
    shown = preview(found.evaluation, 2)
    assert shown.picture is not None and (shown.picture == pixels).all() and shown.exact
    assert shown.name == "c.png" and shown.label is None
    assert shown.feeds["x"].shape == ((1, 3, 8, 8) if len(shape) == 4 else (8, 8, 3))
    first = pixels[:, :, 0 if color == "RGB" else 2].astype(float)
    assert shown.channels[0].mean == pytest.approx((first.mean() - 120) / 50, abs=1e-5)


def test_an_array_that_looks_like_a_picture_is_shown_with_its_label(tmp_path: Path) -> None:
    x = np.zeros((3, 1, 8, 8), np.float32)
    x[1, 0, 2, 3], x[1, 0, 4, 4] = 2.0, -2.0
    np.savez(tmp_path / "s.npz", x=x, labels=[5, 6, 7])
    samples = open_dataset(tmp_path / "s.npz", [ValueInfo("x", "float32", (None, 1, 8, 8))], samples=None, seed=0)
    shown = preview(Head(samples.evaluation, 2), 1)
    assert (shown.name, shown.label, shown.exact) == ("row 1", 6, False)
    assert shown.picture is not None and shown.picture.shape == (8, 8, 3)
    assert shown.picture[2, 3].tolist() == [255] * 3 and shown.picture[4, 4].tolist() == [0] * 3


def test_other_arrays_have_no_picture(tmp_path: Path) -> None:
    np.savez(tmp_path / "s.npz", x=np.zeros((3, 5)))
    samples = open_dataset(tmp_path / "s.npz", [ValueInfo("x", "float32", (None, 5))], samples=None, seed=0)
    shown = preview(samples.evaluation, 2)
    assert shown.picture is None and shown.feeds["x"].shape == (1, 5) and shown.channels == ()


def test_made_up_samples_have_a_preview_too() -> None:
    assert RunSettings().batch == 1
    samples = SyntheticSamples((), {"x": np.ones((1, 3, 8, 8), np.float32)}, 2, 0)
    assert preview(samples, 1).picture is not None
