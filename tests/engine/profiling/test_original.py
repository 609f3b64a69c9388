from __future__ import annotations

import numpy as np

from engine.profiling.original import Original
from tests.engine.profiling.helpers import parsed

HEAD = '<ir_version: 8, opset_import: ["" : 17]>'


def original(text: str, **arrays: np.ndarray) -> Original:
    return Original.of(parsed(HEAD + text, arrays))


def test_identity_and_dropout_hand_their_input_on() -> None:
    found = original("g (float[2] x) => (float[2] y) { a = Relu(x) b = Identity(a) c, mask = Dropout(b) y = Neg(c) }")
    relu, identity, dropout, neg = found.nodes
    assert found.one(dropout.outputs[0]) is relu.outputs[0]
    assert found.producer(neg.inputs[0]) is relu  # type: ignore[arg-type]
    assert found.consumers(relu.outputs[0]) == (neg,)
    assert found.one(identity.outputs[0]) is relu.outputs[0]


def test_what_is_computed_twice_is_one_value() -> None:
    found = original(
        "g (float[2] x) => (float[2] y) { a = Add(x, p) b = Add(x, q) c = Add(x, r) d = Mul(a, b) y = Mul(d, c) }",
        p=np.ones(1, np.float32),
        q=np.ones(1, np.float32),
        r=np.full(1, 2, np.float32),
    )
    a, b, c = (node.outputs[0] for node in found.nodes[:3])
    assert found.one(b) is a
    assert found.one(c) is c, "another constant, another value"


def test_attributes_and_randomness_make_a_difference() -> None:
    found = original(
        "g (float[2,2] x) => (float[2,2] y) { a = Softmax<axis=0>(x) b = Softmax<axis=1>(x) "
        "c = RandomNormalLike(x) d = RandomNormalLike(x) e = Add(a, b) f = Add(c, d) y = Add(e, f) }"
    )
    a, b, c, d = (node.outputs[0] for node in found.nodes[:4])
    assert found.one(b) is b
    assert found.one(d) is d
    assert not {found.nodes[2], found.nodes[3]} & found.static
    assert (a, c) == (found.one(a), found.one(c))


def test_static_is_what_reads_constants_only() -> None:
    found = original(
        "g (float[2] x) => (float[2] y) { k = Constant<value_float=2.0>() a = Neg(w) b = Mul(a, k) y = Add(x, b) }",
        w=np.ones(2, np.float32),
    )
    assert [node.op_type for node in found.nodes if node in found.static] == ["Constant", "Neg", "Mul"]


def test_an_initializer_that_can_be_overridden_is_not_constant() -> None:
    model = parsed(HEAD + "g (float[2] x, float[2] w) => (float[2] y) { a = Neg(w) y = Add(x, a) }")
    weight = parsed(HEAD + "h (float[2] x) => (float[2] y) { y = Add(x, w) }", {"w": np.ones(2, np.float32)})
    model.graph.inputs[1].const_value = weight.graph.initializers["w"].const_value
    model.graph.register_initializer(model.graph.inputs[1])
    assert Original.of(model).static == frozenset()
