"""The toolbar: what is used most, and how models are run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QMenu, QSizePolicy, QSpinBox, QToolBar, QToolButton, QWidget

from gui import numbers
from gui.action import ActionSet
from gui.document import Document
from gui.language import tr
from gui.panels.parts import CalmCombo, CalmSpin, label
from gui.settings import SettingsStore

if TYPE_CHECKING:
    from gui.workshop import DeviceChoice

ICONS_ONLY = ("open", "save_session", "undo", "redo")
DEVICE_WIDTHS = (200, 200, 144, 112, 136, 120)
"""By what was given up to make room: nothing; what stands before the inputs; letters of the device and of the data;
more of them; labels; words of buttons."""
COMBO_FRAME = 44
"""Pixels of a combo box beside its text."""
DATA_LENGTHS = (18, 12, 9, 9, 9, 0)
ALL_DEVICES = "all devices"
"""The entry of the device box that lists them with their reasons."""


class Toolbar(QToolBar):
    """``settings_changed`` when device, threads, batch or runs are others than before."""

    settings_changed = Signal()
    data_wanted = Signal(Path)
    devices_wanted = Signal()

    def __init__(
        self, actions: ActionSet, document: Document, settings: SettingsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__(tr("Tools"), parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions, self._document, self._settings = actions, document, settings
        self.devices: tuple[DeviceChoice, ...] = ()
        for key in ICONS_ONLY:
            self._button(key, Qt.ToolButtonStyle.ToolButtonIconOnly)
            if key == "save_session":
                self.addSeparator()
        self.addSeparator()
        self._given_up = 0
        self._labels: list[QAction] = []
        self.device = CalmCombo()
        self.device.setAccessibleName(tr("Device"))
        self.device.setFixedWidth(DEVICE_WIDTHS[0])
        self.device.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.device.addItem(settings.value.device, settings.value.device)
        self.threads = self._spin(tr("Threads"), tr("Threads of the runtime; auto is one for each physical core"),
                                  0, 1024, settings.value.threads, tr("auto"))  # fmt: skip
        self.batch = self._spin(tr("Batch"), tr("Size of a dynamic batch dimension"), 1, 65536, settings.value.batch)
        self.runs = self._spin(tr("Runs"), tr("Measured runs; auto goes on until the figures are steady"), 0, 99999,
                               settings.value.runs, tr("auto"))  # fmt: skip
        self.addWidget(self.device)
        self.options = QToolButton()
        self.options.setObjectName("runtime_options")
        self.options.setAccessibleName(tr("Runtime options"))
        self.options.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.options.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        ask = actions.qt["runtime_options"]
        self.options.clicked.connect(ask.trigger)
        ask.changed.connect(self._show_icons)
        self.addWidget(self.options)
        for name, spin in ((tr(" Threads "), self.threads), (tr(" Batch "), self.batch), (tr(" Runs "), self.runs)):
            self._labels.append(self.addWidget(label(name, "muted")))
            self.addWidget(spin)
        self.addSeparator()
        self.data = self._menu_button("data", self._data_menu())
        self.addWidget(self.data)
        self.data.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        for key in ("inputs_data", "inputs_synthetic"):
            menu.addAction(self._actions.qt[key])
        self.inputs = self._menu_button("inputs", menu)
        self._inputs_place = self.addWidget(self.inputs)
        stretch = QWidget()
        stretch.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        self.addWidget(stretch)
        self._main = [
            self._button(key, Qt.ToolButtonStyle.ToolButtonTextBesideIcon) for key in ("profile", "verify", "export")
        ]
        self._main[0].setObjectName("primary")
        self.device.activated.connect(self._changed)
        for spin in (self.threads, self.batch, self.runs):
            spin.editingFinished.connect(self._changed)
            spin.valueChanged.connect(self._stepped)
        document.figures_changed.connect(self._show_data)
        document.replaced.connect(self._show_data)
        self._show_icons()
        self._show_options()
        self._show_data()

    def widget_of(self, key: str) -> QWidget | None:
        """The button of an action."""
        found = (button for button in self.findChildren(QToolButton) if button.defaultAction() is self._actions.qt[key])
        return next(found, None)

    # -- room ----------------------------------------------------------------------------------------------------

    def resizeEvent(self, event: QResizeEvent) -> None:  # noqa: N802
        super().resizeEvent(event)
        self._make_room()

    def _make_room(self) -> None:
        """Give up words, the least important first, so that profile, verify and export never leave the window."""
        layout = self.layout()
        assert layout is not None
        for step in range(len(DEVICE_WIDTHS)):
            self._give_up(step)
            layout.invalidate()
            spare = self.width() - layout.sizeHint().width()
            if spare >= 0:
                wanted = self.device.fontMetrics().horizontalAdvance(self.device.currentText()) + COMBO_FRAME
                width = DEVICE_WIDTHS[step]
                self.device.setFixedWidth(max(width, min(width + spare, wanted)))
                return

    def _give_up(self, step: int) -> None:
        style = Qt.ToolButtonStyle
        self._given_up = step
        self.device.setFixedWidth(DEVICE_WIDTHS[step])
        for text in self._labels:
            text.setVisible(step < 4)
        self._inputs_place.setVisible(step < 5)
        for button in self._main[1:]:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if step < 5 else style.ToolButtonIconOnly)
        self._show_data_text()

    def _button(self, key: str, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions.qt[key])
        button.setToolButtonStyle(style)
        button.setAccessibleName(tr(self._actions.table[key].text).rstrip("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addWidget(button)
        return button

    def _menu_button(self, name: str, menu: QMenu) -> QToolButton:
        button = QToolButton()
        button.setObjectName(name)
        button.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        button.setMenu(menu)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        return button

    def _spin(self, name: str, tip: str, low: int, high: int, value: int, special: str = "") -> QSpinBox:
        spin = CalmSpin()
        spin.setRange(low, high)
        spin.setSpecialValueText(special)
        spin.setValue(value)
        spin.setFixedWidth(62 if high < 99999 else 72)
        spin.setKeyboardTracking(False)
        spin.setAccessibleName(name)
        spin.setToolTip(tip)
        return spin

    def _stepped(self) -> None:
        """The arrows change the value without ending an edit."""
        self._changed()

    def _changed(self) -> None:
        before = self._settings.value
        device = self.device.currentData()
        if device == ALL_DEVICES:
            self.show_settings()
            self.devices_wanted.emit()
            return
        self._settings.update(
            device=device or before.device,
            threads=self.threads.value(),
            batch=self.batch.value(),
            runs=self.runs.value(),
        )
        if self._settings.value != before:
            self._show_options()
            self.settings_changed.emit()

    def show_settings(self) -> None:
        """Show what is set where something else than the toolbar set it."""
        kept = self._settings.value
        for spin, value in ((self.threads, kept.threads), (self.batch, kept.batch), (self.runs, kept.runs)):
            spin.blockSignals(True)
            spin.setValue(value)
            spin.blockSignals(False)
        place = self.device.findData(kept.device)
        if place >= 0:
            self.device.setCurrentIndex(place)
        self._show_options()

    # -- devices -------------------------------------------------------------------------------------------------

    @property
    def chosen(self) -> DeviceChoice | None:
        """The chosen device, once the devices are known."""
        return next((c for c in self.devices if c.device.id == self._settings.value.device), None)

    def show_devices(self, choices: Sequence[DeviceChoice]) -> None:
        """All devices; those that are not available are greyed and say why."""
        self.devices = tuple(choices)
        model = QStandardItemModel(self.device)
        away = tr("{device} (not available)")
        for device in (c.device for c in choices):
            item = QStandardItem(device.title if device.available else away.format(device=device.title))
            item.setData(device.id, Qt.ItemDataRole.UserRole)
            item.setToolTip(device.id if device.available else f"{device.id}: {device.reason}")
            item.setEnabled(device.available)
            model.appendRow(item)
        item = QStandardItem(tr("All devices and what to install…"))
        item.setData(ALL_DEVICES, Qt.ItemDataRole.UserRole)
        model.appendRow(item)
        self.device.setModel(model)
        usable = [n for n, c in enumerate(choices) if c.device.available]
        place = self.device.findData(self._settings.value.device)
        if place not in usable and usable:
            place = usable[0]
        self.device.setCurrentIndex(place)
        self.device.view().setMinimumWidth(self.device.view().sizeHintForColumn(0) + 32)
        self._show_options()

    def _show_options(self) -> None:
        """What differs from the runtime's defaults is seen without a click."""
        choice = self.chosen
        own = self._settings.value.options_of(self._settings.value.device)
        self.options.setText(str(len(own)) if own else "")
        self.options.setProperty("set", bool(own))
        told = ", ".join(f"{name.replace('_', ' ')} {numbers.option(value)}" for name, value in own.items())
        keys = self._actions.qt["runtime_options"].shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        self.options.setToolTip(
            tr("Runtime options ({keys}): {options}").format(keys=keys, options=told or tr("the defaults"))
        )
        where = choice.device.title if choice is not None else self._settings.value.device
        self.device.setToolTip(tr("Where models are measured: {device}").format(device=where))
        action = self._actions.qt["runtime_options"]
        action.setEnabled(choice is not None and choice.options is not None)
        self._make_room()

    def _show_icons(self) -> None:
        ask = self._actions.qt["runtime_options"]
        self.options.setIcon(ask.icon())
        self.options.setEnabled(ask.isEnabled())
        self.data.setIcon(self._actions.qt["data_folder"].icon())

    # -- data ----------------------------------------------------------------------------------------------------

    def _data_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_data_menu)
        return menu

    def _fill_data_menu(self) -> None:
        menu = self.data.menu()
        menu.clear()
        for key in ("data", "data_folder", "data_file", "data_synthetic"):
            menu.addAction(self._actions.qt[key])
        from resources import samples

        opened = self._document.opened
        fitting = [s for s in samples() if opened is not None and opened.path == s.model]
        if fitting:
            menu.addSeparator()
        for sample in fitting:
            entry = menu.addAction(tr("Data of the sample: {name}").format(name=sample.data.name))
            entry.triggered.connect(lambda _=False, path=sample.data: self.data_wanted.emit(path))

    def _show_data(self) -> None:
        path, count = self._document.data, self._document.data_samples
        self.data.setEnabled(self._document.opened is not None)
        self._make_room()
        if path is None:
            self.data.setToolTip(
                tr(
                    "Inputs are random: latency is measured, accuracy stays unknown. Choose samples to "
                    "calibrate quantization and to score accuracy."
                )
            )
        else:
            parts = tr("{count} samples: one part calibrates, the other one scores").format(count=count)
            self.data.setToolTip(f"{path}\n{parts}")
        on_data = self._document.profile_data is not None
        self._inputs_place.setEnabled(self._document.opened is not None)
        self.inputs.setAccessibleName(tr("Inputs of a profile"))
        self.inputs.setToolTip(
            tr("Latency is measured on the chosen samples") if on_data else
            tr("Latency is measured on random inputs. Models whose time depends on the data need real samples.")
        )  # fmt: skip

    def _show_data_text(self) -> None:
        length = DATA_LENGTHS[self._given_up]
        path = self._document.data
        name = path.name if path is not None else tr("none")
        shown = name if len(name) <= length else name[: length - 1] + "…"
        self.data.setText(tr("Data: {name}").format(name=shown) if length else "")
        on_data = self._document.profile_data is not None
        if self._given_up < 1:
            self.inputs.setText(tr("Inputs: samples") if on_data else tr("Inputs: synthetic"))
        else:
            self.inputs.setText(tr("on samples") if on_data else tr("on synthetic"))
