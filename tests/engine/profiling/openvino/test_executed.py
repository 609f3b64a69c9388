from __future__ import annotations

from dataclasses import dataclass, field

from engine.profiling.openvino.executed import Counter, executed_graph


@dataclass
class Port:
    node: Node
    source: Port | None = None
    index: int = 0

    def get_source_output(self) -> Port:
        assert self.source is not None
        return self.source

    def get_node(self) -> Node:
        return self.node

    def get_index(self) -> int:
        return self.index


@dataclass
class Node:
    """As OpenVINO's, as far as it is read."""

    name: str
    kind: str
    order: int
    reads: list[Node] = field(default_factory=list)
    originals: str = ""
    precision: str = "f32"

    def get_friendly_name(self) -> str:
        return self.name

    def get_type_name(self) -> str:
        return "ExecutionNode"

    def get_rt_info(self) -> dict[str, str]:
        return {
            "execOrder": str(self.order),
            "layerType": self.kind,
            "originalLayersNames": self.originals,
            "runtimePrecision": self.precision,
        }

    def inputs(self) -> list[Port]:
        return [Port(self, Port(source)) for source in self.reads]

    def outputs(self) -> list[Port]:
        return [Port(self)]


@dataclass
class Graph:
    nodes: list[Node]

    def get_ordered_ops(self) -> list[Node]:
        return self.nodes


def graph() -> Graph:
    x = Node("x", "Input", 0)
    weight = Node("w", "Const", 1)
    folded = Node("~n7~", "Const", 2)
    conv = Node("~n0~/WithoutBiases", "Convolution", 3, [x, weight, folded], "~n0~/WithoutBiases,~n1~", "u8")
    shape = Node("~n2~", "Reshape", 4, [conv], "~n2~")
    again = Node("~n3~", "Subgraph", 5, [shape], "~n3~", "bf16")
    twice = Node("~n3~", "Subgraph", 6, [conv], "~n3~", "bf16")
    result = Node("~v3.0~/sink_port_0", "Output", 7, [again])
    return Graph([result, twice, again, shape, conv, folded, weight, x])


COUNTERS = [
    Counter("x", "unknown_f32", 0),
    Counter("~n0~/WithoutBiases", "brgconv_avx512_I8", 20),
    Counter("~n3~", "undef", 0),  # fused into the kernel before
    Counter("~n2~", "unknown_f32", 0),
    Counter("~n3~", "jit_avx512_bf16", 3),
    Counter("~n3~", "jit_avx512_bf16", 5),
    Counter("~v3.0~/sink_port_0", "unknown_f32", 0),
]


def test_kernels_are_in_the_order_of_execution_with_precision_and_implementation() -> None:
    found = executed_graph(graph(), COUNTERS)
    said = [(kernel.name, kernel.op, kernel.precision, kernel.implementation) for kernel in found.kernels]
    assert said == [
        ("~n0~/WithoutBiases", "Convolution", "int8", "brgconv_avx512_I8"),
        ("~n3~", "Subgraph", "bfloat16", "jit_avx512_bf16"),
        ("~n3~ (2)", "Subgraph", "bfloat16", "jit_avx512_bf16"),
    ]


def test_kernels_of_one_name_have_their_own_counters() -> None:
    assert [COUNTERS[number].mean_us for number in executed_graph(graph(), COUNTERS).counters] == [20, 3, 5]


def test_what_takes_no_time_and_has_no_kernel_is_in_place() -> None:
    found = executed_graph(graph(), COUNTERS)
    assert [node.name for node in found.nodes if node.in_place] == ["~n2~"]


def test_values_lead_from_kernel_to_kernel_and_outputs_bear_the_model_s_names() -> None:
    conv, shape, again, twice = executed_graph(graph(), COUNTERS).nodes
    assert conv.inputs == ("x",), "constants are left out"
    assert shape.inputs == twice.inputs == conv.outputs
    assert again.inputs == shape.outputs
    assert again.outputs == ("~v3.0~",) and twice.outputs != again.outputs


def test_constants_are_named_after_the_value_that_was_computed_beforehand() -> None:
    assert executed_graph(graph(), COUNTERS).constants == {"~v7.0~"}
