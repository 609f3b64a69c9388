"""The virtual environment ``.venv`` of a clone: made on first use, renewed where what it must hold has changed.

Two levels: ``window`` has what the window and ONNX models need, ``all`` has OpenVINO, torch and the
development tools on top.
Standard library only: this runs before anything is installed.
"""

from __future__ import annotations

import hashlib
import importlib.util
import subprocess
import sys
from pathlib import Path
from typing import Literal, NoReturn

Level = Literal["window", "all"]

ROOT = Path(__file__).resolve().parents[1]
ENVIRONMENT = ROOT / ".venv"
PROJECT = ROOT / "pyproject.toml"
CONSTRAINTS = ROOT / "packaging" / "constraints.txt"
EXTRAS: dict[Level, str] = {"window": "cpu,gui", "all": "cpu,gui,openvino,torch,dev"}
COVERS: dict[Level, tuple[Level, ...]] = {"window": ("window", "all"), "all": ("all",)}
"""The levels, any of which is enough."""


def python() -> Path:
    """The environment's interpreter."""
    return ENVIRONMENT / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")


def ensure(level: Level) -> Path:
    """The environment's interpreter, with at least this level installed."""
    wanted = fingerprint()
    if not works():
        create()
    elif any(read(stamp(enough)) == wanted for enough in COVERS[level]):
        return python()
    print(
        f"Installing into {ENVIRONMENT.name} what {PROJECT.name} names ({EXTRAS[level]}); the first time takes minutes."
    )
    for other in EXTRAS:
        stamp(other).unlink(missing_ok=True)
    install("setuptools")
    install("--no-build-isolation", "--editable", f"{ROOT}[{EXTRAS[level]}]")
    stamp(level).write_text(wanted, encoding="ascii")
    return python()


def fingerprint() -> str:
    """Changes where what must be installed changes."""
    parts = [PROJECT.read_bytes(), CONSTRAINTS.read_bytes(), str(ROOT).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def stamp(level: Level) -> Path:
    return ENVIRONMENT / f".lathe-{level}"


def read(path: Path) -> str:
    return path.read_text(encoding="ascii") if path.exists() else ""


def works() -> bool:
    """Whether the environment's interpreter starts and has pip: both fail where its Python was removed or moved."""
    try:
        return subprocess.run([python(), "-c", "import pip"], capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def create() -> None:
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    if importlib.util.find_spec("venv") is None or importlib.util.find_spec("ensurepip") is None:
        stop(
            f"Python {version} is here, but not its module that makes virtual environments.\n"
            f"On Debian and Ubuntu:\n\n    sudo apt install python3-venv python{version}-venv\n"
        )
    print(f"Making {ENVIRONMENT.name} with Python {version}.", flush=True)
    if subprocess.run([sys.executable, "-m", "venv", "--clear", ENVIRONMENT], check=False).returncode:
        stop(f"{ENVIRONMENT} could not be made; the reason stands above.")


def install(*what: str) -> None:
    pip = [str(python()), "-m", "pip", "install", "-qq", "--disable-pip-version-check", "-c", str(CONSTRAINTS)]
    if subprocess.run([*pip, *what], cwd=ROOT, check=False).returncode:
        stop(
            "pip could not install what Lathe needs; its reason stands above.\n"
            "Where it says that no version was found or that a connection failed, this machine does not reach the\n"
            "package index. With a folder of wheels it works without one:\n\n"
            "    PIP_NO_INDEX=1 PIP_FIND_LINKS=/path/to/wheels make run\n"
        )


def stop(message: str) -> NoReturn:
    print(message, file=sys.stderr)
    raise SystemExit(1)
