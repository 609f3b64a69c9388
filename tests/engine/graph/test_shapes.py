from __future__ import annotations

import onnx_ir as ir
import pytest

from engine.errors import ModelError, UsageError
from engine.graph.shapes import bind, freeze, inputs, outputs
from engine.graph.values import ValueInfo


def shape(model: ir.Model, name: str) -> list[object]:
    values = {v.name: v for v in [*model.graph.inputs, *(o for n in model.graph.all_nodes() for o in n.outputs)]}
    found = values[name].shape
    assert found is not None
    return [dim if isinstance(dim, int) else dim.value for dim in found]


def test_a_dynamic_batch_is_one_unless_asked_otherwise(parse) -> None:
    model = parse("g (float[N,3] x) => (float[N,3] y) { y = Relu(x) }")
    assert shape(bind(model, {}, strict=True), "y") == [1, 3]
    assert shape(bind(model, {}, 8, strict=True), "y") == [8, 3]
    assert shape(model, "y") == ["N", 3]


def test_the_symbol_of_the_batch_is_bound_wherever_it_stands(parse) -> None:
    model = parse("g (float[N,3] x, float[2,N,4] state) => (float[2,N,4] y) { y = Relu(state) }")
    assert shape(bind(model, {}, 5, strict=True), "y") == [2, 5, 4]


def test_a_given_shape_fixes_its_symbols_everywhere(parse) -> None:
    model = parse("g (float[N,T] x, float[N,T,2] m) => (float[N,T,2] y) { y = Relu(m) }")
    assert shape(bind(model, {"x": (3, 7)}, strict=True), "y") == [3, 7, 2]


def test_a_first_dimension_that_is_a_length_is_no_batch(parse) -> None:
    model = parse("g (float[seq_len,3] x) => (float[seq_len,3] y) { y = Relu(x) }")
    assert shape(bind(model, {}, strict=False), "y") == ["seq_len", 3]


def test_strict_names_the_flag_and_the_input_that_is_left_open(parse) -> None:
    model = parse("g (float[N,3,H,W] image) => (float[N,3,H,W] y) { y = Relu(image) }")
    with pytest.raises(ModelError, match=r"(?s)image.*1,3,H,W.*--shape image="):
        bind(model, {}, strict=True)
    assert shape(bind(model, {"image": (1, 3, 8, 9)}, strict=True), "y") == [1, 3, 8, 9]


@pytest.mark.parametrize(
    ("shapes", "message"),
    [({"z": (1,)}, "no such input"), ({"x": (1, 4)}, "does not agree"), ({"x": (1, 3, 1)}, "does not agree")],
)
def test_a_shape_that_does_not_fit_is_wrong_usage(parse, shapes: dict[str, tuple[int, ...]], message: str) -> None:
    model = parse("g (float[N,3] x) => (float[N,3] y) { y = Relu(x) }")
    with pytest.raises(UsageError, match=message):
        bind(model, shapes, strict=True)


def test_one_symbol_cannot_have_two_sizes(parse) -> None:
    model = parse("g (float[A,3] x, float[A,3] z) => (float[A,3] y) { y = Add(x, z) }")
    with pytest.raises(UsageError, match="two sizes, 1 and 2"):
        bind(model, {"x": (1, 3), "z": (2, 3)}, strict=True)


def test_shapes_in_the_file_that_belong_to_another_batch_do_not_stay(parse) -> None:
    model = parse("g (float[N,3] x) => (float[1,3] y) { z = Neg(x) y = Relu(z) }")
    model.graph[0].outputs[0].shape = ir.Shape([1, 3])
    bound = bind(model, {}, 4, strict=True)
    assert shape(bound, "z") == [4, 3]


def test_negative_sizes_are_dynamic(parse) -> None:
    model = parse("g (float[N,3] x) => (float[N,3] y) { y = Relu(x) }")
    model.graph.inputs[0].shape = ir.Shape([-1, 3])
    assert inputs(model) == (ValueInfo("x", "float32", (None, 3)),)
    assert shape(bind(model, {}, 2, strict=True), "y") == [2, 3]


def test_initializers_among_the_inputs_are_not_fed(parse) -> None:
    import numpy as np

    model = parse("g (float[2] x, float[2] w) => (float[2] y) { y = Add(x, w) }", w=np.ones(2, np.float32))
    assert [info.name for info in inputs(model)] == ["x"]
    assert outputs(model) == (ValueInfo("y", "float32", (2,)),)


def test_freezing_leaves_other_dimensions_dynamic(parse) -> None:
    model = parse("g (float[N,H] x, float[N,K] z) => (float[N,H] y) { y = Relu(x) }")
    freeze(model, {"x": (1, 7)})
    assert [info.shape for info in inputs(model)] == [(1, 7), (1, "K")]
