from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from engine.data.cleaning import Fault
from engine.data.image_check import look, verdict
from engine.data.images import Steps, load, prepare
from engine.data.options import DataOptions
from engine.graph.values import ValueInfo

PREPROCESS = prepare(Steps(std=(1,)), ValueInfo("x", "float32", ("batch", 3, 16, 16)), "d")
PIXELS = np.random.default_rng(0).integers(0, 256, (32, 48, 4), np.uint8)


def written(path: Path, mode: str, form: str, *, keep: float = 1.0) -> Path:
    image = Image.fromarray(PIXELS[:, :, :3]).convert("RGB" if mode == "I;16" else mode)
    if mode == "I;16":
        image = Image.fromarray(PIXELS[:, :, 0].astype(np.uint16) * 257)
    stream = io.BytesIO()
    image.save(stream, form)
    content = stream.getvalue()
    path.write_bytes(content[: int(len(content) * keep)])
    return path


@pytest.mark.parametrize("decode", [False, True])
@pytest.mark.parametrize(
    ("mode", "form"),
    [
        ("RGB", "JPEG"), ("L", "JPEG"), ("CMYK", "JPEG"), ("RGBA", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("1", "PNG"),
        ("P", "GIF"), ("RGB", "WEBP"), ("RGB", "TIFF"), ("RGB", "BMP"),
    ],
)  # fmt: skip
def test_every_kind_of_picture_passes_and_a_cut_one_does_not(
    tmp_path: Path, mode: str, form: str, decode: bool
) -> None:
    path = written(tmp_path / "whole", mode, form)
    assert verdict(path, PREPROCESS, decode=decode).fault is None
    assert load(path, PREPROCESS).shape == (3, 16, 16)
    fault = verdict(written(tmp_path / "cut", mode, form, keep=0.7), PREPROCESS, decode=decode).fault
    assert fault is not None and fault.reason == "unreadable"


@pytest.mark.parametrize("content", [b"", b"I am text", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_unreadable(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "a.png").write_bytes(content)
    fault = verdict(tmp_path / "a.png", PREPROCESS, decode=False).fault
    assert fault is not None and fault.reason == "unreadable" and "BytesIO" not in fault.detail


def test_sixteen_bits_a_channel_are_not_guessed_at(tmp_path: Path) -> None:
    fault = verdict(written(tmp_path / "a.png", "I;16", "PNG"), PREPROCESS, decode=False).fault
    assert fault is not None and fault.reason == "more than 8 bits a channel"


def test_an_image_smaller_than_the_crop_shows_in_its_header(tmp_path: Path) -> None:
    path = written(tmp_path / "a.png", "RGB", "PNG")
    info = ValueInfo("x", "float32", ("batch", 3, 40, 40))
    fault = verdict(path, prepare(Steps(center_crop=(40, 40)), info, "d"), decode=False).fault
    assert fault == Fault("wrong shape", "is 32x48 where it is cropped to 40x40")


def test_the_crop_is_that_of_the_turned_image(tmp_path: Path) -> None:
    exif = Image.Exif()
    exif[0x0112] = 6
    Image.fromarray(PIXELS[:, :, :3]).save(tmp_path / "a.jpg", exif=exif)  # stored 32 high, shown 48 high
    info = ValueInfo("x", "float32", ("batch", 3, 40, 30))
    upright = prepare(Steps(center_crop=(40, 30)), info, "d")
    assert verdict(tmp_path / "a.jpg", upright, decode=False).fault is None
    assert load(tmp_path / "a.jpg", upright).shape == (3, 40, 30)
    stored = prepare(Steps(center_crop=(40, 30), exif_orientation=False), info, "d")
    assert verdict(tmp_path / "a.jpg", stored, decode=False).fault is not None


@pytest.mark.parametrize("progressive", [False, True])
def test_what_stands_behind_the_end_of_a_jpeg_does_not_matter(tmp_path: Path, progressive: bool) -> None:
    """As the film in a photograph of a telephone, in which any bytes may come."""
    stream = io.BytesIO()
    exif = Image.Exif()
    exif[0x010E] = "\xff\xd9 is no end here"
    Image.fromarray(PIXELS[:, :, :3]).save(stream, "JPEG", progressive=progressive, exif=exif)
    content = stream.getvalue()
    for number, (whole, fine) in enumerate(((content, True), (content[:-40], False))):
        path = tmp_path / f"{number}.jpg"
        path.write_bytes(whole + (b"\x00\xff\xda\x00\x08film" if fine else b""))
        assert (verdict(path, PREPROCESS, decode=False).fault is None) == fine


def test_damage_inside_the_data_shows_when_it_is_decoded(tmp_path: Path) -> None:
    image = Image.fromarray(np.random.default_rng(1).integers(0, 256, (200, 200, 3), np.uint8))
    image.save(tmp_path / "a.jpg", quality=95)
    content = bytearray((tmp_path / "a.jpg").read_bytes())
    content[content.index(b"\xff\xc4") + 5] = 3  # more codes of one bit than there can be
    (tmp_path / "a.jpg").write_bytes(content)
    assert verdict(tmp_path / "a.jpg", PREPROCESS, decode=False).fault is None, "the structure is whole"
    for check, broken in (("structure", False), ("decode", True), ("auto", True)):
        (found,) = look([tmp_path / "a.jpg"], [0], PREPROCESS, DataOptions(check=check))  # type: ignore[arg-type]
        assert (found.fault is not None) == broken, check


def test_the_same_content_has_the_same_digest_whatever_its_name(tmp_path: Path) -> None:
    one, other = written(tmp_path / "a.png", "RGB", "PNG"), written(tmp_path / "b.png", "RGB", "PNG")
    assert verdict(one, PREPROCESS, decode=False).digest == verdict(other, PREPROCESS, decode=False).digest
    third = written(tmp_path / "c.png", "L", "PNG")
    assert verdict(third, PREPROCESS, decode=False).digest != verdict(one, PREPROCESS, decode=False).digest
