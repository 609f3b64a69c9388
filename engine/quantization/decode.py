"""Turn stored codes back into a float weight in front of a layer, in one of two forms.

- ``dequantize``: a DequantizeLinear. ONNX Runtime never computes it in advance: in front of a MatMul or Gemm it makes
  both into a MatMulNBits that multiplies the codes themselves; in front of any other op it runs again at every run.
- ``unpack``: Cast and Mul (and Sub, and Reshape around blocks), which ONNX Runtime computes once when it loads the
  model. Only the file is smaller then: the session holds the weight in float32 and runs as fast as the float model.

Measured with ONNX Runtime 1.31 on a Conv of 1024 to 1024 channels, 3x3, 7x7 pixels: 18 ms in float, 42 ms with
``dequantize`` (which also keeps the weight out of the layout that the fast kernels want), 18 ms with ``unpack``. The
session of the ``dequantize`` form does not take less memory either, since it allocates the float weight all the same.
"""

from __future__ import annotations

from typing import Literal

import numpy as np
import onnx_ir as ir

from engine.graph.attributes import input_of, int_of
from engine.graph.constants import constant, is_op
from engine.quantization.edit import Editor
from engine.quantization.weights import Coded, Slot

Form = Literal["dequantize", "unpack"]


def is_fused(node: ir.Node, slot: Slot) -> bool:
    """Whether ONNX Runtime makes a DequantizeLinear and this layer into one MatMulNBits.

    It wants a matrix on the right that is not transposed, and adds a constant vector at the most: where something else
    is added to a product, it first makes a Gemm of the product and the Add, which is not fused any more.
    """
    shape = constant(node.inputs[slot.position])
    if not is_op(node, "MatMul", "Gemm") or slot.position != 1 or shape is None or len(shape.shape) != 2:
        return False
    if int_of(node, "transB", 0):
        return False
    added = input_of(node, 2)
    if is_op(node, "MatMul"):
        users = [user for user, _ in node.outputs[0].uses()]
        if len(users) != 1 or not is_op(users[0], "Add"):
            return True
        added = next((value for value in users[0].inputs if value is not node.outputs[0]), None)
    vector = constant(added)
    return added is None or (vector is not None and len(vector.shape) == 1)


def decoding(editor: Editor, coded: Coded, form: Form, name: str, served: str, graph: ir.Graph) -> list[ir.Node]:
    """Nodes that give the float weight as the last one's output; they stand nowhere yet."""
    build = _dequantize if form == "dequantize" else _unpack
    return build(editor, coded, name, served, graph)


def _dequantize(editor: Editor, coded: Coded, name: str, served: str, graph: ir.Graph) -> list[ir.Node]:
    """Per tensor, per channel, or in blocks (opset 21)."""
    scale, zero, attributes = coded.scale, coded.zero_point, []
    if coded.block:
        attributes = [ir.AttrInt64("axis", coded.axis), ir.AttrInt64("block_size", coded.block)]
        # ONNX wants one scale for each element of the other axes.
        wanted = [size if i != coded.axis else scale.shape[i] for i, size in enumerate(coded.codes.shape)]
        scale = np.broadcast_to(scale, wanted)
        zero = None if zero is None else np.broadcast_to(zero, wanted)
    elif scale.size == 1:
        scale, zero = scale.reshape(()), None if zero is None else zero.reshape(())
    else:
        attributes = [ir.AttrInt64("axis", coded.channels)]
        scale, zero = scale.reshape(-1), None if zero is None else zero.reshape(-1)
    if zero is None and not coded.block:
        zero = np.zeros(scale.shape, coded.codes.dtype)
    inputs = [
        editor.initializer(f"{name}/quantized", coded.codes, graph),
        editor.initializer(f"{name}/scale", scale, graph),
    ]
    if zero is not None:
        inputs.append(editor.initializer(f"{name}/zero_point", zero, graph))
    shape = ir.Shape(coded.codes.shape)
    return [
        editor.node(
            "DequantizeLinear", inputs, f"{name}/DequantizeLinear", [served], attributes=attributes, shape=shape
        )
    ]


def _unpack(editor: Editor, coded: Coded, name: str, served: str, graph: ir.Graph) -> list[ir.Node]:
    codes = editor.initializer(f"{name}/quantized", coded.codes, graph)
    to_float = ir.AttrInt64("to", ir.DataType.FLOAT.value)
    shape = list(coded.codes.shape)
    nodes = [editor.node("Cast", [codes], f"{name}/Cast", [served], attributes=[to_float], shape=ir.Shape(shape))]
    scale, zero = coded.scale, coded.zero_point
    split = list(shape)
    if coded.block:
        split[coded.axis : coded.axis + 1] = [shape[coded.axis] // coded.block, coded.block]
        scale = np.expand_dims(scale, coded.axis + 1)
        zero = None if zero is None else np.expand_dims(zero, coded.axis + 1)
        nodes.append(_reshape(editor, nodes[-1], split, name, served, graph))
    if zero is not None:
        moved = editor.initializer(f"{name}/zero_point", zero.astype(np.float32), graph)
        inputs = [nodes[-1].outputs[0], moved]
        nodes.append(editor.node("Sub", inputs, f"{name}/Sub", [served], shape=ir.Shape(split)))
    inputs = [nodes[-1].outputs[0], editor.initializer(f"{name}/scale", scale, graph)]
    nodes.append(editor.node("Mul", inputs, f"{name}/Mul", [served], shape=ir.Shape(split)))
    if coded.block:
        nodes.append(_reshape(editor, nodes[-1], shape, name, served, graph))
    return nodes


def _reshape(editor: Editor, after: ir.Node, shape: list[int], name: str, served: str, graph: ir.Graph) -> ir.Node:
    target = editor.initializer(f"{name}/shape", np.array(shape, np.int64), graph)
    return editor.node("Reshape", [after.outputs[0], target], f"{name}/Reshape", [served], shape=ir.Shape(shape))
