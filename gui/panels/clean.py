"""What cleaning changed and what it gained, before any treatment."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from gui import numbers
from gui.document import Document
from gui.language import tr
from gui.panels.parts import card, label


class CleanPanel(QFrame):
    """Gains of treatments are reported against the cleaned float model; this is what came before them."""

    def __init__(self, document: Document, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self._document = document
        gain_card, gain = card(tr("Gained by cleaning alone"))
        self._gain, self._text = label("", "title"), label("", "muted", wrap=True)
        gain.addWidget(self._gain)
        gain.addWidget(self._text)
        gain.addStretch(1)
        changes_card, changes = card(tr("What cleaning changed"))
        self._changes = QPlainTextEdit()
        self._changes.setReadOnly(True)
        self._changes.setAccessibleName(tr("What cleaning changed"))
        self._changes.document().setDocumentMargin(0)
        self._changes.setFrameShape(QFrame.Shape.NoFrame)
        self._changes.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        changes.addWidget(self._changes, 1)
        row = QHBoxLayout()
        row.setContentsMargins(12, 12, 12, 12)
        row.setSpacing(12)
        row.addWidget(gain_card, 1)
        row.addWidget(changes_card, 2)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addLayout(row)
        for signal in (document.figures_changed, document.replaced):
            signal.connect(self._show)
        self._show()

    def _show(self) -> None:
        document = self._document
        opened, cleaned, rebuilt = document.as_opened, document.baseline, document.base_rebuilt
        if not document.recipe.clean:
            self._gain.setText(tr("off"))
            self._text.setText(tr("This recipe starts from the file as it is (Treat > Clean first)."))
        elif rebuilt is not None and not rebuilt.changes:
            self._gain.setText(tr("nothing to gain"))
            self._text.setText(tr("The file was clean: treatments are compared with it as it is."))
        elif opened is not None and cleaned is not None:
            a, b = opened.profile.latency_ms.median, cleaned.profile.latency_ms.median
            self._gain.setText(f"{numbers.time_ms(a)} → {numbers.time_ms(b)}  ({numbers.ratio(a / b)})")
            self._text.setText(tr("Median latency of the file as opened and of the cleaned float model. "
                               "Treatments are compared with the cleaned one."))  # fmt: skip
        else:
            self._gain.setText(numbers.NOTHING)
            self._text.setText(tr("Profile measures the file as opened and the cleaned model."))
        if rebuilt is None:
            self._changes.setPlainText(tr("Not cleaned yet: it happens with the first profile or treatment."))
        else:
            self._changes.setPlainText("\n".join(rebuilt.changes) or tr("Nothing."))
