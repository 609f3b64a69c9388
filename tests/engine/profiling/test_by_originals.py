from __future__ import annotations

import importlib.util
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import ExecutedNode, RunSettings
from engine.data.synthetic import synthetic
from engine.graph.layers import index_layers
from engine.profiling.attribution import Attribution, attribute
from tests.conftest import FindPath
from tests.engine.profiling.helpers import Profiled, floats, parsed, run_profiled

CPU = "openvino:cpu"
HEAD = '<ir_version: 8, opset_import: ["" : 17]>'
installed = pytest.mark.skipif(
    importlib.util.find_spec("openvino") is None, reason="OpenVINO is not installed (pip install 'lathe[openvino]')"
)


def found_in(model: ir.Model, *executed: ExecutedNode) -> Attribution:
    return attribute(model, index_layers(model), executed, frozenset())


def kernel(
    name: str, op: str, reads: str, originals: str = "", outputs: int = 1, in_place: bool = False
) -> ExecutedNode:
    makes = tuple(f"{name}:{port}" for port in range(outputs))
    return ExecutedNode(name, op, tuple(reads.split()), makes, tuple(originals.split()), in_place=in_place)


def test_a_kernel_that_names_the_last_op_alone_does_what_lies_behind_it() -> None:
    model = parsed(
        HEAD
        + "g (float[1,8,4,4] x) => (float[1,8,4,4] y) { [conv] a = Conv(x, w) [half] b = Mul(a, h) [act] y = Relu(b) }",
        {"w": floats(8, 8, 1, 1), "h": np.array(0.5, np.float32)},
    )
    (owner,) = found_in(model, kernel("~n1~", "Convolution", "x", "Multiply_7 ~n1~ ~n2~")).owners
    assert (owner.layers, owner.lead) == (("conv", "half", "act"), "conv")


def test_a_fused_op_without_its_tag_belongs_to_the_kernel_that_names_its_type() -> None:
    model = parsed(
        HEAD + "g (float[4,4] x) => (float[4,4] y) { [mm] a = MatMul(x, w) [gate] b = Sigmoid(a) [last] y = Sin(b) }",
        {"w": floats(4, 4)},
    )
    found = found_in(
        model, kernel("~n0~", "FullyConnected", "x", "~n0~ Sigmoid_77"), kernel("~n2~", "Subgraph", "~n0~:0", "~n2~")
    )
    assert found.owners[0].layers == ("mm", "gate")
    assert found.owners[1].layers == ("last",)


def test_a_kernel_without_a_tag_gets_the_nodes_of_its_type_between_its_neighbours() -> None:
    model = parsed(
        HEAD
        + """g (float[3,1,4] x) => (float[3,1,4] y) {
            [before] a = Sin(x) [turn] t = Mul(a, a) [gru] r, last = GRU<hidden_size=4>(t, w, u)
            [thin] s = Squeeze(r, axes) [after] y = Cos(s) }""",
        {"w": floats(1, 12, 4), "u": floats(1, 12, 4), "axes": np.array([1], np.int64)},
    )
    found = found_in(
        model,
        kernel("~n0~", "Subgraph", "x", "~n0~"),
        kernel("Transpose_4", "Reshape", "~n0~:0", "Transpose_4"),
        kernel("GRUSequence_9", "RNNSeq", "Transpose_4:0", "GRUSequence_9", outputs=2),
        kernel("GRUSequence_9_abc", "Reorder", "GRUSequence_9:0"),
        kernel("~n3~", "Reshape", "GRUSequence_9_abc:0", "~n3~", in_place=True),
        kernel("~n4~", "Subgraph", "~n3~:0", "~n4~"),
    )
    assert [owner.lead for owner in found.owners] == ["before", "gru", "gru", "after", "after", "after"]
    assert [owner.inserted for owner in found.owners] == [False, True, False, True, False, False]
    states = found.states([True, True, True, True, False, True])
    assert states["thin"] == ("eliminated", None), "what is in place takes no time"
    assert states["gru"] == states["after"] == ("timed", None)
    assert states["turn"] == ("fused_into", "gru")


def test_both_directions_of_a_recurrent_layer_are_its_work() -> None:
    model = parsed(
        HEAD
        + """g (float[3,1,4] x) => (float[3,2,1,4] y) {
            [before] a = Sin(x) [gru] r, last = GRU<hidden_size=4, direction="bidirectional">(a, w, u)
            [after] y = Cos(r) }""",
        {"w": floats(2, 12, 4), "u": floats(2, 12, 4)},
    )
    found = found_in(
        model,
        kernel("~n0~", "Subgraph", "x", "~n0~"),
        kernel("GRUSequence_5", "RNNSeq", "~n0~:0", "GRUSequence_5", outputs=2),
        kernel("GRUSequence_6", "RNNSeq", "~n0~:0", "GRUSequence_6", outputs=2),
        kernel("Concat_7", "Concatenation", "GRUSequence_5:0 GRUSequence_6:0", "Concat_7"),
        kernel("~n2~", "Subgraph", "Concat_7:0", "~n2~"),
    )
    assert [owner.lead for owner in found.owners[1:3]] == ["gru", "gru"]
    assert found.states([True] * 5)["gru"] == ("timed", None)


