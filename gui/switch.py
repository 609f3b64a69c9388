"""Another language while the window is open: its parts are made anew around the same document and jobs.

A label could be told its new text, but what is shown is mostly made of figures and sentences by code that runs when
something changes. Made anew, every part goes through the same code as at the start, and none can be forgotten.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import shiboken6
from PySide6.QtCore import QEvent, QTimer
from PySide6.QtWidgets import QApplication, QWidget

from gui import carry_over
from gui.collection import let_go
from gui.language import again, speak, spoken, wanted
from gui.panels.sensitivity import SensitivityPanel
from gui.tab_order import parts_of, set_tab_order

if TYPE_CHECKING:
    from gui.main_window import MainWindow
    from gui.workbench import Workbench


def choose_language(bench: Workbench, choice: str) -> None:
    """Keep the choice, and speak so at once; ``system`` is the user's own language."""
    bench.settings.update(language=choice)
    if wanted(choice) != spoken():
        # Not from within a signal of what goes.
        QTimer.singleShot(0, bench.window, lambda: switch(bench.window, wanted(choice)))


def switch(window: MainWindow, language: str) -> None:
    from gui.dialogs.preferences import PreferencesDialog
    from gui.tour import Tour, begin

    if language == spoken():
        return
    tours = [tour for tour in window.findChildren(Tour) if tour.isVisible()]
    for tour in tours:
        tour.close()
    dialogs = [dialog for dialog in window.findChildren(PreferencesDialog) if dialog.isVisible()]
    window.setUpdatesEnabled(False)
    try:
        speak(language)
        window.bench.theme.undress()
        before, status = _take_down(window), window.status
        window.make_parts()
        shiboken6.delete(status)  # another one had to take its place first: without any Qt makes one
        window.bench.theme.dress()
        _put_back(window, before)
    finally:
        window.setUpdatesEnabled(True)
    let_go()  # the old parts were set aside with the window
    for dialog in dialogs:
        dialog.say_again()

    def later() -> None:
        """What needs to know where everything is."""
        carry_over.scroll(_central(window), before.scrolled)
        if tours:
            begin(window)

    QTimer.singleShot(0, window, later)


@dataclass(frozen=True)
class Before:
    """What the parts had that neither document nor settings know."""

    widgets: Any
    scrolled: Any
    focus: carry_over.Way | None
    hidden: tuple[bool, bool]
    page: int
    state: Any
    camera: Any
    canvas: Any
    message: tuple[str, str]
    devices: Any
    scan: Any


def _take_down(window: MainWindow) -> Before:
    central, graph = _central(window), window.graph
    inspector, bottom = window.inspector.isHidden(), window.bottom.isHidden()
    view = graph.view
    before = Before(
        widgets=carry_over.remember(central),
        scrolled=carry_over.scrolled(central),
        focus=carry_over.way_to(central, window.focusWidget()),
        hidden=(inspector, bottom),
        page=window.pages.currentIndex(),
        state=window.view_state(),
        camera=(view.scale, view.corner, view.fitted),
        canvas=(graph.kernels_outlined, view.focus, view.current),
        message=("", "") if window.messages.isHidden() else window.messages.said,
        devices=window.toolbar.devices,
        scan=_scan_panel(window).running,
    )
    parts = (window.toolbar, window.menuBar(), window.takeCentralWidget(), window.actions_set)
    window.removeToolBar(window.toolbar)
    window.setMenuBar(None)  # type: ignore[arg-type]
    for part in parts:
        # At once: until they were gone they would go on to hear the document.
        if part is not None:
            shiboken6.delete(part)
    window.panels.clear()
    return before


def _put_back(window: MainWindow, before: Before) -> None:
    bench = window.bench
    set_tab_order(parts_of(window))
    window.inspector.setHidden(before.hidden[0])
    window.bottom.setHidden(before.hidden[1])
    if before.devices:
        window.toolbar.show_devices(before.devices)
    window.graph.kernels_outlined = before.canvas[0]
    window.pages.setCurrentIndex(before.page)
    _lay_out(window)
    bench.document.tell_again()
    window.show_view_state(before.state)
    carry_over.recall(_central(window), before.widgets)
    _lay_out(window)
    carry_over.recall(_central(window), before.widgets)
    view = window.graph.view
    view.put(*before.camera)
    view.show_focus(before.canvas[1])
    view.current = before.canvas[2]
    if before.message[0]:
        window.messages.show_text(again(before.message[0]), before.message[1])
    _scan_panel(window).go_on_with(before.scan)
    if bench.jobs.current is not None:
        bench.jobs.ticked.emit(bench.jobs.current)
    if (focus := carry_over.at(_central(window), before.focus)) is not None:
        focus.setFocus()
    window.refresh_actions()


def _central(window: MainWindow) -> QWidget:
    central = window.centralWidget()
    assert central is not None
    return central


def _scan_panel(window: MainWindow) -> SensitivityPanel:
    panel = window.panels["sensitivity"]
    assert isinstance(panel, SensitivityPanel)
    return panel


def _lay_out(window: MainWindow) -> None:
    """The new parts get their sizes now: views that are told what to show ask for them."""
    central = _central(window)
    central.show()
    QApplication.sendPostedEvents(window, QEvent.Type.LayoutRequest)
    if (layout := window.layout()) is not None:
        layout.activate()
    QApplication.sendPostedEvents(None, QEvent.Type.LayoutRequest)
