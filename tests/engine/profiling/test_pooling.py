from __future__ import annotations

import numpy as np

from engine.backend import ExecutedNode
from engine.profiling.pooling import pooled, renamed, renaming
from engine.profiling.selftime import KernelRuns


def executed(first: int, second: int) -> tuple[ExecutedNode, ...]:
    """Two convolutions, each with a reordered input and output, under numbers as the runtime hands them out."""
    return (
        ExecutedNode(f"ReorderInput_token_{first}", "ReorderInput", ("x",), (f"reorder_token_{first}",)),
        ExecutedNode("~one~_nchwc", "Conv", (f"reorder_token_{first}", "u"), (f"reorder_token_{first + 10}",)),
        ExecutedNode(f"ReorderOutput_token_{first}", "ReorderOutput", (f"reorder_token_{first + 10}",), ("a",)),
        ExecutedNode(f"ReorderInput_token_{second}", "ReorderInput", ("z",), (f"reorder_token_{second}",)),
        ExecutedNode("~two~_nchwc", "Conv", (f"reorder_token_{second}", "v"), (f"reorder_token_{second + 10}",)),
        ExecutedNode(f"ReorderOutput_token_{second}", "ReorderOutput", (f"reorder_token_{second + 10}",), ("b",)),
    )


def runs(name: str, *self_us: float) -> KernelRuns:
    return KernelRuns(name, "", "Op", "P", np.array(self_us))


def test_the_same_numbers_on_other_kernels_do_not_mix_them_up() -> None:
    one, two = executed(1, 2), executed(2, 1)
    names = renaming(one, two)
    assert names is not None
    assert names["", "ReorderOutput_token_2"] == ("", "ReorderOutput_token_1")
    assert names["", "ReorderInput_token_1"] == ("", "ReorderInput_token_2")
    assert names["", "~one~_nchwc"] == ("", "~one~_nchwc")


def test_another_order_of_independent_kernels_is_the_same_graph() -> None:
    one = executed(1, 2)
    names = renaming(one, (*executed(5, 6)[3:], *executed(5, 6)[:3]))
    assert names is not None
    assert set(names.values()) == {("", node.name) for node in one}


def test_another_graph_is_told() -> None:
    one = executed(1, 2)
    assert renaming(one, one[:-1]) is None
    assert renaming(one, (*one[:-1], ExecutedNode("~two~", "Relu", ("reorder_token_12",), ("b",)))) is None


def test_kernels_of_bodies_are_told_by_the_node_that_holds_them() -> None:
    def loops(number: int) -> tuple[ExecutedNode, ...]:
        body = [
            (
                ExecutedNode(f"~{name}~", "Loop", ("n",), (f"out_{name}",)),
                ExecutedNode(f"Cast_token_{number + n}", "Cast", ("s",), ("t",), (), f"~{name}~"),
            )
            for n, name in enumerate("ab")
        ]
        return (*body[0], *body[1])

    names = renaming(loops(1), loops(2))
    assert names is not None
    assert names["~a~", "Cast_token_2"] == ("~a~", "Cast_token_1")


def test_runs_of_all_sessions_stand_one_after_the_other_and_a_kernel_that_did_not_run_took_nothing() -> None:
    first, second = (runs("a", 1, 2), runs("b", 3, 4)), (runs("c", 7), runs("a", 5))
    second = renamed(second, {("", "c"): ("", "b")})
    found = {kernel.name: kernel.self_us.tolist() for kernel in pooled([(first, 2), (second, 1), ((runs("a", 9),), 1)])}
    assert found == {"a": [1, 2, 5, 9], "b": [3, 4, 7, 0]}
