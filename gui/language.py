"""Words in the user's language, through Qt's translation files.

The source of every text is English and stands where it is shown: ``tr("Profile (F5)")``. A text with values in it is a
template, ``tr("{count} layers").format(count=3)``, so that a translation can put them in another order. Texts of tables
that are made when a module is imported, before the language is known, are marked there and translated where they are
shown: ``title=mark("Undo")`` and later ``tr(action.title)``.

A translated text remembers what it was made of, so that what was said before another language was chosen (the log, the
names of edits, what runs) can be said ``again`` in that one.

What the engine says (reasons, findings, errors) stays English, as on the command line and in reports, so that it can be
searched for.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

from resources import ROOT

CONTEXT = "Lathe"
FONTS = {
    "zh_CN": ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei UI", "PingFang SC", "WenQuanYi Micro Hei")
}
"""For letters that the system's own font has not: else a system in English may take those of another language, in
which some of the same characters are written otherwise."""
SOURCE = "en"
SYSTEM = "system"
FOLDER = ROOT / "translations"
"""One file for each language, ``lathe_zh_CN.qm``; `make translations` makes it from the ``.ts`` beside it."""


class Said(str):
    """A text in the language of the window that knows its source and its values."""

    __slots__ = ("source", "values")
    source: str
    values: Mapping[str, Any] | None

    def format(self, *args: object, **values: object) -> str:
        assert not args, "values have names, so that a translation can put them in another order"
        text = str.format(self, **values)
        # Not the objects themselves: an error would keep all that it was raised from.
        kept = {name: value if isinstance(value, (str, int, float)) else str(value) for name, value in values.items()}
        return _said(text, self.source, kept)


def _said(text: str, source: str, values: Mapping[str, Any] | None) -> Said:
    made = Said(text)
    made.source, made.values = source, values
    return made


_known: dict[str, Said] = {}
"""What was asked for since the language was chosen: tables ask for the same few texts for thousands of cells."""
_installed: list[QTranslator] = []
_spoken = [SOURCE]


def tr(text: str) -> str:
    """``text`` in the language of the window; itself where there is no translation."""
    found = _known.get(text)
    if found is None:
        assert not isinstance(text, Said), "translated twice"
        found = _known[text] = _said(QCoreApplication.translate(CONTEXT, text), text, None)
    return found


def mark(text: str) -> str:
    """``text`` as it is, known to the translators; whoever shows it calls `tr`."""
    return text


def again(text: str) -> str:
    """What was said, in the language that the window has now; other texts stay as they are."""
    if not isinstance(text, Said):
        return text
    if text.values is None:
        return tr(text.source)
    values = {name: again(value) if isinstance(value, str) else value for name, value in text.values.items()}
    return tr(text.source).format(**values)


def in_source(text: str) -> str:
    """What was said as it stands in the code, in English; other texts stay as they are."""
    if not isinstance(text, Said):
        return text
    values = {
        name: in_source(value) if isinstance(value, str) else value for name, value in (text.values or {}).items()
    }
    return text.source.format(**values) if values else text.source


# -- which one -----------------------------------------------------------------------------------------------------


def languages() -> tuple[str, ...]:
    """What the window can speak, by Qt's names: the source, then what there are files for."""
    return (SOURCE, *sorted(path.stem.removeprefix("lathe_") for path in FOLDER.glob("lathe_*.qm")))


def title(language: str) -> str:
    """Its name in itself, for who cannot read the present one."""
    return "English" if language == SOURCE else QLocale(language).nativeLanguageName()


def wanted(choice: str) -> str:
    """The language of a choice; ``system`` is the first of the user's own that there is."""
    there = languages()
    if choice in there:
        return choice
    by_script = {(QLocale(name).language(), QLocale(name).script()): name for name in there}
    for name in QLocale.system().uiLanguages():
        own = QLocale(name)
        if found := by_script.get((own.language(), own.script())):
            return found
    return SOURCE


def spoken() -> str:
    """The language that texts are in now."""
    return _spoken[0]


def fonts() -> tuple[str, ...]:
    """Families with the letters of the spoken language, the best first; they need not be there."""
    return FONTS.get(spoken(), ())


def speak(language: str) -> None:
    """From now on texts are in this language, those of Qt's own buttons and menus too; what is shown stays as it is."""
    _spoken[0] = language
    while _installed:
        QCoreApplication.removeTranslator(_installed.pop())
    _known.clear()
    # Kinds and sizes of files in Qt's dialogs are told by it.
    QLocale.setDefault(QLocale.system() if language == SOURCE else QLocale(language))
    if language == SOURCE:
        return
    for name, folder in (("qtbase", Path(QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))),
                         ("lathe", FOLDER)):  # fmt: skip
        translator = QTranslator()
        if translator.load(f"{name}_{language}", str(folder)):
            QCoreApplication.installTranslator(translator)
            _installed.append(translator)
