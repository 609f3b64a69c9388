"""A model as text, one line for each thing, for golden files and logs: what differs in the model differs in few lines.

Weights show as shape, smallest, largest and mean value with four digits; small integers (axes, pads, zero points) in
full.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import onnx_ir as ir

from engine.graph.constants import constant
from engine.graph.layers import origins
from engine.graph.structure import bodies

_SHOWN_ELEMENTS = 8


def dump(model: ir.Model) -> str:
    opsets = ", ".join(f"{domain or 'ai.onnx'} {version}" for domain, version in sorted(model.opset_imports.items()))
    return "\n".join([f"ir {model.ir_version}, opset {opsets}", *_graph(model.graph, "")]) + "\n"


def _graph(graph: ir.Graph, indent: str) -> Iterator[str]:
    for value in graph.inputs:
        yield f"{indent}input {_value(value)}"
    for name, value in sorted(graph.initializers.items()):
        yield f"{indent}initializer {name} {_tensor(value.const_value)}"
    for node in graph:
        read = ", ".join("-" if value is None else str(value.name) for value in node.inputs)
        made = ", ".join(_value(value) for value in node.outputs)
        op = f"{node.domain}.{node.op_type}" if node.domain else node.op_type
        came_from = f" from {', '.join(origins(node))}" if origins(node) else ""
        yield f"{indent}{node.name or '(unnamed)'}: {op}({read}) -> {made}{_attributes(node)}{came_from}"
        for name, body in bodies(node).items():
            yield f"{indent}  {name}:"
            yield from _graph(body, indent + "    ")
    for value in graph.outputs:
        yield f"{indent}output {_value(value)}"


def _value(value: ir.Value) -> str:
    shape = "?" if value.shape is None else ",".join("?" if str(dim) == "None" else str(dim) for dim in value.shape)
    dtype = "?" if value.dtype is None else value.dtype.name.lower()
    return f"{value.name} {dtype}[{shape}]"


def _attributes(node: ir.Node) -> str:
    shown = []
    for name, attribute in sorted(node.attributes.items()):
        if attribute.is_ref():
            shown.append(f"{name}=@{attribute.ref_attr_name}")
        elif attribute.type in (ir.AttributeType.GRAPH, ir.AttributeType.GRAPHS):
            continue
        elif attribute.type == ir.AttributeType.TENSOR:
            tensor = constant(node.outputs[0]) if node.op_type == "Constant" else attribute.as_tensor()
            shown.append(f"{name}={_tensor(tensor)}")
        elif attribute.type == ir.AttributeType.FLOAT:
            shown.append(f"{name}={attribute.as_float():.6g}")
        elif isinstance(attribute.value, tuple | list):
            shown.append(f"{name}=[{','.join(map(str, attribute.value))}]")
        else:
            shown.append(f"{name}={attribute.value}")
    return f" {{{' '.join(shown)}}}" if shown else ""


def _tensor(tensor: ir.TensorProtocol | None) -> str:
    if tensor is None:
        return "without data"
    kind = f"{tensor.dtype.name.lower()}[{','.join(map(str, tensor.shape.numpy()))}]"
    if tensor.dtype == ir.DataType.STRING or tensor.size == 0:
        return kind
    numbers = tensor.numpy().reshape(-1)
    if tensor.size <= _SHOWN_ELEMENTS:
        shown = (f"{number:.4g}" if tensor.dtype.is_floating_point() else str(number) for number in numbers)
        return f"{kind} {' '.join(shown)}"
    wide = numbers.astype(np.float64)
    return f"{kind} {wide.min():.4g}..{wide.max():.4g} mean {wide.mean():.4g}"
