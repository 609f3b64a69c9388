from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from engine import __version__
from engine import version as module


def test_a_repository_names_its_commit() -> None:
    if not (module.ROOT / ".git").exists():
        pytest.skip("these sources are in no repository")
    head = subprocess.run(
        ["git", "-C", str(module.ROOT), "rev-parse", "HEAD"], capture_output=True, text=True, check=True, timeout=120
    ).stdout
    assert head.startswith(module.commit().rstrip("+"))
    assert module.version() == f"{__version__} ({module.commit()})"


def test_a_bundle_names_the_commit_in_its_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "commit.txt"
    file.write_text("1a2b3c4d5\n", encoding="ascii")
    monkeypatch.setattr(module, "COMMIT_FILE", file)
    assert module.version() == f"{__version__} (1a2b3c4d5)"


def test_sources_without_a_repository_have_a_version_all_the_same(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "COMMIT_FILE", tmp_path / "none")
    monkeypatch.setattr(module, "ROOT", tmp_path)
    assert module.version() == __version__
