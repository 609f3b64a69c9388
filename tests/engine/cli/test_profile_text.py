from __future__ import annotations

import io
import sys
from dataclasses import asdict, replace
from typing import Any

import pytest

from engine.cli.profile_text import describe
from engine.explain.placement import placement
from engine.profiling.profile import Histogram, Latency, LayerTiming, Profile, Transfers
from tests.engine.explain.test_diff import profile


def result(measured: Profile, **more: Any) -> dict[str, Any]:
    return {
        "model": "m.onnx",
        **measured.to_json(),
        "placement": [asdict(row) for row in placement(measured)],
        "memory": None,
        "roofline": None,
        "reasons": [],
        **more,
    }


def steady(**changes: Any) -> Profile:
    latency = Latency(
        2.71, 2.85, 2.98, 2.86, p99=3.4, interval=(2.83, 2.88), sessions=5, this_session_only=False,
        histogram=Histogram((2.7, 2.8, 2.9, 3.0), (10, 80, 0)), outliers=(5.3, 4.1), outlier_count=2,
    )  # fmt: skip
    made = profile([("conv", 900.0), ("norm", 95.0), (None, 5.0)], ["relu"])
    return replace(made, latency_ms=latency, unattributed_us=5.0, unattributed_share=0.005, **changes)


def test_the_figures_the_interval_and_the_histogram() -> None:
    text = describe(result(steady(warmup="steady after 12 runs", between_kernels_ms=1.5)))
    assert "2.85 ms median (2.83 to 2.88 over 5 fresh sessions)" in text
    assert "2.71 min, 2.86 mean, 2.98 p90, 3.4 p99 over 10 runs" in text
    assert "2 outliers up to 5.3 ms" in text
    assert "warm-up   steady after 12 runs" in text
    assert "2.5 ms with the profiler on (+10%) = 1 in kernels + 1.5 between them" in text
    assert "23.9 times as long" in describe(result(steady(profiler_overhead=22.94)))
    assert max(map(len, text.splitlines())) <= 100


def test_an_interval_of_one_session_says_so() -> None:
    measured = steady()
    once = replace(measured.latency_ms, sessions=1, this_session_only=True)
    assert "(2.83 to 2.88, this session only)" in describe(result(replace(measured, latency_ms=once)))


def test_one_block_of_runs_has_no_interval() -> None:
    measured = steady()
    once = replace(measured.latency_ms, interval=(2.85, 2.85), sessions=1, this_session_only=True)
    assert "2.85 ms median, without an interval;" in describe(result(replace(measured, latency_ms=once)))


def test_figures_of_tiny_models_are_no_powers_of_ten() -> None:
    memory = {"weight_bytes": 24, "peak_bytes": 45_000, "peak_layers": []}
    text = describe(result(steady(throughput_per_s=131579.0, profiler_overhead=9.72), memory=memory))
    assert "; 131,579/s" in text and "weights 24 B, activations up to 0.045 MB" in text
    assert "e+" not in text and "e-" not in text
    assert max(map(len, text.splitlines())) <= 100


def test_bars_for_a_terminal_that_has_no_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "▁█ " in describe(result(steady()))
    monkeypatch.setattr(sys, "stdout", io.TextIOWrapper(io.BytesIO(), encoding="ascii"))
    describe(result(steady())).encode("ascii")


def shares(text: str) -> list[float]:
    """Of the rows of the layers, the sum last."""
    rows = text.split("share")[1].splitlines()
    return [float(row.split("%")[0].split()[-1]) for row in rows if "%" in row]


def test_the_shares_that_are_shown_sum_to_the_whole() -> None:
    many = profile([(f"layer{n}", 10.0) for n in range(40)] + [(None, 12.0)])
    spent = sum(kernel.median_us for kernel in many.kernels)
    many = replace(
        many,
        unattributed_us=12.0,
        unattributed_share=12 / spent,
        layers=tuple(replace(layer, share=layer.median_us / spent) for layer in many.layers),
    )
    text = describe(result(many))
    *rows, total = shares(text)
    assert "25 more" in text and "(unattributed)" in text
    assert total == 100.0 and sum(rows) == pytest.approx(100.0, abs=0.5)


