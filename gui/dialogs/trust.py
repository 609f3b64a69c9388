"""The one question before code that a file holds may run. The answer that runs nothing is the default."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QVBoxLayout, QWidget

from gui.language import tr
from gui.panels.parts import breakable


class TrustDialog(QDialog):
    """Accepted where the user says that this file may run its code."""

    def __init__(self, path: Path, why: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Run code of this file?"))
        title = QLabel(breakable(tr("{name} holds code that opening it would run").format(name=path.name)))
        title.setObjectName("title")
        where = QLabel(breakable(str(path)))
        where.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        text = QLabel(breakable(f"{why[:1].upper()}{why[1:]}."))
        advice = QLabel(
            tr(
                "Nothing of it has run yet. Run it only if you know who made the file. The answer holds for this file, "
                "until the window is closed."
            )
        )
        advice.setObjectName("muted")
        buttons = QDialogButtonBox()
        run = buttons.addButton(tr("Run its code and open"), QDialogButtonBox.ButtonRole.AcceptRole)
        keep = buttons.addButton(tr("Do not open"), QDialogButtonBox.ButtonRole.RejectRole)
        run.setAutoDefault(False)
        keep.setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for part in (title, where, text, advice):
            part.setWordWrap(True)
            layout.addWidget(part)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)
        keep.setFocus()
