"""``make bundle``: the program as a folder and an archive, for this platform, in two flavours.

    python packaging/bundle.py [lathe] [lathe-full]

Each flavour goes to ``dist/<flavour>``, beside it the archive, its SHA-256 and what takes the space. Then ``smoke.py``
runs what was built. The same commit and the same pinned versions give the same files: dates and the order of
entries in the archive are those of the commit and of the names, and hash seeds are fixed.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import contents  # noqa: E402

from engine.licences import Component, installed, required, write_index  # noqa: E402
from engine.version import commit  # noqa: E402

FLAVOURS = ("lathe", "lathe-full")
DIST, WORK = ROOT / "dist", ROOT / "build" / "bundle"
TEXTS = Path(__file__).resolve().parent / "licences"
MEGABYTE = 1e6


def main(names: list[str]) -> int:
    unknown = set(names) - set(FLAVOURS)
    if unknown:
        print(f"bundle: no flavour {', '.join(sorted(unknown))}; there are {', '.join(FLAVOURS)}", file=sys.stderr)
        return 2
    failed = []
    for flavour in names or FLAVOURS:
        folder = build(flavour)
        archive = pack(folder)
        report(folder, archive)
        if subprocess.run([sys.executable, str(ROOT / "packaging" / "smoke.py"), str(folder)], check=False).returncode:
            failed.append(flavour)
    hashes()
    print(f"Failed: {', '.join(failed)}" if failed else "All bundles built, and run.")
    return 1 if failed else 0


def build(flavour: str) -> Path:
    """Run PyInstaller; the folder that it made."""
    made = WORK / f"{flavour}-files"
    shutil.rmtree(made, ignore_errors=True)
    made.mkdir(parents=True)
    (made / "commit.txt").write_text(commit() + "\n", encoding="ascii")
    write_index(licences(full=flavour == "lathe-full"), made / "licences")
    draw_icon(made.parent)
    environment = {
        **os.environ,
        "LATHE_FLAVOUR": flavour,
        "LATHE_BUILD_FILES": str(made),
        "PYTHONHASHSEED": "1",
        "SOURCE_DATE_EPOCH": str(commit_time()),
    }
    command = [sys.executable, "-m", "PyInstaller", str(ROOT / "packaging" / "lathe.spec"), "--noconfirm",
               "--log-level", "WARN", "--distpath", str(DIST), "--workpath", str(WORK / flavour)]  # fmt: skip
    print(f"== {flavour}", flush=True)
    subprocess.run(command, env=environment, check=True)
    folder = DIST / flavour
    if sys.platform.startswith("linux"):
        for file in sorted((ROOT / "packaging" / "linux").iterdir()):
            shutil.copy2(file, folder / file.name)
    return folder


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


def licences(full: bool) -> list[Component]:
    """Of all packages and system libraries in the bundle; a licence that a package only names is given in full."""
    left_out = set(contents.NOT_BUNDLED) | (set() if full else set(contents.ONLY_FULL))
    found = [with_text(component) for component in installed(required("lathe") - left_out)]
    python = Path(sys.base_prefix) / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "LICENSE.txt"
    text = python.read_text(encoding="utf-8") if python.is_file() else ""
    number = ".".join(map(str, sys.version_info[:3]))
    own = Component("Lathe", commit(), "Apache-2.0", (ROOT / "LICENSE").read_text(encoding="utf-8"))
    return [own, Component("Python", number, "PSF-2.0", text), *found, *system_libraries()]


def with_text(component: Component) -> Component:
    if component.text:
        return component
    named = [path for path in sorted(TEXTS.iterdir()) if path.stem.split("-")[0] in component.licence]
    texts = [path.read_text(encoding="utf-8") for path in named]
    return Component(component.name, component.version, component.licence, "\n\n".join(texts))


def system_libraries() -> Iterator[Component]:
    """The packages of the build machine whose libraries PyInstaller takes along, where Debian's database tells."""
    if not (sys.platform.startswith("linux") and shutil.which("dpkg-query")):
        return
    for package in contents.SYSTEM_PACKAGES:
        text = Path("/usr/share/doc") / package / "copyright"
        asked = subprocess.run(
            ["dpkg-query", "--show", "--showformat=${Version}", package], capture_output=True, text=True, check=False
        )
        if asked.returncode == 0 and text.is_file():
            words = text.read_text(encoding="utf-8", errors="replace")
            yield Component(package, asked.stdout, "see its text", words)


