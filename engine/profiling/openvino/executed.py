"""The graph that OpenVINO really runs, from ``CompiledModel.get_runtime_model()``.

Each node says in its ``rt_info`` the kernel's type (``layerType``), the original layers that it does
(``originalLayersNames``; nothing for what OpenVINO inserted), the kernel that was chosen (``execType``) and in which
precision it computes. Constants and what is computed from them alone stand in that graph too and have no counter: they
are done when the model is compiled. A node that never took a microsecond and has no kernel of its own
(``execType`` "unknown_..."), such as a Reshape or a Concat whose inputs are written where its output is, is in place.

Values are named after their node and port; those that are an output of the model bear its name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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
class Executed:
    """``nodes`` are those with a counter, in the order of execution; ``kernels`` are those of them that do something,
    without times; ``constants`` as in ``Trace``."""

    nodes: tuple[ExecutedNode, ...]
    kernels: tuple[KernelEvent, ...]
    constants: frozenset[str]


def executed_graph(runtime_model: Any, mean_us: Mapping[str, int], implementations: Mapping[str, str]) -> Executed:
    """``mean_us`` and ``implementations`` are what the counters say, by the name of the node."""
    ordered = [(node, _info(node)) for node in runtime_model.get_ordered_ops()]
    ordered.sort(key=lambda item: int(item[1].get("execOrder") or 0))
    inputs = {node.get_friendly_name() for node, info in ordered if _type(node, info) in _INPUTS}
    counted = [
        (node, info)
        for node, info in ordered
        if node.get_friendly_name() in mean_us and _type(node, info) not in _INPUTS | _OUTPUTS
    ]
    known = inputs | {node.get_friendly_name() for node, _ in counted}
    names = _result_names(runtime_model)
    nodes, kernels = [], []
    for node, info in counted:
        name, sources = node.get_friendly_name(), [port.get_source_output() for port in node.inputs()]
        implementation = implementations.get(name, "")
        in_place = not mean_us[name] and implementation.startswith("unknown")
        nodes.append(
            ExecutedNode(
                name=name,
                op=_type(node, info),
                inputs=tuple(_value(source, inputs, names) for source in sources if _name(source) in known),
                outputs=tuple(_value(port, inputs, names) for port in node.outputs()),
                originals=tuple(original for original in info.get("originalLayersNames", "").split(",") if original),
                in_place=in_place,
            )
        )
        if not in_place:
            precision = info.get("runtimePrecision") or info.get("outputPrecisions", "").split(",")[0]
            precision = _PRECISIONS.get(precision.lower(), precision)
            kernels.append(KernelEvent(name, _type(node, info), PROVIDER, 0.0, 0.0, 0, precision, implementation))
    constants = frozenset(
        value
        for node, info in ordered
        if _type(node, info) in _CONSTANTS
        for value in _values_of_tags(node.get_friendly_name())
    )
    return Executed(tuple(nodes), tuple(kernels), constants)


def _type(node: Node, info: Mapping[str, str]) -> str:
    return info.get("layerType") or str(node.get_type_name())


def _info(node: Node) -> dict[str, str]:
    """``rt_info`` as text; values may come wrapped."""
    return {key: str(getattr(value, "value", value)) for key, value in node.get_rt_info().items()}


def _name(value: Value) -> str:
    name: str = value.get_node().get_friendly_name()
    return name


def _key(value: Value) -> tuple[str, int]:
    return _name(value), value.get_index()


def _value(value: Value, inputs: set[str], names: Mapping[tuple[str, int], str]) -> str:
    name, port = _key(value)
    return names.get((name, port)) or (name if name in inputs else f"{name}:{port}")


def _result_names(runtime_model: Any) -> dict[tuple[str, int], str]:
    """The model's outputs by the node and port that computes them."""
    found: dict[tuple[str, int], str] = {}
    for node in runtime_model.get_ordered_ops():
        name, _, port = node.get_friendly_name().rpartition(_RESULT)
        if name and port.isdigit() and len(node.inputs()) == 1:
            found.setdefault(_key(node.inputs()[0].get_source_output()), name)
    return found


def _values_of_tags(name: str) -> Iterator[str]:
    """A constant that is named after a node is what that node computes."""
    said = tags(name)
    yield from (f"~v{node}.{output}~" for node, output in said.values)
    yield from (f"~v{number}.0~" for number in said.nodes if name == f"~n{number}~")
