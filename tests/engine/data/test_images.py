from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.images import ImageSamples, Steps, load, prepare
from engine.errors import DataError
from engine.graph.values import ValueInfo

NCHW = ValueInfo("x", "float32", ("batch", 3, 4, 6))


def picture(path: Path, height: int = 4, width: int = 6) -> np.ndarray:
    pixels = np.random.default_rng(0).integers(0, 256, (height, width, 3), np.uint8)
    Image.fromarray(pixels).save(path)
    return pixels


def test_pixels_are_normalised_per_channel_and_ordered(tmp_path: Path) -> None:
    pixels = picture(tmp_path / "a.png")
    steps = Steps(mean=(1, 2, 3), std=(4, 5, 6))
    found = load(tmp_path / "a.png", prepare(steps, NCHW, "d"))
    np.testing.assert_allclose(found, ((pixels - np.array([1.0, 2, 3])) / [4, 5, 6]).transpose(2, 0, 1), rtol=1e-6)
    assert found.dtype == np.float32


def test_blue_comes_first_where_the_model_wants_it(tmp_path: Path) -> None:
    pixels = picture(tmp_path / "a.png")
    info = ValueInfo("x", "uint8", (None, 4, 6, 3))
    found = load(tmp_path / "a.png", prepare(Steps(color="BGR"), info, "d"))
    np.testing.assert_array_equal(found, pixels[:, :, ::-1])


def test_without_mean_and_std_floats_are_0_to_1_and_integers_are_pixels(tmp_path: Path) -> None:
    pixels = picture(tmp_path / "a.png")
    floats = load(tmp_path / "a.png", prepare(Steps(), NCHW, "d"))
    np.testing.assert_allclose(floats, (pixels / 255).transpose(2, 0, 1), rtol=1e-6)
    signed = load(tmp_path / "a.png", prepare(Steps(mean=(128,)), ValueInfo("x", "int8", (1, 3, 4, 6)), "d"))
    np.testing.assert_array_equal(signed, (pixels.astype(int) - 128).transpose(2, 0, 1))


