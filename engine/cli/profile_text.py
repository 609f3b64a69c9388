"""A profile as a person reads it in a terminal of 100 columns: figures first, then layers, then why, then warnings."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from typing import Any

from engine.cli.data_text import data_text
from engine.cli.layout import count, digits, in_bytes, labelled, labelled_row, rate, short, some, width_of, wrapped
from engine.cli.why_text import changes_text, reasons_text

_LAYERS = 15
_BARS = "▁▂▃▄▅▆▇█"
_PLAIN_BARS = "_.:-=+*#"
_COLUMNS = 40


def describe(result: dict[str, Any]) -> str:
    """The whole report; ``result`` is the JSON object."""
    blocks = [
        _head(result),
        _latency(result),
        _kernels(result),
        _layers(result),
        _roofline(result),
        reasons_text(result["reasons"]),
        _baseline(result),
        _record(result),
        _notes(result),
        data_text(result),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(result: Mapping[str, Any]) -> list[str]:
    title = result["environment"].get("device", "")
    named = f" ({title})" if title and title != result["device"] else ""
    lines = [
        f"{result['model']}",
        f"on {result['device']}{named}, {count(result['threads'], 'thread')}, batch {result['batch']}, "
        + ("synthetic inputs" if result["inputs"] == "synthetic" else "inputs from the data"),
    ]
    if not result["complete"]:
        lines += wrapped(f"NOT COMPLETE: {result['stopped'] or result.get('error', '')}. What was measured until then:")
    return lines


def _latency(result: Mapping[str, Any]) -> list[str]:
    latency = result["latency_ms"]
    low, high = latency["interval"]
    if not 0 < low < high:
        held = ", without an interval"
    elif latency["this_session_only"]:
        held = f" ({digits(low)} to {digits(high)}, this session only)"
    else:
        held = f" ({digits(low)} to {digits(high)} over {count(latency['sessions'], 'fresh session')})"
    others = ", ".join(f"{digits(latency[key])} {key}" for key in ("min", "mean", "p90", "p99") if latency[key])
    lines = [
        labelled_row("latency", f"{digits(latency['median'])} ms median{held}; {rate(result['throughput_per_s'])}"),
        labelled_row("", f"{others} over {count(result['runs'], 'run')}"),
    ]
    lines += _histogram(latency)
    if result["warmup"]:
        lines += labelled("warm-up", result["warmup"])
    if result["transfers"] is not None:
        moved = result["transfers"]
        lines.append(
            labelled_row(
                "transfers",
                f"copy in {digits(moved['copy_in_us'])}, compute {digits(moved['compute_us'])}, "
                f"copy out {digits(moved['copy_out_us'])} us",
            )
        )
    return [*lines, *_memory(result)]


def _histogram(latency: Mapping[str, Any]) -> list[str]:
    """The counts of the runs as a row of bars, with what lies beyond."""
    edges, counts = latency["histogram"]["edges"], latency["histogram"]["counts"]
    if not counts:
        return []
    step = -(-len(counts) // _COLUMNS)
    joined = [sum(counts[n : n + step]) for n in range(0, len(counts), step)]
    outliers = latency["outlier_count"]
    slowest = f", {count(outliers, 'outlier')} up to {digits(latency['outliers'][0])} ms" if outliers else ""
    return [labelled_row("", f"{digits(edges[0])} {_bars(joined)} {digits(edges[-1])} ms{slowest}")]


def _bars(counts: Sequence[int]) -> str:
    bars, most = _bar_letters(), max(counts)
    return "".join(bars[(number * len(bars) - 1) // most] if number else " " for number in counts)


def _bar_letters() -> str:
    try:
        _BARS.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_BARS
    return _BARS


def _memory(result: Mapping[str, Any]) -> list[str]:
    memory = result["memory"]
    lines = [labelled_row("memory", f"{in_bytes(result['peak_memory_bytes'])} at the most while loading and running")]
    if memory is not None:
        peak = f"; the peak is at {some(memory['peak_layers'], 3)}" if memory["peak_layers"] else ""
        lines += labelled(
            "",
            f"weights {in_bytes(memory['weight_bytes'])}, activations up to {in_bytes(memory['peak_bytes'])}{peak}"
            + ("" if result["arena_bytes"] is None else f"; the arena held {in_bytes(result['arena_bytes'])}"),
        )
    return lines


def _kernels(result: Mapping[str, Any]) -> list[str]:
    clock = ", device clock" if result["kernel_clock"] == "device" else ""
    lines = labelled(
        "kernels",
        f"{digits(result['profiled_ms'])} ms with the profiler on ({_slower(result['profiler_overhead'])}) = "
        f"{digits(result['kernel_sum_ms'])} in kernels{clock} + {digits(result['between_kernels_ms'])} "
        "between them",
    )
    rows = result["placement"]
    if len(rows) > 1 or any(row["fallback"] or row["copies"] for row in rows):
        lines.append(labelled_row("ran on", f"{'provider':<30} {'layers':>7} {'kernels':>8} {'us':>10} {'share':>7}"))
        for row in rows:
            mark = "  <- fallback" if row["fallback"] else ""
            lines.append(
                labelled_row(
                    "",
                    f"{row['provider']:<30} {row['layers']:>7} {row['kernels']:>8} {row['median_us']:>10.1f} "
                    f"{row['share']:>7.1%}{mark}",
                )
            )
            if row["copies"]:
                lines.append(
                    labelled_row("", f"  {count(row['copies'], 'copy', 'copies')}: {digits(row['copies_us'])} us")
                )
    elif rows:
        lines.append(labelled_row("ran on", f"{rows[0]['provider']}, all of {count(rows[0]['kernels'], 'kernel')}"))
    return lines


def _slower(overhead: float) -> str:
    """A run that takes many times as long is not told in percent."""
    return f"{overhead:+.0%}" if overhead < 1 else f"{1 + overhead:.3g} times as long"


def _layers(result: Mapping[str, Any]) -> list[str]:
    timed = sorted((layer for layer in result["layers"] if layer["median_us"]), key=lambda row: -row["median_us"])
    shown, rest = timed[:_LAYERS], timed[_LAYERS:]
    precise = any(layer["precision"] for layer in timed)
    placed = len(result["placement"]) > 1
    inserted = any(layer["inserted_us"] for layer in shown)
    width = width_of(layer["id"] for layer in shown)
    lines = [
        f"{'layer':<{width}} {'us':>10} {'share':>7}"
        + (f" {'inserted':>9}" if inserted else "")
        + (f"  {'precision':<10}" if precise else "")
        + ("  provider" if placed else "")
    ]
    for layer in shown:
        lines.append(
            f"{short(layer['id'], width):<{width}} {layer['median_us']:>10.1f} {layer['share']:>7.1%}"
            + (f" {_blank_or(layer['inserted_us']):>9}" if inserted else "")
            + (f"  {layer['precision']:<10}" if precise else "")
            + (f"  {layer['provider']}" if placed else "")
            + ("  <- fallback" if layer["fallback"] else "")
        )
    if rest:
        us, share = sum(row["median_us"] for row in rest), sum(row["share"] for row in rest)
        lines.append(f"{f'{len(rest)} more':<{width}} {us:>10.1f} {share:>7.1%}")
    lines.append(f"{'(unattributed)':<{width}} {result['unattributed_us']:>10.1f} {result['unattributed_share']:>7.1%}")
    total = sum(row["median_us"] for row in timed) + result["unattributed_us"]
    share = sum(row["share"] for row in timed) + result["unattributed_share"]
    lines.append(f"{'sum of kernels':<{width}} {total:>10.1f} {share:>7.1%}")
    return [*(line.rstrip() for line in lines), *_without_time(result["layers"])]


def _blank_or(us: float) -> str:
    return f"{us:.1f}" if us else ""


def _without_time(layers: Sequence[Mapping[str, Any]]) -> list[str]:
    said = {
        "fused_into": "fused into the layers above",
        "folded": "computed when the model was loaded",
        "eliminated": "optimized away",
        "not_run": "in a branch that was not taken",
    }
    counts = {state: sum(layer["state"] == state for layer in layers) for state in said}
    found = [f"{number} {said[state]}" for state, number in counts.items() if number]
    return wrapped(f"Of {len(layers)} layers, {', '.join(found)}.") if found else []


def _roofline(result: Mapping[str, Any]) -> list[str]:
    roofline = result["roofline"]
    if roofline is None:
        return []
    reached = roofline["ceilings"]
    rates = ", ".join(f"{name} {rate:.3g}" for name, rate in reached["gmacs_per_s"].items())
    lines = [
        labelled_row("ceilings", f"{rates} GMAC/s; {reached['gbytes_per_s']:.3g} GB/s from memory"),
        "",
        f"{'layer':<36} {'GMAC/s':>8} {'GB/s':>7} {'MAC/byte':>9} {'bound by':>9} {'of ceiling':>11}  precision",
    ]
    spent = {layer["id"]: layer["median_us"] for layer in result["layers"]}
    slowest = sorted(roofline["layers"], key=lambda roof: -spent.get(roof["layer"], 0.0))
    lines += [
        f"{short(roof['layer'], 36):<36} {roof['gmacs_per_s']:>8.3g} {roof['gbytes_per_s']:>7.3g} "
        f"{roof['intensity']:>9.3g} {roof['bound']:>9} {roof['of_ceiling']:>11.0%}  {roof['precision']}"
        for roof in slowest[:_LAYERS]
    ]
    return lines


def _baseline(result: Mapping[str, Any]) -> list[str]:
    if "baseline" not in result:
        return []
    found = result["baseline"]
    change = "slower" if found["ratio"] > 1 else "faster"
    when = f" of {found['measured_at']}" if found["measured_at"] else ""
    low, high = found["interval"] or (0.0, 0.0)
    between = "" if found["interval"] is None else f" ({low:.3f} to {high:.3f})"
    lines = labelled(
        "baseline",
        f"{abs(found['ratio'] - 1):.1%} {change} than the {digits(found['median_ms'])} ms{when}: "
        f"ratio {found['ratio']:.3f}{between}",
    )
    if found["may_be_noise"] is None:
        lines += labelled("", "The baseline states no interval: whether the difference is noise is not known.")
    elif found["may_be_noise"]:
        lines += labelled("", "The intervals overlap: the difference may be noise.")
    if found["over"] is not None:
        verdict = "OVER the limit" if found["over"] else "within the limit"
        lines.append(labelled_row("", f"{verdict} of {found['fail_over']:+.1%}"))
    lines += labelled(
        "",
        "The baseline was measured at another time, and a machine drifts. Where both models are at hand, "
        "`lathe compare` gives a fair ratio.",
    )
    for note in found["notes"]:
        lines += labelled("", note)
    return lines if found["diff"] is None else [*lines, "", *changes_text(found["diff"])]


def _record(result: Mapping[str, Any]) -> list[str]:
    """What one must know to measure the same again."""
    said = {True: "yes", False: "no", None: "none"}
    options = [
        f"{name}={said.get(value, value) if value is None or isinstance(value, bool) else value}"
        for name, value in result["settings"].items()
        if name not in ("threads", "batch")
    ]
    versions = [f"{name} {version}" for name, version in result["environment"].items() if name != "device"]
    model = [f"model {result['model_sha256'][:12]}"] if result["model_sha256"] else []
    lines = labelled("settings", ", ".join(options)) if options else []
    return [
        *lines,
        *labelled("measured", ", ".join(part for part in (result["measured_at"], *versions, *model) if part)),
    ]


def _notes(result: Mapping[str, Any]) -> list[str]:
    lines = []
    if result["noisy"]:
        lines.append("NOISY: the machine disturbed this measurement.")
    for note in result["notes"]:
        lines += wrapped(note)
    if result.get("error"):
        lines += wrapped(result["error"])
    return lines
