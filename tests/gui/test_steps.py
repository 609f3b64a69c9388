from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.profiling.sweep import SweepPoint, _label
from gui.language import speak, tr
from gui.steps import step_text

ENGINE = Path(__file__).resolve().parents[2] / "engine"
NOT_SHOWN = {"cli", "pytorch/pickles.py"}


@pytest.fixture(autouse=True)
def chinese() -> Iterator[None]:
    speak("zh_CN")
    yield
    speak("en")


def named_by_the_engine() -> set[str]:
    """The labels that stand in the engine's own calls, with an x for each value."""
    found = set()
    for path in ENGINE.rglob("*.py"):
        if any(path.relative_to(ENGINE).as_posix().startswith(part) for part in NOT_SHOWN):
            continue
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                given = {"step": node.args[:1], "track": node.args[1:2]}.get(node.func.attr, [])
                for text in given:
                    if isinstance(text, ast.Constant):
                        found.add(str(text.value))
                    elif isinstance(text, ast.JoinedStr):
                        found.add("".join(str(p.value) if isinstance(p, ast.Constant) else "x" for p in text.values))
    return found


def test_every_step_of_the_engine_has_words() -> None:
    steps = named_by_the_engine()
    assert {"cleaning", "quantizing x layers"} <= steps
    assert [step for step in steps if step_text(step) == step] == []


def test_values_stay() -> None:
    assert step_text("quantizing 12 layers") == "正在量化 12 层"
    assert step_text("calibrating, pass 2 of 3") == "正在校准，第 2 轮，共 3 轮"
    assert step_text(_label(SweepPoint(4, 1, 2))) == "批大小 4，1 线程，2 流"
    assert step_text("checking samples") != step_text("checking x").replace("x", "samples")


def test_others_stay_as_they_are() -> None:
    assert step_text("something new") == "something new"
    said = tr("Reading layers")
    assert step_text(said) == said
    speak("en")
    assert step_text("quantizing 12 layers") == "quantizing 12 layers"
