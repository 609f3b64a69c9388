"""What cutting channels takes along and saves, and what two layers in the place of one save, in words."""

from __future__ import annotations

from collections import Counter

from gui import numbers
from gui.calls.pruning import Cut, Preview, Thin

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
        if cut.keeps % cut.likes:
            text += f", which can be SLOWER than all of them: the target's fast kernels take multiples of {cut.likes}"
    if not cut.with_it:
        return text
    named = [f"{layer} ({ROLES[role].format(cut.unit)})" for layer, role in list(cut.with_it.items())[:2]]
    more = len(cut.with_it) - len(named)
    return f"{text}. Coupled: {', '.join(named)}{f' and {more} more' if more else ''}"


def thin_line(thin: Thin) -> str:
    """As in "conv1: 576 x 64 becomes two layers of rank 32; ranks up to 57 save something"."""
    size = f"{thin.layer}: its {thin.rows} × {thin.outputs} weight"
    if isinstance(thin.rank, str):
        return f"{thin.layer} stays: {thin.rank}"
    pays = f"ranks up to {thin.most} save something"
    if thin.rank is None:
        return f"{size} becomes two layers; how thin is decided on its numbers and the data, {pays}"
    return f"{size} becomes two layers of rank {thin.rank}; {pays}"


def _thin_lines(found: Preview) -> list[str]:
    lines = [thin_line(thin) for thin in found.thin[:SHOWN]]
    rest = Counter("stay" if isinstance(thin.rank, str) else "become" for thin in found.thin[SHOWN:])
    told = [f"{rest['become']} more layers become two"] if rest["become"] else []
    told += [f"{rest['stay']} more stay as they are"] if rest["stay"] else []
    return [*lines, "; ".join(told)] if told else lines


def preview_text(found: Preview) -> str:
    """A line for each group or layer, and what it all saves."""
    if found.thin:
        little = [thin.layer for thin in found.thin if thin.little]
        named = ", ".join(little[:SHOWN]) + (f" and {len(little) - SHOWN} more" if len(little) > SHOWN else "")
        slower = [f"Can be SLOWER as two kernels, for the little that it saves: {named}."] if little else []
        return "\n".join([*_thin_lines(found), *_saved_lines(found), *slower])
    if not found.cuts:
        return ""
    lines = [cut_line(cut) for cut in found.cuts[:SHOWN]]
    if len(found.cuts) > SHOWN:
        rest = Counter("cut" if c.keeps is None or c.keeps < c.channels else "whole" for c in found.cuts[SHOWN:])
        told = [f"{rest['cut']} more groups are cut"] if rest["cut"] else []
        told += [f"{rest['whole']} more stay whole"] if rest["whole"] else []
        lines.append("; ".join(told))
    return "\n".join([*lines, *_saved_lines(found)])


def _saved_lines(found: Preview) -> list[str]:
    saved = found.savings
    if saved is None:
        return []
    parts = [f"{numbers.count(saved.parameters)} of {numbers.count(found.parameters)} parameters"]
    if saved.macs is not None:
        parts.append(f"{numbers.count(saved.macs)} of {numbers.count(found.macs)} MACs")
    if saved.estimated_us:
        parts.append(f"about {numbers.time_us(saved.estimated_us)}, by the share of MACs")
    return [f"Saves {', '.join(parts)}."]