def pack(folder: Path) -> Path:
    """The folder as one compressed file, the same bytes for the same content."""
    if sys.platform == "win32":
        return pack_zip(folder)
    path = folder.with_name(f"{folder.name}-{sys.platform}-{os.uname().machine}.tar.gz")
    seconds = commit_time()

    def plain(entry: tarfile.TarInfo) -> tarfile.TarInfo:
        entry.uid = entry.gid = 0
        entry.uname = entry.gname = ""
        entry.mtime = seconds
        return entry

    with (
        path.open("wb") as stream,
        gzip.GzipFile("", "wb", compresslevel=6, fileobj=stream, mtime=seconds) as packed,
        tarfile.open(fileobj=packed, mode="w") as archive,
    ):
        for file in sorted(folder.rglob("*")):
            if not file.is_dir() or file.is_symlink():
                archive.add(file, f"{folder.name}/{file.relative_to(folder)}", recursive=False, filter=plain)
    return path


def pack_zip(folder: Path) -> Path:
    path = folder.with_name(f"{folder.name}-windows.zip")
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(folder.rglob("*")):
            if file.is_file():
                entry = zipfile.ZipInfo(f"{folder.name}/{file.relative_to(folder).as_posix()}")
                entry.compress_type = zipfile.ZIP_DEFLATED
                archive.writestr(entry, file.read_bytes())
    return path


def report(folder: Path, archive: Path) -> None:
    """What takes the space, in a file beside the bundle and on the screen."""
    sizes = components_bytes(folder)
    lines = [f"{size / MEGABYTE:8.1f} MB  {name}" for name, size in sizes.most_common(25)]
    rest = sum(sizes.values()) - sum(size for _, size in sizes.most_common(25))
    lines += [f"{rest / MEGABYTE:8.1f} MB  the rest", f"{sum(sizes.values()) / MEGABYTE:8.1f} MB  all of {folder.name}",
              f"{archive.stat().st_size / MEGABYTE:8.1f} MB  {archive.name}"]  # fmt: skip
    (DIST / f"{folder.name}-sizes.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))


def components_bytes(folder: Path) -> Counter[str]:
    """Bytes by package, each file once however many links lead to it."""
    sizes: Counter[str] = Counter()
    for file in folder.rglob("*"):
        if file.is_symlink() or not file.is_file():
            continue
        parts = file.relative_to(folder).parts
        inside = parts[1:] if parts[0] == "_internal" and len(parts) > 1 else parts
        name = inside[0] if len(inside) > 1 else system_name(inside[0])
        sizes[name.removesuffix(".libs")] += file.stat().st_size
    return sizes


def system_name(file: str) -> str:
    if file.startswith("lib") and ".so" in file:
        return "libpython" if file.startswith("libpython") else "system libraries"
    return file


def hashes() -> None:
    """``SHA256SUMS``, as ``sha256sum --check`` reads it."""
    lines = []
    for path in sorted(DIST.iterdir()):
        if path.name.endswith((".tar.gz", ".zip")):
            with path.open("rb") as stream:
                lines.append(f"{hashlib.file_digest(stream, 'sha256').hexdigest()}  {path.name}")
    (DIST / "SHA256SUMS").write_text("\n".join(lines) + "\n", encoding="ascii")


def commit_time() -> int:
    said = subprocess.run(
        ["git", "-C", str(ROOT), "log", "-1", "--format=%ct"], capture_output=True, text=True, check=False
    )
    return int(said.stdout.strip() or 0)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
