"""What every quantization scheme promises."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser
from onnx.reference import ReferenceEvaluator

from engine.backend import TargetFacts
from engine.backends import backend_of
from engine.graph.inference import infer
from engine.graph.layers import index_layers, origins
from engine.options import specs
from engine.report import Report
from engine.scheme import Calibration, Scheme, ValueStatistics
from engine.schemes import schemes

FACTS = replace(
    backend_of("cpu").facts("cpu"),
    activation_dtype=np.dtype(np.uint8),
    reduce_range=False,
    half_types=frozenset(("float16", "bfloat16")),
)
TEXT = """
<ir_version: 8, opset_import: ["" : 13]>
net (float[1,16,8,8] x) => (float[1,64] y) {
    [conv] a = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (x, w1, b1)
    [act] b = Relu(a)
    [same] c = Conv <kernel_shape = [3, 3], pads = [1, 1, 1, 1]> (b, w1, b3)
    [sum] d = Add(b, c)
    [pool] e = GlobalAveragePool(d)
    [flat] f = Flatten(e)
    [head] g = Gemm(f, w2, b2)
    [soft] y = Softmax(g)
}
"""
SHAPES = {"w1": (16, 16, 3, 3), "b1": (16,), "w2": (16, 64), "b2": (64,), "b3": (16,)}


@pytest.fixture(params=schemes().values(), ids=schemes())
def scheme(request: pytest.FixtureRequest) -> Scheme:
    found = request.param
    assert isinstance(found, Scheme)
    return found


@pytest.fixture
def model() -> ir.Model:
    proto = parser.parse_model(TEXT)
    rng = np.random.default_rng(0)
    for name, shape in SHAPES.items():
        array = (rng.normal(size=shape) * 0.2).astype(np.float32)
        proto.graph.initializer.append(numpy_helper.from_array(array, name))
    model = ir.from_proto(proto)
    infer(model, forget=False)
    return model


def able(scheme: Scheme, model: ir.Model) -> list[str]:
    index = index_layers(model)
    return [layer.id for layer in index.layers if scheme.why_not(index.node(layer.id)) is None]


def quantize(scheme: Scheme, model: ir.Model, *ids: str, facts: TargetFacts = FACTS) -> tuple[ir.Model, Report]:
    report = Report()
    wanted = scheme.wanted(model, frozenset(able(scheme, model)))
    ranges: Mapping[str, ValueStatistics] = dict.fromkeys(wanted, ValueStatistics(-3.0, 3.0))
    ranges = {**ranges, **({"b": ValueStatistics(0.0, 3.0)} if "b" in ranges else {}), "y": ValueStatistics(0.0, 1.0)}
    return scheme.quantize(
        model, dict.fromkeys(ids, scheme.defaults(facts)), frozenset(), Calibration(ranges), facts, report
    ), report


def weights(model: ir.Model) -> dict[str, np.ndarray]:
    return {name: value.const_value.numpy() for name, value in model.graph.initializers.items() if value.const_value}


def run(model: ir.Model) -> np.ndarray:
    x = np.random.default_rng(1).normal(size=(1, 16, 8, 8)).astype(np.float32)
    if any(value.dtype == ir.DataType.BFLOAT16 for node in model.graph for value in node.outputs):
        return np.asarray(ReferenceEvaluator(ir.to_proto(model)).run(["y"], {"x": x})[0])  # no kernels on processors
    session = ort.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    result: np.ndarray = session.run(["y"], {"x": x})[0]
    return result


def without_names(model: ir.Model) -> list[tuple[Any, ...]]:
    """The graph as it computes: ops, attributes, and where each input comes from."""
    return [
        (node.name, node.op_type, sorted(node.attributes), [value.name if value else None for value in node.inputs])
        for node in model.graph
    ]


def test_options_can_be_shown_and_set(scheme: Scheme) -> None:
    assert isinstance(scheme.defaults(FACTS), scheme.options)
    assert all(spec.label and spec.help for spec in specs(scheme.options))


def test_the_result_is_valid_and_runs(scheme: Scheme, model: ir.Model) -> None:
    quantized, report = quantize(scheme, model, *able(scheme, model))
    assert report.treated
    onnx.checker.check_model(ir.to_proto(quantized), full_check=True)
    assert np.abs(run(quantized) - run(model)).max() < 0.1
    assert not np.array_equal(run(quantized), run(model))


def test_the_source_stays_as_it_is(scheme: Scheme, model: ir.Model) -> None:
    arrays = {name: array.copy() for name, array in weights(model).items()}
    nodes, outputs = without_names(model), [value.name for value in model.graph.outputs]
    quantize(scheme, model, *able(scheme, model))
    assert without_names(model) == nodes
    assert [value.name for value in model.graph.outputs] == outputs
    assert weights(model).keys() == arrays.keys()
    for name, array in weights(model).items():
        np.testing.assert_array_equal(array, arrays[name])


def test_only_planned_layers_are_treated(scheme: Scheme, model: ir.Model) -> None:
    quantized, report = quantize(scheme, model, "conv")
    assert set(report.treated) == {"conv"}
    index = index_layers(quantized)
    for position, name in ((1, "w1"), (2, "b3")):
        value = index.node("same").inputs[position]
        assert value is not None and value.name == name
    np.testing.assert_array_equal(weights(quantized)["w2"], weights(model)["w2"])
    # The check above can fail: a planned layer reads something else than its float weight.
    weight = index.node("conv").inputs[1]
    assert weight is None or weight.name != "w1"


def test_nothing_planned_is_nothing_changed(scheme: Scheme, model: ir.Model) -> None:
    quantized, report = quantize(scheme, model)
    assert without_names(quantized) == without_names(model)
    assert not report.treated and not report.skipped


def test_every_planned_layer_is_treated_or_skipped(scheme: Scheme, model: ir.Model) -> None:
    index = index_layers(model)
    everything = [layer.id for layer in index.layers]
    _, report = quantize(scheme, model, *everything)
    assert set(report.treated) | set(report.skipped) == set(everything)
    assert not set(report.treated) & set(report.skipped)
    assert all(report.skipped.values())


def test_ids_survive(scheme: Scheme, model: ir.Model) -> None:
    before = index_layers(model)
    quantized, report = quantize(scheme, model, *able(scheme, model))
    after = index_layers(quantized)
    assert [layer.id for layer in after.layers if layer.id in before.by_id] == [layer.id for layer in before.layers]
    kept = {la.id: la.op for la in before.layers if la.id not in report.treated}
    assert {layer.id: layer.op for layer in after.layers}.items() >= kept.items()


def test_new_nodes_name_the_layers_that_they_serve(scheme: Scheme, model: ir.Model) -> None:
    before = index_layers(model)
    after = index_layers(quantize(scheme, model, *able(scheme, model))[0])
    new = [after.node(layer.id) for layer in after.layers if layer.id not in before.by_id]
    assert new
    for node in new:
        assert origins(node) and set(origins(node)) <= set(before.by_id)
    assert all(after.node(layer.id).name == layer.id for layer in before.layers)


def test_the_same_input_gives_the_same_bytes(scheme: Scheme, model: ir.Model) -> None:
    layers = able(scheme, model)
    first, second, turned = (quantize(scheme, model, *ids)[0] for ids in (layers, layers, layers[::-1]))
    assert ir.to_proto(first).SerializeToString() == ir.to_proto(second).SerializeToString()
    assert ir.to_proto(first).SerializeToString() == ir.to_proto(turned).SerializeToString()


def test_a_quantized_model_has_as_many_parameters(scheme: Scheme, model: ir.Model) -> None:
    quantized, _ = quantize(scheme, model, *able(scheme, model))
    before, after = index_layers(model), index_layers(quantized)
    assert after.parameters == before.parameters
    assert after.macs == before.macs
    assert after.parameter_bytes <= before.parameter_bytes / 2


def test_a_quantized_layer_is_not_quantized_again(scheme: Scheme, model: ir.Model) -> None:
    quantized, _ = quantize(scheme, model, "conv", "head")
    index = index_layers(quantized)
    assert scheme.why_not(index.node("conv")) == "already quantized"


def test_why_not_and_suits_answer_for_every_layer(scheme: Scheme, model: ir.Model) -> None:
    index = index_layers(model)
    for layer in index.layers:
        reason = scheme.why_not(index.node(layer.id))
        assert reason is None or len(reason) > 10
        if reason is not None:
            assert scheme.suits(index.node(layer.id), FACTS) is not None


def test_something_suits(scheme: Scheme) -> None:
    text = '<ir_version: 8, opset_import: ["" : 13]> net (float[1,64] x) => (float[1,512] y) { y = MatMul(x, w) }'
    proto = parser.parse_model(text)
    proto.graph.initializer.append(numpy_helper.from_array(np.ones((64, 512), np.float32), "w"))
    large = ir.from_proto(proto)
    infer(large, forget=False)
    assert scheme.suits(large.graph[0], FACTS) is None
