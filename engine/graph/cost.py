"""What a node costs: parameters, multiply-accumulates, elementwise work, bytes of its outputs.

Parameters are the elements of stored tensors used as weight, bias, or normalisation scale, shift or statistics (the
op table says which inputs), looked up through dequantization and rearrangement; an operand of Add, Sub, Mul or Div
counts where it is a vector of floats, which is what exporters make of biases and of decomposed normalisations. A
multiply-accumulate (MAC) is one of Conv, ConvTranspose, Gemm, MatMul, recurrent and attention ops. Padding is counted
as any other element. What is not known (an op without a row, a dimension without a size) is None, never zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import prod

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of, text_of
from engine.graph.constants import Stored, applies_scale, constant, is_op, stored_behind
from engine.graph.ops import OpFacts, facts

Dims = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Work:
    """Of one run of the node: ``macs`` and the scalar operations beside them."""

    macs: int | None
    elementwise: int | None


UNKNOWN = Work(None, None)
PYTORCH_DOMAINS = frozenset(("aten", "torch.nn", "prim"))
"""Of programs that could not be converted to ONNX (``engine.pytorch.own_graph``)."""


def work(node: ir.Node) -> Work:
    """Counted by the family of the op."""
    row = facts(node)
    return UNKNOWN if row is None else _FAMILIES[row.family](node, row)


def parameters(node: ir.Node) -> Iterator[ir.TensorProtocol]:
    """The stored tensors that are parameters of this node; one that it uses twice comes twice."""
    row = facts(node)
    if row is None:
        if node.domain in PYTORCH_DOMAINS:  # a program's own graph: weights are what its operators read
            found = (constant(value) for value in node.inputs if value is not None and value.producer() is None)
            yield from (tensor for tensor in found if tensor is not None and tensor.dtype.is_floating_point())
        return
    for position in row.parameters:
        yield from (stored.tensor for stored in stored_behind(input_of(node, position)))
    for position in row.maybe_parameters:
        for stored in stored_behind(input_of(node, position)):
            if _is_parameter(node, position, stored):
                yield stored.tensor


def elements(node: ir.Node, tensor: ir.TensorProtocol) -> int:
    """How many parameters a stored tensor holds: its elements, or what is packed into them."""
    row = facts(node)
    packed = row is not None and row.family == "matmul_packed" and tensor is constant(input_of(node, row.weights[0]))
    return int_of(node, "K", 0) * int_of(node, "N", 0) if packed else tensor.size


def _is_parameter(node: ir.Node, position: int, stored: Stored) -> bool:
    floats = stored.dequantized or stored.tensor.dtype.is_floating_point()
    if applies_scale(node):
        return False
    if node.op_type == "Gather":
        return len(stored.tensor.shape) >= 2 and (floats or _dequantized_later(node))
    if node.op_type == "Add" and _comes_from_integers(input_of(node, 1 - position)):
        return floats
    return floats and (_is_vector(stored.tensor) or _scales_normalized(node, position))


def _comes_from_integers(value: ir.Value | None) -> bool:
    """Whether what is added is the bias of a layer that computes with integers, however few channels it has."""
    producer = None if value is None else value.producer()
    return producer is not None and applies_scale(producer)


def _scales_normalized(node: ir.Node, position: int) -> bool:
    """Whether the other operand is ``(x - mean) / sqrt(variance)``, or that already scaled."""
    other = input_of(node, 1 - position)
    producer = None if other is None else other.producer()
    if is_op(node, "Mul") and is_op(producer, "Div"):
        assert producer is not None
        divisor = input_of(producer, 1)
        return divisor is not None and is_op(divisor.producer(), "Sqrt")
    if is_op(node, "Add") and is_op(producer, "Mul"):
        assert producer is not None
        return any(_scales_normalized(producer, side) for side in (0, 1))
    return False


def output_bytes(node: ir.Node) -> int | None:
    """Bytes of all outputs that something uses or that the graph gives back."""
    total = 0.0
    for value in node.outputs:
        if not value.name or not (value.is_graph_output() or value.uses()):
            continue
        shape, dtype = dims(value), value.dtype
        if shape is None or dtype is None or dtype in (ir.DataType.STRING, ir.DataType.UNDEFINED):
            return None
        total += prod(shape) * dtype.itemsize
    return int(-(-total // 1))


def dims(value: ir.Value | None) -> Dims | None:
    """The sizes of a value's dimensions, None where one is not known."""
    if value is None:
        return None
    shape = value.shape
    if shape is None:
        tensor = constant(value)
        shape = None if tensor is None else tensor.shape  # type: ignore[assignment]
    if shape is None:
        return None
    sizes: list[int] = []
    for size in shape:
        if not isinstance(size, int) or size < 0:
            return None
        sizes.append(size)
    return tuple(sizes)


