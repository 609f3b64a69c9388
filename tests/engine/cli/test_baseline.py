from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest

from engine.cli.baseline import against, read_baseline, require_device
from engine.errors import DataError, UsageError
from engine.explain.diff import Threshold
from engine.profiling.profile import Latency, Profile
from tests.engine.explain.test_diff import profile


def measured(median: float, interval: tuple[float, float] = (0.0, 0.0), **layers: float) -> Profile:
    return replace(profile(list(layers.items())), latency_ms=Latency(median, median, median, median, interval=interval))


def stored(path: Path, before: Profile) -> Path:
    path.write_text(json.dumps(before.to_json()))
    return path


@pytest.mark.parametrize(
    ("before", "after", "may_be_noise"),
    [
        ((1.9, 2.1), (2.0, 2.2), True),
        ((1.9, 2.0), (2.1, 2.2), False),
        ((2.1, 2.2), (1.9, 2.0), False),
        ((0.0, 0.0), (2.0, 2.2), None),
        ((2.0, 2.0), (2.1, 2.2), None),
    ],
)
def test_overlapping_intervals_may_be_noise(
    tmp_path: Path, before: tuple[float, float], after: tuple[float, float], may_be_noise: bool | None
) -> None:
    baseline = read_baseline(stored(tmp_path / "p.json", measured(2.0, before)))
    found = against(baseline, measured(2.1, after), None, None, {}).to_json()
    assert found["may_be_noise"] is may_be_noise
    assert found["ratio"] == pytest.approx(1.05)
    if may_be_noise is not None:
        assert found["interval"] == pytest.approx([after[0] / before[1], after[1] / before[0]])


@pytest.mark.parametrize(("limit", "over"), [(None, False), (0.2, False), (0.05, True)])
def test_only_over_the_limit_is_over(tmp_path: Path, limit: float | None, over: bool) -> None:
    baseline = read_baseline(stored(tmp_path / "p.json", measured(2.0)))
    assert against(baseline, measured(2.2), limit, None, {}).over is over


def test_what_the_threshold_leaves_out_stays_in_the_sum(tmp_path: Path) -> None:
    baseline = read_baseline(stored(tmp_path / "p.json", measured(2.0, a=100.0, b=10.0, gone=3.0)))
    found = against(baseline, measured(2.0, a=150.0, b=11.0, new=2.0), None, Threshold(us=20), {}).to_json()["diff"]
    assert [row["id"] for row in found["layers"]] == ["a"]
    assert found["left_out"] == {"layers": 3, "delta_us": pytest.approx(0.0)}
    total = sum(row["delta_us"] for row in found["layers"]) + found["left_out"]["delta_us"]
    assert total + found["unattributed_delta_us"] == pytest.approx(found["kernel_delta_us"])


def test_a_median_alone_compares_and_says_that_there_are_no_layers(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_text('{"latency_ms": {"median": 2}}')
    found = against(read_baseline(tmp_path / "p.json"), measured(1.0), None, None, {}).to_json()
    assert found["ratio"] == 0.5 and found["diff"] is None
    assert found["notes"] == ["No layers to compare, as the baseline is not a profile: device is missing."]


@pytest.mark.parametrize(
    "content",
    [
        "no json", "[]", "3", "null", "{}", '{"latency_ms": 3}', '{"latency_ms": {"median": "x"}}', "[" * 100_000,
        '{"latency_ms": {"median": true}}', '{"latency_ms": {"median": 0}}', '{"latency_ms": {"median": Infinity}}',
    ],
)  # fmt: skip
def test_what_is_no_baseline(tmp_path: Path, content: str) -> None:
    (tmp_path / "p.json").write_text(content)
    with pytest.raises(DataError) as caught:
        read_baseline(tmp_path / "p.json")
    assert caught.value.where == str(tmp_path / "p.json") and "lathe profile" in caught.value.way_out


def test_bytes_that_are_no_text_and_a_file_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "p.json").write_bytes(b"\xff\xfe\x00")
    for name in ("p.json", "missing.json"):
        with pytest.raises(DataError):
            read_baseline(tmp_path / name)


def test_a_limit_holds_on_one_device_only(tmp_path: Path) -> None:
    baseline = read_baseline(stored(tmp_path / "p.json", measured(2.0)))
    require_device(baseline, "cpu")
    with pytest.raises(UsageError, match="measured on cpu, not on cuda:0"):
        require_device(baseline, "cuda:0")
