"""Asks for the sizes of dynamic input dimensions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.graph.values import ValueInfo

LIKELY = {1: 3, 2: 224, 3: 224}
"""A first guess by axis for an input of four dimensions: images of the usual layout."""


def first_guess(value: ValueInfo, axis: int, batch: int) -> int:
    if axis == 0:
        return batch
    return LIKELY[axis] if len(value.shape) == 4 else 1


class ShapesDialog(QDialog):
    """One row for each input, one field for each dimension; fixed dimensions cannot be changed."""

    def __init__(
        self,
        name: str,
        inputs: Sequence[ValueInfo],
        given: Mapping[str, tuple[int, ...]],
        batch: int,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle("Input shapes")
        self._fields: dict[str, list[QSpinBox]] = {}
        self._dynamic = {v.name for v in inputs if any(not isinstance(d, int) for d in v.shape)}
        title = QLabel(f"{name} leaves dimensions open")
        title.setObjectName("title")
        text = QLabel(
            "Costs, latency and shapes are worked out for one size of each. Your answer is remembered for this file."
        )
        text.setObjectName("muted")
        text.setWordWrap(True)
        grid = QGridLayout()
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(8)
        for line, value in enumerate(inputs):
            label = QLabel(f"{value.name}  ")
            label.setToolTip(value.dtype)
            grid.addWidget(label, line, 0)
            grid.addLayout(self._row(value, given.get(value.name), batch), line, 1)
        grid.setColumnStretch(2, 1)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Open | QDialogButtonBox.StandardButton.Cancel)
        buttons.button(QDialogButtonBox.StandardButton.Open).setDefault(True)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(24, 24, 24, 16)
        layout.setSpacing(12)
        layout.addWidget(title)
        layout.addWidget(text)
        layout.addLayout(grid)
        layout.addStretch(1)
        layout.addWidget(buttons)
        self.setMinimumWidth(440)

    def _row(self, value: ValueInfo, given: tuple[int, ...] | None, batch: int) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(4)
        self._fields[value.name] = []
        for axis, dimension in enumerate(value.shape):
            if axis:
                row.addWidget(QLabel("×"))
            field = QSpinBox()
            field.setRange(0 if isinstance(dimension, int) else 1, 2**31 - 1)
            field.setButtonSymbols(QSpinBox.ButtonSymbols.NoButtons)
            field.setAlignment(Qt.AlignmentFlag.AlignRight)
            field.setFixedWidth(72)
            field.setAccessibleName(f"{value.name}, dimension {axis + 1}")
            if isinstance(dimension, int):
                field.setValue(dimension)
                field.setEnabled(False)
            else:
                known = given[axis] if given is not None and len(given) == len(value.shape) else None
                field.setValue(known or first_guess(value, axis, batch))
                field.setToolTip(f"“{dimension}”" if dimension else "without a name in the file")
            row.addWidget(field)
            self._fields[value.name].append(field)
        row.addStretch(1)
        return row

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The inputs that have open dimensions, with their sizes."""
        return {
            name: tuple(field.value() for field in fields)
            for name, fields in self._fields.items()
            if name in self._dynamic
        }
