"""Statistics kept in files."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from engine.quantization import statistics
from engine.quantization.observers import Observer
from engine.quantization.statistics import StatisticsStore
from engine.scheme import ValueStatistics


def known() -> dict[str, ValueStatistics | None]:
    observer = Observer(1)
    observer.observe(np.random.default_rng(0).normal(size=(2, 3, 8)).astype(np.float32))
    return {"a/b:0": observer.result(), "text": None, "plain": ValueStatistics(-1.0, 2.0)}


def test_what_is_saved_is_loaded(tmp_path: Path) -> None:
    store, before = StatisticsStore(tmp_path / "new"), known()
    store.save("model", "samples", before)
    after = StatisticsStore(tmp_path / "new").load("model", "samples")
    assert list(after) == list(before) and after["text"] is None
    for name in ("a/b:0", "plain"):
        mine, its = before[name], after[name]
        assert mine is not None and its is not None
        assert (mine.low, mine.high, mine.elements, mine.bounds) == (its.low, its.high, its.elements, its.bounds)
        for field in ("counts", "channel_low", "channel_high", "channel_mean"):
            np.testing.assert_array_equal(getattr(mine, field), getattr(its, field))


def test_another_model_or_other_samples_are_unknown(tmp_path: Path) -> None:
    store = StatisticsStore(tmp_path)
    store.save("model", "samples", known())
    assert store.load("other", "samples") == {} == store.load("model", "others")


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04 torn", b"text"])
def test_a_broken_file_counts_as_none(content: bytes, tmp_path: Path) -> None:
    store = StatisticsStore(tmp_path)
    store.save("model", "samples", known())
    (path,) = tmp_path.iterdir()
    path.write_bytes(content)
    assert store.load("model", "samples") == {}


def test_a_folder_that_cannot_be_written_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = StatisticsStore(tmp_path / "file" / "folder")
    store.save("model", "samples", known())
    assert store.load("model", "samples") == {}


def test_the_oldest_go_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    store = StatisticsStore(tmp_path)
    for number, model in enumerate("abc"):
        store.save(model, "samples", known())
        newest = max(tmp_path.iterdir(), key=lambda path: path.stat().st_mtime)
        os.utime(newest, (number, number))
    size = newest.stat().st_size
    monkeypatch.setattr(statistics, "MOST_BYTES", int(2.5 * size))
    store.save("d", "samples", known())
    assert [bool(store.load(model, "samples")) for model in "abcd"] == [False, False, True, True]
