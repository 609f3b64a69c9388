from __future__ import annotations

from typing import get_args

import pytest

from engine.backend import ExecutedNode, KernelEvent, Trace
from engine.profiling.onnxruntime.trace import arena_bytes, kernel_events
from engine.profiling.selftime import kernel_runs, sums_us
from tests.engine.profiling.onnxruntime.synthesised import Did, Launch, Layout, profiler_file

CPU = "CPUExecutionProvider"
CHAIN = (
    Launch("to_device", "MemcpyFromHost", 20, 9, (Did("MemcpyHostToDevice", 4),)),
    Launch("conv", "Conv", 40, 12, (Did("implicit_convolve_sgemm", 110), Did("add_bias", 15, 140))),
    Launch("view", "Reshape", 60, 3),
    Launch("relu", "Relu", 70, 5, (Did("_UnaryElementWise", 9),)),
    Launch("to_host", "MemcpyToHost", 80, 150, (Did("MemcpyDeviceToHost", 6),)),
    Launch("top", "TopK", 240, 30, provider=CPU),
)
LAYOUTS = get_args(Layout)


def by_name(events: tuple[KernelEvent, ...]) -> dict[str, KernelEvent]:
    return {event.name: event for event in events}


@pytest.mark.parametrize("layout", LAYOUTS)
def test_kernels_have_the_device_s_times_in_every_layout(layout: Layout) -> None:
    runs, clock = kernel_events(profiler_file(CHAIN, layout))
    assert (clock, len(runs)) == ("device", 2)
    for run in runs:
        took = {name: event.duration_us for name, event in by_name(run).items()}
        assert took == {
            "to_device": 4,
            "conv": 125,
            "view": 0,
            "relu": 9,
            "to_host": 6,
            "top": 30,
            "MemcpyHostToDevice": 7,
            "MemcpyDeviceToHost": 5,
        }


@pytest.mark.parametrize("layout", LAYOUTS)
def test_each_kernel_says_where_it_ran_and_what_did_it(layout: Layout) -> None:
    runs, _ = kernel_events(profiler_file(CHAIN, layout))
    found = by_name(runs[1])
    assert found["conv"].implementation == "implicit_convolve_sgemm and 1 more"
    assert found["conv"].provider == "CUDAExecutionProvider" and found["conv"].thread < 0
    assert (found["top"].provider, found["top"].thread, found["top"].implementation) == (CPU, 8, "")
    assert found["MemcpyHostToDevice"].provider == ""


def test_what_the_device_did_while_the_session_was_made_is_no_run_s() -> None:
    for layout in LAYOUTS:
        runs, _ = kernel_events(profiler_file(CHAIN, layout))
        assert all(event.duration_us != 500 for run in runs for event in run)


def test_without_device_events_times_are_the_processor_s() -> None:
    events = [event for event in profiler_file(CHAIN, "by end") if event["cat"] != "Kernel"]
    runs, clock = kernel_events(events)
    assert clock == "host"
    assert [event.duration_us for event in runs[0]] == [launch.dur for launch in CHAIN]
    sorted_runs, _ = kernel_events(sorted(events, key=lambda event: int(event["ts"])))
    assert sorted_runs == runs


@pytest.mark.parametrize("layout", LAYOUTS)
def test_a_node_with_a_body_keeps_what_its_body_did_not_take(layout: Layout) -> None:
    launches = (
        Launch("inner", "Relu", 50, 30, (Did("_UnaryElementWise", 9),)),
        Launch("if", "If", 40, 100, provider=CPU),
    )
    runs, _ = kernel_events(profiler_file(launches, layout))
    executed = (ExecutedNode("if", "If", (), ()), ExecutedNode("inner", "Relu", (), (), (), "if"))
    trace = Trace(runs, (900.0, 900.0), executed, clock="device")
    found = {kernel.name: kernel.median_us for kernel in kernel_runs(trace, range(2))}
    assert (found["if"], found["inner"]) == (70, 9)
    assert max(sums_us(kernel_runs(trace, range(2)))) <= 900


def test_time_whose_owner_is_not_known_is_kept_apart() -> None:
    """Files that are written by end lose the parent of a node that has a body."""
    launches = (
        Launch("inner", "Relu", 50, 30, (Did("_UnaryElementWise", 9),)),
        Launch("loop", "Loop", 40, 100, (Did("MemcpyDeviceToHost", 3),)),
    )
    runs, _ = kernel_events(profiler_file(launches, "by end"))
    found = by_name(runs[0])
    assert found["inner"].duration_us == 9
    assert sum(event.duration_us for event in runs[0] if not event.provider) == 3 + 7 + 5


def test_a_launch_is_not_taken_for_the_work() -> None:
    """The check of the checks: the same file read as if it were a processor's gives other numbers."""
    events = profiler_file(CHAIN, "by end")
    device, _ = kernel_events(events)
    host, _ = kernel_events([event for event in events if event["cat"] != "Kernel"])
    assert by_name(device[0])["conv"].duration_us != by_name(host[0])["conv"].duration_us


def test_the_most_that_the_arena_held() -> None:
    def kernel(**args: str) -> dict[str, object]:
        return {"cat": "Node", "name": "a_kernel_time", "args": args}

    assert arena_bytes([kernel(mem_arena_held="1024"), kernel(mem_arena_held="4096"), kernel()]) == 4096
    assert arena_bytes([kernel(op_name="Conv")]) is None
    assert arena_bytes([]) is None
