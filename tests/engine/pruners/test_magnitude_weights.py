from __future__ import annotations

import numpy as np
import onnx_ir as ir
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from onnx import parser

from engine.pruners.magnitude_weights import Options, prune, zeroed
from engine.report import Report

arrays = hnp.arrays(np.float32, hnp.array_shapes(max_dims=4, max_side=6), elements=st.floats(-4, 4, width=32))


@given(arrays, st.floats(0, 1))
def test_the_ratio_is_met_exactly_and_the_largest_stay(weight: np.ndarray, ratio: float) -> None:
    result = zeroed(weight, Options(ratio=ratio))
    count = round(ratio * weight.size)
    gone = (result == 0) & (weight != 0)
    assert np.count_nonzero(result == 0) == max(count, np.count_nonzero(weight == 0))
    assert np.array_equal(result[~gone], weight[~gone])
    if gone.any() and (result != 0).any():
        assert np.abs(weight[gone]).max() <= np.abs(result[result != 0]).min()


@given(arrays, st.floats(0, 5))
def test_the_threshold_splits(weight: np.ndarray, threshold: float) -> None:
    result = zeroed(weight, Options(threshold=threshold))
    np.testing.assert_array_equal(result, np.where(np.abs(weight) < threshold, 0, weight))


def test_equal_magnitudes_go_in_order() -> None:
    assert zeroed(np.array([1.0, -1.0, 1.0, 2.0], np.float32), Options(ratio=0.5)).tolist() == [0, 0, 1, 2]


def test_a_weight_that_another_layer_shares_is_left_alone() -> None:
    model = ir.from_proto(
        parser.parse_model(
            """
            <ir_version: 8, opset_import: ["" : 13]>
            net (float[1,2] x) => (float[1,2] y) <float[2,2] w = {1, 2, 3, 4}> {
                [one] a = MatMul(x, w)
                [two] y = MatMul(a, w)
            }
            """
        )
    )
    alone, together = Report(), Report()
    kept = prune(model, {"one": Options()}, alone)
    assert "shared with two" in alone.skipped["one"]
    assert stored(kept) == [[1, 2], [3, 4]]
    both = prune(model, {"one": Options(), "two": Options()}, together)
    assert together.skipped == {}
    assert stored(both) == [[0, 0], [3, 4]]


def stored(model: ir.Model) -> list[list[float]]:
    tensor = model.graph.initializers["w"].const_value
    assert tensor is not None
    found: list[list[float]] = tensor.numpy().tolist()
    return found
