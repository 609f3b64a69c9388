"""The oldest IR version and opset that say the same as a model's own.

Both only promise what may occur in a file. A model that is stamped with the newest of them is refused by runtimes that
do not know that one yet, though they know everything in it: "Unsupported model IR version", "opset under development".
An older IR version is the same file where it has all types that occur; an older opset where every operator has the
same version in both.
"""

from __future__ import annotations

import onnx
import onnx.defs
import onnx_ir as ir

from engine.graph.ops import STANDARD_DOMAINS
from engine.graph.structure import graphs

IR_VERSION, OPSET = 10, 21
"""Never lowered beyond these, which runtimes of the last years take."""

_SINCE = {
    "FLOAT4E2M1": 11,
    "FLOAT8E8M0": 12,
    "UINT2": 13,
    "INT2": 13,
    "FLOAT6E2M3": 14,
    "FLOAT6E3M2": 14,
}


def lower(model: ir.Model) -> tuple[str, ...]:
    """Lower both in place as far as nothing changes; what was done, one sentence each."""
    told = []
    version = oldest_ir_version(model)
    if (model.ir_version or 0) > version:
        told.append(f"IR version lowered from {model.ir_version} to {version}, which says the same")
        model.ir_version = version
    before, opset = model.opset_imports.get("", 0), oldest_opset(model)
    if opset < before:
        told.append(f"Opset lowered from {before} to {opset}, in which its operators are the same")
        model.opset_imports[""] = opset
    return tuple(told)


def stamp(proto: onnx.ModelProto, model: ir.Model) -> None:
    """Write the oldest of both into the protobuf of a model, which itself stays as it is."""
    proto.ir_version = oldest_ir_version(model)
    for imported in proto.opset_import:
        if imported.domain == "":
            imported.version = oldest_opset(model)


def oldest_ir_version(model: ir.Model) -> int:
    if (model.ir_version or 0) <= IR_VERSION:
        return model.ir_version or IR_VERSION
    return max([IR_VERSION, *(_SINCE.get(dtype.name, 0) for dtype in _dtypes(model))])


def oldest_opset(model: ir.Model) -> int:
    """The model's own where it or an operator is unknown, or where it is not above ``OPSET``."""
    opset = model.opset_imports.get("", 0)
    known = OPSET < opset <= onnx.defs.onnx_opset_version()
    if not known or model.functions or "ai.onnx" in model.opset_imports:
        return opset
    oldest = OPSET
    for op in {node.op_type for graph in graphs(model) for node in graph if node.domain in STANDARD_DOMAINS}:
        try:
            oldest = max(oldest, onnx.defs.get_schema(op, opset, "").since_version)
        except onnx.defs.SchemaError:
            return opset
    return min(oldest, opset)


def _dtypes(model: ir.Model) -> set[ir.DataType]:
    found: set[ir.DataType] = set()
    for graph in graphs(model):
        values = [*graph.inputs, *graph.initializers.values()]
        for node in graph:
            values.extend(node.outputs)
            for attribute in node.attributes.values():
                if attribute.type == ir.AttributeType.TENSOR and not attribute.is_ref():
                    found.add(attribute.as_tensor().dtype)
                elif attribute.name in ("to", "dtype", "output_dtype") and attribute.type == ir.AttributeType.INT:
                    found.update(dtype for dtype in ir.DataType if dtype.value == attribute.value)
        found.update(value.dtype for value in values if value.dtype is not None)
        found.update(v.const_value.dtype for v in graph.initializers.values() if v.const_value is not None)
    return found
