"""float16 and bfloat16: where casts stand, and what is refused."""

from __future__ import annotations

from collections import Counter

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime as ort
import pytest
from onnx import numpy_helper, parser

from engine.graph.inference import infer
from engine.quantization.half import How, make_half, ports
from engine.report import Report

TEXT = """
<ir_version: 8, opset_import: ["" : 17]>
net (float[2,8] x) => (float[2,8] y, float[2,8] z) {
    [one] a = MatMul(x, w)
    [two] z = Relu(a)
    [three] c = MatMul(z, w)
    [four] d = Add(c, x)
    [five] y = Mul(d, tiny)
}
"""


def model(tiny: float = 0.5, weight: float = 1.0, text: str = TEXT) -> ir.Model:
    proto = parser.parse_model(text)
    rng = np.random.default_rng(0)
    arrays = {"w": (rng.normal(size=(8, 8)) * weight).astype(np.float32), "tiny": np.array(tiny, np.float32)}
    proto.graph.initializer.extend(numpy_helper.from_array(array, name) for name, array in arrays.items())
    found = ir.from_proto(proto)
    infer(found, forget=False)
    return found


def halved(source: ir.Model, *ids: str, keep_io: bool = True, saturate: bool = False) -> tuple[ir.Model, Report]:
    report = Report()
    result = make_half(source, dict.fromkeys(ids, How(saturate)), "float16", keep_io, report)
    onnx.checker.check_model(ir.to_proto(result), full_check=True)
    return result, report


def casts(found: ir.Model) -> int:
    return Counter(node.op_type for node in found.graph)["Cast"]


def run(found: ir.Model, dtype: type = np.float32) -> list[np.ndarray]:
    session = ort.InferenceSession(ir.to_proto(found).SerializeToString(), providers=["CPUExecutionProvider"])
    results: list[np.ndarray] = session.run(None, {"x": np.linspace(-1, 1, 16).reshape(2, 8).astype(dtype)})
    return results


@pytest.mark.parametrize(
    ("ids", "number"),
    [
        (("one",), 2),
        (("one", "two"), 2),
        (("two",), 2),
        (("one", "three"), 4),
        (("one", "two", "three"), 3),
        (("one", "two", "three", "four", "five"), 3),
    ],
)
def test_a_cast_stands_only_where_values_cross(ids: tuple[str, ...], number: int) -> None:
    source = model()
    found, report = halved(source, *ids)
    assert set(report.treated) == set(ids)
    assert casts(found) == number
    for before, after in zip(run(source), run(found), strict=True):
        np.testing.assert_allclose(before, after, atol=0.02)


def test_inputs_and_outputs_can_become_half() -> None:
    found, _ = halved(model(), "one", "two", "three", "four", "five", keep_io=False)
    assert casts(found) == 0
    assert {value.dtype for value in (*found.graph.inputs, *found.graph.outputs)} == {ir.DataType.FLOAT16}
    assert [value.name for value in found.graph.outputs] == ["y", "z"]
    assert run(found, np.float16)[0].dtype == np.float16


def test_a_weight_that_layers_in_both_types_read_is_stored_in_both() -> None:
    found, _ = halved(model(), "one")
    types = Counter(value.dtype for value in found.graph.initializers.values())
    assert types == {ir.DataType.FLOAT: 2, ir.DataType.FLOAT16: 1}
    both, _ = halved(model(), "one", "three")
    assert Counter(value.dtype for value in both.graph.initializers.values())[ir.DataType.FLOAT16] == 1


def test_constants_outside_the_range_are_refused_or_saturated() -> None:
    _, report = halved(model(weight=1e6), "one")
    assert "65504" in report.skipped["one"]
    found, report = halved(model(weight=1e6), "one", saturate=True)
    assert "one" in report.treated
    weight = next(v for v in found.graph.initializers.values() if v.dtype == ir.DataType.FLOAT16)
    assert weight.const_value is not None and np.abs(weight.const_value.numpy()).max() == 65504
    _, report = halved(model(tiny=1e-12), "five")
    assert "zero" in report.skipped["five"]


def test_layers_inside_a_body() -> None:
    text = """
    <ir_version: 8, opset_import: ["" : 17]>
    net (float[2,8] x) => (float[2,8] y) {
        a = ReduceSum<keepdims = 0>(x)
        b = Greater(a, tiny)
        y = If (b) <
            then_branch = then () => (float[2,8] p) { [inner] p = MatMul(x, w) },
            else_branch = other () => (float[2,8] q) { [plain] q = Identity(x) }
        >
    }
    """
    source = model(tiny=-100.0, text=text)
    found, report = halved(source, _inner(source))
    assert len(report.treated) == 1
    np.testing.assert_allclose(run(source)[0], run(found)[0], atol=0.02)
    assert not np.array_equal(run(source)[0], run(found)[0])


def _inner(source: ir.Model) -> str:
    from engine.graph.layers import index_layers

    return next(layer.id for layer in index_layers(source).layers if layer.id.endswith("inner"))


def test_which_ops_have_a_half_form() -> None:
    text = """
    <ir_version: 8, opset_import: ["" : 17]>
    net (float[2,8] x) => (float[2,3] y, int64[2,3] i, int64[2] s, float[2,8] c) {
        y, i = TopK(x, k)
        s = Shape(x)
        c = CumSum(x, axis)
    }
    """
    proto = parser.parse_model(text)
    for name in ("k", "axis"):
        proto.graph.initializer.append(numpy_helper.from_array(np.array([1] if name == "k" else 1), name))
    found = ir.from_proto(proto)
    infer(found, forget=False)
    assert all(isinstance(ports(node, "float16"), str) for node in found.graph)
    assert not isinstance(ports(model().graph[0], "bfloat16"), str)
