"""Which constants of a layer are weights, and their integer codes with one scale for each channel or block.

A weight W has an axis of output channels and an axis along which products are summed. Codes are ``q = saturate(round(w
/ s) + z)`` with one ``s`` for each channel, or for each channel and each block of B elements along the summed axis:

- symmetric: ``s = max|w| / qmax``, ``z = 0`` (qmax = 127 or 7; the most negative code is not used);
- asymmetric: ``s = (max - min) / (2^bits - 1)``, ``z = round(-min / s)`` of an unsigned code, zero being exact.

With ``search`` the scale of every block is the one of ten between 1.0 and 0.73 times that with the least squared
error: clipping the few largest weights can make the steps for all others finer (the search of OCS and of OmniQuant's
baseline; Banner et al. 2019, arXiv:1810.05723, derive why it pays below 8 bits).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ml_dtypes
import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import constant
from engine.graph.ops import STANDARD_DOMAINS, is_quantized
from engine.graph.unchanged import kept
from engine.quantization.recognise import quantized_as

Array = NDArray[Any]
SMALLEST_BLOCK = 16
_SHRINK = np.linspace(1.0, 0.73, 10)
_RECURRENT = ("LSTM", "GRU", "RNN")
_WITH_WEIGHTS = ("Conv", "ConvTranspose", "Gather", "MatMul", "Gemm", *_RECURRENT)
_SMALLEST_SCALE = float(np.finfo(np.float32).tiny)


@dataclass(frozen=True, slots=True)
class Slot:
    """A weight of a layer: the position of the input, the axis of output channels, the axis that is summed over."""

    position: int
    channels: int
    summed: int


@dataclass(frozen=True, slots=True)
class Coded:
    """A weight as codes, which lie as the weight does.

    ``scale`` and ``zero_point`` (None where it is zero) have the weight's rank; ``block`` is the number of elements
    along ``axis`` that share a scale, 0 where all do.
    """

    codes: Array
    scale: Array
    zero_point: Array | None
    axis: int
    channels: int
    block: int

    def dequantized(self) -> Array:
        """The float32 array that the codes stand for."""
        repeat = self.block or self.codes.shape[self.axis]
        length = self.codes.shape[self.axis]
        spread = [
            np.repeat(part, repeat, self.axis).take(range(length), self.axis)
            for part in (self.scale, self.scale * 0 if self.zero_point is None else self.zero_point.astype(np.float32))
        ]
        found: Array = (self.codes.astype(np.float32) - spread[1]) * spread[0]
        return found.astype(np.float32)


@kept
def weight_slots(node: ir.Node) -> tuple[Slot, ...] | str:
    """The weights of a layer that can be stored as codes, or the reason why there are none."""
    op = node.op_type
    if is_quantized(node):
        return "already quantized"
    if node.domain not in STANDARD_DOMAINS:
        return f"{op}: an op of the domain {node.domain!r}, whose inputs are not known"
    found = _slots(node)
    if op in _WITH_WEIGHTS and quantized_as(node) is not None:
        return "already quantized"
    if isinstance(found, str):
        return found
    slots = tuple(slot for slot in found if constant(input_of(node, slot.position)) is not None)
    if not slots:
        return f"{op}: its weight is computed while the model runs"
    data = input_of(node, 1 - slots[0].position) if op in ("MatMul", "Gemm") else input_of(node, 0)
    if op != "Gather" and constant(data) is not None:
        return f"{op} of constants: it runs once, when the model is loaded"
    for slot in slots:
        value = input_of(node, slot.position)
        tensor = constant(value)
        assert tensor is not None and value is not None
        if tensor.dtype != ir.DataType.FLOAT:
            return f"{op} of {tensor.dtype.name.lower()} weights: only float32 is quantized"
        if value.is_graph_input():
            return f"{op}: its weight is also an input of the model, and a caller may replace it; cleaning mends that"
        if tensor.size == 0:
            return f"{op}: its weight is empty"
    return slots


def _slots(node: ir.Node) -> tuple[Slot, ...] | str:
    op = node.op_type
    if op == "Conv":
        return (Slot(1, 0, 1),)
    if op == "ConvTranspose":
        return (Slot(1, 1, 0),)
    if op in _RECURRENT:
        return (Slot(1, 1, 2), Slot(2, 1, 2))
    if op == "Gather":
        return _gather(node)
    if op in ("MatMul", "Gemm"):
        sides = [side for side in (1, 0) if constant(input_of(node, side)) is not None]
        if not sides:
            return f"{op} of two activations: there is no weight to store"
        side = sides[0]
        tensor = constant(input_of(node, side))
        rank = 0 if tensor is None else len(tensor.shape)
        if rank < 2:
            return f"{op} with a weight of one dimension: it is too small to gain"
        turned = op == "Gemm" and int_of(node, "transB" if side else "transA", 0) == 1
        last, before = rank - 1, rank - 2
        columns = (side == 1) != turned
        return (Slot(side, last if columns else before, before if columns else last),)
    return f"{op}: it has no weight"


def _gather(node: ir.Node) -> tuple[Slot, ...] | str:
    tensor = constant(input_of(node, 0))
    if tensor is None:
        return "Gather from a computed table: there is no weight to store"
    if tensor.dtype != ir.DataType.FLOAT or len(tensor.shape) != 2 or int_of(node, "axis", 0) not in (0, -2):
        return "Gather of anything else than rows of a float table: it has no weight"
    return (Slot(0, 0, 1),)


def weight_bytes(node: ir.Node) -> int:
    """Of all weights of a layer that has slots."""
    slots = weight_slots(node)
    tensors = () if isinstance(slots, str) else (constant(node.inputs[slot.position]) for slot in slots)
    return sum(tensor.nbytes for tensor in tensors if tensor is not None)


def problem(array: Array) -> str | None:
    """Why a weight has no codes, or None where it has."""
    if not np.isfinite(array).all():
        return "its weight has elements that are not finite"
    return None


def block_for(length: int, wanted: int) -> int:
    """The largest power of two up to the wanted block that divides the axis, 0 (the whole axis) where none does."""
    block = wanted if wanted < length else 0
    while block >= SMALLEST_BLOCK:
        if length % block == 0:
            return block
        block //= 2
    return 0


def padded_block(length: int, wanted: int) -> int:
    """The largest power of two up to the wanted block that leaves little of the last block empty."""
    sizes = [wanted >> shift for shift in range(5) if wanted >> shift >= SMALLEST_BLOCK]
    little = [block for block in sizes if -length % block <= length // 16]
    return little[0] if little else min(sizes, key=lambda block: -length % block)


def encode(
    weight: Array,
    channels: int | None,
    summed: int,
    *,
    bits: int,
    block: int = 0,
    symmetric: bool = True,
    search: bool = False,
) -> Coded:
    """Codes of a finite weight.

    Args:
        channels: None for one scale for the whole weight (``block`` is 0 then).
        block: elements along ``summed`` that share a scale; the last block may be shorter. 0 for all of them.
    """
    weight = weight.astype(np.float32, copy=False)
    if channels is None:
        axes: tuple[int, ...] = tuple(range(weight.ndim))
    else:
        axes = tuple(i for i in range(weight.ndim) if i not in (channels, summed))
    blocks = _blocked(weight, summed, block)  # the summed axis becomes two: blocks, and elements of one
    reduced = (*(i if i < summed else i + 1 for i in axes if i != summed), summed + 1)
    if channels is None:
        reduced = (*reduced, summed)
    low, high = blocks.min(axis=reduced, keepdims=True), blocks.max(axis=reduced, keepdims=True)
    best: tuple[Array, Array, Array, Array] | None = None
    for factor in _SHRINK if search else (1.0,):
        scale, zero = _params(low * np.float32(factor), high * np.float32(factor), bits, symmetric)
        codes = np.rint(blocks / scale) + zero
        limits = (-(2 ** (bits - 1)) + 1, 2 ** (bits - 1) - 1) if symmetric else (0, 2**bits - 1)
        np.clip(codes, *limits, out=codes)
        if not search:
            best = (codes, scale, zero, scale)
            break
        error = (((codes - zero) * scale - blocks) ** 2).sum(axis=reduced, keepdims=True)
        if best is None:
            best = (codes, scale, zero, error)
        else:
            better = error < best[3]
            new = (codes, scale, zero, error)
            best = tuple(np.where(better, n, b) for n, b in zip(new, best, strict=True))  # type: ignore[assignment]
    assert best is not None
    codes, scale, zero, _ = best
    dtype = _code_dtype(bits, symmetric)
    shape = list(codes.shape)
    shape[summed : summed + 2] = [shape[summed] * shape[summed + 1]]
    flat = codes.reshape(shape).take(range(weight.shape[summed]), summed)
    return Coded(
        np.ascontiguousarray(flat).astype(np.int8 if symmetric else np.uint8).astype(dtype),
        np.squeeze(scale, summed + 1).astype(np.float32),
        None if symmetric else np.squeeze(zero, summed + 1).astype(np.uint8).astype(dtype),
        summed,
        channels if channels is not None else 0,
        block,
    )


def _blocked(weight: Array, axis: int, block: int) -> Array:
    """The axis split into blocks; a short last one is filled with zeros, which no scale depends on."""
    length = weight.shape[axis]
    block = block or length
    missing = -length % block
    if missing:
        widths = [(0, missing if i == axis else 0) for i in range(weight.ndim)]
        weight = np.pad(weight, widths)
    shape = list(weight.shape)
    shape[axis : axis + 1] = [(length + missing) // block, block]
    return weight.reshape(shape)


def _params(low: Array, high: Array, bits: int, symmetric: bool) -> tuple[Array, Array]:
    """Scale and zero point (as float) of ranges; a block that is all zero gets scale 1."""
    if symmetric:
        scale = np.maximum(high, -low).astype(np.float64) / (2 ** (bits - 1) - 1)
        zero = np.zeros_like(scale)
    else:
        low, high = np.minimum(low, 0.0), np.maximum(high, 0.0)
        scale = (high - low).astype(np.float64) / (2**bits - 1)
        with np.errstate(divide="ignore", invalid="ignore"):
            zero = np.where(scale > 0, np.rint(-low / scale), 0.0)
    scale = np.where(scale < _SMALLEST_SCALE, 1.0, scale)
    return scale.astype(np.float32), np.clip(zero, 0, 2**bits - 1).astype(np.float32)


def _code_dtype(bits: int, symmetric: bool) -> np.dtype[Any]:
    types: dict[tuple[int, bool], Any] = {(8, True): np.int8, (8, False): np.uint8}
    types |= {(4, True): ml_dtypes.int4, (4, False): ml_dtypes.uint4}
    found: np.dtype[Any] = np.dtype(types[bits, symmetric])
    return found
