"""The window: puts the panels together and shows what the jobs say."""

from __future__ import annotations

import base64
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QByteArray, Qt, Signal
from PySide6.QtGui import QCloseEvent, QDragEnterEvent, QDragLeaveEvent, QDropEvent
from PySide6.QtWidgets import QMainWindow, QSplitter, QStackedWidget, QTabWidget, QToolButton, QVBoxLayout, QWidget

from engine.errors import EngineError
from gui.action import ActionSet
from gui.actions import all_actions
from gui.actions import channels as channel_actions
from gui.actions import device as device_actions
from gui.actions import explain as explain_actions
from gui.actions import file as file_actions
from gui.actions import load as load_actions
from gui.actions import preferences as preference_actions
from gui.actions import profiles as profile_actions
from gui.actions import sensitivity as sensitivity_actions
from gui.actions import session as session_actions
from gui.actions import variants as variant_actions
from gui.canvas.drawings import Drawings
from gui.canvas.panel import GraphPanel
from gui.document import Document
from gui.jobs import JobRunner
from gui.language import mark, tr
from gui.messages import MessageBar
from gui.panels.clean import CleanPanel
from gui.panels.compare import ComparePanel
from gui.panels.context import TREAT, add_menus
from gui.panels.difference import DifferencePanel
from gui.panels.inspector import Inspector
from gui.panels.latency import LatencyPanel
from gui.panels.layers import LayersPanel
from gui.panels.load import LoadPanel
from gui.panels.log import LogPanel
from gui.panels.memory import MemoryPanel
from gui.panels.menus import fill_menu_bar
from gui.panels.recipe import RecipePanel
from gui.panels.roofline import RooflinePanel
from gui.panels.runs import RunsPanel
from gui.panels.sensitivity import SensitivityPanel
from gui.panels.status import StatusLine
from gui.panels.timeline import TimelinePanel
from gui.panels.toolbar import Toolbar
from gui.panels.variants import VariantsPanel
from gui.panels.welcome import Welcome
from gui.panels.why import WhyPanel
from gui.paths import Folders
from gui.settings import SettingsStore
from gui.tables.columns import INDEX
from gui.theme import Theme
from gui.workbench import Workbench
from gui.workshop import Workshop

TITLES = {
    "latency": mark("Latency"), "runs": mark("Runs"), "timeline": mark("Timeline"), "why": mark("Why slower"),
    "memory": mark("Memory"), "roofline": mark("Roofline"), "load": mark("Load"), "sensitivity": mark("Sensitivity"),
    "difference": mark("Difference"), "compare": mark("Compare"), "variants": mark("Variants"), "clean": mark("Clean"),
    "log": mark("Log"),
}  # fmt: skip
VARIANT_BUTTONS = ("variant_new", "variant_duplicate", "variant_delete", "variants_compare", "variants_csv")
VARIANT_MENU = ("copy", "variant_use", "variant_duplicate", "variant_rename", "variant_delete", "variants_compare",
                "variants_measure", "variants_csv")  # fmt: skip
USUAL_SIZES = {"across": (558, 444, 278), "bottom": (1020, 260), "halves": (440, 260)}
"""Of the panels beside and above each other at first, in a window of 1280 by 800; the layers show their latency."""