def test_one_channel_is_gray(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    preprocess = prepare(Steps(), ValueInfo("x", "float32", (1, 1, 4, 6)), "d")
    assert preprocess.color == "GRAY" and load(tmp_path / "a.png", preprocess).shape == (1, 4, 6)


def test_the_short_side_is_resized_then_the_centre_is_cropped(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 40, 100)
    info = ValueInfo("x", "float32", (None, 3, 10, 10))
    found = load(tmp_path / "a.png", prepare(Steps(resize_short_side=20, center_crop=(10, 10), std=(1,)), info, "d"))
    with Image.open(tmp_path / "a.png") as image:
        wanted = image.resize((50, 20), Image.Resampling.BILINEAR).crop((20, 5, 30, 15))
    np.testing.assert_array_equal(found, np.asarray(wanted, np.float32).transpose(2, 0, 1))


@pytest.mark.parametrize("size", [(40, 100), (100, 40), (3, 3), (4, 6)])
def test_sizes_come_from_the_model_where_nothing_is_said(tmp_path: Path, size: tuple[int, int]) -> None:
    picture(tmp_path / "a.png", *size)
    assert load(tmp_path / "a.png", prepare(Steps(), NCHW, "d")).shape == (3, 4, 6)


@pytest.mark.parametrize(
    ("steps", "shape", "words"),
    [
        (Steps(center_crop=(224, 224)), (1, 3, 240, 320), "images become 224x224"),
        (Steps(layout="NCHW"), (1, 224, 224, 3), "3 channels"),
        (Steps(), (1, 16), "no image"),
        (Steps(mean=(1, 2)), (1, 3, 4, 4), '"mean" has 2 numbers for 3 channels'),
    ],
)
def test_steps_that_do_not_fit_the_model_are_refused(steps: Steps, shape: tuple[int, ...], words: str) -> None:
    with pytest.raises(DataError, match=words):
        prepare(steps, ValueInfo("x", "float32", shape), "d")


def test_an_unreadable_image_is_named(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    (tmp_path / "bad.png").write_bytes((tmp_path / "a.png").read_bytes()[:60])
    with pytest.raises(DataError, match=r"bad\.png: is no readable image"):
        load(tmp_path / "bad.png", prepare(Steps(), NCHW, "d"))


def test_images_of_several_sizes_cannot_make_one_batch(tmp_path: Path) -> None:
    picture(tmp_path / "a.png", 4, 6)
    picture(tmp_path / "b.png", 8, 8)
    preprocess = prepare(Steps(), ValueInfo("x", "float32", (None, 3, None, None)), "d")
    samples = ImageSamples((tmp_path / "a.png", tmp_path / "b.png"), preprocess, {}, None, None)
    assert [feeds["x"].shape for feeds in samples.batches(1)] == [(1, 3, 4, 6), (1, 3, 8, 8)]
    with pytest.raises(DataError, match="differ in size"):
        next(samples.batches(2))


def test_order_stays_though_images_are_decoded_ahead(tmp_path: Path) -> None:
    paths = []
    for value in range(30):
        Image.new("RGB", (6, 4), (value, 0, 0)).save(tmp_path / f"{value}.png")
        paths.append(tmp_path / f"{value}.png")
    samples = ImageSamples(tuple(paths), prepare(Steps(std=(1,)), NCHW, "d"), {}, None, None)
    joined = np.concatenate([feeds["x"] for feeds in samples.batches(7)])
    assert joined[:, 0, 0, 0].tolist() == list(range(30))


def test_threads_end_with_an_iteration_that_is_left(tmp_path: Path) -> None:
    import threading

    picture(tmp_path / "a.png")
    samples = ImageSamples((tmp_path / "a.png",) * 50, prepare(Steps(), NCHW, "d"), {}, None, None)
    batches = samples.batches(2)
    next(batches)
    del batches
    assert not [t for t in threading.enumerate() if t.name.startswith("decode")]


def test_the_fingerprint_follows_files_and_preprocessing(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")

    def fingerprint(steps: Steps) -> str:
        return ImageSamples((tmp_path / "a.png",), prepare(steps, NCHW, "d"), {}, None, None).fingerprint

    before = fingerprint(Steps())
    assert fingerprint(Steps()) == before != fingerprint(Steps(mean=(1,)))
    picture(tmp_path / "a.png", 9, 9)
    assert fingerprint(Steps()) != before


def test_a_turned_photograph_is_shown_upright_unless_its_set_says_otherwise(tmp_path: Path) -> None:
    pixels = picture(tmp_path / "a.png")
    exif = Image.Exif()
    exif[0x0112] = 3  # upside down
    Image.fromarray(pixels).save(tmp_path / "a.png", exif=exif)
    upright = load(tmp_path / "a.png", prepare(Steps(std=(1,)), NCHW, "d")).transpose(1, 2, 0)
    np.testing.assert_array_equal(upright, pixels[::-1, ::-1])
    stored = load(tmp_path / "a.png", prepare(Steps(std=(1,), exif_orientation=False), NCHW, "d")).transpose(1, 2, 0)
    np.testing.assert_array_equal(stored, pixels)


def test_mean_and_std_may_be_those_of_pixels_from_0_to_1(tmp_path: Path) -> None:
    picture(tmp_path / "a.png")
    small = Steps(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225), pixels="0-1")
    large = Steps(mean=(123.675, 116.28, 103.53), std=(58.395, 57.12, 57.375))
    found, wanted = (load(tmp_path / "a.png", prepare(steps, NCHW, "d")) for steps in (small, large))
    np.testing.assert_allclose(found, wanted, atol=1e-5)
    with pytest.raises(DataError, match="meant for pixels from 0 to 1"):
        prepare(Steps(mean=small.mean, std=small.std), NCHW, "d")


def test_interpolation_is_chosen(tmp_path: Path) -> None:
    pixels = picture(tmp_path / "a.png")
    steps = Steps(resize=(8, 12), interpolation="nearest", std=(1,))
    found = load(tmp_path / "a.png", prepare(steps, ValueInfo("x", "float32", (1, 3, 8, 12)), "d"))
    np.testing.assert_array_equal(found.transpose(1, 2, 0), pixels.repeat(2, 0).repeat(2, 1))


def test_what_overrules_replaces_the_other_way_to_resize() -> None:
    said = Steps(resize_short_side=256, center_crop=(224, 224), mean=(1.0,))
    assert said.overruled(Steps(resize=(224, 224))) == Steps(resize=(224, 224), center_crop=(224, 224), mean=(1.0,))
    assert said.overruled(Steps()) == said
