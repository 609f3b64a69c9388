"""What is shown, and how it looks."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from engine.progress import Progress
from gui.action import Action
from gui.actions.file import has_model
from gui.language import mark, tr
from gui.panels.layers import View
from gui.tab_order import go_to_part, parts_of
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.licences import Component


def show_palette(bench: Workbench) -> None:
    from gui.dialogs.palette import Palette

    Palette(bench.window.actions_set, bench.window).open()


def choose_theme(choice: str) -> Callable[[Workbench], None]:
    def run(bench: Workbench) -> None:
        bench.theme.choose(choice)
        bench.settings.update(theme=choice)

    return run


def theme_is(choice: str) -> Callable[[Workbench], bool]:
    return lambda bench: bench.theme.choice == choice


def show(panel: str) -> Callable[[Workbench], None]:
    return lambda bench: bench.window.show_panel(panel)


def switch_view(view: View) -> Callable[[Workbench], None]:
    def run(bench: Workbench) -> None:
        layers = bench.window.layers
        layers.show_view("table" if layers.view == view else view)

    return run


def view_is(view: View) -> Callable[[Workbench], bool]:
    return lambda bench: bench.window.layers.view == view


def switch_inspector(bench: Workbench) -> None:
    bench.window.inspector.setVisible(not bench.window.inspector.isVisibleTo(bench.window))


def switch_bottom(bench: Workbench) -> None:
    bench.window.bottom.setVisible(not bench.window.bottom.isVisibleTo(bench.window))


def next_part(way: int) -> Callable[[Workbench], None]:
    return lambda bench: go_to_part(parts_of(bench.window), way)


def show_keys(bench: Workbench) -> None:
    from gui.dialogs.keys import KeysDialog

    KeysDialog(bench.window.actions_set, bench.window).open()


def show_tour(bench: Workbench) -> None:
    from gui.tour import begin

    begin(bench.window)


def show_about(bench: Workbench) -> None:
    from gui.dialogs.about import AboutDialog

    dialog: AboutDialog | None = AboutDialog(bench.window)
    assert dialog is not None
    dialog.open()

    def closed() -> None:
        nonlocal dialog
        dialog = None

    def show_components(found: tuple[Component, ...]) -> None:
        if dialog is not None:
            dialog.show_components(found)

    dialog.destroyed.connect(closed)
    # A hundred packages are asked for their licences: the dialog need not wait for them.
    bench.glances.run(tr("Reading licences"), read_licences, done=show_components)


def read_licences(*, progress: Progress) -> tuple[Component, ...]:
    from engine.licences import components

    progress.check()
    return components()


ACTIONS = (
    Action("tree", mark("Layers as a tree of scopes"), "View", mark("Sums for each module scope; the table shows "
           "single layers"), switch_view("tree"), ("Ctrl+Shift+T",), enabled_when=lambda b: b.window.layers.has_scopes,
           checked=view_is("tree")),
    Action("kernels", mark("Kernels instead of layers"), "View", mark("What the runtime really ran, and the layers "
           "whose work each kernel does"), switch_view("kernels"), ("Ctrl+Shift+R",), enabled_when=has_model,
           checked=view_is("kernels")),
    Action("latency", mark("Latency"), "View", mark("Bars of the layers' latency"), show("latency"), ("Ctrl+1",),
           enabled_when=has_model),
    Action("runs", mark("Runs"), "View", mark("How long a run takes, how sure that is, and the histogram of all runs"),
           show("runs"), ("Ctrl+5",), enabled_when=has_model),
    Action("timeline", mark("Timeline"), "View", mark("The kernels of one run over time"), show("timeline"),
           ("Ctrl+6",), enabled_when=has_model),
    Action("difference", mark("Difference"), "View", mark("Two profiles layer by layer"), show("difference"),
           ("Ctrl+7",), enabled_when=has_model),
    Action("compare_panel", mark("Compare"), "View", mark("Errors, accuracy and fair latency ratio"), show("compare"),
           ("Ctrl+2",), enabled_when=has_model),
    Action("clean_panel", mark("Clean"), "View", mark("What cleaning changed and gained"), show("clean"), ("Ctrl+3",),
           enabled_when=has_model),
    Action("log", mark("Log"), "View", mark("What ran, and what there was to say about it"), show("log"), ("Ctrl+4",),
           enabled_when=has_model),
    Action("inspector", mark("Inspector"), "View", mark("Show or hide the inspector"), switch_inspector, ("Ctrl+I",),
           enabled_when=has_model, checked=lambda b: b.window.inspector.isVisibleTo(b.window)),
    Action("bottom", mark("Lower panels"), "View", mark("Show or hide plots and recipe"), switch_bottom, ("Ctrl+J",),
           enabled_when=has_model, checked=lambda b: b.window.bottom.isVisibleTo(b.window)),
    Action("part_next", mark("Next part of the window"), "View", mark("The keyboard goes to toolbar, layers, graph, "
           "inspector, plots and recipe in turn"), next_part(1), ("Ctrl+F6",)),
    Action("part_before", mark("Part of the window before"), "View", mark("Give the keyboard to the part before"),
           next_part(-1), ("Ctrl+Shift+F6",)),
    Action("theme_system", mark("Theme: as the system"), "View", mark("Follow the system's light or dark"),
           choose_theme("system"), checked=theme_is("system")),
    Action("theme_light", mark("Theme: light"), "View", mark("Always light"), choose_theme("light"),
           checked=theme_is("light")),
    Action("theme_dark", mark("Theme: dark"), "View", mark("Always dark"), choose_theme("dark"),
           checked=theme_is("dark")),
    Action("palette", mark("Command palette"), "Help", mark("Find and run any command"), show_palette,
           ("Ctrl+Shift+P", "Ctrl+K"), "palette"),
    Action("keys", mark("Keyboard shortcuts"), "Help", mark("All commands with their keys"), show_keys, ("F1",)),
    Action("tour", mark("Tour of the window"), "Help", mark("What is where, in six steps"), show_tour,
           enabled_when=has_model),
    Action("about", mark("About Lathe"), "Help", mark("Version, and the licences of what Lathe is built with"),
           show_about),
)  # fmt: skip
