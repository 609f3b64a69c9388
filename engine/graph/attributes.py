"""Read what a node may or may not have: a file can leave anything out, or give it another type."""

from __future__ import annotations

import onnx_ir as ir


def input_of(node: ir.Node, position: int) -> ir.Value | None:
    inputs = node.inputs
    return inputs[position] if position < len(inputs) else None


def int_of(node: ir.Node, name: str, default: int) -> int:
    found = _of_type(node, name, ir.AttributeType.INT)
    return default if found is None else found.as_int()


def float_of(node: ir.Node, name: str, default: float) -> float:
    found = _of_type(node, name, ir.AttributeType.FLOAT)
    return default if found is None else found.as_float()


def ints_of(node: ir.Node, name: str) -> tuple[int, ...] | None:
    found = _of_type(node, name, ir.AttributeType.INTS)
    return None if found is None else tuple(found.as_ints())


def text_of(node: ir.Node, name: str) -> str:
    found = _of_type(node, name, ir.AttributeType.STRING)
    return found.as_string() if found is not None and isinstance(found.value, str) else ""


def _of_type(node: ir.Node, name: str, type_: ir.AttributeType) -> ir.Attr | None:
    attribute = node.attributes.get(name)
    return None if attribute is None or attribute.is_ref() or attribute.type != type_ else attribute
