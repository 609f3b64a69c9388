"""``make bundle``: the program as a folder and an archive, for this platform, in two flavours.

    python packaging/bundle.py [lathe] [lathe-full]

Each flavour goes to ``dist/<flavour>``; beside it lie the archive, the SHA-256 of every file and of the archive, and
what takes the space. Then ``smoke.py`` runs what was built. The same commit and the same pinned versions give the
same files: dates and the order of entries are those of the commit and of the names, and hash seeds are fixed.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import packing  # noqa: E402
import sizes  # noqa: E402

from engine.version import commit  # noqa: E402

FLAVOURS = ("lathe", "lathe-full")
DIST, WORK = ROOT / "dist", ROOT / "build" / "bundle"


def main(names: list[str]) -> int:
    unknown = set(names) - set(FLAVOURS)
    if unknown:
        print(f"bundle: no flavour {', '.join(sorted(unknown))}; there are {', '.join(FLAVOURS)}", file=sys.stderr)
        return 2
    failed = []
    for flavour in names or FLAVOURS:
        folder = build(flavour)
        packing.pack(shipped(folder), commit_time(), flavour)
        packing.list_files(folder)
        packing.list_archives(DIST)
        report(folder)
        if subprocess.run([sys.executable, str(ROOT / "packaging" / "smoke.py"), str(folder)], check=False).returncode:
            failed.append(flavour)
    print(f"Failed: {', '.join(failed)}" if failed else "All bundles built, and run.")
    return 1 if failed else 0


def build(flavour: str) -> Path:
    """Run PyInstaller; the folder that it made."""
    made = WORK / f"{flavour}-files"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    (made / "commit.txt").write_text(commit() + "\n", encoding="ascii")
    draw_icon(made.parent)
    environment = {
        **os.environ,
        "LATHE_FLAVOUR": flavour,
        "LATHE_BUILD_FILES": str(made),
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": str(commit_time()),
    }
    command = [sys.executable, "-m", "PyInstaller", str(ROOT / "packaging" / "lathe.spec"), "--noconfirm", "--clean",
               "--log-level", "WARN", "--distpath", str(DIST), "--workpath", str(WORK / flavour)]  # fmt: skip
    print(f"== {flavour}", flush=True)
    subprocess.run(command, env=environment, check=True)
    folder = DIST / flavour
    beside = ROOT / "packaging" / {"win32": "windows", "darwin": "macos"}.get(sys.platform, "linux")
    for file in sorted(beside.iterdir()) if beside.is_dir() else ():
        shutil.copy2(file, folder / file.name)
    return folder


def shipped(folder: Path) -> Path:
    """What goes into the archive: on macOS the app that the spec makes of the folder."""
    app = folder.with_name("Lathe Full.app" if folder.name == "lathe-full" else "Lathe.app")
    return app if sys.platform == "darwin" else folder


def draw_icon(folder: Path) -> None:
    """The icon in the form that Windows and macOS want inside the program; Linux has the drawing itself beside it."""
    name = {"win32": "lathe.ico", "darwin": "lathe.icns"}.get(sys.platform)
    if name is None:
        return
    from PIL import Image
    from PySide6.QtGui import QImage, QPainter
    from PySide6.QtSvg import QSvgRenderer

    image = QImage(512, 512, QImage.Format.Format_RGBA8888)
    image.fill(0)
    painter = QPainter(image)
    QSvgRenderer(str(ROOT / "packaging" / "linux" / "lathe.svg")).render(painter)
    painter.end()
    Image.frombytes("RGBA", (512, 512), bytes(image.constBits())).save(folder / name)


def report(folder: Path) -> None:
    """What takes the space, in a file beside the bundle and on the screen."""
    lines = sizes.table([folder])
    (DIST / f"{folder.name}-sizes.md").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines), flush=True)


def commit_time() -> int:
    said = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(said.stdout.strip() or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
