"""Export: where to, what is in it, and which checks it passed."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt, QTimer
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
    QWidget,
)

from engine.errors import EngineError
from gui import numbers
from gui.calls import checking
from gui.icons import pixmap
from gui.language import mark, tr
from gui.messages import in_the_window
from gui.panels.parts import breakable, label
from gui.paths import expanded, is_there, writable
from gui.saving import with_suffix
from gui.treatment import summary
from gui.workbench import Workbench

if TYPE_CHECKING:
    from engine.export import Exported
    from gui.figures import Rebuilt


NAMES = {
    "checker": mark("ONNX checker"),
    "shapes_inferred": mark("All shapes inferred"),
    "loads": mark("Loads in the runtime"),
    "reproduces": mark("Written file against the model in memory"),
    "source_unchanged": mark("Source is as it was opened"),
    "parity": mark("Cleaned model against the original"),
}
NO_SOURCE = mark("no: it was changed or moved since, so what is written does not say which file it was made from")


def check_lines(checks: Mapping[str, Any]) -> list[tuple[bool, str, str]]:
    """Passed or not, name, result, for the checks that an export ran."""
    lines = []
    for key, value in checks.items():
        name = tr(NAMES[key]) if key in NAMES else key.replace("_", " ")
        told = tr(NO_SOURCE) if (key, value) == ("source_unchanged", False) else _result(value)
        lines.append((value is not False, name, told))
    return lines


def _result(value: object) -> str:
    if isinstance(value, Mapping):
        if value.get("exact"):
            return tr("exact")
        error = value.get("max_abs_error")
        return tr("not finite") if error is None else tr("within {error}").format(error=numbers.three(error))
    if isinstance(value, bool):
        return tr("passed") if value else tr("no")
    return str(value)


class ExportDialog(QDialog):
    """Stays open after the export to show what the checks said."""

    def __init__(self, bench: Workbench) -> None:
        super().__init__(bench.window)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Export"))
        self._bench = bench
        self._working = False
        opened = bench.document.opened
        assert opened is not None
        title = QLabel(tr("Export as ONNX"))
        title.setObjectName("title")
        stem = f"{opened.path.stem}.optimized.onnx" if bench.document.treated else f"{opened.path.stem}.cleaned.onnx"
        self.path = QLineEdit(str(writable(opened.path.parent) / stem))
        self.path.setAccessibleName(tr("File to write"))
        browse = QPushButton(tr("Browse…"))
        browse.setAutoDefault(False)
        browse.clicked.connect(self._browse)
        row = QHBoxLayout()
        row.setSpacing(8)
        row.addWidget(self.path, 1)
        row.addWidget(browse)
        self._replaces = label(tr("This file exists: it will be replaced."), "warning")
        self.path.textChanged.connect(self._path_changed)
        self._what = QLabel(self._contents())
        self._what.setWordWrap(True)
        note = QLabel(tr("It is written aside, checked, loaded and compared with the original first, then moved into "
                      "place. The recipe goes into its metadata. The file that is open is never touched."))  # fmt: skip
        note.setObjectName("muted")
        note.setWordWrap(True)
        self._results = QFrame()
        self._results.setObjectName("card")
        self._lines = QVBoxLayout(self._results)
        self._lines.setContentsMargins(16, 12, 16, 12)
        self._lines.setSpacing(0)
        self._results.hide()
        self.button = QPushButton(tr("Export"))
        self.button.setDefault(True)
        self.button.clicked.connect(self._export)
        self._close = QPushButton(tr("Cancel"))
        self._close.setAutoDefault(False)
        self._close.clicked.connect(self.reject)
        buttons = QHBoxLayout()
        buttons.addStretch(1)
        buttons.setSpacing(8)
        buttons.addWidget(self.button)
        buttons.addWidget(self._close)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addLayout(row)
        layout.addWidget(self._replaces)
        layout.addWidget(self._what)
        layout.addWidget(note)
        layout.addWidget(self._results)
        layout.addStretch(1)
        layout.addLayout(buttons)
        self.setFixedWidth(560)
        self._path_changed()

    def _contents(self) -> str:
        document = self._bench.document
        treated = summary(document.treatments) or tr("no layer is treated")
        text = tr("Contains: cleaned, {treated}.") if document.recipe.clean else tr("Contains: {treated}.")
        return text.format(treated=treated)

    def _target(self) -> Path:
        return with_suffix(expanded(self.path.text().strip()).absolute(), ".onnx")

    def _path_changed(self) -> None:
        """A name is needed, and a file that is there already is not replaced without a word."""
        named = bool(Path(self.path.text().strip()).name)
        self.button.setEnabled(named and not self._working)
        self._replaces.setVisible(named and is_there(self._target()))

    def _browse(self) -> None:
        name, _ = QFileDialog.getSaveFileName(self, tr("Export as ONNX"), self.path.text(), tr("ONNX (*.onnx)"))
        if name:
            self.path.setText(name)

    def _export(self) -> None:
        document, bench = self._bench.document, self._bench
        path = self._target()
        self.path.setText(str(path))
        bench.window.messages.hide()
        self._replaces.hide()
        self.button.setEnabled(False)
        self._show([("info", tr("Working"), tr("its progress is at the bottom of the window"))], working=True)
        opened, key = document.opened, document.data_key(document.recipe)
        assert opened is not None

        def done(result: tuple[Exported, Rebuilt]) -> None:
            if document.opened is opened:
                document.add_rebuilt(key, result[1])
            self._done(result[0])

        job = bench.jobs.run(
            tr("Exporting {name}").format(name=path.name),
            checking.export,
            bench.workshop,
            opened,
            document.recipe,
            document.settings,
            document.data,
            path,
            done=done,
            failed=self._failed,
            ended=self._ended,
        )
        self.rejected.connect(job.progress.cancel)

    def _done(self, exported: Exported) -> None:
        lines = [(True, name, text) for name, text in ((tr("Written"), str(exported.path)),
                                                       (tr("Size"), numbers.size(exported.file_bytes)))]  # fmt: skip
        lines += check_lines(exported.checks)
        self._show([("verify" if passed else "warning", name, text) for passed, name, text in lines])
        self._close.setText(tr("Close"))
        self._close.setDefault(True)
        self._close.setFocus()
        told = tr("Exported {path} ({size}), all checks passed")
        self._bench.document.log(told.format(path=exported.path, size=numbers.size(exported.file_bytes)))

    def _failed(self, error: EngineError) -> None:
        self._show([("warning", tr("Nothing was written"), in_the_window(str(error)))])
        self._bench.document.log(tr("Export failed: {error}").format(error=error), "error")

    def _ended(self) -> None:
        self.button.setEnabled(True)
        if self._working:
            self._show([("info", tr("Stopped"), tr("nothing was written"))])

    def _show(self, lines: list[tuple[str, str, str]], *, working: bool = False) -> None:
        """Icon, name and result of each line, in the place of those before."""
        self._working = working
        while (item := self._lines.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.deleteLater()
        tokens = self._bench.theme.tokens
        page = QWidget()
        grid = QGridLayout(page)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(4)
        grid.setColumnStretch(2, 1)
        for row, (icon_name, name, text) in enumerate(lines):
            color = {"verify": tokens.good, "warning": tokens.bad}.get(icon_name, tokens.accent)
            sign, value = QLabel(), label(breakable(text), wrap=True)
            sign.setPixmap(pixmap(icon_name, color))
            value.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
            for column, widget in enumerate((sign, label(name), value)):
                grid.addWidget(widget, row, column, Qt.AlignmentFlag.AlignTop)
        self._lines.addWidget(page)
        self._results.show()
        # The height of wrapped lines is known once the layout has run.
        QTimer.singleShot(0, self, self.adjustSize)
