from __future__ import annotations

import numpy as np
import onnx_ir as ir

from engine.graph.inference import infer


def dims(value: ir.Value) -> list[object] | None:
    return None if value.shape is None else [d if isinstance(d, int) else d.value for d in value.shape]


def test_follows_the_arithmetic_on_shapes_that_exporters_write(parse) -> None:
    """What torch makes of F.pad: the library alone loses the shape at the Pad."""
    model = parse(
        """g (float[1,16,8,8] x) => (float[1,16,24,8] y) {
            p = Constant<value = int64[4] {0,0,8,8}>()
            n = ConstantOfShape<value = int64[1] {0}>(four)
            all = Concat<axis=0>(p, n)
            pairs = Reshape(all, two)
            turned = Slice(pairs, minus, low, axis, minus)
            order = Transpose<perm=[1,0]>(turned)
            flat = Reshape(order, one)
            pads = Cast<to=7>(flat)
            z = Pad(x, pads)
            y = Relu(z)
        }""",
        four=np.asarray([4]),
        two=np.asarray([-1, 2]),
        minus=np.asarray([-1]),
        low=np.asarray([-9223372036854775807]),
        axis=np.asarray([0]),
        one=np.asarray([-1]),
    )
    model.graph.outputs[0].shape = None
    infer(model, forget=True)
    assert dims(model.graph[-1].outputs[0]) == [1, 16, 24, 8]


def test_reaches_into_bodies(parse) -> None:
    model = parse(
        """g (bool c, float[2,3] x) => (float[N,M] y) {
            y = If(c) <then_branch = t () => (float[N,M] a) { a = Neg(x) },
                else_branch = e () => (float[N,M] b) { b = Abs(x) }>
        }"""
    )
    infer(model, forget=True)
    assert [dims(node.outputs[0]) for node in model.graph.all_nodes()] == [[2, 3]] * 3


def test_a_node_that_nobody_knows_leaves_the_rest_inferred(parse) -> None:
    model = parse(
        "g (float[2,3] x) => (float[3,2] y, float z) { y = Transpose(x) z = my.Thing(x) }", domains=', "my" : 1'
    )
    infer(model, forget=True)
    assert dims(model.graph[0].outputs[0]) == [3, 2]


def test_a_contradiction_in_the_graph_is_no_error(parse) -> None:
    model = parse("g (float[2,3] x) => (float[2,3] y) { a = Conv(x, w) y = Relu(x) }", w=np.ones((4, 4, 3, 3), "f4"))
    infer(model, forget=True)
    assert dims(model.graph[1].outputs[0]) == [2, 3]


def test_weights_over_2_gb_are_never_read(parse) -> None:
    model = parse("g (float[1,30000] x) => (float[1,N] y) { h = MatMul(x, w) y = Relu(h) }")
    weight = ir.ExternalTensor(
        "missing.bin", 0, 3_600_000_000, ir.DataType.FLOAT, shape=ir.Shape([30000, 30000]), name="w"
    )
    value = model.graph[0].inputs[1]
    assert value is not None
    value.const_value, value.shape, value.type = weight, weight.shape, ir.TensorType(ir.DataType.FLOAT)
    model.graph.initializers.add(value)
    infer(model, forget=True)
    assert dims(model.graph[1].outputs[0]) == [1, 30000]
    assert value.const_value is weight
