"""The scripts of ``packaging/`` are no package: the tests find them through the path, as a script's neighbours do."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def packaging_scripts(monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(__file__).resolve().parents[2] / "packaging"
    monkeypatch.syspath_prepend(str(folder))
    return folder
