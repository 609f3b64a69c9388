from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pytest

from engine.backend import Feeds
from engine.errors import Cancelled
from engine.profiling import blocks
from engine.profiling.blocks import Block, Rounds, Runner, Turn, alternate, take_feeds
from engine.progress import Progress
from tests.engine.profiling.fakes import FakeSession


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
    monkeypatch.setattr(blocks, "BLOCK_S", 0.002)
    monkeypatch.setattr(blocks, "STEADY_S", 0.0)


class Scripted(Runner):
    """Whose runs take what the script says."""

    def __init__(self, times: list[float], most: int | None = None) -> None:
        super().__init__(FakeSession(), [{}], most)
        self._times = iter(times)

    def run(self) -> float:
        self.runs += 1
        return next(self._times)


def runners(count: int, seconds: float = 0.0, most: int | None = None) -> tuple[list[str], list[Runner]]:
    log: list[str] = []
    feeds: list[Feeds] = [{}]
    found = [Runner(FakeSession(name, log, seconds), feeds, most if name == "b" else None) for name in "abc"[:count]]
    for runner in found:
        runner.warm(2, 0.01, Progress())
    log.clear()
    return log, found


def turns(log: list[str]) -> str:
    return "".join(name for n, name in enumerate(log) if n == 0 or log[n - 1] != name)


def test_blocks_of_two_alternate_and_swap_their_order() -> None:
    log, pair = runners(2)
    alternate(pair, Turn(4, 40), Progress())
    assert turns(log) == "ababab", "ab ba ba ab: each is first as often as the other"


def test_blocks_of_three_begin_and_end_with_each_of_them() -> None:
    orders = ["".join("abc"[n] for n in blocks._order(3, number)) for number in range(6)]
    assert sorted(orders) == ["abc", "acb", "bac", "bca", "cab", "cba"]


def test_the_asked_number_of_runs_counts_and_the_first_tenth_of_a_block_does_not() -> None:
    _, pair = runners(2)
    rounds = alternate(pair, Turn(4, 40), Progress())
    for runner, found in zip(pair, rounds.blocks, strict=True):
        assert sum(len(block.run_us) for block in found) == 40
        assert found[0].first > 2, "warm-up and the first runs of the block come before"
        assert runner.runs >= 2 + 40 * 10 // 9
        assert all(one.first + len(one.run_us) < two.first for one, two in pairwise(found))


@pytest.mark.parametrize("runs", [1, 2, 3, 7, 25])
def test_any_number_of_runs_can_be_asked_for(runs: int) -> None:
    _, pair = runners(2, 0.0005)
    rounds = alternate(pair, Turn(min(3, runs), runs), Progress())
    assert sum(len(block.run_us) for block in rounds.blocks[0]) == runs
    assert len(rounds.ratios(1)) == len(rounds.blocks[0]), "no block is empty"


def test_the_profiled_session_keeps_to_its_limit() -> None:
    _, (a, b) = runners(2, most=60)
    rounds = alternate([a, b], Turn(6), Progress())
    assert b.runs <= 60
    assert len(rounds.blocks[1]) == len(rounds.blocks[0]) == 6
    assert a.runs > b.runs


def test_it_stops_where_it_is_cancelled() -> None:
    _, pair = runners(2)
    progress = Progress()
    progress.cancel()
    with pytest.raises(Cancelled):
        alternate(pair, Turn(3), progress)


class FinishedAt(Progress):
    """Asked for an early end when so many blocks are done."""

    def __init__(self, blocks_done: int) -> None:
        super().__init__()
        self._at = blocks_done

    def step(self, label: str, done: int = 0, total: int | None = None, *, seconds: int = 0) -> None:
        super().step(label, done, total, seconds=seconds)
        if done == self._at:
            self.finish()


@pytest.mark.parametrize(("at", "rounds"), [(0, 1), (1, 1), (2, 1), (4, 2)])
def test_an_early_end_comes_with_the_next_block_and_leaves_whole_rounds(at: int, rounds: int) -> None:
    log, pair = runners(2)
    found = alternate(pair, Turn(5), FinishedAt(at))
    assert [len(of) for of in found.blocks] == [rounds, rounds]
    assert len(turns(log)) <= at + 2


def test_ticks_count_blocks_of_all_sessions() -> None:
    _, pair = runners(2)
    progress = Progress()
    alternate(pair, Turn(3, label="measuring", before=6, total=30), progress)
    assert (progress.tick.label, progress.tick.done, progress.tick.total) == ("measuring", 11, 30)


def test_ratios_compare_within_a_round() -> None:
    rounds = Rounds(((Block((1.0, 2.0, 9.0), 0), Block((4.0,), 9)), (Block((3.0, 4.0, 5.0), 0), Block((2.0,), 9))))
    assert rounds.ratios(1) == [2.0, 0.5]


def test_warming_up_ends_when_the_later_half_is_like_the_earlier() -> None:
    found = Scripted([500.0, 300.0, 200.0, *[100.0] * 20]).warm(0, 10.0, Progress())
    assert found.steady is True
    assert abs(found.drift) <= blocks.STEADY
    assert 6 < found.runs < 23
    assert found.run_us == 100


def test_what_gets_faster_and_faster_is_not_steady_and_the_limit_ends_it() -> None:
    found = Scripted([1000 * 0.99**n for n in range(1000)]).warm(0, 0.0, Progress())
    assert (found.runs, found.steady) == (blocks.WARM_RUNS, None), "too few to tell"
    ever = Runner(FakeSession(), [{}])
    numbers = iter(range(100_000))
    ever.run = lambda: 1e6 * 0.9 ** next(numbers)  # type: ignore[method-assign]
    found = ever.warm(0, 0.005, Progress())
    assert found.steady is False
    assert found.drift < -blocks.STEADY
    assert found.seconds >= 0.005


def test_asked_runs_are_neither_more_nor_tested() -> None:
    found = Scripted([100.0] * 9).warm(4, 0.0, Progress())
    assert (found.runs, found.steady) == (4, None)


def test_warming_up_takes_no_more_than_a_third_of_the_runs_that_are_allowed() -> None:
    found = Scripted([100.0 + n for n in range(100)], most=30).warm(0, 10.0, Progress())
    assert found.runs <= 10


def test_feeds_are_full_batches_and_go_round() -> None:
    feeds = take_feeds(FakeSamples(7), 2)  # type: ignore[arg-type]
    assert [len(feed["x"]) for feed in feeds] == [2, 2, 2]
    session = FakeSession()
    runner = Runner(session, feeds)
    for _ in range(4):
        runner.run()
    assert session.fed[3] is feeds[0]
