"""A file that is open: its layers, what can be done to each, and what else the window asks of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from engine.backend import RunSettings, TargetFacts
from engine.errors import EngineError
from engine.graph.collection import collection_paused
from engine.graph.unchanged import unchanged
from engine.graph.values import ValueInfo, batch_axis

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.format import Source
    from engine.graph.layers import LayerIndex
    from engine.recipe import Recipe

BYTES_WITHOUT_PROTO = 500_000_000
"""Above it the size of a treated model is its tensors' alone: serialising it for a figure would take its memory."""


@dataclass(frozen=True, slots=True)
class Ability:
    """What can be done to one layer: by key of scheme or pruner the reason why not, or None where it can."""

    quantize: Mapping[str, str | None] = field(default_factory=dict)
    suits: Mapping[str, str | None] = field(default_factory=dict)
    prune: Mapping[str, str | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Opened:
    """A file that is open.

    Attributes:
        model: bound to concrete shapes, for what is shown; what is run and exported keeps the dimensions of the file,
            as on the command line.
        facts: of the device that was chosen when it was opened, or None where that is not available.
        flowing: for each layer the shapes of its inputs that are no constants.
        cannot_run: why no runtime can run the file as it is, empty where one may.
    """

    source: Source
    model: ir.Model
    index: LayerIndex
    settings: RunSettings
    inputs: tuple[ValueInfo, ...]
    abilities: Mapping[str, Ability]
    facts: TargetFacts | None
    flowing: Mapping[str, tuple[tuple[object, ...] | None, ...]] = field(default_factory=dict)
    cannot_run: str = ""

    @property
    def path(self) -> Path:
        return self.source.path


@dataclass(frozen=True)
class NeedsShapes:
    """The file has dynamic dimensions other than the batch, which the user must give first."""

    source: Source
    inputs: tuple[ValueInfo, ...]


@dataclass(frozen=True)
class NeedsTrust:
    """Opening the file would run code that it holds; ``why`` is what the engine says, ``sha256`` what it says it of."""

    path: Path
    why: str
    sha256: str


@dataclass(frozen=True)
class NeedsInputs:
    """The program does not say enough about its inputs: tensors without a shape, and Python numbers."""

    path: Path
    tensors: Mapping[str, tuple[int, ...] | None]
    numbers: tuple[str, ...]


Question = NeedsShapes | NeedsTrust | NeedsInputs
"""What the user must answer before a file can be opened."""


def runs_program(opened: Opened, recipe: Recipe, settings: RunSettings) -> bool:
    """Whether the device runs the PyTorch program itself, which has no cleaned form."""
    return opened.source.program is not None and settings.device.startswith("torch:") and not recipe.rules


def unknown_dimensions(value: ValueInfo) -> bool:
    """Whether an input has dynamic dimensions other than the batch."""
    batch = batch_axis(value.shape)
    return not value.ranked or any(not isinstance(dim, int) for axis, dim in enumerate(value.shape) if axis != batch)


def flowing(index: LayerIndex) -> dict[str, tuple[tuple[object, ...] | None, ...]]:
    """For every layer the shapes of its inputs that are no constants."""
    return {
        layer.id: tuple(
            None if v.shape is None else tuple(d if isinstance(d, int) else d.value for d in v.shape)
            for v in index.node(layer.id).inputs
            if v is not None and v.const_value is None
        )
        for layer in index.layers
    }


def facts_of(device: str) -> TargetFacts | None:
    from engine.backends import backend_of

    try:
        return backend_of(device).facts(device)
    except EngineError:
        return None


@collection_paused()
@unchanged()
def abilities(index: LayerIndex, facts: TargetFacts | None) -> dict[str, Ability]:
    """For every layer what each scheme and each pruner says of it."""
    from engine.pruners import pruners
    from engine.schemes import schemes

    cannot = {key: pruner.why_not(index.model) for key, pruner in pruners().items()}
    found: dict[str, Ability] = {}
    shared: dict[tuple[object, ...], dict[str, str | None]] = {}

    def one(table: dict[str, str | None]) -> dict[str, str | None]:
        """The same for all layers of which the same is said: most of thousands are alike."""
        return shared.setdefault(tuple(table.items()), table)

    for layer in index.layers:
        node = index.node(layer.id)
        quantize = {key: s.why_not(node) for key, s in schemes().items()}
        suits = {
            key: s.suits(node, facts) if facts is not None else None
            for key, s in schemes().items()
            if quantize[key] is None
        }
        prune = {key: reasons.get(layer.id) for key, reasons in cannot.items()}
        found[layer.id] = Ability(one(quantize), one(suits), one(prune))
    return found


def model_bytes(model: ir.Model) -> int:
    """The size of the file that an export would write."""
    import onnx_ir as ir

    tensors = [v.const_value for g in model.graphs() for v in g.initializers.values() if v.const_value is not None]
    total = sum(t.nbytes for t in tensors)
    return total if total > BYTES_WITHOUT_PROTO else int(ir.to_proto(model).ByteSize())
