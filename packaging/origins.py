"""Whose the files of a bundle are, and so which licences it must carry.

Every file that PyInstaller took belongs to a Python package (the lists that pip keeps say to which), to Python, to
Lathe, or to a package of the system, where Debian's database says to which. A file that belongs to nobody, or to
somebody whose licence is not known, is a fault: it must not be given away.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
from collections.abc import Iterable, Sequence
from dataclasses import replace
from importlib import metadata
from pathlib import Path

from engine.licences import Component, installed

ROOT = Path(__file__).resolve().parents[1]
TEXTS = Path(__file__).resolve().parent / "licences"
PARTS = {"libicudata": Component("ICU", "in Qt's packages", "Unicode-3.0")}
"""What stands in a package under another licence than the package's own, which carries no text of it."""


class Unlicensed(Exception):
    """Names what must not be given away as it is."""


def components(sources: Iterable[str], version: str) -> list[Component]:
    """Everything that these files are of, each with the text of its licence.

    Raises:
        Unlicensed: a file belongs to nobody, or a licence has no text.
    """
    packages: set[str] = {"pyinstaller"}  # the program that starts Python
    parts, rest = set[Component](), list[str]()
    owners = files_of_packages()
    own = tuple(str(path) + os.sep for path in (ROOT / "engine", ROOT / "gui", ROOT / "resources", ROOT / "packaging",
                                               ROOT / "build"))  # fmt: skip
    for source in sources:
        path = os.path.realpath(source)
        parts |= {part for start, part in PARTS.items() if Path(source).name.startswith(start)}
        if owner := owners.get(path):
            packages.add(owner)
        elif source not in ("", "-", "None") and not path.startswith(own) and not of_python(path):
            rest.append(source)
    system, nobodys = system_packages(rest)
    if nobodys:
        raise Unlicensed("nobody is known whose these are: " + ", ".join(nobodys))
    found = [own_component(version), python_component(), *map(with_text, installed(packages)), *map(with_text, parts)]
    found += system
    missing = [component.name for component in found if not component.text.strip()]
    missing += sorted(packages - {component.name for component in installed(packages)})
    if missing:
        raise Unlicensed("there is no text of the licence of " + ", ".join(missing))
    return [*found[:2], *sorted(found[2:], key=lambda component: component.name.lower())]


def files_of_packages() -> dict[str, str]:
    """The name of the package by the file's path, for all that is installed."""
    found = {}
    for distribution in metadata.distributions():
        base, name = os.path.realpath(str(distribution.locate_file(""))), distribution.metadata["Name"]
        for file in distribution.files or ():
            found[os.path.normpath(f"{base}/{file}")] = name
    return found


def of_python(path: str) -> bool:
    """Whether a file is of Python's own library, or the library that Python itself is in."""
    folders = {str(Path(sysconfig.get_path(name)).resolve()) + os.sep for name in ("stdlib", "platstdlib")}
    in_library = path.startswith(tuple(folders)) and "site-packages" not in path and "dist-packages" not in path
    name = Path(path).name
    beside = sys.platform == "win32" and path.startswith(str(Path(sys.base_prefix).resolve()) + os.sep)
    return in_library or beside or name == "Python" or name.startswith("libpython")


def system_packages(files: Sequence[str]) -> tuple[list[Component], list[str]]:
    """The packages of the build machine that these files are of, and the files that are of none."""
    owners = system_owners(files)
    packages = sorted({owners[file] for file in files if file in owners})
    versions: dict[str, str] = {}
    if packages:
        lines = said("dpkg-query", "--show", "--showformat=${Package} ${Version}\n", *packages).splitlines()
        versions = dict(line.split(" ", 1) for line in lines)
    components = []
    for package in packages:
        text = Path("/usr/share/doc") / package / "copyright"
        words = text.read_text(encoding="utf-8", errors="replace") if text.is_file() else ""
        components.append(Component(package, versions[package], "see its text", words))
    return components, [file for file in files if file not in owners]


def system_owners(files: Sequence[str]) -> dict[str, str]:
    """The package by the file, as Debian's database says; it may know a file by its path without the merged /usr."""
    if not files or not shutil.which("dpkg-query"):
        return {}
    asked: dict[str, str] = {}
    for file in files:
        real = os.path.realpath(file)
        asked |= dict.fromkeys((file, real, real.removeprefix("/usr"), f"/usr{real}"), file)
    found = {}
    for line in said("dpkg-query", "--search", *asked).splitlines():
        package, separator, path = line.partition(": ")
        if separator and path in asked:
            found[asked[path]] = package.partition(",")[0].partition(":")[0]
    return found


def said(*command: str) -> str:
    return subprocess.run(command, capture_output=True, text=True, check=False).stdout


def own_component(version: str) -> Component:
    return Component("Lathe", version, "Apache-2.0", (ROOT / "LICENSE").read_text(encoding="utf-8"))


def python_component() -> Component:
    places = (Path(sysconfig.get_path("stdlib")) / "LICENSE.txt", Path(sys.base_prefix) / "LICENSE.txt")
    text = next((path.read_text(encoding="utf-8") for path in places if path.is_file()), "")
    return with_text(Component("Python", ".".join(map(str, sys.version_info[:3])), "PSF-2.0", text))


def with_text(component: Component) -> Component:
    """A licence that a package only names is given in full, where the folder ``licences`` has it."""
    if component.text:
        return component
    named = [path for path in sorted(TEXTS.iterdir()) if path.stem.split("-")[0] in component.licence]
    return replace(component, text="\n\n".join(path.read_text(encoding="utf-8") for path in named))
