"""Words in the user's language, through Qt's translation files.

The source of every text is English and stands where it is shown: ``tr("Profile (F5)")``. A text with values in it is a
template, ``tr("{count} layers").format(count=3)``, so that a translation can put them in another order. Texts of tables
that are made when a module is imported, before the language is known, are marked there and translated where they are
shown: ``title=mark("Undo")`` and later ``tr(action.title)``.

What the engine says (reasons, findings, errors) stays English, as on the command line and in reports, so that it can be
searched for.
"""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

CONTEXT = "Lathe"


def tr(text: str) -> str:
    """``text`` in the language of the window; itself where there is no translation."""
    return QCoreApplication.translate(CONTEXT, text)


def mark(text: str) -> str:
    """``text`` as it is, known to the translators; whoever shows it calls `tr`."""
    return text
