"""A form shows an options dataclass and gives back what differs from its defaults."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import pytest
from PySide6.QtWidgets import QCheckBox, QComboBox, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from engine.errors import UsageError
from engine.options import option
from engine.pruners import pruners
from engine.schemes import schemes
from gui.form import OptionsForm, RealSpin
from gui.language import speak
from gui.panels.parts import CalmSpin


@dataclass(frozen=True)
class Options:
    on: bool = option(True, label="On", help="Whether.")
    count: int = option(3, label="Count", help="How many.", minimum=1, maximum=9)
    ratio: float = option(0.5, label="Ratio", help="How much.", minimum=0.0, maximum=1.0)
    way: Literal["a", "b"] = option("a", label="Way", help="Which.")
    limit: float | None = option(None, label="Limit", help="Where to stop.", minimum=0.0)


@pytest.fixture
def form(qtbot: QtBot) -> OptionsForm:
    made = OptionsForm()
    qtbot.addWidget(made)
    made.show_options(Options())
    return made


def test_each_type_has_its_widget(form: OptionsForm) -> None:
    kinds = {name: type(field.widget) for name, field in form.fields.items()}
    assert kinds == {
        "on": QCheckBox,
        "count": CalmSpin,
        "ratio": RealSpin,
        "way": QComboBox,
        "limit": QLineEdit,
    }


def test_untouched_form_changes_nothing(form: OptionsForm) -> None:
    assert form.values() == Options()
    assert form.changes() == {}


def test_changes_are_what_differs(form: OptionsForm) -> None:
    form.fields["on"].set(False)
    form.fields["way"].set("b")
    form.fields["limit"].set("0.25")
    assert form.changes() == {"on": False, "way": "b", "limit": 0.25}


def test_ranges_hold(form: OptionsForm) -> None:
    form.fields["count"].set(100)
    assert form.values().count == 9


def test_text_that_is_no_value_is_refused(form: OptionsForm) -> None:
    form.fields["limit"].set("much")
    with pytest.raises(UsageError, match="limit"):
        form.values()


@pytest.mark.parametrize("plugin", [*schemes().values(), *pruners().values()], ids=lambda p: p.key)
def test_every_plugin_has_a_form(plugin: object, qtbot: QtBot) -> None:
    form = OptionsForm()
    qtbot.addWidget(form)
    defaults = plugin.options()  # type: ignore[attr-defined]
    form.show_options(defaults)
    assert form.values() == defaults
    assert all(field.widget.toolTip() for field in form.fields.values())


def test_the_engine_s_words_are_shown_in_the_window_s_language(form: OptionsForm) -> None:
    def shown() -> list[str]:
        form.show_options(pruners()["l1_channels"].options())
        return [label.text() for label in form.findChildren(QLabel)]

    english = shown()
    assert "Spread" in english
    assert any(text.startswith("Even: ") for text in english), "a sentence begins with a capital"
    speak("zh_CN")
    try:
        chinese = shown()
        choice = form.fields["spread"].widget
        assert isinstance(choice, QComboBox)
        assert not set(chinese) & set(english) - {""}
        assert any(text.startswith("even：") for text in chinese), "the name of a choice stays as recipes have it"
        assert choice.itemText(0) == "even"
        assert choice.accessibleName() in chinese
    finally:
        speak("en")
