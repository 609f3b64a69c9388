from __future__ import annotations

from engine.profiling.processor import Processor, physical_cores, processor, threads_of


def test_features_decide() -> None:
    assert Processor("", False, frozenset({"avx512f", "avx512_vnni"})).vnni
    assert Processor("", False, frozenset({"avx2", "avx_vnni"})).vnni
    assert not Processor("", False, frozenset({"avx512f", "avx2"})).vnni


def test_threads_default_to_the_physical_cores() -> None:
    assert threads_of(0) == physical_cores() >= 1
    assert threads_of(3) == 3
    assert isinstance(processor().name, str)
