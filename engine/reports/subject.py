"""A measured model as a subject of a report."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from engine.reports import words
from engine.reports.page import LayerRow

if TYPE_CHECKING:
    from engine.explain.explain import Explanation
    from engine.graph.layers import LayerIndex
    from engine.profiling.profile import Profile


def layer_rows(
    index: LayerIndex, profile: Profile | None, treatments: Mapping[str, str] | None = None
) -> list[LayerRow]:
    """In the order of the file."""
    timings = {timing.id: timing for timing in profile.layers} if profile is not None else {}
    said = treatments or {}
    rows = []
    for layer in index.layers:
        timing = timings.get(layer.id)
        shape = "×".join("?" if d is None else str(d) for d in layer.output_shape or ())
        rows.append(
            LayerRow(
                layer.id, layer.op, f"{shape} {layer.dtype or ''}".strip(), layer.parameters, layer.macs,
                timing.median_us if timing is not None else None, timing.share if timing is not None else None,
                timing.state if timing is not None else "", said.get(layer.id, ""),
            )
        )  # fmt: skip
    return rows


def layer_times(profile: Profile) -> dict[str, float]:
    return {timing.id: timing.median_us for timing in profile.layers if timing.median_us > 0}


def profile_facts(profile: Profile) -> list[tuple[str, str]]:
    """What was measured, in words."""
    latency = profile.latency_ms
    low, high = latency.interval
    found = [("Latency", f"{words.time_us(latency.median * 1000)} median, {words.time_us(latency.p90 * 1000)} p90")]
    if high > 0:
        sessions = "this session only" if latency.this_session_only else f"{latency.sessions} sessions"
        interval = f"{words.time_us(low * 1000)} to {words.time_us(high * 1000)}"
        found.append(("Interval of the median", f"{interval} with 95 % ({sessions})"))
    found += [
        ("Throughput", f"{words.three(profile.throughput_per_s)} per second, batch {profile.batch}"),
        ("Kernels", f"{words.time_us(profile.kernel_sum_ms * 1000)}, {words.percent(profile.attributed_share)} of it "
                    "attributed to layers"),
        ("Profiler", f"{_overhead(profile.profiler_overhead)}; kernels are measured with it, latency without"),
        ("Memory", f"{words.size(profile.peak_memory_bytes)} more while loaded and warm"),
        ("Runs", f"{profile.runs} on {'samples' if profile.inputs == 'data' else 'synthetic inputs'}"),
    ]  # fmt: skip
    return found


def _overhead(fraction: float) -> str:
    if fraction < 0:
        return "costs less than can be measured here"
    return f"makes a run {words.percent(fraction)} slower"


def machine_facts(profile: Profile) -> list[tuple[str, str]]:
    """Device, settings and versions: what one must have to measure the same again."""
    machine = profile.environment.get("device", "")
    found = [("Device", f"{profile.device}{f' ({machine})' if machine else ''}, {profile.threads} threads")]
    found += [(_named(n), str(v)) for n, v in sorted(profile.environment.items()) if n != "device"]
    found += [
        (f"Option {name.replace('_', ' ')}", ("yes" if value else "no") if isinstance(value, bool) else str(value))
        for name, value in sorted(profile.settings.items())
        if value not in (None, "")
    ]
    if profile.measured_at:
        found.append(("Measured at", profile.measured_at))
    return found


NAMES = {"onnxruntime": "ONNX Runtime", "openvino": "OpenVINO", "torch": "PyTorch"}


def _named(name: str) -> str:
    words_of = name.replace("_", " ")
    return NAMES.get(name, words_of[:1].upper() + words_of[1:])


def reason_lines(explanation: Explanation | None) -> Sequence[tuple[str, str]]:
    if explanation is None:
        return ()
    return [
        (f"{reason.title}{f' ({words.time_us(reason.cost_us)})' if reason.cost_us else ''}.", reason.detail)
        for reason in explanation.reasons
    ]
