"""Quantize or prune: the choice, its options, and which of the selected layers it can be done to."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QComboBox, QDialog, QDialogButtonBox, QFrame, QLabel, QVBoxLayout

from engine.errors import UsageError
from engine.options import with_values
from engine.recipe import Kind
from gui.actions.edit import count_text
from gui.form import OptionsForm
from gui.treatment import treat
from gui.workbench import Workbench

REASONS_SHOWN = 4


@dataclass(frozen=True, slots=True)
class Choice:
    """A scheme or a pruner as the dialog needs it; ``why_not`` by layer id, None where it can be done."""

    key: str
    title: str
    summary: str
    options: Any
    why_not: Callable[[str], str | None]
    gains_nothing: Callable[[str], str | None]


class TreatDialog(QDialog):
    """Accepting it is one edit of the recipe; layers that cannot be treated are left out, with the reason shown."""

    def __init__(self, bench: Workbench, kind: Kind, verb: str, choices: list[Choice], why: str) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench, self._kind, self._verb, self._choices = bench, kind, verb, choices
        self._ids = bench.document.selection
        self.setWindowTitle(verb)
        title = QLabel(f"{verb} {count_text(self._ids)}")
        title.setObjectName("title")
        self.choice = QComboBox()
        self.choice.setAccessibleName("Scheme" if kind == "quantization" else "Method")
        for choice in choices:
            self.choice.addItem(choice.title, choice.key)
        self._summary = self._muted("")
        self.form = OptionsForm()
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
        for widget in (title, self.choice, self._summary, rule, self.form, self._why, self._left_out):
            layout.addWidget(widget)
        layout.addStretch(1)
        layout.addWidget(self.buttons)
        self._why.setVisible(bool(why))
        self.setFixedWidth(460)
        self.choice.currentIndexChanged.connect(self._show_choice)
        self._show_choice()

    def _muted(self, text: str) -> QLabel:
        label = QLabel(text)
        label.setObjectName("muted")
        label.setWordWrap(True)
        return label

    @property
    def _chosen(self) -> Choice:
        return self._choices[self.choice.currentIndex()]

    def _possible(self) -> list[str]:
        return [i for i in self._ids if self._chosen.why_not(i) is None]

    def _show_choice(self) -> None:
        chosen = self._chosen
        self._summary.setText(chosen.summary)
        self.form.show_options(chosen.options)
        self._start_from_recipe()
        possible = self._possible()
        self._ok.setText(f"{self._verb} {len(possible)} layers" if len(possible) > 1 else self._verb)
        self._ok.setEnabled(bool(possible))
        lines = [f"{n} left out: {why}" for why, n in self._reasons(chosen.why_not)]
        lines += [f"{n} will gain nothing: {why}" for why, n in self._reasons(chosen.gains_nothing)]
        self._left_out.setText("\n".join(lines))
        self._left_out.setVisible(bool(lines))
        # The height of wrapped lines is known once the layout has run.
        QTimer.singleShot(0, self, self._fit_height)

    def _fit_height(self) -> None:
        layout = self.layout()
        assert layout is not None
        layout.activate()
        self.setMinimumHeight(layout.totalHeightForWidth(self.width()))
        self.resize(self.width(), self.minimumHeight())

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
            changes = {"ratio": values.ratio, **changes} if not changes.get("threshold") else changes
        label = f"{self._verb.lower()} {count_text(tuple(possible))}"
        document.edit(treat(document.recipe, self._kind, self._chosen.key, possible, changes), label)
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
    return TreatDialog(bench, "quantization", "Quantize", choices, facts.why if facts is not None else "")


def prune_dialog(bench: Workbench) -> TreatDialog:
    from engine.pruners import pruners

    opened = bench.document.opened
    assert opened is not None
    abilities = opened.abilities
    choices = [
        Choice(
            p.key,
            p.title,
            p.summary,
            p.options(),
            lambda i, k=p.key: abilities[i].prune.get(k),  # type: ignore[misc]
            lambda i: None,
        )
        for p in pruners().values()
    ]
    return TreatDialog(bench, "pruning", "Prune", choices, "")
