from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest
from onnx import numpy_helper, parser

from engine.pruners.two_of_four import PRUNER, zeroed


def test_of_each_four_the_two_largest_stay() -> None:
    weight = np.array([[1, -4, 3, 2, 5, 5, 5, 5, 9]], np.float32)
    assert zeroed(weight, 1).tolist() == [[0, -4, 3, 0, 5, 5, 0, 0, 9]]


def test_the_axis_is_the_one_that_is_summed_over() -> None:
    weight = np.random.default_rng(0).normal(size=(3, 8, 2, 2))
    result = zeroed(weight, 1)
    assert result.shape == weight.shape
    assert (np.count_nonzero(result.reshape(3, 2, 4, 4), axis=2) == 2).all()
    np.testing.assert_array_equal(result[result != 0], weight[result != 0])


@pytest.mark.parametrize(("op", "shape", "axis"), [("MatMul", (8, 4), 0), ("Gemm<transB=1>", (4, 8), 1)])
def test_products_are_pruned_along_their_own_axis(op: str, shape: tuple[int, int], axis: int) -> None:
    from engine.pruners.two_of_four import Options, prune
    from engine.report import Report

    proto = parser.parse_model(
        f'<ir_version: 8, opset_import: ["" : 13]> net (float[1,8] x) => (float[1,4] y) {{ [one] y = {op}(x, w) }}'
    )
    weight = np.random.default_rng(0).normal(size=shape).astype(np.float32)
    proto.graph.initializer.append(numpy_helper.from_array(weight, "w"))
    model = ir.from_proto(proto)
    assert PRUNER.why_not(model) == {}
    pruned = prune(model, {"one": Options()}, Report()).graph.initializers["w"].const_value
    assert pruned is not None
    np.testing.assert_array_equal(pruned.numpy(), zeroed(weight, axis))
