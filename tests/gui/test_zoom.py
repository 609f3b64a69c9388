"""The interface in other sizes: steps, what Qt is told, and what is remembered."""

from __future__ import annotations

import pytest

from gui.main_window import MainWindow
from gui.zoom import FACTOR, STEPS, set_factor, stepped


def test_steps_go_up_and_down_and_end() -> None:
    assert stepped(100, 1) == 110
    assert stepped(100, -1) == 90
    assert stepped(STEPS[-1], 1) == STEPS[-1]
    assert stepped(STEPS[0], -1) == STEPS[0]


@pytest.mark.parametrize(
    ("own", "percent", "told"),
    [("", 100, None), ("", 150, "1.5"), ("2", 100, "2"), ("2", 125, "2.5"), ("", 9999, "2"), ("no number", 150, None)],
)
def test_what_the_system_asks_for_counts_as_well(own: str, percent: int, told: str | None) -> None:
    environment = {FACTOR: own} if own else {}
    set_factor(percent, environment)
    assert environment.get(FACTOR) == (told or own or None)


def test_a_window_that_was_started_by_another_one_counts_from_the_system_again() -> None:
    environment = {FACTOR: "2"}
    set_factor(150, environment)
    set_factor(100, environment)
    assert environment[FACTOR] == "2"
    environment = {}
    set_factor(150, environment)
    set_factor(100, environment)
    assert FACTOR not in environment


def test_keys_remember_the_size_and_ask_for_another_start(opened: MainWindow) -> None:
    asked: list[int] = []
    opened.restart_wanted.connect(lambda: asked.append(opened.bench.settings.value.zoom))
    for key in ("zoom_in", "zoom_in", "zoom_out", "zoom_usual"):
        opened.refresh_actions()
        opened.actions_set.qt[key].trigger()
    assert asked == [110, 125, 110, 100]
    opened.refresh_actions()
    assert not opened.actions_set.qt["zoom_usual"].isEnabled()
