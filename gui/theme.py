"""Theme tokens: every colour and size of the window stands here once, for light and for dark.

Categories use the colours of Okabe and Ito, sequences cividis; both can be told apart with every kind of colour vision.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QBrush, QColor, QFont, QFontDatabase, QFontInfo, QPalette, QPen
from PySide6.QtWidgets import QApplication

from gui.language import fonts
from gui.stylesheet import stylesheet

Choice = Literal["system", "light", "dark"]
SMALL, NORMAL, LARGE = 11, 13, 16
"""The three text sizes, in pixels."""
STEP = 4
"""All spacing is a multiple of it."""
TURN_MS = 1

OKABE_ITO = {
    "orange": "#E69F00", "sky": "#56B4E9", "green": "#009E73", "yellow": "#F0E442",
    "blue": "#0072B2", "vermillion": "#D55E00", "purple": "#CC79A7",
}  # fmt: skip
CIVIDIS = ("#00224E", "#2A3F6D", "#575C6E", "#7D7C78", "#A59C74", "#D2C060", "#FEE838")


@dataclass(frozen=True, slots=True)
class Tokens:
    """``muted`` keeps a contrast of at least 4.5 to 1 on ``window``, ``surface`` and ``raised``."""

    name: str
    window: str
    surface: str
    raised: str
    hover: str
    text: str
    muted: str
    border: str
    strong_border: str
    accent: str
    accent_hover: str
    on_accent: str
    selection: str
    alternate: str
    before: str
    after: str
    good: str
    bad: str
    warning_surface: str
    error_surface: str
    info_surface: str


LIGHT = Tokens(
    name="light", window="#f3f4f6", surface="#ffffff", raised="#f8f9fb", hover="#e8ebf0", text="#1b1f24",
    muted="#59636e", border="#dde1e6", strong_border="#b9c0c9", accent="#0b62b8", accent_hover="#0954a0",
    on_accent="#ffffff", selection="#d6e7fa", alternate="#fafbfc", before="#9aa5b1", after="#0072B2",
    good="#00684c", bad="#a84300", warning_surface="#fff4d6", error_surface="#fde6dc", info_surface="#e4f0fc",
)  # fmt: skip
DARK = Tokens(
    name="dark", window="#15181c", surface="#1c2025", raised="#22272d", hover="#2c323a", text="#e7eaee",
    muted="#9ba6b2", border="#30363e", strong_border="#4a535e", accent="#5fb0f5", accent_hover="#83c3f9",
    on_accent="#08233c", selection="#1f4468", alternate="#1f2328", before="#77838f", after="#56B4E9",
    good="#3ecf9f", bad="#ff9a5c", warning_surface="#3d3213", error_surface="#45261a", info_surface="#1a3047",
)  # fmt: skip


class Theme(QObject):
    """The tokens in force; ``changed`` after a switch, also of the system's."""

    changed = Signal()

    def __init__(self, app: QApplication, choice: str = "system") -> None:
        super().__init__(app)
        self._app = app
        self._choice = choice
        self._dressed = False
        self._app.setStyle("Fusion")
        self._set_font()
        self.tokens = self._wanted()
        self._undress()
        app.styleHints().colorSchemeChanged.connect(self._system_changed)

    @property
    def choice(self) -> str:
        return self._choice

    def dress(self) -> None:
        """Style all widgets, from now on. A window is put together before: each step would style its parts again."""
        self._dressed = True
        self._dress()

    def undress(self) -> None:
        """Until all widgets are dressed again: many are about to be made, perhaps in another language."""
        self._set_font()
        self._undress()

    def choose(self, choice: str) -> None:
        self._choice = choice
        self._refresh()

    def color(self, token: str) -> QColor:
        return QColor(OKABE_ITO[token] if token in OKABE_ITO else getattr(self.tokens, token))

    def pen(self, token: str, width: float = 1.0) -> QPen:
        pen = QPen(self.color(token))
        pen.setWidthF(width)
        pen.setCosmetic(True)
        return pen

    def brush(self, token: str, alpha: float = 1.0) -> QBrush:
        color = self.color(token)
        color.setAlphaF(alpha)
        return QBrush(color)

    def _wanted(self) -> Tokens:
        if self._choice in ("light", "dark"):
            return DARK if self._choice == "dark" else LIGHT
        return DARK if self._app.styleHints().colorScheme() == Qt.ColorScheme.Dark else LIGHT

    def _system_changed(self) -> None:
        self._refresh()

    def _refresh(self) -> None:
        wanted = self._wanted()
        if wanted is self.tokens:
            return
        self.tokens = wanted
        self._hold(True)
        self._in_turns(iter((self._undress, self._dress, self.changed.emit, lambda: self._hold(False))))

    def _in_turns(self, steps: Iterator[Callable[[], None]]) -> None:
        """Each in a turn of the event loop, with the old picture standing until the last: they take up to 0.1 s."""
        if (step := next(steps, None)) is not None:
            step()
            # Not 0: Qt would do that within this turn.
            QTimer.singleShot(TURN_MS, self, lambda: self._in_turns(steps))

    def _hold(self, still: bool) -> None:
        for widget in self._app.topLevelWidgets():
            widget.setUpdatesEnabled(not still)

    def _set_font(self) -> None:
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        if there := [family for family in fonts() if QFontDatabase.hasFamily(family)]:
            # In front: with letters of two fonts in one line, those of the second stand too high in fields.
            font.setFamilies([*there, QFontInfo(font).family()])
        font.setPixelSize(NORMAL)
        font.setHintingPreference(QFont.HintingPreference.PreferNoHinting)
        self._app.setFont(font)

    def _undress(self) -> None:
        # From one style sheet to another Qt restyles every widget many times over; from none to one it takes a quarter.
        self._app.setStyleSheet("")
        self._app.setPalette(palette(self.tokens))

    def _dress(self) -> None:
        if self._dressed:
            self._app.setStyleSheet(stylesheet(self.tokens))


def tabular(font: QFont) -> QFont:
    """The font with digits of one width, where it has them."""
    font = QFont(font)
    if tag := QFont.Tag.fromString("tnum"):
        font.setFeature(tag, 1)
    return font


def palette(tokens: Tokens) -> QPalette:
    role = QPalette.ColorRole
    found = QPalette()
    for roles, color in (
        ((role.Window, role.Button), tokens.window),
        ((role.Base,), tokens.surface),
        ((role.AlternateBase,), tokens.alternate),
        ((role.WindowText, role.Text, role.ButtonText, role.HighlightedText, role.ToolTipText), tokens.text),
        ((role.ToolTipBase,), tokens.raised),
        ((role.Highlight,), tokens.selection),
        ((role.Accent, role.Link), tokens.accent),
        ((role.PlaceholderText,), tokens.muted),
        ((role.Mid, role.Midlight), tokens.border),
    ):
        for r in roles:
            found.setColor(r, QColor(color))
    for r in (role.WindowText, role.Text, role.ButtonText):
        found.setColor(QPalette.ColorGroup.Disabled, r, QColor(tokens.muted))
    return found
