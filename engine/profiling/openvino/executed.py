"""The graph that OpenVINO really runs, from ``CompiledModel.get_runtime_model()``.

Each node says in its ``rt_info`` the kernel's type (``layerType``), the original layers that it does
(``originalLayersNames``; nothing for what OpenVINO inserted), the kernel that was chosen (``execType``) and in which
precision it computes. Constants and what is computed from them alone stand in that graph too and have no counter: they
are done when the model is compiled. A node that never took a microsecond and has no kernel of its own
(``execType`` "unknown_..."), such as a Reshape or a Concat whose inputs are written where its output is, is in place.

Values are named after their node and port; those that are an output of the model bear its name. Several nodes can have
one name (a layer that is computed anew for each of its readers): the second is called "NAME (2)".
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from engine.backend import ExecutedNode, KernelEvent
from engine.profiling.tagging import tags

PROVIDER = "OpenVINO"
_PRECISIONS = {
    "f32": "float32",
    "f16": "float16",
    "bf16": "bfloat16",
    "f64": "float64",
    "i8": "int8",
    "u8": "int8",
    "i16": "int16",
    "i32": "int32",
    "i64": "int64",
    "boolean": "bool",
}
"""Arithmetic of 8 bits is called int8, whatever the sign of the activations."""
_INPUTS = frozenset({"Parameter", "Input"})
_OUTPUTS = frozenset({"Result", "Output"})
_CONSTANTS = frozenset({"Const", "Constant"})
_RESULT = "/sink_port_"

Value = Any  # OpenVINO's ov.Output, which mypy does not need to see
Node = Any


@dataclass(frozen=True, slots=True)
class Counter:
    """What OpenVINO says of a kernel, or of an operation that is fused into one and has no time of its own."""

    name: str
    implementation: str
    mean_us: int


@dataclass(frozen=True, slots=True)
class Executed:
    """``nodes`` are those with a counter, in the order of execution; ``constants`` as in ``Trace``.

    ``kernels`` are those of the nodes that do something, without times, and ``counters`` the number of the counter of
    each.
    """

    nodes: tuple[ExecutedNode, ...]
    kernels: tuple[KernelEvent, ...]
    counters: tuple[int, ...]
    constants: frozenset[str]


@dataclass(frozen=True, slots=True)
class _Entry:
    """A node of the runtime model; ``name`` tells it apart."""

    node: Node
    info: Mapping[str, str]
    name: str
    counter: int | None

    @property
    def type(self) -> str:
        return self.info.get("layerType") or str(self.node.get_type_name())


def executed_graph(runtime_model: Any, counters: Sequence[Counter]) -> Executed:
    """``counters`` are in OpenVINO's order, which is that of execution."""
    entries = _entries(runtime_model, counters)
    names = _value_names(entries)
    nodes, kernels, numbers = [], [], []
    for entry in entries.values():
        if entry.counter is None or entry.type in _INPUTS | _OUTPUTS:
            continue
        counter, info = counters[entry.counter], entry.info
        in_place = not counter.mean_us and counter.implementation.startswith("unknown")
        sources = [_key(port.get_source_output()) for port in entry.node.inputs()]
        originals = tuple(original for original in info.get("originalLayersNames", "").split(",") if original)
        outputs = tuple(names[_key(port)] for port in entry.node.outputs())
        inputs = tuple(names[source] for source in sources if source in names)
        nodes.append(ExecutedNode(entry.name, entry.type, inputs, outputs, originals, in_place=in_place))
        if not in_place:
            precision = info.get("runtimePrecision") or info.get("outputPrecisions", "").split(",")[0]
            precision = _PRECISIONS.get(precision.lower(), precision)
            kernels.append(
                KernelEvent(entry.name, entry.type, PROVIDER, 0.0, 0.0, 0, precision, counter.implementation)
            )
            numbers.append(entry.counter)
    constants = frozenset(
        value
        for entry in entries.values()
        if entry.type in _CONSTANTS
        for value in _values_of_tags(entry.node.get_friendly_name())
    )
    return Executed(tuple(nodes), tuple(kernels), tuple(numbers), constants)


def _entries(runtime_model: Any, counters: Sequence[Counter]) -> dict[str, _Entry]:
    """By place in the order of execution."""
    found = [(node, _info(node)) for node in runtime_model.get_ordered_ops()]
    found.sort(key=lambda item: int(_order(item[1])))
    same: dict[str, list[int]] = defaultdict(list)
    for number, (node, _) in enumerate(found):
        same[node.get_friendly_name()].append(number)
    counted: dict[str, list[int]] = defaultdict(list)
    for number, counter in enumerate(counters):
        counted[counter.name].append(number)
    entries: dict[str, _Entry] = {}
    for number, (node, info) in enumerate(found):
        name = node.get_friendly_name()
        place, mine = same[name].index(number), counted[name]
        if len(mine) > len(same[name]):  # fused operations may bear the name as well
            mine = sorted(sorted(mine, key=lambda n: not counters[n].mean_us)[: len(same[name])])
        its = mine[place] if place < len(mine) else None
        entries[_order(info)] = _Entry(node, info, f"{name} ({place + 1})" if place else name, its)
    return entries


def _value_names(entries: Mapping[str, _Entry]) -> dict[tuple[str, int], str]:
    """By the place of the node that makes a value, and its port; without values that are known beforehand."""
    names: dict[tuple[str, int], str] = {}
    for order, entry in entries.items():
        if entry.type in _INPUTS:
            names[order, 0] = entry.name
        elif entry.counter is not None and entry.type not in _OUTPUTS:
            names.update({(order, port): f"{entry.name}:{port}" for port in range(len(entry.node.outputs()))})
    for entry in entries.values():
        name, _, port = entry.node.get_friendly_name().rpartition(_RESULT)
        if name and port.isdigit() and entry.type in _OUTPUTS:
            source = _key(entry.node.inputs()[0].get_source_output())
            if source in names and entries[source[0]].type not in _INPUTS:
                names[source] = name
    return names


def _info(node: Node) -> dict[str, str]:
    """``rt_info`` as text; values may come wrapped."""
    return {key: str(getattr(value, "value", value)) for key, value in node.get_rt_info().items()}


def _order(info: Mapping[str, str]) -> str:
    return info["execOrder"]


def _key(value: Value) -> tuple[str, int]:
    return _order(_info(value.get_node())), value.get_index()


def _values_of_tags(name: str) -> Iterator[str]:
    """A constant that is named after a node is what that node computes."""
    said = tags(name)
    yield from (f"~v{node}.{output}~" for node, output in said.values)
    yield from (f"~v{number}.0~" for number in said.nodes if name == f"~n{number}~")
