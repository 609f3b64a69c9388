"""What the canvas asks of the engine: what there is to draw, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.layout.drawer import Drawer, place_in_child
from engine.layout.items import Item, Outline
from engine.layout.place import Placed, Request
from engine.progress import Progress
from gui.language import tr

if TYPE_CHECKING:
    from gui.opened import Opened

NODE_WIDTH, NODE_HEIGHT = 184.0, 48.0
PILL_HEIGHT = 28.0
CLOSED_HEIGHT = 60.0
SMALL = 300
"""Items that are laid out in the worker thread itself: starting a process would take longer."""
FEW = 400
"""About as many boxes as a drawing starts with, where it has groups to close."""


@dataclass(frozen=True)
class Drawing:
    """``simple`` says that ordering took too long."""

    outline: Outline
    placed: Placed
    open: frozenset[int]
    simple: bool = False


def draw(
    drawer: Drawer, opened: Opened, known: Outline | None, opened_items: frozenset[int] | None, everything: bool, *,
    progress: Progress,
) -> Drawing:  # fmt: skip
    """``known`` is the outline where there is one already; without ``opened_items`` what is open is chosen."""
    from engine.layout.outline import outline

    progress.step(tr("Drawing the graph"))
    drawn = known or outline(opened.model, opened.index, everything=everything)
    open_ = first_open(drawn) if opened_items is None else opened_items
    sizes = [_size(item) for item in drawn.items]
    request = Request(
        [item.parent for item in drawn.items], sizes, open_, [(line.source, line.targets) for line in drawn.lines]
    )
    if len(drawn.items) <= SMALL:
        return Drawing(drawn, place_in_child(request, progress=progress), open_)
    placement = drawer.place(request, progress=progress)
    return Drawing(drawn, placement.placed, open_, placement.simple)


def start_drawing(drawer: Drawer, *, progress: Progress) -> None:
    progress.check()
    drawer.start()


def first_open(drawn: Outline) -> frozenset[int]:
    """The outer containers, level by level, as long as not too many boxes are shown; all of a small model."""
    open_: set[int] = set()
    level = [n for n in drawn.children[-1] if drawn.items[n].container]
    shown = len(drawn.children[-1])
    while level:
        inner = [child for n in level for child in drawn.children.get(n, ())]
        if shown + len(inner) > FEW:
            break
        open_.update(level)
        shown += len(inner)
        level = [n for n in inner if drawn.items[n].container]
    return frozenset(open_)


def ancestors(items: Sequence[Item], number: int) -> list[int]:
    """The containers around an item, the innermost first."""
    found = []
    while (number := items[number].parent) >= 0:
        found.append(number)
    return found


def _size(item: Item) -> tuple[float, float]:
    if item.kind in ("input", "output", "constant"):
        return NODE_WIDTH, PILL_HEIGHT
    return NODE_WIDTH, CLOSED_HEIGHT if item.container and item.kind != "layer" else NODE_HEIGHT
