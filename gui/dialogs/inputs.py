"""Asks for the inputs of a program whose file does not say what they are: shapes, and values of Python numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.language import mark, tr
from gui.panels.parts import breakable

WHAT = mark(
    "TorchScript and pickled modules keep no shapes, and converting to ONNX needs them. A shape is one number for each "
    "dimension with commas between, the batch first. Your answer is remembered for this file."
)


class InputsDialog(QDialog):
    """``skipped`` where the program is to be shown without being converted."""

    skipped = Signal()

    def __init__(
        self,
        name: str,
        tensors: Mapping[str, tuple[int, ...] | None],
        numbers: Sequence[str],
        shapes: Mapping[str, Sequence[int]],
        values: Mapping[str, str],
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Inputs of the program"))
        title = QLabel(breakable(tr("What goes into {name}?").format(name=name)))
        title.setObjectName("title")
        text = QLabel(tr(WHAT))
        text.setObjectName("muted")
        self._shapes: dict[str, QLineEdit] = {}
        self._values: dict[str, QLineEdit] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (key, proposal) in enumerate(tensors.items()):
            known = shapes.get(key) or proposal or ()
            self._shapes[key] = self._field(grid, row, (key, tr("shape"), tr("shape of {input}")))
            self._shapes[key].setText(",".join(map(str, known)))
            self._shapes[key].setPlaceholderText("1,3,224,224")
        for row, key in enumerate(numbers, len(tensors)):
            self._values[key] = self._field(grid, row, (key, tr("value"), tr("value of {input}")))
            self._values[key].setText(values.get(key, ""))
            self._values[key].setPlaceholderText(tr("a number"))
        grid.setColumnStretch(2, 1)
        buttons = QDialogButtonBox()
        self._open = buttons.addButton(tr("Convert and open"), QDialogButtonBox.ButtonRole.AcceptRole)
        skip = buttons.addButton(tr("Show without converting"), QDialogButtonBox.ButtonRole.ActionRole)
        buttons.addButton(QDialogButtonBox.StandardButton.Cancel)
        self._open.setDefault(True)
        skip.setAutoDefault(False)
        skip.clicked.connect(self._skip)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        for part in (title, text):
            part.setWordWrap(True)
            layout.addWidget(part)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(520)
        self._check()

    def _field(self, grid: QGridLayout, row: int, words: tuple[str, str, str]) -> QLineEdit:
        """A line with the name of the input, what of it is asked for, and both of it for those who cannot see them."""
        key, kind, both = words
        field = QLineEdit()
        field.setAccessibleName(both.format(input=key))
        field.setMinimumWidth(200)
        field.textChanged.connect(self._check)
        muted = QLabel(kind)
        muted.setObjectName("muted")
        grid.addWidget(QLabel(key), row, 0)
        grid.addWidget(muted, row, 1)
        grid.addWidget(field, row, 2, Qt.AlignmentFlag.AlignLeft)
        return field

    def _check(self) -> None:
        if not hasattr(self, "_open"):
            return
        whole = all(shape_of(field.text()) is not None for field in self._shapes.values())
        numbers = all(_is_number(field.text()) for field in self._values.values())
        self._open.setEnabled(whole and numbers)
        self._open.setToolTip("" if whole and numbers else tr("Fill in every shape and value first"))

    def _skip(self) -> None:
        self.skipped.emit()
        self.reject()

    def shapes(self) -> dict[str, tuple[int, ...]]:
        found = {name: shape_of(field.text()) for name, field in self._shapes.items()}
        return {name: shape for name, shape in found.items() if shape is not None}

    def values(self) -> dict[str, str]:
        return {name: field.text().strip() for name, field in self._values.items()}


def shape_of(text: str) -> tuple[int, ...] | None:
    """``1,3,224,224``, also with x or spaces between; None where it is no shape."""
    parts = text.replace("×", ",").replace("x", ",").replace(" ", ",").split(",")
    sizes = [part for part in parts if part]
    if not sizes or not all(part.isascii() and part.isdigit() and 0 < int(part) < 2**31 for part in sizes):
        return None
    return tuple(int(part) for part in sizes)


def _is_number(text: str) -> bool:
    if text.strip().lower() in ("true", "false", "yes", "no"):
        return True
    try:
        float(text)
    except ValueError:
        return False
    return True
