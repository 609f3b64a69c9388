"""One run as a Chrome trace, which Perfetto (ui.perfetto.dev) and chrome://tracing open."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from engine.profiling.profile import Profile
from engine.profiling.raw import Timeline
from engine.targets import write_text


def write_trace(path: Path, timeline: Timeline, profile: Profile) -> None:
    """Write the timeline; the layers of a kernel are in the arguments of its event."""
    events: list[dict[str, Any]] = [
        {"ph": "M", "name": "process_name", "pid": 1, "args": {"name": f"lathe profile on {profile.device}"}}
    ]
    threads = sorted({event.thread for event in timeline.events})
    for number, thread in enumerate(threads):
        events.append({"ph": "M", "name": "thread_name", "pid": 1, "tid": number, "args": {"name": f"thread {thread}"}})
    for event, layers, lead, inserted in zip(
        timeline.events, timeline.layers, timeline.leads, timeline.inserted, strict=True
    ):
        events.append(
            {
                "ph": "X",
                "name": event.name,
                "cat": event.op,
                "pid": 1,
                "tid": threads.index(event.thread),
                "ts": event.start_us,
                "dur": event.duration_us,
                "args": {
                    "op": event.op,
                    "provider": event.provider,
                    "layers": list(layers),
                    "lead": lead,
                    "inserted": inserted,
                },
            }
        )
    content = {"traceEvents": events, "displayTimeUnit": "ms", "otherData": dict(profile.environment)}
    write_text(path, json.dumps(content))
