"""Look codes up and decode them afterwards: a Gather of the rows of an embedding.

    y[i] = s[id_i] * q[id_i]    with one scale for each row (or one for all)

The table stays in its few bits in memory, and only the rows that are read are decoded.
"""

from __future__ import annotations

import onnx_ir as ir

from engine.quantization.edit import owner
from engine.quantization.weights_only import Coding, Job


def gather_codes(job: Job, coding: Coding) -> None:
    """Put a Gather of codes, and of scales where every row has one, in the place of the layer's."""
    node, editor = job.node, job.editor
    (slot,) = job.slots
    value, ids = node.inputs
    assert value is not None
    graph = owner(value)
    coded = coding.encode(job.weight(slot))
    shape = node.outputs[0].shape
    name, axis = f"{job.id}/weight", ir.AttrInt64("axis", 0)
    codes = editor.initializer(f"{name}/quantized", coded.codes, graph)
    rows = editor.node(
        "Gather", [codes, ids], name, [job.id], attributes=[axis], dtypes=[ir.DataType.INT8], shape=shape
    )
    to_float = ir.AttrInt64("to", ir.DataType.FLOAT.value)
    cast = editor.node("Cast", [rows.outputs[0]], f"{name}/Cast", [job.id], attributes=[to_float], shape=shape)
    nodes = [rows, cast]
    if coding.channels is None:
        scale = editor.initializer(f"{name}/scale", coded.scale.reshape(()), graph)
    else:
        scales = editor.initializer(f"{name}/scale", coded.scale.reshape(-1, 1), graph)
        read = editor.node("Gather", [scales, ids], f"{name}/scale_rows", [job.id], attributes=[axis])
        nodes.append(read)
        scale = read.outputs[0]
    nodes.append(editor.node("Mul", [cast.outputs[0], scale], f"{name}/Mul", [job.id], shape=shape))
    editor.replace(node, nodes, heir=rows)
