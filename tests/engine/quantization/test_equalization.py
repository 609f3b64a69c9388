"""Equalization changes no result of the float model, and evens out what shares a scale."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import onnx_ir as ir
import pytest

from engine.quantization.equalization import equalize
from engine.quantization.planning import wanted_values
from engine.scheme import Calibration, Moments
from engine.schemes.int8_static import Options

from .conftest import Quantize, observed, random_feeds, run

ModelOf = Callable[..., ir.Model]
UNEVEN = (10.0 ** np.linspace(-1.5, 0.5, 8)).astype(np.float32)
NETWORK = """g (float[1,4,8,8] x) => (float[1,4,8,8] y) {
    [expand] a = Conv(x, w, b)  [act] c = ACTIVATION
    [depthwise] d = Conv<group=8, pads=[1,1,1,1]>(c, v, e)  [act2] f = Relu(d)  [project] y = Conv(f, u)
}"""


def weights() -> dict[str, np.ndarray]:
    rng = np.random.default_rng(5)
    expand = rng.normal(size=(8, 4, 1, 1)).astype(np.float32) * UNEVEN.reshape(-1, 1, 1, 1)
    return {
        "w": expand,
        "b": (rng.normal(size=8) * UNEVEN).astype(np.float32),
        "v": (rng.normal(size=(8, 1, 3, 3)) / UNEVEN.reshape(-1, 1, 1, 1)).astype(np.float32),
        "e": rng.normal(size=8).astype(np.float32) * 0.1,
        "u": rng.normal(size=(4, 8, 1, 1)).astype(np.float32),
        "six": np.array(6.0, np.float32),
        "low": np.array(0.0, np.float32),
    }


def equalized(model: ir.Model, per_channel: bool, *kept: str) -> tuple[ir.Model, Calibration, Calibration, int]:
    feeds = random_feeds(model)
    wanted = frozenset[str]().union(*(wanted_values(node) for node in model.graph))
    known = Calibration(observed(model, wanted, feeds))
    result = model.clone()
    nodes = {str(node.name): node for node in result.graph}
    convs = {name: node for name, node in nodes.items() if node.op_type == "Conv"}
    after, pairs = equalize(result, convs, {nodes[name] for name in kept}, known, per_channel)
    return result, known, after, pairs


@pytest.mark.parametrize("per_channel", [True, False])
@pytest.mark.parametrize("activation", ["Relu(a)", "LeakyRelu<alpha=0.1>(a)", "Clip(a, low, six)", "Clip(a, low)"])
def test_the_float_model_stays_what_it_was(activation: str, per_channel: bool, model_of: ModelOf) -> None:
    model = model_of(NETWORK.replace("ACTIVATION", activation), weights())
    result, _, after, pairs = equalized(model, per_channel)
    assert pairs == 2
    feeds = random_feeds(model)
    before, now = run(model, feeds)[0], run(result, feeds)[0]
    assert np.abs(before - now).max() < 1e-5 * np.abs(before).max()
    assert not np.array_equal(result.graph.node("expand").inputs[1].const_value.numpy(), weights()["w"])
    seen = observed(result, frozenset(after.values), feeds)
    for name, known in after.values.items():
        assert seen[name].low == pytest.approx(known.low, rel=1e-4, abs=1e-5)
        assert seen[name].high == pytest.approx(known.high, rel=1e-4)
        if known.channel_mean is not None:
            np.testing.assert_allclose(seen[name].channel_mean, known.channel_mean, rtol=1e-3, atol=1e-4)


def test_channels_that_share_a_scale_get_the_same_range(model_of: ModelOf) -> None:
    model = model_of(NETWORK.replace("ACTIVATION", "Relu(a)"), weights())
    _, known, after, _ = equalized(model, True)
    before, now = (found.values["c"].channel_high for found in (known, after))
    assert now.max() / now.min() < 0.2 * before.max() / before.min()


def test_a_clip_that_works_keeps_its_channels_as_they_are(model_of: ModelOf) -> None:
    given = weights() | {"six": np.array(0.5, np.float32)}
    model = model_of(NETWORK.replace("ACTIVATION", "Clip(a, low, six)"), given)
    result, known, _, _ = equalized(model, True)
    clipped = known.values["c"].channel_high >= 0.5
    assert 0 < clipped.sum() < 8
    expand = result.graph.node("expand").inputs[1].const_value.numpy()
    np.testing.assert_array_equal(expand[clipped], given["w"][clipped])
    feeds = random_feeds(model)
    np.testing.assert_allclose(run(result, feeds)[0], run(model, feeds)[0], atol=1e-5)


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (NETWORK.replace("ACTIVATION", "Relu(a)"), ("depthwise",)),
        (NETWORK.replace("ACTIVATION", "Sigmoid(a)").replace("Relu", "Tanh"), ()),
        (NETWORK.replace("ACTIVATION", "Clip(a, six)").replace("Relu", "Tanh"), ()),
    ],
)
def test_what_is_kept_or_not_homogeneous_stays(text: str, kept: tuple[str, ...], model_of: ModelOf) -> None:
    *_, pairs = equalized(model_of(text, weights()), True, *kept)
    assert pairs == 0


def test_a_bias_far_above_zero_goes_to_the_layer_without_padding(model_of: ModelOf) -> None:
    given = weights() | {"e": np.full(8, 500.0, np.float32)}
    model = model_of(NETWORK.replace("ACTIVATION", "Relu(a)"), given)
    result, _, after, _ = equalized(model, True)
    assert after.values["f"].low == pytest.approx(0.0, abs=1e-3)
    feeds = random_feeds(model)
    assert np.abs(run(result, feeds)[0] - run(model, feeds)[0]).max() < 1e-4 * np.abs(run(model, feeds)[0]).max()


def test_moments_follow(model_of: ModelOf) -> None:
    model = model_of(NETWORK.replace("ACTIVATION", "Relu(a)"), weights())
    feeds = random_feeds(model)
    known = Calibration(
        observed(model, frozenset(("c", "f")), feeds),
        {"project": Moments(np.ones((1, 8)), np.eye(8)[None], 4)},
    )
    convs = {str(node.name): node for node in model.graph if node.op_type == "Conv"}
    after, _ = equalize(model, convs, set(), known, False)
    moments = after.moments["project"]
    ratio = known.values["f"].channel_high / after.values["f"].channel_high
    np.testing.assert_allclose(np.sqrt(np.diagonal(moments.covariance[0])), 1 / ratio, rtol=1e-4)


def test_one_scale_for_a_weight_gains_by_it(quantize: Quantize) -> None:
    text, given = NETWORK.replace("ACTIVATION", "Relu(a)"), weights()
    plain, evened = (
        quantize(text, given, options=Options(per_channel=False, equalize=equal)).sqnr_db() for equal in (False, True)
    )
    assert evened > plain + 3
