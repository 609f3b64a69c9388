"""``--baseline P.json``: a measurement beside an earlier one, for continuous integration.

The earlier one was taken at another time, so that the ratio contains what the machine did in between; both medians come
with their intervals, and the ratio's interval is the widest that these allow: (low after / high before, high after /
low before). It contains 1 exactly where the two intervals overlap, and then the difference may be noise.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from engine.errors import DataError, UsageError
from engine.explain.diff import LayerDelta, ProfileDiff, Threshold, diff, over
from engine.profiling.profile import Latency, Profile, profile_from_json

WAY_OUT = "Give the output of `lathe profile MODEL --json`."


@dataclass(frozen=True, slots=True)
class Baseline:
    """``profile`` is None where the file has a median and no layers, which ``reason`` says."""

    path: Path
    latency_ms: Latency
    device: str
    measured_at: str
    profile: Profile | None
    reason: str = ""


def read_baseline(path: Path) -> Baseline:
    """An earlier ``lathe profile --json``.

    Raises:
        DataError: the file has no median latency.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise DataError(f"cannot be read: {error.strerror}", where=str(path), way_out=WAY_OUT) from None
    except (ValueError, RecursionError):
        raise DataError("is not JSON", where=str(path), way_out=WAY_OUT) from None
    try:
        profile = profile_from_json(stored, where=str(path))
    except DataError as error:
        return _median_alone(path, stored, error)
    _require_positive(path, profile.latency_ms.median)
    return Baseline(path, profile.latency_ms, profile.device, profile.measured_at, profile)


def _median_alone(path: Path, stored: object, error: DataError) -> Baseline:
    """What a script may have written by hand: ``{"latency_ms": {"median": 2.85}}``."""
    latency = stored.get("latency_ms") if isinstance(stored, Mapping) else None
    found = latency.get("median") if isinstance(latency, Mapping) else None
    if isinstance(found, bool) or not isinstance(found, int | float):
        raise error
    _require_positive(path, found)
    assert isinstance(stored, Mapping)
    device = stored.get("device")
    median = float(found)
    return Baseline(
        path,
        Latency(min=median, median=median, p90=median, mean=median),
        device if isinstance(device, str) else "",
        "",
        None,
        error.what,
    )


def _require_positive(path: Path, found: float) -> None:
    if not 0 < found < float("inf"):
        raise DataError(f"has a median latency of {found} ms", where=str(path), way_out=WAY_OUT)


def require_device(baseline: Baseline, device: str) -> None:
    """A limit between two devices would gate nothing.

    Raises:
        UsageError: the baseline is of another device.
    """
    if baseline.device and baseline.device != device:
        raise UsageError(
            f"was measured on {baseline.device}, not on {device}",
            where=str(baseline.path),
            way_out="Leave out --fail-over to compare them all the same.",
        )


@dataclass(frozen=True, slots=True)
class Verdict:
    """``shown`` are the layers of ``diff`` over the threshold; without one, all."""

    baseline: Baseline
    ratio: float
    interval: tuple[float, float] | None
    fail_over: float | None
    threshold: Threshold | None
    diff: ProfileDiff | None
    shown: tuple[LayerDelta, ...]

    @property
    def over(self) -> bool:
        return self.fail_over is not None and self.ratio > 1 + self.fail_over

    def to_json(self) -> dict[str, Any]:
        before = self.baseline.latency_ms
        return {
            "median_ms": before.median,
            "median_interval_ms": list(before.interval) if _has_interval(before) else None,
            "measured_at": self.baseline.measured_at,
            "ratio": self.ratio,
            "interval": None if self.interval is None else list(self.interval),
            "may_be_noise": None if self.interval is None else self.interval[0] <= 1 <= self.interval[1],
            "fail_over": self.fail_over,
            "over": None if self.fail_over is None else self.over,
            "diff": None if self.diff is None else self._diff(self.diff),
            "notes": self._notes(),
        }

    def _notes(self) -> list[str]:
        if self.diff is None:
            return [f"No layers to compare, as the baseline {self.baseline.reason}."]
        return list(self.diff.notes)

    def _diff(self, found: ProfileDiff) -> dict[str, Any]:
        """With what is left out in one figure, so that the sum stays."""
        left_out = sum(row.delta_us for row in found.layers) - sum(row.delta_us for row in self.shown)
        return {
            **{key: value for key, value in asdict(found).items() if key != "notes"},
            "layers": [asdict(row) for row in self.shown],
            "threshold": None if self.threshold is None else asdict(self.threshold),
            "left_out": {"layers": len(found.layers) - len(self.shown), "delta_us": left_out},
        }


def against(
    baseline: Baseline,
    measured: Profile,
    fail_over: float | None,
    threshold: Threshold | None,
    origins: Mapping[str, tuple[str, ...]],
) -> Verdict:
    """Compare a measurement with the baseline; ``origins`` as in ``diff``."""
    found = None if baseline.profile is None else diff(baseline.profile, measured, origins=origins)
    if found is None:
        shown: tuple[LayerDelta, ...] = ()
    else:
        shown = found.layers if threshold is None else over(found, threshold)
    return Verdict(
        baseline,
        measured.latency_ms.median / baseline.latency_ms.median,
        _ratio_interval(baseline.latency_ms, measured.latency_ms),
        fail_over,
        threshold,
        found,
        shown,
    )


def _has_interval(latency: Latency) -> bool:
    """One block of runs has none: both ends of its interval are its own figure."""
    return 0 < latency.interval[0] < latency.interval[1]


def _ratio_interval(before: Latency, after: Latency) -> tuple[float, float] | None:
    if not (_has_interval(before) and _has_interval(after)):
        return None
    return after.interval[0] / before.interval[1], after.interval[1] / before.interval[0]
