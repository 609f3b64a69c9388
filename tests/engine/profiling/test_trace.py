from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest

from engine.backend import KernelEvent, RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import UsageError
from engine.profiling.child import Child
from engine.profiling.measure import profile_with_timeline
from engine.profiling.profile import KernelTiming, Latency, Profile
from engine.profiling.raw import Timeline
from engine.profiling.trace import chrome_trace, write_trace
from engine.progress import Progress
from tests.engine.profiling.helpers import floats, parsed


def check(trace: dict[str, Any]) -> None:
    """What a reader of the trace event format relies on."""
    assert set(trace) == {"traceEvents", "displayTimeUnit", "otherData"} and trace["displayTimeUnit"] in ("ms", "ns")
    slices = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    named = {event["tid"] for event in trace["traceEvents"] if event["name"] == "thread_name"}
    for event in trace["traceEvents"]:
        assert event["ph"] in ("M", "X", "C") and isinstance(event["name"], str)
        assert isinstance(event["pid"], int) and isinstance(event["tid"], int)
        assert isinstance(event["args"], dict)
        assert math.isfinite(event["ts"]) and event["ts"] >= 0
    for event in slices:
        assert math.isfinite(event["dur"]) and event["dur"] >= 0 and event["cat"]
        assert event["tid"] in named
    for event in trace["traceEvents"]:
        if event["ph"] == "C":
            assert all(isinstance(value, int) for value in event["args"].values())
    assert [event["ts"] for event in slices] == sorted(event["ts"] for event in slices)
    json.dumps(trace, allow_nan=False)


def made(**changes: Any) -> tuple[Timeline, Profile]:
    """A run of a model that a GPU runs but for one kernel, which is on the processor."""
    rows = [  # name, op, provider, start, duration, stream, lead, inserted, fallback, copy
        ("conv", "Conv", "CUDAExecutionProvider", 0.0, 10.0, 7, "c", False, False, False),
        ("m0", "MemcpyToHost", "CUDAExecutionProvider", 12.0, 3.0, 7, "n", True, False, True),
        ("nms", "NonMaxSuppression", "CPUExecutionProvider", 16.0, 20.0, 1, "n", False, True, False),
        ("reorder", "ReorderInput", "CUDAExecutionProvider", 11.0, 1.0, 7, "c", True, False, False),
    ]
    timeline = Timeline(
        tuple(KernelEvent(name, op, provider, start, us, stream) for name, op, provider, start, us, stream, *_ in rows),
        tuple((row[6],) for row in rows),
        tuple(row[6] for row in rows),
        tuple(row[7] for row in rows),
    )
    kernels = tuple(
        KernelTiming(n, op, p, (lead,), lead, us, us, 0.1, inserted, fallback=fallback, copy=copy)
        for n, op, p, _, us, _, lead, inserted, fallback, copy in rows
    )
    profile = Profile(
        device="cuda:0", threads=2, batch=1, runs=1, latency_ms=Latency(1.0, 1.0, 1.0, 1.0), throughput_per_s=1.0,
        kernel_sum_ms=0.034, profiled_ms=0.04, profiler_overhead=0.0, attributed_share=1.0, peak_memory_bytes=0,
        noisy=False, inputs="synthetic", kernels=kernels, layers=(), **changes,
    )  # fmt: skip
    return timeline, profile


def test_a_trace_has_every_kernel_of_one_run_with_its_layers(tmp_path: Path) -> None:
    model = parsed(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[4,64] x) => (float[4,64] y) '
        "{ [product] a = MatMul(x, w) [bias] b = Add(a, v) [sin] y = Sin(b) }",
        {"w": floats(64, 64), "v": floats(64)},
    )
    settings = RunSettings(threads=1, runs=5)
    with Child() as child:
        profile, timeline = profile_with_timeline(
            model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, 1), Progress()
        )
    write_trace(tmp_path / "t.json", timeline, profile)
    trace = json.loads((tmp_path / "t.json").read_text())
    check(trace)
    kernels = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert [event["args"]["layers"] for event in kernels] == [["product", "bias"], ["sin"]]
    assert [event["args"]["lead"] for event in kernels] == ["product", "sin"]
    assert kernels[0]["ts"] == 0
    assert kernels[1]["ts"] >= kernels[0]["dur"]
    with pytest.raises(UsageError, match="does not exist"):
        write_trace(tmp_path / "missing" / "t.json", timeline, profile)


def test_what_fell_back_was_copied_or_inserted_stands_out() -> None:
    trace = chrome_trace(*made())
    check(trace)
    names = {event["tid"]: event["args"]["name"] for event in trace["traceEvents"] if event["name"] == "thread_name"}
    slices = {event["args"]["kernel"]: event for event in trace["traceEvents"] if event["ph"] == "X"}
    assert names[slices["conv"]["tid"]] == "CUDAExecutionProvider, thread 7"
    assert names[slices["reorder"]["tid"]] == names[slices["conv"]["tid"]]
    assert names[slices["m0"]["tid"]] == "copies between devices, thread 7"
    assert names[slices["nms"]["tid"]] == "CPUExecutionProvider, fallback, thread 1"
    assert slices["reorder"]["name"] == "reorder [inserted]" and slices["conv"]["name"] == "conv"
    assert slices["m0"]["cat"] == "MemcpyToHost,inserted,copy"
    assert slices["nms"]["args"]["fallback"] and not slices["nms"]["args"]["copy"]


@pytest.mark.parametrize(("clock", "said"), [("host", "processor clock"), ("device", "device clock")])
def test_the_clock_is_named(clock: str, said: str) -> None:
    trace = chrome_trace(*made(kernel_clock=clock))
    check(trace)
    assert said in trace["traceEvents"][0]["args"]["name"]


def test_live_activations_are_a_counter_that_ends_at_nothing() -> None:
    trace = chrome_trace(*made(), live_bytes={"c": 4096, "n": 128})
    check(trace)
    steps = [(event["ts"], event["args"]["bytes"]) for event in trace["traceEvents"] if event["ph"] == "C"]
    assert steps == [(0.0, 4096), (11.0, 4096), (12.0, 128), (16.0, 128), (36.0, 0)]
    assert not [event for event in chrome_trace(*made())["traceEvents"] if event["ph"] == "C"]
