from __future__ import annotations

import numpy as np

from engine.graph.fold_constants import fold_constants, lift_constants
from engine.graph.inference import infer


def ops(model) -> list[str]:
    return [node.op_type for node in model.graph.all_nodes()]


def test_constants_become_initializers_in_bodies_too(parse, run_model) -> None:
    model = parse(
        """g (bool c, float[2] x) => (float[2] y) {
            k = Constant<value = float {2.0}>()
            z = Mul(x, k)
            y = If(c) <then_branch = t () => (float[2] a) { one = Constant<value_float = 1.0>() a = Add(z, one) },
                       else_branch = e () => (float[2] b) { b = Neg(z) }>
        }"""
    )
    feeds = {"x": np.asarray([1, 2], np.float32), "c": np.asarray(True)}
    before = run_model(model, feeds)
    assert lift_constants(model) == 2
    assert "Constant" not in ops(model)
    np.testing.assert_array_equal(run_model(model, feeds)[0], before[0])


def test_a_constant_that_is_an_output_stays(parse) -> None:
    model = parse("g (float[1] x) => (float y) { z = Neg(x) y = Constant<value = float {2.0}>() }")
    assert lift_constants(model) == 0


def test_lifting_does_not_rename_the_tensor_of_the_source(parse) -> None:
    model = parse("g (float[1] x) => (float[1] y) { k = Constant<value = float {2.0}>() y = Mul(x, k) }")
    tensor = model.graph[0].attributes["value"].as_tensor()
    name = tensor.name
    lift_constants(model.clone())
    assert tensor.name == name


def test_computes_what_depends_on_constants_and_known_shapes(parse) -> None:
    model = parse(
        """g (float[2,3,4] x) => (float[2,12] y) {
            s = Shape(x) first = Gather(s, zero) f1 = Unsqueeze(first, axis) target = Concat<axis=0>(f1, rest)
            y = Reshape(x, target)
        }""",
        zero=np.asarray(0),
        axis=np.asarray([0]),
        rest=np.asarray([-1]),
    )
    infer(model, forget=False)
    assert sum(fold_constants(model) for _ in range(2)) == 4
    assert ops(model) == ["Reshape"]
    assert model.graph.initializers["target"].const_value.numpy().tolist() == [2, -1]


def test_a_scalar_stays_a_scalar(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { a = Add(p, q) y = Mul(x, a) }", p=np.float32(1), q=np.float32(2))
    assert fold_constants(model) == 1
    assert model.graph.initializers["a"].const_value.numpy().shape == ()


def test_the_shape_of_a_dynamic_value_stays(parse) -> None:
    model = parse("g (float[N,3] x) => (int64[2] y) { s = Shape(x) y = Neg(s) }")
    infer(model, forget=False)
    assert fold_constants(model) == 0


def test_quantization_stays(parse) -> None:
    model = parse(
        "g (float[4] x) => (float[4] y) { q = QuantizeLinear(w, s) d = DequantizeLinear(q, s) y = Add(x, d) }",
        w=np.ones(4, np.float32),
        s=np.float32(0.1),
    )
    assert fold_constants(model) == 0


def test_what_would_make_the_file_grow_stays(parse) -> None:
    model = parse(
        "g (float[1] x) => (float[1000,1000] y) { big = ConstantOfShape(n) y = Add(x, big) }",
        n=np.asarray([1000, 1000]),
    )
    infer(model, forget=False)
    assert fold_constants(model) == 0


def test_an_initializer_that_can_be_fed_is_no_constant(parse) -> None:
    model = parse("g (float[2] x, float[2] w) => (float[2] y) { z = Neg(w) y = Add(x, z) }", w=np.ones(2, np.float32))
    assert fold_constants(model) == 0


def test_what_doubles_again_and_again_is_left_alone(parse) -> None:
    chain = " ".join(f"v{k + 1} = Concat<axis = 0>(v{k}, v{k})" for k in range(40))
    model = parse(f"g (float[2] x) => (float[2] y) {{ {chain} r = ReduceSum<keepdims = 0>(v40) y = Add(x, r) }}",
                  v0=np.ones(1, np.float32))  # fmt: skip
    fold_constants(model)
    assert max(value.const_value.nbytes for value in model.graph.initializers.values()) <= 64 * 1024
