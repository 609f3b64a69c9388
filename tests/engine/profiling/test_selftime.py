from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.backend import ExecutedNode, KernelEvent, Trace
from engine.profiling.selftime import KernelRuns, kernel_runs, kernel_sum_us, self_times


def event(name: str, start_us: float, duration_us: float, thread: int = 1) -> KernelEvent:
    return KernelEvent(name, name, "CPU", start_us, duration_us, thread)


def spent(events: list[KernelEvent], bodies: dict[str, set[str]]) -> list[tuple[str, str, float]]:
    return [(e.name, parent, us) for e, parent, us in self_times(events, bodies)]


def test_the_time_of_a_body_is_taken_out_of_its_loop() -> None:
    bodies = {"loop": {""}, "add": {"loop"}, "after": {""}}
    events = [event("add", 11, 3), event("add", 15, 2), event("loop", 10, 10), event("after", 20, 5)]
    assert spent(events, bodies) == [
        ("loop", "", 5.0),
        ("add", "loop", 3.0),
        ("add", "loop", 2.0),
        ("after", "", 5.0),
    ]


def test_nesting_counts_once_at_every_depth() -> None:
    bodies = {"outer": {""}, "inner": {"outer"}, "leaf": {"inner"}}
    events = [event("leaf", 2, 4), event("inner", 1, 6), event("outer", 0, 10)]
    assert spent(events, bodies) == [("outer", "", 4.0), ("inner", "outer", 2.0), ("leaf", "inner", 4.0)]


def test_a_kernel_beside_a_branch_is_not_in_it() -> None:
    bodies = {"choice": {""}, "yes": {"choice"}, "before": {""}}
    events = [event("before", 10, 0), event("yes", 10, 3), event("choice", 10, 4)]
    assert ("before", "", 0.0) in spent(events, bodies)
    assert ("choice", "", 1.0) in spent(events, bodies)


def test_another_thread_is_another_matter() -> None:
    bodies = {"choice": {""}, "yes": {"choice"}}
    assert ("choice", "", 4.0) in spent([event("yes", 1, 2, thread=2), event("choice", 0, 4)], bodies)


def test_runs_are_apart_and_a_kernel_that_did_not_run_took_no_time() -> None:
    executed = (ExecutedNode("a", "a", (), ()), ExecutedNode("b", "b", (), ()))
    trace = Trace((((event("a", 0, 9),)), (event("a", 0, 1), event("b", 1, 2)), (event("a", 0, 3),)), (), executed)
    a, b = kernel_runs(trace, [1, 2])
    assert (a.name, a.self_us.tolist(), b.self_us.tolist()) == ("a", [1.0, 3.0], [2.0, 0.0])


@given(st.lists(st.tuples(st.floats(0, 100), st.floats(0, 100), st.floats(0, 100)), min_size=1, max_size=20))
def test_the_kernel_sum_is_never_more_than_the_median_run(rows: list[tuple[float, float, float]]) -> None:
    columns = np.array(rows).T
    kernels = [KernelRuns(str(n), "", "", "", column) for n, column in enumerate(columns)]
    walls = columns.sum(axis=0)
    assert kernel_sum_us(kernels) <= float(np.median(walls)) * (1 + 1e-9)
