"""The scores of variants: in the window's language where they are shown, in English where they are exported."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gui.actions.variants import save_csv_to
from gui.calls.reporting import variants_of
from gui.language import SOURCE, languages, speak
from gui.main_window import MainWindow
from gui.scores import scores

OTHER = next(language for language in languages() if language != SOURCE)


@pytest.fixture
def spoken() -> Iterator[None]:
    yield
    speak(SOURCE)


def test_what_is_exported_is_english_whatever_the_window_speaks(
    opened: MainWindow, tmp_path: Path, spoken: None
) -> None:
    document = opened.bench.document
    in_english, shown = scores(document), [score.recipe for score in scores(document)]
    save_csv_to(opened.bench, tmp_path / "english.csv")
    speak(OTHER)
    assert [score.recipe for score in scores(document)] != shown
    save_csv_to(opened.bench, tmp_path / "other.csv")
    assert (tmp_path / "other.csv").read_bytes() == (tmp_path / "english.csv").read_bytes()
    assert [reported.score for reported in variants_of(document)] == in_english[:1]
