from __future__ import annotations

from engine.pytorch.alignment import Step, Target, align, fits


def targets(text: str) -> list[Target]:
    """``Conv@conv1 Relu@`` as nodes."""
    return [Target(*part.split("@")) for part in text.split()]


def steps(text: str) -> list[Step]:
    return [Step(op, module or None) for op, module in (part.split("@") for part in text.split())]


def test_operators_meet_their_nodes_in_order() -> None:
    nodes = targets("Conv@c1 Relu@ Conv@c2 Add@ Relu@")
    assert align(steps("conv2d@ relu_@ _convolution@ add@ relu@"), nodes) == [0, 1, 2, 3, 4]


def test_what_was_folded_belongs_to_the_one_before() -> None:
    assert align(steps("conv2d@ batch_norm@ relu@"), targets("Conv@ Relu@")) == [0, 0, 1]


def test_what_comes_before_any_pair_belongs_to_the_next() -> None:
    assert align(steps("to@ conv2d@"), targets("Relu@ Conv@")) == [1, 1]


def test_of_a_decomposed_operator_the_last_node_is_taken() -> None:
    nodes = targets("ReduceMean@n Sub@n Pow@n Mul@n Add@n Gemm@fc")
    assert align(steps("layer_norm@n linear@fc"), nodes) == [4, 5]


def test_modules_tell_equal_operators_apart() -> None:
    nodes = targets("Conv@a.c Relu@a Conv@b.c Relu@b")
    assert align(steps("conv1d@a.c relu@"), nodes) == [0, 1]
    assert align(steps("conv1d@b.c relu@"), nodes) == [2, 3]


def test_without_any_node_there_is_no_partner() -> None:
    assert align(steps("relu@"), []) == [None]
    assert align([], targets("Relu@")) == []


def test_names_of_the_program_s_own_graph_fit() -> None:
    assert fits(Step("lstm_cell"), Target("lstm_cell", ""))
    assert fits(Step("hardswish_"), Target("HardSwish", ""))
    assert not fits(Step("relu"), Target("Conv", ""))


def test_long_sequences_are_aligned_in_parts(monkeypatch) -> None:
    monkeypatch.setattr("engine.pytorch.alignment.MOST_CELLS", 100)
    nodes = targets("Conv@ Relu@ " * 40)
    assert align(steps("conv2d@ relu@ " * 40), nodes) == list(range(80))
