"""What the rows of a weight are multiplied with, against the layer itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import Feeds, RunSettings, Runtime
from engine.backends import backend_of
from engine.graph.layers import index_layers
from engine.progress import Progress
from engine.quantization.moments import Layout, collect, layout
from tests.engine.quantization.conftest import build, run


@dataclass(frozen=True)
class Rows:
    feeds: tuple[Feeds, ...]
    fingerprint: str = "rows"
    labels: None = None
    group: int | None = None
    kind: Literal["data"] = "data"

    def __len__(self) -> int:
        return len(self.feeds)

    def batches(self, size: int) -> Iterator[Feeds]:
        yield from self.feeds


class Here:
    def call(self, function: Any, *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


CASES = {
    "plain": ("x float[1,3,6,7]", "a = Conv<kernel_shape=[3,3]>(x, w)", (5, 3, 3, 3)),
    "padded": ("x float[1,3,6,7]", "a = Conv<pads=[1,0,2,1]>(x, w)", (5, 3, 3, 2)),
    "strided": ("x float[1,3,9,7]", "a = Conv<strides=[2,3],dilations=[2,1]>(x, w)", (5, 3, 2, 3)),
    "groups": ("x float[1,4,6,6]", "a = Conv<group=2,pads=[1,1,1,1]>(x, w)", (6, 2, 3, 3)),
    "depthwise": ("x float[1,4,6,6]", "a = Conv<group=4>(x, w)", (4, 1, 3, 3)),
    "same": ("x float[1,3,7,8]", 'a = Conv<auto_pad="SAME_UPPER",strides=[2,2]>(x, w)', (4, 3, 3, 3)),
    "same_lower": ("x float[1,3,7,8]", 'a = Conv<auto_pad="SAME_LOWER",strides=[2,2]>(x, w)', (4, 3, 2, 3)),
    "one_dimension": ("x float[1,3,12]", "a = Conv<pads=[1,1]>(x, w)", (4, 3, 3)),
    "gemm": ("x float[6,5]", "a = Gemm<transB=1>(x, w)", (4, 5)),
    "gemm_turned": ("x float[5,6]", "a = Gemm<transA=1>(x, w)", (5, 4)),
    "product": ("x float[2,6,5]", "a = MatMul(x, w)", (5, 4)),
}


def case(name: str) -> tuple[ir.Model, ir.Node, list[Feeds]]:
    given, line, shape = CASES[name]
    value, typed = given.split()
    model = build(f"g ({typed} {value}) => (float a) {{ [layer] {line} }}", {"w": shape})
    rng = np.random.default_rng(0)
    shape_in = model.graph.inputs[0].shape
    assert shape_in is not None
    feeds = [{"x": (rng.normal(size=shape_in.numpy()) + 0.7).astype(np.float32)} for _ in range(40)]
    return model, index_layers(model).node("layer"), feeds


def of(model: ir.Model, node: ir.Node, feeds: list[Feeds]) -> tuple[Layout, Any]:
    form = layout(node)
    assert form is not None
    runtime = Runtime(backend_of("cpu"), RunSettings(threads=1), Here())
    return form, collect(model, {"layer": form}, runtime, Rows(tuple(feeds)), Progress())["layer"]


@pytest.mark.parametrize("name", CASES)
def test_mean_and_covariance_give_those_of_the_output(name: str) -> None:
    model, node, feeds = case(name)
    form, moments = of(model, node, feeds)
    weight = node.inputs[1].const_value.numpy()  # type: ignore[union-attr]
    rows = form.rows(weight)
    outputs = [run(model, feed)[0] for feed in feeds]
    channel = 1 if node.op_type == "Conv" else -1
    values = np.concatenate([np.moveaxis(o, channel, 0).reshape(o.shape[channel], -1) for o in outputs], axis=1)
    means = np.einsum("grn,gn->gr", rows, moments.mean).reshape(-1)
    variances = np.einsum("grn,gnm,grm->gr", rows, moments.covariance, rows).reshape(-1)
    # Of large inputs a part is looked at, at random places.
    assert np.abs(means - values.mean(axis=1)).max() < 0.15 * values.std(axis=1).max()
    np.testing.assert_allclose(variances, values.var(axis=1), rtol=0.3)
    np.testing.assert_array_equal(form.weight(rows), weight)


def test_vectors_are_those_that_the_layer_multiplies() -> None:
    """A weight that is one somewhere and zero elsewhere picks one element of every patch: swapped axes would show."""
    model, node, feeds = case("groups")
    form = layout(node)
    assert form is not None
    vectors = form.vectors(feeds[0]["x"], 10_000, np.random.default_rng(0))
    weight = node.inputs[1].const_value.numpy()  # type: ignore[union-attr]
    mine = np.einsum("grn,vgn->vgr", form.rows(weight), vectors).reshape(len(vectors), -1)
    its = run(model, feeds[0])[0][0].reshape(6, -1).T
    distance = np.abs(mine[:, None] - its[None]).max(axis=2).min(axis=1)
    assert distance.max() < 1e-4


def test_a_weight_that_is_computed_has_no_layout() -> None:
    model = build("g (float[1,3,4,4] x, float[2,3,1,1] k) => (float a) { [layer] a = Conv(x, k) }", {})
    assert layout(index_layers(model).node("layer")) is None
