"""Layers: what the user sees of a model's nodes.

Ids are those of ``engine.graph.naming``. They never change by treatment: a node that a step creates carries the ids
of the layers that it came from in ``metadata_props[ORIGINS]``. Costs are those of ``engine.graph.cost`` for one run
of the model: a layer in the body of a Scan counts once per iteration, in the body of a Loop whose number of
iterations is computed it is unknown. A tensor that several layers share is counted at the first of them.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, lru_cache

import onnx_ir as ir

from engine.graph.attributes import input_of, int_of, ints_of
from engine.graph.collection import collection_paused
from engine.graph.constants import constant, is_op, small_ints
from engine.graph.cost import dims, elements, output_bytes, parameters, work
from engine.graph.naming import Place, places
from engine.graph.structure import bodies

ORIGINS = "lathe.origins"
NAME_SCOPES = "pkg.torch.onnx.name_scopes"

Shape = tuple[int | str | None, ...]


@dataclass(frozen=True, slots=True)
class Layer:
    """One node as the user sees it.

    Attributes:
        name: the node's name in the file, which may be empty.
        scope: the module hierarchy that it stands in, outermost first, without the layer itself.
        input_shapes: of its inputs that have a shape; None where an input has none or is left out.
        output_shape, dtype: of its first output.
        macs, elementwise, output_bytes: None where unknown.
        owner: id of the control-flow layer whose body holds it.
        origins: ids of the layers of the source file that its work came from; its own id where no step has merged any.
    """

    id: str
    name: str
    op: str
    domain: str
    scope: tuple[str, ...]
    input_shapes: tuple[Shape | None, ...]
    output_shape: Shape | None
    dtype: str | None
    parameters: int
    parameter_bytes: int
    macs: int | None
    elementwise: int | None
    output_bytes: int | None
    owner: str | None
    origins: tuple[str, ...]


@dataclass(frozen=True)
class LayerIndex:
    """All layers of one model, bodies included, with the way back to the nodes; totals of the whole model."""

    model: ir.Model
    layers: tuple[Layer, ...]
    nodes: tuple[ir.Node, ...]
    macs: int | None

    @cached_property
    def by_id(self) -> Mapping[str, Layer]:
        return {layer.id: layer for layer in self.layers}

    @property
    def parameters(self) -> int:
        return sum(layer.parameters for layer in self.layers)

    @property
    def parameter_bytes(self) -> int:
        return sum(layer.parameter_bytes for layer in self.layers)

    @cached_property
    def _node_of(self) -> Mapping[str, ir.Node]:
        return {layer.id: node for layer, node in zip(self.layers, self.nodes, strict=True)}

    @cached_property
    def _ids(self) -> Mapping[ir.Node, str]:
        return {node: layer.id for layer, node in zip(self.layers, self.nodes, strict=True)}

    def node(self, layer_id: str) -> ir.Node:
        return self._node_of[layer_id]

    def id_of(self, node: ir.Node) -> str:
        return self._ids[node]


@collection_paused()
def index_layers(model: ir.Model) -> LayerIndex:
    """The layers of a model; shapes are those that it has, see ``engine.graph.shapes`` for inferring them."""
    found = places(model)
    times = _times(found)
    counted: set[int] = set()
    layers = tuple(_layer(place, times[place.id], counted) for place in found)
    macs = {layer.id: layer.macs for layer in layers}
    return LayerIndex(model, layers, tuple(place.node for place in found), _total_macs(found, macs))


def origins(node: ir.Node) -> tuple[str, ...]:
    """The ids of the source layers that a node's work came from; empty where no step has said, or no list is given."""
    said = node.metadata_props.get(ORIGINS)
    if not said:
        return ()
    try:
        found = json.loads(said)
    except ValueError:
        return ()
    return tuple(name for name in found if isinstance(name, str)) if isinstance(found, list) else ()


def set_origins(node: ir.Node, ids: Iterable[str]) -> None:
    node.metadata_props[ORIGINS] = json.dumps(list(dict.fromkeys(ids)))


def scope_of(node: ir.Node) -> tuple[str, ...]:
    """The module hierarchy from the exporter's name scopes, else from the slashes in the node's name."""
    listed = node.metadata_props.get(NAME_SCOPES)
    if listed:
        try:
            scopes = [str(name) for name in ast.literal_eval(listed)]
        except (ValueError, SyntaxError, TypeError, MemoryError, RecursionError):
            scopes = []
        if scopes:
            # cumulative paths, the last entry being the operation: ['', 'layer1', 'layer1.0', 'relu']
            path = next((name for name in reversed(scopes[:-1]) if name), "")
            return tuple(part for part in path.split(".") if part)
    return scope_from_name(node.name or "")


def name_scopes(scope: Sequence[str], op: str) -> str:
    """What ``scope_of`` reads, as PyTorch's exporter writes it: cumulative paths, the operation last."""
    return str(["", *(".".join(scope[: n + 1]) for n in range(len(scope))), op])


