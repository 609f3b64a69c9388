"""Quantize or prune: the choice, its options, and which of the selected layers it can be done to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QLabel,
    QScrollArea,
    QVBoxLayout,
)

from engine.errors import EngineError, UsageError
from engine.options import with_values
from engine.pruner import AMOUNTS
from engine.recipe import Kind
from gui.actions.edit import count_text
from gui.calls import pruning
from gui.channels import MOST_LAYERS
from gui.dialogs.cut_text import preview_text
from gui.form import OptionsForm
from gui.language import mark, tr
from gui.panels.parts import breakable
from gui.screen import TITLE_BAR, room
from gui.treatment import treat
from gui.workbench import Workbench

REASONS_SHOWN = 4
LOOK_MS = 150
LEAST_FORM = 120
"""Pixels of the form that are seen where the window is low; the rest scrolls."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme or a pruner as the dialog needs it; ``why_not`` by layer id, None where it can be done.

    ``reshapes``: what it takes along and saves can be told before.
    """

    key: str
    title: str
    summary: str
    options: Any
    why_not: Callable[[str], str | None]
    gains_nothing: Callable[[str], str | None]
    reshapes: bool = False


@dataclass(frozen=True, slots=True)
class Words:
    """``edit`` is what undo calls it, ``choice`` what the list of choices is called to those who cannot see it."""

    title: str
    heading: str
    many: str
    edit: str
    choice: str


WORDS: Mapping[Kind, Words] = {
    "quantization": Words(
        mark("Quantize"),
        mark("Quantize {layers}"),
        mark("Quantize {count} layers"),
        mark("quantize {layers}"),
        mark("Scheme"),
    ),
    "pruning": Words(
        mark("Prune"), mark("Prune {layers}"), mark("Prune {count} layers"), mark("prune {layers}"), mark("Method")
    ),
}


class TreatDialog(QDialog):
    """Accepting it is one edit of the recipe; layers that cannot be treated are left out, with the reason shown."""

    def __init__(self, bench: Workbench, kind: Kind, choices: list[Choice], why: str) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench, self._kind, self._words, self._choices = bench, kind, WORDS[kind], choices
        self._ids = bench.document.selection
        self.setWindowTitle(tr(self._words.title))
        title = QLabel(breakable(tr(self._words.heading).format(layers=count_text(self._ids))))
        title.setObjectName("title")
        title.setTextFormat(Qt.TextFormat.PlainText)
        title.setWordWrap(True)
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr(self._words.choice))
        for choice in choices:
            self.choice.addItem(tr(choice.title), choice.key)
        self._summary = self._muted("")
        self.form = OptionsForm()
        self._area = QScrollArea()
        self._area.setAccessibleName(tr("Options"))
        self._area.setObjectName("plain")
        self._area.setWidget(self.form)
        self._area.setWidgetResizable(True)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.others = QCheckBox()
        self.others.setToolTip(tr("Their options become the same; which layers are treated does not change"))
        self._preview = QLabel()
        self._preview.setWordWrap(True)
        self._preview.setAccessibleName(tr("What the cut takes along and saves"))
        self._looking = QTimer(self)
        self._looking.setSingleShot(True)
        self._looking.setInterval(LOOK_MS)
        self._looking.timeout.connect(self._look)
        self._asked = 0
        self.finished.connect(self._forget)
        self._why = self._muted(why)
        self._left_out = QLabel()
        self._left_out.setWordWrap(True)
        self.buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        self._ok = self.buttons.button(QDialogButtonBox.StandardButton.Ok)
        self._ok.setDefault(True)
        self.buttons.accepted.connect(self._apply)
        self.buttons.rejected.connect(self.reject)
        rule = QFrame()
        rule.setObjectName("rule")
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for widget in (
            title, self.choice, self._summary, rule, self._area, self.others, self._preview, self._why, self._left_out,
        ):  # fmt: skip
            layout.addWidget(widget)
        layout.addWidget(self.buttons)
        self.setFixedWidth(460)
        self._reason = why
        self.choice.setCurrentIndex(self._first())
        self.choice.currentIndexChanged.connect(self._show_choice)
        self.form.changed.connect(self._looking.start)
        self._show_choice()

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        label.setWordWrap(True)
        return label

    @property
    def _chosen(self) -> Choice:
        return self._choices[self.choice.currentIndex()]

    def _first(self) -> int:
        """What the selected layers have, or else what most of them gain by, and of several the usual one."""
        treatments = self._bench.document.treatments
        rules = {r.choice for i in self._ids if (r := getattr(treatments.get(i), self._kind, None)) is not None}
        keys = [choice.key for choice in self._choices]
        if len(rules) == 1 and (have := next(iter(rules))) in keys:
            return keys.index(have)

        usual = {"int8_static", "l1_channels" if self._bench.document.data is None else "reconstruction_channels"}

        def gains(choice: Choice) -> int:
            return sum(choice.why_not(i) is None and choice.gains_nothing(i) is None for i in self._ids)

        return max(range(len(keys)), key=lambda n: (gains(self._choices[n]), keys[n] in usual, -n))

    def _possible(self) -> list[str]:
        return [i for i in self._ids if self._chosen.why_not(i) is None]

    def _show_choice(self) -> None:
        chosen = self._chosen
        self._summary.setText(tr(chosen.summary))
        self._why.setVisible(bool(self._reason) and chosen.key.startswith("int8"))
        self.form.show_options(chosen.options)
        self._start_from_recipe()
        others = len(self._other_layers())
        self.others.setVisible(others > 0)
        self.others.setChecked(False)
        same = tr("The same options for the {count} other layer with {title}")
        if others > 1:
            same = tr("The same options for the {count} other layers with {title}")
        self.others.setText(same.format(count=others, title=tr(chosen.title)))
        possible = self._possible()
        many, one = tr(self._words.many).format(count=len(possible)), tr(self._words.title)
        self._ok.setText(many if len(possible) > 1 else one)
        self._ok.setEnabled(bool(possible))
        left_out, nothing = tr("{count} left out: {reason}"), tr("{count} will gain nothing: {reason}")
        lines = [left_out.format(count=n, reason=why) for why, n in self._reasons(chosen.why_not)]
        lines += [nothing.format(count=n, reason=why) for why, n in self._reasons(chosen.gains_nothing)]
        self._left_out.setText("\n".join(lines))
        self._left_out.setVisible(bool(lines))
        self._preview.hide()
        self._looking.start()
        # The height of wrapped lines is known once the layout has run.
        QTimer.singleShot(0, self, self._fit_height)

    # -- what a cut takes along ----------------------------------------------------------------------------------

    def _look(self) -> None:
        """Ask for what the options of a method would cut and save, with the latest form."""
        bench, opened = self._bench, self._bench.document.opened
        possible = self._possible()
        if not self._chosen.reshapes or opened is None or opened.facts is None or not possible:
            self._preview.hide()
            return
        if len(opened.index.layers) > MOST_LAYERS:
            self._show_preview(tr("The model is too large to say at a glance what goes together."))
            return
        try:
            options = self.form.values()
        except UsageError:
            return  # said when it is applied
        base = bench.document.baseline or bench.document.as_opened
        times = {i: t.median_us for i, t in base.layers.items()} if base is not None else None
        self._asked += 1
        asked = self._asked

        def done(found: pruning.Preview) -> None:
            if asked == self._asked:
                self._show_preview(preview_text(found))

        def failed(error: EngineError) -> None:
            if asked == self._asked:
                self._show_preview(str(error))

        bench.glances.run(
            tr("Looking at channels"),
            pruning.preview,
            bench.workshop,
            opened,
            bench.document.base_recipe,
            possible,
            self._chosen.key,
            options,
            opened.facts,
            times,
            done=done,
            failed=failed,
        )

    def _show_preview(self, text: str) -> None:
        self._preview.setText(text)
        self._preview.setVisible(bool(text))
        QTimer.singleShot(0, self, self._fit_height)

    def _forget(self) -> None:
        """What comes after the dialog has closed is not shown."""
        self._looking.stop()
        self._asked = -1

    def _fit_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        # The form gets the height that it needs, as far as the window has it; a bar would take width, and ask for more.
        self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        layout.activate()
        wanted = self.form.heightForWidth(self._area.viewport().width())
        wanted = wanted if wanted > 0 else self.form.sizeHint().height()
        self._area.setFixedHeight(wanted)
        layout.activate()
        over = layout.totalHeightForWidth(self.width()) - self._room()
        if over > 0:
            self._area.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAsNeeded)
            self._area.setFixedHeight(max(LEAST_FORM, wanted - over))
            layout.activate()
        self.setMinimumHeight(layout.totalHeightForWidth(self.width()))
        self.resize(self.width(), self.minimumHeight())
        screen = self.screen().availableGeometry()
        below = self.frameGeometry().bottom() - min(screen.bottom(), self._bench.window.frameGeometry().bottom())
        if self.isVisible() and below > 0:
            self.move(self.x(), max(screen.top(), self.y() - below))

    def _room(self) -> int:
        """The height that the window leaves to a dialog."""
        return max(480, min(self._bench.window.height() - TITLE_BAR, room(self).height()))

    def _other_layers(self) -> list[str]:
        """Layers that the recipe gives the same choice and that are not selected."""
        treatments, mine = self._bench.document.treatments, set(self._ids)
        rules = {i: getattr(t, self._kind) for i, t in treatments.items() if i not in mine}
        return [i for i, rule in rules.items() if rule is not None and rule.choice == self._chosen.key]

    def _reasons(self, ask: Callable[[str], str | None]) -> list[tuple[str, int]]:
        return Counter(why for i in self._ids if (why := ask(i)) is not None).most_common(REASONS_SHOWN)

    def _start_from_recipe(self) -> None:
        """Where all selected layers have this choice with the same options, show those."""
        treatments = self._bench.document.treatments
        rules = [getattr(treatments.get(i), self._kind, None) for i in self._ids]
        options = [dict(r.options) if r is not None and r.choice == self._chosen.key else None for r in rules]
        if options and options[0] and all(o == options[0] for o in options):
            shown = with_values(self._chosen.options, options[0], self._chosen.key)
            for name, field in self.form.fields.items():
                field.set(getattr(shown, name))

    def _apply(self) -> None:
        try:
            changes: Mapping[str, Any] = self.form.changes()
        except UsageError as error:
            self._left_out.setText(str(error))
            self._left_out.show()
            return
        possible, document = self._possible(), self._bench.document
        if self._kind == "pruning":
            # The amount is said even where it is the default: it is what a person reads in the recipe.
            values = self.form.values()
            said = any(changes.get(name) is not None for name in AMOUNTS)
            changes = dict(changes) if said else {"ratio": values.ratio, **changes}
        label = tr(self._words.edit).format(layers=count_text(tuple(possible)))
        ids = [*possible, *(self._other_layers() if self.others.isChecked() else [])]
        document.edit(treat(document.recipe, self._kind, self._chosen.key, ids, changes), label)
        self.accept()


def quantize_dialog(bench: Workbench) -> TreatDialog:
    from engine.schemes import schemes

    opened = bench.document.opened
    assert opened is not None
    abilities, facts = opened.abilities, opened.facts
    choices = [
        Choice(
            s.key,
            s.title,
            s.summary,
            s.defaults(facts) if facts is not None else s.options(),
            lambda i, k=s.key: abilities[i].quantize.get(k),  # type: ignore[misc]
            lambda i, k=s.key: abilities[i].suits.get(k),  # type: ignore[misc]
        )
        for s in schemes().values()
    ]
    return TreatDialog(bench, "quantization", choices, facts.why if facts is not None else "")


def prune_dialog(bench: Workbench) -> TreatDialog:
    from engine.pruners import pruners

    assert bench.document.opened is not None
    choices = [
        Choice(
            p.key,
            p.title,
            p.summary,
            p.options(),
            lambda i, k=p.key: bench.document.cannot_prune(k, i),  # type: ignore[misc]
            lambda i: None,
            p.structural or p.factor is not None,
        )
        for p in pruners().values()
    ]
    return TreatDialog(bench, "pruning", choices, "")
