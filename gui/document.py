"""The document: an opened model, its recipe, and what was measured of it.

A model has one or more variants, named recipes; the current one's is what the window shows and edits. Undo is the
variants before, by value.
"""

from __future__ import annotations

import datetime
from collections import deque
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Signal

from engine.recipe import Recipe, Rule
from engine.stamp import Stamp, stamp_if_there
from engine.variants import Variants
from gui.collection import let_go, no_walks
from gui.data_choice import DataChoice
from gui.figures import Figures
from gui.language import again
from gui.measured import Measured
from gui.messages import in_the_window
from gui.pointed import Pointed
from gui.treatment import Treatment, resolve
from gui.undo import Undo

if TYPE_CHECKING:
    from engine.graph.layers import Layer
    from engine.session import SourceFile
    from gui.channels import Channels
    from gui.opened import Opened

KEPT_ENTRIES = 2000


@dataclass(frozen=True)
class LogEntry:
    time: str
    level: str
    said: str

    @property
    def text(self) -> str:
        return in_the_window(again(self.said))


class Document(Measured):
    """``replaced`` comes with another file; ``channels_changed`` says that it is known which layers lose channels
    together.
    """

    replaced = Signal()
    recipe_changed = Signal()
    selection_changed = Signal()
    channels_changed = Signal()
    logged = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.opened: Opened | None = None
        self.saved_variants = self.variants
        self.session_path: Path | None = None
        self._session_stamp: Stamp | None = None
        self.source_file: SourceFile | None = None
        self.treatments: dict[str, Treatment] = {}
        self.selection: tuple[str, ...] = ()
        self.pointed = Pointed(self)
        self.log_entries: deque[LogEntry] = deque(maxlen=KEPT_ENTRIES)
        self._undo: Undo[Variants] = Undo()
        self._channels: tuple[Opened, Recipe, Channels] | None = None

    # -- the file ------------------------------------------------------------------------------------------------

    @property
    def layers(self) -> tuple[Layer, ...]:
        return self.opened.index.layers if self.opened is not None else ()

    def replace(self, opened: Opened, variants: Variants | None = None, figures: Figures | None = None) -> None:
        """Another file; ``variants`` and ``figures`` are those that were kept for it."""
        let_go(len(self.layers))
        self.opened = opened
        self.variants = variants or Variants.of(Recipe())
        self.saved_variants = self.variants
        self.session_path, self.source_file = None, None
        self.data, self.data_samples, self.data_choice, self.metric = None, None, DataChoice(), None
        self._undo.clear()
        self._clear_figures()
        if figures is not None:
            self.figures = figures
            self._measured = max((m.order for m in figures.measurements.values()), default=0)
        self.selection = ()
        with no_walks(len(self.layers)):
            self._resolve()
            self.replaced.emit()
            self.recipe_changed.emit()
            self.figures_changed.emit()
            self.selection_changed.emit()

    def rebind(self, opened: Opened) -> None:
        """The same file with other input shapes or another target: layers keep their ids, the recipe stays.

        Figures stay as well: each is kept under the shapes and the target that it was measured with.
        """
        let_go(len(self.layers))
        self.opened = opened
        self._resolve()
        self.replaced.emit()
        self.recipe_changed.emit()
        self.figures_changed.emit()

    def tell_again(self) -> None:
        """Everything once more, for views that are new: they fill as if the file had just come."""
        if self.opened is None:
            return
        self._resolve()
        for signal in (self.replaced, self.recipe_changed, self.figures_changed, self.selection_changed,
                       self.viewed_changed, self.channels_changed):  # fmt: skip
            signal.emit()

    # -- the recipe ----------------------------------------------------------------------------------------------

    def edit(self, recipe: Recipe, label: str) -> None:
        """Make ``recipe`` that of the current variant; ``label`` names the edit in the undo action."""
        if recipe != self.recipe:
            self.change(self.variants.with_recipe(recipe), label)

    def change(self, variants: Variants, label: str) -> None:
        """Other variants, or another current one; ``label`` as for ``edit``."""
        if variants != self.variants:
            self._undo.note(label, self.variants)
            self._set(variants)

    @property
    def undo_label(self) -> str:
        return self._undo.undo_label

    @property
    def redo_label(self) -> str:
        return self._undo.redo_label

    def undo(self) -> None:
        if self.undo_label:
            self._set(self._undo.undo(self.variants))

    def redo(self) -> None:
        if self.redo_label:
            self._set(self._undo.redo(self.variants))

    @property
    def unsaved(self) -> bool:
        """Whether the variants are others than in the session file, or than when the model was opened."""
        return self.variants != self.saved_variants

    def saved_to(self, path: Path, variants: Variants | None = None) -> None:
        """A session file has what there is, or has these variants."""
        self.session_path, self._session_stamp = path, stamp_if_there(path)
        self.saved_variants = variants or self.variants

    @property
    def saved_elsewhere(self) -> bool:
        """Whether the session file is another one than when it was last read or written here."""
        there = stamp_if_there(self.session_path) if self.session_path is not None else None
        return there is not None and there != self._session_stamp

    def _set(self, variants: Variants) -> None:
        with no_walks(len(self.layers)):
            self.variants = variants
            self._resolve()
            self.recipe_changed.emit()
            self.figures_changed.emit()

    def _resolve(self) -> None:
        self.treatments = resolve(self.recipe, self.layers, self.fits)

    def fits(self, rule: Rule, layer: Layer) -> bool:
        if self.opened is None or rule.choice in ("float", "none"):
            return True
        ability = self.opened.abilities.get(layer.id)
        if ability is None:
            return False
        if rule.kind == "pruning":
            return self.cannot_prune(rule.choice, layer.id) is None
        fits = ability.quantize.get(rule.choice, "unknown") is None
        return fits and (rule.selector is not None or ability.suits.get(rule.choice) is None)

    # -- channels ------------------------------------------------------------------------------------------------

    @property
    def channels(self) -> Channels | None:
        """Which layers lose channels together; None until that was looked for, and for very large models."""
        known = self._channels
        there = known is not None and known[0] is self.opened and known[1] == self.base_recipe
        return known[2] if known is not None and there else None

    def take_channels(self, opened: Opened, base: Recipe, channels: Channels) -> None:
        self._channels = opened, base, channels
        self._resolve()
        self.channels_changed.emit()

    def cannot_prune(self, method: str, layer_id: str) -> str | None:
        """Why not, as the model is when it is pruned, where that is known; else as it was opened."""
        if (channels := self.channels) is not None:
            return channels.reason(method, layer_id)
        ability = self.opened.abilities.get(layer_id) if self.opened is not None else None
        return "unknown" if ability is None else ability.prune.get(method, "unknown")

    # -- the selection -------------------------------------------------------------------------------------------

    def select(self, ids: Iterable[str]) -> None:
        """One selection for all views."""
        chosen = tuple(ids)
        if chosen != self.selection:
            self.selection = chosen
            self.selection_changed.emit()

    def pick(self, layer_id: str, add: bool) -> None:
        """Choose one layer, or with ``add`` put it to the others or take it away from them."""
        chosen = self.selection
        if not add:
            self.select((layer_id,))
        else:
            self.select((i for i in chosen if i != layer_id) if layer_id in chosen else (*chosen, layer_id))

    # -- the log -------------------------------------------------------------------------------------------------

    def log(self, text: str, level: str = "info") -> None:
        entry = LogEntry(datetime.datetime.now().strftime("%H:%M:%S"), level, text)
        self.log_entries.append(entry)
        self.logged.emit(entry)
