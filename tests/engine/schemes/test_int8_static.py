"""int8_static: what the target decides, and real networks fused from end to end."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.formats import open_source
from engine.graph.clean import clean
from engine.graph.layers import index_layers
from engine.options import with_values
from engine.profiling.child import Child
from engine.progress import Progress
from engine.quantization.calibrate import calibrate
from engine.report import Report
from engine.scheme import Calibration
from engine.schemes.int8_static import SCHEME

FindPath = Callable[[str], Path]
FACTS = replace(backend_of("cpu").facts("cpu"), activation_dtype=np.dtype(np.uint8), reduce_range=False)
SETTINGS = RunSettings(threads=2)


@pytest.fixture(scope="module")
def host() -> Child:
    with Child() as child:
        yield child


def prepared(path: Path) -> ir.Model:
    return clean(open_source(path, Progress()).model).model


def fused(model: ir.Model, folder: Path) -> Counter[str]:
    options = ort.SessionOptions()
    options.optimized_model_filepath = str(folder / "optimized.onnx")
    options.log_severity_level = 3
    ort.InferenceSession(ir.to_proto(model).SerializeToString(), options, providers=["CPUExecutionProvider"])
    return Counter(node.op_type for node in onnx.load(folder / "optimized.onnx").graph.node)


def quantized(
    model: ir.Model,
    layers: list[str],
    host: Child,
    facts: object = FACTS,
    kept: frozenset[str] = frozenset(),
    **options: object,
) -> ir.Model:
    index, backend = index_layers(model), backend_of("cpu")
    able = frozenset(layer.id for layer in index.layers if SCHEME.why_not(index.node(layer.id)) is None)
    wanted = SCHEME.wanted(model, able)
    ranges = calibrate(model, wanted, Runtime(backend, SETTINGS, host), synthetic(model, SETTINGS, 2), Progress())
    report = Report()
    chosen = with_values(SCHEME.defaults(facts), options, "int8_static")
    result = SCHEME.quantize(model, dict.fromkeys(layers, chosen), kept, Calibration(ranges), facts, report)
    assert set(report.treated) == set(layers)
    onnx.checker.check_model(ir.to_proto(result), full_check=True)
    return result


def of(model: ir.Model, op: str) -> list[str]:
    return [layer.id for layer in index_layers(model).layers if layer.op == op]


def suiting(model: ir.Model) -> list[str]:
    index = index_layers(model)
    return [layer.id for layer in index.layers if SCHEME.suits(index.node(layer.id), FACTS) is None]


@pytest.mark.real_models
def test_mobilenet_v2_is_integer_from_end_to_end(real_model: FindPath, host: Child, tmp_path: Path) -> None:
    model = prepared(real_model("mobilenet_v2_1.0_224_fp32"))
    ops = fused(quantized(model, of(model, "Conv"), host), tmp_path)
    assert ops["QLinearConv"] == 53 and ops["QLinearAdd"] == 10
    assert ops["Conv"] == ops["FusedConv"] == ops["Add"] == ops["Clip"] == 0
    assert ops["QuantizeLinear"] == ops["DequantizeLinear"] == 1


@pytest.mark.real_models
def test_without_sharing_the_additions_of_mobilenet_v2_are_float(
    real_model: FindPath, host: Child, tmp_path: Path
) -> None:
    model = prepared(real_model("mobilenet_v2_1.0_224_fp32"))
    ops = fused(quantized(model, of(model, "Conv"), host, share_rounding=False), tmp_path)
    assert ops["QLinearConv"] == 53 and ops["Conv"] == 0
    assert ops["Add"] >= 9


@pytest.mark.real_models
@pytest.mark.parametrize("form", ["dynamo_op18", "ts_op13"])
def test_resnet20_is_integer_from_block_to_block(form: str, real_model: FindPath, host: Child, tmp_path: Path) -> None:
    model = prepared(real_model(f"cifar_resnet20/cifar_resnet20_{form}.onnx"))
    ops = fused(quantized(model, of(model, "Conv"), host), tmp_path)
    assert ops["QLinearConv"] == 19 and ops["QLinearAdd"] == 8
    # The last addition is read by nobody who is quantized.
    assert ops["Add"] == 1 and ops["QuantizeLinear"] == 1 and ops["DequantizeLinear"] == 2


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("name", "kernels"),
    [
        ("cifar_resnet20/cifar_resnet20_dynamo_op18.onnx", {"QLinearConv": 19, "QLinearAdd": 9, "QGemm": 1}),
        ("mobilenet_v2_1.0_224_fp32", {"QLinearConv": 52, "QLinearAdd": 10, "QLinearGlobalAveragePool": 1}),
        ("fastestdet", {"QLinearConv": 70, "QLinearConcat": 19, "NhwcMaxPool": 1}),
        ("ultraface_rfb_320", {"QLinearConv": 51}),
    ],
)
def test_what_suits_is_fused(
    name: str, kernels: dict[str, int], real_model: FindPath, host: Child, tmp_path: Path
) -> None:
    model = prepared(real_model(name))
    ops = fused(quantized(model, suiting(model), host), tmp_path)
    assert {op: ops[op] for op in kernels} == kernels


@pytest.mark.real_models
def test_a_quantized_file_is_left_alone(real_model: FindPath) -> None:
    index = index_layers(prepared(real_model("cifar_resnet20_qdq_int8")))
    assert {SCHEME.why_not(index.node(layer.id)) for layer in index.layers if layer.op == "Conv"} == {
        "already quantized"
    }


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("dtype", "reduce_range", "largest"), [(np.uint8, False, 127), (np.int8, False, 127), (np.uint8, True, 63)]
)
def test_the_target_decides_on_types(
    dtype: type[np.generic], reduce_range: bool, largest: int, real_model: FindPath, host: Child
) -> None:
    model = prepared(real_model("mnist_cntk"))
    facts = replace(FACTS, activation_dtype=np.dtype(dtype), reduce_range=reduce_range)
    result = quantized(model, of(model, "Conv"), host, facts=facts)
    quantizers = [node for node in result.graph if node.op_type == "QuantizeLinear"]
    assert {node.outputs[0].dtype for node in quantizers} == {ir.DataType.from_numpy(np.dtype(dtype))}
    for conv in (node for node in result.graph if node.op_type == "Conv"):
        codes = conv.inputs[1].producer().inputs[0].const_value.numpy()
        assert codes.dtype == np.int8
        assert np.abs(codes.astype(int)).max() == largest


@pytest.mark.real_models
def test_what_the_user_keeps_stays_float(real_model: FindPath, host: Child, tmp_path: Path) -> None:
    model = prepared(real_model("cifar_resnet20/cifar_resnet20_dynamo_op18.onnx"))
    convs, adds = of(model, "Conv"), of(model, "Add")
    free = fused(quantized(model, convs, host), tmp_path)
    kept = fused(quantized(model, convs, host, kept=frozenset(adds)), tmp_path)
    assert free["QLinearAdd"] == len(adds) - 1, "no quantized layer reads the last sum"
    assert (kept["QLinearAdd"], kept["Add"]) == (0, len(adds))
