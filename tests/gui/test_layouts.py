"""Layouts of the window: each shows what it says."""

from __future__ import annotations

import pytest

from gui.layouts import LAYOUTS, Layout
from gui.main_window import MainWindow


@pytest.mark.parametrize("layout", LAYOUTS, ids=lambda layout: layout.key)
def test_each_layout_shows_its_parts(layout: Layout, opened: MainWindow) -> None:
    opened.actions_set.qt[f"layout_{layout.key}"].trigger()
    assert opened.tabs.currentWidget() is opened.panels[layout.panel]
    assert opened.graph.isVisible() == layout.graph
    assert opened.inspector.isVisible() == layout.inspector
    if layout.colour:
        assert opened.graph.colour_by.mode.key == layout.colour


def test_another_layout_gives_the_room_to_others_and_the_usual_one_gives_it_back(opened: MainWindow) -> None:
    opened.actions_set.qt["layout_usual"].trigger()
    usual = opened.top.sizes(), opened.halves.sizes()
    opened.actions_set.qt["layout_compare"].trigger()
    assert opened.halves.sizes()[1] > usual[1][1] + 50
    opened.actions_set.qt["layout_prune"].trigger()
    upper, lower = opened.halves.sizes()
    assert upper > 1.5 * lower
    assert max(opened.top.sizes()) == opened.top.sizes()[1], "the graph has the most room"
    opened.actions_set.qt["layout_usual"].trigger()
    assert opened.top.sizes() == pytest.approx(usual[0], abs=2)
    assert opened.halves.sizes() == pytest.approx(usual[1], abs=2)
