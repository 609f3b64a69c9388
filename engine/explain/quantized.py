"""QuantizeLinear and DequantizeLinear nodes that ran as kernels of their own.

Where DequantizeLinear -> op -> QuantizeLinear fuses, the runtime runs one integer kernel and the nodes are gone from
the executed graph. A node that stayed does nothing but convert. It is *unavoidable* at the edge of an integer region:
where float values, the inputs of the model say, come in once, or where they go out. It is *avoidable* where

- it converts a constant (a weight that nothing reads as an integer), again in every run;
- all readers of a QuantizeLinear are DequantizeLinear that stayed too: the values are rounded and nothing computes with
  the integers;
- a few float nodes at the most lie between it and a DequantizeLinear before, or a QuantizeLinear behind: values come
  from integers, go through these nodes in float and back to integers, so the pair around them did not fuse.

OpenVINO runs a QuantizeLinear as part of a "Subgraph"; a kernel that does nothing but the work of such nodes is one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import onnx_ir as ir

from engine.explain.reason import Side
from engine.graph.attributes import input_of
from engine.graph.constants import constant, is_op
from engine.graph.layers import dtype_name, origins
from engine.profiling.profile import KernelTiming
from engine.quantization.roles import ACTIVATIONS

QUANTIZE, DEQUANTIZE = "QuantizeLinear", "DequantizeLinear"
_ISLAND = 4
"""Float nodes in a row between two pairs that are looked at; a longer stretch is a float part of the model."""


@dataclass(frozen=True, slots=True)
class Stayed:
    """One Q or DQ kernel that could have fused.

    Attributes:
        around: layers that compute and whose values are converted, in float.
        asked_by: layers of the source for which a treatment made the node; empty in a file quantized elsewhere.
        rounds: it converts a constant or values that nothing computes with as integers; else float layers lie between.
        activations: element type of the integers of the activations ("" for a constant whose reader has none).
    """

    kernel: KernelTiming
    node: ir.Node
    around: tuple[str, ...]
    asked_by: tuple[str, ...]
    rounds: bool
    activations: str


def stayed(side: Side) -> tuple[Stayed, ...]:
    """The avoidable Q and DQ kernels of a profile."""
    kernels: list[tuple[KernelTiming, ir.Node]] = []
    for kernel in side.profile.kernels:
        node = _node_of(side, kernel)
        if node is not None:
            kernels.append((kernel, node))
    # A kernel that the runtime inserted stands for the pair that it was copied from.
    own = {node for _, node in kernels}
    integers = frozenset(layer for kernel in side.profile.kernels if _in_integers(kernel) for layer in kernel.layers)
    return tuple(
        Stayed(
            kernel, node, _around(side, node, integers), _asked_by(side, node), _rounds(node, own), _activations(node)
        )
        for kernel, node in kernels
        if _avoidable(node, own)
    )


def _node_of(side: Side, kernel: KernelTiming) -> ir.Node | None:
    nodes = [side.index.node(layer) for layer in kernel.layers]
    pairs = [node for node in nodes if is_op(node, QUANTIZE, DEQUANTIZE)]
    if kernel.op in (QUANTIZE, DEQUANTIZE):
        same = [node for node in pairs if node.op_type == kernel.op]
        return next(iter(same or (pairs if kernel.inserted else [])), None)
    return pairs[-1] if pairs and len(pairs) == len(nodes) and not kernel.inserted else None


def _avoidable(node: ir.Node, own: set[ir.Node]) -> bool:
    beyond = _upstream(node, DEQUANTIZE) if node.op_type == QUANTIZE else _downstream(node, QUANTIZE)
    return _rounds(node, own) or any(_converts_values(other) for other in beyond)


def _rounds(node: ir.Node, own: set[ir.Node]) -> bool:
    quantize = node if node.op_type == QUANTIZE else _producer(node)
    return not _converts_values(node) or (is_op(quantize, QUANTIZE) and quantize is not None and _only(quantize, own))


def _converts_values(node: ir.Node) -> bool:
    return constant(input_of(node, 0)) is None


def _only(quantize: ir.Node, own: set[ir.Node]) -> bool:
    """Whether all that read the integers turn them back."""
    readers = _readers(quantize)
    return quantize in own and bool(readers) and all(is_op(n, DEQUANTIZE) and n in own for n in readers)


def _in_integers(kernel: KernelTiming) -> bool:
    return kernel.op.startswith(("QLinear", "QGemm")) or kernel.precision in ("int8", "uint8")


def _around(side: Side, node: ir.Node, integers: frozenset[str]) -> tuple[str, ...]:
    """The layers that compute in float on the float side of the node."""
    if node.op_type == QUANTIZE:
        before = [n for n in _upstream(node, "") if not is_op(n, QUANTIZE, DEQUANTIZE)]
        found = [n for n in before[:2] if not is_op(n, *ACTIVATIONS)][:1] or before[:1]
    else:
        found = [n for n in _readers(node) if not is_op(n, QUANTIZE, DEQUANTIZE)]
    layers = [side.index.id_of(n) for n in found]
    return tuple(layer for layer in layers if layer not in integers) or tuple(layers)


def _asked_by(side: Side, node: ir.Node) -> tuple[str, ...]:
    return tuple(layer for layer in origins(node) if layer in side.index.by_id)


def _activations(node: ir.Node) -> str:
    if constant(input_of(node, 0)) is None:
        value = node.outputs[0] if node.op_type == QUANTIZE else input_of(node, 0)
        return dtype_name(None if value is None else value.dtype) or _zero_point_type(node)
    for reader in _readers(node):
        data = input_of(reader, 0)
        maker = None if data is None else data.producer()
        if is_op(maker, DEQUANTIZE) and maker is not None and constant(input_of(maker, 0)) is None:
            return _activations(maker)
    return ""


def _zero_point_type(node: ir.Node) -> str:
    tensor = constant(input_of(node, 2))
    return (dtype_name(tensor.dtype) or "") if tensor is not None else "uint8"


def _upstream(node: ir.Node, until: str) -> Iterator[ir.Node]:
    """Nodes before this one through at most a few float nodes; only those of type ``until`` where it is given."""
    yield from _walk(node, _producers, until)


def _downstream(node: ir.Node, until: str) -> Iterator[ir.Node]:
    yield from _walk(node, _readers, until)


def _walk(start: ir.Node, step: Callable[[ir.Node], list[ir.Node]], until: str) -> Iterator[ir.Node]:
    seen = {start}
    border = [start]
    for _ in range(_ISLAND + 1):
        following: list[ir.Node] = []
        for node in border:
            for other in step(node):
                if other in seen:
                    continue
                seen.add(other)
                if not until or is_op(other, until):
                    yield other
                if not is_op(other, QUANTIZE, DEQUANTIZE):
                    following.append(other)
        border = following


def _readers(node: ir.Node) -> list[ir.Node]:
    return list(dict.fromkeys(reader for value in node.outputs for reader, _ in value.uses()))


def _producers(node: ir.Node) -> list[ir.Node]:
    makers = (value.producer() for value in node.inputs if value is not None and constant(value) is None)
    return list(dict.fromkeys(maker for maker in makers if maker is not None))


def _producer(node: ir.Node) -> ir.Node | None:
    value = input_of(node, 0)
    return None if value is None else value.producer()
