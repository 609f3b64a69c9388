"""What the first versions of the format left out and every reader had to know: written down, in place.

Before IR version 3 a model named no operator set, which meant the first. Before IR version 2 attributes had no type: it
is that of the field that holds the value.
"""

from __future__ import annotations

import onnx

from engine.graph.proto import Contents

_FIRST_WITH_OPSETS = 3
_TYPES = (
    ("f", "FLOAT"), ("i", "INT"), ("s", "STRING"), ("t", "TENSOR"), ("g", "GRAPH"), ("sparse_tensor", "SPARSE_TENSOR"),
    ("tp", "TYPE_PROTO"),
)  # fmt: skip
_REPEATED = (
    ("floats", "FLOATS"), ("ints", "INTS"), ("strings", "STRINGS"), ("tensors", "TENSORS"), ("graphs", "GRAPHS"),
)  # fmt: skip


def complete(proto: onnx.ModelProto, found: Contents) -> None:
    """Give a model of an early version its operator set, and attributes their types."""
    if not proto.opset_import and proto.HasField("graph") and 0 < proto.ir_version < _FIRST_WITH_OPSETS:
        proto.opset_import.add(domain="", version=1)
    for attribute in found.attributes:
        if attribute.type == 0 and not attribute.ref_attr_name:
            attribute.type = onnx.AttributeProto.AttributeType.Value(_type(attribute))


def _type(attribute: onnx.AttributeProto) -> str:
    for field, name in _TYPES:
        if attribute.HasField(field):
            return name
    return next((name for field, name in _REPEATED if getattr(attribute, field)), "UNDEFINED")
