"""What takes the space in a bundle: ``python packaging/sizes.py dist/lathe [dist/lathe-full]``, a table in Markdown.

Each file counts once, however many links lead to it. Standard library only.
"""

from __future__ import annotations

import fnmatch
import re
import sys
from collections import Counter
from collections.abc import Sequence
from pathlib import Path

MEGABYTE = 1e6
COMPONENTS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("PyTorch: libtorch", ("torch/lib/*", "torch.libs/*")),
    ("PyTorch: Python modules and their source", ("torch/*", "torchgen/*", "functorch/*")),
    ("Modules that come with PyTorch (onnxscript, networkx, ...)", ("onnxscript/*", "networkx/*", "setuptools/*")),
    ("OpenVINO: plugin for processors", ("openvino/libs/*intel_cpu_plugin*",)),
    ("OpenVINO: plugins for Intel's GPUs and NPUs", ("openvino/libs/*intel_*_plugin*",)),
    ("OpenVINO: core, ONNX frontend", ("openvino/*",)),
    ("Qt: libraries and plugins", ("PySide6/Qt/lib/libicu*", "PySide6/Qt/*")),
    ("Qt: Python bindings", ("PySide6/*", "shiboken6/*")),
    ("NumPy, with OpenBLAS", ("numpy/*", "numpy.libs/*")),
    ("ONNX Runtime", ("onnxruntime/*",)),
    ("Python: library and modules in C", ("libpython*", "python3*/*", "base_library.zip", "Python*")),
    ("Python modules of everything, compressed, in the program", ("lathe", "lathe.exe", "lathe-window.exe")),
    ("System libraries", ("lib*.so*", "*.dll", "*.dylib")),
    ("Pillow", ("PIL/*", "pillow.libs/*")),
    ("Sample models and their data", ("resources/samples/*",)),
    ("Licences", ("resources/licences/*",)),
    ("ONNX", ("onnx/*",)),
)
"""The first row that fits a file counts it."""
REST = "Everything else"


def files(folder: Path) -> list[Path]:
    return [file for file in sorted(folder.rglob("*")) if file.is_file() and not file.is_symlink()]


def by_component(folder: Path) -> Counter[str]:
    """Bytes of each component."""
    sizes: Counter[str] = Counter()
    for file in files(folder):
        sizes[component_of(file.relative_to(folder).as_posix())] += file.stat().st_size
    return sizes


def component_of(name: str) -> str:
    inside = name.removeprefix("_internal/")
    for title, patterns in COMPONENTS:
        if any(fnmatch.fnmatchcase(inside, pattern) for pattern in patterns):
            return title
    return REST


def table(folders: Sequence[Path]) -> list[str]:
    """One column for each bundle, the largest component of the last one first, in MB of 1,000,000 bytes."""
    columns = [by_component(folder) for folder in folders]
    titles = sorted(set().union(*columns), key=lambda title: -columns[-1][title])
    rows = [[title, *(f"{column[title] / MEGABYTE:.1f}" if column[title] else "" for column in columns)]
            for title in [*(title for title in titles if title != REST), *([REST] * (REST in titles))]]  # fmt: skip
    rows.append(["**All, unpacked**", *(f"**{sum(column.values()) / MEGABYTE:.1f}**" for column in columns)])
    packed = [next((p for p in folder.parent.iterdir() if is_archive(p.name, folder.name)), None) for folder in folders]
    rows.append(["The archive", *("" if path is None else f"{path.stat().st_size / MEGABYTE:.1f}" for path in packed)])
    head = ["MB", *(f"`{folder.name}`" for folder in folders)]
    return [f"| {' | '.join(row)} |" for row in (head, ["---", *["---:"] * len(folders)], *rows)]


def is_archive(name: str, flavour: str) -> bool:
    """Whether a file is the archive of this flavour, by its name: ``lathe-linux-x86_64.tar.gz``."""
    return re.fullmatch(rf"{re.escape(flavour)}-(?!full-).*\.(tar\.gz|zip)", name) is not None


def main(arguments: Sequence[str]) -> int:
    folders = [Path(name).resolve() for name in arguments]
    missing = [str(folder) for folder in folders if not folder.is_dir()]
    if missing or not folders:
        print(f"sizes: there is no {', '.join(missing) or 'bundle named'}; make bundle makes one", file=sys.stderr)
        return 2
    print("\n".join(table(folders)))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
