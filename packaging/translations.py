"""The translation files: ``python packaging/translations.py`` brings them up to date with the texts in the code.

Texts are what stands in ``tr("...")`` and ``mark("...")`` in the window, and of the engine's plugins the titles, labels
and explanations that forms show. A ``.ts`` file holds them with their translations, for translators (Qt Linguist opens
it); the ``.qm`` beside it is what the window reads. Both are committed, so that the window needs no tool of Qt's.

Qt's own ``pyside6-lupdate`` sees neither what is marked in tables nor the titles of plugins, so texts are found here.
"""

from __future__ import annotations

import argparse
import ast
import subprocess
import sys
import xml.etree.ElementTree as ET
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "resources" / "translations"
CONTEXT = "Lathe"
LANGUAGES = ("zh_CN",)
FOLDERS = ("gui", "engine", "resources")
WORDS = ("tr", "mark")
SHOWN: dict[str, tuple[int | str, ...]] = {
    "option": ("label", "help"), "Scheme": ("title", "summary"), "Pruner": ("title", "summary"),
    "Format": ("title",), "Backend": ("title",), "Device": ("title",), "Sample": (1, 4), "Stop": (0, 1),
    "Layout": (1, 2), "Mode": (1, 2, "missing"),
}  # fmt: skip
"""Rows of tables, in the engine and in the window: the arguments that the window shows through ``tr``."""

QT = {
    "QFileDialog": ("&Look in:", "Files of &type:"),
    "QAbstractFileIconProvider": ("Drive", "File", "Folder", "File Folder", "Shortcut", "Unknown", "%1 File"),
}
"""What Qt's own file of translations has not, by Qt's contexts; ours is asked for it as well."""

Texts = dict[str, list[str]]
"""Each text with the files that have it."""


class NotLiteralError(Exception):
    """A text that cannot be known from the code."""


# -- from the code -------------------------------------------------------------------------------------------------


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """The calls in a file that are of a name, in the order of its lines."""
    nodes = [node for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))) if isinstance(node, ast.Call)]
    for node in sorted(nodes, key=lambda node: (node.lineno, node.col_offset)):
        if isinstance(node.func, ast.Name):
            yield node, node.func.id


def texts_in(path: Path) -> Iterator[str]:
    """What stands in ``tr`` and ``mark`` in one file, and in the rows of tables.

    Raises:
        NotLiteralError: something else than a literal, or than the name of what was marked elsewhere.
    """
    for node, name in calls(path):
        if name in SHOWN:
            given: dict[int | str, ast.expr] = dict(enumerate(node.args)) | {
                k.arg: k.value for k in node.keywords if k.arg
            }
            for place in SHOWN[name]:
                value = given.get(place)
                if isinstance(value, ast.Constant) and isinstance(value.value, str) and value.value:
                    yield value.value
        if name not in WORDS or ROOT / "gui" not in path.parents:
            continue
        where = f"{path.name}:{node.lineno}"
        if len(node.args) != 1 or node.keywords:
            raise NotLiteralError(f"{where}: {name} takes one text")
        (text,) = node.args
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value
        elif name == "mark" or not isinstance(text, (ast.Name, ast.Attribute, ast.Subscript)):
            raise NotLiteralError(f"{where}: {name} takes a literal, or the name of a text that is marked elsewhere")


def texts() -> Texts:
    """All texts in the order of the files and of their lines."""
    found: Texts = {}
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            name = path.relative_to(ROOT).as_posix()
            for text in texts_in(path):
                places = found.setdefault(text, [])
                if name not in places:
                    places.append(name)
    return found


# -- files of Qt ---------------------------------------------------------------------------------------------------


def read(path: Path) -> dict[str, str]:
    """The translations in a ``.ts`` file; an empty text where one is missing."""
    if not path.exists():
        return {}
    messages = ET.parse(path).getroot().iter("message")
    return {m.findtext("source", ""): m.findtext("translation", "") for m in messages}


def written(found: Texts, known: dict[str, str], language: str) -> str:
    """A ``.ts`` file of these texts and their translations. Places are files only: lines would change every day."""
    root = ET.Element("TS", version="2.1", language=language, sourcelanguage="en")
    contexts: dict[str, Texts] = {CONTEXT: found}
    contexts |= {name: {text: [] for text in texts} for name, texts in QT.items()}
    for name, rows in contexts.items():
        context = ET.SubElement(root, "context")
        ET.SubElement(context, "name").text = name
        for text, places in rows.items():
            message = ET.SubElement(context, "message")
            for place in places:
                ET.SubElement(message, "location", filename=f"../../{place}")
            ET.SubElement(message, "source").text = text
            translation = ET.SubElement(message, "translation")
            if known.get(text):
                translation.text = known[text]
            else:
                translation.set("type", "unfinished")
    ET.indent(root, " ")
    body = ET.tostring(root, encoding="unicode", short_empty_elements=True)
    return f'<?xml version="1.0" encoding="utf-8"?>\n<!DOCTYPE TS>\n{body}\n'


def compile_file(source: Path, target: Path) -> None:
    """With Qt's own tool, which comes with PySide6."""
    import PySide6

    # Not the script in bin/: it is not there where packages are in a folder of their own.
    name = "lrelease.exe" if sys.platform == "win32" else "lrelease"
    tool = Path(PySide6.__file__).parent / name
    made = target.with_name(f"{target.name}.new")
    subprocess.run([str(tool), "-silent", "-nounfinished", str(source), "-qm", str(made)], check=True)
    made.replace(target)  # not written in place: a window that is open reads from the file as it was


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else "")
    parser.add_argument("--missing", action="store_true", help="also list what has no translation yet")
    asked = parser.parse_args(arguments)
    try:
        found = texts()
    except NotLiteralError as error:
        print(error, file=sys.stderr)
        return 1
    FOLDER.mkdir(exist_ok=True)
    for language in LANGUAGES:
        path = FOLDER / f"lathe_{language}.ts"
        known = read(path)
        path.write_text(written(found, known, language), encoding="utf-8")
        compile_file(path, path.with_suffix(".qm"))
        asked_for = dict.fromkeys((*found, *(text for texts in QT.values() for text in texts)))
        missing = [text for text in asked_for if not known.get(text)]
        gone = len(known.keys() - asked_for.keys())
        print(f"{path.name}: {len(found)} texts, {len(missing)} without translation, {gone} gone")
        if asked.missing:
            print("\n".join(repr(text) for text in missing))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
