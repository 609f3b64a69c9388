"""What ONNX Runtime's profiler writes, as kernel events per run of the model.

The file is a list of complete events. ``Node`` events ("<name>_kernel_time") are the processor's time in a kernel;
``Session`` events ("model_run", "SequentialExecutor::Execute") contain them. Up to 1.31 events are written in the order
in which they end, so a run's comes after its kernels; later sources sort them by their begin (``profiler.cc``), so it
comes before. Times are whole microseconds, rounded down.

On a device that works by itself a Node event is only the launch. A build with CUPTI (``--enable_cuda_profiling``) adds
``Kernel`` events: one for each function or copy that the device ran, with the device's own begin and duration, ``pid``
and ``tid`` -1 and ``stream``, ``grid_*`` and ``block_*`` among its ``args``. Whose work it is:

- ``parent_name`` (``GPUProfilerBase::MergeEvents`` in ``gpu_profiler_common.h``): the event is written right after the
  one of that name. Where the parent was not found (a node with a body, since the search supposes sorted events), there
  is no such argument, and the time has no owner.
- ``ort_correlation_id`` (``plugin/cuda_profiler_plugin.cc``): all are written at the end. The number is the begin of
  the parent's event plus one offset for the whole file, microseconds of the system's clock, and ``ort_event_name`` its
  name; the offset is the one under which most events meet a parent of their name.

A node's device time is the sum over its functions and copies. What the device did for a run as a whole (the copies of
inputs and outputs) and what has no owner are events of their own, of the run in which they began; what the device did
while the session was made is left out.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from engine.backend import KernelEvent

CPU = "CPUExecutionProvider"
_SUFFIX = "_kernel_time"
_RUN = "model_run"
_WHOLE_RUN = (_RUN, "SequentialExecutor::Execute")

Clock = Literal["host", "device"]


@dataclass(slots=True)
class _Node:
    """A node's event and what the device did for it."""

    event: dict[str, Any]
    device: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class _Run:
    """``begins`` are those of the events of the run as a whole; ``device`` is what the device did without a node."""

    nodes: list[_Node] = field(default_factory=list)
    begins: list[int] = field(default_factory=list)
    begin: int = 0
    end: int = 0
    device: list[dict[str, Any]] = field(default_factory=list)


def kernel_events(events: Sequence[dict[str, Any]]) -> tuple[tuple[tuple[KernelEvent, ...], ...], Clock]:
    """The kernel events of each run, and whose clock they are on."""
    runs = _runs(events)
    if not any(_is_device(event) for event in events):
        return tuple(tuple(_host(node.event) for node in run.nodes) for run in runs), "host"
    _give_device(events, runs)
    return tuple(tuple(_on_device(run)) for run in runs), "device"


def arena_bytes(events: Sequence[dict[str, Any]]) -> int | None:
    """The most that the arena held when a kernel ended, as 1.31 and later write it; None without an arena."""
    held = (int(event["args"].get("mem_arena_held", 0)) for event in events if _is_node(event))
    return max(held, default=0) or None


def _runs(events: Sequence[dict[str, Any]]) -> list[_Run]:
    """The runs with the processor's events."""
    found: list[_Run] = []
    run = _Run()
    begins_first = next((_is_run(event) for event in events if _is_run(event) or _is_node(event)), False)
    for event in events:
        if _is_node(event):
            run.nodes.append(_Node(event))
        elif event.get("cat") == "Session" and event["name"] in _WHOLE_RUN:
            if begins_first and _is_run(event):
                run = _Run()
            run.begins.append(int(event["ts"]))
            if _is_run(event):
                run.begin, run.end = int(event["ts"]), int(event["ts"] + event["dur"])
                found.append(run)
                run = run if begins_first else _Run()
    return found


def _give_device(events: Sequence[dict[str, Any]], runs: Sequence[_Run]) -> None:
    """Hand what the device did to the nodes and runs that it did it for, else to the run in which it began."""
    owners = _correlated(events, runs)
    nodes = {id(node.event): node for run in runs for node in run.nodes}
    parent: dict[str, Any] = {}
    for event in events:
        if not _is_device(event):
            parent = event
            continue
        args = event.get("args") or {}
        owner: _Node | _Run | None = owners.get(id(event))
        if owner is None and parent and args.get("parent_name") == parent["name"]:
            owner = nodes.get(id(parent))
        if owner is None:
            owner = next((run for run in runs if run.begin <= int(event["ts"]) <= run.end), None)
        if owner is not None:
            owner.device.append(event)


