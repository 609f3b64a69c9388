from __future__ import annotations

import subprocess
from pathlib import Path
from types import ModuleType

import pytest


@pytest.fixture
def environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ModuleType:
    """The module, working on a copy of the project's two files in a folder of its own; nothing is installed."""
    import environment

    for name in ("PROJECT", "CONSTRAINTS"):
        copy = tmp_path / getattr(environment, name).name
        copy.write_bytes(getattr(environment, name).read_bytes())
        monkeypatch.setattr(environment, name, copy)
    monkeypatch.setattr(environment, "ENVIRONMENT", tmp_path / "venv")
    (tmp_path / "venv").mkdir()
    monkeypatch.setattr(environment, "works", lambda: True)
    return environment


@pytest.fixture
def installed(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What was installed, in order."""
    calls: list[str] = []
    monkeypatch.setattr(environment, "install", lambda *what: calls.append(what[-1]))
    return calls


def test_second_time_installs_nothing(environment: ModuleType, installed: list[str]) -> None:
    environment.ensure("window")
    assert [call.partition("[")[2] for call in installed] == ["", "cpu,gui]"]
    environment.ensure("window")
    assert len(installed) == 2


def test_all_covers_the_window_and_not_the_other_way(environment: ModuleType, installed: list[str]) -> None:
    environment.ensure("window")
    environment.ensure("all")
    assert "torch" in installed[-1]
    count = len(installed)
    environment.ensure("window")
    assert len(installed) == count


@pytest.mark.parametrize("name", ["PROJECT", "CONSTRAINTS"])
def test_installs_again_where_what_it_needs_changed(environment: ModuleType, installed: list[str], name: str) -> None:
    environment.ensure("all")
    count = len(installed)
    changed = getattr(environment, name)
    changed.write_text(changed.read_text(encoding="utf-8") + "\n# changed\n", encoding="utf-8")
    environment.ensure("all")
    assert len(installed) > count


def test_failed_install_is_tried_again(environment: ModuleType, monkeypatch: pytest.MonkeyPatch) -> None:
    tried: list[str] = []

    def fails(*what: str) -> None:
        tried.append(what[-1])
        raise SystemExit(1)

    monkeypatch.setattr(environment, "install", fails)
    for _ in range(2):
        with pytest.raises(SystemExit):
            environment.ensure("all")
    assert len(tried) == 2


def test_pip_s_failure_says_what_to_do(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    failed = subprocess.CompletedProcess[bytes]([], 1)
    monkeypatch.setattr("environment.subprocess.run", lambda *args, **kwargs: failed)
    with pytest.raises(SystemExit):
        environment.install("setuptools")
    assert "PIP_FIND_LINKS" in capsys.readouterr().err


def test_missing_venv_module_is_named_with_its_package(
    environment: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(environment, "works", lambda: False)
    monkeypatch.setattr("environment.importlib.util.find_spec", lambda name: None)
    with pytest.raises(SystemExit):
        environment.ensure("window")
    assert "sudo apt install python3-venv" in capsys.readouterr().err


def test_constraints_pin_everything_exactly(environment: ModuleType) -> None:
    lines = [line for line in environment.CONSTRAINTS.read_text(encoding="utf-8").splitlines() if line[:1] != "#"]
    assert len(lines) > 30
    assert all(line.count("==") == 1 and "+" not in line for line in lines)
    assert "PySide6-Essentials==6.11.3" in lines
    assert "torch==2.13.0" in lines


def test_packaging_is_no_package(environment: ModuleType) -> None:
    assert not (Path(environment.__file__).parent / "__init__.py").exists()
