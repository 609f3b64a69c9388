from __future__ import annotations

import importlib
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from engine.registry import discover


@dataclass(frozen=True)
class Tool:
    key: str


def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, **files: str) -> None:
    folder = tmp_path / "found_tools"
    folder.mkdir()
    (folder / "__init__.py").touch()
    for name, text in files.items():
        (folder / f"{name}.py").write_text(f"from {__name__} import Tool\n{text}\n")
    monkeypatch.syspath_prepend(str(tmp_path))
    monkeypatch.setitem(sys.modules, __name__, sys.modules[__name__])


@pytest.fixture(autouse=True)
def _forget() -> None:
    for name in [name for name in sys.modules if name.startswith("found_tools")]:
        del sys.modules[name]


def test_dropping_a_file_registers_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    package(tmp_path, monkeypatch, b="TOOL = Tool('second')", a="TOOL = Tool('first')")
    assert list(discover(importlib.import_module("found_tools"), "TOOL", Tool)) == ["first", "second"]


@pytest.mark.parametrize("other", ["TOOL = 'no tool'", "NOTHING = 1", "TOOL = Tool('first')"])
def test_a_file_that_breaks_the_rule_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, other: str) -> None:
    package(tmp_path, monkeypatch, a="TOOL = Tool('first')", b=other)
    with pytest.raises(AssertionError, match=r"found_tools\.b"):
        discover(importlib.import_module("found_tools"), "TOOL", Tool)