def _correlated(events: Sequence[dict[str, Any]], runs: Sequence[_Run]) -> dict[int, _Node | _Run]:
    """By the identity of a device's event the node or run that it names by a number."""
    correlated = [event for event in events if _is_device(event) and "ort_correlation_id" in event["args"]]
    nodes = {(int(node.event["ts"]), str(node.event["name"])): node for run in runs for node in run.nodes}
    begins: dict[str, list[int]] = {}
    for begin, name in nodes:
        begins.setdefault(name, []).append(begin)
    named = [event["args"] for event in correlated if event["args"].get("ort_event_name") in begins]
    votes: Counter[int] = Counter()
    for args in named[:: max(1, len(named) // 20)]:
        votes.update(int(args["ort_correlation_id"]) - begin for begin in begins[args["ort_event_name"]])
    offset = votes.most_common(1)[0][0] if votes else 0
    whole = {begin: run for run in runs for begin in run.begins}
    found: dict[int, _Node | _Run] = {}
    for event in correlated:
        begin = int(event["args"]["ort_correlation_id"]) - offset
        owner = nodes.get((begin, event["args"].get("ort_event_name", ""))) or whole.get(begin)
        if owner is not None:
            found[id(event)] = owner
    return found


def _host(event: dict[str, Any]) -> KernelEvent:
    args = event["args"]
    return KernelEvent(
        event["name"].removesuffix(_SUFFIX),
        args.get("op_name", ""),
        args.get("provider", ""),
        float(event["ts"]),
        float(event["dur"]),
        int(event["tid"]),
    )


def _on_device(run: _Run) -> Iterator[KernelEvent]:
    """Device times where the device worked, the processor's own for kernels that ran there."""
    own = _own_us([node.event for node in run.nodes])
    for node, own_us in zip(run.nodes, own, strict=True):
        host = _host(node.event)
        if node.device:
            yield _device_event(host, node.device)
        elif host.provider == CPU:
            # The end stays: so a control-flow node, whose body's time is taken out here, does not seem to contain it.
            yield replace(host, start_us=host.start_us + host.duration_us - own_us, duration_us=own_us)
        else:  # launched nothing: a view of its input, or what the device does with the next kernel
            yield replace(host, duration_us=0.0)
    for event in run.device:
        name = event["name"]
        yield _device_event(KernelEvent(name, name, "", 0.0, 0.0, -1), [event])


def _device_event(host: KernelEvent, device: Sequence[dict[str, Any]]) -> KernelEvent:
    longest = max(device, key=lambda event: int(event["dur"]))
    more = f" and {len(device) - 1} more" if len(device) > 1 else ""
    return replace(
        host,
        start_us=float(min(event["ts"] for event in device)),
        duration_us=float(sum(event["dur"] for event in device)),
        thread=-1 - int(longest["args"].get("stream", 0)),  # no thread of the processor has a negative number
        implementation=longest["name"] + more,
    )


def _own_us(events: Sequence[dict[str, Any]]) -> list[float]:
    """What each event took without those that it contains on its thread."""
    own = [float(event["dur"]) for event in events]
    order = sorted(range(len(events)), key=lambda n: (events[n]["tid"], events[n]["ts"], -events[n]["dur"]))
    stack: list[int] = []
    for number in order:
        event = events[number]
        while stack and (
            events[stack[-1]]["tid"] != event["tid"]
            or event["ts"] + event["dur"] > events[stack[-1]]["ts"] + events[stack[-1]]["dur"]
        ):
            stack.pop()
        if stack:
            own[stack[-1]] -= float(event["dur"])
        stack.append(number)
    return [max(0.0, us) for us in own]


def _is_node(event: dict[str, Any]) -> bool:
    return event.get("cat") == "Node" and str(event["name"]).endswith(_SUFFIX)


def _is_run(event: dict[str, Any]) -> bool:
    return event.get("cat") == "Session" and event["name"] == _RUN


def _is_device(event: dict[str, Any]) -> bool:
    return event.get("cat") == "Kernel"
