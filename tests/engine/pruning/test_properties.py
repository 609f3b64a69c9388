"""On random graphs over all supported ops, any legal cut gives a model that runs and computes what it should."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from engine.pruning.analysis import analyse
from tests.engine.pruning.masked import assert_cut_is_right
from tests.engine.pruning.net import Net

N, SIZE = 2, 4
Draw = Callable[[st.SearchStrategy[Any]], Any]


@dataclass
class Image:
    """A value [N, c, size, size]."""

    name: str
    c: int
    size: int = SIZE


def _unary(net: Net, x: Image, draw: Draw) -> Image:
    op = draw(st.sampled_from(["Relu", "Sigmoid", "HardSwish", "LeakyRelu", "Tanh", "Softplus", "Identity", "Erf"]))
    return Image(net.op(op, x.name), x.c, x.size)


def _clip(net: Net, x: Image, draw: Draw) -> Image:
    return Image(net.op("Clip", x.name, net.constant(np.float32(0)), net.constant(np.float32(6))), x.c, x.size)


def _conv(net: Net, x: Image, draw: Draw) -> Image:
    made = draw(st.integers(2, 8))
    return Image(net.conv(x.name, x.c, made, draw(st.sampled_from([1, 3])), bias=draw(st.booleans())), made, x.size)


def _grouped(net: Net, x: Image, draw: Draw) -> Image:
    group = draw(st.sampled_from([g for g in range(1, x.c + 1) if x.c % g == 0]))
    made = group * draw(st.integers(1, 3))
    return Image(net.conv(x.name, x.c, made, 3, group), made, x.size)


def _depthwise(net: Net, x: Image, draw: Draw) -> Image:
    made = x.c * draw(st.sampled_from([1, 2]))
    return Image(net.conv(x.name, x.c, made, 3, x.c), made, x.size)


def _conv_transpose(net: Net, x: Image, draw: Draw) -> Image:
    group = draw(st.sampled_from([g for g in range(1, x.c + 1) if x.c % g == 0]))
    per = draw(st.integers(1, 4))
    y = net.op("ConvTranspose", x.name, net.weight(x.c, per, 3, 3), net.weight(per * group), group=group, pads=[1] * 4)
    return Image(y, per * group, x.size)


def _batchnorm(net: Net, x: Image, draw: Draw) -> Image:
    return Image(net.batchnorm(x.name, x.c), x.c, x.size)


def _normalized(net: Net, x: Image, draw: Draw) -> Image:
    scale, shift = net.weight(x.c), net.weight(x.c)
    if draw(st.booleans()):
        return Image(net.op("InstanceNormalization", x.name, scale, shift), x.c, x.size)
    groups = draw(st.sampled_from([g for g in range(1, x.c + 1) if x.c % g == 0]))
    return Image(net.op("GroupNormalization", x.name, scale, shift, num_groups=groups), x.c, x.size)


def _group_norm_by_reshape(net: Net, x: Image, draw: Draw) -> Image:
    groups = draw(st.sampled_from([g for g in range(1, x.c + 1) if x.c % g == 0]))
    flat = net.reshape(x.name, 0, groups, -1)
    ones = net.constant(np.ones(groups, np.float32))
    normal = net.op("InstanceNormalization", flat, ones, net.constant(np.zeros(groups, np.float32)))
    back = net.reshape(normal, N, x.c, x.size, x.size)
    return Image(net.op("Add", net.op("Mul", back, net.weight(x.c, 1, 1)), net.weight(x.c, 1, 1)), x.c, x.size)


def _prelu(net: Net, x: Image, draw: Draw) -> Image:
    return Image(net.op("PRelu", x.name, net.weight(x.c, 1, 1)), x.c, x.size)


def _by_constant(net: Net, x: Image, draw: Draw) -> Image:
    shape = draw(st.sampled_from([(x.c, 1, 1), (1, x.c, 1, 1), (), (1,), (1, 1, x.size, x.size), (x.c, x.size, 1)]))
    op = draw(st.sampled_from(["Add", "Mul", "Sub", "Max"]))
    return Image(net.op(op, x.name, net.constant(net.rng.normal(size=shape).astype(np.float32))), x.c, x.size)


def _joined(net: Net, x: Image, draw: Draw) -> Image:
    """A residual branch, or two branches that are selected from."""
    y = net.op("Relu", net.conv(x.name, x.c, x.c, 3))
    if draw(st.booleans()):
        return Image(net.op(draw(st.sampled_from(["Add", "Mul"])), x.name, y), x.c, x.size)
    return Image(net.op("Where", net.op("Greater", x.name, y), x.name, y), x.c, x.size)


def _concat(net: Net, x: Image, draw: Draw) -> Image:
    made = draw(st.integers(2, 6))
    parts = [x.name, net.op("Relu", net.conv(x.name, x.c, made, 3))]
    if draw(st.booleans()):
        parts.reverse()
    return Image(net.op("Concat", *parts, axis=1), x.c + made, x.size)


def _split(net: Net, x: Image, draw: Draw) -> Image:
    """Two halves with different fates, or a gate."""
    if x.c % 2 or draw(st.booleans()):
        first = draw(st.integers(1, x.c - 1))
        sizes = net.constant(np.asarray([first, x.c - first], np.int64))
        a, b = net.op("Split", x.name, sizes, outputs=2, axis=1)
        return Image(net.op("Concat", net.op("Relu", b), a, axis=1), x.c, x.size)
    a, b = net.op("Split", x.name, outputs=2, axis=1, num_outputs=2)
    return Image(net.op("Mul", a, net.op("Sigmoid", b)), x.c // 2, x.size)


def _slice(net: Net, x: Image, draw: Draw) -> Image:
    start = draw(st.integers(0, x.c - 2))
    end = draw(st.integers(start + 2, x.c))
    parts = [net.constant(np.asarray([number], np.int64)) for number in (start, end, 1)]
    return Image(net.op("Slice", x.name, *parts), end - start, x.size)


def _strided_slice(net: Net, x: Image, draw: Draw) -> Image:
    if x.size < 2:
        return x
    parts = [net.constant(np.asarray(n, np.int64)) for n in ([0, 0], [2**31 - 1] * 2, [2, 3], [2, 2])]
    return Image(net.op("Slice", x.name, *parts), x.c, -(-x.size // 2))


def _gather(net: Net, x: Image, draw: Draw) -> Image:
    order = draw(st.permutations(range(x.c)))
    return Image(net.op("Gather", x.name, net.constant(np.asarray(order, np.int64)), axis=1), x.c, x.size)


def _pad_channels(net: Net, x: Image, draw: Draw) -> Image:
    a, b = draw(st.integers(0, 2)), draw(st.integers(0, 2))
    pads = net.constant(np.asarray([0, a, 0, 0, 0, b, 0, 0], np.int64))
    y = net.op("Pad", x.name, pads)
    return Image(net.op("Add", y, net.conv(x.name, x.c, x.c + a + b)), x.c + a + b, x.size)


def _pool(net: Net, x: Image, draw: Draw) -> Image:
    op = draw(st.sampled_from(["MaxPool", "AveragePool"]))
    return Image(net.op(op, x.name, kernel_shape=[3, 3], pads=[1] * 4), x.c, x.size)


def _squeeze_and_excite(net: Net, x: Image, draw: Draw) -> Image:
    pooled = net.op("GlobalAveragePool", x.name)
    if draw(st.booleans()):
        pooled = net.op("ReduceMean", x.name, net.constant(np.asarray([2, 3], np.int64)), keepdims=1)
    inner = net.op("Relu", net.conv(pooled, x.c, 3))
    return Image(net.op("Mul", x.name, net.op("Sigmoid", net.conv(inner, 3, x.c))), x.c, x.size)


def _shuffle(net: Net, x: Image, draw: Draw) -> Image:
    groups = draw(st.sampled_from([g for g in range(1, x.c + 1) if x.c % g == 0]))
    y = net.reshape(x.name, N, groups, x.c // groups, x.size, x.size)
    y = net.op("Transpose", y, perm=[0, 2, 1, 3, 4])
    return Image(net.reshape(y, N, -1, x.size, x.size), x.c, x.size)


def _to_depth(net: Net, x: Image, draw: Draw) -> Image:
    if x.c % 4 == 0 and draw(st.booleans()):
        mode = draw(st.sampled_from(["DCR", "CRD"]))
        return Image(net.op("DepthToSpace", x.name, blocksize=2, mode=mode), x.c // 4, x.size * 2)
    return x if x.size % 2 else Image(net.op("SpaceToDepth", x.name, blocksize=2), x.c * 4, x.size // 2)


def _resize(net: Net, x: Image, draw: Draw) -> Image:
    if x.size > 4:
        return x
    if draw(st.booleans()):
        scales = net.constant(np.asarray([1, 1, 2, 2], np.float32))
        return Image(net.op("Resize", x.name, "", scales), x.c, x.size * 2)
    sizes = net.constant(np.asarray([N, x.c, x.size * 2, x.size * 2], np.int64))
    return Image(net.op("Resize", x.name, "", "", sizes), x.c, x.size * 2)


def _channels_last(net: Net, x: Image, draw: Draw) -> Image:
    y = net.op("Transpose", x.name, perm=[0, 2, 3, 1])
    made = draw(st.integers(2, 6))
    y = net.linear(y, x.c, made)
    if draw(st.booleans()):
        y = net.op("LayerNormalization", y, net.weight(made), net.weight(made))
    return Image(net.op("Transpose", y, perm=[0, 3, 1, 2]), made, x.size)


def _over_channels(net: Net, x: Image, draw: Draw) -> Image:
    op = draw(st.sampled_from(["ReduceSum", "ReduceMean", "ReduceMax", "ReduceL2"]))
    y = net.op(op, x.name, net.constant(np.asarray([1], np.int64)), keepdims=1)
    if draw(st.booleans()):
        y = net.op("Softmax", x.name, axis=1)
    return Image(net.op("Add", x.name, y), x.c, x.size)


def _forms(net: Net, x: Image, draw: Draw) -> Image:
    """There and back."""
    choice = draw(st.integers(0, 3))
    if choice == 0:
        axes = net.constant(np.asarray([2], np.int64))
        return Image(net.op("Squeeze", net.op("Unsqueeze", x.name, axes), axes), x.c, x.size)
    if choice == 1:
        return Image(net.op("Cast", net.op("Cast", x.name, to=11), to=1), x.c, x.size)
    if choice == 2:
        target = net.constant(np.asarray([N, x.c, x.size, x.size], np.int64))
        return Image(net.op("Expand", x.name, target), x.c, x.size)
    repeats = net.constant(np.asarray([1, 2, 1, 1], np.int64))
    return Image(net.op("Tile", x.name, repeats), x.c * 2, x.size)


def _attend(net: Net, x: Image, draw: Draw) -> Image:
    """Attention between the positions of the image."""
    heads = draw(st.sampled_from([h for h in range(1, x.c + 1) if x.c % h == 0]))
    s = x.size**2
    flat = net.op("Transpose", net.reshape(x.name, 0, x.c, s), perm=[0, 2, 1])
    y = net.attention(flat, s, x.c, heads)
    if draw(st.booleans()):
        y = net.op("Add", flat, y)
    return Image(net.reshape(net.op("Transpose", y, perm=[0, 2, 1]), N, x.c, x.size, x.size), x.c, x.size)


def _recurrent(net: Net, x: Image, draw: Draw) -> Image:
    """Over the rows of the image, one position after the other."""
    s, hidden = x.size**2, draw(st.integers(2, 4))
    directions = draw(st.sampled_from([1, 2]))
    op, gates = draw(st.sampled_from([("LSTM", 4), ("GRU", 3), ("RNN", 1)]))
    data = net.op("Transpose", net.reshape(x.name, N, x.c, s), perm=[2, 0, 1])
    weights = [net.weight(directions, gates * hidden, k) for k in (x.c, hidden)]
    if draw(st.booleans()):
        weights.append(net.weight(directions, 2 * gates * hidden))
    direction = "bidirectional" if directions == 2 else "forward"
    y = net.op(op, data, *weights, hidden_size=hidden, direction=direction)
    y = net.op("Transpose", y, perm=[2, 1, 3, 0])
    return Image(net.reshape(y, N, directions * hidden, x.size, x.size), directions * hidden, x.size)


BLOCKS = [
    _unary,
    _clip,
    _conv,
    _conv,
    _grouped,
    _depthwise,
    _conv_transpose,
    _batchnorm,
    _normalized,
    _group_norm_by_reshape,
    _prelu,
    _by_constant,
    _joined,
    _concat,
    _split,
    _slice,
    _strided_slice,
    _gather,
    _pad_channels,
    _pool,
    _squeeze_and_excite,
    _shuffle,
    _to_depth,
    _resize,
    _channels_last,
    _over_channels,
    _forms,
    _attend,
    _recurrent,
]


def _head(net: Net, x: Image, draw: Draw) -> None:
    """What reads the channels at the end."""
    choice = draw(st.integers(0, 3))
    if choice == 0:
        net.output(net.conv(x.name, x.c, 2))
        return
    if choice == 1:
        flat = net.op("Flatten", x.name)
        net.output(net.op("Gemm", flat, net.weight(3, x.c * x.size**2), net.weight(3), transB=1))
        return
    pooled = net.op("ReduceMean", x.name, net.constant(np.asarray([2, 3], np.int64)), keepdims=0)
    net.output(net.op("Gemm", pooled, net.weight(x.c, 3)) if choice == 2 else net.linear(pooled, x.c, 3))


def build(draw: Draw, blocks: list[Callable[[Net, Image, Draw], Image]]) -> Net:
    net = Net(draw(st.integers(0, 1000)), x=[N, 3, SIZE, SIZE])
    x = Image(net.conv("x", 3, draw(st.integers(4, 8)), 3), 0)
    x.c = net.initializers[0].dims[0]
    for block in blocks:
        if 2 <= x.c <= 32:
            x = block(net, x, draw)
    _head(net, x, draw)
    return net


def check(draw: Draw, blocks: list[Callable[[Net, Image, Draw], Image]]) -> int:
    """Cut some of the groups of a random model; how many of them."""
    net = build(draw, blocks)
    model = net.model()
    found = analyse(model)
    assert not found.atoms.refused, "every law of these graphs applies"
    groups = found.groups
    kept = {}
    for group in groups.prunable:
        if draw(st.booleans()) or len(groups.prunable) == 1:
            count = draw(st.integers(1, group.channels))
            kept[group.id] = sorted(draw(st.permutations(range(group.channels)))[:count])
    feeds = {"x": np.random.default_rng(0).normal(size=(N, 3, SIZE, SIZE)).astype(np.float32)}
    assert_cut_is_right(model, kept, feeds)
    return len(kept)


@pytest.mark.parametrize("block", sorted(set(BLOCKS), key=lambda block: block.__name__))
@settings(
    max_examples=5,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_cut_through_one_block_is_right(block: Callable[[Net, Image, Draw], Image], data: st.DataObject) -> None:
    check(data.draw, [block])


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=[Phase.generate],
)
@given(data=st.data())
def test_a_cut_through_a_random_graph_is_right(data: st.DataObject) -> None:
    count = data.draw(st.integers(2, 7))
    check(data.draw, [data.draw(st.sampled_from(BLOCKS)) for _ in range(count)])
