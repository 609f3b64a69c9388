"""Infer the shape and element type of every value.

ONNX's own inference, on the graph without weights, so that models over 2 GB (for which the library returns an empty
graph, silently) go the same way. Nodes that it does not know or that contradict it stay without shapes. It does not
follow all the arithmetic that exporters do on shapes: what is left open is computed from what is known, and inference
goes on from there.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Mapping
from functools import partial

import onnx
import onnx_ir as ir
from onnx_ir import serde

from engine.graph.evaluate import Array
from engine.graph.followed import can_follow, has_endless_shape
from engine.graph.proto import bodies_of
from engine.graph.runtime_shapes import infer_runtime_ops
from engine.graph.skeleton import skeleton
from engine.graph.sliced import infer_sliced
from engine.graph.small_values import small_values
from engine.graph.structure import bodies, graphs

_ROUNDS = 12
_log = logging.getLogger(__name__)


def infer(model: ir.Model, *, forget: bool) -> None:
    """Infer in place.

    Args:
        forget: drop the shapes that computed values have now, because the inputs' shapes have changed.
    """
    before = {value: value.shape for value in _computed(model)} if forget else {}
    for value in before:
        value.shape = None
    known: Mapping[ir.Value, Array] = {}
    for _ in range(_ROUNDS):
        if not _infer_once(model, known) or _all_static(model):
            break
        told = infer_runtime_ops(model)
        more = small_values(model)
        if more.keys() <= known.keys() and not told:
            break
        known = more
    for value, shape in before.items():
        if value.shape is None and shape is not None and not any(isinstance(size, int) for size in shape):
            value.shape = shape


def _computed(model: ir.Model) -> Iterator[ir.Value]:
    for graph in graphs(model):
        for node in graph:
            yield from node.outputs


def _all_static(model: ir.Model) -> bool:
    """Whether every computed value has sizes; those of one shape share it, so that few shapes are looked at."""
    shapes = {id(value.shape): value.shape for value in _computed(model) if value.name}
    return all(shape is not None and all(isinstance(size, int) for size in shape) for shape in shapes.values())


def _infer_once(model: ir.Model, known: Mapping[ir.Value, Array]) -> bool:
    if has_endless_shape(model):
        _log.info("shape inference is left out: a shape of so many dimensions would take all memory")
        return False
    proto = skeleton(model)
    if known:
        _write_constants(model.graph, proto.graph, known)
    follow = can_follow(model, known)
    infer_shapes = partial(onnx.shape_inference.infer_shapes, check_type=False, strict_mode=False, data_prop=follow)
    try:
        inferred = infer_sliced(proto, infer_shapes)
    except Exception as error:  # the library raises anything for graphs that it does not understand
        _log.info("shape inference failed: %s", error)
        return False
    _take_over(model.graph, inferred.graph)
    return True


def _write_constants(graph: ir.Graph, proto: onnx.GraphProto, known: Mapping[ir.Value, Array]) -> None:
    """Replace nodes whose outputs are known by constants."""
    for node, node_proto in zip(graph, proto.node, strict=True):
        if len(node.outputs) == 1 and node.outputs[0] in known and node.op_type != "Constant":
            tensor = onnx.numpy_helper.from_array(known[node.outputs[0]])
            constant = onnx.helper.make_node("Constant", [], list(node_proto.output), value=tensor)
            node_proto.CopyFrom(constant)
        for inner, inner_proto in zip(bodies(node).values(), bodies_of(node_proto), strict=False):
            _write_constants(inner, inner_proto, known)


_Told = tuple[ir.TypeProtocol | None, ir.Shape | None]


def _take_over(graph: ir.Graph, inferred: onnx.GraphProto, told: dict[bytes, _Told] | None = None) -> None:
    """Give the values what was inferred; ``told`` keeps each type and shape that has come up, for the next value."""
    told = {} if told is None else told
    infos = (*inferred.value_info, *inferred.output)
    known = {info.name: _told(info.type, told) for info in infos if info.HasField("type")}
    for number, node in enumerate(graph):
        for value in node.outputs:
            if value.name in known:
                _set_type(value, known[value.name])
        inside = bodies(node)
        for inner, inner_proto in zip(
            inside.values(), bodies_of(inferred.node[number]) if inside else (), strict=False
        ):
            inputs = {info.name: info.type for info in inner_proto.input if info.HasField("type")}
            for value in inner.inputs:
                if value.name in inputs:
                    _set_type(value, _told(inputs[value.name], told))
            _take_over(inner, inner_proto, told)


def _told(proto: onnx.TypeProto, told: dict[bytes, _Told]) -> _Told:
    key = proto.SerializeToString()
    if key not in told:
        shape = serde.deserialize_type_proto_for_shape(proto)
        told[key] = (
            serde.deserialize_type_proto_for_type(proto),
            None
            if shape is None
            else ir.Shape([size if isinstance(size, int) else _symbol(size) for size in shape], frozen=True),
        )
    return told[key]


def _set_type(value: ir.Value, told: _Told) -> None:
    type_, shape = told
    if type_ is not None and (value.dtype in (None, ir.DataType.UNDEFINED) or value.type is None):
        value.type = ir.TensorType(type_.dtype) if type(type_) is ir.TensorType else type_  # a type can be written into
    if shape is not None:
        value.shape = shape


def _symbol(size: ir.SymbolicDim) -> str | None:
    """The exporter's own symbols; those that inference makes up say nothing."""
    return None if size.value is None or size.value.startswith("unk__") else size.value
