from __future__ import annotations

import re
import string
import xml.etree.ElementTree as ET
from pathlib import Path
from types import ModuleType

import pytest

FOLDER = Path(__file__).resolve().parents[2] / "resources" / "translations"
SOURCE = FOLDER / "lathe_zh_CN.ts"


@pytest.fixture
def translations(packaging_scripts: Path) -> ModuleType:
    import translations

    return translations


def placeholders(text: str) -> list[str]:
    return sorted(f"{name}:{spec}" for _, name, spec, _ in string.Formatter().parse(text) if name is not None)


def test_every_text_of_the_code_is_in_the_file_and_translated(translations: ModuleType) -> None:
    # ``make translations`` collects new texts; what then has no translation is to be translated.
    found, known = translations.texts(), translations.read(SOURCE)
    assert found.keys() | {text for texts in translations.QT.values() for text in texts} == known.keys()
    assert not [text for text, translation in known.items() if not translation]
    assert translations.written(found, known, "zh_CN") == SOURCE.read_text(encoding="utf-8")


def test_translations_have_the_same_values_and_tags(translations: ModuleType) -> None:
    for text, translation in translations.read(SOURCE).items():
        assert placeholders(translation) == placeholders(text), text
        assert sorted(re.findall(r"</?\w+", translation)) == sorted(re.findall(r"</?\w+", text)), text
        assert "&" not in translation or "&" in text, f"{text}: no accelerator of its own"
        assert translation.endswith("\n") == text.endswith("\n"), text
        assert "{" in text or translation.endswith("…") == text.endswith("…"), text


def test_the_compiled_file_says_what_the_source_says(translations: ModuleType, tmp_path: Path) -> None:
    translations.compile_file(SOURCE, tmp_path / "made.qm")
    assert (tmp_path / "made.qm").read_bytes() == SOURCE.with_suffix(".qm").read_bytes()


def test_places_are_files_so_that_the_file_stays_steady() -> None:
    places = list(ET.parse(SOURCE).getroot().iter("location"))
    assert places
    assert all(place.attrib.keys() == {"filename"} for place in places)


@pytest.mark.parametrize(
    "code",
    ['tr(f"{count} layers")', 'tr("a" + name)', 'mark(name)', 'tr("a" if one else "b")', 'tr("%d" % count)',
     'tr("a".format(b=1))', 'tr("a", 1)'],
)  # fmt: skip
def test_a_text_that_nobody_could_translate_is_refused(
    translations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr(translations, "ROOT", tmp_path)
    path = tmp_path / "gui" / "some.py"
    path.parent.mkdir()
    path.write_text(code, encoding="utf-8")
    with pytest.raises(translations.NotLiteralError, match=r"some\.py:1"):
        list(translations.texts_in(path))


def test_new_texts_come_and_gone_ones_go(
    translations: ModuleType, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(translations, "QT", {})
    before = {"Open": "打开", "Gone": "旧"}
    text = translations.written({"Open": ["gui/a.py"], "New": ["gui/a.py", "gui/b.py"]}, before, "zh_CN")
    path = tmp_path / "some.ts"
    path.write_text(text, encoding="utf-8")
    assert translations.read(path) == {"Open": "打开", "New": ""}
    assert '<translation type="unfinished" />' in text
