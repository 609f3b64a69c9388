"""Files that hold code, and programs whose inputs nobody says, in the window."""

from __future__ import annotations

import pickle
import zipfile
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QPushButton

from engine.errors import ModelError
from engine.program import Conversion, Difference
from gui import workshop
from gui.actions.file import open_path
from gui.dialogs.inputs import InputsDialog, shape_of
from gui.dialogs.trust import TrustDialog
from gui.main_window import MainWindow
from gui.panels.conversion import conversion_lines


def asked(kind: type[QDialog]) -> Any:
    return next(w for w in QApplication.topLevelWidgets() if isinstance(w, kind) and w.isVisible())


def press(qtbot: Any, dialog: QDialog, text: str) -> None:
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == text)
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


class Evil:
    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return exec, (f"open({str(self.target)!r}, 'w').close()",)


def test_a_pickle_that_writes_a_file_is_opened_and_the_file_is_not_there(
    window: MainWindow, settle: Any, tmp_path: Path
) -> None:
    target, path = tmp_path / "written", tmp_path / "m.pt"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("m/data.pkl", pickle.dumps(Evil(target), protocol=2))
    open_path(window.bench, path)
    settle()
    assert window.bench.document.opened is None
    assert "would call builtins.exec" in window.messages.text
    assert not target.exists()


def test_a_python_file_runs_only_after_yes(window: MainWindow, settle: Any, qtbot: Any, tmp_path: Path) -> None:
    path = tmp_path / "model.py"
    path.write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\ndef build(): ...\n")
    open_path(window.bench, path)
    settle()
    dialog = asked(TrustDialog)
    assert str(path) in [label.text().replace("\u200b", "") for label in dialog.findChildren(QLabel)]
    qtbot.keyClick(dialog, Qt.Key.Key_Return)
    settle()
    assert not window.bench.workshop.trusted and not (tmp_path / "ran").exists()
    open_path(window.bench, path)
    settle()
    seen: list[Any] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(workshop.Workshop, "open", lambda self, *a, **k: seen.append(set(self.trusted)) or _stop())
        press(qtbot, asked(TrustDialog), "Run its code and open")
        settle()
    ((known, _),) = seen[0]
    assert known == path


def _stop() -> None:
    raise ModelError("far enough")


def test_inputs_are_asked_for_until_they_make_sense(window: MainWindow, qtbot: Any) -> None:
    dialog = InputsDialog("m.pt", {"x": (1, 3, 8, 8)}, ("rate",), {}, {}, window)
    dialog.show()
    button = next(b for b in dialog.findChildren(QPushButton) if b.text() == "Convert and open")
    assert not button.isEnabled() and button.toolTip()
    dialog._values["rate"].setText("16000")
    assert button.isEnabled()
    assert dialog.shapes() == {"x": (1, 3, 8, 8)} and dialog.values() == {"rate": "16000"}
    dialog._shapes["x"].setText("1,none")
    assert not button.isEnabled()
    with qtbot.waitSignal(dialog.skipped):
        press(qtbot, dialog, "Show without converting")


def test_shapes_as_people_write_them() -> None:
    assert shape_of("1, 3 x 8×8") == (1, 3, 8, 8)
    assert shape_of("0,3") is None and shape_of("") is None and shape_of("-1") is None


def test_the_difference_is_told() -> None:
    found = Conversion("dynamo", 1.0, {"torch": "2"}, (), differences=(Difference("y", 2e-5, 101.0),), samples=3)
    assert any("101" in text and "0.00002" in text for _, text, _ in conversion_lines(found))
    stopped = Conversion("", 1.0, {}, (), stopped="it refuses")
    assert conversion_lines(stopped)[0][1] == "no: it refuses"
    assert conversion_lines(None) == []


def test_on_pytorch_s_devices_the_program_is_what_is_measured() -> None:
    from types import SimpleNamespace as Told

    from engine.backend import RunSettings
    from engine.recipe import Recipe, Rule
    from gui.opened import runs_program

    program, onnx = (Told(source=Told(program=one)) for one in (object(), None))
    torch, cpu = RunSettings(device="torch:cpu"), RunSettings(device="cpu")
    treated = Recipe(rules=(Rule("quantization", "int8_static"),))
    assert runs_program(program, Recipe(), torch)  # type: ignore[arg-type]
    assert not runs_program(onnx, Recipe(), torch)  # type: ignore[arg-type]
    assert not runs_program(program, Recipe(), cpu)  # type: ignore[arg-type]
    assert not runs_program(program, treated, torch), "a treated graph is another model"  # type: ignore[arg-type]
