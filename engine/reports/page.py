"""A report as one self-contained HTML page: nothing in it comes from elsewhere; light, dark and on paper."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING

from engine.reports import words
from engine.reports.sorting import SCRIPT, hash_of
from engine.reports.style import STYLE
from engine.reports.svg import Bar, Point, bars, legal, scatter

if TYPE_CHECKING:
    from engine.profiling.profile import Profile
    from engine.reports.scores import Score

BARS = 30
SHOWN_KERNELS = 200
Cell = tuple[str, str] | tuple[str, str, float | None]
"""What is shown, its tooltip, and the number behind it."""


@dataclass(frozen=True, slots=True)
class LayerRow:
    """One layer as the report tells it; ``us`` None where it was not measured."""

    id: str
    op: str
    output: str
    parameters: int
    macs: int | None
    us: float | None = None
    share: float | None = None
    state: str = ""
    treatment: str = ""


@dataclass(frozen=True, slots=True)
class Subject:
    """A model or a variant.

    Attributes:
        before_us: by layer id the time in what it is held against.
        graph: SVG, "" for none.
        notes: what a reader must know, failures included.
        commands: lines that do the same again.
    """

    score: Score
    about: Sequence[tuple[str, str]] = ()
    layers: Sequence[LayerRow] = ()
    profile: Profile | None = None
    before_us: Mapping[str, float] = field(default_factory=dict)
    graph: str = ""
    reasons: Sequence[tuple[str, str]] = ()
    notes: Sequence[str] = ()
    commands: Sequence[str] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """``reference`` says what the first subject is to the others."""

    title: str
    made: str
    reference: str
    subjects: Sequence[Subject]
    about: Sequence[tuple[str, str]] = ()
    commands: Sequence[str] = ()


def render(report: Report) -> str:
    """The page."""
    body = [
        f"<h1>{escape(report.title)}</h1>",
        f'<p class="muted">{escape(report.made)}</p>',
        "<h2>Summary</h2>",
        _summary(report),
        _points(report),
    ]
    for number, subject in enumerate(report.subjects):
        body.append(_subject(subject, number))
    body += [
        "<h2>How to reproduce</h2>",
        '<p class="muted">On a machine with the device and the versions below; medians differ by what the summary says '
        "of noise and intervals.</p>",
        _commands(report.commands),
        *(_commands(subject.commands) for subject in report.subjects),
        "<h2>Measured with</h2>",
        _pairs(report.about),
    ]
    return legal(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'; "
        f'script-src {hash_of(SCRIPT)}">'
        f"<title>{escape(report.title)}</title><style>{STYLE}</style></head><body><main>\n"
        + "\n".join(part for part in body if part)
        + f"\n</main><script>{SCRIPT}</script></body></html>\n"
    )


def _summary(report: Report) -> str:
    does = any(subject.score.recipe for subject in report.subjects)
    names = ["Size", "Parameters", "MACs", "Latency", "Gain", "Accuracy", "Drop", "SQNR"]
    head = ["", *(["Does"] if does else []), *names]
    rows, doubts = [], False
    for score in (subject.score for subject in report.subjects):
        gain, note = words.NOTHING, ""
        if score.latency_ratio is not None:
            doubtful = score.latency_ratio != 1 and not score.conclusive
            gain = f"{1 / score.latency_ratio:.2f}×{' ?' * doubtful}"
            doubts |= doubtful
            if score.interval is not None:
                low, high = (f"{limit:.3f}" for limit in score.interval)
                note = f"time ratio {score.latency_ratio:.3f}, interval {low} to {high}, in alternating blocks"
            elif doubtful:
                note = "from two separate measurements"
        drop = words.NOTHING if score.drop_points is None else f"{score.drop_points:.1f}"
        latency = words.time_us(None if score.latency_ms is None else score.latency_ms * 1000)
        cells: list[Cell] = [
            (score.name, ""), *(((score.recipe, ""),) if does else ()),
            (words.size(score.file_bytes), _full(score.file_bytes, "bytes"), score.file_bytes),
            (words.count(score.parameters), _full(score.parameters, ""), score.parameters),
            (words.count(score.macs), _full(score.macs, ""), score.macs),
            (("noisy " if score.noisy else "") + latency, _full(score.latency_ms, "ms"), score.latency_ms),
            (gain, note, 1 / score.latency_ratio if score.latency_ratio else None),
            (words.percent(score.accuracy), f"of {score.samples} samples" if score.accuracy is not None else "",
             score.accuracy),
            (drop, "percentage points", score.drop_points),
            (words.db(score.sqnr_db), "of the worst output", score.sqnr_db),
        ]  # fmt: skip
        rows.append(cells)
    found = _table(head, rows, numbers_from=2 if does else 1)
    told = f"Gain, drop and SQNR are against {escape(report.reference)}. Latency is of a profile of its own each, gain "
    told += "of both in alternating blocks where that was measured."
    told += " A gain with ? is too close to tell, or comes from two separate measurements." * doubts
    return f"{found}<p class='muted'>{told}</p>"


def _full(value: float | None, unit: str) -> str:
    return "" if value is None else f"{value:,} {unit}".strip()


def _points(report: Report) -> str:
    scores = [subject.score for subject in report.subjects]
    known = [s for s in scores if s.latency_ms is not None and s.file_bytes is not None]
    if len(known) < 2:
        return ""
    found = []
    judged = [s for s in known if s.accuracy is not None]
    if len(judged) > 1:
        points = [
            Point(s.name, s.latency_ms or 0.0, (s.accuracy or 0.0) * 100, f"{s.latency_ms:.3f} ms, {s.accuracy:.1%}",
                  s is scores[0])
            for s in judged
        ]  # fmt: skip
        found.append(scatter("Accuracy over latency", "latency, ms", "accuracy, %", points, 100.0))
    points = [
        Point(s.name, s.latency_ms or 0.0, (s.file_bytes or 0) / 1e6,
              f"{s.latency_ms:.3f} ms, {words.size(s.file_bytes)}", s is scores[0])
        for s in known
    ]  # fmt: skip
    found.append(scatter("Size over latency", "latency, ms", "size, MB", points))
    return f'<div class="plots">{"".join(found)}</div>'


def _subject(subject: Subject, number: int) -> str:
    parts = [f'<section><h2 id="s{number}">{escape(subject.score.name)}</h2>', _pairs(subject.about)]
    parts += [f'<p class="note">{escape(note)}</p>' for note in subject.notes]
    if subject.reasons:
        parts.append("<h3>Why it takes that long</h3><ul>")
        parts += [f"<li><b>{escape(title)}</b> {escape(detail)}</li>" for title, detail in subject.reasons]
        parts.append("</ul>")
    timed = sorted((row for row in subject.layers if row.us), key=lambda row: -(row.us or 0.0))
    if timed:
        held = bool(subject.before_us)
        rows = [
            Bar(row.id, row.us or 0.0, words.time_us(row.us), subject.before_us.get(row.id, 0.0) if held else None,
                words.time_us(subject.before_us.get(row.id, 0.0)))
            for row in timed[:BARS]
        ]  # fmt: skip
        rest = f", the {BARS} slowest of {len(timed)}" if len(timed) > BARS else ""
        legend = ' <span class="key before"></span> before <span class="key after"></span> after' if held else ""
        parts.append(f"<h3>Time by layer{rest}</h3><p class='muted'>{legend}</p>{bars('Time by layer', rows)}")
    if subject.graph:
        parts.append(f'<details open><summary>Graph</summary><div class="wide tall">{subject.graph}</div></details>')
    if subject.layers:
        parts.append(_layers(subject.layers))
    if subject.profile is not None and subject.profile.kernels:
        parts.append(_kernels(subject.profile))
    return "\n".join([*(part for part in parts if part), "</section>"])


def _layers(layers: Sequence[LayerRow]) -> str:
    treated = any(row.treatment for row in layers)
    head = (
        "Layer",
        "Op",
        "Output",
        *(("Treatment",) if treated else ()),
        "State",
        "Parameters",
        "MACs",
        "Time",
        "Share",
    )
    rows = []
    for row in layers:
        cells: list[Cell] = [(row.id, ""), (row.op, ""), (row.output, "")]
        cells += [(row.treatment, "")] if treated else []
        cells += [
            (row.state.replace("fused_into", "fused").replace("_", " "), ""),
            (words.count(row.parameters) if row.parameters else words.NOTHING, "", row.parameters or None),
            (words.count(row.macs) if row.macs else words.NOTHING, "", row.macs or None),
            (words.time_us(row.us) if row.us else words.NOTHING, _full(row.us, "µs"), row.us or None),
            (words.percent(row.share) if row.share else words.NOTHING, "", row.share or None),
        ]  # fmt: skip
        rows.append(cells)
    table = _table(head, rows, numbers_from=5 if treated else 4)
    return f"<details><summary>All {len(layers)} layers</summary>{table}</details>"


def _kernels(profile: Profile) -> str:
    shown = sorted(profile.kernels, key=lambda kernel: -kernel.median_us)[:SHOWN_KERNELS]
    head = ("Kernel", "Op", "Provider", "Layers", "Time", "p90", "Share")
    rows: list[list[Cell]] = [
        [(k.name, ""), (k.op + (" (inserted)" if k.inserted else ""), ""), (k.provider, ""), (", ".join(k.layers), ""),
         (words.time_us(k.median_us), "", k.median_us), (words.time_us(k.p90_us), "", k.p90_us),
         (words.percent(k.share), "", k.share)]
        for k in shown
    ]  # fmt: skip
    count = len(profile.kernels)
    title = f"All {count} kernels" if count == len(shown) else f"The {len(shown)} slowest of {count} kernels"
    return f"<details><summary>{title}</summary>{_table(head, rows, numbers_from=4)}</details>"


def _table(head: Iterable[str], rows: Iterable[Sequence[Cell]], numbers_from: int) -> str:
    """The columns from ``numbers_from`` on are right-aligned, and sort by the values of their cells."""

    def cell(name: str, place: int, text: str, tip: str = "", value: float | None = None) -> str:
        said = f' title="{escape(tip)}"' if tip else ""
        if value is not None and not math.isnan(value):
            said += f' data-v="{str(value).replace("inf", "Infinity")}"'
        return f"<{name}{' class=n' if place >= numbers_from else ''}{said}>{escape(text)}</{name}>"

    lines = ["".join(cell("th", n, text) for n, text in enumerate(head))]
    lines += ["".join(cell("td", n, *found) for n, found in enumerate(row)) for row in rows]
    body = "".join(f"<tr>{line}</tr>" for line in lines[1:])
    return f'<div class="wide"><table><thead><tr>{lines[0]}</tr></thead><tbody>{body}</tbody></table></div>'


def _pairs(pairs: Sequence[tuple[str, str]]) -> str:
    if not pairs:
        return ""
    lines = "".join(f"<dt>{escape(name)}</dt><dd>{escape(value)}</dd>" for name, value in pairs)
    return f"<dl>{lines}</dl>"


def _commands(lines: Sequence[str]) -> str:
    return f"<pre>{escape(chr(10).join(lines))}</pre>" if lines else ""