def _is_vector(tensor: ir.TensorProtocol) -> bool:
    return sum(size > 1 for size in tensor.shape.numpy()) == 1


def _dequantized_later(gather: ir.Node) -> bool:
    users = gather.outputs[0].consumers()
    return bool(users) and all(
        user.op_type == "DequantizeLinear" or any(applies_scale(reader) for reader in user.outputs[0].consumers())
        for user in users
    )


def _conv(node: ir.Node, row: OpFacts) -> Work:
    """``N * M * out * C/group * kernel``: every output element sums over one filter."""
    out, weight = dims(node.outputs[0]), dims(input_of(node, row.weights[0]))
    if out is None or weight is None:
        return UNKNOWN
    return Work(prod(out) * prod(weight[1:]), _bias_work(node, row, out))


def _conv_transpose(node: ir.Node, row: OpFacts) -> Work:
    """``N * C * in * M/group * kernel``: every input element is spread over one filter."""
    data, out, weight = dims(input_of(node, 0)), dims(node.outputs[0]), dims(input_of(node, 1))
    if data is None or weight is None:
        return UNKNOWN
    return Work(prod(data) * prod(weight[1:]), _bias_work(node, row, out))


def _bias_work(node: ir.Node, row: OpFacts, out: Dims | None) -> int | None:
    if not any(input_of(node, position) is not None for position in row.biases):
        return 0
    return None if out is None else prod(out)


def _gemm(node: ir.Node, row: OpFacts) -> Work:
    """``M * N * K``."""
    out, data = dims(node.outputs[0]), dims(input_of(node, 0))
    if out is None or data is None or len(data) != 2:
        return UNKNOWN
    return Work(prod(out) * data[0 if int_of(node, "transA", 0) else 1], _bias_work(node, row, out))


def _matmul(node: ir.Node, row: OpFacts) -> Work:
    """``output elements * K``."""
    out, data = dims(node.outputs[0]), dims(input_of(node, 0))
    if out is None or not data:
        return UNKNOWN
    inner = data[-2] if int_of(node, "transA", 0) and len(data) > 1 else data[-1]
    return Work(prod(out) * inner, _bias_work(node, row, out))


def _matmul_packed(node: ir.Node, row: OpFacts) -> Work:
    """``output elements * K``, K being an attribute because the weight is packed."""
    out = dims(node.outputs[0])
    inner = int_of(node, "K", 0)
    if out is None or inner <= 0:
        return UNKNOWN
    return Work(prod(out) * inner, _bias_work(node, row, out))


def _einsum(node: ir.Node, row: OpFacts) -> Work:
    """Two operands: the product of all index sizes; one operand only moves; more depend on the order of contraction."""
    shapes = [dims(value) for value in node.inputs]
    equation = text_of(node, "equation").replace(" ", "")
    if len(shapes) == 1:
        return Work(0, None)
    terms = equation.split("->")[0].split(",")
    if len(shapes) != 2 or "..." in equation or len(terms) != 2:
        return UNKNOWN
    sizes: dict[str, int] = {}
    for term, shape in zip(terms, shapes, strict=True):
        if shape is None or len(shape) != len(term):
            return UNKNOWN
        sizes.update(zip(term, shape, strict=True))
    return Work(prod(sizes.values()), 0)


