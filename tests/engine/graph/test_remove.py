from __future__ import annotations

import numpy as np

from engine.graph.inference import infer
from engine.graph.remove import remove_dead, remove_identities


def ops(model) -> list[str]:
    return [node.op_type for node in model.graph.all_nodes()]


def test_nodes_that_hand_their_input_on_go(parse) -> None:
    model = parse(
        """g (float[2,3] x) => (float[2,3] y) {
            a = Identity(x) b = Dropout(a) c = Cast<to=1>(b) d = Transpose<perm=[0,1]>(c)
            e = Concat<axis=0>(d) y = Relu(e)
        }"""
    )
    infer(model, forget=False)
    assert remove_identities(model) == 5
    assert ops(model) == ["Relu"]


def test_nodes_that_do_something_stay(parse) -> None:
    model = parse(
        """g (float[2,3] x, bool train) => (float[3,2] y) {
            b = Dropout(x, ratio, train) c = Cast<to=10>(b) d = Cast<to=1>(c) y = Transpose<perm=[1,0]>(d)
        }""",
        ratio=np.float32(0.5),
    )
    infer(model, forget=False)
    assert remove_identities(model) == 0


def test_an_output_keeps_its_name(parse, run_model) -> None:
    model = parse("g (float[2] x) => (float[2] y) { a = Relu(x) y = Identity(a) }")
    assert remove_identities(model) == 1
    assert [value.name for value in model.graph.outputs] == ["y"]
    feeds = {"x": np.asarray([-1, 2], np.float32)}
    assert run_model(model, feeds)[0].tolist() == [0, 2]


def test_an_input_that_is_handed_out_needs_its_node(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y, float[2] z) { y = Identity(x) z = Relu(x) }")
    assert remove_identities(model) == 0


def test_one_value_cannot_be_two_outputs(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y, float[2] z) { y = Relu(x) z = Identity(y) }")
    assert remove_identities(model) == 0


def test_a_body_that_hands_out_an_outer_value_needs_its_node(parse, run_model) -> None:
    model = parse(
        """g (bool c, float[2] x) => (float[2] y) {
            z = Relu(x)
            y = If(c) <then_branch = t () => (float[2] a) { a = Identity(z) },
                else_branch = e () => (float[2] b) { b = Neg(z) }>
        }"""
    )
    remove_identities(model)
    feeds = {"x": np.asarray([1, 2], np.float32), "c": np.asarray(True)}
    assert run_model(model, feeds)[0].tolist() == [1, 2]


def test_what_nothing_uses_goes_with_what_only_that_used(parse) -> None:
    model = parse(
        """g (bool c, float[2] x, float[2] spare) => (float[2] y) {
            only = Neg(x)
            dead = If(c) <then_branch = t () => (float[2] a) { a = Abs(only) },
                else_branch = e () => (float[2] b) { b = Exp(only) }>
            y = Add(x, w)
        }""",
        w=np.ones(2, np.float32),
        unused=np.ones(2, np.float32),
    )
    assert remove_dead(model) == (2, 1)
    assert ops(model) == ["Add"]
    assert [value.name for value in model.graph.inputs] == ["c", "x", "spare"]


def test_dead_nodes_in_a_body_go(parse) -> None:
    model = parse(
        """g (bool c, float[2] x) => (float[2] y) {
            y = If(c) <then_branch = t () => (float[2] a) { d = Neg(x) a = Abs(x) },
                else_branch = e () => (float[2] b) { b = Exp(x) }>
        }"""
    )
    assert remove_dead(model) == (1, 0)
