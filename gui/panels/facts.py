"""What there is to say about a layer, as lines of a name, a value and a tip."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui import numbers
from gui.language import mark, tr
from gui.tables.kernels import MARKS, marks_of

if TYPE_CHECKING:
    from engine.graph.values import ValueInfo
    from engine.profiling.profile import KernelTiming, Profile
    from gui.channels import Coupled

NAME_LENGTH = 14
COUPLED_SHOWN = 4
COUPLED = {
    "makes": (mark("Made with"), mark("Make the same channels, and lose them together")),
    "follows": (mark("Followed by"), mark("Have values for each channel, which go along")),
    "reads": (mark("Read by"), mark("Sum over the channels: they lose the weights that read them")),
}


def profile_lines(name: str, profile: Profile) -> list[tuple[str, str, str]]:
    """What a whole measurement says."""
    latency = profile.latency_ms
    return [
        (
            name,
            tr("{median} median, {p90} p90").format(
                median=numbers.time_ms(latency.median), p90=numbers.time_ms(latency.p90)
            ),
            tr("Of {runs} runs on {device} with {threads} threads, profiler off").format(
                runs=profile.runs, device=profile.device, threads=profile.threads
            ),
        ),
        (
            "",
            tr("{count} per second, batch {batch}").format(
                count=numbers.count(round(profile.throughput_per_s)), batch=profile.batch
            ),
            tr("Throughput"),
        ),
        (
            "",
            tr("kernels {time}, {share}\u00a0% of it attributed").format(
                time=numbers.time_ms(profile.kernel_sum_ms), share=f"{profile.attributed_share * 100:.1f}"
            ),
            tr("Median over the runs of what all kernels took, and the part of it that belongs to layers"),
        ),
        (
            "",
            tr("profiler overhead {share}").format(share=numbers.signed_percent(profile.profiler_overhead)),
            tr("Profiled over unprofiled, minus one: shares come from profiled runs, latencies do not"),
        ),
        (
            "",
            tr("peak memory {size}").format(size=numbers.size(profile.peak_memory_bytes)),
            tr("By how much the child's memory grew from before the model was loaded"),
        ),
    ]


def channel_lines(found: Coupled) -> list[tuple[str, str, str]]:
    """How many channels a layer makes, and which others change with a cut, or why none can be cut."""
    lines = [(tr("Makes") if found.makes else tr("Follows"), found.amount, tr("What is cut or kept as a whole"))]
    if found.reason is not None:
        return [*lines, (tr("Cannot be cut"), found.reason, tr("Why these channels stay whatever the recipe says"))]
    if found.more:
        more = tr("and those of {count} more groups") if found.more > 1 else tr("and those of {count} more group")
        lines.append(("", more.format(count=found.more), ""))
    for role, (name, tip) in COUPLED.items():
        layers = [layer for layer, said in found.others.items() if said == role]
        if layers:
            named = ", ".join(layers[:COUPLED_SHOWN])
            if len(layers) > COUPLED_SHOWN:
                named = tr("{layers} and {count} more").format(layers=named, count=len(layers) - COUPLED_SHOWN)
            lines.append((tr(name), named, f"{tr(tip)}:\n" + "\n".join(layers[:40])))
    return lines


def short(name: str) -> str:
    """A name that fits into the column of names."""
    return name if len(name) <= NAME_LENGTH else name[: NAME_LENGTH - 1] + "…"


def shape(value: ValueInfo) -> str:
    return numbers.shape(value.shape if value.ranked else None)


def kernel_line(kernel: KernelTiming) -> tuple[str, str, str]:
    marks = tr(", ").join(tr(MARKS[name]) for name in marks_of(kernel).split())
    said = " ".join(part for part in (kernel.precision, kernel.implementation) if part)
    tip = "\n".join(part for part in (kernel.name, kernel.provider, said, ", ".join(kernel.layers)) if part)
    text = " ".join(part for part in (kernel.op, marks, numbers.time_us(kernel.median_us)) if part)
    if len(kernel.layers) > 1:
        text = tr("{kernel}, with {count} fused").format(kernel=text, count=len(kernel.layers) - 1)
    return "", text, tip
