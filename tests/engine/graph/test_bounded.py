from __future__ import annotations

import sys

import pytest

from engine.graph.bounded import memory_ceiling

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="only there is the address space limited")


def test_memory_ends_inside_the_block_and_only_there() -> None:
    import resource

    before = resource.getrlimit(resource.RLIMIT_AS)
    with memory_ceiling(0), memory_ceiling(0), pytest.raises(MemoryError):
        bytearray(1 << 30)
    assert resource.getrlimit(resource.RLIMIT_AS) == before
    assert len(bytearray(1 << 30)) == 1 << 30


def test_a_larger_model_may_take_more() -> None:
    with memory_ceiling(20_000_000):
        assert len(bytearray(1 << 30)) == 1 << 30
