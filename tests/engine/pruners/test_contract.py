"""What every pruner promises."""

from __future__ import annotations

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser

from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.pruner import Pruner
from engine.pruners import pruners
from engine.report import Report


@pytest.fixture(params=pruners().values(), ids=pruners())
def pruner(request: pytest.FixtureRequest) -> Pruner:
    found = request.param
    assert isinstance(found, Pruner)
    return found


@pytest.fixture
def model() -> ir.Model:
    proto = parser.parse_model(
        """
        <ir_version: 8, opset_import: ["" : 13]>
        net (float[1,16,8,8] x) => (float[1,8] y) {
            [conv] a = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w1)
            [act] b = Relu(a)
            [pool] c = GlobalAveragePool(b)
            [flat] d = Flatten(c)
            [head] y = Gemm(d, w2, bias)
        }
        """
    )
    rng = np.random.default_rng(0)
    for name, shape in {"w1": (32, 16, 3, 3), "w2": (32, 8), "bias": (8,)}.items():
        proto.graph.initializer.append(numpy_helper.from_array(rng.normal(size=shape).astype(np.float32), name))
    return ir.from_proto(proto)


def prune(pruner: Pruner, model: ir.Model, *ids: str) -> tuple[ir.Model, Report]:
    report = Report()
    return pruner.prune(model, dict.fromkeys(ids, pruner.options()), report), report


def weights(model: ir.Model) -> dict[str, np.ndarray]:
    return {name: value.const_value.numpy() for name, value in model.graph.initializers.items() if value.const_value}


def test_the_result_is_valid_and_runs(pruner: Pruner, model: ir.Model) -> None:
    proto = ir.to_proto(prune(pruner, model, "conv", "head")[0])
    onnx.checker.check_model(proto, full_check=True)
    session = ort.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    (y,) = session.run(None, {"x": np.ones((1, 16, 8, 8), np.float32)})
    assert y.shape == (1, 8)
    assert np.isfinite(y).all()


def test_the_source_stays_as_it_is(pruner: Pruner, model: ir.Model) -> None:
    before = {name: array.copy() for name, array in weights(model).items()}
    prune(pruner, model, "conv", "head")
    for name, array in weights(model).items():
        np.testing.assert_array_equal(array, before[name])


def test_a_planned_layer_changes_and_no_layer_changes_without_being_said(pruner: Pruner, model: ir.Model) -> None:
    pruned, report = prune(pruner, model, "conv")
    before, after = weights(model), weights(pruned)
    assert not np.array_equal(before["w1"], after["w1"])
    assert "conv" in report.treated
    if "head" not in report.treated:
        np.testing.assert_array_equal(before["w2"], after["w2"])


def test_ids_survive_and_the_result_is_the_same_twice(pruner: Pruner, model: ir.Model) -> None:
    first, second = prune(pruner, model, "conv", "head")[0], prune(pruner, model, "conv", "head")[0]
    assert [place.id for place in places(first)] == [place.id for place in places(model)]
    for name, array in weights(first).items():
        np.testing.assert_array_equal(array, weights(second)[name])


def test_what_cannot_be_pruned_says_why_and_what_can_does_not(pruner: Pruner, model: ir.Model) -> None:
    index = index_layers(model)
    assert pruner.why_not(index.node("conv")) is None
    for layer_id in ("act", "pool", "flat"):
        assert pruner.why_not(index.node(layer_id))
