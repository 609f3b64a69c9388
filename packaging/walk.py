"""The walk of ``screenshots.py``: the main job on the larger sample, and a picture of everything that it meets."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QPushButton

from gui.canvas.colouring import MODES
from gui.language import SOURCE, languages
from gui.switch import choose_language
from resources import samples

if TYPE_CHECKING:
    from screenshots import Driver

RUNS = 10
SEARCH_S, VARIANTS_S = 60, 180
METRIC = "def within_two(outputs, labels):\n    ...\n"


def walk(driver: Driver, home: Path) -> None:
    without_a_model(driver)
    convs = open_sample(driver)
    before_measuring(driver)
    profile(driver, convs)
    treat(driver, convs)
    measure_again(driver)
    check(driver, convs)
    draw(driver, convs)
    compare_variants(driver)
    speak(driver)
    ask_and_tell(driver, home)
    hand_on(driver, home)


def without_a_model(driver: Driver) -> None:
    driver.picture("empty")
    for name in driver.window.actions_set.table:
        if name in ("preferences", "keys", "about", "device_list"):
            driver.trigger(name)
            driver.settle()
            driver.picture({"device_list": "devices"}.get(name, name))
            driver.close_dialogs()
    driver.key("Ctrl+K")
    driver.picture("commands")
    driver.close_dialogs()


def open_sample(driver: Driver) -> list[Any]:
    window = driver.window
    sample = samples()[0]
    link = next(b for b in window.welcome.findChildren(QPushButton) if b.text() == sample.title)
    driver.click(link)
    driver.settle()
    document = window.bench.document
    assert document.opened is not None, window.messages.text
    return sorted((layer for layer in document.layers if layer.op == "Conv"), key=lambda layer: -(layer.macs or 0))


def before_measuring(driver: Driver) -> None:
    """What each panel says while there is nothing to show."""
    driver.picture("opened")
    for name in driver.window.panels:
        driver.tab(name)
        driver.picture(f"unmeasured-{name}")
    driver.tab("latency")
    driver.key("Ctrl+Shift+D")
    driver.settle()
    driver.picture("data")
    driver.close_dialogs()
    driver.trigger("shapes")
    driver.picture("shapes")
    driver.close_dialogs()
    driver.trigger("runtime_options")
    driver.picture("runtime")
    driver.close_dialogs()


def profile(driver: Driver, convs: list[Any]) -> None:
    window = driver.window
    window.toolbar.runs.setValue(RUNS)  # until the figures are steady may take minutes where other programs run
    driver.layer(convs[0].id)
    driver.settle()
    driver.picture("layers")
    driver.key("F5")
    driver.rest(2.5)
    driver.picture("profiling")
    driver.settle()
    driver.picture("profile")
    driver.tab("why")
    driver.picture("why")
    driver.tab("latency")
    window.graph.colour_by.choose("share")
    driver.key("G")
    driver.picture("graph")
    window.graph.colour_by.choose("operator")
    driver.key("F9")
    driver.settle()
    window.panels["sensitivity"].slider.setValue(3)  # type: ignore[attr-defined]
    driver.picture("sensitivity")


def treat(driver: Driver, convs: list[Any]) -> None:
    window = driver.window
    driver.key("Ctrl+Alt+A")
    driver.picture("select-rule")
    driver.close_dialogs()
    driver.key("Ctrl+Shift+G")
    driver.picture("choose")
    driver.close_dialogs()
    driver.key("Ctrl+Shift+Q")
    driver.settle()
    driver.key("Q")
    driver.settle()
    driver.picture("quantize")
    driver.key("Return")
    driver.layer(convs[1].id)
    driver.settle()
    driver.picture("coupled")
    driver.layer(convs[0].id)  # whose channels only one other layer reads
    driver.settle()
    driver.key("P")
    dialog: Any = QApplication.activeModalWidget()
    assert dialog is not None
    choice = dialog.choice
    channels = next(n for n in range(choice.count()) if str(choice.itemData(n)).endswith("_channels"))
    kept = choice.currentIndex()
    choice.setCurrentIndex(channels)
    driver.settle()
    driver.rest(0.6)
    driver.settle()
    driver.picture("prune-channels")
    choice.setCurrentIndex(kept)
    driver.settle()
    driver.picture("prune")
    if "heal" in dialog.form.fields:
        dialog.form.fields["heal"].set("no")  # solving layers again takes minutes where other programs run
        driver.settle()
    driver.key("Return")
    driver.picture("treated")
    table = window.layers.table
    (row,) = table.layers.rows_with([convs[0].id])
    at = table.visualRect(table.layers.index(row, 0)).center()
    table.customContextMenuRequested.emit(at)
    driver.picture("menu")
    popup = QApplication.activePopupWidget()
    if popup is not None:
        popup.close()


def measure_again(driver: Driver) -> None:
    window = driver.window
    driver.key("F5")
    driver.settle()
    driver.picture("window")
    driver.key("Ctrl+Shift+R")
    driver.picture("kernels")
    driver.key("Ctrl+Shift+R")
    for name in ("runs", "timeline", "memory", "difference", "clean", "log"):
        driver.tab(name)
        driver.picture(name)
    driver.trigger("ceilings")
    driver.settle()
    driver.picture("roofline")
    driver.tab("load")
    fields = window.panels["load"].form.fields  # type: ignore[attr-defined]
    for name, text in (("batches", "1, 4"), ("seconds", "0.3")):
        fields[name].setText(text)
    driver.key("F8")
    driver.settle()
    driver.picture("load")


def check(driver: Driver, convs: list[Any]) -> None:
    window = driver.window
    driver.key("F6")
    driver.settle()
    driver.key("F7")
    driver.settle()
    driver.picture("compare")
    driver.key("Shift+F6")
    driver.settle()
    driver.layer(convs[0].id)
    driver.settle()
    window.inspector._area.ensureWidgetVisible(window.inspector.distributions)
    driver.picture("errors")
    if window.layers.has_scopes:
        driver.key("Ctrl+Shift+T")
        driver.picture("scopes")
        driver.key("Ctrl+Shift+T")


def draw(driver: Driver, convs: list[Any]) -> None:
    """The graph in all its colours, in most of the window."""
    window = driver.window
    kept = [splitter.sizes() for splitter in (window.top, window.halves)]
    window.inspector._area.verticalScrollBar().setValue(0)
    window.top.setSizes([260, 760, 260])
    window.halves.setSizes([640, 60])
    driver.trigger("bottom")
    driver.key("Shift+F")
    for mode in MODES:
        window.graph.colour_by.choose(mode.key)
        driver.picture(f"colour-{mode.key}")
    window.graph.colour_by.choose("share")
    for text, side in (("after", 1), ("change", 2)):
        window.graph.colour_by.sides.setCurrentIndex(side)
        driver.picture(f"graph-{text}")
    window.graph.colour_by.sides.setCurrentIndex(0)
    window.graph.colour_by.choose("operator")
    driver.layer(convs[1].id)
    driver.key("G")
    driver.key("F")
    driver.picture("focus")
    driver.key("F")
    driver.key("Ctrl+Shift+W")
    driver.settle()
    driver.key("Shift+F")
    driver.picture("groups")
    driver.key("Ctrl+Shift+E")
    driver.settle()
    driver.trigger("bottom")
    for splitter, sizes in zip((window.top, window.halves), kept, strict=True):
        splitter.setSizes(sizes)


def compare_variants(driver: Driver) -> None:
    window = driver.window
    document = window.bench.document
    panel: Any = window.panels["variants"]
    driver.key("Ctrl+Alt+D")
    convs = [layer.id for layer in document.layers if layer.op == "Conv"]
    document.select(convs[:3])
    driver.key("K")
    driver.key("Shift+F5")
    driver.wait_at_most(VARIANTS_S)
    driver.trigger("cancel")  # what is known until then is a picture as well
    driver.settle()
    driver.picture("variants")
    panel.choose((0, 1))
    driver.key("Shift+F7")
    pair: Any = QApplication.activeModalWidget()
    driver.picture("pair-before")
    driver.click(pair.run)
    driver.settle()
    driver.picture("pair")
    driver.close_dialogs()


def speak(driver: Driver) -> None:
    """The window in each other language; needs a font with its letters."""
    bench = driver.window.bench
    for language in languages()[1:]:
        choose_language(bench, language)
        driver.rest()
        driver.settle()
        driver.picture(f"language-{language.lower().replace('_', '-')}")
    choose_language(bench, SOURCE)
    driver.rest()
    driver.settle()


def ask_and_tell(driver: Driver, home: Path) -> None:
    """Dialogs that need a fault, a program or a search; each as its action opens it, or made with what it shows."""
    from gui.dialogs.crash import CrashDialog
    from gui.dialogs.inputs import InputsDialog
    from gui.dialogs.trust import TrustDialog

    window = driver.window
    points = 0.3
    from gui.actions import choose, file, metric

    dialogs: dict[str, QDialog] = {
        "trust": TrustDialog(Path("models") / "network.pt", "the file is a pickle, which can call any function of "
                             "Python", window),
        "inputs": InputsDialog("network.pt", {"x": (1, 3, 224, 224), "mask": None}, ["scale"], {}, {}, window),
        "crash": CrashDialog("Traceback (most recent call last):\n  File \"gui/jobs.py\", line 118, in run\n"
                             "ZeroDivisionError: division by zero", window),
    }  # fmt: skip
    for name, dialog in dialogs.items():
        dialog.show()
        driver.picture(name)
        driver.close_dialogs()
    script = home / "metrics.py"
    script.write_text(METRIC, encoding="utf-8")
    metric.choose_metric(window.bench, script)
    driver.picture("metric")
    driver.close_dialogs()
    choose.choose(window.bench, window.bench.document.recipe, points)
    driver.wait_at_most(SEARCH_S)
    window.bench.jobs.finish()  # with the best that was found until then
    driver.settle()
    driver.picture("chosen")
    driver.close_dialogs()
    file.open_path(window.bench, home / "nothing.onnx")
    driver.settle()
    driver.picture("message")
    window.messages.hide()
    bar = window.menuBar()
    for action in bar.actions():
        QTest.mouseClick(bar, Qt.MouseButton.LeftButton, pos=bar.actionGeometry(action).center())
        driver.rest()
        driver.picture(f"menu-{action.text().lower()}")
        popup = QApplication.activePopupWidget()
        if popup is not None:
            popup.close()


def hand_on(driver: Driver, home: Path) -> None:
    driver.key("Ctrl+E")
    dialog: Any = QApplication.activeModalWidget()
    assert dialog is not None
    dialog.path.setText(str(home / "digits_resnet.optimized.onnx"))
    driver.picture("export-before")
    driver.click(dialog.button)
    driver.settle()
    driver.picture("export")
    dialog.close()
    driver.key("Ctrl+Z")
    driver.picture("undone")
