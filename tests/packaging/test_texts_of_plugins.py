"""What the window shows of the engine's plugins is found by who collects texts for translators."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest

from engine.options import specs


@pytest.fixture
def translations(packaging_scripts: Path) -> ModuleType:
    import translations

    return translations


def shown() -> Iterator[str]:
    from engine.backends import backends
    from engine.data.options import DataOptions
    from engine.formats import formats
    from engine.pruners import pruners
    from engine.schemes import schemes
    from resources import samples

    forms: list[type] = [DataOptions]
    for scheme in schemes().values():
        yield from (scheme.title, scheme.summary)
        forms.append(scheme.options)
    for pruner in pruners().values():
        yield from (pruner.title, pruner.summary)
        forms.append(pruner.options)
    for backend in backends().values():
        yield backend.title
        forms.append(backend.options)
    yield from (form.title for form in formats().values())
    for sample in samples():
        yield from (sample.title, sample.summary)
    for options in forms:
        for spec in specs(options):
            yield from (spec.label, spec.help)


def test_all_that_plugins_say_is_collected_and_translated(translations: ModuleType) -> None:
    collected, wanted = translations.texts(), set(shown()) - {""}
    assert len(wanted) > 150
    assert sorted(wanted - collected.keys()) == []
    for path in translations.FOLDER.glob("*.ts"):
        known = translations.read(path)
        assert sorted(text for text in wanted if not known.get(text)) == [], path.name
