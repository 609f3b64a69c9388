"""The empty window: what to do next."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from gui.icons import pixmap
from gui.language import mark, tr
from gui.panels.parts import label, section
from gui.settings import SettingsStore
from gui.theme import Theme

RECENT_SHOWN = 6


class Welcome(QFrame):
    """Open, drop, a sample, or a recent file."""

    open_wanted = Signal()
    path_wanted = Signal(Path)

    def __init__(self, settings: SettingsStore, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._settings, self._theme = settings, theme
        self.drop = QFrame()
        self.drop.setObjectName("drop")
        self._mark = QLabel()
        self._mark.setAlignment(Qt.AlignmentFlag.AlignCenter)
        title = label(tr("Drop a model here"), "title")
        title.setAlignment(Qt.AlignmentFlag.AlignCenter)
        text = label(
            tr(
                "See what every layer costs on this machine, quantize and prune by clicking,\n"
                "measure again, and export a checked ONNX file."
            ),
            "muted",
        )
        text.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self.open_button = QPushButton(tr("Open a file…"))
        self.open_button.setDefault(True)
        self.open_button.setToolTip("Ctrl+O")
        self.open_button.clicked.connect(self.open_wanted)
        inside = QVBoxLayout(self.drop)
        inside.setContentsMargins(32, 32, 32, 32)
        inside.setSpacing(12)
        for widget in (self._mark, title, text):
            inside.addWidget(widget)
        inside.addSpacing(4)
        inside.addWidget(self.open_button, 0, Qt.AlignmentFlag.AlignCenter)
        self.samples = QVBoxLayout()
        self.samples.setSpacing(2)
        self._recent = QVBoxLayout()
        self._recent.setSpacing(2)
        lists = QHBoxLayout()
        lists.setSpacing(24)
        for name, column in ((mark("Samples"), self.samples), (mark("Recent"), self._recent)):
            side = QVBoxLayout()
            side.setSpacing(4)
            side.addWidget(section(tr(name)))
            side.addLayout(column)
            side.addStretch(1)
            lists.addLayout(side, 1)
        middle = QWidget()
        middle.setFixedWidth(640)
        column = QVBoxLayout(middle)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(24)
        column.addStretch(2)
        column.addWidget(self.drop)
        column.addLayout(lists)
        column.addStretch(3)
        layout = QHBoxLayout(self)
        layout.addStretch(1)
        layout.addWidget(middle)
        layout.addStretch(1)
        theme.changed.connect(self._restyle)
        settings.changed.connect(self._show_recent)
        self._restyle()
        self._show_samples()
        self._show_recent()

    def _show_samples(self) -> None:
        from resources import samples

        for sample in samples():
            self.samples.addWidget(self._link(tr(sample.title), tr(sample.summary), sample.model))

    def _show_recent(self) -> None:
        while (item := self._recent.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        paths = [Path(p) for p in self._settings.value.recent if Path(p).exists()][:RECENT_SHOWN]
        for path in paths:
            self._recent.addWidget(self._link(path.name, str(path), path))
        if not paths:
            self._recent.addWidget(label(tr("Files that you open are listed here."), "muted"))

    def _link(self, text: str, tip: str, path: Path) -> QPushButton:
        made = QPushButton(text)
        made.setObjectName("link")
        made.setProperty("flat", True)
        made.setToolTip(tip)
        made.setAutoDefault(False)
        made.setCursor(Qt.CursorShape.PointingHandCursor)
        made.clicked.connect(lambda: self.path_wanted.emit(path))
        return made

    def show_drag(self, inside: bool) -> None:
        """Something that can be dropped is over the window."""
        self.drop.setProperty("inside", inside)
        self.drop.style().polish(self.drop)

    def _restyle(self) -> None:
        self._mark.setPixmap(pixmap("lathe", self._theme.tokens.accent, 48))
