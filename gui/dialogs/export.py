"""Export: where to, what is in it, and which checks it passed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QFileDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QPushButton,
    QVBoxLayout,
)

from engine.errors import EngineError
from gui import numbers
from gui.icons import pixmap
from gui.treatment import summary
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.export import Exported


def check_lines(checks: Mapping[str, Any]) -> list[tuple[bool, str, str]]:
    """Passed or not, name, result, for the checks that an export ran."""
    names = {"checker": "ONNX checker", "loads": "Loads in the runtime", "reproduces": "Same bytes when done again"}
    lines = []
    for key, value in checks.items():
        if key == "parity":
            continue
        passed = value is True or value in ("passed", "ok")
        lines.append((passed, names.get(key, key.replace("_", " ")), "passed" if value is True else str(value)))
    parity = checks.get("parity")
    if isinstance(parity, Mapping):
        error = parity.get("max_abs_error")
        text = (
            "exact"
            if parity.get("exact")
            else f"largest difference {numbers.three(error)}"
            if error is not None
            else "stated"
        )
        lines.append((True, "Compared with the original", text))
    return lines


class ExportDialog(QDialog):
    """Stays open after the export to show what the checks said."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Export")
        self._bench = bench
        opened = bench.document.opened
        assert opened is not None
        title = QLabel("Export as ONNX")
        title.setObjectName("title")
        stem = f"{opened.path.stem}.optimized.onnx" if bench.document.treated else f"{opened.path.stem}.cleaned.onnx"
        self.path = QLineEdit(str(opened.path.with_name(stem)))
        self.path.setAccessibleName("File to write")
        browse = QPushButton("Browse…")
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        self._what = QLabel(self._contents())
        self._what.setWordWrap(True)
        note = QLabel("It is written aside, checked, loaded and compared with the original first, then moved into place. "
                      "The recipe goes into its metadata. The file that is open is never touched.")  # fmt: skip
        note.setObjectName("muted")
        note.setWordWrap(True)
        self._results = QFrame()
        self._results.setObjectName("card")
        self._grid = QGridLayout(self._results)
        self._grid.setContentsMargins(12, 12, 12, 12)
        self._grid.setHorizontalSpacing(8)
        self._grid.setVerticalSpacing(4)
        self._grid.setColumnStretch(1, 1)
        self._results.hide()
        self.button = QPushButton("Export")
        self.button.setDefault(True)
        self.button.clicked.connect(self._export)
        self._close = QPushButton("Cancel")
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        buttons.addWidget(self.button)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(row)
        layout.addWidget(self._what)
        layout.addWidget(note)
        layout.addWidget(self._results)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.setFixedWidth(560)

    def _contents(self) -> str:
        document = self._bench.document
        treated = summary(document.treatments) or "no layer is treated"
        clean = "cleaned, " if document.recipe.clean else ""
        return f"Contains: {clean}{treated}."

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, "Export as ONNX", self.path.text(), "ONNX (*.onnx)")
        if name:
            self.path.setText(name)

    def _export(self) -> None:
        document, bench = self._bench.document, self._bench
        path = Path(self.path.text()).expanduser()
        if path.suffix != ".onnx":
            path = path.with_name(f"{path.name}.onnx")
            self.path.setText(str(path))
        self.button.setEnabled(False)
        self._clear()
        self._line("info", "Working", "its progress is at the bottom of the window")
        assert document.opened is not None
        job = bench.jobs.run(
            f"Exporting {path.name}", bench.workshop.export, document.opened, document.recipe, document.settings,
            document.data, path, done=self._done, failed=self._failed, ended=self._ended,
        )  # fmt: skip
        self.rejected.connect(job.progress.cancel)

    def _done(self, exported: Exported) -> None:
        self._clear()
        self._line("verify", "Written", f"{exported.path} ({numbers.size(exported.file_bytes)})")
        for passed, name, text in check_lines(exported.checks):
            self._line("verify" if passed else "warning", name, text)
        self._close.setText("Close")
        self._close.setFocus()
        self._bench.document.log(f"Exported {exported.path}: {exported.checks}")

    def _failed(self, error: EngineError) -> None:
        self._clear()
        self._line("warning", "Nothing was written", str(error))
        self._bench.document.log(f"Export failed: {error}", "error")

    def _ended(self) -> None:
        self.button.setEnabled(True)
        if self._grid.count() and self._working:
            self._clear()
            self._line("info", "Stopped", "nothing was written")

    def _clear(self) -> None:
        self._working = False
        while (item := self._grid.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()

    def _line(self, icon_name: str, name: str, text: str) -> None:
        tokens = self._bench.theme.tokens
        color = {"verify": tokens.good, "warning": tokens.bad}.get(icon_name, tokens.accent)
        self._working = name == "Working"
        line = self._grid.rowCount()
        mark, label, value = QLabel(), QLabel(name), QLabel(text)
        mark.setPixmap(pixmap(icon_name, color))
        value.setWordWrap(True)
        value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._grid.addWidget(mark, line, 0, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(label, line, 1, Qt.AlignmentFlag.AlignTop)
        self._grid.addWidget(value, line, 2)
        self._grid.setColumnStretch(1, 0)
        self._grid.setColumnStretch(2, 1)
        self._results.show()
        self.adjustSize()