def _recurrent(node: ir.Node, row: OpFacts) -> Work:
    """``steps * batch * (W + R elements)``.

    W is (directions, gates * hidden, inputs), R is (directions, gates * hidden, hidden); transposed where they are
    quantized.
    """
    data, w, r = (dims(input_of(node, position)) for position in range(3))
    if data is None or w is None or r is None or len(data) != 3 or len(w) != 3 or row.weight_output_axis is None:
        return UNKNOWN
    steps = data[0] * data[1]
    gates_and_states = 4 * w[0] * w[row.weight_output_axis]
    return Work(steps * (prod(w) + prod(r)), steps * gates_and_states)


_PAST_KEY = {"Attention": 4, "MultiHeadAttention": 6, "GroupQueryAttention": 3}


def _attention(node: ir.Node, row: OpFacts) -> Work:
    """``queries * keys * (query width + value width)``: scores and weighted sum, all heads together.

    Query, key and value are (batch, length, heads * size) or (batch, heads, length, size).
    """
    query, key, value = (dims(input_of(node, position)) for position in range(3))
    if query is None or key is None or value is None or len(query) not in (3, 4):
        return UNKNOWN
    past, past_length = input_of(node, _PAST_KEY[node.op_type]), 0
    if past is not None:
        shape = dims(past)
        if shape is None or len(shape) != 4 or node.domain:
            return UNKNOWN
        past_length = shape[2]
    if len(query) == 4:
        if len(key) != 4 or len(value) != 4:
            return UNKNOWN
        batch, heads, queries, size = query
        keys = key[2] + past_length
        return Work(batch * heads * queries * keys * (size + value[-1]), 5 * batch * heads * queries * keys)
    batch, queries, width = query
    heads = int_of(node, "q_num_heads", int_of(node, "num_heads", 0))
    kv_heads = int_of(node, "kv_num_heads", heads)
    if heads <= 0 or kv_heads <= 0 or len(key) != 3 or len(value) != 3:
        return UNKNOWN
    keys, value_width = key[1] + past_length, value[2] // kv_heads * heads
    return Work(batch * queries * keys * (width + value_width), 5 * batch * heads * queries * keys)


def _packed_attention(node: ir.Node, row: OpFacts) -> Work:
    """The projection to query, key and value, and the attention itself: data (B, S, I), weight (I, 3 * hidden)."""
    data, weight = dims(input_of(node, 0)), dims(input_of(node, 1))
    heads = int_of(node, "num_heads", 0)
    if data is None or weight is None or len(data) != 3 or len(weight) != 2:
        return UNKNOWN
    if "qkv_hidden_sizes" in node.attributes or heads <= 0:
        return UNKNOWN
    batch, length, _ = data
    hidden = weight[1] // 3
    return Work(batch * length * prod(weight) + 2 * batch * length**2 * hidden, 5 * batch * heads * length**2)


def _per_output(node: ir.Node, row: OpFacts) -> Work:
    out = dims(node.outputs[0])
    return Work(0, None if out is None else row.operations * prod(out))


def _per_input(node: ir.Node, row: OpFacts) -> Work:
    data = dims(input_of(node, 0))
    return Work(0, None if data is None else row.operations * prod(data))


def _pool(node: ir.Node, row: OpFacts) -> Work:
    out = dims(node.outputs[0])
    kernel = ints_of(node, "kernel_shape")
    return Work(0, None if out is None or kernel is None else prod(out) * prod(kernel))


def _nothing(node: ir.Node, row: OpFacts) -> Work:
    return Work(0, 0)


def _uncounted(node: ir.Node, row: OpFacts) -> Work:
    return Work(0, None)


_FAMILIES: dict[str, Callable[[ir.Node, OpFacts], Work]] = {
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "gemm": _gemm,
    "matmul": _matmul,
    "matmul_packed": _matmul_packed,
    "einsum": _einsum,
    "recurrent": _recurrent,
    "attention": _attention,
    "packed_attention": _packed_attention,
    "per_output": _per_output,
    "per_input": _per_input,
    "pool": _pool,
    "move": _nothing,
    "control": _nothing,
    "uncounted": _uncounted,
}
