"""Layouts of the window for one kind of work each: what is shown, how large, and what the graph is coloured by."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from gui.main_window import MainWindow

Sizes = Mapping[str, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class Layout:
    """Sizes are shares of the room: ``across`` of layers, graph and inspector, ``halves`` of upper and lower panels.

    Attributes:
        text: of its action, as ``tip``.
        colour: what the graph is coloured by; "" leaves it.
    """

    key: str
    text: str
    tip: str
    panel: str
    colour: str
    across: tuple[int, int, int]
    halves: tuple[int, int]
    graph: bool = True
    inspector: bool = True


LAYOUTS = (
    Layout("usual", "Layout: usual", "Layers, graph and inspector above, plots and recipe below", "latency", "",
           (544, 430, 306), (440, 260)),
    Layout("profile", "Layout: profile", "Wide layers with their times, the graph by latency share, the timeline below",
           "timeline", "share", (52, 26, 22), (50, 50)),
    Layout("quantize", "Layout: quantize", "The layers beside their sensitivity; the graph by precision", "sensitivity",
           "precision", (40, 34, 26), (46, 54)),
    Layout("prune", "Layout: prune",
           "A large graph by parameters, which outlines what is coupled; the inspector says how", "compare",
           "parameters", (30, 44, 26), (66, 34)),
    Layout("compare", "Layout: compare", "The variants side by side below wide layers; no graph", "variants", "",
           (70, 0, 30), (40, 60), graph=False),
)  # fmt: skip


def apply(window: MainWindow, layout: Layout) -> None:
    window.graph.setVisible(layout.graph)
    window.inspector.setVisible(layout.inspector)
    window.show_panel(layout.panel)
    for splitter, shares in ((window.top, layout.across), (window.halves, layout.halves)):
        room = sum(splitter.sizes())
        splitter.setSizes([share * room // sum(shares) for share in shares])
    if layout.colour:
        window.graph.colour_by.choose(layout.colour)
