"""The PyTorch program behind an opened model.

ONNX is what Lathe looks at, treats and exports; the program itself is what the devices ``torch:...`` run. Only the
model that was made of the file is tied to it (``model.meta``, which no clone carries on): a treated copy is another
model, and PyTorch never runs the one while it is said to run the other.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from engine.installing import GET_PYTORCH

if TYPE_CHECKING:
    import onnx_ir as ir

Kind = Literal["exported", "torchscript", "module", "factory"]
_META = "lathe.program"

MISSING = f"PyTorch is missing: {GET_PYTORCH}"


@dataclass(frozen=True, slots=True)
class Program:
    """What the child needs to load it.

    Attributes:
        sha256: of the file; the child refuses a file that has changed since.
        function: of a Python file, what builds the module.
        trusted: the user has said yes to running the code of this file.
        shapes, values: what the user gave for its inputs; values as text, or the name of an ``.npy`` file.
    """

    path: Path
    kind: Kind
    sha256: str
    function: str = ""
    trusted: bool = False
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    values: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Module:
    """One module of the program: where it stands, its class, and the parameters that are its own."""

    path: str
    kind: str
    parameters: int


@dataclass(frozen=True, slots=True)
class Difference:
    """One output of the ONNX graph against the same one of PyTorch; ``sqnr_db`` is None where they are identical."""

    output: str
    max_abs_error: float
    sqnr_db: float | None


@dataclass(frozen=True, slots=True)
class Conversion:
    """How a program became an ONNX graph, or why it did not.

    Attributes:
        exporter: "dynamo" or "torchscript", of ``torch.onnx``; empty where it was not converted.
        stopped: what stopped the conversion, empty where nothing did; the graph is then the program's own.
        differences: on ``samples`` inputs, with ONNX Runtime; empty where they could not be compared, as ``notes`` say.
        shapes: that its inputs had.
        cached: it was converted before.
    """

    exporter: str
    seconds: float
    versions: Mapping[str, str]
    modules: tuple[Module, ...]
    stopped: str = ""
    differences: tuple[Difference, ...] = ()
    samples: int = 0
    shapes: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    cached: bool = False

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


def conversion_from_json(stored: Mapping[str, Any]) -> Conversion:
    """What ``to_json`` gave.

    Raises:
        KeyError, TypeError, ValueError: it is something else.
    """
    lists = {
        "modules": tuple(Module(**one) for one in stored["modules"]),
        "differences": tuple(Difference(**one) for one in stored["differences"]),
        "notes": tuple(stored["notes"]),
        "shapes": {name: tuple(shape) for name, shape in stored["shapes"].items()},
    }
    return Conversion(**{**stored, **lists})


def tie(model: ir.Model, program: Program) -> None:
    """Say that this very model is what the program computes."""
    model.meta[_META] = program


def program_of(model: ir.Model) -> Program | None:
    """The program that a model was made of; None for every other model, copies of such a one included."""
    found = model.meta.get(_META)
    return found if isinstance(found, Program) else None
