"""What Lathe is built with, and under which licences: read from a bundle's list, or from what is installed.

A bundle carries ``resources/licences/index.json`` (``packaging/bundle.py`` writes it, system libraries included).
Without one, the packages that the installed Lathe requires say it in their own metadata (PEP 639 and its predecessors).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib import metadata
from pathlib import Path

from engine.version import ROOT

INDEX = ROOT / "resources" / "licences" / "index.json"
_FILE = re.compile(
    r"\.dist-info/licen[cs]es/.|(^|[/_-])(licen[cs]e|copying|notice|authors|copyright|third[-_]?party)[^/]*$",
    re.IGNORECASE,
)
_CODE = frozenset((".py", ".pyc", ".pyi", ".so", ".h", ".json"))
_NAME = re.compile(r"^[A-Za-z0-9._-]+")


@dataclass(frozen=True, slots=True)
class Component:
    """Something that Lathe is built with; ``text`` holds its licences in full, empty where its makers ship none."""

    name: str
    version: str
    licence: str
    text: str = ""


def components() -> tuple[Component, ...]:
    """In the order of their names."""
    if INDEX.is_file():
        return tuple(Component(**item) for item in json.loads(INDEX.read_text(encoding="utf-8")))
    return installed(required("lathe"))


def write_index(found: Iterable[Component], folder: Path) -> None:
    """The list that a bundle carries, as ``components`` reads it."""
    folder.mkdir(parents=True, exist_ok=True)
    text = json.dumps([asdict(component) for component in found], indent=1, ensure_ascii=False)
    (folder / INDEX.name).write_text(text + "\n", encoding="utf-8")


def installed(names: Iterable[str]) -> tuple[Component, ...]:
    """What the metadata of these packages says; those that are not installed are left out."""
    found = []
    for name in sorted(set(names), key=str.lower):
        try:
            found.append(_component(metadata.distribution(name)))
        except metadata.PackageNotFoundError:
            continue
    return tuple(found)


def required(name: str) -> frozenset[str]:
    """The installed packages that a package needs, directly or not, extras included; without the package itself."""
    seen: set[str] = set()
    open_names = [name]
    while open_names:
        current = open_names.pop()
        try:
            wants = metadata.distribution(current).requires or []
        except metadata.PackageNotFoundError:
            continue
        if current == name:
            wants = [want for want in wants if 'extra == "dev"' not in want.replace("'", '"')]
        else:
            seen.add(current)
            wants = [want for want in wants if "extra ==" not in want]
        found = {_normalised(match.group()) for want in wants if (match := _NAME.match(want))}
        open_names += sorted(found - seen)
    return frozenset(seen)


def _normalised(name: str) -> str:
    """PEP 503: one spelling for ``onnx_ir`` and ``onnx-ir``."""
    return re.sub(r"[-_.]+", "-", name).lower()


def _component(distribution: metadata.Distribution) -> Component:
    about = distribution.metadata
    stated = _said(about, "License-Expression") or _classified(about) or _said(about, "License")
    files = [path for path in distribution.files or () if _is_licence(path)]
    texts = [f"---- {_title(path)}\n\n{_read(Path(str(path.locate())))}" for path in files]
    return Component(about["Name"], about["Version"], stated or "not stated", "\n\n".join(texts))


def _is_licence(path: metadata.PackagePath) -> bool:
    return bool(_FILE.search(path.as_posix())) and path.suffix.lower() not in _CODE


def _title(path: metadata.PackagePath) -> str:
    """Where it stands among the licences of the package: ``third_party/fmt/LICENSE``."""
    inside = re.sub(r"^[^/]*\.dist-info/(licen[cs]es/)?", "", path.as_posix())
    return inside or path.name


def _said(about: metadata.PackageMetadata, name: str) -> str:
    """The first line; some packages put their whole licence there."""
    return next(iter(about.get_all(name) or []), "").strip().partition("\n")[0][:80]


def _classified(about: metadata.PackageMetadata) -> str:
    lines = about.get_all("Classifier") or []
    return next((line.rpartition(" :: ")[2] for line in lines if line.startswith("License ::")), "")


def _read(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8", errors="replace").strip()
    except OSError as error:
        return f"({error.strerror})"
