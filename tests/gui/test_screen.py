"""The window is no larger than its screen has room for."""

from __future__ import annotations

from gui.main_window import MainWindow
from gui.screen import TITLE_BAR, fit


def test_the_first_window_fits_its_screen(window: MainWindow) -> None:
    screen = window.screen().availableGeometry()
    window.resize(screen.width() + 400, screen.height() + 400)
    fit(window)
    assert window.height() <= max(screen.height() - TITLE_BAR, window.minimumSizeHint().height())
    assert window.width() <= max(screen.width(), window.minimumSizeHint().width())


def test_a_window_that_fits_stays_as_it_is(window: MainWindow) -> None:
    window.setMinimumSize(1, 1)
    window.resize(500, 400)
    before = window.size()
    fit(window)
    assert window.size() == before
