"""Everything in the window larger or smaller."""

from __future__ import annotations

from collections.abc import Callable

from gui.action import Action
from gui.language import mark, tr
from gui.workbench import Workbench
from gui.zoom import STEPS, stepped


def change(way: int) -> Callable[[Workbench], None]:
    return lambda bench: choose(bench, stepped(bench.settings.value.zoom, way) if way else 100)


def choose(bench: Workbench, percent: int) -> None:
    if percent == bench.settings.value.zoom:
        return
    bench.settings.update(zoom=percent)
    if bench.window.measuring:
        told = tr("The interface is {percent} % large from the next start; work goes on.")
        bench.window.messages.show_text(told.format(percent=percent))
        return
    told = tr("The interface will be {percent} % large in a moment.")
    bench.window.messages.show_text(told.format(percent=percent))
    bench.window.restart_wanted.emit()


ACTIONS = (
    Action("zoom_in", mark("Larger interface"), "View", mark("All that the window shows; it starts again as it was"),
           change(1), ("Ctrl++", "Ctrl+="), enabled_when=lambda b: b.settings.value.zoom < STEPS[-1]),
    Action("zoom_out", mark("Smaller interface"), "View", mark("All that the window shows; it starts again as it was"),
           change(-1), ("Ctrl+-",), enabled_when=lambda b: b.settings.value.zoom > STEPS[0]),
    Action("zoom_usual", mark("Interface in the usual size"), "View", mark("100 % of what the system asks for"),
           change(0), ("Ctrl+0",), enabled_when=lambda b: b.settings.value.zoom != 100),
)  # fmt: skip
