"""Asks for the sizes of dynamic input dimensions, and for the values of small inputs such as a sample rate."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QRegularExpression, Qt
from PySide6.QtGui import QRegularExpressionValidator
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.backend import RunSettings
from engine.graph.values import ValueInfo
from gui.language import tr
from gui.panels.parts import CalmSpin, breakable

_SIZES = QRegularExpression(r" *\d{1,9}( *, *\d{1,9})* *")
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
        settings: RunSettings,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(tr("Input shapes"))
        self._fields: dict[str, list[QSpinBox]] = {}
        self._dynamic = {v.name for v in inputs if not v.ranked or any(not isinstance(d, int) for d in v.shape)}
        self._whole: dict[str, QLineEdit] = {}
        self._values: dict[str, QLineEdit] = {}
        heading = tr("{name} leaves dimensions open") if self._dynamic else tr("Inputs of {name}")
        title = QLabel(breakable(heading.format(name=name)))
        title.setWordWrap(True)
        title.setObjectName("title")
        text = QLabel(
            tr(
                "Costs, latency and shapes are worked out for one size of each. Your answer is remembered for this "
                "file."
            )
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
            grid.addLayout(self._row(value, settings), line, 1)
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

    def _row(self, value: ValueInfo, settings: RunSettings) -> QHBoxLayout:
        given, batch = settings.shapes.get(value.name), settings.batch
        row = QHBoxLayout()
        row.setSpacing(4)
        self._fields[value.name] = []
        for axis, dimension in enumerate(value.shape):
            if axis:
                row.addWidget(QLabel("×"))
            field = CalmSpin()
            field.setRange(0 if isinstance(dimension, int) else 1, 2**31 - 1)
            field.setFixedWidth(80)
            field.setAccessibleName(tr("{name}, dimension {number}").format(name=value.name, number=axis + 1))
            if isinstance(dimension, int):
                field.setValue(dimension)
                field.setEnabled(False)
            else:
                known = given[axis] if given is not None and len(given) == len(value.shape) else None
                field.setValue(known or first_guess(value, axis, batch))
                field.setToolTip(f"“{dimension}”" if dimension else tr("without a name in the file"))
            row.addWidget(field)
            self._fields[value.name].append(field)
        if not value.ranked:
            whole = QLineEdit(",".join(map(str, given or ())))
            whole.setPlaceholderText("1,3,224,224")
            whole.setValidator(QRegularExpressionValidator(_SIZES))
            whole.setFixedWidth(160)
            whole.setAccessibleName(tr("Shape of {name}").format(name=value.name))
            whole.setToolTip(tr("The file does not say how many dimensions it has: all sizes, with commas between"))
            row.addWidget(whole)
            self._whole[value.name] = whole
        elif len(value.shape) <= 1:
            field_text = QLineEdit(settings.inputs.get(value.name, ""))
            field_text.setPlaceholderText(tr("random value"))
            field_text.setFixedWidth(120)
            field_text.setAccessibleName(tr("Value of {name}").format(name=value.name))
            field_text.setToolTip(tr("One value for all elements, or all of them with commas between"))
            row.addWidget(field_text)
            self._values[value.name] = field_text
        row.addStretch(1)
        return row

    def values(self) -> dict[str, str]:
        """The inputs that get a value instead of random ones."""
        return {name: text for name, field in self._values.items() if (text := field.text().strip())}

    def shapes(self) -> dict[str, tuple[int, ...]]:
        """The inputs that have open dimensions, with their sizes."""
        sizes = {
            name: tuple(field.value() for field in fields)
            for name, fields in self._fields.items()
            if name in self._dynamic and name not in self._whole
        }
        whole = {name: field.text() for name, field in self._whole.items() if field.hasAcceptableInput()}
        return sizes | {name: tuple(map(int, text.split(","))) for name, text in whole.items()}
