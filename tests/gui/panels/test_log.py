"""The log: a level is words, not only a colour."""

from __future__ import annotations

import pytest

from gui.main_window import MainWindow
from gui.panels.log import LEVELS, LogPanel


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_mere_news_says_so_in_words(window: MainWindow, level: str) -> None:
    panel = window.panels["log"]
    assert isinstance(panel, LogPanel)
    window.bench.document.log("something ran")
    window.bench.document.log("something happened", level)
    first, second = panel.toPlainText().splitlines()[-2:]
    assert first.endswith("  something ran")
    assert second.endswith(f"  {level}: something happened")
