"""Why something is slow and which layers changed, as ``profile`` and ``compare`` print them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from engine.cli.layout import count, short, some, width_of, wrapped

_REASONS = 6
_CHANGES = 10


def reasons_text(reasons: Sequence[Mapping[str, Any]], title: str = "why it takes that long") -> list[str]:
    """The findings, each with its cost, its layers and the way out; of a result's ``reasons``."""
    if not reasons:
        return []
    lines = [title]
    for number, reason in enumerate(reasons[:_REASONS], 1):
        lines += wrapped(f"{number}. {reason['title']}", indent="   ")
        if reason["layers"]:
            lines += wrapped(f"   {some(reason['layers'], 4)}", indent="   ")
        lines += wrapped(f"   {reason['detail']} {reason['advice']}".rstrip(), indent="   ")
    if len(reasons) > _REASONS:
        lines.append(f"{len(reasons) - _REASONS} more in --json and --csv")
    return lines


def changes_text(diff: Mapping[str, Any]) -> list[str]:
    """The layers that changed most, and the rest in one row, so that the column sums up; of ``ProfileDiff`` as JSON,
    with ``left_out`` where a threshold has left some out.
    """
    rows = diff["layers"][:_CHANGES]
    width = width_of(row["id"] for row in rows)
    lines = [f"{'what changed most':<{width}} {'before us':>10} {'after us':>10} {'delta us':>10}"]
    for row in rows:
        lines.append(
            f"{short(row['id'], width):<{width}} {_side(row['before_us'])} {_side(row['after_us'])} "
            f"{row['delta_us']:>+10.1f}  {_states(row)}".rstrip()
        )
    hidden = diff["layers"][_CHANGES:]
    filtered = diff.get("left_out", {"layers": 0, "delta_us": 0.0})
    others = filtered["layers"] + len(hidden)
    if others:
        delta = filtered["delta_us"] + sum(row["delta_us"] for row in hidden)
        lines.append(f"{count(others, 'other'):<{width}} {'':>10} {'':>10} {delta:>+10.1f}")
    lines.append(f"{'(unattributed)':<{width}} {'':>10} {'':>10} {diff['unattributed_delta_us']:>+10.1f}")
    lines.append(f"{'sum of kernels':<{width}} {'':>10} {'':>10} {diff['kernel_delta_us']:>+10.1f}")
    return lines


def _side(us: float | None) -> str:
    return f"{'-':>10}" if us is None else f"{us:>10.1f}"


def _states(row: Mapping[str, Any]) -> str:
    if row["side"] != "both":
        return f"only {row['side']}"
    states = [
        f"{state.replace('_', ' ')} {row[f'{side}_lead']}".rstrip()
        for side in ("before", "after")
        for state in [row[f"{side}_state"]]
    ]
    return "" if states[0] == states[1] else f"{states[0]} -> {states[1]}"
