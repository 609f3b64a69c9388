"""The menu entry of a bundle: where it points, and that it goes again."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from xml.etree import ElementTree

import pytest

LINUX = Path(__file__).resolve().parents[2] / "packaging" / "linux"
pytestmark = pytest.mark.skipif(not sys.platform.startswith("linux"), reason="a menu entry of Linux")


def install(folder: Path, data: Path, *flags: str) -> None:
    environment = {**os.environ, "XDG_DATA_HOME": str(data)}
    subprocess.run(["sh", "install-desktop-entry.sh", *flags], cwd=folder, env=environment, check=True, timeout=120)


def test_the_entry_points_to_where_the_program_lies_and_goes_again(tmp_path: Path) -> None:
    folder, data = tmp_path / "Prögrams $x", tmp_path / "data"
    shutil.copytree(LINUX, folder)
    install(folder, data)
    entry = data / "applications" / "lathe.desktop"
    place = str(folder).replace("$", "\\\\$")
    assert f'Exec="{place}/lathe" %f\n' in entry.read_text(encoding="utf-8")
    if shutil.which("desktop-file-validate"):
        said = subprocess.run(
            ["desktop-file-validate", entry], capture_output=True, text=True, check=False, timeout=120
        )
        assert (said.returncode, said.stdout) == (0, "")
    assert list(data.rglob("lathe.svg"))
    install(folder, data, "--remove")
    assert [path for path in data.rglob("lathe*") if path.is_file()] == []


def test_the_entry_opens_the_types_that_are_declared() -> None:
    lines = (LINUX / "lathe.desktop").read_text(encoding="utf-8").splitlines()
    taken = next(line for line in lines if line.startswith("MimeType=")).removeprefix("MimeType=").split(";")
    declared = [one.get("type") for one in ElementTree.parse(LINUX / "lathe-mime.xml").getroot()]
    assert declared == [name for name in taken if name]
