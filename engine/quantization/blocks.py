"""com.microsoft's ops that compute with weights in blocks of few bits: MatMulNBits and GatherBlockQuantized.

MatMulNBits computes ``y = x W^T + b`` with weights of 4 or 8 bits. They lie as [outputs, blocks, block bytes], the
first of two 4-bit elements in the lower half of a byte, codes unsigned around 8 or 128; one scale for each output and
block; zero points packed likewise. The last block of an input count that B does not divide is filled up.
``accuracy_level`` says in what it may compute: 4 quantizes activations to int8 in blocks, 0 and 1 compute in float32.
Measured with ONNX Runtime 1.31 on AVX512-VNNI, 1024x1024 weights, one row: in float 50 us; 4 bits 17 us at level 4 and
48 us at the others; 8 bits 21 us at level 4 and 1,600 us at the others.
"""

from __future__ import annotations

import math

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import float_of, input_of, int_of
from engine.graph.constants import constant
from engine.graph.ops import MICROSOFT
from engine.quantization.edit import Array, owner
from engine.quantization.weights import Coded, encode
from engine.quantization.weights_only import Coding, Job

FEW_ROWS = 64
"""Of activations: with more, the float kernel is the faster one (512x512 weights: 10 us of 19 with one row, 37 of 44
with 16, 330 of 290 with 128)."""


def rows_of(node: ir.Node) -> int:
    """How many vectors a product multiplies its weight with, for one sample; a size that is not known counts as one."""
    shape = node.inputs[0].shape if node.inputs[0] is not None else None
    sizes = [size for size in list(shape)[:-1] if isinstance(size, int)] if shape is not None else []
    return math.prod(sizes)


def fits_product(node: ir.Node, rank: int, position: int) -> bool:
    """Whether a layer can be a MatMulNBits: ``x W`` with a matrix W, and nothing but a constant vector added."""
    if position != 1 or rank != 2 or int_of(node, "transA", 0):
        return False
    bias = input_of(node, 2)
    if node.op_type != "Gemm" or bias is None:
        return True
    stored, weight = constant(bias), constant(node.inputs[1])
    assert weight is not None
    outputs = weight.shape[0 if int_of(node, "transB", 0) else 1]
    return stored is not None and stored.size in (1, outputs)


def product(job: Job, coding: Coding, accuracy_level: int, stored: dict[object, list[ir.Value]]) -> None:
    """Put a MatMulNBits in the place of a layer that fits; ``stored`` keeps the packed weights that layers share."""
    editor, node = job.editor, job.node
    (slot,) = job.slots
    value = node.inputs[slot.position]
    assert value is not None
    alpha, beta = float_of(node, "alpha", 1.0), float_of(node, "beta", 1.0)
    weight = job.weight(slot) * np.float32(alpha)
    rows = weight if slot.channels == 0 else weight.T  # [outputs, inputs]
    outputs, inputs = rows.shape
    key = (value, coding, alpha, slot.channels)
    if key not in stored:
        coded = encode(
            np.ascontiguousarray(rows),
            0,
            1,
            bits=coding.bits,
            block=coding.block,
            symmetric=coding.symmetric,
            search=coding.search,
        )
        graph, name = owner(value), f"{job.id}/weight"
        stored[key] = [
            editor.initializer(f"{name}/quantized", _packed_rows(coded, coding), graph),
            editor.initializer(f"{name}/scale", coded.scale.reshape(-1), graph),
        ]
        if coded.zero_point is not None:
            zero = _packed(coded.zero_point.astype(np.uint8), coding.bits)
            stored[key].append(editor.initializer(f"{name}/zero_point", zero, graph))
    parts: list[ir.Value | None] = [node.inputs[0], *stored[key]]
    bias = constant(input_of(node, 2)) if node.op_type == "Gemm" else None
    if bias is not None:
        whole = np.broadcast_to(bias.numpy().reshape(-1) * np.float32(beta), (outputs,)).astype(np.float32)
        parts += [None] * (5 - len(parts))
        parts.append(editor.initializer(f"{job.id}/bias", whole, owner(value)))
    editor.require(MICROSOFT, 1)
    numbers = {
        "K": inputs,
        "N": outputs,
        "bits": coding.bits,
        "block_size": coding.block,
        "accuracy_level": accuracy_level,
    }
    attributes = [ir.AttrInt64(name, number) for name, number in numbers.items()]
    one = editor.node("MatMulNBits", parts, job.id, [job.id], domain=MICROSOFT, attributes=attributes)
    editor.replace(node, [one], heir=one)


def lookup(job: Job, coding: Coding) -> None:
    """Put a GatherBlockQuantized in the place of a Gather of rows."""
    editor, node = job.editor, job.node
    value, ids = node.inputs
    assert value is not None
    (slot,) = job.slots
    graph, coded = owner(value), coding.encode(job.weight(slot))
    name = f"{job.id}/weight"
    inputs = [
        editor.initializer(f"{name}/quantized", coded.codes, graph),
        ids,
        editor.initializer(f"{name}/scale", coded.scale, graph),
    ]
    if coded.zero_point is not None:
        inputs.append(editor.initializer(f"{name}/zero_point", coded.zero_point, graph))
    editor.require(MICROSOFT, 1)
    numbers = {"gather_axis": 0, "quantize_axis": 1, "block_size": coding.block}
    attributes = [ir.AttrInt64(key, number) for key, number in numbers.items()]
    one = editor.node("GatherBlockQuantized", inputs, job.id, [job.id], domain=MICROSOFT, attributes=attributes)
    editor.replace(node, [one], heir=one)


def _packed_rows(coded: Coded, coding: Coding) -> Array:
    """[outputs, blocks, block bytes] of codes [outputs, inputs]; what fills the last block up is zero."""
    outputs, inputs = coded.codes.shape
    block, middle = coding.block, 2 ** (coding.bits - 1)
    blocks = -(-inputs // block)
    codes = np.full((outputs, blocks * block), middle, np.uint8)
    whole = coded.codes.astype(np.int16)
    codes[:, :inputs] = whole + middle if coded.zero_point is None else whole
    if coded.zero_point is not None and blocks * block > inputs:
        codes[:, inputs:] = coded.zero_point.astype(np.uint8)[:, -1:]
    return _packed(codes, coding.bits).reshape(outputs, blocks, block * coding.bits // 8)


def _packed(codes: Array, bits: int) -> Array:
    """Two elements of 4 bits of a row in one byte, the first in the lower half."""
    if bits == 8:
        return codes
    if codes.shape[1] % 2:
        codes = np.pad(codes, [(0, 0), (0, 1)])
    packed: Array = (codes[:, 0::2] | (codes[:, 1::2] << 4)).astype(np.uint8)
    return packed
