"""English and Chinese: nothing is lost by the switch, nothing stays in the other language, nothing old lives on."""

from __future__ import annotations

import re
import weakref
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QFileInfo, QLocale, QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QFileIconProvider,
    QLabel,
    QLineEdit,
    QPushButton,
)

from engine.errors import UsageError
from gui import language
from gui.actions import all_actions
from gui.canvas.scene import NOTHING
from gui.collection import Collector
from gui.dialogs.preferences import PreferencesDialog
from gui.language import again, in_source, mark, speak, spoken, tr, wanted
from gui.main_window import MainWindow
from gui.settings import SettingsStore
from gui.switch import switch
from gui.tables.columns import INDEX
from gui.tour import Tour, begin
from gui.treatment import treat
from tests.gui.conftest import Wait
from tests.gui.measured import measurement
from tests.gui.words import said_by

NAMES = frozenset(
    word
    for line in (
        "Conv Relu FusedConv Transpose Memcpy ONNX Runtime OpenVINO PyTorch Lathe Perfetto MLPerf Inference NVIDIA",
        "Intel AMD EPYC Apple Core GPU CPU DirectML CUDA TensorRT Tukey BatchNorm Python English Language",
        "CUDAExecutionProvider CPUExecutionProvider Ctrl Shift Alt Del Backspace Home End Return Enter Space Esc Tab",
        "Up Down Left Right onnx npz json csv html svg png dataset calibration evaluation test data set recipe",
        "lathe profile perfetto dev chrome tracing block conv relu small cuda cpu float int uint bfloat kernel shape",
        "pads group slow strange fused reorder host implicit gemm with static dynamic weights auto none Variant",
        "magnitude channels low rank random reconstruction activation scale two four first top",
    )
    for word in line.split()
)
"""Names of things: operators, products, keys, files, layers of the small model, treatments."""


@pytest.fixture(autouse=True)
def english_afterwards() -> Iterator[None]:
    yield
    speak("en")


@pytest.fixture
def worked_on(opened: MainWindow, settle: Wait) -> MainWindow:
    """With a measurement, two edits of which one is undone, a selection, and things set in widgets."""
    document = opened.bench.document
    document.add_measurement(document.key(), measurement(document))
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv", "block2/conv"]), "first")
    document.select(["block2/conv"])
    opened.actions_set.qt["keep_float"].trigger()
    document.undo()
    opened.show_panel("load")
    settle()
    return opened


def choose_in_preferences(window: MainWindow, code: str) -> None:
    """As a person does: by the dialog and its list."""
    window.actions_set.qt["preferences"].trigger()
    dialog = preferences(window)
    place = dialog.language.findData(code)
    while dialog.language.currentIndex() != place:
        key = Qt.Key.Key_Down if dialog.language.currentIndex() < place else Qt.Key.Key_Up
        QTest.keyClick(dialog.language, key)
    QApplication.processEvents()


def preferences(window: MainWindow) -> PreferencesDialog:
    (dialog,) = [found for found in window.findChildren(PreferencesDialog) if found.isVisible()]
    return dialog


def close_preferences(window: MainWindow) -> None:
    preferences(window).close()
    QApplication.processEvents()


def seen_in(window: MainWindow) -> Counter[tuple[str, str]]:
    """What stands in the window, once the weights of the selected layer are read."""
    for _ in range(200):
        if "Reading …" not in [text for _, text in said_by(window.inspector)]:
            break
        QTest.qWait(20)
    return Counter(said_by(window, seen=True))


def from_engine(window: MainWindow) -> list[str]:
    """What is said in English in any language: the engine's reasons, devices, paths; the longest first."""
    opened = window.bench.document.opened
    assert opened is not None
    reasons = {
        reason
        for ability in opened.abilities.values()
        for known in (ability.quantize, ability.suits, ability.prune)
        for reason in known.values()
        if reason
    }
    devices = {text for c in window.toolbar.devices for text in (c.device.title, c.device.reason, c.device.id)}
    profiles = {m.profile.warmup for m in window.bench.document.measurements.values()}
    return sorted({str(opened.path), *reasons, *devices, *profiles} - {""}, key=len, reverse=True)


