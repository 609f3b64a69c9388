"""Settings outlast the window, and a broken file is no obstacle."""

from __future__ import annotations

from pathlib import Path

import pytest

from gui.paths import write_text
from gui.settings import Settings, SettingsStore, parse


def test_round_trip(tmp_path: Path) -> None:
    path = tmp_path / "config" / "settings.json"
    store = SettingsStore(path)
    store.update(threads=3, theme="dark")
    store.add_recent(tmp_path / "a.onnx")
    store.add_recent(tmp_path / "b.onnx")
    store.add_recent(tmp_path / "a.onnx")
    again = SettingsStore(path).value
    assert (again.threads, again.theme) == (3, "dark")
    assert again.recent == (str(tmp_path / "a.onnx"), str(tmp_path / "b.onnx"))


@pytest.mark.parametrize("text", ["", "{", "[]", '{"threads": "many"}', '{"unknown": 1}', '{"recent": 3}'])
def test_what_cannot_be_read_falls_back(text: str) -> None:
    assert parse(text) == Settings()


def test_a_failed_write_leaves_the_old_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "a.json"
    write_text(path, "old")
    monkeypatch.setattr(Path, "replace", lambda *_: (_ for _ in ()).throw(OSError("disk")))
    with pytest.raises(OSError, match="disk"):
        write_text(path, "new")
    assert path.read_text() == "old"
    assert list(tmp_path.iterdir()) == [path]


def test_saving_is_proposed_where_the_user_may_write(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Path, "home", lambda: tmp_path / "home")
    monkeypatch.setattr("os.access", lambda path, mode: path != tmp_path / "installed")
    assert Settings(folder=str(tmp_path / "models")).save_folder == tmp_path / "models"
    assert Settings(folder=str(tmp_path / "installed")).save_folder == tmp_path / "home"
