"""The log: a level is words, not only a colour."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor, QTextFormat

from gui.main_window import MainWindow
from gui.panels.log import LEVELS, LogPanel
from tests.gui.conftest import wear


@pytest.mark.parametrize("level", LEVELS)
def test_what_is_not_mere_news_says_so_in_words(window: MainWindow, level: str) -> None:
    panel = window.panels["log"]
    assert isinstance(panel, LogPanel)
    window.bench.document.log("something ran")
    window.bench.document.log("something happened", level)
    first, second = panel.toPlainText().splitlines()[-2:]
    assert first.endswith("  something ran")
    assert second.endswith(f"  {level}: something happened")


def test_what_stands_out_keeps_doing_so_in_another_theme(window: MainWindow) -> None:
    panel, theme = window.panels["log"], window.bench.theme
    assert isinstance(panel, LogPanel)
    window.bench.document.log("something ran")
    window.bench.document.log("something is missing,\nin two lines", "error")

    def colours() -> list[str]:
        """Of the last three lines; "" for the colour of the widget."""
        found, block = [], panel.document().lastBlock()
        for _ in range(3):
            cursor = QTextCursor(block)
            cursor.movePosition(QTextCursor.MoveOperation.EndOfBlock)
            form = cursor.charFormat()
            told = form.hasProperty(QTextFormat.Property.ForegroundBrush)
            found.append(form.foreground().color().name() if told else "")
            block = block.previous()
        return found[::-1]

    for choice in ("light", "dark", "light"):
        wear(window, choice)
        bad = theme.color("bad").name()
        assert colours() == ["", bad, bad]