def test_what_fell_back_and_was_copied_stands_out() -> None:
    measured = steady(transfers=Transfers(120.0, 2300.0, 30.0))
    conv, norm, rest = measured.kernels
    measured = replace(
        measured,
        kernels=(replace(conv, provider="CUDA"), replace(norm, fallback=True), replace(rest, copy=True)),
        layers=(
            replace(measured.layers[0], provider="CUDA"),
            replace(measured.layers[1], provider="CPU", fallback=True, inserted_us=5.0),
            measured.layers[2],
        ),
    )
    text = describe(result(measured))
    assert "copy in 120, compute 2300, copy out 30 us" in text
    assert [line.split()[0] for line in text.splitlines() if "<- fallback" in line] == ["CPU", "norm"]
    assert "1 copy: 5 us" in text


def test_states_without_time_are_counted() -> None:
    measured = steady()
    inside = LayerTiming("clip", "fused_into", 0.0, 0.0, 0.0, "conv")
    text = describe(result(replace(measured, layers=(*measured.layers, inside))))
    assert "Of 4 layers, 1 fused into the layers above, 1 optimized away." in text


def test_reasons_come_with_cost_layers_and_the_way_out() -> None:
    reason = {
        "rule": "casts", "title": "2 casts were inserted", "layers": ["a", "b", "c", "d", "e"], "cost_us": 42.0,
        "detail": "What happens.", "advice": "What helps.", "remedies": [],
    }  # fmt: skip
    text = describe(result(steady(), reasons=[reason] * 8))
    assert "1. 2 casts were inserted\n   a, b, c, d and 1 more\n   What happens. What helps." in text
    assert "2 more in --json and --csv" in text


def test_the_record_has_settings_and_versions() -> None:
    measured = steady(
        settings={"threads": 2, "spinning": True, "level": None}, environment={"onnxruntime": "1.31", "device": "CPU"},
        model_sha256="0123456789abcdef", measured_at="2026-01-01",
    )  # fmt: skip
    text = describe(result(measured))
    assert "settings  spinning=yes, level=none" in text
    assert "measured  2026-01-01, onnxruntime 1.31, model 0123456789ab" in text


def test_an_incomplete_profile_says_so_first() -> None:
    text = describe(result(steady(complete=False, stopped="cancelled"), error="the runtime died"))
    assert "NOT COMPLETE: cancelled." in "\n".join(text.splitlines()[:4])
    assert text.endswith("the runtime died")


def change(layer_id: str, side: str, before: float | None, after: float | None) -> dict[str, Any]:
    return {
        "id": layer_id, "side": side, "before_us": before, "after_us": after, "delta_us": (after or 0) - (before or 0),
        "before_state": "timed", "after_state": "fused_into", "before_lead": "", "after_lead": "conv",
    }  # fmt: skip


def test_a_baseline_says_how_sure_it_is_and_what_changed() -> None:
    baseline = {
        "median_ms": 2.0, "median_interval_ms": [1.9, 2.1], "measured_at": "2026-01-01T00:00:00+00:00", "ratio": 1.1,
        "interval": [0.9, 1.2], "may_be_noise": True, "fail_over": 0.05, "over": True,
        "notes": ["Different threads: 2 before, 4 after."],
        "diff": {
            "layers": [change("new", "after", None, 5.0), change("relu", "both", 3.0, 0.0)],
            "left_out": {"layers": 4, "delta_us": 1.0}, "unattributed_delta_us": 0.5, "kernel_delta_us": 3.5,
        },
    }  # fmt: skip
    text = describe(result(steady(), baseline=baseline))
    assert "10.0% slower than the 2 ms of 2026-01-01T00:00:00+00:00: ratio 1.100 (0.900 to 1.200)" in text
    assert "may be noise" in text and "OVER the limit of +5.0%" in text and "`lathe compare`" in text
    assert "Different threads: 2 before, 4 after." in text
    lines = {line.split()[0]: line for line in text.split("what changed most")[1].splitlines() if line}
    assert lines["new"].endswith("only after") and lines["relu"].endswith("timed -> fused into conv")
    assert lines["4"].split() == ["4", "others", "+1.0"]
