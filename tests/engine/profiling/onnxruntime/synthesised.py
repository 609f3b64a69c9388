"""Profiler files of a session on a GPU, made up in the format of ONNX Runtime's sources; none was recorded on a GPU.

Read from microsoft/onnxruntime: what an event looks like and in which order they are written from
``onnxruntime/core/common/profiler.cc`` (sorted by begin at commit 037fbc7; by end in what 1.31.1 writes), how device
events are merged from ``gpu_profiler_common.h``, their names and arguments from
``core/providers/cuda/cupti_manager.cc`` (commit f8b74ff), those of the plugin from
``core/providers/cuda/plugin/cuda_profiler_plugin.cc`` (commit 1435f28). Numbers among the arguments are text, times
whole microseconds.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

Layout = Literal["by end", "by begin", "plugin"]
EPOCH = 1_760_000_000_000_000
"""When profiling started, in microseconds of the system's clock: the plugin's correlation numbers count from 1970."""
RUN_US = 1000


@dataclass(frozen=True)
class Did:
    """A function or copy on the device; ``late_us`` after its node's begin."""

    name: str
    dur: int
    late_us: int = 20


@dataclass(frozen=True)
class Launch:
    """A node: when it begins in its run, how long the processor is in it, and what the device does for it."""

    name: str
    op: str
    begin: int
    dur: int
    device: tuple[Did, ...] = ()
    provider: str = "CUDAExecutionProvider"


@dataclass
class _Host:
    event: dict[str, Any]
    device: tuple[Did, ...] = field(default=())


def profiler_file(launches: Sequence[Launch], layout: Layout, runs: int = 2) -> list[dict[str, Any]]:
    """A session that copied a weight to the device, then ran that often, with inputs and outputs copied by the run."""
    copied = (Did("MemcpyHostToDevice", 500),)
    hosts = [_Host(_event("Session", "session_initialization", 100, 3000), copied)]
    for number in range(runs):
        begin = 5000 + number * RUN_US
        for launch in launches:
            args = {"op_name": launch.op, "provider": launch.provider, "node_index": "0"}
            event = _event("Node", f"{launch.name}_kernel_time", begin + launch.begin, launch.dur, args)
            hosts.append(_Host(event, launch.device))
        whole = (Did("MemcpyHostToDevice", 7), Did("MemcpyDeviceToHost", 5, 700))
        hosts.append(_Host(_event("Session", "SequentialExecutor::Execute", begin + 5, 800)))
        hosts.append(_Host(_event("Session", "model_run", begin, 900), whole))
    hosts.sort(key=lambda host: host.event["ts"] if layout == "by begin" else host.event["ts"] + host.event["dur"])
    merged = _appended(hosts) if layout == "plugin" else _merged(hosts)
    parsed: list[dict[str, Any]] = json.loads(json.dumps(merged))
    return parsed


def _event(kind: str, name: str, ts: int, dur: int, args: dict[str, str] | None = None) -> dict[str, Any]:
    return {"cat": kind, "pid": 7, "tid": 8, "dur": dur, "ts": ts, "ph": "X", "name": name, "args": args or {}}


def _device_event(host: _Host, did: Did, args: dict[str, str]) -> dict[str, Any]:
    grid = {"grid_x": "1", "grid_y": "1", "grid_z": "1", "block_x": "256", "block_y": "1", "block_z": "1"}
    event = _event("Kernel", did.name, host.event["ts"] + did.late_us, did.dur, {"stream": "13", **grid, **args})
    return {**event, "pid": -1, "tid": -1}


def _merged(hosts: Sequence[_Host]) -> list[dict[str, Any]]:
    """Groups of device events in the order of their parents' begins, each put behind its parent if that is next."""
    written: list[dict[str, Any]] = []
    rest = list(hosts)
    for host in sorted((h for h in hosts if h.device), key=lambda h: int(h.event["ts"])):
        begin = host.event["ts"]
        while rest and rest[0].event["ts"] < begin:
            written.append(rest.pop(0).event)
        names: dict[str, str] = {}
        if rest and rest[0].event["ts"] == begin:
            parent = rest.pop(0).event
            written.append(parent)
            names = {"op_name": parent["args"].get("op_name", ""), "parent_name": parent["name"]}
        written += [_device_event(host, did, names) for did in host.device]
    return written + [host.event for host in rest]


def _appended(hosts: Sequence[_Host]) -> list[dict[str, Any]]:
    written = [host.event for host in hosts]
    for host in sorted(hosts, key=lambda h: int(h.event["ts"])):
        args = {"ort_correlation_id": str(EPOCH + host.event["ts"])}
        if host.event["cat"] == "Node":
            args |= {"ort_event_name": host.event["name"], "ort_op_name": host.event["args"]["op_name"]}
        written += [_device_event(host, did, args) for did in host.device]
    return written
