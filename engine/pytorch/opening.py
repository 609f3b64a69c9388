"""Opens a program: converts it in a child process, or finds what was converted before.

The child is one of its own: PyTorch would be in the way of what the measuring one measures, and a program that crashes
or never ends takes only this one with it. What comes of a conversion is kept in the user's cache folder under the hash
of all that it depends on; a Python file may read others, which are hashed as well.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.metadata
import importlib.util
import json
import shutil
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import asdict, replace
from pathlib import Path
from threading import Event, Timer
from typing import Any

from engine.caches import cache_folder
from engine.errors import Cancelled, ModelError, RuntimeCrash
from engine.format import InputsNeeded, Opening, Source
from engine.installing import GET_PYTORCH
from engine.profiling.child import Child
from engine.program import Program, conversion_from_json, tie
from engine.progress import Progress
from engine.pytorch.convert import Outcome, convert, missing_text
from engine.pytorch.loading import sha256_of
from engine.pytorch.values import Wanted, check_names

VERSION = 4
"""Of what conversion makes of a program; a new number forgets what older ones made."""
KEPT = 32
PROGRAMS = "programs"
_FILE, _RECORD = "model.onnx", "record.json"


def open_program(
    program: Program, key: str, opening: Opening, progress: Progress, read: Callable[[Path, Progress], Source]
) -> Source:
    """The ONNX graph of a program, or its own graph where that is all there is.

    Args:
        key: of the format, for the result.
        read: opens the ONNX file.

    Raises:
        InputsNeeded: the file does not say enough about its inputs.
        ModelError: the program cannot be loaded or converted in time.
        UsageError: the user gave something for an input that it does not have.
    """
    folder = cache_folder() / PROGRAMS / _key(program)
    progress.step(f"opening {program.path.name}")
    found = _kept(folder) or _convert(program, folder, opening.limit_s, progress)
    if not opening.others_too:
        check_names(found.inputs, program)
    if found.wanted and not opening.inputs_later:
        raise inputs_needed(program, found.wanted)
    if found.conversion.stopped and not opening.as_it_is:
        raise ModelError(
            f"it was not converted to ONNX: {found.conversion.stopped}",
            where=str(program.path),
            way_out="`lathe inspect` shows its own graph, and --device torch:cpu measures it.",
        )
    source = read(folder / _FILE, progress)
    program = replace(program, shapes={**found.conversion.shapes, **program.shapes})
    tie(source.model, program)
    return Source(program.path, key, source.model, program.path.stat().st_size, program, found.conversion)


def inputs_needed(program: Program, wanted: tuple[Wanted, ...]) -> InputsNeeded:
    """What the user has to give, with the flags that give it."""
    tensors = {one.name: one.proposal for one in wanted if not one.scalar}
    numbers = tuple(one.name for one in wanted if one.scalar)
    shapes = [f"--shape {name}={_sizes(proposal)}" for name, proposal in tensors.items()]
    flags = " ".join([*shapes, *(f"--input {name}=VALUE" for name in numbers)])
    error = InputsNeeded(
        f"{missing_text(wanted)}", where=str(program.path),
        way_out=f"Give what is missing, for example {flags}.",
    )  # fmt: skip
    error.tensors, error.numbers = tensors, numbers
    return error


def _sizes(proposal: tuple[int, ...] | None) -> str:
    return ",".join(map(str, proposal)) if proposal else "1,3,224,224"


def _key(program: Program) -> str:
    versions = {}
    for package in ("torch", "onnxscript", "onnx", "onnxruntime"):
        with contextlib.suppress(importlib.metadata.PackageNotFoundError):
            versions[package] = importlib.metadata.version(package)
    said = asdict(program) | {"path": "", "trusted": False, "versions": versions, "lathe": VERSION}
    said["values"] = {name: (text, _value_digest(text)) for name, text in program.values.items()}
    if program.kind in ("module", "factory"):
        said["path"] = str(program.path)
    return hashlib.sha256(json.dumps(said, sort_keys=True).encode()).hexdigest()[:40]


def _value_digest(text: str) -> str:
    return sha256_of(Path(text)) if text.endswith(".npy") and Path(text).is_file() else ""


def _kept(folder: Path) -> Outcome | None:
    """What was converted before, where it is still true."""
    try:
        record = json.loads((folder / _RECORD).read_text(encoding="utf-8"))
        if any(sha256_of(Path(name)) != digest for name, digest in record["files"].items()):
            return None
        if sha256_of(folder / _FILE) != record["sha256"]:
            return None
        wanted = tuple(
            Wanted(one["name"], one["scalar"], None if one["proposal"] is None else tuple(one["proposal"]))
            for one in record["wanted"]
        )
        conversion = conversion_from_json(record["conversion"])
        return Outcome(replace(conversion, cached=True), wanted, inputs=tuple(record["inputs"]))
    except (OSError, ValueError, KeyError, TypeError, ModelError):
        return None


def _convert(program: Program, folder: Path, limit_s: float, progress: Progress) -> Outcome:
    if importlib.util.find_spec("torch") is None:
        raise ModelError("opening it takes PyTorch, which is missing", where=str(program.path),
                         way_out=f"Get it: {GET_PYTORCH}.")  # fmt: skip
    if importlib.util.find_spec("onnxscript") is None:
        raise ModelError("converting it takes onnxscript, which is missing", where=str(program.path),
                         way_out=f"Get it: {GET_PYTORCH}.")  # fmt: skip
    try:
        folder.parent.mkdir(parents=True, exist_ok=True)
        making = Path(tempfile.mkdtemp(prefix="making-", dir=folder.parent))
    except OSError as error:
        raise ModelError(f"the cache folder cannot be written: {error}", where=str(folder.parent)) from None
    try:
        outcome = _in_child(program, making / _FILE, limit_s, progress)
        _record(outcome, making)
        shutil.rmtree(folder, ignore_errors=True)
        making.rename(folder)
    finally:
        shutil.rmtree(making, ignore_errors=True)
    _forget_old(folder.parent)
    return outcome


def _in_child(program: Program, target: Path, limit_s: float, progress: Progress) -> Outcome:
    late = Event()
    with Child() as child:

        def stop() -> None:
            late.set()
            child.close()

        timer = Timer(limit_s, stop)
        timer.daemon = True
        timer.start()
        try:
            return child.call(convert, program, target, progress=progress)
        except Cancelled:
            if not late.is_set() or progress.cancelled:
                raise
            raise ModelError(
                f"converting it took longer than {limit_s:g} s and was stopped",
                where=str(program.path),
                way_out="Give it longer with --convert-limit SECONDS, or export it to ONNX yourself.",
            ) from None
        except RuntimeCrash as crash:
            if crash.status is None:
                raise
            raise ModelError(
                f"the program ended its process, with status {crash.status}, while it was loaded or converted",
                where=str(program.path),
                way_out="os._exit does that, and so do libraries that give up; Lathe goes on without it.",
            ) from None
        finally:
            timer.cancel()


def _record(outcome: Outcome, folder: Path) -> None:
    record: dict[str, Any] = {
        "conversion": outcome.conversion.to_json(),
        "inputs": outcome.inputs,
        "wanted": [asdict(one) for one in outcome.wanted],
        "files": {name: sha256_of(Path(name)) for name in outcome.files},
        "sha256": sha256_of(folder / _FILE),
    }
    (folder / _RECORD).write_text(json.dumps(record), encoding="utf-8")


def _forget_old(parent: Path) -> None:
    """Keep the newest; what another Lathe removes or uses at the same time is left to it."""
    for folder in sorted(_dated(parent), reverse=True)[KEPT:]:
        shutil.rmtree(folder[1], ignore_errors=True)


def _dated(parent: Path) -> Iterator[tuple[float, Path]]:
    for folder in parent.iterdir():
        with contextlib.suppress(OSError):
            yield folder.stat().st_mtime, folder
