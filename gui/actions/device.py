"""Where and how models run: devices, the runtime's options, and the inputs of a profile."""

from __future__ import annotations

from typing import TYPE_CHECKING

from gui.action import Action
from gui.actions import file as file_actions
from gui.actions.file import has_model
from gui.language import mark, tr
from gui.workbench import Workbench

if TYPE_CHECKING:
    from collections.abc import Sequence

    from engine.options import OptionValue
    from gui.workshop import DeviceChoice


def find_devices(bench: Workbench) -> None:
    # Not among the jobs that opening a file cancels.
    bench.glances.run(
        tr("Looking for devices"), bench.workshop.devices, done=lambda found: bench.window.toolbar.show_devices(found),
        failed=bench.window.show_error,
    )  # fmt: skip


def choose_device(bench: Workbench, device_id: str) -> None:
    bench.settings.update(device=device_id)
    bench.window.toolbar.show_settings()
    file_actions.rebind(bench)


def show_devices(bench: Workbench) -> None:
    from gui.dialogs.devices import DevicesDialog

    dialog = DevicesDialog(bench.window.toolbar.devices, bench.settings.value.device, bench.window)
    dialog.chosen.connect(lambda device_id: choose_device(bench, device_id))

    def found(choices: Sequence[DeviceChoice]) -> None:
        bench.window.toolbar.show_devices(choices)
        if dialog.isVisible():
            dialog.show_devices(choices, bench.settings.value.device)

    def look() -> None:
        bench.glances.run(tr("Looking for devices"), bench.workshop.devices, done=found, failed=bench.window.show_error)

    dialog.again.connect(look)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def has_options(bench: Workbench) -> bool:
    choice = bench.window.toolbar.chosen
    return choice is not None and choice.options is not None


def ask_for_options(bench: Workbench) -> None:
    from gui.dialogs.runtime import RuntimeDialog

    choice = bench.window.toolbar.chosen
    if choice is None or choice.options is None:
        return
    device = choice.device.id
    dialog = RuntimeDialog(choice, bench.settings.value.options_of(device), bench.window)
    dialog.chosen.connect(lambda values: set_options(bench, device, values))
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()


def set_options(bench: Workbench, device: str, values: dict[str, OptionValue]) -> None:
    """The options of a device's runtime that differ from its defaults."""
    others = {name: kept for name, kept in bench.settings.value.options.items() if name != device}
    bench.settings.update(options={**others, device: values} if values else others)
    bench.window.toolbar.show_settings()
    file_actions.rebind(bench)


def profile_on_data(bench: Workbench, on: bool) -> None:
    bench.settings.update(profile_on_data=on)
    bench.document.set_profile_on_data(on)


ACTIONS = (
    Action("inputs_data", mark("Profile on the samples"), "Data", mark("Latency is measured on the chosen samples, "
           "which matters where time depends on the data"), lambda b: profile_on_data(b, True),
           enabled_when=lambda b: b.document.data is not None, checked=lambda b: b.document.profile_data is not None),
    Action("inputs_synthetic", mark("Profile on synthetic inputs"), "Data", mark("Latency is measured on random "
           "inputs; the samples still calibrate and score"), lambda b: profile_on_data(b, False),
           enabled_when=has_model, checked=lambda b: b.document.profile_data is None),
    Action("device_list", mark("Devices…"), "Measure", mark("All devices, and what to install for those that cannot be "
           "used here"), show_devices),
    Action("runtime_options", mark("Runtime options…"), "Measure", mark("Options of the chosen device's runtime"),
           ask_for_options, ("Ctrl+Shift+O",), "options", enabled_when=has_options),
    Action("devices", mark("Look for devices again"), "Measure", mark("List the devices and why some are not "
           "available"), find_devices),
)  # fmt: skip
