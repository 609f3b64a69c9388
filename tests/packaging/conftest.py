"""The scripts of ``packaging/`` are no package: the tests find them through the path, as a script's neighbours do."""

from __future__ import annotations

from pathlib import Path

import pytest


@pytest.fixture(autouse=True)
def packaging_scripts(monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = Path(__file__).resolve().parents[2] / "packaging"
    monkeypatch.syspath_prepend(str(folder))
    return folder


@pytest.fixture
def bundle_folder(tmp_path: Path) -> Path:
    """As PyInstaller leaves one: a program, a library and a link to it."""
    made = tmp_path / "lathe"
    (made / "_internal" / "numpy").mkdir(parents=True)
    (made / "lathe").write_bytes(b"x" * 1000)
    (made / "lathe").chmod(0o755)
    (made / "_internal" / "numpy" / "core.so").write_bytes(b"y" * 3000)
    (made / "_internal" / "libX11.so.6").write_bytes(b"z" * 2000)
    (made / "_internal" / "link.so").symlink_to("numpy/core.so")
    return made
