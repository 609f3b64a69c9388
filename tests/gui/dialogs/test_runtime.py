"""Runtime options and devices: chosen in a dialog, kept for the device, part of what figures belong to."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialogButtonBox, QLabel, QPushButton

from engine.backend import Device
from gui.actions import device as device_actions
from gui.dialogs.devices import DevicesDialog
from gui.dialogs.runtime import RuntimeDialog
from gui.main_window import MainWindow
from gui.workshop import DeviceChoice
from tests.gui.conftest import Wait
from tests.gui.test_document import measurement

LEFT = Qt.MouseButton.LeftButton


def known_devices(window: MainWindow, settle: Wait) -> None:
    device_actions.find_devices(window.bench)
    settle()


def test_options_are_asked_for_kept_and_shown(opened: MainWindow, settle: Wait) -> None:
    known_devices(opened, settle)
    document = opened.bench.document
    document.add_measurement(document.key(), measurement(2.0))
    assert opened.toolbar.options.text() == ""
    QTest.mouseClick(opened.toolbar.options, LEFT)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RuntimeDialog)
    dialog.form.fields["optimization"].set("basic")
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.Ok), LEFT)
    settle()
    assert opened.bench.settings.value.options == {"cpu": {"optimization": "basic"}}
    assert document.settings.options == {"optimization": "basic"}
    assert document.viewed is None, "figures belong to the options that they were measured with"
    assert opened.toolbar.options.text() == "1"
    assert "optimization basic" in opened.toolbar.options.toolTip()
    device_actions.set_options(opened.bench, "cpu", {})
    settle()
    assert document.viewed is not None
    assert opened.toolbar.options.text() == ""


def test_what_is_kept_is_what_the_form_shows(opened: MainWindow, settle: Wait) -> None:
    known_devices(opened, settle)
    device_actions.set_options(opened.bench, "cpu", {"spinning": False})
    settle()
    device_actions.ask_for_options(opened.bench)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, RuntimeDialog)
    assert dialog.form.fields["spinning"].get() is False
    QTest.mouseClick(dialog.buttons.button(QDialogButtonBox.StandardButton.RestoreDefaults), LEFT)
    assert dialog.form.fields["spinning"].get() is True
    dialog.close()


def test_every_device_is_listed_with_its_reason(opened: MainWindow) -> None:
    choices = (
        DeviceChoice(Device("cpu", "Processor", True)),
        DeviceChoice(Device("other", "Another", True)),
        DeviceChoice(Device("cuda:0", "NVIDIA GPU", False, "no driver: pip install 'lathe[gpu]'")),
    )
    chosen: list[str] = []
    dialog = DevicesDialog(choices, "cpu", opened)
    dialog.chosen.connect(chosen.append)
    dialog.show()
    texts = [text.text() for text in dialog.findChildren(QLabel)]
    assert "cuda:0: no driver: pip install 'lathe[gpu]'" in texts
    uses = [b for b in dialog.findChildren(QPushButton) if b.objectName().startswith("use_")]
    assert [b.objectName() for b in uses] == ["use_other"], "not the one in use, and none that is not there"
    QTest.mouseClick(uses[0], LEFT)
    assert chosen == ["other"]


def test_the_box_leads_to_the_list(opened: MainWindow, settle: Wait) -> None:
    known_devices(opened, settle)
    box = opened.toolbar.device
    box.setCurrentIndex(box.count() - 1)
    box.activated.emit(box.count() - 1)
    dialog = QApplication.activeModalWidget()
    assert isinstance(dialog, DevicesDialog)
    assert box.currentData() == "cpu", "the entry is a way, not a device"
    dialog.close()