def test_slices_that_became_one_split() -> None:
    model = parsed(
        HEAD
        + """g (float[4,8] x) => (float[4,4] y, float[4,4] z) {
            [sin] a = Sin(x) [low] l = Slice(a, zero, four, one) [high] h = Slice(a, four, eight, one)
            [cos] y = Cos(l) [tan] z = Tanh(h) }""",
        {name: np.array([n], np.int64) for name, n in {"zero": 0, "one": 1, "four": 4, "eight": 8}.items()},
    )
    found = found_in(
        model,
        kernel("~n0~", "Subgraph", "x", "~n0~"),
        kernel("VariadicSplit_3", "Split", "~n0~:0", "VariadicSplit_3", outputs=2),
        kernel("~n3~", "Subgraph", "VariadicSplit_3:0", "~n3~"),
        kernel("~n4~", "Subgraph", "VariadicSplit_3:1", "~n4~"),
    )
    assert [owner.layers for owner in found.owners] == [("sin",), ("low", "high"), ("cos",), ("tan",)]


def test_a_decomposed_op_goes_to_its_kernel_not_to_the_reshape_that_bears_its_name() -> None:
    model = parsed(HEAD + "g (float[2,8] x) => (float[2,8] y) { [sin] a = Sin(x) [soft] y = Softmax<axis=1>(a) }")
    found = found_in(
        model,
        kernel("~n0~", "Subgraph", "x", "~n0~"),
        kernel("Reshape_1", "Reshape", "~n0~:0", "Reshape_1"),
        kernel("Softmax_2", "Softmax", "Reshape_1:0", "Softmax_2"),
        ExecutedNode("~v1.0~", "Reshape", ("Softmax_2:0",), ("~v1.0~",), ("~v1.0~",)),
    )
    assert [owner.lead for owner in found.owners] == ["sin", "soft", "soft", "soft"]
    assert [owner.inserted for owner in found.owners] == [False, True, False, True]


def test_nothing_is_invented_for_a_kernel_that_nobody_knows() -> None:
    model = parsed(HEAD + "g (float[4] x) => (float[4] y) { [sin] y = Sin(x) }")
    found = found_in(model, kernel("~n0~", "Subgraph", "x", "~n0~"), kernel("Stray_1", "Other", "elsewhere", "Stray_1"))
    assert (found.owners[0].layers, found.owners[1].layers) == (("sin",), ())


@installed
def test_what_openvino_inserts_belongs_to_the_consumer_and_fused_ops_to_their_conv() -> None:
    model = parsed(
        HEAD
        + """g (float[1,16,16,16] x) => (float[1,16,16,16] y) {
            [conv] a = Conv<pads=[1,1,1,1]>(x, w) [act] y = Relu(a) }""",
        {"w": floats(16, 16, 3, 3)},
    )
    found = run_profiled(model, {"x": floats(1, 16, 16, 16)}, device=CPU)
    assert found.states["act"] == ("fused_into", "conv")
    reorders = found.kernels("Reorder")
    assert reorders and all(owner.inserted and owner.layers for owner in reorders)


@installed
def test_a_loop_that_is_one_kernel_does_its_whole_body() -> None:
    model = parsed(
        HEAD
        + """g (float[4] x, int64 n) => (float[4] y) {
            [loop] a = Loop <body = b (int64 i, bool go, float[4] s) => (bool on, float[4] t)
                { [keep] on = Identity(go) [grow] t = Sin(s) }> (n, c, x) [last] y = Cos(a) }""",
        {"c": np.array(True)},
    )
    found = run_profiled(model, {"x": floats(4), "n": np.array(5)}, device=CPU)
    (owner,) = found.kernels("TensorIterator")
    assert {"loop", "loop/body/grow"} <= set(owner.layers)
    assert set(found.states) == {layer.id for layer in found.index.layers}


def of(path: Path, **shapes: tuple[int, ...]) -> Profiled:
    model = ir.load(path)
    feeds = next(synthetic(model, RunSettings(shapes=shapes), 1).batches(1))
    return run_profiled(model, feeds, shapes, device=CPU)


@installed
@pytest.mark.real_models
def test_every_conv_of_mobilenet_leads_its_kernel(real_model: FindPath) -> None:
    found = of(real_model("mobilenet_v2_1.0_224_fp32"))
    by_lead = {owner.lead: owner.layers for owner in found.kernels("Convolution")}
    assert len(by_lead) == 53
    for lead, layers in by_lead.items():
        assert lead is not None
        assert layers in ((lead,), (lead, f"{lead}_act"), (lead, f"add{int(lead.removeprefix('conv')) + 1}"))
    for layer in found.index.layers:
        wanted = {"Clip": "fused_into", "Add": "fused_into", "Flatten": "eliminated"}.get(layer.op, "timed")
        assert found.states[layer.id][0] == wanted, layer.id


@installed
@pytest.mark.real_models
@pytest.mark.parametrize(
    "name",
    [
        "cifar_resnet20_qdq_int8",
        "fastestdet",
        "ultraface_rfb_320",
        "gtcrn_simple",
        "dtln_1",
        "mnist_cntk",
        "magika_v3_3",
    ],
)
def test_every_layer_has_a_state_and_all_time_an_owner(real_model: FindPath, name: str) -> None:
    found = of(real_model(name))
    assert set(found.states) == {layer.id for layer in found.index.layers}
    assert all(owner.layers and owner.lead in owner.layers for owner in found.attribution.owners)
    heavy = [layer.id for layer in found.index.layers if layer.op in ("Conv", "Gemm", "MatMul", "GRU", "LSTM")]
    assert {found.states[layer][0] for layer in heavy} == {"timed"}
