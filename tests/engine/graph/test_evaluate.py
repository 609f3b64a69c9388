from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.evaluate import _DIRECT, _by_reference, can_evaluate, evaluate


def node(op: str, inputs: int, **attributes: object) -> ir.Node:
    values = [ir.Value(name=f"i{number}") for number in range(inputs)]
    return ir.node(op, values, attributes or None)


I64 = np.asarray
CASES = {
    "Add": (node("Add", 2), [I64([1, 2]), I64([3])]),
    "Sub": (node("Sub", 2), [I64([1, 2]), I64([3])]),
    "Mul": (node("Mul", 2), [I64([1, 2]), I64([3])]),
    "Div": (node("Div", 2), [np.asarray([7.0, -7.0], np.float32), np.asarray([2.0], np.float32)]),
    "Cast": (node("Cast", 1, to=7), [np.asarray([1.7, -1.7], np.float32)]),
    "Concat": (node("Concat", 2, axis=0), [I64([1, 2]), I64([3])]),
    "ConstantOfShape": (node("ConstantOfShape", 1), [I64([2, 3])]),
    "Gather": (node("Gather", 2, axis=1), [np.arange(6).reshape(2, 3), I64(-1)]),
    "Identity": (node("Identity", 1), [I64([4])]),
    "Reshape": (node("Reshape", 2), [np.arange(6), I64([0, -1])[::-1].copy()]),
    "Slice": (node("Slice", 5), [np.arange(9), I64([-1]), I64([-(2**63) + 1]), I64([0]), I64([-2])]),
    "Squeeze": (node("Squeeze", 2), [np.ones((1, 2, 1)), I64([0])]),
    "Transpose": (node("Transpose", 1, perm=[1, 0]), [np.arange(6).reshape(2, 3)]),
    "Unsqueeze": (node("Unsqueeze", 2), [np.arange(6), I64([0, -1])]),
}


def test_every_direct_op_is_compared() -> None:
    assert CASES.keys() == _DIRECT.keys()


@pytest.mark.parametrize("op", CASES)
def test_direct_results_are_those_of_the_reference(op: str) -> None:
    made, inputs = CASES[op]
    if op == "Reshape":
        inputs = [inputs[0], I64([2, -1])]
    found = evaluate(made, inputs, 13)
    assert found is not None
    (expected,) = _by_reference(made, inputs, 13)
    assert found[0].dtype == expected.dtype
    np.testing.assert_array_equal(found[0], expected)


def test_whole_numbers_divide_towards_zero() -> None:
    (found,) = evaluate(node("Div", 2), [I64([7, -7]), I64([2])], 13) or [None]
    assert found is not None
    assert found.tolist() == [3, -3]


def test_other_ops_go_to_the_reference() -> None:
    (found,) = evaluate(node("Sqrt", 1), [np.asarray([9.0], np.float32)], 13) or [None]
    assert found is not None
    assert found.tolist() == [3.0]


def test_what_does_not_compute_is_none() -> None:
    assert evaluate(node("Reshape", 2), [np.arange(6), I64([4, 4])], 13) is None
    assert evaluate(node("Cast", 1), [np.arange(6)], 13) is None


@pytest.mark.parametrize("op", ["RandomNormal", "QuantizeLinear", "If", "Conv", "Resize"])
def test_ops_that_must_stay_are_not_evaluated(op: str) -> None:
    assert not can_evaluate(node(op, 1))
    assert not can_evaluate(ir.node("Add", [], domain="my"))
