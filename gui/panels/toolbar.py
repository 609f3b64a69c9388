"""The toolbar: what is used most, and how models are run."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QResizeEvent, QStandardItem, QStandardItemModel
from PySide6.QtWidgets import QMenu, QSizePolicy, QSpinBox, QToolBar, QToolButton, QWidget

from engine.backend import Device
from gui.action import ActionSet
from gui.document import Document
from gui.panels.parts import CalmCombo, CalmSpin, label
from gui.settings import SettingsStore

ICONS_ONLY = ("open", "save_recipe", "undo", "redo")
DEVICE_WIDTHS = (200, 200, 136, 136)
"""By what was given up to make room: nothing; letters of the data; labels and the device's length; words of buttons."""
DATA_LENGTHS = (18, 9, 9, 0)


class Toolbar(QToolBar):
    """``settings_changed`` when device, threads, batch or runs are others than before."""

    settings_changed = Signal()
    data_wanted = Signal(Path)

    def __init__(
        self, actions: ActionSet, document: Document, settings: SettingsStore, parent: QWidget | None = None
    ) -> None:
        super().__init__("Tools", parent)
        self.setObjectName("toolbar")
        self.setMovable(False)
        self.setIconSize(QSize(16, 16))
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.PreventContextMenu)
        self._actions, self._document, self._settings = actions, document, settings
        self._devices: tuple[Device, ...] = ()
        for key in ICONS_ONLY:
            self._button(key, Qt.ToolButtonStyle.ToolButtonIconOnly)
            if key == "save_recipe":
                self.addSeparator()
        self.addSeparator()
        self._given_up = 0
        self._labels: list[QAction] = []
        self.device = CalmCombo()
        self.device.setAccessibleName("Device")
        self.device.setFixedWidth(DEVICE_WIDTHS[0])
        self.device.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Fixed)
        self.device.addItem(settings.value.device, settings.value.device)
        self.threads = self._spin("Threads", "Threads of the runtime; auto is one for each physical core", 0, 1024,
                                  settings.value.threads, "auto")  # fmt: skip
        self.batch = self._spin("Batch", "Size of a dynamic batch dimension", 1, 65536, settings.value.batch)
        self.runs = self._spin("Runs", "Measured runs; auto goes on until the figures are steady", 0, 99999,
                               settings.value.runs, "auto")  # fmt: skip
        self.addWidget(self.device)
        for name, spin in (("Threads", self.threads), ("Batch", self.batch), ("Runs", self.runs)):
            self._labels.append(self.addWidget(label(f"  {name} ", "muted")))
            self.addWidget(spin)
        self.addSeparator()
        self.data = QToolButton()
        self.data.setObjectName("data")
        self.data.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.data.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.data.setMenu(self._data_menu())
        self.addWidget(self.data)
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
        self._show_data()

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
            if layout.sizeHint().width() <= self.width():
                return

    def _give_up(self, step: int) -> None:
        style = Qt.ToolButtonStyle
        self._given_up = step
        self.device.setFixedWidth(DEVICE_WIDTHS[step])
        for text in self._labels:
            text.setVisible(step < 2)
        for button in self._main[1:]:
            button.setToolButtonStyle(style.ToolButtonTextBesideIcon if step < 3 else style.ToolButtonIconOnly)
        self._show_data_text()

    def _button(self, key: str, style: Qt.ToolButtonStyle) -> QToolButton:
        button = QToolButton()
        button.setDefaultAction(self._actions.qt[key])
        button.setToolButtonStyle(style)
        button.setAccessibleName(self._actions.table[key].text.rstrip("…"))
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.addWidget(button)
        return button

    def _spin(self, name: str, tip: str, low: int, high: int, value: int, special: str = "") -> QSpinBox:
        spin = CalmSpin()
        spin.setRange(low, high)
        spin.lineEdit().setTextMargins(6, 0, 0, 0)
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
        self._settings.update(
            device=self.device.currentData() or before.device,
            threads=self.threads.value(),
            batch=self.batch.value(),
            runs=self.runs.value(),
        )
        if self._settings.value != before:
            self.settings_changed.emit()

    # -- devices -------------------------------------------------------------------------------------------------

    def show_devices(self, devices: Sequence[Device]) -> None:
        """All devices; those that are not available are greyed and say why."""
        self._devices = tuple(devices)
        model = QStandardItemModel(self.device)
        for device in devices:
            title = f"{device.title}" if device.available else f"{device.title} (not available)"
            item = QStandardItem(title)
            item.setData(device.id, Qt.ItemDataRole.UserRole)
            item.setToolTip(device.id if device.available else f"{device.id}: {device.reason}")
            item.setEnabled(device.available)
            model.appendRow(item)
        self.device.setModel(model)
        place = self.device.findData(self._settings.value.device)
        available = [n for n, d in enumerate(devices) if d.available]
        if place not in available and available:
            place = available[0]
        self.device.setCurrentIndex(place)
        self.device.view().setMinimumWidth(self.device.view().sizeHintForColumn(0) + 32)
        self.device.setToolTip("Where models are measured. " + (devices[place].title if available else ""))

    # -- data ----------------------------------------------------------------------------------------------------

    def _data_menu(self) -> QMenu:
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(self._fill_data_menu)
        return menu

    def _fill_data_menu(self) -> None:
        menu = self.data.menu()
        menu.clear()
        for key in ("data_folder", "data_file", "data_synthetic"):
            menu.addAction(self._actions.qt[key])
        from resources import samples

        opened = self._document.opened
        fitting = [s for s in samples() if opened is not None and opened.path == s.model]
        if fitting:
            menu.addSeparator()
        for sample in fitting:
            entry = menu.addAction(f"Data of the sample: {sample.data.name}")
            entry.triggered.connect(lambda _=False, path=sample.data: self.data_wanted.emit(path))

    def _show_data(self) -> None:
        path, count = self._document.data, self._document.data_samples
        self.data.setIcon(self._actions.qt["data_folder"].icon())
        self.data.setEnabled(self._document.opened is not None)
        self._make_room()
        if path is None:
            self.data.setToolTip("Inputs are random: latency is measured, accuracy stays unknown. Choose samples to "
                                 "calibrate quantization and to score accuracy.")  # fmt: skip
        else:
            self.data.setToolTip(f"{path}\n{count} samples: one part calibrates, the other one scores")

    def _show_data_text(self) -> None:
        length = DATA_LENGTHS[self._given_up]
        path = self._document.data
        name = path.name if path is not None else "synthetic"
        shown = name if len(name) <= length else name[: length - 1] + "…"
        self.data.setText(f"Data: {shown} ▾" if length else "▾")
