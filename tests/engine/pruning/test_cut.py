"""Cutting channels out of a model."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import onnx_ir as ir
import pytest

from engine.errors import UsageError
from engine.formats import open_source
from engine.graph.clean import clean
from engine.graph.inference import infer
from engine.graph.layers import index_layers
from engine.graph.shapes import bind
from engine.progress import Progress
from engine.pruning.cut import cut
from engine.pruning.groups import find_groups
from engine.pruning.laws import LAWS
from engine.pruning.laws.selecting import concat
from engine.pruning.savings import savings
from tests.engine.pruning.masked import assert_cut_is_right, run
from tests.engine.pruning.net import Net

FindPath = Callable[[str], Path]
RNG = np.random.default_rng(0)


def _dense_net(n: int | str = 1) -> ir.Model:
    net = Net(x=[n, 3, 4, 4])
    a = net.conv("x", 3, 6)
    b = net.op("Relu", net.conv(a, 6, 4, 3))
    net.output(net.conv(net.op("Concat", a, b, axis=1), 10, 2))
    return net.model()


def test_the_rest_of_the_weights_is_what_it_was_and_the_source_is_untouched() -> None:
    model = _dense_net()
    before = [value.const_value.numpy().copy() for value in model.graph.initializers.values() if value.const_value]
    shorter = cut(model, {"Conv_0": [0, 2, 5]})
    weight = model.graph.initializers["c0"].const_value
    kept = shorter.graph.initializers["c0"].const_value
    assert weight is not None and kept is not None
    np.testing.assert_array_equal(kept.numpy(), weight.numpy()[[0, 2, 5]])
    after = [value.const_value.numpy() for value in model.graph.initializers.values() if value.const_value]
    for one, other in zip(before, after, strict=True):
        np.testing.assert_array_equal(one, other)
    assert [node.name for node in shorter.graph] == [node.name for node in model.graph], "ids stay"


def test_a_wrong_law_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """The reference does not follow the laws' own errors: with a Concat the wrong way round cuts come out wrong."""
    feeds = {"x": RNG.normal(size=(1, 3, 4, 4)).astype(np.float32)}
    assert_cut_is_right(_dense_net(), {"Conv_1": [0, 3]}, feeds)

    def reversed_concat(node: ir.Node, atoms: object) -> None:
        turned = ir.Node("", "Concat", list(node.inputs)[::-1], node.attributes.values(), num_outputs=1)
        turned.outputs[0].shape = node.outputs[0].shape
        concat(turned, atoms)  # type: ignore[arg-type]
        atoms.axes[node.outputs[0]] = atoms.axes[turned.outputs[0]]  # type: ignore[attr-defined]

    monkeypatch.setitem(LAWS, ("", "Concat"), reversed_concat)
    with pytest.raises(AssertionError):
        assert_cut_is_right(_dense_net(), {"Conv_1": [0, 3]}, feeds)


@pytest.mark.parametrize(
    ("kept", "why"),
    [
        ({"nobody": [0]}, "no such group"),
        ({"Conv_0": []}, "at least one must stay"),
        ({"Conv_0": [6]}, "at least one must stay"),
        ({"Conv_4": [0]}, "reaches the model's output"),
    ],
)
def test_what_cannot_be_cut_is_refused(kept: dict[str, list[int]], why: str) -> None:
    with pytest.raises(UsageError, match=why):
        cut(_dense_net(), kept)


def test_targets_that_are_computed_from_shapes_follow() -> None:
    """``view(n, c // 2, 2, 16)`` as exporters write it, over a dynamic batch."""
    net = Net(x=["n", 3, 4, 4])
    y = net.op("Relu", net.conv("x", 3, 8))
    shape = net.op("Shape", y)
    zero, one = (net.constant(np.asarray([number], np.int64)) for number in (0, 1))
    batch, channels = net.op("Gather", shape, zero), net.op("Gather", shape, one)
    half = net.op("Div", channels, net.constant(np.asarray([2], np.int64)))
    two, rest = net.constant(np.asarray([2], np.int64)), net.constant(np.asarray([-1], np.int64))
    target = net.op("Concat", batch, half, two, net.constant(np.asarray([16], np.int64)), axis=0)
    split = net.op("ReduceSum", net.op("Reshape", y, target), two, keepdims=0)
    flat = net.op("Reshape", split, net.op("Concat", batch, rest, axis=0))
    net.output(net.op("Gemm", flat, net.weight(4 * 16, 3)))
    model = net.model()
    (group,) = find_groups(model).prunable
    assert group.channels == 4, "pairs of channels"
    feeds = {"x": RNG.normal(size=(2, 3, 4, 4)).astype(np.float32)}
    assert_cut_is_right(model, {group.id: [1, 3]}, feeds)


