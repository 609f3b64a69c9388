"""The tour: points at what is there, can be left at once, and comes by itself only once."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from gui.main_window import MainWindow
from gui.tour import STOPS, Tour, offer


def tours(window: MainWindow) -> list[Tour]:
    QApplication.processEvents()
    return [tour for tour in window.findChildren(Tour) if tour.isVisible()]


def test_every_stop_points_at_what_it_is_about_and_covers_nothing_of_it(opened: MainWindow) -> None:
    opened.actions_set.qt["tour"].trigger()
    (tour,) = tours(opened)
    for stop in STOPS:
        assert tour.title.text() == stop.title
        at = stop.at(opened)
        assert at is not None and at.isVisible()
        place = QRect(at.mapTo(opened, QPoint()), at.size())
        assert tour.anchor.contains(place)
        assert tour.rect().contains(tour.card.geometry())
        assert not tour.card.geometry().intersects(place), stop.title
        QTest.keyClick(QApplication.focusWidget() or tour, Qt.Key.Key_Space)
    assert not tours(opened), "the last stop ends it"


def test_it_comes_once_and_escape_ends_it(opened: MainWindow) -> None:
    opened.activateWindow()
    opened.graph.view.setFocus()
    offer(opened)
    (tour,) = tours(opened)
    QTest.keyClick(tour, Qt.Key.Key_Escape)
    assert not tours(opened)
    assert QApplication.focusWidget() is opened.graph.view
    offer(opened)
    assert not tours(opened), "never again unless asked for"
    opened.actions_set.qt["tour"].trigger()
    assert len(tours(opened)) == 1
