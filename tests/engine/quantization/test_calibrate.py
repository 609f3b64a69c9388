"""Calibration against ranges that are known, and its cache."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import numpy as np
import onnx_ir as ir
import pytest

from engine.backend import Feeds, RunSettings, Runtime
from engine.backends import backend_of
from engine.data.samples import Samples
from engine.data.synthetic import synthetic
from engine.errors import DataError
from engine.profiling.child import Child
from engine.progress import Progress, Tick
from engine.quantization import calibrate as calibration
from engine.quantization.calibrate import KEPT_MODELS, RangeCache, calibrate
from engine.scheme import ValueStatistics

T = TypeVar("T")
ModelOf = Callable[..., ir.Model]
TEXT = """g (float[N,4] x) => (float[N,4] y) {
    [double] a = Add(x, x) [shift] b = Add(a, one) [shape] s = Shape(b) [last] y = Mul(b, two)
}"""
WEIGHTS = {"one": np.ones(4, np.float32), "two": np.array([2.0, -3.0, 0.5, 1.0], np.float32)}
SETTINGS = RunSettings(threads=1)


@dataclass(frozen=True)
class Rows:
    """Samples from one array, one row each."""

    array: np.ndarray
    fingerprint: str = "rows"
    labels: None = None
    group: int | None = None
    kind: Literal["data"] = "data"

    def __len__(self) -> int:
        return len(self.array)

    def batches(self, size: int) -> Iterator[Feeds]:
        for start in range(0, len(self.array), size):
            yield {"x": self.array[start : start + size]}


class Here:
    """A host that calls in this process and remembers what it was asked."""

    def __init__(self) -> None:
        self.calls: list[Any] = []

    def call(self, function: Callable[..., T], *args: Any, progress: Progress) -> T:
        self.calls.append(args)
        return function(*args, progress=progress)


@pytest.fixture
def rows() -> Rows:
    return Rows(np.random.default_rng(0).normal(size=(7, 4)).astype(np.float32))


def ranges(
    model: ir.Model, samples: Samples, *wanted: str, host: Any = None, settings: RunSettings = SETTINGS
) -> dict[str, ValueStatistics]:
    return calibrate(
        model, frozenset(wanted), Runtime(backend_of("cpu"), settings, host or Here()), samples, Progress()
    )


def extremes(found: Mapping[str, ValueStatistics]) -> dict[str, tuple[float, float]]:
    return {name: (seen.low, seen.high) for name, seen in found.items()}


def test_ranges_are_those_of_all_samples(model_of: ModelOf, rows: Rows) -> None:
    found = ranges(model_of(TEXT, WEIGHTS), rows, "x", "a", "b", "y")
    b = rows.array * 2 + 1
    expected = {"x": rows.array, "a": rows.array * 2, "b": b, "y": b * WEIGHTS["two"]}
    assert found.keys() == expected.keys()
    for name, array in expected.items():
        assert (found[name].low, found[name].high) == pytest.approx((array.min(), array.max()), rel=1e-6)


def test_constants_need_no_run(model_of: ModelOf, rows: Rows) -> None:
    host = Here()
    assert extremes(ranges(model_of(TEXT, WEIGHTS), rows, "two", host=host)) == {"two": (-3.0, 2.0)}
    assert not host.calls


def test_values_that_are_no_floats_get_no_range(model_of: ModelOf, rows: Rows) -> None:
    assert ranges(model_of(TEXT, WEIGHTS), rows, "a", "s").keys() == {"a"}


@pytest.mark.parametrize("batch", [1, 2, 5, 100])
def test_the_batch_size_changes_nothing(batch: int, model_of: ModelOf, rows: Rows) -> None:
    model = model_of(TEXT, WEIGHTS)
    found = ranges(model, rows, "y", settings=RunSettings(threads=1, batch=batch))
    assert extremes(found) == extremes(ranges(model, rows, "y"))
    assert found["y"].elements == found["y"].counts.sum() == 28


def test_large_values_are_observed_in_passes(model_of: ModelOf, rows: Rows, monkeypatch: pytest.MonkeyPatch) -> None:
    model, host = model_of(TEXT, WEIGHTS), Here()
    at_once = ranges(model, rows, "a", "b", "y")
    monkeypatch.setattr(calibration, "PASS_BYTES", 20)
    assert extremes(ranges(model, rows, "a", "b", "y", host=host)) == extremes(at_once)
    assert [list(args[2]) for args in host.calls] == [["a"], ["b"], ["y"]]


@pytest.mark.parametrize("bad", [np.nan, np.inf])
def test_what_is_not_finite_names_value_and_layer(bad: float, model_of: ModelOf, rows: Rows) -> None:
    rows.array[3, 1] = bad
    with pytest.raises(DataError) as error:
        ranges(model_of(TEXT, WEIGHTS), rows, "b")
    assert "'b'" in str(error.value) and "shift" in str(error.value)


def test_no_samples_is_an_error(model_of: ModelOf) -> None:
    with pytest.raises(DataError, match="no samples"):
        ranges(model_of(TEXT, WEIGHTS), Rows(np.zeros((0, 4), np.float32)), "a")


def test_the_model_stays_as_it_is(model_of: ModelOf, rows: Rows) -> None:
    model = model_of(TEXT, WEIGHTS)
    ranges(model, rows, "a", "b")
    assert [value.name for value in model.graph.outputs] == ["y"]


def test_progress_counts_samples(model_of: ModelOf, rows: Rows) -> None:
    ticks: list[Tick] = []

    class Watched(Progress):
        def step(self, label: str, done: int = 0, total: int | None = None) -> None:
            super().step(label, done, total)
            ticks.append(self.tick)

    calibrate(
        model_of(TEXT, WEIGHTS),
        frozenset("a"),
        Runtime(backend_of("cpu"), RunSettings(threads=1, batch=2), Here()),
        rows,
        Watched(),
    )
    assert [(tick.done, tick.total) for tick in ticks] == [(0, 7), (2, 7), (4, 7), (6, 7), (7, 7)]


def test_it_runs_in_the_child(model_of: ModelOf) -> None:
    model = model_of("g (float[1,4] x) => (float[1,4] y) { y = Add(x, x) }", {})
    samples = synthetic(model, SETTINGS, 3)
    with Child() as host:
        found = ranges(model, samples, "x", "y", host=host)
    assert found["y"].high == pytest.approx(2 * found["x"].high)


class TestCache:
    def test_what_is_known_is_not_run_again(self, model_of: ModelOf, rows: Rows) -> None:
        model, host, cache = model_of(TEXT, WEIGHTS), Here(), RangeCache()
        first = self.get(cache, model, rows, host, "a", "b")
        assert self.get(cache, model, rows, host, "a") == {"a": first["a"]}
        assert len(host.calls) == 1

    def test_only_what_is_missing_is_calibrated(self, model_of: ModelOf, rows: Rows) -> None:
        model, host, cache = model_of(TEXT, WEIGHTS), Here(), RangeCache()
        self.get(cache, model, rows, host, "a")
        assert self.get(cache, model, rows, host, "a", "y").keys() == {"a", "y"}
        assert [list(args[2]) for args in host.calls] == [["a"], ["y"]]

    def test_values_without_a_range_are_remembered_too(self, model_of: ModelOf, rows: Rows) -> None:
        model, host, cache = model_of(TEXT, WEIGHTS), Here(), RangeCache()
        for _ in range(2):
            assert self.get(cache, model, rows, host, "a", "s").keys() == {"a"}
        assert len(host.calls) == 1

    def test_other_weights_or_samples_are_calibrated_anew(self, model_of: ModelOf, rows: Rows) -> None:
        host, cache = Here(), RangeCache()
        other = {**WEIGHTS, "one": np.full(4, 5.0, np.float32)}
        found = [self.get(cache, model_of(TEXT, weights), rows, host, "b")["b"] for weights in (WEIGHTS, other)]
        assert found[1].high == pytest.approx(found[0].high + 4)
        doubled = Rows(rows.array * 2, fingerprint="doubled")
        assert self.get(cache, model_of(TEXT, WEIGHTS), doubled, host, "b")["b"] != found[0]
        assert len(host.calls) == 3

    def test_only_the_last_models_are_kept(self, model_of: ModelOf, rows: Rows) -> None:
        host, cache = Here(), RangeCache()
        models = [model_of(TEXT, {**WEIGHTS, "one": np.full(4, float(n), np.float32)}) for n in range(KEPT_MODELS + 1)]
        for number in (*range(KEPT_MODELS), 0, KEPT_MODELS, 0):
            self.get(cache, models[number], rows, host, "b")
        assert len(host.calls) == KEPT_MODELS + 1, "used again, the first is not the next to go"
        self.get(cache, models[1], rows, host, "b")
        assert len(host.calls) == KEPT_MODELS + 2

    @staticmethod
    def get(
        cache: RangeCache, model: ir.Model, samples: Samples, host: Here, *wanted: str
    ) -> dict[str, ValueStatistics]:
        backend = backend_of("cpu")
        return cache.get_or_calibrate(model, frozenset(wanted), Runtime(backend, SETTINGS, host), samples, Progress())