class MainWindow(QMainWindow):
    """Owns its widgets; everything else is handed to it."""

    restart_wanted = Signal()
    """The window should start again, with what is open."""

    keeping: session_actions.Keeping
    """Runs from a change until the session is kept."""

    def __init__(
        self,
        document: Document,
        settings: SettingsStore,
        theme: Theme,
        jobs: JobRunner,
        glances: JobRunner,
        workshop: Workshop,
        folders: Folders,
    ) -> None:
        super().__init__()
        self._laid_out = False
        self.setWindowTitle("Lathe")
        self.setAcceptDrops(True)
        self.setMinimumSize(880, 560)
        self.bench = Workbench(document, settings, theme, jobs, glances, workshop, folders, self)
        self.drawings = Drawings(document, self)
        self.make_parts()
        self._connect()
        self._restore()
        self.refresh_actions()

    # -- putting together ----------------------------------------------------------------------------------------

    def make_parts(self) -> None:
        """Everything in the window, in the language that is spoken; made anew where another one is chosen."""
        document, settings, theme = self.bench.document, self.bench.settings, self.bench.theme
        jobs, glances, workshop = self.bench.jobs, self.bench.glances, self.bench.workshop
        self.messages = MessageBar(theme)
        self.layers: LayersPanel = LayersPanel(document, theme)
        self.graph: GraphPanel = GraphPanel(document, self.layers.table.layers, theme, self.drawings)
        self.inspector: Inspector = Inspector(document, self.layers.table.layers, theme, glances, workshop)
        self.recipe = RecipePanel(document, theme)
        self.log = LogPanel(document, theme)
        self.difference = DifferencePanel(document, theme)
        self.panels: dict[str, QWidget] = {
            "latency": LatencyPanel(document, theme),
            "runs": RunsPanel(document, theme),
            "timeline": TimelinePanel(document, theme),
            "why": WhyPanel(document, theme),
            "memory": MemoryPanel(document, theme),
            "roofline": RooflinePanel(document, theme),
            "load": LoadPanel(document, theme, jobs),
            "sensitivity": SensitivityPanel(document, theme, jobs),
            "difference": self.difference,
            "compare": ComparePanel(document, theme),
            "variants": VariantsPanel(document, theme),
            "clean": CleanPanel(document),
            "log": self.log,
        }
        self.tabs: QTabWidget = QTabWidget()
        self.tabs.setDocumentMode(True)
        for name, panel in self.panels.items():
            self.tabs.addTab(panel, tr(TITLES[name]))
        self.actions_set = ActionSet(all_actions(), self.bench, self)
        self.toolbar = Toolbar(self.actions_set, document, settings)
        self.status = StatusLine(document, theme, jobs)
        self.welcome = Welcome(settings, theme)
        self._arrange()
        fill_menu_bar(self)
        self._add_buttons()
        self._connect_parts()

    def _arrange(self) -> None:
        self.addToolBar(self.toolbar)
        self.setStatusBar(self.status)
        self.top = QSplitter(Qt.Orientation.Horizontal)
        self.top.addWidget(self.layers)
        self.top.addWidget(self.graph)
        self.top.addWidget(self.inspector)
        self.bottom: QSplitter = QSplitter(Qt.Orientation.Horizontal)
        self.bottom.addWidget(self.tabs)
        self.bottom.addWidget(self.recipe)
        self.halves = QSplitter(Qt.Orientation.Vertical)
        self.halves.addWidget(self.top)
        self.halves.addWidget(self.bottom)
        for splitter, stretch in ((self.top, (1, 1, 0)), (self.bottom, (1, 0)), (self.halves, (1, 0))):
            splitter.setChildrenCollapsible(False)
            splitter.setHandleWidth(1)
            for place, factor in enumerate(stretch):
                splitter.setStretchFactor(place, factor)
        self.pages = QStackedWidget()
        self.pages.addWidget(self.welcome)
        self.pages.addWidget(self.halves)
        central = QWidget()
        column = QVBoxLayout(central)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.messages)
        column.addWidget(self.pages, 1)
        self.setCentralWidget(central)

    def _add_buttons(self) -> None:
        beside = Qt.ToolButtonStyle.ToolButtonTextBesideIcon
        for key in TREAT:
            self.layers.add_button(self._button(key, beside))
        for key in ("graph_fit", "graph_focus"):
            self.graph.add_button(self._button(key, Qt.ToolButtonStyle.ToolButtonIconOnly))
        for key in TREAT:
            self.inspector.add_button(self._button(key, beside))
        icons = Qt.ToolButtonStyle.ToolButtonIconOnly
        variants: VariantsPanel = self.panels["variants"]  # type: ignore[assignment]
        for key in VARIANT_BUTTONS:
            variants.add_button(self._button(key, icons))
        variants.add_button(self._button("variants_measure", beside))
        for key in VARIANT_MENU:
            variants.menu.addAction(self.actions_set.qt[key])
        self.recipe.add_button(self._button("save_recipe", Qt.ToolButtonStyle.ToolButtonIconOnly))
        for button, key in zip(self.layers.view_buttons, ("tree", "kernels"), strict=True):
            button.setDefaultAction(self.actions_set.qt[key])
        add_menus(self)
        self._name_views()

    def _button(self, key: str, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self.actions_set.qt[key])
        button.setToolButtonStyle(style)
        button.setText(tr(self.actions_set.table[key].text).rstrip("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _connect_parts(self) -> None:
        """What the parts ask for; of what they hear each is the owner itself, so that it ends with them."""
        bench = self.bench
        self.welcome.open_wanted.connect(lambda: file_actions.ask_for_file(bench))
        self.welcome.path_wanted.connect(lambda path: file_actions.open_path(bench, path))
        self.toolbar.settings_changed.connect(lambda: file_actions.rebind(bench))
        self.toolbar.data_wanted.connect(lambda path: file_actions.choose_data(bench, path))
        self.difference.load_wanted.connect(lambda: profile_actions.load_profile(bench))
        self.toolbar.devices_wanted.connect(lambda: device_actions.show_devices(bench))
        self.status.cancelled.connect(lambda: self.actions_set.qt["cancel"].trigger())
        self.status.finish_wanted.connect(bench.jobs.finish)
        explain_actions.connect(self)
        load_actions.connect(self)
        sensitivity_actions.connect(self)
        variant_actions.connect(self)
        self.layers.table.hidden_changed.connect(lambda keys: bench.settings.update(hidden=keys))
        self.layers.view_changed.connect(self.refresh_actions)
        self.tabs.currentChanged.connect(lambda _: self.refresh_actions())
        for changed in (self.graph.drawn, self.graph.shown_changed, self.graph.view.focus_changed):
            changed.connect(self.refresh_actions)

    def _connect(self) -> None:
        """What the window itself hears, once."""
        bench, document = self.bench, self.bench.document
        channel_actions.connect(self)
        preference_actions.connect(self)
        for signal in (document.selection_changed, document.recipe_changed, document.figures_changed,
                       document.channels_changed, bench.theme.changed):  # fmt: skip
            signal.connect(self.refresh_actions)
        document.replaced.connect(self._show_document)
        document.recipe_changed.connect(self.show_title)
        session_actions.connect(self)
        for runner in (bench.jobs, bench.glances):
            runner.message.connect(self.show_error)
            runner.crashed.connect(self.show_crash)
        bench.jobs.started.connect(lambda _: self.refresh_actions())
        bench.jobs.finished.connect(lambda *_: self.refresh_actions())

    # -- what the rest of the window asks ------------------------------------------------------------------------

    @property
    def measuring(self) -> bool:
        return self.bench.jobs.busy

    def show_panel(self, name: str) -> None:
        self.bottom.show()
        self.tabs.setCurrentWidget(self.panels[name])

    def show_error(self, error: EngineError) -> None:
        self.messages.show_error(error)
        self.bench.document.log(str(error), "error")

    def show_crash(self, trace: str) -> None:
        from gui.dialogs.crash import CrashDialog

        self.bench.document.log(trace.strip().splitlines()[-1], "bug")
        if not any(there.trace == trace and there.isVisible() for there in self.findChildren(CrashDialog)):
            CrashDialog(trace, self).show()

    def refresh_actions(self) -> None:
        self.actions_set.refresh()
        document = self.bench.document
        for key, text in (("undo", document.undo_label), ("redo", document.redo_label)):
            action = self.actions_set.table[key]
            plain = tr(action.text)
            self.actions_set.qt[key].setText(tr("{action}: {edit}").format(action=plain, edit=text) if text else plain)
        self._name_views()

    def _name_views(self) -> None:
        """In a word: the actions' own texts are as long as menus need them."""
        for button, text in zip(self.layers.view_buttons, (tr("Tree"), tr("Kernels")), strict=True):
            button.setText(text)

    def _show_document(self) -> None:
        opened = self.bench.document.opened
        self.pages.setCurrentWidget(self.halves if opened is not None else self.welcome)
        if opened is not None:
            self._lay_out()
        self.show_title()
        self.layers.table.setFocus()
        self.refresh_actions()

    def show_title(self) -> None:
        document = self.bench.document
        if document.opened is not None:
            name = document.session_path or document.opened.path
            self.setWindowTitle(f"{name.name}[*] – Lathe")
            self.setWindowModified(document.unsaved)

    def view_state(self) -> dict[str, Any]:
        """What of the window belongs to the session."""
        panel = next((name for name, widget in self.panels.items() if widget is self.tabs.currentWidget()), "")
        return {"panel": panel, "view": self.layers.view, "sort": list(self.layers.table.sorting or ())}

    def show_view_state(self, state: Mapping[str, Any]) -> None:
        if (panel := self.panels.get(str(state.get("panel")))) is not None:
            self.tabs.setCurrentWidget(panel)
        if state.get("view") in ("table", "tree", "kernels"):
            self.layers.show_view(state["view"])
        match state.get("sort"):
            case [str(key), bool(descending)] if key in INDEX:
                order = Qt.SortOrder.DescendingOrder if descending else Qt.SortOrder.AscendingOrder
                self.layers.table.sort_layers(INDEX[key], order)

    # -- drag and drop -------------------------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:  # noqa: N802
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()
            self.welcome.show_drag(True)

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:  # noqa: N802
        self.welcome.show_drag(False)

    def dropEvent(self, event: QDropEvent) -> None:  # noqa: N802
        self.welcome.show_drag(False)
        paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
        if paths:
            event.acceptProposedAction()
            if paths[0].is_dir() and self.bench.document.opened is not None:
                file_actions.choose_data(self.bench, paths[0])
            else:
                file_actions.open_path(self.bench, paths[0])

    # -- remembering ---------------------------------------------------------------------------------------------

    def _splitters(self) -> dict[str, QSplitter]:
        return {"halves": self.halves, "across": self.top, "bottom": self.bottom}

    def _lay_out(self) -> None:
        """Splitters share out the room that they have, which is known once the panels show for the first time."""
        if self._laid_out:
            return
        self._laid_out = True
        self.halves.setGeometry(self.pages.rect())
        kept = self.bench.settings.value.layout
        for name, splitter in self._splitters().items():
            if name in kept:
                splitter.restoreState(QByteArray(base64.b64decode(kept[name])))
            else:
                splitter.setSizes(list(USUAL_SIZES[name]))

    def _restore(self) -> None:
        kept = self.bench.settings.value
        self.resize(1280, 800)
        if kept.geometry:
            self.restoreGeometry(QByteArray(base64.b64decode(kept.geometry)))
        self.layers.table.set_hidden(kept.hidden)

    def closeEvent(self, event: QCloseEvent) -> None:  # noqa: N802
        """The session is kept for the next opening of the file, so that quitting needs no question."""
        self.keeping.stop()
        session_actions.keep_now(self.bench)
        session_actions.unmark_running(self.bench)
        layout = dict(self.bench.settings.value.layout)
        if self._laid_out:
            layout = {n: base64.b64encode(s.saveState().data()).decode() for n, s in self._splitters().items()}
        geometry = base64.b64encode(self.saveGeometry().data()).decode()
        self.bench.settings.update(geometry=geometry, layout=layout)
        # A call that is inside a long native step ends only with the child: both are told at once.
        self.bench.jobs.cancel()
        self.bench.glances.cancel()
        self.drawings.shut_down()
        self.bench.workshop.close()
        self.bench.jobs.close()
        self.bench.glances.close()
        self.bench.workshop.close()  # what ended last may have started a child once more
        event.accept()