def english_in(window: MainWindow) -> list[tuple[str, str, list[str]]]:
    known = from_engine(window)
    found = []
    for place, text in said_by(window):
        left = re.sub(r"<[^>]*>|&\w+;", " ", text)
        for part in known:
            left = left.replace(part, " ")
        words = [word for word in re.findall(r"[A-Za-z]*[a-z]{3}[A-Za-z]*", left) if word not in NAMES]
        if words:
            found.append((place, text, words))
    return found


# -- words ---------------------------------------------------------------------------------------------------------


def test_a_text_remembers_what_it_was_made_of() -> None:
    said = tr("{action}: {edit}").format(action=tr("Undo"), edit="x")
    assert said == "Undo: x"
    speak("zh_CN")
    assert again(said) == "撤销：x"
    assert again("as it is written") == "as it is written"
    assert again(again(said)) == "撤销：x"
    assert in_source(again(said)) == "Undo: x"
    assert in_source("as it is written") == "as it is written"
    speak("en")
    assert again(said) == "Undo: x"


def test_what_is_marked_is_itself_until_it_is_shown() -> None:
    speak("zh_CN")
    assert mark("Undo") == "Undo"
    assert tr(mark("Undo")) == "撤销"
    assert tr("no translation of this") == "no translation of this"


def test_an_error_in_a_text_is_not_kept_alive() -> None:
    class Failed(Exception):
        pass

    error = Failed("x")
    gone = weakref.ref(error)
    said = tr("The graph could not be drawn: {error}").format(error=error)
    del error
    assert gone() is None
    assert said.endswith("x")


@pytest.mark.parametrize(
    ("own", "expected"),
    [
        (["zh-Hans-CN", "zh-CN", "zh"], "zh_CN"),
        (["zh-SG"], "zh_CN"),
        (["zh-Hant-TW", "zh-TW"], "en"),
        (["de-DE", "zh-CN"], "zh_CN"),
        (["en-GB", "zh-CN"], "en"),
        (["C"], "en"),
    ],
)
def test_the_first_of_the_user_s_languages_that_there_is(
    own: list[str], expected: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Here:
        def uiLanguages(self) -> list[str]:  # noqa: N802
            return own

    class Locale(QLocale):
        system = staticmethod(Here)  # type: ignore[assignment]

    monkeypatch.setattr(language, "QLocale", Locale)
    assert wanted("system") == expected
    assert wanted("en") == "en"


def test_the_languages_have_their_own_names() -> None:
    assert [language.title(name) for name in language.languages()] == ["English", "简体中文"]


# -- the switch ----------------------------------------------------------------------------------------------------


def test_chinese_and_back_lose_nothing_and_leave_nothing(worked_on: MainWindow, settle: Wait) -> None:
    window, document = worked_on, worked_on.bench.document
    window.layers.table.sortByColumn(INDEX["before"], Qt.SortOrder.DescendingOrder)
    window.graph.colour_by.choose("macs")
    window.findChild(QLineEdit, "").setFocus()  # type: ignore[union-attr]
    settle()
    before = seen_in(window)
    kept = document.variants, document.figures, document.selection, document.undo_label, document.redo_label
    order = window.layers.shown_ids()
    opened = document.opened

    choose_in_preferences(window, "zh_CN")
    settle()
    assert window.bench.settings.value.language == "zh_CN"
    assert preferences(window).windowTitle() == "首选项"
    close = preferences(window).findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Close)  # type: ignore[union-attr]
    assert "关闭" in close.text()  # Qt's own words
    close_preferences(window)
    assert [action.text() for action in window.menuBar().actions()][:3] == ["文件", "编辑", "处理"]
    assert window.layers.table.layers.headerData(1, Qt.Orientation.Horizontal) == "层"
    assert window.actions_set.qt["profile"].toolTip().endswith("(F5)")
    assert english_in(window) == []
    assert document.opened is opened
    assert (document.variants, document.figures, document.selection) == kept[:3]
    assert window.panels["load"].isVisible()
    assert window.graph.colour_by.mode.key == "macs"
    assert window.layers.shown_ids() == order
    assert "浮点" in document.redo_label
    document.redo()
    assert document.treatments["block2/conv"].kept_float
    document.undo()

    choose_in_preferences(window, "en")
    close_preferences(window)
    settle()
    assert seen_in(window) == before
    assert (document.undo_label, document.redo_label) == kept[3:]


