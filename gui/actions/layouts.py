"""Layouts of the window for one kind of work each."""

from __future__ import annotations

from collections.abc import Callable

from gui.action import Action
from gui.actions.file import has_model
from gui.layouts import LAYOUTS, Layout, apply
from gui.workbench import Workbench


def show(layout: Layout) -> Callable[[Workbench], None]:
    def run(bench: Workbench) -> None:
        apply(bench.window, layout)
        bench.window.refresh_actions()

    return run


ACTIONS = tuple(
    Action(f"layout_{layout.key}", layout.text, "View", layout.tip, show(layout),
           (f"Ctrl+Alt+{number}",), enabled_when=has_model)
    for number, layout in enumerate(LAYOUTS, 1)
)  # fmt: skip
