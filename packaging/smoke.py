"""Tries a bundle as a stranger's machine would run it: ``python packaging/smoke.py dist/lathe [--pictures FOLDER]``.

The folder is copied to a path with blanks and letters outside ASCII and made read-only; the programs in it get an
empty PATH, an empty home, no network and, where this runs as root, another user. Then: version, devices, inspect,
profile, optimize, compare on the sample that is in the bundle, and the window under Xvfb. The same plugins must be
there as in the source tree. Standard library only, apart from asking the source tree what it has.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534
SECONDS = 300
UNPACKED_MB = {"lathe": 450.0}
"""What a flavour may take on the disk."""


class Fault(Exception):
    """What the bundle did that it must not do."""


@dataclass(frozen=True)
class Place:
    """Where the copy lies, and where its programs may write."""

    flavour: str
    folder: Path
    home: Path
    pictures: Path | None
    display: str | None
    notes: list[str] = field(default_factory=list)

    @property
    def program(self) -> Path:
        return self.folder / ("lathe.exe" if sys.platform == "win32" else "lathe")

    @property
    def sample(self) -> Path:
        return next(self.folder.rglob("samples/digits_resnet.onnx"))

    def run(self, *arguments: str | Path, display: bool = False) -> subprocess.CompletedProcess[str]:
        environment = {"HOME": str(self.home), "PATH": str(self.home / "nothing"), "LANG": "C.UTF-8"}
        if sys.platform == "win32":
            environment |= {"SYSTEMROOT": os.environ["SYSTEMROOT"], "USERPROFILE": str(self.home)}
        if display and self.display:
            environment["DISPLAY"] = self.display
        command = [*confined(), str(self.program), *map(str, arguments)]
        return subprocess.run(
            command, env=environment, cwd=self.home, capture_output=True, text=True, timeout=SECONDS, check=False
        )

    def json(self, *arguments: str | Path) -> dict[str, Any]:
        done = self.run(*arguments, "--json")
        if done.returncode:
            raise Fault(f"{arguments[0]} ended with {done.returncode}: {done.stderr.strip()[-800:]}")
        if "Traceback" in done.stderr:
            raise Fault(f"{arguments[0]} printed a traceback: {done.stderr.strip()[-800:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        return found


def confined() -> list[str]:
    """The words before the command that take the network and the rights of root away, where that can be done."""
    if not sys.platform.startswith("linux") or os.geteuid() != 0:
        return []
    network = ["unshare", "--net", "--"] if works("unshare", "--net", "--", "true") else []
    user = ["setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups", "--"]
    return [str(shutil.which(network[0])), *network[1:]] * bool(network) + (
        [str(shutil.which(user[0])), *user[1:]] if works(*user, "true") else []
    )


def works(*command: str) -> bool:
    try:
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
    except OSError:
        return False


def check_size(place: Place) -> str:
    size = sum(f.stat().st_size for f in place.folder.rglob("*") if f.is_file() and not f.is_symlink()) / 1e6
    limit = UNPACKED_MB.get(place.flavour)
    if limit and size > limit:
        raise Fault(f"{size:.0f} MB unpacked, more than {limit:.0f}")
    return f"{size:.0f} MB unpacked"


def check_version(place: Place) -> str:
    said = place.run("--version").stdout.strip()
    if not (said.startswith("lathe ") and "(" in said):
        raise Fault(f"--version does not name a commit: {said!r}")
    return said


def check_devices(place: Place) -> str:
    devices = place.json("devices")["devices"]
    free = [row["id"] for row in devices if row["available"]]
    wanted = {"cpu", "openvino:cpu"} | ({"torch:cpu"} & known_devices() if place.flavour == "lathe-full" else set())
    if missing := wanted - set(free):
        reasons = {row["id"]: row["reason"] for row in devices}
        raise Fault("; ".join(f"{name}: {reasons.get(name, 'not listed')}" for name in sorted(missing)))
    if {row["id"] for row in devices} != known_devices():
        raise Fault(f"lists {[row['id'] for row in devices]}, the source tree {sorted(known_devices())}")
    return f"{', '.join(free)} of {len(devices)}"


def check_plugins(place: Place) -> str:
    """Every scheme, pruning method and option stands in the help of optimize, every device's in that of profile."""
    names = []
    for command in ("optimize", "profile", "compare"):
        bundled = place.run(command, "--help").stdout
        source = from_source(command, "--help")
        if bundled != source:
            lost = sorted(set(source.split()) - set(bundled.split()))
            raise Fault(f"{command} --help differs from the source tree's; missing words: {' '.join(lost)[:400]}")
        names.append(command)
    return f"the help of {', '.join(names)} is the source tree's, word for word"


def check_inspect(place: Place) -> str:
    found = place.json("inspect", place.sample)
    source = json.loads(from_source("inspect", str(place.sample), "--json"))
    keys = {key for row in source["layers"] for key in (*row["quantization"], *row["pruning"])}
    if found["layers"] != source["layers"]:
        raise Fault("its layers are not those that the source tree reports")
    return f"{found['model']['layers']} layers, {len(keys)} schemes and pruning methods apply"


