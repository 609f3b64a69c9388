"""A treated model that is slower end to end.

Looks, where there is a profile of the model before the treatment on the same device with the same threads and batch,
for a latency whose interval lies above that of the model before. Both intervals must cover fresh sessions, otherwise
they say nothing about another moment.

Cost: the difference of the medians. These are two separate measurements; how much slower it is, with an interval, says
a comparison in alternating blocks.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import run_us
from engine.explain.pair import pieces
from engine.explain.reason import Evidence, Reason, Rule, Side
from engine.explain.wording import figures, names, time

_CLEARLY = 1.1
"""Times as long: two separate medians of one model differ by up to this on a quiet machine."""
_NAMED, _TOLD = 8, 4


def find(evidence: Evidence) -> Sequence[Reason]:
    now, before = evidence.now, evidence.before
    if before is None or not _comparable(before, now):
        return ()
    slow, fast = now.profile.latency_ms, before.profile.latency_ms
    apart = slow.interval[0] > fast.interval[1] > 0
    if not apart or slow.median < _CLEARLY * fast.median:
        return ()
    lost = [piece for piece in pieces(before, now) if piece.lost_us > 0]
    layers = tuple(layer for piece in lost for layer in piece.layers)[:_NAMED]
    worst = [
        f"{names(piece.layers)} ({time(piece.before_us + piece.converting_before_us)} before, "
        f"{time(piece.after_us + piece.converting_after_us)} now, conversions included)"
        for piece in lost[:_TOLD]
    ]
    return [
        Reason(
            KEY,
            f"{figures(slow.median / fast.median)} times as long as before the treatment: "
            f"{time(run_us(before))} before, {time(run_us(now))} now",
            layers,
            run_us(now) - run_us(before),
            "The treatment did not pay off here." + (f" Most was lost in {', '.join(worst)}." if worst else ""),
            "Compare the two in alternating blocks to be sure; then take back what the other reasons name.",
        )
    ]


def _comparable(before: Side, now: Side) -> bool:
    a, b = before.profile, now.profile
    fresh = not (a.latency_ms.this_session_only or b.latency_ms.this_session_only)
    return fresh and (a.device, a.threads, a.batch) == (b.device, b.threads, b.batch)


KEY = "slower_model"
RULE = Rule(
    key=KEY,
    title="Slower than before the treatment",
    summary="a treated model whose latency lies clearly above that of its original",
    find=find,
)
