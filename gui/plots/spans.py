"""The kernels of one run as spans in lanes: one lane for each provider and thread, as many rows as kernels nest.

A control-flow kernel contains those of its body, so a span's row in its lane is the number of spans around it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gui.language import tr
from gui.tables.columns import provider_text
from gui.tables.kernels import told_in_file

if TYPE_CHECKING:
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline

Kind = Literal["kernel", "inserted", "fallback", "copy"]
SLACK_US = 0.5
"""Clocks round: two kernels that overlap by less follow each other."""


@dataclass(frozen=True, slots=True)
class Span:
    """``row`` counts from the top of all lanes; ``layers`` are layers of the file."""

    name: str
    op: str
    provider: str
    start_us: float
    duration_us: float
    row: int
    kind: Kind
    layers: tuple[str, ...]
    detail: str = ""

    @property
    def end_us(self) -> float:
        return self.start_us + self.duration_us


@dataclass(frozen=True, slots=True)
class Lane:
    title: str
    first_row: int
    rows: int


def spans_of(timeline: Timeline, profile: Profile, homes: Mapping[str, str]) -> tuple[list[Span], list[Lane]]:
    """The spans by start, and their lanes, the one with most time first."""
    known = {kernel.name: kernel for kernel in profile.kernels}
    events = timeline.events
    order = sorted(range(len(events)), key=lambda n: (events[n].start_us, -events[n].duration_us))
    busy: dict[tuple[str, int], float] = {}
    open_ends: dict[tuple[str, int], list[float]] = {}
    depths: dict[int, int] = {}
    deepest: dict[tuple[str, int], int] = {}
    for n in order:
        event = events[n]
        key = (event.provider, event.thread)
        busy[key] = busy.get(key, 0.0) + event.duration_us
        around = open_ends.setdefault(key, [])
        while around and around[-1] <= event.start_us + SLACK_US:
            around.pop()
        depths[n] = len(around)
        deepest[key] = max(deepest.get(key, 0), len(around))
        around.append(event.start_us + event.duration_us)
    lanes: dict[tuple[str, int], Lane] = {}
    row = 0
    for key in sorted(busy, key=lambda k: -busy[k]):
        rows = 1 + deepest[key]
        threads = sorted(thread for provider, thread in busy if provider == key[0])
        place = f" {threads.index(key[1]) + 1}" if len(threads) > 1 else ""
        lanes[key] = Lane(f"{provider_text(key[0]) or tr('runtime')}{place}", row, rows)
        row += rows
    spans = []
    for n in order:
        event = events[n]
        kernel = known.get(event.name)
        kind: Kind = "kernel"
        if kernel is not None and kernel.copy:
            kind = "copy"
        elif kernel is not None and kernel.fallback:
            kind = "fallback"
        elif timeline.inserted[n]:
            kind = "inserted"
        spans.append(
            Span(
                event.name,
                event.op,
                event.provider,
                event.start_us,
                event.duration_us,
                lanes[(event.provider, event.thread)].first_row + depths[n],
                kind,
                told_in_file(timeline.layers[n], homes),
                " ".join(part for part in (event.precision, event.implementation) if part),
            )
        )
    return spans, list(lanes.values())