def test_an_english_text_would_be_found(worked_on: MainWindow) -> None:
    choose_in_preferences(worked_on, "zh_CN")
    close_preferences(worked_on)
    worked_on.recipe.layout().addWidget(QPushButton("Forgotten text"))  # type: ignore[union-attr]
    assert [(text, words) for _, text, words in english_in(worked_on)] == [("Forgotten text", ["Forgotten", "text"])]


def test_what_was_there_before_is_gone_and_hears_nothing(opened: MainWindow, settle: Wait) -> None:
    document = opened.bench.document
    document.add_measurement(document.key(), measurement(document))
    for name in opened.panels:
        opened.show_panel(name)  # plots are made when they are first seen
    settle()
    parts = (*opened.panels.values(), opened.layers, opened.graph, opened.inspector, opened.recipe, opened.toolbar,
             opened.status, opened.actions_set)  # fmt: skip
    old = [weakref.ref(part) for part in parts]
    del parts
    widgets = len(QApplication.allWidgets())
    for code in ("zh_CN", "en"):
        choose_in_preferences(opened, code)
        close_preferences(opened)
        for name in opened.panels:
            opened.show_panel(name)
        settle()
    collector = opened.findChild(Collector)
    assert collector is not None
    collector.walk()
    assert [part() for part in old if part() is not None] == []
    assert len(QApplication.allWidgets()) <= widgets
    # Everything that the old ones could hear.
    for signal in (document.replaced, document.recipe_changed, document.figures_changed, document.selection_changed,
                   document.viewed_changed, document.channels_changed, opened.bench.theme.changed):  # fmt: skip
        signal.emit()
    settle()


def test_what_runs_goes_on_and_is_shown_in_the_other_language(opened: MainWindow, settle: Wait) -> None:
    import threading

    leave, found = threading.Event(), list[int]()

    def slow(*, progress: object) -> int:
        leave.wait(10)
        return 7

    opened.bench.jobs.run(tr("Inferring shapes"), slow, done=found.append)
    try:
        choose_in_preferences(opened, "zh_CN")
        close_preferences(opened)
        shown = [text for _, text in said_by(opened.status)]
    finally:
        leave.set()
    settle()
    assert found == [7]
    assert tr("Inferring shapes") in shown
    assert "Inferring shapes" not in shown


def test_the_graph_stays_where_it_was(opened: MainWindow, settle: Wait) -> None:
    view = opened.graph.view
    view.zoom(1.7, QPoint(20, 30).toPointF())
    view.look_at(opened.graph.scene.bounds.center())  # type: ignore[union-attr]
    view.current = 2
    scale, corner, drawing = view.scale, view.corner, opened.drawings.now
    choose_in_preferences(opened, "zh_CN")
    close_preferences(opened)
    settle()
    now = opened.graph.view
    assert now is not view
    assert opened.drawings.now is drawing  # it was not laid out again
    assert now.scale == pytest.approx(scale)
    assert (now.corner - corner).manhattanLength() < 2
    assert now.current == 2 != NOTHING


def test_what_is_painted_into_the_graph_speaks_it(opened: MainWindow, settle: Wait) -> None:
    document = opened.bench.document
    document.edit(treat(document.recipe, "quantization", "int8_static", ["block0/conv"]), "quantize")
    choose_in_preferences(opened, "zh_CN")
    close_preferences(opened)
    settle()
    graph = opened.graph
    graph.drawings.close_all()
    while graph.jobs.busy:
        QTest.qWait(5)
    words = graph.words
    assert [words.marks[number] for number in words.marks] == ["已处理 1 个"]


