"""Session files (``.lathe``): everything of one piece of work that is not in the model file itself.

A session is a zip archive with ``session.json`` (the source by path and SHA-256, data, settings, variants, what the
window showed) and ``figures.json`` (what was measured, by kind and key). The model is never in it: where its file has
moved, another with the same hash is as good. Infinite numbers, which JSON does not have, are ``{"$number": "inf"}``.
"""

from __future__ import annotations

import hashlib
import io
import json
import math
import zipfile
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, fields, is_dataclass
from pathlib import Path
from typing import Any

from engine.errors import DataError
from engine.profiling.stored import Unbounded
from engine.progress import Progress
from engine.recipe import Recipe
from engine.targets import check_target, disk_faults, written_aside
from engine.variants import Variant, Variants

SUFFIX = ".lathe"
FORMAT_VERSION = 1
LARGEST = 1 << 30
"""Bytes that an entry of a session may unpack to."""
LOOKED_AT = 20_000
"""Files of the right size that are looked for below the folders before giving up."""
PIECES_DEPTH, FEW = 4, 64
"""Figures are written piece by piece down to this depth, what has more than a few entries below it as well."""
_CHUNK = 1 << 20


@dataclass(frozen=True, slots=True)
class SourceFile:
    """``bytes`` is of the file alone, without external data; ``sha256`` as well."""

    path: str
    sha256: str
    bytes: int


@dataclass(frozen=True, slots=True)
class Session:
    """What is kept.

    Attributes:
        data: path of the samples, "" for synthetic inputs; ``data_choice`` how they are taken.
        settings: device, threads, batch, runs, shapes, inputs, options.
        figures: by kind, then by key, in plain JSON; whoever reads them knows their types.
        window: what was shown.
    """

    source: SourceFile
    variants: Variants
    data: str = ""
    data_choice: Mapping[str, Any] = field(default_factory=dict)
    settings: Mapping[str, Any] = field(default_factory=dict)
    figures: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    window: Mapping[str, Any] = field(default_factory=dict)


def save_session(session: Session, path: Path) -> None:
    """Written aside and forced to disk, then moved into place: a crash leaves the old file or the new one.

    Raises:
        UsageError: it cannot be written there.
        CheckError: the disk is full.
    """
    target = check_target(path, {Path(session.source.path): "the model that is open"})
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive:
        archive.writestr("session.json", json.dumps(_head(session), indent=1))
        with archive.open("figures.json", "w", force_zip64=True) as figures:
            for text in in_pieces(session.figures):
                figures.write(text.encode())
    with disk_faults(path), written_aside(target) as aside:
        aside.write_bytes(content.getvalue())


def _head(session: Session) -> dict[str, Any]:
    variants = session.variants
    return {
        "lathe_session": FORMAT_VERSION,
        "source": plain(session.source),
        "data": session.data,
        "data_choice": plain(session.data_choice),
        "settings": plain(session.settings),
        "variants": [{"name": v.name, "recipe": v.recipe.to_json()} for v in variants.items],
        "current": variants.current,
        "window": plain(session.window),
    }


def load_session(path: Path) -> Session:
    """What ``save_session`` wrote.

    Raises:
        DataError: it is no session, or one of a newer version.
    """
    where, way_out = str(path), "Choose a file that File, Save session wrote."
    try:
        with zipfile.ZipFile(path) as archive:
            head, figures = _entry(archive, "session.json"), _entry(archive, "figures.json")
        version = head["lathe_session"]
        if version > FORMAT_VERSION:
            raise DataError(f"session format {version} is newer than this Lathe", where=where, way_out="Update Lathe.")
        variants = [Variant(str(v["name"]), Recipe.from_json(v["recipe"], where)) for v in head["variants"]]
        current = int(head["current"])
        if not variants or not 0 <= current < len(variants) or len({v.name for v in variants}) != len(variants):
            raise ValueError("variants")
        source = head["source"]
        return Session(
            SourceFile(str(source["path"]), str(source["sha256"]), int(source["bytes"])),
            Variants(tuple(variants), current),
            str(head["data"]),
            _mapping(head["data_choice"]),
            _mapping(head["settings"]),
            {kind: _mapping(values) for kind, values in _mapping(figures).items()},
            _mapping(head["window"]),
        )
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror or error}", where=where, way_out=way_out) from None
    except (zipfile.BadZipFile, KeyError, TypeError, ValueError, RecursionError, NotImplementedError) as error:
        raise DataError(f"is not a session ({error})", where=where, way_out=way_out) from None