def scope_from_name(name: str) -> tuple[str, ...]:
    """``/layer1/layer1.0/conv1/Conv`` is (layer1, 0, conv1): the exporter repeats the outer scope in front of a dot."""
    return _scope_from_path(name.rstrip("/").rpartition("/")[0])


@lru_cache
def _scope_from_path(path: str) -> tuple[str, ...]:
    """The layers of one module stand together, and have one."""
    scope: list[str] = []
    before = ""
    for part in [part for part in path.split("/") if part]:
        scope.append(part.removeprefix(before + ".") if before else part)
        before = part
    return tuple(scope)


def _layer(place: Place, times: int | None, counted: set[int]) -> Layer:
    node = place.node
    tensors = {id(tensor): tensor for tensor in parameters(node) if id(tensor) not in counted}
    counted.update(tensors)
    done = work(node)
    first = node.outputs[0] if node.outputs else None
    return Layer(
        id=place.id,
        name=node.name or "",
        op=node.op_type,
        domain=node.domain,
        scope=scope_of(node),
        input_shapes=tuple([_shape(value) for value in node.inputs]),
        output_shape=_shape(first),
        dtype=dtype_name(None if first is None else first.dtype),
        parameters=sum(elements(node, tensor) for tensor in tensors.values()),
        parameter_bytes=sum(tensor.nbytes for tensor in tensors.values()),
        macs=_multiplied(done.macs, times),
        elementwise=_multiplied(done.elementwise, times),
        output_bytes=output_bytes(node),
        owner=place.owner,
        origins=origins(node) or (place.id,),
    )


@cache
def dtype_name(dtype: ir.DataType | None) -> str | None:
    """numpy's name of an element type; None where it is not known."""
    if dtype is None or dtype == ir.DataType.UNDEFINED:
        return None
    return "str" if dtype == ir.DataType.STRING else str(dtype.numpy())


def _shape(value: ir.Value | None) -> Shape | None:
    if value is None:
        return None
    shape = value.shape
    if shape is None:
        return dims(value)
    return tuple([int(size) if isinstance(size, int) else size.value for size in shape])


def _multiplied(count: int | None, times: int | None) -> int | None:
    if count == 0:
        return 0
    return None if count is None or times is None else count * times


def _times(found: Iterable[Place]) -> dict[str, int | None]:
    """How often each layer runs in one run of the model, None where that is computed on the way."""
    nodes: dict[str, ir.Node] = {}
    times: dict[str, int | None] = {}
    for place in found:
        nodes[place.id] = place.node
        times[place.id] = 1 if place.owner is None else _multiplied(iterations(nodes[place.owner]), times[place.owner])
    return times


def iterations(node: ir.Node) -> int | None:
    """How often the bodies of a control-flow node run, None where that is computed on the way."""
    if is_op(node, "If"):
        return 1
    if is_op(node, "Loop"):
        limit, going = small_ints(input_of(node, 0)), input_of(node, 1)
        body = bodies(node).get("body")
        endless = body is not None and body.outputs and _is_true(body.outputs[0], body)
        return limit[0] if limit and (going is None or _is_true(going, None)) and endless else None
    if is_op(node, "Scan"):
        data = dims(node.inputs[-1]) if node.inputs else None
        axis = (ints_of(node, "scan_input_axes") or (0,))[-1]
        if int_of(node, "num_scan_inputs", 0) < 1 or data is None or not -len(data) <= axis < len(data):
            return None
        return data[axis]
    return None


def _is_true(value: ir.Value, body: ir.Graph | None) -> bool:
    """Whether a condition is constantly true; in a loop's body also where it hands the incoming condition on."""
    producer = value.producer()
    while producer is not None and is_op(producer, "Identity") and (before := input_of(producer, 0)) is not None:
        value, producer = before, before.producer()
    if body is not None and len(body.inputs) > 1 and value is body.inputs[1]:
        return True
    tensor = constant(value)
    return tensor is not None and tensor.size == 1 and bool(tensor.numpy().reshape(-1)[0])


def _total_macs(found: Iterable[Place], macs: Mapping[str, int | None]) -> int | None:
    """The sum over the main graph and the bodies; an If runs one branch, which counts where all cost the same."""
    own: dict[tuple[str | None, str | None], int | None] = {}
    for place in reversed(tuple(found)):
        count = macs[place.id]
        inner = [own.get((place.id, name), 0) for name in bodies(place.node)]
        if is_op(place.node, "If"):
            body_total = inner[0] if len(set(inner)) == 1 else None
        else:
            body_total = _sum(inner) if inner else 0
        key = (place.owner, place.body)
        own[key] = _sum((own.get(key, 0), count, body_total))
    return own.get((None, None), 0)


def _sum(counts: Iterable[int | None]) -> int | None:
    total = 0
    for count in counts:
        if count is None:
            return None
        total += count
    return total
