"""What the window does by itself, and what it remembers; each choice holds at once."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QDialogButtonBox,
    QFormLayout,
    QLabel,
    QPushButton,
    QSizePolicy,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from gui.language import SYSTEM, languages, mark, title, tr
from gui.panels.parts import CalmCombo, CalmSpin, label
from gui.switch import choose_language
from gui.workbench import Workbench

THEMES = ((mark("as the system"), "system"), (mark("light"), "light"), (mark("dark"), "dark"))


class PreferencesDialog(QDialog):
    """Nothing is to be confirmed: what is chosen shows, and is kept for the next start."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self._bench = bench
        self._outside = QVBoxLayout(self)
        self._outside.setContentsMargins(0, 0, 0, 0)
        self._fill()

    def say_again(self) -> None:
        """In the language that the window has now. The dialog itself stays, and with it the keys that wait for it."""
        before = self._shown
        self._fill()
        self._outside.removeWidget(before)
        before.hide()
        before.deleteLater()
        self.adjustSize()
        self.language.setFocus()

    def _fill(self) -> None:
        bench = self._bench
        self.setWindowTitle(tr("Preferences"))
        kept = bench.settings.value
        heading = QLabel(tr("Preferences"))
        heading.setObjectName("title")
        self.theme = CalmCombo()
        self.theme.setAccessibleName(tr("Theme"))
        for text, key in THEMES:
            self.theme.addItem(tr(text), key)
        self.theme.setCurrentIndex(self.theme.findData(bench.theme.choice))
        self.language = CalmCombo()
        self.language.setAccessibleName(tr("Language"))
        for text, key in ((tr("as the system"), SYSTEM), *((title(name), name) for name in languages())):
            self.language.addItem(text, key)
        self.language.setCurrentIndex(max(0, self.language.findData(kept.language)))
        self.tell: QSpinBox = CalmSpin()
        self.tell.setAccessibleName(tr("Tell the end of work that took so long"))
        self.tell.setRange(0, 3600)
        self.tell.setSuffix(" s")
        self.tell.setSpecialValueText(tr("never"))
        self.tell.setValue(kept.tell_after_s)
        self.on_data = QCheckBox(tr("Profile on the samples, where there are any"))
        self.on_data.setChecked(bench.document.profile_on_data)
        self.forget = QPushButton(tr("Forget recent files"))
        self.forget.setEnabled(bool(kept.recent))
        self.forget.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        self.forget.setAutoDefault(False)
        self.columns = QPushButton(tr("Show all columns of the layers"))
        self.columns.setAutoDefault(False)
        self.columns.setEnabled(bool(kept.hidden))
        self.columns.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)
        form = QFormLayout()
        form.setHorizontalSpacing(12)
        form.setVerticalSpacing(8)
        form.addRow(tr("Theme"), self.theme)
        form.addRow(tr("Language"), self.language)
        form.addRow(tr("Tell the end of work after"), self.tell)
        asks = tr("While the window is in the background: its entry in the task bar asks for attention.")
        form.addRow("", label(asks, "muted", wrap=True))
        form.addRow("", self.on_data)
        form.addRow("", self.forget)
        form.addRow("", self.columns)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.rejected.connect(self.reject)
        self._shown = QWidget()
        column = QVBoxLayout(self._shown)
        column.setContentsMargins(24, 24, 24, 16)
        column.setSpacing(12)
        column.addWidget(heading)
        column.addLayout(form)
        column.addWidget(buttons)
        self._shown.setMinimumWidth(440)
        self._outside.addWidget(self._shown)
        self.theme.currentIndexChanged.connect(self._choose_theme)
        self.language.currentIndexChanged.connect(self._choose_language)
        self.tell.valueChanged.connect(lambda value: bench.settings.update(tell_after_s=value))
        self.on_data.toggled.connect(self._profile_on_data)
        self.forget.clicked.connect(self._forget)
        self.columns.clicked.connect(self._show_columns)

    def _choose_theme(self) -> None:
        choice = self.theme.currentData()
        self._bench.theme.choose(choice)
        self._bench.settings.update(theme=choice)

    def _choose_language(self) -> None:
        choose_language(self._bench, self.language.currentData())

    def _profile_on_data(self, on: bool) -> None:
        self._bench.settings.update(profile_on_data=on)
        self._bench.document.set_profile_on_data(on)

    def _forget(self) -> None:
        self._bench.settings.update(recent=())
        self.forget.setEnabled(False)

    def _show_columns(self) -> None:
        self._bench.settings.update(hidden=())
        self._bench.window.layers.table.set_hidden(())
        self.columns.setEnabled(False)
