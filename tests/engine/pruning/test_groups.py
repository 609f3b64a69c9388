"""Which channels belong together, which cannot be cut, and why."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from engine.formats import open_source
from engine.graph.clean import clean
from engine.progress import Progress
from engine.pruning.groups import coupled_roles, find_groups
from tests.engine.pruning.net import Net

FindPath = Callable[[str], Path]


def test_a_residual_stream_is_one_group_and_each_branch_another() -> None:
    net = Net(x=[1, 3, 4, 4])
    stem = net.op("Relu", net.batchnorm(net.conv("x", 3, 8), 8))
    branch = net.conv(net.op("Relu", net.conv(stem, 8, 6)), 6, 8)
    net.output(net.conv(net.op("Add", stem, branch), 8, 2))
    groups = find_groups(net.model())
    stream, inner, last = groups.all
    assert (stream.id, stream.channels, stream.layers) == ("Conv_0", 8, ("Conv_0", "Conv_5"))
    assert stream.roles == {
        "Conv_0": "producer",
        "BatchNormalization_1": "follower",
        "Relu_2": "passes",
        "Conv_3": "consumer",
        "Conv_5": "producer",
        "Add_6": "passes",
        "Conv_7": "consumer",
    }
    assert stream.coupled == ("Conv_0", "BatchNormalization_1", "Conv_3", "Conv_5", "Conv_7")
    assert (inner.id, inner.channels, inner.coupled) == ("Conv_3", 6, ("Conv_3", "Conv_5"))
    assert groups.prunable == (stream, inner)
    assert last.reason == groups.why_not("Conv_7") == "it reaches the model's output 'Conv_7_out0'"
    assert groups.why_not("Conv_0") is None
    assert groups.why_not("BatchNormalization_1") == "its channels are those of Conv_0"


def test_members_say_which_indices_of_which_constant_a_channel_is() -> None:
    net = Net(x=[1, 3, 2, 2])
    flat = net.op("Flatten", net.conv("x", 3, 4))
    net.output(net.op("Gemm", flat, net.weight(5, 16), net.weight(5), transB=1))
    (group,) = find_groups(net.model()).prunable
    found = {(member.layer, member.axis, member.role): member.indices for member in group.members}
    assert found["Conv_0", 0, "producer"] == ((0,), (1,), (2,), (3,))
    assert found["Gemm_2", 1, "consumer"][1] == (4, 5, 6, 7)


def test_attention_heads_and_feed_forward_neurons_are_groups() -> None:
    net = Net(x=[2, 5, 12])
    x = net.op("Add", "x", net.attention("x", 5, 12, 4))
    net.output(net.linear(net.op("Gelu", net.linear(x, 12, 20)), 20, 12))
    groups = find_groups(net.model())
    assert [(group.channels, group.unit) for group in groups.prunable] == [(4, "head"), (20, "neuron")]
    heads = groups.prunable[0]
    assert len(heads.layers) == 3, "queries, keys and values"
    assert all(len(indices) == 3 for member in heads.members for indices in member.indices), "each head is 3 wide"


def test_a_weight_that_two_layers_share_goes_from_both() -> None:
    net = Net(x=[1, 4, 4, 4])
    shared = net.weight(6, 4, 1, 1)
    a, b = net.op("Conv", "x", shared), net.op("Conv", net.op("Neg", "x"), shared)
    net.output(net.conv(a, 6, 2), net.conv(b, 6, 2))
    (group,) = find_groups(net.model()).prunable
    assert group.layers == ("Conv_0", "Conv_2")
    assert group.coupled == ("Conv_0", "Conv_2", "Conv_3", "Conv_4")


def test_a_weight_that_is_also_used_where_nothing_is_known_stays() -> None:
    net = Net(x=[1, 4, 4, 4])
    shared = net.weight(6, 4, 1, 1)
    net.output(net.conv(net.op("Conv", "x", shared), 6, 2), net.op("Det", shared))
    groups = find_groups(net.model())
    assert groups.why_not("Conv_0") == "Det_2 (Det): the op Det is not understood"


@pytest.mark.parametrize(
    ("op", "why"),
    [
        ("ArgMax", "ArgMax numbers these channels"),
        ("Det", "the op Det is not understood"),
    ],
)
def test_what_holds_a_group_up_is_named(op: str, why: str) -> None:
    net = Net(x=[1, 3, 4, 4])
    y = net.conv("x", 3, 8)
    net.output(net.op(op, y, **({"axis": 1} if op == "ArgMax" else {})))
    groups = find_groups(net.model())
    assert groups.prunable == ()
    assert groups.why_not("Conv_0") == f"{op}_1 ({op}): {why}"


def test_a_join_with_the_models_input_holds_the_group_up() -> None:
    net = Net(x=[1, 3, 4, 4])
    net.output(net.conv(net.op("Add", "x", net.conv("x", 3, 3)), 3, 2))
    reason = find_groups(net.model()).why_not("Conv_0")
    assert reason == "Add_1 (Add): 'Conv_0_out0' is joined with what cannot be cut"


def test_what_crosses_the_boundary_of_a_body_stays_and_what_is_inside_can_go() -> None:
    import onnx
    from onnx import TensorProto, helper

    def branch(name: str, seed: int) -> onnx.GraphProto:
        inner = Net(seed)
        y = inner.op("Conv", "a", inner.weight(8, 4, 1, 1), name=f"{name}_first")
        z = inner.op("Conv", y, inner.weight(2, 8, 1, 1), name=f"{name}_last")
        for tensor in inner.initializers:
            tensor.name = f"{name}_{tensor.name}"
        for node in inner.nodes:
            node.input[1] = f"{name}_{node.input[1]}"
        value = helper.make_tensor_value_info(z, TensorProto.FLOAT, [1, 2, 4, 4])
        return helper.make_graph(inner.nodes, name, [], [value], inner.initializers)

    net = Net(x=[1, 3, 4, 4])
    first = net.op("Conv", "x", net.weight(4, 3, 1, 1), name="before")
    net.nodes[-1].output[0] = "a"
    condition = net.op("Greater", net.op("ReduceSum", "x", keepdims=0), net.constant(np.float32(0)))
    chosen = net.op("If", condition, then_branch=branch("then", 1), else_branch=branch("otherwise", 2), name="choice")
    assert first
    net.output(net.conv(chosen, 2, 2))
    groups = find_groups(net.model())
    assert {group.layers[0] for group in groups.prunable} == {
        "before",
        "choice/then_branch/then_first",
        "choice/else_branch/otherwise_first",
    }
    assert "leaves the body of choice" in (groups.why_not("choice/then_branch/then_last") or "")


def test_statistics_over_channels_are_said_to_change() -> None:
    net = Net(x=[2, 5, 12])
    y = net.linear("x", 12, 8)
    net.output(net.linear(net.op("LayerNormalization", y, net.weight(8), net.weight(8)), 8, 3))
    (group,) = find_groups(net.model()).prunable
    assert not group.exact
    assert group.inexact is not None
    assert group.inexact.startswith("LayerNormalization_2 (LayerNormalization): mean and variance are taken over these")


def test_coupled_roles_of_a_layer_and_of_one_that_only_follows() -> None:
    net = Net(x=[1, 3, 4, 4])
    net.output(net.conv(net.op("Relu", net.batchnorm(net.conv("x", 3, 8), 8)), 8, 2))
    groups = find_groups(net.model())
    expected = {"Conv_0": "producer", "BatchNormalization_1": "follower", "Relu_2": "passes", "Conv_3": "consumer"}
    assert coupled_roles(groups, "Conv_0") == coupled_roles(groups, "BatchNormalization_1") == expected
    main = groups.main("BatchNormalization_1")
    assert main is not None
    assert main.id == "Conv_0"


def test_a_node_whose_inputs_do_not_fit_is_refused_and_nothing_falls() -> None:
    net = Net(x=[1, 3, 4, 4])
    y = net.conv("x", 3, 8)
    net.output(net.conv(net.op("Relu", y), 8, 2))
    model = net.model()
    node = next(node for node in model.graph if node.op_type == "Relu")
    broken = ir.Node("", "Conv", [node.outputs[0], None], name="broken")
    broken.outputs[0].shape = node.outputs[0].shape
    model.graph.append(broken)
    assert find_groups(model).why_not("Conv_0") == "broken (Conv): its inputs do not fit together"


@pytest.mark.real_models
@pytest.mark.parametrize("name", ["mobilenet_v2_1.0_224_fp32", "ultraface_rfb_320", "silero_vad", "gtcrn_simple"])
def test_every_weighted_layer_of_a_real_model_can_be_cut_or_says_why_not(real_model: FindPath, name: str) -> None:
    model = clean(open_source(real_model(name), Progress()).model).model
    groups = find_groups(model)
    from engine.graph.layers import index_layers

    for layer in index_layers(model).layers:
        if layer.parameters:
            assert any(group.reason is None for group in groups.of(layer.id)) or groups.why_not(layer.id)
    assert groups.prunable
