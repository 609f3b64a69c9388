"""``lathe --picture`` in a process of its own, as a bug report would use it."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from PySide6.QtGui import QImage

from resources import samples


def run(*words: str, home: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "QT_QPA_PLATFORM": "offscreen", "HOME": str(home)}
    environment |= {"XDG_CONFIG_HOME": str(home / "config"), "XDG_STATE_HOME": str(home / "state")}
    return subprocess.run(
        [sys.executable, "-m", "gui", *words], env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def test_the_picture_shows_the_model(tmp_path: Path) -> None:
    empty, full = tmp_path / "empty.png", tmp_path / "full.png"
    for words in ([str(empty)], [str(full), str(samples()[1].model)]):
        done = run("--picture", *words, home=tmp_path)
        assert done.returncode == 0, done.stderr
    assert QImage(str(full)).size() == QImage(str(empty)).size()
    assert QImage(str(full)) != QImage(str(empty))


def test_a_picture_that_cannot_be_written_is_a_message(tmp_path: Path) -> None:
    done = run("--picture", str(tmp_path / "no-folder" / "out.png"), home=tmp_path)
    assert done.returncode == 2
    assert "cannot be written" in done.stderr
