"""Which layers lose channels together: found once it is of use, and selected."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.action import Action
from gui.calls.pruning import find_channels
from gui.channels import MOST_LAYERS, Channels
from gui.language import mark, tr
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.errors import EngineError
    from engine.recipe import Recipe
    from gui.main_window import MainWindow
    from gui.opened import Opened


def connect(window: MainWindow) -> None:
    """With the first layer that is pointed at or selected, and with the first that is pruned."""
    asked: list[tuple[Opened, Recipe]] = []

    def wanted() -> None:
        bench = window.bench
        document = bench.document
        opened, base = document.opened, document.base_recipe
        pruned = any(rule.kind == "pruning" for rule in document.recipe.rules)
        of_use = document.selection or document.pointed.layer or pruned
        if opened is None or not of_use or len(document.layers) > MOST_LAYERS:
            return
        if document.channels is not None or (asked and asked[-1][0] is opened and asked[-1][1] == base):
            return
        asked[:] = [(opened, base)]

        def done(found: Channels) -> None:
            asked.clear()
            if document.opened is opened:
                document.take_channels(opened, base, found)

        def failed(error: EngineError) -> None:
            document.log(tr("Which channels hang together is not known: {error}").format(error=error), "warning")

        window.graph.jobs.run(tr("Looking for coupled channels"), find_channels, bench.workshop, opened, base,
                              done=done, failed=failed)  # fmt: skip

    document = window.bench.document
    for signal in (document.selection_changed, document.recipe_changed, document.pointed.changed):
        signal.connect(wanted)


def coupled_to_selection(bench: Workbench) -> dict[str, None]:
    """The selected layers and all that lose channels with them, in order."""
    document = bench.document
    channels = document.channels
    if channels is None:
        return {}
    chosen = dict.fromkeys(document.selection)
    for layer_id in document.selection:
        chosen |= dict.fromkeys(channels.roles(layer_id))
    return chosen


def select_coupled(bench: Workbench) -> None:
    there = {layer.id for layer in bench.document.layers}
    bench.document.select(i for i in coupled_to_selection(bench) if i in there)


ACTIONS = (
    Action("select_coupled", mark("Select what is coupled"), "Edit", mark("Also all layers that lose channels together "
           "with the selected ones"), select_coupled, ("Ctrl+Shift+C",),
           enabled_when=lambda b: len(coupled_to_selection(b)) > len(b.document.selection)),
)  # fmt: skip
