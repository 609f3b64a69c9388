"""An options dataclass -> a form. Labels, help, ranges and choices come from ``engine.options.specs``.

The engine's labels and help are shown in the language of the window; the choices stay what recipes call them.
"""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QLineEdit,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from engine.options import OptionSpec, OptionValue, changed_values, specs, with_values
from gui.language import mark, tr
from gui.panels.parts import SPIN_MARGINS, CalmSpin

NO_VALUE = mark("not set")
_LARGE_INT, _LARGE_FLOAT = 2**31 - 1, 1e12


class RealSpin(QDoubleSpinBox):
    """No more decimals than the value has."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.lineEdit().setTextMargins(*SPIN_MARGINS)

    def textFromValue(self, value: float) -> str:  # noqa: N802
        text = super().textFromValue(value)
        point = self.locale().decimalPoint()
        return text.rstrip("0").removesuffix(point) if point in text else text


class OptionField:
    """One option's widget; ``get`` and ``set`` speak in the option's own values."""

    def __init__(self, spec: OptionSpec, form: OptionsForm) -> None:
        self.spec = spec
        self.widget = self._make(form)
        self.widget.setObjectName(f"option_{spec.name}")
        self.widget.setAccessibleName(tr(spec.label))
        self.widget.setToolTip(_sentence(spec.help))

    def _make(self, form: OptionsForm) -> QWidget:
        spec = self.spec
        changed = form.changed.emit
        if spec.type is bool and not spec.optional:
            box = QCheckBox(tr(spec.label))
            box.toggled.connect(lambda _: changed())
            return box
        if spec.choices or spec.type is bool:
            combo = QComboBox()
            if spec.optional:
                combo.addItem(tr(NO_VALUE), None)
            for choice in spec.choices:
                combo.addItem(choice, choice)
            if not spec.choices:
                combo.addItem(tr("yes"), True)
                combo.addItem(tr("no"), False)
            combo.currentIndexChanged.connect(lambda _: changed())
            return combo
        if spec.type is int and not spec.optional:
            spin = CalmSpin()
            spin.setRange(int(spec.minimum or 0), int(spec.maximum if spec.maximum is not None else _LARGE_INT))
            spin.valueChanged.connect(lambda _: changed())
            return spin
        if spec.type is float and not spec.optional:
            real = RealSpin()
            low = spec.minimum if spec.minimum is not None else -_LARGE_FLOAT
            high = spec.maximum if spec.maximum is not None else _LARGE_FLOAT
            fraction = (low, high) == (0.0, 1.0)
            real.setRange(low, high)
            real.setDecimals(2 if fraction else 6)
            real.setSingleStep(0.05 if fraction else 0.1)
            real.valueChanged.connect(lambda _: changed())
            return real
        line = QLineEdit()
        if spec.optional:
            line.setPlaceholderText(tr(NO_VALUE))
        line.textChanged.connect(lambda _: changed())
        return line

    def get(self) -> OptionValue:
        widget = self.widget
        if isinstance(widget, QCheckBox):
            return widget.isChecked()
        if isinstance(widget, QComboBox):
            value: OptionValue = widget.currentData()
            return value
        if isinstance(widget, QSpinBox | QDoubleSpinBox):
            return widget.value()
        assert isinstance(widget, QLineEdit)
        return widget.text().strip() or (None if self.spec.optional else "")

    def set(self, value: OptionValue) -> None:
        widget = self.widget
        if isinstance(widget, QCheckBox):
            widget.setChecked(bool(value))
        elif isinstance(widget, QComboBox):
            widget.setCurrentIndex(max(0, widget.findData(value)))
        elif isinstance(widget, QSpinBox):
            widget.setValue(int(value or 0))
        elif isinstance(widget, QDoubleSpinBox):
            widget.setValue(float(value or 0))
        else:
            assert isinstance(widget, QLineEdit)
            widget.setText("" if value is None else str(value))


def _sentence(text: str) -> str:
    """As a sentence in English; a translation begins as it wants to, which may be with the name of a choice."""
    told = tr(text)
    return told[:1].upper() + told[1:] if told == text else str(told)


class _Help(QLabel):
    """As high as its lines: a form layout shares height among its rows without asking for what wrapped texts need."""

    def __init__(self, text: str) -> None:
        super().__init__(_sentence(text))
        self.setObjectName("small")
        self.setWordWrap(True)

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self.setMinimumHeight(self.heightForWidth(self.width()))


class OptionsForm(QWidget):
    """Shows the options of one dataclass at a time, starting from ``base``, the defaults that suit the target."""

    changed = Signal()

    def __init__(self, parent: QWidget | None = None, *, stacked: bool = False) -> None:
        super().__init__(parent)
        self._layout = QFormLayout(self)
        if stacked:  # for narrow places: labels above their fields
            self._layout.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapAllRows)
        self._layout.setContentsMargins(0, 0, 0, 0)
        self._layout.setHorizontalSpacing(12)
        self._layout.setVerticalSpacing(8)
        self._layout.setLabelAlignment(Qt.AlignmentFlag.AlignLeft)
        self._base: Any = None
        self.fields: dict[str, OptionField] = {}

    def show_options(self, base: Any) -> None:
        """Show the fields of an options instance with its values."""
        self._base = None
        while self._layout.rowCount():
            self._layout.removeRow(0)
        self.fields = {}
        for spec in specs(type(base)):
            field = OptionField(spec, self)
            field.set(getattr(base, spec.name))
            self.fields[spec.name] = field
            both = QVBoxLayout()
            both.setSpacing(2)
            both.addWidget(field.widget)
            both.addWidget(_Help(spec.help))
            label = QLabel("" if isinstance(field.widget, QCheckBox) else tr(spec.label))
            label.setContentsMargins(0, 6, 0, 0)
            label.setAlignment(Qt.AlignmentFlag.AlignTop)
            label.setBuddy(field.widget)
            self._layout.addRow(label, both)
        self._base = base

    def values(self) -> Any:
        """The options as the form has them.

        Raises:
            UsageError: a text field holds no value of its option.
        """
        assert self._base is not None
        return with_values(self._base, {name: field.get() for name, field in self.fields.items()}, "this form")

    def changes(self) -> dict[str, OptionValue]:
        """What differs from the defaults that suit the target: what a rule of a recipe needs to say."""
        return changed_values(self.values(), self._base)
