"""Asks for the inputs of a program whose file does not say what they are: shapes, and values of Python numbers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QGridLayout, QLabel, QLineEdit, QVBoxLayout, QWidget

from gui.panels.parts import breakable

WHAT = (
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
        self.setWindowTitle("Inputs of the program")
        title = QLabel(breakable(f"What goes into {name}?"))
        title.setObjectName("title")
        text = QLabel(WHAT)
        text.setObjectName("muted")
        self._shapes: dict[str, QLineEdit] = {}
        self._values: dict[str, QLineEdit] = {}
        grid = QGridLayout()
        grid.setHorizontalSpacing(12)
        grid.setVerticalSpacing(8)
        for row, (key, proposal) in enumerate(tensors.items()):
            known = shapes.get(key) or proposal or ()
            self._shapes[key] = self._field(grid, row, key, "shape", ",".join(map(str, known)), "1,3,224,224")
        for row, key in enumerate(numbers, len(tensors)):
            self._values[key] = self._field(grid, row, key, "value", values.get(key, ""), "a number")
        grid.setColumnStretch(2, 1)
        buttons = QDialogButtonBox()
        self._open = buttons.addButton("Convert and open", QDialogButtonBox.ButtonRole.AcceptRole)
        skip = buttons.addButton("Show without converting", QDialogButtonBox.ButtonRole.ActionRole)
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

    def _field(self, grid: QGridLayout, row: int, key: str, kind: str, text: str, hint: str) -> QLineEdit:
        field = QLineEdit(text)
        field.setPlaceholderText(hint)
        field.setAccessibleName(f"{kind} of {key}")
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
        self._open.setToolTip("" if whole and numbers else "Fill in every shape and value first")

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