def test_heads_that_are_merged_with_a_dynamic_batch_can_go() -> None:
    """As exporters write attention: ``(n, heads, s, d) -> (n * heads, s, d)``, two products, and back."""
    net = Net(x=["n", 5, 12])

    def parts(name: str) -> str:
        split = net.op("Reshape", net.linear(name, 12, 12), net.constant(np.asarray([0, 5, 4, 3], np.int64)))
        merged = net.op("Transpose", split, perm=[0, 2, 1, 3])
        return str(net.reshape(merged, -1, 5, 3))

    scores = net.op("MatMul", parts("x"), net.op("Transpose", parts("x"), perm=[0, 2, 1]))
    mixed = net.reshape(net.op("MatMul", net.op("Softmax", scores, axis=-1), parts("x")), -1, 4, 5, 3)
    net.output(net.linear(net.reshape(net.op("Transpose", mixed, perm=[0, 2, 1, 3]), -1, 5, 12), 12, 12))
    model = net.model()
    (heads,) = find_groups(model).prunable
    assert (heads.channels, heads.unit, heads.exact) == (4, "head", True)
    feeds = {"x": RNG.normal(size=(3, 5, 12)).astype(np.float32)}
    assert_cut_is_right(model, {heads.id: [0, 3]}, feeds)


def test_a_size_that_another_value_takes_from_cut_channels_stays() -> None:
    """The target of one Reshape is computed from the channels of another value, which become fewer."""
    net = Net(x=[2, 4, 4, 4])
    y = net.conv("x", 4, 4)
    size = net.op("Gather", net.op("Shape", y), net.constant(np.asarray([1], np.int64)))
    target = net.op("Concat", size, net.constant(np.asarray([-1], np.int64)), axis=0)
    net.output(net.op("Reshape", "x", target), net.conv(y, 4, 2))
    model = net.model()
    feeds = {"x": RNG.normal(size=(2, 4, 4, 4)).astype(np.float32)}
    assert_cut_is_right(model, {"Conv_0": [1, 3]}, feeds)


def test_integer_weights_behind_dequantize_lose_channels_too() -> None:
    net = Net(x=[1, 3, 4, 4])
    weight = net.constant(RNG.integers(-9, 9, (6, 3, 1, 1)).astype(np.int8))
    scale, zero = net.constant(np.linspace(0.1, 0.2, 6, dtype=np.float32)), net.constant(np.zeros(6, np.int8))
    y = net.op("Conv", "x", net.op("DequantizeLinear", weight, scale, zero, axis=0), name="first")
    step, shift = net.constant(np.float32(0.05)), net.constant(np.uint8(128))
    y = net.op("DequantizeLinear", net.op("QuantizeLinear", y, step, shift), step, shift)
    net.output(net.conv(y, 6, 2))
    model = net.model()
    feeds = {"x": RNG.normal(size=(1, 3, 4, 4)).astype(np.float32)}
    shorter = assert_cut_is_right(model, {"first": [0, 4, 5]}, feeds)
    kept = shorter.graph.initializers[scale].const_value
    assert kept is not None
    np.testing.assert_array_equal(kept.numpy(), np.linspace(0.1, 0.2, 6, dtype=np.float32)[[0, 4, 5]])


@pytest.mark.real_models
@pytest.mark.parametrize(
    "name",
    [
        "basic_pitch",
        "cifar_resnet20/cifar_resnet20_dynamo_op18.onnx",
        "cifar_resnet20_qdq_int8",
        "dtln_2",
        "fastestdet",
        "gtcrn_simple",
        "magika_v3_3",
        "mnist_cntk",
        "mobilenet_v2_1.0_224_fp32",
        "ppocr_mobile_v1_1_det",
        "superres_core_fp32",
        "ultraface_rfb_320",
    ],
)
def test_a_quarter_of_every_group_of_a_real_model_goes_as_predicted(real_model: FindPath, name: str) -> None:
    cleaned = clean(open_source(real_model(name), Progress()).model).model
    model = bind(cleaned, {}, strict=False)
    groups = find_groups(model)
    kept = {group.id: range(group.channels - max(1, group.channels // 4)) for group in groups.prunable}
    assert kept
    predicted = savings(model, groups, kept)
    shorter = cut(model, kept)
    again = shorter.clone()
    infer(again, forget=True)
    before, after = index_layers(model), index_layers(bind(again, {}, strict=False))
    assert before.parameters - after.parameters == predicted.parameters > 0
    assert (before.macs is None) == (predicted.macs is None)
    if before.macs is not None and after.macs is not None:
        assert before.macs - after.macs == predicted.macs
    feeds = {}
    for value in model.graph.inputs:
        assert value.shape is not None and value.dtype is not None
        sizes = [size if isinstance(size, int) else 32 for size in value.shape]
        feeds[value.name or ""] = np.ones(sizes, value.dtype.numpy())
    for one, other in zip(run(shorter, feeds), run(model, feeds), strict=True):
        assert one.shape == other.shape
