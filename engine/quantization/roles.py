"""What quantization must know of an op: which inputs are activations, which is the weight, what becomes of the range.

One table row for each op type for which some runtime replaces DequantizeLinear -> op -> QuantizeLinear by one integer
kernel (ONNX Runtime in its ``qdq_selector_action_transformer``, OpenVINO in its low-precision transformations); which
of them a target has is in its facts:

- ``weighted``: integer products with an int8 weight and an int32 bias (QLinearConv, QGemm, QLinearMatMul);
- ``product``: integer products of two activations;
- ``join`` and ``unary``: integer arithmetic with scales of their own for every input and the output (QLinearAdd, ...);
- ``move``: elements are moved or selected, never computed: the same scale in and out, and the pair of nodes vanishes.

``role(node)`` is the row, or the reason why this node is not one of them. It looks at the node and its direct
neighbours only: it is called for every layer of a model whenever a menu opens.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import int_of, text_of
from engine.graph.constants import constant as constant_tensor
from engine.graph.ops import STANDARD_DOMAINS
from engine.graph.unchanged import kept
from engine.quantization.recognise import quantized_as

Kind = Literal["weighted", "product", "join", "unary", "move"]


@dataclass(frozen=True, slots=True)
class Role:
    """``inputs`` are the positions of the activations, None where all inputs are; ``weight`` and ``bias`` positions.

    Attributes:
        optional_output: the integer kernel can also give its result in float.
        on_codes: the runtime does not fuse DequantizeLinear -> op -> QuantizeLinear but runs the op itself on integers.
        table: the activation may be a constant, whose rows are looked up.
    """

    kind: Kind
    inputs: tuple[int, ...] | None = (0,)
    weight: int | None = None
    bias: int | None = None
    optional_output: bool = False
    on_codes: bool = False
    table: bool = False


_MOVE = Role("move")
_UNARY = Role("unary")
ROLES: dict[str, Role] = {
    "Conv": Role("weighted", weight=1, bias=2),
    "ConvTranspose": Role("weighted", weight=1, bias=2),
    "Gemm": Role("weighted", weight=1, bias=2, optional_output=True),
    "MatMul": Role("weighted", weight=1, optional_output=True),
    "Add": Role("join", (0, 1)),
    "Mul": Role("join", (0, 1)),
    "Concat": Role("join", None),
    "Where": Role("join", (1, 2)),
    "AveragePool": _UNARY,
    "GlobalAveragePool": _UNARY,
    "ReduceMean": _UNARY,
    "ReduceSum": _UNARY,
    "LeakyRelu": _UNARY,
    "Sigmoid": _UNARY,
    "Softmax": _UNARY,
    "MaxPool": _MOVE,
    "GlobalMaxPool": _MOVE,
    "ReduceMax": _MOVE,
    "ReduceMin": _MOVE,
    "Resize": _MOVE,
    "DepthToSpace": _MOVE,
    "Reshape": _MOVE,
    "Transpose": _MOVE,
    "Flatten": _MOVE,
    "Squeeze": _MOVE,
    "Unsqueeze": _MOVE,
    "Slice": _MOVE,
    "Gather": Role("move", table=True),
    "GatherElements": _MOVE,
    "Expand": _MOVE,
    "Tile": _MOVE,
    "Split": _MOVE,
    "Pad": Role("move", on_codes=True),
}
"""By op type of the default domain."""
_PRODUCT = Role("product", (0, 1), optional_output=True)

ACTIVATIONS = ("Relu", "Clip")
"""Ops that vanish into the rounding of the QuantizeLinear that follows them."""

REDUCTIONS = ("GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "ReduceMax", "ReduceMin")
"""Ops that leave few elements."""

_REASONS = {
    "Relu": "Relu costs nothing after a quantized layer: it becomes part of that layer's rounding",
    "Clip": "Clip costs nothing after a quantized layer: it becomes part of that layer's rounding",
    "Constant": "Constant: a value, not a layer",
    "LSTM": "LSTM: there is an integer kernel for it only with dynamic ranges, not with calibrated ones",
    "GRU": "GRU: no runtime has an integer kernel for it; int8_weights makes its file small",
    "RNN": "RNN: no runtime has an integer kernel for it; int8_weights makes its file small",
    "If": "If: only the layers of its branches compute",
    "Loop": "Loop: only the layers of its body compute",
    "Scan": "Scan: only the layers of its body compute",
}


@kept
def role(node: ir.Node) -> Role | str:
    """How a node is quantized, or the reason why it is not."""
    op = node.op_type
    if _is_quantized(node):
        return "already quantized"
    if node.domain not in STANDARD_DOMAINS:
        return f"{op}: an op of the domain {node.domain!r}, for which there is no integer kernel"
    if op not in ROLES:
        return _REASONS.get(op, f"{op}: no runtime has an integer kernel for it")
    found = ROLES[op]
    if op == "MatMul" and not any(is_constant(value) for value in node.inputs):
        found = _PRODUCT
        if quantized_as(node) is not None:
            return "already quantized"
    return _problem(node, found) or found


def activation_inputs(node: ir.Node, found: Role) -> list[int]:
    """Positions of the inputs that carry activations (or constants in their place)."""
    positions = range(len(node.inputs)) if found.inputs is None else found.inputs
    return [i for i in positions if i < len(node.inputs) and node.inputs[i] is not None]


def constant(value: ir.Value | None) -> NDArray[Any] | None:
    """The array of an initializer or a Constant node; callers must not write to it."""
    tensor = constant_tensor(value)
    return None if tensor is None else tensor.numpy()


def is_constant(value: ir.Value | None) -> bool:
    return constant_tensor(value) is not None


def activation_after(node: ir.Node) -> ir.Node | None:
    """The Relu or Clip into which the node's output goes and nowhere else; its rounding can take it over.

    A Clip whose bounds are not constant, or do not hold zero between them, stays a kernel of its own.
    """
    value = node.outputs[0]
    uses = value.uses()
    if len(uses) != 1 or value.is_graph_output():
        return None
    ((user, position),) = uses
    if (
        user.op_type not in ACTIVATIONS
        or user.domain not in STANDARD_DOMAINS
        or position != 0
        or user.graph is not node.graph
    ):
        return None
    if user.op_type == "Clip":
        bounds = clip_bounds(user)
        if bounds is None or not bounds[0] <= 0.0 <= bounds[1]:
            return None
    return user


def clip_bounds(node: ir.Node) -> tuple[float, float] | None:
    """The constant bounds of a Clip, or None where they are computed."""
    found = []
    for position, default in ((1, -math.inf), (2, math.inf)):
        value = node.inputs[position] if position < len(node.inputs) else None
        array = constant(value)
        if value is not None and (array is None or array.size != 1):
            return None
        found.append(default if array is None else float(array.reshape(-1)[0]))
    return found[0], found[1]


def channel_axis(node: ir.Node, weight_rank: int) -> int | None:
    """The axis of a weight that counts the output channels; None where its kernel takes one scale only."""
    if node.op_type == "Conv":
        return 0
    if node.op_type == "ConvTranspose":
        return 1 if int_of(node, "group", 1) == 1 else None
    if node.op_type == "Gemm":
        return 0 if int_of(node, "transB", 0) else 1
    return 1 if weight_rank == 2 else None


def _is_quantized(node: ir.Node) -> bool:
    op = node.op_type
    if op in ("QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear", "QGemm", "QMoE") or "Integer" in op:
        return True
    if op.startswith(("QLinear", "QAttention", "QEmbed")) or "NBits" in op:
        return True
    return any(
        producer is not None and producer.op_type == "DequantizeLinear"
        for producer in (value.producer() for value in node.inputs if value is not None)
    )


def _problem(node: ir.Node, found: Role) -> str | None:
    """Why this node is not quantized although its op type has a role."""
    op = node.op_type
    if len(node.inputs) <= (found.weight or 0):
        return f"{op}: it lacks an input that it must have"
    positions = activation_inputs(node, found)
    checked = [*positions, *(p for p in (found.weight,) if p is not None and p < len(node.inputs))]
    for value in (*(node.inputs[i] for i in checked), node.outputs[0]):
        dtype = value.dtype if value is not None else None
        if dtype is not None and dtype.name != "FLOAT":
            return f"{op} of {dtype.name.lower()} values: only float32 is quantized"
    if found.kind == "weighted":
        return _weight_problem(node, found)
    if all(is_constant(value) for value in node.inputs if value is not None):
        return f"{op} of constants: it runs once, when the model is loaded"
    if found.kind != "move" and all(is_constant(node.inputs[i]) for i in positions):
        return f"{op} of constants: there is no activation to quantize"
    if found.kind == "move" and is_constant(node.inputs[0]) and not found.table:
        return f"{op} of a constant table: there is no activation to quantize"
    if op == "Resize":
        mode = text_of(node, "mode") or "nearest"
        if mode != "nearest":
            return f"Resize with {mode} interpolation: no runtime has an integer kernel for it"
    if op == "Pad":
        return _pad_problem(node)
    if op == "MaxPool" and any(value.uses() or value.is_graph_output() for value in node.outputs[1:]):
        return "MaxPool that also gives indices: no runtime has an integer kernel for it"
    return None


def _pad_problem(node: ir.Node) -> str | None:
    if text_of(node, "mode") not in ("", "constant"):
        return None
    filler = node.inputs[2] if len(node.inputs) > 2 else None
    array = constant(filler)
    if filler is not None and (array is None or array.any()):
        return "Pad with another value than zero: that value may have no exact integer"
    return None


def _weight_problem(node: ir.Node, found: Role) -> str | None:
    op = node.op_type
    assert found.weight is not None
    weight = constant_tensor(node.inputs[found.weight])
    if weight is None:
        if is_constant(node.inputs[0]):
            return f"{op} with its constant on the left: there are integer kernels only for weights on the right"
        return f"{op}: its weight is computed while the model runs"
    if is_constant(node.inputs[0]):
        return f"{op} of constants: it runs once, when the model is loaded"
    if len(weight.shape) < 2:
        return f"{op} with a weight of one dimension: there is no integer kernel for it"
    bias = node.inputs[found.bias] if found.bias is not None and found.bias < len(node.inputs) else None
    if bias is not None:
        tensor = constant_tensor(bias)
        if tensor is None:
            return f"{op}: its bias is computed while the model runs"
        *others, last = (1, *tensor.shape)
        if any(d != 1 for d in others) or last not in (1, output_channels(node, tuple(weight.shape.numpy()))):
            return f"{op}: its bias is not one value for each output channel"
    return None


def output_channels(node: ir.Node, weight_shape: tuple[int, ...]) -> int:
    """How many values a layer's bias has."""
    if node.op_type == "ConvTranspose":
        return weight_shape[1] * int_of(node, "group", 1)
    axis = channel_axis(node, len(weight_shape))
    assert axis is not None, "every op with a bias has a channel axis"
    return weight_shape[axis]


def few_channels(node: ir.Node) -> int:
    """The input channels of a Conv whose integer kernel is slower than the float one for having so few, else 0.

    Measured with ONNX Runtime 1.31: 3 channels take 1.5 to 2 times as long as in float, 1 channel 5 times; from 4
    channels on, and for depthwise Convs, integers are faster or the same.
    """
    if node.op_type != "Conv" or node.inputs[1] is None or node.inputs[1].shape is None:
        return 0
    filters, channels = node.inputs[1].shape[0], node.inputs[1].shape[1]
    depthwise = channels == 1 and filters == int_of(node, "group", 1) != 1
    return channels if isinstance(channels, int) and channels < 4 and not depthwise else 0


def is_finite(array: NDArray[Any]) -> bool:
    """Without a temporary as large as the array."""
    return array.size == 0 or bool(np.isfinite(array.min()) and np.isfinite(array.max()))
