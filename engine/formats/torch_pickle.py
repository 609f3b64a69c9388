"""What ``torch.save`` wrote: a whole module, weights alone, or any other pickle.

Unpickling runs code, so what a file holds is read from the opcodes without executing them (``engine.pytorch.pickles``).
A whole module is loaded where the user has said yes to that very file. Weights alone are no program: the message says
what is missing and how to give it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from zipfile import BadZipFile, ZipFile

from engine.errors import ModelError
from engine.format import Format, Opening, TrustNeeded
from engine.program import Program

if TYPE_CHECKING:
    from engine.pytorch.pickles import PickleFacts

_ZIP = b"PK\x03\x04"
_PICKLES = (b"\x80\x02", b"\x80\x03", b"\x80\x04", b"\x80\x05")
_SUFFIXES = (".pt", ".pth", ".pkl", ".pickle", ".bin", ".ckpt", ".th")
_NAMED = 4


def _recognises(path: Path, head: bytes) -> bool:
    if head.startswith(_ZIP):
        from engine.pytorch.archives import kind_of

        kind = kind_of(path)
        return kind == "pickle" or (kind == "other" and path.suffix.lower() in _SUFFIXES and _holds_pickle(path))
    if head.startswith(_PICKLES):
        return True
    return path.suffix.lower() in _SUFFIXES and head[:1] in (b"c", b"(", b"}", b"]", b"i")


def _holds_pickle(path: Path) -> bool:
    """Of an archive that PyTorch did not write so, whether there is a pickle in it all the same."""
    try:
        with ZipFile(path) as file:
            return any(name.endswith("data.pkl") for name in file.namelist())
    except (OSError, ValueError, BadZipFile, NotImplementedError):
        return False


def _program(path: Path, opening: Opening) -> Program:
    from engine.pytorch.loading import sha256_of
    from engine.pytorch.weights import no_program

    found = _facts(path)
    if found.kind == "weights":
        raise no_program(path, {name: tensor.shape for name, tensor in found.tensors.items()})
    if found.kind != "module":
        raise _refused(path, found)
    if not opening.trusted:
        modules = [name for name in found.foreign if not name.startswith("torch.nn.")]
        code = f", among them {', '.join(modules[:_NAMED])}" if modules else ""
        raise TrustNeeded(
            f"it is a pickled module ({found.top}), and loading it runs code: it can do anything that you can. "
            f"It names {len(found.names)} functions and classes{code}",
            where=str(path),
            way_out="Where you trust whoever made the file, give --trust. It was not loaded.",
        )
    return Program(path, "module", sha256_of(path), trusted=True, shapes=opening.shapes, values=opening.values)


def _refused(path: Path, found: PickleFacts) -> ModelError:
    names = ", ".join(found.foreign[:_NAMED]) or "nothing"
    if found.kind == "checkpoint":
        return ModelError(
            f"it is a checkpoint: {len(found.tensors)} tensors beside objects that only unpickling would read, "
            f"which would call {names}. It was not loaded",
            where=str(path),
            way_out="Save the weights alone, torch.save(model.state_dict(), path), and the module as a Python file.",
        )
    return ModelError(
        f"it is a Python pickle that is no module, and loading it would call {names}. It was not loaded",
        where=str(path),
    )


def _facts(path: Path) -> PickleFacts:
    from engine.pytorch.archives import read_archive
    from engine.pytorch.pickles import MOST_BYTES, NotAPickle, scan

    try:
        with path.open("rb") as file:
            zipped = file.read(4) == _ZIP
        if zipped:
            archive = read_archive(path)
            name = next((name for name in archive.sizes if name.rpartition("/")[2] == "data.pkl"), "")
            return scan(archive.read(name, MOST_BYTES))
        with path.open("rb") as file:
            return _legacy(file.read(MOST_BYTES))
    except NotAPickle as error:
        raise ModelError(f"it is a damaged pickle: {error}", where=str(path)) from None
    except OSError as error:
        raise ModelError(f"cannot be read: {error.strerror or error}", where=str(path)) from None


def _legacy(content: bytes) -> PickleFacts:
    """Before it wrote archives, ``torch.save`` wrote three small pickles in front of the one that matters."""
    import io
    import pickletools

    from engine.pytorch.pickles import scan

    stream, found = io.BytesIO(content), []
    for _ in range(4):
        begin = stream.tell()
        try:
            for _opcode, _argument, _at in pickletools.genops(stream):
                pass
        except Exception:  # the raw bytes behind the last pickle
            stream.seek(begin)
            break
        found.append(content[begin : stream.tell()])
        if len(found) == 1 and not _is_magic(found[0]):
            break
    return scan(found[-1] if found else content)


def _is_magic(pickle: bytes) -> bool:
    """The number that PyTorch puts in front."""
    return bytes.fromhex("6cfc9c46f9206aa85019") in pickle


FORMAT = Format(
    key="torch_pickle",
    title="PyTorch module (.pt, .pth; asks before it runs code)",
    suffixes=(".pt", ".pth"),
    recognises=_recognises,
    program=_program,
)
