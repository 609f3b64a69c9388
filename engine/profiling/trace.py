"""One run as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open.

Format: Chromium's "Trace Event Format" as a JSON object. Times are microseconds from the first kernel, on the clock of
the kernels: the processor's, or the device's own. A track is one thread or stream of one provider; kernels that fell
back to another provider and copies between devices have tracks of their own, because Perfetto colours by name only.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from engine.profiling.profile import KernelTiming, Profile
from engine.profiling.raw import Timeline
from engine.targets import write_text

_PROCESS = 1


def write_trace(
    path: Path, timeline: Timeline, profile: Profile, *, live_bytes: Mapping[str, int] | None = None
) -> None:
    """Write the run to a file, see ``chrome_trace``."""
    write_text(path, json.dumps(chrome_trace(timeline, profile, live_bytes=live_bytes), allow_nan=False))


def chrome_trace(
    timeline: Timeline, profile: Profile, *, live_bytes: Mapping[str, int] | None = None
) -> dict[str, Any]:
    """The trace as the object that is written; the layers of a kernel are in the arguments of its event.

    Args:
        live_bytes: by lead of a kernel the activation bytes that are alive while it runs, for a track of the memory.
    """
    kernels = {(kernel.name, kernel.op, kernel.provider): kernel for kernel in profile.kernels}
    slices: list[dict[str, Any]] = []
    tracks: dict[tuple[str, int], int] = {}
    for event, layers, lead, inserted in zip(
        timeline.events, timeline.layers, timeline.leads, timeline.inserted, strict=True
    ):
        kernel = kernels.get((event.name, event.op, event.provider))
        marks = _marks(kernel, inserted)
        slices.append(
            {
                "ph": "X",
                "name": f"{event.name} [{', '.join(marks)}]" if marks else event.name,
                "cat": ",".join([event.op or "kernel", *marks]),
                "pid": _PROCESS,
                "tid": tracks.setdefault((_track(event.provider, kernel), event.thread), len(tracks) + 1),
                "ts": event.start_us,
                "dur": max(0.0, event.duration_us),
                "args": {
                    "kernel": event.name,
                    "op": event.op,
                    "provider": event.provider,
                    "precision": event.precision,
                    "implementation": event.implementation,
                    "layers": list(layers),
                    "lead": lead,
                    "inserted": inserted,
                    "fallback": "fallback" in marks,
                    "copy": "copy" in marks,
                    "median_us": None if kernel is None else kernel.median_us,
                },
            }
        )
    # an outer kernel before those in it
    slices.sort(key=lambda found: (found["ts"], -found["dur"]))
    return {
        "traceEvents": [*_names(profile, tracks), *slices, *_memory(slices, live_bytes or {})],
        "displayTimeUnit": "ms",
        "otherData": {**profile.environment, "model_sha256": profile.model_sha256, "measured_at": profile.measured_at},
    }


def _marks(kernel: KernelTiming | None, inserted: bool) -> list[str]:
    marks = ["inserted"] if inserted else []
    if kernel is not None:
        marks += ["fallback"] if kernel.fallback else []
        marks += ["copy"] if kernel.copy else []
    return marks


def _track(provider: str, kernel: KernelTiming | None) -> str:
    if kernel is not None and kernel.copy:
        return "copies between devices"
    if kernel is not None and kernel.fallback:
        return f"{provider}, fallback"
    return provider or "kernels"


def _names(profile: Profile, tracks: Mapping[tuple[str, int], int]) -> list[dict[str, Any]]:
    clock = "device clock" if profile.kernel_clock == "device" else "processor clock"
    found: list[dict[str, Any]] = [
        _metadata("process_name", 0, {"name": f"one run on {profile.device}, {clock}"}),
    ]
    for (track, thread), number in tracks.items():
        found.append(_metadata("thread_name", number, {"name": f"{track}, thread {thread}"}))
        found.append(_metadata("thread_sort_index", number, {"sort_index": number}))
    return found


def _metadata(name: str, tid: int, args: dict[str, Any]) -> dict[str, Any]:
    return {"ph": "M", "name": name, "pid": _PROCESS, "tid": tid, "ts": 0, "args": args}


def _memory(slices: list[dict[str, Any]], live_bytes: Mapping[str, int]) -> list[dict[str, Any]]:
    """A counter that changes where a kernel begins; nothing is alive after the last one."""
    steps = [
        (found["ts"], live_bytes[found["args"]["lead"]]) for found in slices if found["args"]["lead"] in live_bytes
    ]
    if not steps:
        return []
    steps.append((max(found["ts"] + found["dur"] for found in slices), 0))
    return [
        {"ph": "C", "name": "live activations", "pid": _PROCESS, "tid": 0, "ts": ts, "args": {"bytes": count}}
        for ts, count in steps
    ]
