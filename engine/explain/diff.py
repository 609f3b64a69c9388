"""Two profiles layer by layer.

A layer of the second profile stands beside the layer of the first that it came from: the one of its own id where that
is among its origins, else the first origin that the first profile has. Every kernel microsecond of either side is in
exactly one row or in the unattributed rest, so that

    sum of delta_us + unattributed_delta_us = kernel_delta_us.

Kernel times here are the sums of the kernels' medians, of which the layers' times are parts.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from math import inf
from typing import Literal

from engine.profiling.profile import LayerTiming, Profile


@dataclass(frozen=True, slots=True)
class LayerDelta:
    """One layer on both sides; ``side`` says where it exists, times are None on the other side.

    ``delta_us`` is after - before, with the missing side as 0; ``fused`` layers (0 on a side) compare by their lead.
    """

    id: str
    side: Literal["both", "before", "after"]
    before_us: float | None
    after_us: float | None
    delta_us: float
    before_state: str = ""
    after_state: str = ""
    before_lead: str = ""
    after_lead: str = ""


@dataclass(frozen=True, slots=True)
class ProfileDiff:
    """``layers`` by size of the delta, the largest first; the deltas and ``unattributed_delta_us`` sum to that of the
    kernel sums. ``notes`` say what else differs than the model.
    """

    before_ms: float
    after_ms: float
    ratio: float
    kernel_delta_us: float
    unattributed_delta_us: float
    layers: tuple[LayerDelta, ...]
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Threshold:
    """A change counts from both of these on; ``fraction`` is of the time before."""

    us: float = 0.0
    fraction: float = 0.0


def diff(before: Profile, after: Profile, *, origins: Mapping[str, tuple[str, ...]] | None = None) -> ProfileDiff:
    """Compare two profiles.

    Args:
        origins: of layers of ``after``, the ids of the layers of ``before`` that they came from, where a step has made
            or merged them; any other layer came from the one of its id.
    """
    own_before = {timing.id: timing for timing in before.layers}
    homes, merged = _homes(after, own_before, origins or {})
    rows = [
        *_paired(own_before, homes, merged),
        *(_one_side("after", timing) for timing in after.layers if timing.id not in homes),
    ]
    return ProfileDiff(
        before_ms=before.latency_ms.median,
        after_ms=after.latency_ms.median,
        ratio=after.latency_ms.median / before.latency_ms.median if before.latency_ms.median > 0 else inf,
        kernel_delta_us=_kernels_us(after) - _kernels_us(before),
        unattributed_delta_us=_unowned_us(after) - _unowned_us(before),
        layers=tuple(sorted(rows, key=lambda row: -abs(row.delta_us))),
        notes=differences(before, after),
    )


def over(found: ProfileDiff, threshold: Threshold) -> tuple[LayerDelta, ...]:
    """The layers that changed by at least that much; one that took no time before changed by any fraction."""
    return tuple(
        row
        for row in found.layers
        if row.delta_us
        and abs(row.delta_us) >= threshold.us
        and abs(row.delta_us) >= threshold.fraction * (row.before_us or 0.0)
    )


def differences(before: Profile, after: Profile) -> tuple[str, ...]:
    """What the two do not have in common besides their times: a comparison of unlike things must say so."""
    pairs: list[tuple[str, object, object]] = [
        ("device", before.device, after.device),
        ("threads", before.threads, after.threads),
        ("batch", before.batch, after.batch),
        ("inputs", before.inputs, after.inputs),
        ("clock of the kernels", before.kernel_clock, after.kernel_clock),
    ]
    named = {name for name, _, _ in pairs}
    notes = [_differs(name, one, other) for name, one, other in pairs if one != other]
    notes += _differing("setting", before.settings, after.settings, named)
    notes += _differing("", before.environment, after.environment, set())
    if before.model_sha256 and after.model_sha256 and before.model_sha256 != after.model_sha256:
        notes.append(f"Different models: {before.model_sha256[:12]} before, {after.model_sha256[:12]} after.")
    for side, profile in (("before", before), ("after", after)):
        if not profile.complete:
            notes.append(f"The profile {side} is not complete{': ' if profile.stopped else ''}{profile.stopped}.")
        if profile.noisy:
            notes.append(f"The profile {side} was taken on a noisy machine.")
    return tuple(notes)


def _homes(
    after: Profile, before: Mapping[str, LayerTiming], origins: Mapping[str, tuple[str, ...]]
) -> tuple[dict[str, tuple[str, LayerTiming]], dict[str, str]]:
    """By layer of ``after`` its home in ``before``; by layer of ``before`` the home that it was merged into."""
    homes: dict[str, tuple[str, LayerTiming]] = {}
    merged: dict[str, str] = {}
    for timing in after.layers:
        came_from = origins.get(timing.id) or (timing.id,)
        known = [origin for origin in came_from if origin in before]
        if not known:
            continue
        home = timing.id if timing.id in known else known[0]
        homes[timing.id] = (home, timing)
        for origin in known:
            merged.setdefault(origin, home)
    return homes, merged


def _paired(
    before: Mapping[str, LayerTiming], homes: Mapping[str, tuple[str, LayerTiming]], merged: Mapping[str, str]
) -> Iterator[LayerDelta]:
    guests: dict[str, list[LayerTiming]] = {}
    for home, timing in homes.values():
        guests.setdefault(home, []).append(timing)
    home_of = {layer_id: home for layer_id, (home, _) in homes.items()}
    for old in before.values():
        found = guests.get(old.id)
        if found is None and old.id not in merged:
            yield _one_side("before", old)
            continue
        spent = sum(timing.median_us for timing in found or ())
        if found is None:
            state, lead = "fused_into", merged[old.id]
        else:
            main = max(found, key=lambda timing: timing.median_us)
            state, lead = str(main.state), home_of.get(main.lead or "", main.lead or "")
        yield LayerDelta(
            id=old.id,
            side="both",
            before_us=old.median_us,
            after_us=spent,
            delta_us=spent - old.median_us,
            before_state=old.state,
            after_state=state,
            before_lead=old.lead or "",
            after_lead=lead,
        )


def _one_side(side: Literal["before", "after"], timing: LayerTiming) -> LayerDelta:
    us, state, lead = timing.median_us, timing.state, timing.lead or ""
    if side == "before":
        return LayerDelta(timing.id, side, us, None, -us, before_state=state, before_lead=lead)
    return LayerDelta(timing.id, side, None, us, us, after_state=state, after_lead=lead)


def _kernels_us(profile: Profile) -> float:
    return sum(kernel.median_us for kernel in profile.kernels)


def _unowned_us(profile: Profile) -> float:
    """From the kernels, because older profiles do not state it."""
    return sum(kernel.median_us for kernel in profile.kernels if kernel.lead is None)


def _differs(name: str, one: object, other: object) -> str:
    return f"Different {name}: {_said(one)} before, {_said(other)} after."


def _differing(kind: str, one: Mapping[str, object], other: Mapping[str, object], named: set[str]) -> list[str]:
    """Only what both state: an older file says less, and that is no difference of what was measured."""
    return [
        _differs(f"{kind} {name}".strip(), one[name], other[name])
        for name in sorted(one.keys() & other.keys() - named)
        if one[name] != other[name]
    ]


def _said(value: object) -> str:
    return "none" if value in (None, "") else str(value)
