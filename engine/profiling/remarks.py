"""What must be said of a measurement: what disturbed it, with advice, and how to read its figures."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from engine.backend import RunSettings
from engine.profiling.blocks import STEADY, STEADY_RUNS
from engine.profiling.intervals import clustered_median
from engine.profiling.machine import Disturbance
from engine.profiling.processor import physical_cores
from engine.profiling.profile import Latency
from engine.profiling.raw import Raw

_FOREIGN_SHARE = 0.1
_STOLEN_SHARE = 0.02
_SLOWED = 0.1
_SPREAD = 0.08
_SESSIONS_SPREAD = 0.03
_OVERHEAD = 0.3
_APART = 0.01


def noise(raw: Raw, latency: Latency) -> list[str]:
    """What disturbed the measurement, and what helps."""
    notes = disturbed([session.disturbance for session in raw.sessions])
    # Within sessions: what differs from one session to the next is no unrest of the machine.
    medians = sorted(
        block.median_us / clustered_median([[b.median_us for b in session.blocks]])
        for session in raw.sessions
        for block in session.blocks
    )
    edge = len(medians) // 10
    spread = medians[-1 - edge] - medians[edge]
    if spread > _SPREAD:
        notes.append(
            f"The figure wanders by {spread:.0%} from one moment to the next. More runs (--runs) give a steadier "
            "median; a laptop on battery or a processor that gets hot changes its speed."
        )
    return notes


def disturbed(met: Sequence[Disturbance]) -> list[str]:
    """What the machine did beside the measurement, over all its parts, and what helps."""
    seconds, cores = max(1e-9, sum(one.seconds for one in met)), physical_cores()
    foreign, stolen = sum(one.foreign_s for one in met) / seconds, sum(one.stolen_s for one in met) / seconds
    notes = []
    if foreign > _FOREIGN_SHARE * cores:
        notes.append(
            f"Other programs kept {foreign:.1f} of {cores} cores busy while this was measured. "
            "Close them, or use fewer threads, and measure again."
        )
    if stolen > _STOLEN_SHARE * cores:
        notes.append(
            f"The hypervisor gave {stolen:.2f} of {cores} cores to other virtual machines (steal time). "
            "Measure at another hour, or on a machine of your own."
        )
    if stops := sum(one.quota_stops for one in met):
        notes.append(
            f"The container's processor quota stopped its programs {stops} times. "
            "Use fewer threads than the quota has cores, or raise the quota."
        )
    if stops := sum(one.heat_stops for one in met):
        notes.append(
            f"The processor was too hot and slowed down {stops} times. "
            "Let it cool, and measure again with fewer threads."
        )
    slowed = max((one.slowed for one in met), default=0.0)
    if slowed > _SLOWED:
        notes.append(
            f"The processor's clock fell by {slowed:.0%} while this was measured. Plug a laptop in, choose the power "
            "plan for performance, and let it cool."
        )
    return notes


def remarks(
    raw: Raw, latency: Latency, overhead: float, settings: RunSettings, overlap_us: float, apart_us: float
) -> list[str]:
    """How to read the figures; ``overlap_us`` and ``apart_us`` are by how much the kernels' sum exceeds a run, and the
    sum of their medians that."""
    notes = []
    fastest, slowest = min(latency.session_medians), max(latency.session_medians)
    if slowest / fastest - 1 > _SESSIONS_SPREAD:
        notes.append(
            f"Fresh sessions differ by {slowest / fastest - 1:.0%}: their medians lie between {fastest:.4g} and "
            f"{slowest:.4g} ms, as memory and threads happen to fall. The interval covers that."
        )
    if latency.this_session_only and not raw.stopped and raw.planned > 1:
        fitted = "one fresh session" if latency.sessions == 1 else f"{latency.sessions} fresh sessions"
        notes.append(f"Only {fitted} fit into the time: they take long to build or to run.")
    without = sum(not session.kernels for session in raw.sessions)
    if without and raw.executed:
        notes.append(
            f"The runtime built {without} of {len(raw.sessions)} sessions differently. Kernel times are from the "
            "others, end-to-end latency is from all."
        )
    if overlap_us > 0:
        notes.append(
            f"Kernels ran at the same time: their times add up to {overlap_us / 1000:.3g} ms more than a run takes. "
            "Shares are of their sum."
        )
    if apart_us > _APART * latency.median * 1000:
        notes.append(
            "Not all kernels were slow in the same runs, so that their medians, which the rows of the layers are, add "
            f"up to {apart_us / 1000:.3g} ms more than the time in kernels of the middle run."
        )
    if overhead > _OVERHEAD:
        notes.append(
            f"The profiler makes this model {_slower(overhead)}, and kernel times contain that; end-to-end latency "
            "does not."
        )
    if settings.threads > physical_cores():
        notes.append(f"{settings.threads} threads on {physical_cores()} physical cores are in each other's way.")
    return notes


def warmup(raw: Raw, settings: RunSettings) -> str:
    """How warming up ended, in one sentence."""
    found = [session.warmth for session in raw.sessions]
    sessions = f"each of {len(found)} sessions" if len(found) > 1 else "the session"
    if settings.warmup:
        return f"{settings.warmup} run{'s' if settings.warmup > 1 else ''} in {sessions}, as asked"
    longest = max(found, key=lambda one: one.seconds)
    took = f"{longest.runs} runs ({longest.seconds:.2f} s)"
    if all(one.steady is None for one in found):
        return f"{took}: fewer than {STEADY_RUNS}, too few to tell whether steady, measured anyway"
    if unsteady := [one for one in found if one.steady is False]:
        drift = median(one.drift for one in unsteady)
        where = f" in {len(unsteady)} of {len(found)} sessions" if len(found) > 1 else ""
        return (
            f"not steady after {max(one.seconds for one in unsteady):.2f} s{where} "
            f"(the later half {drift:+.1%} against the earlier), measured anyway"
        )
    when = f"steady in {sessions}, after {took} at the most" if len(found) > 1 else f"steady after {took}"
    return f"{when}: the later half within {STEADY:.0%} of the earlier"


def _slower(overhead: float) -> str:
    return f"{overhead:.0%} slower" if overhead < 1 else f"take {1 + overhead:.3g} times as long"