def _entry(archive: zipfile.ZipFile, name: str) -> Any:
    if archive.getinfo(name).file_size > LARGEST:
        raise ValueError(f"{name} is too large")
    return json.loads(archive.read(name), object_hook=_number)


def _number(found: dict[str, Any]) -> Any:
    return Unbounded(found["$number"]) if found.keys() == {"$number"} else found


def _mapping(value: object) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise ValueError("not an object")
    return value


def plain(value: Any) -> Any:
    """Dataclasses, tuples and numpy's numbers as JSON has them."""
    if isinstance(value, bool | int | str) or value is None:
        return value
    if isinstance(value, float):
        return float(value) if math.isfinite(value) else {"$number": str(float(value))}
    if is_dataclass(value) and not isinstance(value, type):
        return {entry.name: plain(getattr(value, entry.name)) for entry in fields(value)}
    if isinstance(value, Mapping):
        return {str(key): plain(inner) for key, inner in value.items()}
    if isinstance(value, Iterable):
        return [plain(inner) for inner in value]
    if hasattr(value, "item"):  # numpy's
        return plain(value.item())
    return str(value)


def in_pieces(value: Any, depth: int = PIECES_DEPTH) -> Iterator[str]:
    """``plain`` as JSON, piece by piece.

    A profile of 10,000 layers is 1.5 million values: at once they would stop all other threads of the process, the
    window's too, while they are encoded and while the garbage collector walks over them.
    """
    if is_dataclass(value) and not isinstance(value, type):
        value = {entry.name: getattr(value, entry.name) for entry in fields(value)}
    if isinstance(value, Mapping) and (depth > 0 or _long(value) or any(map(_long, value.values()))):
        yield "{"
        for number, (key, inner) in enumerate(value.items()):
            yield f"{',' if number else ''}{json.dumps(str(key))}:"
            yield from in_pieces(inner, depth - 1)
        yield "}"
    elif _long(value):
        for start in range(0, len(value), FEW):
            yield f"{',' if start else '['}{_json(value[start : start + FEW])[1:-1]}"
        yield "]"
    else:
        yield _json(value)


def _long(value: Any) -> bool:
    return isinstance(value, list | tuple | Mapping) and len(value) > FEW


def _json(value: Any) -> str:
    return json.dumps(plain(value), separators=(",", ":"))


# -- the source file -----------------------------------------------------------------------------------------------


def describe_file(path: Path, progress: Progress) -> SourceFile:
    return SourceFile(str(path), file_sha256(path, progress), path.stat().st_size)


def file_sha256(path: Path, progress: Progress) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        while chunk := file.read(_CHUNK):
            progress.check()
            digest.update(chunk)
    return digest.hexdigest()


def find_source(session: Session, place: Path, folders: Iterable[Path], progress: Progress) -> Path | None:
    """Where the model of a session is now: where it was, beside the session file, or below one of the folders.

    A file counts when its size and hash are those of the session, whatever it is called. None where there is none.
    """
    wanted = session.source
    recorded = Path(wanted.path)
    first = [recorded, place.parent / recorded.name]
    for path in first:
        if _is(path, wanted, progress):
            return path
    progress.step(f"Looking for {recorded.name}")
    left = LOOKED_AT
    for folder in dict.fromkeys([place.parent, recorded.parent, *folders]):
        for path in _files_below(folder):
            left -= 1
            progress.check()
            if left <= 0:
                return None
            if _is(path, wanted, progress):
                return path
    return None


def _files_below(folder: Path) -> Iterable[Path]:
    """Two levels deep: a model that was moved is near, and a home folder is wide."""
    for depth in ("*", "*/*"):
        try:
            yield from (path for path in folder.glob(depth) if path.suffix)
        except OSError:
            return


def _is(path: Path, wanted: SourceFile, progress: Progress) -> bool:
    try:
        return path.is_file() and path.stat().st_size == wanted.bytes and file_sha256(path, progress) == wanted.sha256
    except OSError:
        return False
