"""More threads than the processor has cores.

Looks for a profile that was taken with more threads than physical cores (those that this process may use). ONNX
Runtime's and OpenVINO's threads share out each kernel evenly and wait for the slowest; with more threads than cores
some wait for a core first, and all others for them, spinning meanwhile. Two threads on one core's two hyperthreads
share its multiply-add units as well.

Cost: measured against the profile before, where that is the same model with fewer threads; else it cannot be told from
one profile, and a sweep over threads tells it. Source: ONNX Runtime, "Thread management": one intra-op thread for each
physical core.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import run_us
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, time
from engine.profiling.processor import physical_cores


def find(evidence: Evidence) -> Sequence[Reason]:
    side, cores = evidence.now, physical_cores()
    threads = side.profile.threads
    if side.profile.kernel_clock == "device" or threads <= cores:
        return ()
    us = _measured(side, evidence.before, cores)
    return [
        Reason(
            KEY,
            f"{threads} threads on {count(cores, 'core')}" + (f": {time(us)}" if us else ""),
            (),
            us,
            "The threads share out each kernel and wait for the slowest of them; with more threads than cores one "
            "always waits for a core first.",
            f"Use {count(cores, 'thread')}, or fewer where other programs or sessions run beside this one.",
            (Remedy("runtime", f"Use {count(cores, 'thread')}", options={"threads": cores}),),
        )
    ]


def _measured(side: Side, before: Side | None, cores: int) -> float | None:
    same = before is not None and before.profile.model_sha256 == side.profile.model_sha256 != ""
    if before is None or not same or before.profile.threads > cores or before.profile.batch != side.profile.batch:
        return None
    lost = run_us(side) - run_us(before)
    return lost if lost > 0 else None


KEY = "oversubscription"
RULE = Rule(
    key=KEY,
    title="More threads than cores",
    summary="threads that wait for a core while the others wait for them",
    find=find,
)
