"""Short looks at one layer: its attributes, its tensors, the distribution of its weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from engine.progress import Progress
from gui.language import tr

if TYPE_CHECKING:
    import onnx_ir as ir

BINS = 64
LONGEST = 120
SAMPLED = 4_000_000
"""Elements of a tensor that are looked at; of a larger one every n-th."""


@dataclass(frozen=True, slots=True)
class TensorSummary:
    """``zeros`` is a fraction; ``sampled`` says that not every element was looked at."""

    name: str
    counts: tuple[int, ...]
    edges: tuple[float, ...]
    low: float
    high: float
    mean: float
    deviation: float
    zeros: float
    sampled: bool


@dataclass(frozen=True, slots=True)
class TensorLine:
    """One input or output of a layer."""

    role: str
    name: str
    dtype: str
    shape: tuple[object, ...] | None
    constant: bool


def attributes(node: ir.Node) -> list[tuple[str, str]]:
    """Names and values of a node's attributes, shortened."""
    found = []
    for name, attribute in node.attributes.items():
        kind = attribute.type.name
        if kind in ("GRAPH", "GRAPHS", "TENSOR", "TENSORS", "SPARSE_TENSOR", "SPARSE_TENSORS"):
            text = kind.lower()
        else:
            value = attribute.value
            text = ", ".join(str(v) for v in value) if isinstance(value, tuple | list) else str(value)
        found.append((name, text if len(text) <= LONGEST else text[:LONGEST] + "…"))
    return found


def tensors(node: ir.Node) -> list[TensorLine]:
    from engine.graph.layers import dtype_name

    def line(role: str, value: ir.Value) -> TensorLine:
        shape = None if value.shape is None else tuple(d if isinstance(d, int) else d.value for d in value.shape)
        dtype = dtype_name(value.dtype) or "?"
        return TensorLine(role, value.name or "", dtype, shape, value.const_value is not None)

    found = [line("in", v) for v in node.inputs if v is not None]
    return found + [line("out", v) for v in node.outputs]


def largest_weight(node: ir.Node) -> ir.TensorProtocol | None:
    """The layer's parameter with most elements."""
    from engine.graph.cost import parameters

    return max(parameters(node), key=lambda tensor: tensor.size, default=None)


def summarize(tensor: ir.TensorProtocol, *, progress: Progress) -> TensorSummary | None:
    """The distribution of a tensor's elements; None where it has none that are finite numbers."""
    progress.step(tr("Reading weights"))
    values = np.asarray(tensor.numpy()).reshape(-1)
    step = max(1, -(-values.size // SAMPLED))
    values = values[::step].astype(np.float64)
    progress.check()
    values = values[np.isfinite(values)]
    if not values.size:
        return None
    counts, edges = np.histogram(values, BINS)
    return TensorSummary(
        tensor.name or "",
        tuple(int(c) for c in counts),
        tuple(float(e) for e in edges),
        float(values.min()),
        float(values.max()),
        float(values.mean()),
        float(values.std()),
        float(np.mean(values == 0)),
        step > 1,
    )
