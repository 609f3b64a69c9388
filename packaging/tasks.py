"""What ``make`` calls: ``python packaging/tasks.py TASK [ARGUMENTS]``, the tasks being those of the table ``TASKS``.

Each task first sees to the virtual environment. Standard library only.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import check_qt
import environment

Arguments = list[str]

TYPED = ("check_qt", "environment", "tasks")
"""The scripts of this folder that mypy checks: those that every user runs."""


@dataclass(frozen=True)
class Task:
    """``perform`` gets the environment's interpreter and the arguments, and returns the exit status."""

    level: environment.Level
    perform: Callable[[Path, Arguments], int]


MOST_AT_ONCE = 4
"""Processes that share the tests, a file each; more would be in each other's way where tests measure."""


def call(*command: str | Path, variables: dict[str, str] | None = None) -> int:
    """Run a program in the repository's root."""
    env = {**os.environ, **(variables or {})}
    return subprocess.run([str(part) for part in command], cwd=environment.ROOT, env=env, check=False).returncode


def run(python: Path, arguments: Arguments) -> int:
    """The window; where it cannot open, the main job on a sample model without it."""
    decision = check_qt.decide(sys.platform, os.environ, check_qt.probe(python, os.environ))
    if decision.window:
        return call(python, "-m", "gui", *arguments)
    print(f"{decision.message}\nSo here is the main job without the window, on a sample model.\n", flush=True)
    return call(python, "-m", "engine.cli", "demo")


def setup(python: Path, arguments: Arguments) -> int:
    print(f"Ready: {python.relative_to(environment.ROOT)}")
    return 0


def test(python: Path, arguments: Arguments) -> int:
    """All tests; where Qt cannot be imported, all but the window's, which is a failure only where CI is set."""
    # One thread each for NumPy: the processes share the cores, and its threads wait for each other without sleeping.
    offscreen = {"QT_QPA_PLATFORM": "offscreen", "OPENBLAS_NUM_THREADS": "1"}
    visible = {name: value for name, value in os.environ.items() if name not in ("DISPLAY", "WAYLAND_DISPLAY")}
    decision = check_qt.decide(sys.platform, visible, check_qt.probe(python, {**visible, **offscreen}))
    pytest = [str(python), "-m", "pytest", "-n", str(min(os.cpu_count() or 1, MOST_AT_ONCE)), *arguments]
    if decision.qt:
        return call(*pytest, variables=offscreen)
    print(f"{decision.message}\nThe window's tests are left out.\n", flush=True)
    status = call(*pytest, "-p", "no:pytest-qt", "--ignore=tests/gui", variables=offscreen)
    if os.environ.get("CI"):
        print("Failed: with CI set, all tests must run.", file=sys.stderr)
        return status or 1
    return status


def check(python: Path, arguments: Arguments) -> int:
    """Everything that must hold before a change goes in; the failures are named at the end."""
    tools = python.parent
    steps: dict[str, Callable[[], int]] = {
        "ruff format": lambda: call(tools / "ruff", "format", "--check", "."),
        "ruff check": lambda: call(tools / "ruff", "check", "."),
        "mypy": lambda: call(tools / "mypy") or call(tools / "mypy", *(f"packaging/{name}.py" for name in TYPED)),
        "lint-imports": lambda: call(tools / "lint-imports"),
        "tests": lambda: test(python, arguments),
    }
    failed = []
    for name, step in steps.items():
        print(f"== {name}", flush=True)
        if step():
            failed.append(name)
    print(f"Failed: {', '.join(failed)}" if failed else "All checks passed.")
    return 1 if failed else 0


def bench(python: Path, arguments: Arguments) -> int:
    return call(python, "-m", "benchmarks", *arguments)


def fuzz(python: Path, arguments: Arguments) -> int:
    return call(python, "-m", "tests.fuzz", *arguments)


def coverage(python: Path, arguments: Arguments) -> int:
    return call(python, "-m", "benchmarks.coverage", *arguments)


def samples(python: Path, arguments: Arguments) -> int:
    return call(python, "packaging/train_samples.py", *arguments)


def screenshots(python: Path, arguments: Arguments) -> int:
    return call(python, "packaging/screenshots.py", *arguments)


def translations(python: Path, arguments: Arguments) -> int:
    return call(python, "packaging/translations.py", *arguments)


def bundle(python: Path, arguments: Arguments) -> int:
    return call(python, "packaging/bundle.py", *arguments)


TASKS = {
    "run": Task("window", run),
    "setup": Task("all", setup),
    "test": Task("all", test),
    "check": Task("all", check),
    "bench": Task("all", bench),
    "fuzz": Task("all", fuzz),
    "coverage": Task("all", coverage),
    "samples": Task("all", samples),
    "screenshots": Task("all", screenshots),
    "translations": Task("all", translations),
    "bundle": Task("all", bundle),
}


def main(arguments: Arguments) -> int:
    name, *rest = arguments or [""]
    if name not in TASKS:
        print(f"usage: tasks.py {'|'.join(TASKS)} [ARGUMENTS]", file=sys.stderr)
        return 2
    task = TASKS[name]
    return task.perform(environment.ensure(task.level), rest)


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(130)
