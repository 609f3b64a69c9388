"""What cutting channels takes along and saves, in words."""

from __future__ import annotations

from collections import Counter

from gui import numbers
from gui.calls.pruning import Cut, Preview

SHOWN = 4
ROLES = {"producer": "makes the same {}s", "follower": "has values for each", "consumer": "reads them"}


def cut_line(cut: Cut) -> str:
    """As in "conv1: 48 of 64 channels stay, a multiple of 16; with it go bn1 (has values for each) and 2 more"."""
    unit = f"{cut.unit}s"
    if cut.keeps is None:
        text = f"{cut.group}: {cut.channels} {unit}, how many stay is decided on data"
    elif cut.keeps == cut.channels:
        rounded = f": there is no lower multiple of {cut.multiple}" if cut.multiple > 1 else ""
        text = f"{cut.group}: all {cut.channels} {unit} stay{rounded}"
    else:
        rounded = f", a multiple of {cut.multiple}" if cut.multiple > 1 else ""
        text = f"{cut.group}: {cut.keeps} of {cut.channels} {unit} stay{rounded}"
    if not cut.with_it:
        return text
    named = [f"{layer} ({ROLES[role].format(cut.unit)})" for layer, role in list(cut.with_it.items())[:2]]
    more = len(cut.with_it) - len(named)
    return f"{text}. Coupled: {', '.join(named)}{f' and {more} more' if more else ''}"


def preview_text(found: Preview) -> str:
    """A line for each group, and what it all saves."""
    if not found.cuts:
        return ""
    lines = [cut_line(cut) for cut in found.cuts[:SHOWN]]
    if len(found.cuts) > SHOWN:
        rest = Counter("cut" if c.keeps is None or c.keeps < c.channels else "whole" for c in found.cuts[SHOWN:])
        told = [f"{rest['cut']} more groups are cut"] if rest["cut"] else []
        told += [f"{rest['whole']} more stay whole"] if rest["whole"] else []
        lines.append("; ".join(told))
    saved = found.savings
    if saved is not None:
        parts = [f"{numbers.count(saved.parameters)} of {numbers.count(found.parameters)} parameters"]
        if saved.macs is not None:
            parts.append(f"{numbers.count(saved.macs)} of {numbers.count(found.macs)} MACs")
        if saved.estimated_us:
            parts.append(f"about {numbers.time_us(saved.estimated_us)}, by the share of MACs")
        lines.append(f"Saves {', '.join(parts)}.")
    return "\n".join(lines)
