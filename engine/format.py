"""What a file format is. One file in ``engine/formats`` defines one ``FORMAT``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import ModelError
from engine.program import Conversion, Program
from engine.progress import Progress
from engine.stamp import Stamp, stamp_if_there

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.functions import Function

LIMIT_S = 600.0
"""How long a conversion may take where nobody says otherwise."""


_WEIGHTS = "the opened model's own weight file"
_KNOWN_OTHERS = (
    (0, b"PK\x03\x04", "it is a ZIP archive"),
    (0, b"\x89HDF", "it is an HDF5 file, as Keras writes"),
    (0, b"GGUF", "it is a GGUF file"),
    (4, b"TFL3", "it is a TensorFlow Lite file"),
    (0, b"version https://git-lfs", "it is a pointer of Git LFS, for which `git lfs pull` gets the file"),
    (0, b"\x89PNG", "it is a picture"),
    (0, b"\xff\xd8\xff", "it is a picture"),
)


@dataclass(frozen=True, slots=True)
class Opening:
    """What the user says about a file before it is opened; only programs that must be converted ask for it.

    Attributes:
        shapes, values: of inputs that the file says nothing about.
        trusted: the code of this very file may run.
        others_too: shapes and values may be of the inputs of another file, beside which this one is opened.
        limit_s: of the conversion.
        as_it_is: a program that cannot be converted is opened all the same, with the graph that it has.
        inputs_later: with ``as_it_is``, also where only the user could say what its inputs are.
    """

    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)
    trusted: bool = False
    others_too: bool = False
    limit_s: float = LIMIT_S
    as_it_is: bool = False
    inputs_later: bool = False


class TrustNeeded(ModelError):
    """Opening the file would run code that it holds, and nobody has said yes to that."""


class InputsNeeded(ModelError):
    """The file does not say enough about its inputs.

    ``tensors`` are those without a shape, each with one that may fit; ``numbers`` those that are Python numbers.
    """

    tensors: Mapping[str, tuple[int, ...] | None]
    numbers: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Source:
    """An opened file, never written to.

    Attributes:
        model: the graph as the file has it (names, order, opset); external data lazily mapped.
        file_bytes: the file and its external data together.
        program: what the file holds where that is a PyTorch program, of which ``model`` was made, as ``conversion``
            says.
        remarks: what of it was read otherwise than the file has it, one sentence each.
        functions: the local functions of the file, which stand in the places of their calls in ``model``.
        stamps: of its files, as they were when they were opened.
    """

    path: Path
    format: str
    model: ir.Model
    file_bytes: int
    program: Program | None = None
    conversion: Conversion | None = None
    remarks: tuple[str, ...] = ()
    functions: tuple[Function, ...] = ()
    stamps: Mapping[Path, Stamp] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Format:
    """A kind of file.

    Attributes:
        recognises: from the path and the first kilobyte, whether the file is of this kind.
        open: read it; raises ``ModelError`` where it is broken, truncated or points outside its folder.
        program: of a format that is converted, in the place of ``open``: what there is to convert, once all that can
            be checked without loading it is; raises ``TrustNeeded`` where loading would run foreign code.
    """

    key: str
    title: str
    suffixes: tuple[str, ...]
    recognises: Callable[[Path, bytes], bool]
    open: Callable[[Path, Progress], Source] | None = None
    program: Callable[[Path, Opening], Program] | None = None


def other_kind(head: bytes) -> str:
    """What a file is that is no model that Lathe opens, by its first bytes; "" where they do not tell."""
    for at, magic, what in _KNOWN_OTHERS:
        if head[at:].startswith(magic):
            return what
    return "it is JSON, but no ONNX model" if head.lstrip().startswith((b"{", b"[")) else ""


def is_text(head: bytes) -> bool:
    text = head.decode("utf-8", errors="ignore").lstrip()
    return bool(text) and all(character.isprintable() or character.isspace() for character in text)


def files_of(source: Source) -> dict[Path, str]:
    """The files that the opened model is made of, for ``engine.targets``."""
    import onnx_ir as ir

    tensors = (value.const_value for graph in source.model.graphs() for value in graph.initializers.values())
    weights = {Path(tensor.path): _WEIGHTS for tensor in tensors if isinstance(tensor, ir.ExternalTensor)}
    return {source.path: "the opened model's own file", **weights}


def stamped(source: Source, before: Stamp | None) -> Source:
    """With what its files are like now; its own was like ``before`` when reading began."""
    found = {path: stamp_if_there(path) for path in files_of(source)} | {source.path: before}
    return replace(source, stamps={path: stamp for path, stamp in found.items() if stamp is not None})


def changed_files(source: Source) -> list[Path]:
    """Those that are not there any more as they were opened."""
    return [path for path, stamp in source.stamps.items() if stamp_if_there(path) != stamp]
