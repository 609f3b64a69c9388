"""Whether an image file can be used, without making an array of it.

What is looked at is the structure: the header (a known format, 8 bits a channel, large enough for the crop), the
checksums of a PNG, the end of a JPEG (a marker that cannot stand inside the compressed data, so that it shows what was
cut off). Other formats, and all where that is asked for, are decoded; of a JPEG only an eighth of each side comes out
then, which takes a third of the time and reads all of the compressed data.
"""

from __future__ import annotations

import contextlib
import io
import re
from collections.abc import Generator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from engine.data.ahead import mapped
from engine.data.cleaning import DEEP, MISSING, SHAPE, UNREADABLE, Fault, Verdict, digest_of
from engine.data.images import THREADS, Preprocess, crop_fault, too_deep, unreadable
from engine.data.options import DataOptions

if TYPE_CHECKING:
    from PIL.Image import Image

DECODED_BYTES = 64 << 20
"""Of compressed data, in all files of a part; two threads decode so much in about half a second."""
_SMALL_BYTES = 8 << 10
_MARKER = re.compile(rb"\xff[^\x00\xff\xd0-\xd7]", re.DOTALL)
"""Of a segment of a JPEG; the others stand inside the compressed data."""
_END = 0xD9
_WITHOUT_LENGTH = (0x01, 0xD8)


def look(
    paths: Sequence[Path], indices: Sequence[int], preprocess: Preprocess, options: DataOptions
) -> Generator[Verdict, None, None]:
    """Verdicts on the images with these indices."""
    chosen = [paths[index] for index in indices]
    size = _bytes(chosen)
    decode = options.check == "decode" or (options.check == "auto" and size <= DECODED_BYTES)

    def one(path: Path) -> Verdict:
        return verdict(path, preprocess, decode=decode)

    if size < _SMALL_BYTES * len(chosen):  # threads would mostly wait for each other
        return (one(path) for path in chosen)
    return mapped(one, chosen, threads=THREADS, depth=4 * THREADS, name="check")


def verdict(path: Path, preprocess: Preprocess, *, decode: bool) -> Verdict:
    """One look at one file, which is read once."""
    from PIL import Image

    try:
        content = path.read_bytes()
    except FileNotFoundError:
        return Verdict(b"", Fault(MISSING, ""))
    except OSError as error:
        return Verdict(b"", Fault(UNREADABLE, str(error.strerror)))
    fault = None
    try:
        with Image.open(io.BytesIO(content)) as file:
            if deep := too_deep(file):
                fault = Fault(DEEP, deep)
            elif small := crop_fault(file, preprocess):
                fault = Fault(SHAPE, small)
            else:
                fault = _fault_of_content(file, content, decode=decode)
    except unreadable() as error:
        fault = Fault(UNREADABLE, _told(error))
    return Verdict(digest_of([content]), fault)


def _fault_of_content(file: Image, content: bytes, *, decode: bool) -> Fault | None:
    if file.format == "PNG" and not decode:
        file.verify()
    elif file.format == "JPEG":
        if not _reaches_its_end(content):
            return Fault(UNREADABLE, "cut off")
        if decode:
            file.draft(file.mode, (1, 1))
            file.load()
    else:
        file.load()
    return None


def _reaches_its_end(content: bytes) -> bool:
    """Whether the end of a JPEG comes, segment by segment: cameras put films and other pictures behind it."""
    place = 2
    while found := _MARKER.search(content, place):
        place = found.end()
        code = content[place - 1]
        if code == _END:
            return True
        if code not in _WITHOUT_LENGTH:
            place += int.from_bytes(content[place : place + 2])
    return False


def _bytes(paths: Sequence[Path]) -> int:
    total = 0
    for path in paths:
        with contextlib.suppress(OSError):
            total += path.stat().st_size
    return total


def _told(error: Exception) -> str:
    """Pillow's own words, without the address of the stream."""
    text = str(error).partition(" <_io")[0]
    return text or type(error).__name__