def check_profile(place: Place) -> str:
    said = []
    for device in ("cpu", "openvino:cpu"):
        found = place.json("profile", place.sample, "--device", device, "--runs", "20")
        if found["attributed_share"] < 0.95:
            raise Fault(f"on {device} only {found['attributed_share']:.2f} of the time was attributed")
        said.append(f"{device} {found['latency_ms']['median']:.2f} ms")
    return ", ".join(said)


def check_optimize(place: Place) -> str:
    out = place.home / "gedreht ß.onnx"
    data = place.sample.parent / "digits"
    found = place.json("optimize", place.sample, "-o", out, "--quantize", "int8_static", "--data", data)
    if not out.is_file() or not found["treated"]:
        raise Fault(f"nothing was treated: {found['skipped']}")
    return f"{len(found['treated'])} layers treated, {found['file_bytes'] / 1e6:.1f} MB"


def check_compare(place: Place) -> str:
    data = place.sample.parent / "digits"
    found = place.json("compare", place.sample, place.home / "gedreht ß.onnx", "--data", data, "--samples", "100")
    accuracy = found["accuracy"]
    return f"accuracy {accuracy['a']:.3f} and {accuracy['b']:.3f}, {found['latency_ms']['ratio']:.2f} of the time"


def check_window(place: Place) -> str:
    if sys.platform.startswith("linux") and place.display is None:
        raise Fault("Xvfb is not installed, so that the window was not tried")
    picture = place.home / "window.png"
    began = time.perf_counter()
    done = place.run("--picture", picture, place.sample, display=True)
    seconds = time.perf_counter() - began
    if done.returncode or not picture.is_file():
        raise Fault(f"ended with {done.returncode}: {done.stderr.strip()[-800:]}")
    if done.stderr.strip():
        raise Fault(f"printed {done.stderr.strip()[:800]}")
    if picture.stat().st_size < 20_000:
        raise Fault(f"its picture has {picture.stat().st_size} bytes, as an empty one has")
    if place.pictures is not None:
        place.pictures.mkdir(parents=True, exist_ok=True)
        shutil.copy(picture, place.pictures / f"{place.flavour}.png")
    return f"opened the sample, painted and closed in {seconds:.1f} s"


CHECKS: dict[str, Callable[[Place], str]] = {
    "size": check_size,
    "version": check_version,
    "devices": check_devices,
    "plugins": check_plugins,
    "inspect": check_inspect,
    "profile": check_profile,
    "optimize": check_optimize,
    "compare": check_compare,
    "window": check_window,
}


def from_source(*arguments: str) -> str:
    command = [sys.executable, "-m", "gui", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def known_devices() -> set[str]:
    return {row["id"] for row in json.loads(from_source("devices", "--json"))["devices"]}


def main(arguments: list[str]) -> int:
    pictures = Path(arguments[arguments.index("--pictures") + 1]).resolve() if "--pictures" in arguments else None
    bundle = Path(arguments[0]).resolve()
    with tempfile.TemporaryDirectory(prefix="läthe smoke ") as name, Display() as display:
        place = Place(bundle.name, Path(name, "Prögrams (x)", "Läthe ⚙"), Path(name, "höme"), pictures, display)
        install(bundle, place)
        failed = [check for check in CHECKS if not passed(check, place)]
        writable(place.folder)
    print(f"{bundle.name}: " + (f"failed: {', '.join(failed)}" if failed else "all checks passed"), flush=True)
    return 1 if failed else 0


def passed(check: str, place: Place) -> bool:
    try:
        print(f"  ok      {check:10} {CHECKS[check](place)}", flush=True)
    except (Fault, KeyError, ValueError, OSError, subprocess.SubprocessError) as error:
        print(f"  FAILED  {check:10} {error}", flush=True)
        return False
    return True


def install(bundle: Path, place: Place) -> None:
    """Copy the bundle to where it will be read only, and make a home for its user."""
    shutil.copytree(bundle, place.folder, symlinks=True)
    place.home.mkdir()
    for path in (place.folder.parents[1], place.folder.parent):
        path.chmod(0o755)
    for path in [place.folder, *place.folder.rglob("*")]:
        if not path.is_symlink():
            path.chmod(path.stat().st_mode & ~0o222 | 0o444)
    if hasattr(os, "geteuid") and os.geteuid() == 0:
        os.chown(place.home, NOBODY, NOBODY)


def writable(folder: Path) -> None:
    """So that it can be removed again."""
    for path in [folder, *folder.rglob("*")]:
        if path.is_dir() and not path.is_symlink():
            path.chmod(0o755)


class Display:
    """Xvfb on a free display; None where it is not installed."""

    def __enter__(self) -> str | None:
        self._process: subprocess.Popen[str] | None = None
        if not (sys.platform.startswith("linux") and shutil.which("Xvfb")):
            return None
        reading, writing = os.pipe()
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), "-screen", "0", "1280x800x24", "-nolisten", "tcp"],
            pass_fds=(writing,), stderr=subprocess.DEVNULL, text=True,
        )  # fmt: skip
        os.close(writing)
        with os.fdopen(reading) as stream:
            return f":{stream.readline().strip()}"

    def __exit__(self, *_: object) -> None:
        if self._process is not None:
            self._process.terminate()
            self._process.wait()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
