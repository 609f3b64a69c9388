"""Compute a node from known inputs, for shape arithmetic and for folding constants.

The handful of ops that shape arithmetic consists of are computed directly, because inference asks for them by the
hundred; the rest go to ONNX's reference implementation, and only ops whose result does not depend on whose
implementation it is.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import prod
from typing import Any

import numpy as np
import onnx_ir as ir
from numpy.typing import NDArray

from engine.graph.attributes import input_of, int_of
from engine.graph.ops import STANDARD_DOMAINS, names

Array = NDArray[Any]
Inputs = Sequence[Array | None]

_BY_REFERENCE = names(
    "Abs And ArgMax ArgMin BitShift BitwiseAnd BitwiseNot BitwiseOr BitwiseXor Ceil Clip Compress Cos CumSum "
    "DepthToSpace Equal Erf Exp Expand EyeLike Flatten Floor GatherElements GatherND Greater GreaterOrEqual "
    "IsInf IsNaN Less LessOrEqual Log MatMul Max Mean Min Mod Neg NonZero Not OneHot Or Pad Pow Range "
    "Reciprocal ReduceL1 ReduceL2 ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare Relu "
    "Round ScatterElements ScatterND Sigmoid Sign Sin Size Softmax SpaceToDepth Split Sqrt Sum Tan Tanh Tile "
    "TopK Trilu Where Xor"
)


def can_evaluate(node: ir.Node) -> bool:
    known = node.op_type in _DIRECT or node.op_type in _BY_REFERENCE
    return node.domain in STANDARD_DOMAINS and known and not any(a.is_ref() for a in node.attributes.values())


def shape_result(node: ir.Node) -> list[Array] | None:
    """What a Shape or Size node gives where the shape of its input is known."""
    data = input_of(node, 0)
    sizes = [] if data is None or data.shape is None else [size for size in data.shape if isinstance(size, int)]
    if data is None or data.shape is None or len(sizes) < len(data.shape) or min(sizes, default=0) < 0:
        return None
    if node.op_type == "Size":
        return [np.asarray(prod(sizes), np.int64)]
    return [np.asarray(sizes[int_of(node, "start", 0) : int_of(node, "end", len(sizes))], np.int64)]


def evaluate(node: ir.Node, inputs: Inputs, opset: int) -> list[Array] | None:
    """The outputs, None where they cannot be computed (a shape that does not fit, say: the runtime will say so)."""
    try:
        with np.errstate(all="ignore"):
            direct = _DIRECT.get(node.op_type)
            if direct is not None:
                return [np.asarray(direct(node, inputs))]
            return _by_reference(node, inputs, opset)
    except Exception:  # the inputs are a file's: whatever does not compute stays in the graph
        return None


def _by_reference(node: ir.Node, inputs: Inputs, opset: int) -> list[Array]:
    import onnx
    from onnx.reference import ReferenceEvaluator

    proto = ir.to_proto(node)
    del proto.input[:], proto.output[:]
    proto.input.extend("" if array is None else f"i{number}" for number, array in enumerate(inputs))
    proto.output.extend(f"o{number}" for number in range(len(node.outputs)))
    feeds = {f"i{number}": array for number, array in enumerate(inputs) if array is not None}
    infos = [
        onnx.helper.make_tensor_value_info(name, onnx.helper.np_dtype_to_tensor_dtype(array.dtype), array.shape)
        for name, array in feeds.items()
    ]
    results = [onnx.helper.make_empty_tensor_value_info(name) for name in proto.output]
    graph = onnx.helper.make_graph([proto], "one", infos, results)
    model = onnx.helper.make_model(graph, opset_imports=[onnx.helper.make_opsetid("", opset)])
    return [np.asarray(array) for array in ReferenceEvaluator(model).run(None, feeds)]


def _given(inputs: Inputs, position: int) -> Array:
    array = inputs[position]
    assert array is not None
    return array


def _axes(node: ir.Node, inputs: Inputs, position: int) -> tuple[int, ...] | None:
    """Axes as an attribute (before opset 13) or as an input."""
    if "axes" in node.attributes:
        return tuple(node.attributes["axes"].as_ints())
    if position < len(inputs) and inputs[position] is not None:
        return tuple(int(axis) for axis in _given(inputs, position).reshape(-1))
    return None


def _axis(node: ir.Node, default: int) -> int:
    return node.attributes["axis"].as_int() if "axis" in node.attributes else default


def _unsqueeze(node: ir.Node, inputs: Inputs) -> Array:
    axes = _axes(node, inputs, 1)
    assert axes is not None
    return np.expand_dims(_given(inputs, 0), axes)


def _squeeze(node: ir.Node, inputs: Inputs) -> Array:
    return np.squeeze(_given(inputs, 0), _axes(node, inputs, 1))


def _concat(node: ir.Node, inputs: Inputs) -> Array:
    return np.concatenate([_given(inputs, number) for number in range(len(inputs))], _axis(node, 0))


def _gather(node: ir.Node, inputs: Inputs) -> Array:
    return np.take(_given(inputs, 0), _given(inputs, 1).astype(np.int64), axis=_axis(node, 0))


def _slice(node: ir.Node, inputs: Inputs) -> Array:
    data = _given(inputs, 0)
    if "starts" in node.attributes:
        starts: Sequence[int] = node.attributes["starts"].as_ints()
        ends: Sequence[int] = node.attributes["ends"].as_ints()
    else:
        starts, ends = _given(inputs, 1).tolist(), _given(inputs, 2).tolist()
    axes = _axes(node, inputs, 3) or range(len(starts))
    steps = _given(inputs, 4).tolist() if len(inputs) > 4 and inputs[4] is not None else [1] * len(starts)
    slices = [slice(None)] * data.ndim
    for axis, start, end, step in zip(axes, starts, ends, steps, strict=True):
        # an end before the first element, written as a very negative number, means "including the first"
        slices[axis] = slice(start, None if step < 0 and end < -data.shape[axis] else end, step)
    return data[tuple(slices)]


def _cast(node: ir.Node, inputs: Inputs) -> Array:
    return _given(inputs, 0).astype(ir.DataType(node.attributes["to"].as_int()).numpy())


def _constant_of_shape(node: ir.Node, inputs: Inputs) -> Array:
    shape = tuple(int(size) for size in _given(inputs, 0))
    if "value" in node.attributes:
        value = node.attributes["value"].as_tensor().numpy().reshape(-1)
        return np.full(shape, value[0], value.dtype)
    return np.zeros(shape, np.float32)


def _reshape(node: ir.Node, inputs: Inputs) -> Array:
    data, wanted = _given(inputs, 0), _given(inputs, 1).tolist()
    if not ("allowzero" in node.attributes and node.attributes["allowzero"].as_int()):
        wanted = [data.shape[number] if size == 0 else size for number, size in enumerate(wanted)]
    return data.reshape(wanted)


def _transpose(node: ir.Node, inputs: Inputs) -> Array:
    order = tuple(node.attributes["perm"].as_ints()) if "perm" in node.attributes else None
    turned: Array = np.transpose(_given(inputs, 0), order)
    return turned


def _divide(node: ir.Node, inputs: Inputs) -> Array:
    a, b = _given(inputs, 0), _given(inputs, 1)
    if np.issubdtype(a.dtype, np.integer):
        towards_zero: Array = np.sign(a) * np.sign(b) * (np.abs(a) // np.abs(b))
        return towards_zero.astype(a.dtype)
    quotient: Array = a / b
    return quotient


def _identity(node: ir.Node, inputs: Inputs) -> Array:
    return _given(inputs, 0)


_DIRECT: dict[str, Callable[[ir.Node, Inputs], Array]] = {
    "Add": lambda node, inputs: _given(inputs, 0) + _given(inputs, 1),
    "Sub": lambda node, inputs: _given(inputs, 0) - _given(inputs, 1),
    "Mul": lambda node, inputs: _given(inputs, 0) * _given(inputs, 1),
    "Div": _divide,
    "Cast": _cast,
    "Concat": _concat,
    "ConstantOfShape": _constant_of_shape,
    "Gather": _gather,
    "Identity": _identity,
    "Reshape": _reshape,
    "Slice": _slice,
    "Squeeze": _squeeze,
    "Transpose": _transpose,
    "Unsqueeze": _unsqueeze,
}
