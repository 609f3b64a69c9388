"""The kept failures, and that the harness would notice new ones."""

from __future__ import annotations

from pathlib import Path

import pytest

from resources import samples
from tests.fuzz.mutate import damaged
from tests.fuzz.worker import look

KEPT = sorted((Path(__file__).parent / "kept").glob("*.onnx"))


@pytest.mark.parametrize("path", KEPT, ids=lambda path: path.stem)
def test_what_failed_once_gives_a_result_or_a_message(path: Path) -> None:
    assert isinstance(look(path), str)


def test_the_same_seed_damages_the_same_way_and_another_one_differently() -> None:
    sources = [sample.model.read_bytes() for sample in samples()]
    assert damaged(sources, "7") == damaged(sources, "7")
    assert len({damaged(sources, str(seed)) for seed in range(20)}) > 15


def test_twenty_damaged_models_give_results_or_messages(tmp_path: Path) -> None:
    sources = [min((sample.model for sample in samples()), key=lambda path: path.stat().st_size).read_bytes()]
    messages = set()
    for seed in range(20):
        path = tmp_path / "m.onnx"
        path.write_bytes(damaged(sources, str(seed)))
        messages.add(look(path) != "")
    assert messages == {True, False}


def test_a_traceback_would_be_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(*_: object) -> None:
        raise KeyError("a bug")

    monkeypatch.setattr("engine.cli.inspect.run", fail)
    with pytest.raises(KeyError):
        look(tmp_path / "m.onnx")
