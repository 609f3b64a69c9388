"""The themes can be read: contrast as WCAG defines it, and every token in use."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QFontDatabase, QImage
from PySide6.QtWidgets import QApplication, QFileDialog, QToolButton

from gui import theme as themes
from gui.icons import PATHS, pixmap
from gui.main_window import MainWindow
from gui.stylesheet import stylesheet
from gui.theme import DARK, LIGHT, Tokens
from tests.gui.conftest import wear


def luminance(text: str) -> float:
    color = QColor(text)
    parts = [color.redF(), color.greenF(), color.blueF()]
    linear = [p / 12.92 if p <= 0.03928 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast(a: str, b: str) -> float:
    light, dark = sorted((luminance(a), luminance(b)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def test_the_measure_of_contrast_can_fail() -> None:
    assert contrast("#ffffff", "#000000") == pytest.approx(21)
    assert contrast("#999999", "#ffffff") < 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize(
    ("text", "ground"),
    [(text, ground) for text in ("text", "muted") for ground in ("window", "surface", "raised", "alternate")]
    + [("text", "selection")],
)
def test_text_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
@pytest.mark.parametrize(
    ("text", "ground"),
    [("on_accent", "accent"), ("accent", "surface"), ("good", "surface"), ("bad", "surface"), ("text", "error_surface"),
     ("text", "warning_surface"), ("text", "info_surface")],
)  # fmt: skip
def test_colours_that_speak_can_be_read(tokens: Tokens, text: str, ground: str) -> None:
    assert contrast(getattr(tokens, text), getattr(tokens, ground)) >= 4.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK], ids=lambda t: t.name)
def test_the_stylesheet_has_no_token_left(tokens: Tokens, qapp: QApplication) -> None:
    assert "$" not in stylesheet(tokens)


@pytest.mark.parametrize("name", PATHS)
def test_every_icon_draws_something(name: str, qapp: QApplication) -> None:
    image = pixmap(name, "#000000").toImage()
    assert any(image.pixelColor(x, y).alpha() for x in range(image.width()) for y in range(image.height()))


def test_following_the_system_and_choosing(window: MainWindow) -> None:
    theme = window.bench.theme
    changes: list[str] = []
    theme.changed.connect(lambda: changes.append(theme.tokens.name))
    for choice in ("dark", "dark", "light"):
        wear(window, choice)
    assert changes == ["dark", "light"]
    assert theme.pen("text").color() == QColor(LIGHT.text)


def test_a_switch_there_and_back_changes_no_pixel(window: MainWindow) -> None:
    def looks(choice: str) -> QImage:
        wear(window, choice)
        return window.grab().toImage()

    before = looks("light")
    assert looks("dark") != before
    assert looks("light") == before


def test_a_language_brings_the_fonts_of_its_letters(
    window: MainWindow, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    theme, own = window.bench.theme, qapp.font().families()
    there = QFontDatabase.families()[-1]
    monkeypatch.setattr(themes, "fonts", lambda: ("no such family", there))
    theme.undress()
    assert qapp.font().families()[:-1] == [there], "in front of the system's own"
    monkeypatch.undo()
    theme.undress()
    assert qapp.font().families() == own
    theme.dress()


def test_arrows_of_dialogs_of_files_can_be_seen(window: MainWindow) -> None:
    wear(window, "dark")
    dialog = QFileDialog()
    dialog.setOption(QFileDialog.Option.DontUseNativeDialog)
    for name in ("backButton", "forwardButton", "toParentButton"):
        button = dialog.findChild(QToolButton, name)
        assert isinstance(button, QToolButton)
        image = button.icon().pixmap(16, 16).toImage()
        drawn = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
        assert max(color.lightness() for color in drawn if color.alpha() > 200) > 150, name
    dialog.deleteLater()
