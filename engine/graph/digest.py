"""A fingerprint of a model: its structure, names of values and nodes, and weights; not where the weights are stored.

What only describes (producer, documentation, metadata) is left out, so that a model and its copy with notes are one.
"""

from __future__ import annotations

import hashlib
from typing import Any

import numpy as np
import onnx_ir as ir


def model_sha256(model: ir.Model) -> str:
    """Hexadecimal SHA-256; weights are read one tensor at a time."""
    digest = hashlib.sha256()
    _text(digest, "opsets", sorted(model.opset_imports.items()))
    _graph(digest, model.graph)
    return digest.hexdigest()


def _graph(digest: Any, graph: ir.Graph) -> None:
    for kind, values in (("inputs", graph.inputs), ("outputs", graph.outputs)):
        _text(digest, kind, [(value.name, str(value.type), str(value.shape)) for value in values])
    for name, value in sorted(graph.initializers.items()):
        _text(digest, "initializer", name)
        if value.const_value is not None:
            _tensor(digest, value.const_value)
    for node in graph:
        read = [None if value is None else value.name for value in node.inputs]
        made = [value.name for value in node.outputs]
        _text(digest, "node", (node.domain, node.op_type, node.overload, node.name, read, made))
        for name, attribute in sorted(node.attributes.items()):
            _text(digest, "attribute", (name, str(attribute.type), attribute.ref_attr_name))
            _attribute(digest, attribute)


def _attribute(digest: Any, attribute: ir.Attr) -> None:
    if attribute.is_ref():
        return
    if attribute.type == ir.AttributeType.GRAPH:
        _graph(digest, attribute.as_graph())
    elif attribute.type == ir.AttributeType.GRAPHS:
        for graph in attribute.as_graphs():
            _graph(digest, graph)
    elif attribute.type == ir.AttributeType.TENSOR:
        _tensor(digest, attribute.as_tensor())
    elif attribute.type == ir.AttributeType.TENSORS:
        for tensor in attribute.as_tensors():
            _tensor(digest, tensor)
    elif isinstance(attribute.value, tuple | list):
        _text(digest, "list", list(attribute.value))
    else:
        _text(digest, "value", str(attribute.value))


def _tensor(digest: Any, tensor: ir.TensorProtocol) -> None:
    _text(digest, "tensor", (tensor.dtype.name, list(tensor.shape.numpy())))
    if tensor.dtype == ir.DataType.STRING:
        _text(digest, "strings", tensor.numpy().reshape(-1).tolist())
    elif tensor.dtype.bitwidth < 8:
        digest.update(tensor.tobytes())
    else:
        digest.update(np.ascontiguousarray(tensor.numpy()).reshape(-1).view(np.uint8).data)


def _text(digest: Any, kind: str, what: object) -> None:
    digest.update(f"{kind}:{what!r};".encode())
