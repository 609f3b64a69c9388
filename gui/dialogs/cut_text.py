"""What cutting channels takes along and saves, and what two layers in the place of one save, in words."""

from __future__ import annotations

from collections import Counter

from gui import numbers
from gui.calls.pruning import Cut, Preview, Thin
from gui.language import mark, tr

SHOWN = 4
ROLES = {
    "producer": mark("makes the same {units}"),
    "follower": mark("has values for each"),
    "consumer": mark("reads them"),
}
UNITS = {"channel": mark("channels"), "neuron": mark("neurons"), "head": mark("heads"), "unit": mark("units")}


def cut_line(cut: Cut) -> str:
    """As in "conv1: 48 of 64 channels stay, a multiple of 16; with it go bn1 (has values for each) and 2 more"."""
    units = tr(UNITS[cut.unit])
    if cut.keeps is None:
        text = tr("{group}: {count} {units}, how many stay is decided on data")
    elif cut.keeps == cut.channels:
        text = tr("{group}: all {count} {units} stay")
        if cut.multiple > 1:
            text = tr("{group}: all {count} {units} stay: there is no lower multiple of {multiple}")
    else:
        text = tr("{group}: {keeps} of {count} {units} stay")
        if cut.multiple > 1:
            text = tr("{group}: {keeps} of {count} {units} stay, a multiple of {multiple}")
    text = text.format(group=cut.group, keeps=cut.keeps, count=cut.channels, units=units, multiple=cut.multiple)
    if cut.keeps is not None and cut.keeps != cut.channels and cut.keeps % cut.likes:
        text = tr(
            "{cut}, which can be SLOWER than all of them: the target's fast kernels take multiples of {likes}"
        ).format(cut=text, likes=cut.likes)
    if not cut.with_it:
        return text
    layers = [
        tr("{layer} ({role})").format(layer=layer, role=tr(ROLES[role]).format(units=units))
        for layer, role in list(cut.with_it.items())[:2]
    ]
    return tr("{cut}. Coupled: {layers}").format(cut=text, layers=_named(layers, len(cut.with_it)))


def _named(names: list[str], count: int) -> str:
    """The names, and how many of the ``count`` are not among them."""
    named = tr(", ").join(names)
    more = count - len(names)
    return tr("{names} and {count} more").format(names=named, count=more) if more else named


def thin_line(thin: Thin) -> str:
    """As in "conv1: 576 x 64 becomes two layers of rank 32; ranks up to 57 save something"."""
    if isinstance(thin.rank, str):
        return tr("{layer} stays: {reason}").format(layer=thin.layer, reason=thin.rank)
    text = tr(
        "{layer}: its {rows} × {outputs} weight becomes two layers of rank {rank}; ranks up to {most} save something"
    )
    if thin.rank is None:
        text = tr(
            "{layer}: its {rows} × {outputs} weight becomes two layers; how thin is decided on its numbers and the "
            "data, ranks up to {most} save something"
        )
    return text.format(layer=thin.layer, rows=thin.rows, outputs=thin.outputs, rank=thin.rank, most=thin.most)


def _thin_lines(found: Preview) -> list[str]:
    lines = [thin_line(thin) for thin in found.thin[:SHOWN]]
    rest = Counter("stay" if isinstance(thin.rank, str) else "become" for thin in found.thin[SHOWN:])
    told = [tr("{count} more layers become two").format(count=rest["become"])] if rest["become"] else []
    told += [tr("{count} more stay as they are").format(count=rest["stay"])] if rest["stay"] else []
    return [*lines, tr("; ").join(told)] if told else lines


def preview_text(found: Preview) -> str:
    """A line for each group or layer, and what it all saves."""
    if found.thin:
        little = [thin.layer for thin in found.thin if thin.little]
        slower = tr("Can be SLOWER as two kernels, for the little that it saves: {names}.")
        told = [slower.format(names=_named(little[:SHOWN], len(little)))] if little else []
        return "\n".join([*_thin_lines(found), *_saved_lines(found), *told])
    if not found.cuts:
        return ""
    lines = [cut_line(cut) for cut in found.cuts[:SHOWN]]
    if len(found.cuts) > SHOWN:
        rest = Counter("cut" if c.keeps is None or c.keeps < c.channels else "whole" for c in found.cuts[SHOWN:])
        told = [tr("{count} more groups are cut").format(count=rest["cut"])] if rest["cut"] else []
        told += [tr("{count} more stay whole").format(count=rest["whole"])] if rest["whole"] else []
        lines.append(tr("; ").join(told))
    return "\n".join([*lines, *_saved_lines(found)])


def _saved_lines(found: Preview) -> list[str]:
    saved = found.savings
    if saved is None:
        return []
    count, all_of_them = numbers.count(saved.parameters), numbers.count(found.parameters)
    parts = [tr("{count} of {all} parameters").format(count=count, all=all_of_them)]
    if saved.macs is not None:
        count, all_of_them = numbers.count(saved.macs), numbers.count(found.macs)
        parts.append(tr("{count} of {all} MACs").format(count=count, all=all_of_them))
    if saved.estimated_us:
        time = numbers.time_us(saved.estimated_us)
        parts.append(tr("about {time}, by the share of MACs").format(time=time))
    return [tr("Saves {parts}.").format(parts=tr(", ").join(parts))]
