"""A profile as a person reads it in a terminal of 100 columns: figures first, then layers, then why, then warnings."""

from __future__ import annotations

import sys
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

_WIDTH = 100
_LABEL = 10
_LAYERS = 15
_REASONS = 6
_CHANGES = 10
_NAME = 44
_NARROWEST = 24
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
        _reasons(result),
        _baseline(result),
        _notes(result),
    ]
    return "\n\n".join("\n".join(block) for block in blocks if block)


def _head(result: Mapping[str, Any]) -> list[str]:
    title = result["environment"].get("device", "")
    named = f" ({title})" if title and title != result["device"] else ""
    lines = [
        f"{result['model']}",
        f"on {result['device']}{named}, {_count(result['threads'], 'thread')}, batch {result['batch']}, "
        + ("synthetic inputs" if result["inputs"] == "synthetic" else "inputs from the data"),
    ]
    if not result["complete"]:
        lines += _wrapped(
            f"NOT COMPLETE: {result['stopped'] or result.get('error', '')}. What was measured until then:"
        )
    return lines


def _latency(result: Mapping[str, Any]) -> list[str]:
    latency = result["latency_ms"]
    low, high = latency["interval"]
    if low <= 0:
        held = ""
    elif latency["this_session_only"]:
        held = f" ({_ms(low)} to {_ms(high)}, this session only)"
    else:
        held = f" ({_ms(low)} to {_ms(high)} over {_count(latency['sessions'], 'fresh session')})"
    others = ", ".join(f"{_ms(latency[key])} {key}" for key in ("min", "mean", "p90", "p99") if latency[key])
    lines = [
        _row("latency", f"{_ms(latency['median'])} ms median{held}; {result['throughput_per_s']:.3g}/s"),
        _row("", f"{others} over {_count(result['runs'], 'run')}"),
    ]
    lines += _histogram(latency)
    if result["warmup"]:
        lines += _labelled("warm-up", result["warmup"])
    if result["transfers"] is not None:
        moved = result["transfers"]
        lines.append(
            _row(
                "transfers",
                f"copy in {_us(moved['copy_in_us'])}, compute {_us(moved['compute_us'])}, "
                f"copy out {_us(moved['copy_out_us'])} us",
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
    slowest = f", {_count(outliers, 'outlier')} up to {_ms(latency['outliers'][0])} ms" if outliers else ""
    return [_row("", f"{_ms(edges[0])} {_bars(joined)} {_ms(edges[-1])} ms{slowest}")]


def _bars(counts: Sequence[int]) -> str:
    bars, most = _bar_letters(), max(counts)
    return "".join(" " if not count else bars[(count * len(bars) - 1) // most if most else 0] for count in counts)


def _bar_letters() -> str:
    try:
        _BARS.encode(getattr(sys.stdout, "encoding", None) or "ascii")
    except (UnicodeEncodeError, LookupError):
        return _PLAIN_BARS
    return _BARS


def _memory(result: Mapping[str, Any]) -> list[str]:
    memory = result["memory"]
    lines = [_row("memory", f"{_mb(result['peak_memory_bytes'])} MB at the most while loading and running")]
    if memory is not None:
        peak = f"; the peak is at {_some(memory['peak_layers'], 3)}" if memory["peak_layers"] else ""
        lines += _labelled(
            "",
            f"weights {_mb(memory['weight_bytes'])} MB, activations up to {_mb(memory['peak_bytes'])} MB{peak}",
        )
    return lines


def _kernels(result: Mapping[str, Any]) -> list[str]:
    clock = ", device clock" if result["kernel_clock"] == "device" else ""
    lines = [
        _row(
            "kernels",
            f"{_ms(result['profiled_ms'])} ms with the profiler on ({result['profiler_overhead']:+.0%}) = "
            f"{_ms(result['kernel_sum_ms'])} in kernels{clock} + {_ms(result['between_kernels_ms'])} between them",
        )
    ]
    rows = result["placement"]
    if len(rows) > 1 or any(row["fallback"] or row["copies"] for row in rows):
        lines.append(_row("ran on", f"{'provider':<30} {'layers':>7} {'kernels':>8} {'us':>10} {'share':>7}"))
        for row in rows:
            mark = "  <- fallback" if row["fallback"] else ""
            lines.append(
                _row(
                    "",
                    f"{row['provider']:<30} {row['layers']:>7} {row['kernels']:>8} {row['median_us']:>10.1f} "
                    f"{row['share']:>7.1%}{mark}",
                )
            )
            if row["copies"]:
                lines.append(_row("", f"  {_count(row['copies'], 'copy', 'copies')}: {_us(row['copies_us'])} us"))
    elif rows:
        lines.append(_row("ran on", f"{rows[0]['provider']}, all of {_count(rows[0]['kernels'], 'kernel')}"))
    return lines


def _layers(result: Mapping[str, Any]) -> list[str]:
    timed = sorted((layer for layer in result["layers"] if layer["median_us"]), key=lambda row: -row["median_us"])
    shown, rest = timed[:_LAYERS], timed[_LAYERS:]
    precise = any(layer["precision"] for layer in timed)
    placed = len(result["placement"]) > 1
    inserted = any(layer["inserted_us"] for layer in shown)
    width = _width(layer["id"] for layer in shown)
    lines = [
        f"{'layer':<{width}} {'us':>10} {'share':>7}"
        + (f" {'inserted':>9}" if inserted else "")
        + (f"  {'precision':<10}" if precise else "")
        + ("  provider" if placed else "")
    ]
    for layer in shown:
        lines.append(
            f"{_short(layer['id'], width):<{width}} {layer['median_us']:>10.1f} {layer['share']:>7.1%}"
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
    found = [f"{count} {said[state]}" for state, count in counts.items() if count]
    return _wrapped(f"Of {len(layers)} layers, {', '.join(found)}.") if found else []


def _roofline(result: Mapping[str, Any]) -> list[str]:
    roofline = result["roofline"]
    if roofline is None:
        return []
    reached = roofline["ceilings"]
    rates = ", ".join(f"{name} {rate:.3g}" for name, rate in reached["gmacs_per_s"].items())
    lines = [
        _row("ceilings", f"{rates} GMAC/s; {reached['gbytes_per_s']:.3g} GB/s from memory"),
        "",
        f"{'layer':<36} {'GMAC/s':>8} {'GB/s':>7} {'MAC/byte':>9} {'bound by':>9} {'of ceiling':>11}  precision",
    ]
    spent = {layer["id"]: layer["median_us"] for layer in result["layers"]}
    slowest = sorted(roofline["layers"], key=lambda roof: -spent.get(roof["layer"], 0.0))
    lines += [
        f"{_short(roof['layer'], 36):<36} {roof['gmacs_per_s']:>8.3g} {roof['gbytes_per_s']:>7.3g} "
        f"{roof['intensity']:>9.3g} {roof['bound']:>9} {roof['of_ceiling']:>11.0%}  {roof['precision']}"
        for roof in slowest[:_LAYERS]
    ]
    return lines


def _reasons(result: Mapping[str, Any]) -> list[str]:
    reasons = result["reasons"]
    if not reasons:
        return []
    lines = ["why it takes that long"]
    for number, reason in enumerate(reasons[:_REASONS], 1):
        cost = "" if reason["cost_us"] is None else f" [{_us(reason['cost_us'])} us]"
        lines += _wrapped(f"{number}. {reason['title']}{cost}", indent="   ")
        if reason["layers"]:
            lines += _wrapped(f"   {_some(reason['layers'], 4)}", indent="   ")
        lines += _wrapped(f"   {reason['detail']} {reason['advice']}".rstrip(), indent="   ")
    if len(reasons) > _REASONS:
        lines.append(f"{len(reasons) - _REASONS} more in --json and --csv")
    return lines


def _baseline(result: Mapping[str, Any]) -> list[str]:
    if "baseline" not in result:
        return []
    found = result["baseline"]
    change = "slower" if found["ratio"] > 1 else "faster"
    when = f" of {found['measured_at']}" if found["measured_at"] else ""
    low, high = found["interval"] or (0.0, 0.0)
    between = "" if found["interval"] is None else f" ({low:.3f} to {high:.3f})"
    lines = _labelled(
        "baseline",
        f"{abs(found['ratio'] - 1):.1%} {change} than the {_ms(found['median_ms'])} ms{when}: "
        f"ratio {found['ratio']:.3f}{between}",
    )
    if found["may_be_noise"] is None:
        lines += _labelled("", "The baseline states no interval: whether the difference is noise is not known.")
    elif found["may_be_noise"]:
        lines += _labelled("", "The intervals overlap: the difference may be noise.")
    if found["over"] is not None:
        verdict = "OVER the limit" if found["over"] else "within the limit"
        lines.append(_row("", f"{verdict} of {found['fail_over']:+.1%}"))
    lines += _labelled(
        "",
        "The baseline was measured at another time, and a machine drifts. Where both models are at hand, "
        "`lathe compare` gives a fair ratio.",
    )
    for note in found["notes"]:
        lines += _labelled("", note)
    return [*lines, *_changes(found["diff"])]


def _changes(diff: Mapping[str, Any] | None) -> list[str]:
    if diff is None:
        return []
    rows = diff["layers"][:_CHANGES]
    width = _width(row["id"] for row in rows)
    lines = ["", f"{'what changed most':<{width}} {'before us':>10} {'after us':>10} {'delta us':>10}"]
    for row in rows:
        lines.append(
            f"{_short(row['id'], width):<{width}} {_side(row['before_us'])} {_side(row['after_us'])} "
            f"{row['delta_us']:>+10.1f}  {_states(row)}".rstrip()
        )
    hidden = diff["layers"][_CHANGES:]
    others = diff["left_out"]["layers"] + len(hidden)
    if others:
        delta = diff["left_out"]["delta_us"] + sum(row["delta_us"] for row in hidden)
        lines.append(f"{_count(others, 'other'):<{width}} {'':>10} {'':>10} {delta:>+10.1f}")
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


def _notes(result: Mapping[str, Any]) -> list[str]:
    lines = []
    if result["noisy"]:
        lines.append("NOISY: the machine disturbed this measurement.")
    for note in result["notes"]:
        lines += _wrapped(note)
    if result.get("error"):
        lines += _wrapped(result["error"])
    return lines


def _row(label: str, text: str) -> str:
    return f"{label:<{_LABEL}}{text}".rstrip()


def _labelled(label: str, text: str) -> list[str]:
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=f"{label:<{_LABEL}}",
        subsequent_indent=" " * _LABEL,
        break_long_words=False,
        break_on_hyphens=False,
    )


def _wrapped(text: str, indent: str = "") -> list[str]:
    return [
        line
        for part in text.splitlines()
        for line in textwrap.wrap(
            part, _WIDTH, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        )
    ]


def _some(names: Sequence[str], most: int) -> str:
    shown = ", ".join(_short(name, _NAME) for name in names[:most])
    return f"{shown} and {len(names) - most} more" if len(names) > most else shown


def _width(names: Iterable[str]) -> int:
    """Of a column of names."""
    return min(_NAME, max(_NARROWEST, *map(len, names), 0))


def _short(text: str, width: int) -> str:
    """The end of a long name says more than its beginning."""
    return text if len(text) <= width else "..." + text[len(text) - width + 3 :]


def _count(number: int, one: str, many: str = "") -> str:
    return f"{number} {one if number == 1 else many or one + 's'}"


def _ms(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _us(value: float) -> str:
    return f"{value:.3g}" if value < 1000 else f"{value:.0f}"


def _mb(count: int) -> str:
    return f"{count / 1e6:.3g}"
