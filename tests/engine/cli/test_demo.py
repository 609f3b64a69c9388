"""The demo on the small sample; measuring, which takes its time, is replaced."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

import onnx
import pytest

import resources
from engine.cli import demo
from engine.errors import UsageError
from engine.profiling.fair import LatencyComparison
from engine.profiling.profile import Latency, LayerTiming, Profile
from engine.progress import Progress
from engine.recipe import Recipe, Rule

LATENCY = LatencyComparison(
    a_ms=2.0,
    b_ms=1.0,
    ratio=0.5,
    interval=(0.4, 0.6),
    sessions=5,
    this_session_only=False,
    control_ratio=1.0,
    control_interval=(0.99, 1.01),
)


def profile(*_: Any) -> Profile:
    layers = (LayerTiming("dense", "timed", 90.0, 0.0, 0.9, None), LayerTiming("conv", "timed", 10.0, 0.0, 0.1, None))
    return Profile(
        device="cpu",
        threads=2,
        batch=1,
        runs=10,
        latency_ms=Latency(0.1, 0.2, 0.3, 0.2),
        throughput_per_s=5.0,
        kernel_sum_ms=0.1,
        profiled_ms=0.2,
        profiler_overhead=0.0,
        attributed_share=1.0,
        peak_memory_bytes=1,
        noisy=False,
        inputs="data",
        kernels=(),
        layers=layers,
    )


@pytest.fixture
def arguments(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> argparse.Namespace:
    small = [sample for sample in resources.samples() if sample.key == "digits_cnn"]
    monkeypatch.setattr(resources, "samples", lambda: tuple(small))
    monkeypatch.setattr("engine.profiling.measure.profile", profile)
    monkeypatch.setattr("engine.profiling.measure.compare_latency", lambda *_: LATENCY)
    prune = ("prune", Rule("pruning", "magnitude_weights", "dense", {"ratio": 0.5}))
    monkeypatch.setattr(demo, "STEPS", (*demo.STEPS[:-1], prune))
    return argparse.Namespace(output=tmp_path / "results", threads=1)


def test_does_every_step_and_leaves_the_results(arguments: argparse.Namespace) -> None:
    result = demo.run(arguments, Progress())
    assert [step["step"] for step in result["steps"]] == ["clean", "quantize", "prune"]
    cleaned, quantized, _ = result["steps"]
    assert cleaned["exact"]
    assert not quantized["exact"]
    assert all(step["accuracy"]["b"] > 0.97 for step in result["steps"])
    assert result["slowest"][0]["id"] == "dense"
    assert {t["id"] for t in result["treated"] if t["pruning"]} == {"dense"}

    onnx.checker.check_model(result["output"], full_check=True)
    assert result["file_bytes"]["b"] < 0.4 * result["file_bytes"]["a"]
    assert len(Recipe.load(Path(result["recipe"])).rules) == 2
    assert json.loads((arguments.output / "summary.json").read_text()) == json.loads(json.dumps(result))

    story = demo.describe(result)
    for word in ("Profiled: 0.20 ms", "2.00 -> 1.00 ms", "top-1", str(arguments.output), "dense"):
        assert word in story
    assert "noisy" not in story


def test_folder_that_cannot_be_made_is_named(arguments: argparse.Namespace, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    arguments.output = tmp_path / "file" / "results"
    with pytest.raises(UsageError, match="file/results"):
        demo.run(arguments, Progress())


def test_every_rule_of_the_shipped_demo_matches_a_layer() -> None:
    from engine.formats import open_source
    from engine.graph.layers import index_layers
    from engine.graph.select import select

    layers = index_layers(open_source(resources.samples()[0].model, Progress()).model).layers
    selectors = [rule.selector for _, rule in demo.STEPS if rule and rule.selector]
    assert selectors
    assert all(len(select(selector, layers)) == 3 for selector in selectors)