def test_what_is_typed_and_hidden_stays(opened: MainWindow, settle: Wait) -> None:
    opened.actions_set.qt["inspector"].trigger()
    opened.layers.focus_filter()
    QTest.keyClicks(QApplication.focusWidget(), "relu")
    settle()
    shown = opened.layers.shown_ids()
    opened.top.setSizes([500, 700, 0])
    sizes = opened.top.sizes()
    choose_in_preferences(opened, "zh_CN")
    close_preferences(opened)
    settle()
    assert opened.inspector.isHidden()
    assert opened.layers.shown_ids() == shown
    assert isinstance(opened.focusWidget(), QLineEdit), "the filter has the keys again"
    assert len(shown) == 5
    assert opened.top.sizes() == pytest.approx(sizes, abs=2)


def test_the_tour_begins_again_in_the_other_language(opened: MainWindow, settle: Wait) -> None:
    begin(opened)
    choose_in_preferences(opened, "zh_CN")
    close_preferences(opened)
    settle()
    (tour,) = [found for found in opened.findChildren(Tour) if found.isVisible()]
    assert tour.title.text() == tr("Measure first") != "Measure first"
    tour.close()


def test_an_empty_window_speaks_as_well(window: MainWindow, settle: Wait) -> None:
    choose_in_preferences(window, "zh_CN")
    close_preferences(window)
    settle()
    assert window.welcome.isVisible()
    assert "打开文件…" in [text for _, text in said_by(window.welcome)]


def test_the_choice_holds_at_the_next_start(
    qapp: QApplication, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    choose_in_preferences(window, "zh_CN")
    close_preferences(window)
    kept = SettingsStore(window.bench.folders.settings)
    assert kept.value.language == "zh_CN"
    assert wanted(kept.value.language) == spoken()


def test_every_action_and_menu_has_a_translation() -> None:
    speak("zh_CN")
    for action in all_actions():
        for text in (action.text, action.tip, action.menu):
            assert tr(text) != text or text in ("Lathe",), text


def test_dialogs_speak_it(opened: MainWindow, settle: Wait) -> None:
    speak("zh_CN")
    opened.bench.document.select(["block0/conv"])
    for key in ("keys", "quantize", "prune", "export", "choose"):
        opened.actions_set.qt[key].trigger()
        settle()
        (dialog,) = [found for found in opened.findChildren(QDialog) if found.isVisible()]
        assert re.search("[\u4e00-\u9fff]", dialog.windowTitle()), key
        buttons = [button.text() for button in dialog.findChildren(QPushButton) if button.isVisible()]
        assert [text for text in buttons if text and not re.search("[\u4e00-\u9fff]", text)] == []
        dialog.close()
        QApplication.processEvents()


def test_keys_pressed_during_the_switch_reach_the_preferences(opened: MainWindow, settle: Wait) -> None:
    opened.actions_set.qt["preferences"].trigger()
    dialog = preferences(opened)
    dialog.language.setCurrentIndex(dialog.language.findData("zh_CN"))
    settle()
    assert spoken() == "zh_CN"
    assert preferences(opened) is dialog, "what the system has for it is the same window, which has the keys"
    assert dialog.windowTitle() == tr("Preferences") != "Preferences"
    QTest.keyClick(dialog.language, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


def test_a_way_out_of_the_engine_is_told_again(opened: MainWindow, settle: Wait) -> None:
    speak("zh_CN")
    opened.show_error(UsageError("an input has no value", way_out="Give it with --input sr=VALUE."))
    assert "输入形状" in opened.messages.text
    switch(opened, "en")
    settle()
    assert "Give it in File > Input shapes and values." in opened.messages.text


def test_the_dialogs_of_files_speak_it(qapp: QApplication, tmp_path: Path) -> None:
    (tmp_path / "inside").mkdir()
    (tmp_path / "eleven.xyz").write_text("hello world")
    speak("zh_CN")
    dialog = QFileDialog(None, "", str(tmp_path))
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    texts = [part.text() for part in dialog.findChildren(QLabel)]
    assert texts == ["查找范围(&L)：", "文件名称(&N)：", "文件类型(&T)："]
    assert QFileIconProvider().type(QFileInfo(str(tmp_path / "inside"))) == "文件夹"
    assert "字节" in QLocale().formattedDataSize(11)
    speak("en")
    assert QLocale().formattedDataSize(11) == "11 bytes"
    dialog.deleteLater()
