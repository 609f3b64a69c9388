from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import pytest

PYTHON = Path(sys.executable)


@pytest.fixture
def tasks(packaging_scripts: Path) -> ModuleType:
    import tasks

    return tasks


@pytest.fixture
def commands(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """The programs that were called; each of them succeeds."""
    called: list[list[str]] = []

    def call(*command: str | Path, variables: dict[str, str] | None = None) -> int:
        called.append([str(part) for part in command])
        return 0

    monkeypatch.setattr(tasks, "call", call)
    return called


def decide_as(tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, *, qt: bool, window: bool) -> None:
    decision = tasks.check_qt.Decision(qt, window, "" if window else "sudo apt install libegl1")
    monkeypatch.setattr(tasks.check_qt, "probe", lambda *_: tasks.check_qt.Finding())
    monkeypatch.setattr(tasks.check_qt, "decide", lambda *_: decision)


def test_run_opens_the_window(tasks: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    decide_as(tasks, monkeypatch, qt=True, window=True)
    assert tasks.run(PYTHON, ["model.onnx"]) == 0
    assert commands == [[str(PYTHON), "-m", "gui", "model.onnx"]]


def test_run_does_the_main_job_where_there_is_no_window(
    tasks: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    decide_as(tasks, monkeypatch, qt=False, window=False)
    assert tasks.run(PYTHON, []) == 0
    assert commands == [[str(PYTHON), "-m", "engine.cli", "demo"]]
    assert "sudo apt install libegl1" in capsys.readouterr().out


@pytest.mark.parametrize(("ci", "status"), [("", 0), ("true", 1)])
def test_without_qt_the_window_s_tests_are_left_out_and_ci_fails(
    tasks: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch, ci: str, status: int
) -> None:
    decide_as(tasks, monkeypatch, qt=False, window=False)
    monkeypatch.setenv("CI", ci)
    assert tasks.test(PYTHON, []) == status
    (command,) = commands
    assert "--ignore=tests/gui" in command


def test_with_qt_everything_is_tested(
    tasks: ModuleType, commands: list[list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    decide_as(tasks, monkeypatch, qt=True, window=False)
    for cores, processes in ((1, 1), (2, 2), (64, tasks.MOST_AT_ONCE)):
        monkeypatch.setattr(tasks.os, "cpu_count", lambda cores=cores: cores)
        assert tasks.test(PYTHON, ["-k", "word"]) == 0
        assert commands.pop() == [str(PYTHON), "-m", "pytest", "-n", str(processes), "-k", "word"]


def test_check_runs_every_step_and_names_the_failures(
    tasks: ModuleType, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    called: list[str] = []

    def call(*command: str | Path, variables: dict[str, str] | None = None) -> int:
        called.append(Path(command[0]).name)
        return int(called[-1] == "mypy")

    monkeypatch.setattr(tasks, "call", call)
    decide_as(tasks, monkeypatch, qt=True, window=False)
    assert tasks.check(PYTHON, []) == 1
    assert called == ["ruff", "ruff", "mypy", "lint-imports", PYTHON.name]
    assert "Failed: mypy" in capsys.readouterr().out


def test_unknown_task_is_wrong_usage(tasks: ModuleType) -> None:
    assert tasks.main(["paint"]) == 2
