"""The same work before and after a treatment.

Layers are matched by the layers of the source that they came from (``Layer.origins``), since a treatment merges and
splits nodes and the runtime fuses them differently on each side. What shares an origin is one *piece* of work: the
kernels of both sides are joined until no origin is in two pieces (union-find), so that every microsecond of either
side is in one piece at the most. QuantizeLinear and DequantizeLinear of a file that was quantized elsewhere say no
origin; they belong to the layer that they convert for.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

import onnx_ir as ir

from engine.explain.costs import scale
from engine.explain.quantized import DEQUANTIZE, QUANTIZE
from engine.explain.reason import Side
from engine.graph.constants import is_op
from engine.graph.layers import origins
from engine.graph.ops import is_quantized
from engine.profiling.profile import KernelTiming


@dataclass(frozen=True, slots=True)
class Piece:
    """Work that exists on both sides; times of an undisturbed run (``engine.explain.costs``).

    Attributes:
        layers: that lead its kernels after the treatment, without Q/DQ; the ids of the source where nothing leads.
        before_us, after_us: of the kernels that compute.
        converting_before_us, converting_after_us: of Q/DQ kernels and of what the runtime inserted; these depend on the
            neighbours as much as on the layers themselves.
        quantized: it computes in integers now and did not before.
    """

    layers: tuple[str, ...]
    before_us: float
    after_us: float
    converting_before_us: float
    converting_after_us: float
    quantized: bool

    @property
    def lost_us(self) -> float:
        """In all."""
        return self.after_us + self.converting_after_us - self.before_us - self.converting_before_us


def pieces(before: Side, after: Side) -> tuple[Piece, ...]:
    """The pieces of work that both sides have, those that lost the most first."""
    joined = _Joined()
    sides = [[(kernel, _origins_of(side, kernel)) for kernel in side.profile.kernels] for side in (before, after)]
    for kernels in sides:
        for _, ids in kernels:
            joined.join(ids)
    found: dict[str, tuple[_Sums, _Sums]] = defaultdict(lambda: (_Sums(), _Sums()))
    for number, (side, kernels) in enumerate(zip((before, after), sides, strict=True)):
        factor = scale(side)
        for kernel, ids in kernels:
            if not ids:
                continue
            sums = found[joined.root(ids[0])][number]
            sums.layers[_lead(side, kernel, ids)] = None
            if kernel.inserted or kernel.op in (QUANTIZE, DEQUANTIZE):
                sums.converting_us += kernel.median_us * factor
            else:
                sums.us += kernel.median_us * factor
                sums.integers |= any(is_quantized(side.index.node(layer)) for layer in kernel.layers)
    both = [
        Piece(
            tuple(now.layers), was.us, now.us, was.converting_us, now.converting_us, now.integers and not was.integers
        )
        for was, now in found.values()
        if was.us and now.us
    ]
    return tuple(sorted(both, key=lambda piece: -piece.lost_us))


@dataclass(slots=True)
class _Sums:
    us: float = 0.0
    converting_us: float = 0.0
    integers: bool = False
    layers: dict[str, None] = field(default_factory=dict)


def _lead(side: Side, kernel: KernelTiming, ids: Sequence[str]) -> str:
    computes = kernel.lead is not None and not is_op(side.index.node(kernel.lead), QUANTIZE, DEQUANTIZE)
    return kernel.lead if computes and kernel.lead is not None else ids[0]


def _origins_of(side: Side, kernel: KernelTiming) -> tuple[str, ...]:
    """Those of the layers that compute; a DequantizeLinear that fused into the next layer came from the one before."""
    nodes = [side.index.node(layer) for layer in kernel.layers]
    computing = [node for node in nodes if not is_op(node, QUANTIZE, DEQUANTIZE)]
    found = [origin for node in computing for origin in side.index.by_id[side.index.id_of(node)].origins]
    if not found and nodes:
        layer = side.index.by_id[kernel.layers[0]]
        found = list(layer.origins if origins(nodes[0]) else _converted_for(side, nodes[0]))[:1]
    return tuple(found)


def _converted_for(side: Side, node: ir.Node) -> tuple[str, ...]:
    """The layer whose result a QuantizeLinear takes, or that reads what a DequantizeLinear gives."""
    seen: set[ir.Node] = set()
    while is_op(node, QUANTIZE, DEQUANTIZE) and node not in seen:
        seen.add(node)
        if node.op_type == QUANTIZE and node.inputs[0] is not None and node.inputs[0].producer() is not None:
            producer = node.inputs[0].producer()
            assert producer is not None
            node = producer
        else:
            readers = [reader for value in node.outputs for reader, _ in value.uses()]
            if not readers:
                return ()
            node = readers[0]
    return () if node in seen else side.index.by_id[side.index.id_of(node)].origins


class _Joined:
    """Union-find over origins."""

    def __init__(self) -> None:
        self.parent: dict[str, str] = {}

    def root(self, name: str) -> str:
        self.parent.setdefault(name, name)
        while self.parent[name] != name:
            self.parent[name] = self.parent[self.parent[name]]
            name = self.parent[name]
        return name

    def join(self, names: Iterable[str]) -> None:
        roots = [self.root(name) for name in names]
        for other in roots[1:]:
            self.parent[self.root(other)] = self.root(roots[0])
