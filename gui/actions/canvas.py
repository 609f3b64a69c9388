"""The graph: what of it is shown, where, in which colours, and as a picture."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from gui.action import Action
from gui.actions.edit import has_selection
from gui.actions.file import has_model
from gui.canvas.colouring import MODES
from gui.language import mark, tr
from gui.saving import ask_name
from gui.workbench import Workbench


def has_graph(bench: Workbench) -> bool:
    return bench.window.graph.isVisibleTo(bench.window) and bench.window.graph.scene is not None


def switch_graph(bench: Workbench) -> None:
    bench.window.graph.setVisible(not bench.window.graph.isVisibleTo(bench.window))


def show_in_graph(bench: Workbench) -> None:
    bench.window.graph.show()
    bench.window.graph.reveal(bench.document.selection[0])


def focus_search(bench: Workbench) -> None:
    bench.window.graph.show()
    bench.window.graph.search.setFocus()
    bench.window.graph.search.selectAll()


def switch_everything(bench: Workbench) -> None:
    bench.window.graph.drawings.show_everything(not bench.window.graph.drawings.everything)


def switch_kernels(bench: Workbench) -> None:
    bench.window.graph.set_kernels_outlined(not bench.window.graph.kernels_outlined)


def colour_by(key: str) -> Callable[[Workbench], None]:
    return lambda bench: bench.window.graph.colour_by.choose(key)


def coloured_by(key: str) -> Callable[[Workbench], bool]:
    return lambda bench: bench.window.graph.colour_by.mode.key == key


def export_picture(suffix: str) -> Callable[[Workbench], None]:
    def run(bench: Workbench) -> None:
        from gui.canvas.export import page_of, save_picture

        opened, panel = bench.document.opened, bench.window.graph
        assert opened is not None and panel.scene is not None
        folder = bench.settings.value.save_folder
        start = folder / f"{opened.path.stem}{suffix}"
        if path := ask_name(bench.window, tr("Save the graph"), start, f"*{suffix}", suffix):
            said = tr("Writing {name}").format(name=path.name)
            bench.jobs.run(said, save_picture, path, panel.scene, page_of(panel.scene, panel.legend), panel.look,
                           bench.theme, panel.font(), done=lambda text: _saved(bench, path, text))  # fmt: skip

    return run


def _saved(bench: Workbench, path: Path, text: str) -> None:
    bench.document.log(text)
    bench.window.messages.show_text(tr("Graph saved to {path}").format(path=path))


COLOUR_BY = {
    "operator": mark("Colour by operator"), "share": mark("Colour by latency share"), "macs": mark("Colour by MACs"),
    "parameters": mark("Colour by parameters"), "memory": mark("Colour by memory"),
    "precision": mark("Colour by precision"), "provider": mark("Colour by provider"),
    "sensitivity": mark("Colour by sensitivity"), "error": mark("Colour by error"),
}  # fmt: skip

ACTIONS = (
    Action("graph", mark("Graph"), "Graph", mark("Show or hide the graph of the model"), switch_graph, ("Ctrl+G",),
           enabled_when=has_model, checked=lambda b: b.window.graph.isVisibleTo(b.window)),
    Action("graph_find", mark("Find in the graph"), "Graph", mark("Layers and scopes by name or operator; Enter goes "
           "on to the next"), focus_search, ("Ctrl+Shift+F",), enabled_when=has_model),
    Action("graph_reveal", mark("Show in the graph"), "Graph", mark("Bring the selected layer into sight and open what "
           "it stands in"), show_in_graph, ("G",), enabled_when=has_selection),
    Action("graph_focus", mark("Focus on neighbours"), "Graph", mark("Only the selected layers and what they are "
           "linked with; once more shows all"), lambda b: b.window.graph.focus(), ("F",), "focus",
           enabled_when=lambda b: has_graph(b) and (has_selection(b) or bool(b.window.graph.view.focus)),
           checked=lambda b: bool(b.window.graph.view.focus)),
    Action("graph_fit", mark("Fit"), "Graph", mark("The whole graph; Home goes to its beginning"),
           lambda b: b.window.graph.view.fit(), ("Shift+F",), "fit", has_graph),
    Action("graph_open", mark("Open all groups"), "Graph", mark("Show what is inside scopes and bodies; Enter opens a "
           "single one"), lambda b: b.window.graph.drawings.open_all(), ("Ctrl+Shift+E",), enabled_when=has_graph),
    Action("graph_close", mark("Close all groups"), "Graph", mark("Show scopes and bodies as single boxes"),
           lambda b: b.window.graph.drawings.close_all(), ("Ctrl+Shift+W",), enabled_when=has_graph),
    Action("graph_all", mark("Constants and shape arithmetic"), "Graph", mark("Also what is left out: constants, and "
           "layers that compute with shapes alone"), switch_everything, enabled_when=has_graph,
           checked=lambda b: b.window.graph.drawings.everything),
    Action("graph_kernels", mark("Outline kernels"), "Graph", mark("A line around the layers that ran as one kernel"),
           switch_kernels, enabled_when=has_graph, checked=lambda b: b.window.graph.kernels_outlined),
    *(Action(f"colour_{mode.key}", COLOUR_BY[mode.key], "Graph", mode.tip, colour_by(mode.key),
             enabled_when=has_graph, checked=coloured_by(mode.key)) for mode in MODES),
    Action("graph_svg", mark("Save graph as SVG…"), "Graph", mark("The drawing as it is coloured, to be scaled freely"),
           export_picture(".svg"), enabled_when=has_graph),
    Action("graph_png", mark("Save graph as PNG…"), "Graph", mark("The drawing as it is coloured, as a picture"),
           export_picture(".png"), enabled_when=has_graph),
)  # fmt: skip
