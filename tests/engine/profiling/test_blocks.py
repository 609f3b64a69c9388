from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pytest

from engine.backend import Array, Feeds, Trace
from engine.errors import Cancelled
from engine.graph.values import ValueInfo
from engine.profiling import blocks
from engine.profiling.blocks import Block, Plan, Rounds, Runner, alternate, half_width, take_feeds
from engine.progress import Progress


@dataclass
class FakeSession:
    """Takes its time and writes down who ran."""

    name: str
    log: list[str]
    seconds: float = 0.0
    inputs: tuple[ValueInfo, ...] = ()
    outputs: tuple[ValueInfo, ...] = ()
    fed: list[Feeds] = field(default_factory=list)

    def run(self, feeds: Feeds, outputs: Sequence[str] | None = None) -> list[Array]:
        self.log.append(self.name)
        self.fed.append(feeds)
        time.sleep(self.seconds)
        return []

    def finish_trace(self) -> Trace:
        raise NotImplementedError


@dataclass(frozen=True)
class FakeSamples:
    count: int
    kind: str = "synthetic"
    fingerprint: str = ""
    labels: None = None

    def __len__(self) -> int:
        return self.count

    def batches(self, size: int):  # type: ignore[no-untyped-def]
        for start in range(0, self.count, size):
            yield {"x": np.zeros(min(size, self.count - start))}


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "PAUSE_S", 0.0)
    monkeypatch.setattr(blocks, "WARM_S", 0.01)
    monkeypatch.setattr(blocks, "BLOCK_S", 0.002)


def pair(seconds: float = 0.0) -> tuple[list[str], Runner, Runner]:
    log: list[str] = []
    feeds: list[Feeds] = [{}]
    return log, Runner(FakeSession("a", log, seconds), feeds), Runner(FakeSession("b", log, seconds), feeds)


def test_blocks_alternate_and_swap_their_order_each_round() -> None:
    log, a, b = pair()
    alternate(a, b, Plan(warmup=1, runs=40, min_rounds=4), Progress())
    turns = [name for n, name in enumerate(log[2:]) if n == 0 or log[2:][n - 1] != name]
    assert "".join(turns).startswith("aba"), "the second round begins with the one that ended the first"


def test_the_asked_number_of_runs_counts_and_the_first_tenth_of_a_block_does_not() -> None:
    _, a, b = pair()
    rounds = alternate(a, b, Plan(warmup=2, runs=40, min_rounds=4), Progress())
    for runner, found in ((a, rounds.first), (b, rounds.second)):
        assert sum(len(block.run_us) for block in found) == 40
        assert found[0].first > 2, "warm-up and the first runs of the block come before"
        assert runner.runs >= 2 + 40 * 10 // 9
        assert all(one.first + len(one.run_us) < two.first for one, two in pairwise(found))


@pytest.mark.parametrize("runs", [1, 2, 3, 7, 25])
def test_any_number_of_runs_can_be_asked_for(runs: int) -> None:
    _, a, b = pair(0.001)
    rounds = alternate(a, b, Plan(warmup=1, runs=runs), Progress())
    assert sum(len(block.run_us) for block in rounds.first) == runs
    assert len(rounds.ratios) == len(rounds.first), "no block is empty"


def test_the_profiled_session_keeps_to_its_limit() -> None:
    _, a, b = pair()
    rounds = alternate(a, b, Plan(seconds=0.5, second_runs=60, max_rounds=10), Progress())
    assert b.runs <= 60
    assert len(rounds.second) == len(rounds.first) >= 3
    assert a.runs > b.runs


def test_measuring_ends_with_its_time_box() -> None:
    _, a, b = pair(0.004)
    begin = time.perf_counter()
    rounds = alternate(a, b, Plan(seconds=0.05, min_rounds=3, max_rounds=1000), Progress())
    assert 3 <= len(rounds.first) < 100
    assert time.perf_counter() - begin < 5


def test_it_stops_where_it_is_cancelled() -> None:
    _, a, b = pair()
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        alternate(a, b, Plan(), progress)


def test_ratios_compare_neighbours() -> None:
    rounds = Rounds((Block((1.0, 2.0, 9.0), 0), Block((4.0,), 9)), (Block((3.0, 4.0, 5.0), 0), Block((2.0,), 9)))
    assert rounds.ratios == [2.0, 0.5]


def test_half_width_tells_steady_from_not() -> None:
    steady = [100 + n % 3 * 0.1 for n in range(12)]
    assert half_width(steady) < blocks.STEADY < half_width([100 + n % 3 * 10 for n in range(12)])
    assert half_width([100.0, 100.0]) == float("inf"), "two say nothing"


def test_feeds_are_full_batches_and_go_round() -> None:
    feeds = take_feeds(FakeSamples(7), 2)  # type: ignore[arg-type]
    assert [len(feed["x"]) for feed in feeds] == [2, 2, 2]
    log: list[str] = []
    session = FakeSession("a", log)
    runner = Runner(session, feeds)
    for _ in range(4):
        runner.run()
    assert session.fed[3] is feeds[0]
