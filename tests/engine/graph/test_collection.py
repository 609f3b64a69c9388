"""What is built without the collector does not stay for ever."""

from __future__ import annotations

import gc
import weakref

import pytest

from engine.graph import collection
from engine.graph.collection import collection_paused


class Ring:
    def __init__(self) -> None:
        self.itself = self


def test_the_collector_rests_in_a_block_and_goes_on_after_it() -> None:
    assert gc.isenabled()
    with collection_paused():
        with collection_paused():
            pass
        assert not gc.isenabled(), "an inner block woke it"
    assert gc.isenabled()


def test_what_blocks_left_is_looked_for_when_it_is_much(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(collection, "MANY", 5_000)
    left: list[weakref.ref[Ring]] = []
    kept: list[list[None]] = []
    for _ in range(20):
        with collection_paused():
            left.append(weakref.ref(Ring()))
            kept += ([] for _ in range(1_000))
    assert any(ring() is None for ring in left), "garbage of all blocks is still there"
