"""Tries a bundle as a stranger's machine would run it: ``python packaging/smoke.py dist/lathe [--pictures FOLDER]``.

The folder is copied to a path with blanks and letters outside ASCII and made read-only; the programs in it get an
empty PATH, an empty home, no network and, where this runs as root, another user. Then: version, devices, inspect,
profile, optimize, compare on the sample that is in the bundle, a runtime that crashes, and the window under Xvfb. With
PyTorch in the bundle, a program in each of its file formats is converted and profiled. The same plugins must be there
as in the source tree. Standard library only, apart from asking the source tree what it has and for PyTorch's files.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import packing
import sizes

ROOT = Path(__file__).resolve().parents[1]
NOBODY = 65534
CRASHED = 6
"""The exit status that the command line has for it."""
SECONDS = 900
"""After which a program hangs; a busy machine may take a tenth of it."""
UNPACKED_MB = {"lathe": 450.0}
"""What a flavour may take on the disk."""


class Fault(Exception):
    """What the bundle did that it must not do."""


@dataclass(frozen=True)
class Place:
    """Where the copy lies, and where its programs may write."""

    bundle: Path
    folder: Path
    home: Path
    pictures: Path | None
    display: str | None

    @property
    def flavour(self) -> str:
        return self.bundle.name

    @property
    def program(self) -> Path:
        return self.folder / ("lathe.exe" if sys.platform == "win32" else "lathe")

    @property
    def sample(self) -> Path:
        return next(self.folder.rglob("samples/digits_resnet.onnx"))

    def command(self, *arguments: str | Path, before: Sequence[str] = ()) -> list[str]:
        return [*confined(), *before, str(self.program), *map(str, arguments)]

    def environment(self, display: bool = False) -> dict[str, str]:
        environment = {"HOME": str(self.home), "PATH": str(self.home / "nothing"), "LANG": "C.UTF-8"}
        if sys.platform == "win32":
            environment |= {"SYSTEMROOT": os.environ["SYSTEMROOT"], "USERPROFILE": str(self.home)}
        if display and self.display:
            environment["DISPLAY"] = self.display
        return environment

    def run(
        self, *arguments: str | Path, display: bool = False, before: Sequence[str] = ()
    ) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            self.command(*arguments, before=before), env=self.environment(display), cwd=self.home,
            capture_output=True, text=True, timeout=SECONDS, check=False,
        )  # fmt: skip

    def json(self, *arguments: str | Path, before: Sequence[str] = ()) -> dict[str, Any]:
        done = self.run(*arguments, "--json", before=before)
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


def check_hashes(place: Place) -> str:
    """Every file is in the list beside the bundle, and as the list says; so is the archive."""
    listed = packing.read(place.bundle.with_name(f"{place.flavour}-files.sha256"))
    there = {f"{place.flavour}/{file.relative_to(place.folder).as_posix()}": file for file in sizes.files(place.folder)}
    wrong = [name for name in listed.keys() | there.keys() if name not in there or name not in listed]
    wrong += [name for name, file in there.items() if name in listed and packing.sha256(file) != listed[name]]
    archives = packing.read(place.bundle.with_name(packing.SUMS))
    own = [name for name in archives if sizes.is_archive(name, place.flavour)]
    wrong += [name for name in own if packing.sha256(place.bundle.with_name(name)) != archives[name]]
    if wrong or not own:
        raise Fault(f"not as the lists of hashes say: {', '.join(sorted(wrong)[:5]) or 'there is no archive'}")
    return f"{len(listed)} files and {own[0]} are as the lists say"


def check_size(place: Place) -> str:
    size = sum(file.stat().st_size for file in sizes.files(place.folder)) / 1e6
    limit = UNPACKED_MB.get(place.flavour)
    if limit and size > limit:
        raise Fault(f"{size:.0f} MB unpacked, more than {limit:.0f}")
    return f"{size:.0f} MB unpacked"


def check_version(place: Place) -> str:
    said = place.run("--version").stdout.strip()
    if not (said.startswith("lathe ") and "(" in said):
        raise Fault(f"--version does not name a commit: {said!r}")
    return said


def check_licences(place: Place) -> str:
    listed = json.loads(next(place.folder.rglob("licences/index.json")).read_text(encoding="utf-8"))
    without = [item["name"] for item in listed if not item["text"].strip()]
    wanted = {"Lathe", "Python", "PySide6_Essentials", "ICU", "numpy", "onnx", "onnxruntime", "openvino", "pyinstaller"}
    wanted |= {"torch", "onnxscript"} if place.flavour == "lathe-full" else set()
    without += sorted(wanted - {item["name"] for item in listed})
    if without:
        raise Fault(f"no licence of {', '.join(without)}")
    return f"{len(listed)} components, each with the text of its licence"


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
    """On both runtimes; and no socket is opened but those of one machine's processes among themselves."""
    said = []
    trace, tracer = place.home / "trace", shutil.which("strace")
    words = [tracer, "-f", "--seccomp-bpf", "-e", "trace=socket,connect", "-o", str(trace)] if tracer else []
    for device in ("cpu", "openvino:cpu"):
        found = place.json("profile", place.sample, "--device", device, "--runs", "20", before=words)
        if found["attributed_share"] < 0.95:
            raise Fault(f"on {device} only {found['attributed_share']:.2f} of the time was attributed")
        calls = trace.read_text(encoding="utf-8", errors="replace").splitlines() if tracer else []
        if foreign := [line for line in calls if re.search("AF_(INET|PACKET)", line)]:
            raise Fault(f"on {device} it looked for a network: {foreign[0]}")
        said.append(f"{device} {found['latency_ms']['median']:.2f} ms")
    said.append("no socket of a network" if tracer else "sockets not watched, because strace is not installed")
    return ", ".join(said)


def check_optimize(place: Place) -> str:
    out = place.home / "gedreht ß.onnx"
    data = place.sample.parent / "digits"
    found = place.json("optimize", place.sample, "-o", out, "--quantize", "int8_static:op:Conv", "--data", data)
    if not out.is_file() or not found["treated"]:
        raise Fault(f"nothing was treated: {found['skipped']}")
    return f"{len(found['treated'])} layers treated, {found['file_bytes'] / 1e6:.1f} MB"


def check_compare(place: Place) -> str:
    data = place.sample.parent / "digits"
    found = place.json("compare", place.sample, place.home / "gedreht ß.onnx", "--data", data, "--samples", "100")
    accuracy = found["accuracy"]
    return f"accuracy {accuracy['a']:.3f} and {accuracy['b']:.3f}, {found['latency_ms']['ratio']:.2f} of the time"


def check_crash(place: Place) -> str:
    """The runtime's process dies in the middle of its work; the program says so and is not a bug."""
    if not sys.platform.startswith("linux"):
        return "tried on Linux only"
    words = place.command("profile", place.sample, "--runs", "100000", "--json")
    with subprocess.Popen(
        words, env=place.environment(), cwd=place.home, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    ) as program:
        deadline = time.monotonic() + SECONDS
        while program.poll() is None and time.monotonic() < deadline:
            time.sleep(2)  # one that dies before it has work is replaced without a word
            if child := child_of(program.pid):
                os.kill(child, signal.SIGSEGV)
        program.kill()
        said = program.stderr.read() if program.stderr else ""
    if program.returncode != CRASHED or "SIGSEGV" not in said or "Traceback" in said:
        raise Fault(f"ended with {program.returncode}: {said.strip()[-400:]}")
    return f"status {CRASHED}: {said.strip().splitlines()[-2].strip()}"


def child_of(parent: int) -> int:
    """The process that owns the runtime, 0 where there is none yet."""
    for folder in Path("/proc").iterdir():
        if folder.name.isdigit():
            try:
                fields = (folder / "stat").read_text().rpartition(")")[2].split()
                words = (folder / "cmdline").read_bytes()
            except OSError:
                continue
            if int(fields[1]) == parent and b"--lathe-child" in words:
                return int(folder.name)
    return 0


def check_pytorch(place: Place) -> str:
    """One program in three formats; the frozen program's child converts it, and runs it as it is."""
    folder = place.home / "prögrams"
    folder.mkdir(exist_ok=True)
    (folder / "model.py").write_text(PROGRAM, encoding="utf-8")
    subprocess.run([sys.executable, "-c", SAVE, str(folder)], check=True, capture_output=True)
    said = []
    for name, exporter in (("model.pt2", "dynamo"), ("model.pt", "torchscript"), ("model.py:build", "dynamo")):
        flags = [str(folder / name), "--trust", "--shape", "x=1,1,16,16"]
        conversion = place.json("inspect", *flags)["conversion"]
        if conversion["exporter"] != exporter or not conversion["differences"]:
            raise Fault(f"{name} was converted by {conversion['exporter'] or 'nobody'}: {conversion['stopped']}"
                        f"{' '.join(conversion['notes'])}")  # fmt: skip
        found = place.json("profile", *flags, "--device", "torch:cpu", "--runs", "20")
        if found["attributed_share"] < 0.95:
            raise Fault(f"of {name} only {found['attributed_share']:.2f} of the time was attributed")
        said.append(f"{name} by {exporter} {found['latency_ms']['median']:.2f} ms")
    return ", ".join(said)


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


PROGRAM = """\
import statistics
import torch
from torch import nn


class Net(nn.Module):
    def __init__(self):
        super().__init__()
        self.conv, self.norm, self.linear = nn.Conv2d(1, 8, 3, padding=1), nn.BatchNorm2d(8), nn.Linear(8, 4)

    def forward(self, x):
        return self.linear(torch.relu(self.norm(self.conv(x))).mean((2, 3)))


def build():
    return Net(), (torch.zeros(1, 1, 16, 16),)
"""
SAVE = """\
import sys
import torch
sys.path.insert(0, sys.argv[1])
import model
net, inputs = model.build()
net.eval()
torch.jit.script(net).save(sys.argv[1] + "/model.pt")
torch.export.save(torch.export.export(net, inputs), sys.argv[1] + "/model.pt2")
"""

CHECKS: dict[str, Callable[[Place], str]] = {
    "hashes": check_hashes,
    "size": check_size,
    "version": check_version,
    "licences": check_licences,
    "devices": check_devices,
    "plugins": check_plugins,
    "inspect": check_inspect,
    "profile": check_profile,
    "optimize": check_optimize,
    "compare": check_compare,
    "crash": check_crash,
    "window": check_window,
}
CHECKS_FULL: dict[str, Callable[[Place], str]] = {**CHECKS, "pytorch": check_pytorch}


def from_source(*arguments: str) -> str:
    command = [sys.executable, "-m", "gui", *arguments]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout


def known_devices() -> set[str]:
    return {row["id"] for row in json.loads(from_source("devices", "--json"))["devices"]}


def main(arguments: list[str]) -> int:
    pictures = Path(arguments[arguments.index("--pictures") + 1]).resolve() if "--pictures" in arguments else None
    bundle = Path(arguments[0]).resolve()
    with tempfile.TemporaryDirectory(prefix="läthe smoke ") as name, Display() as display:
        place = Place(bundle, Path(name, "Prögrams (x)", "Läthe ⚙"), Path(name, "höme"), pictures, display)
        install(bundle, place)
        began = time.perf_counter()
        checks = CHECKS_FULL if place.flavour == "lathe-full" else CHECKS
        failed = [name for name, check in checks.items() if not passed(name, check, place)]
        writable(place.folder)
    took = f"in {time.perf_counter() - began:.0f} s, {os.times().children_user:.0f} s of a processor"
    print(
        f"{bundle.name}: " + (f"failed: {', '.join(failed)}" if failed else "all checks passed") + f", {took}",
        flush=True,
    )
    return 1 if failed else 0


def passed(name: str, check: Callable[[Place], str], place: Place) -> bool:
    began = time.perf_counter()
    try:
        said, well = check(place), True
    except (Fault, KeyError, ValueError, OSError, StopIteration, subprocess.SubprocessError) as error:
        said, well = str(error) or type(error).__name__, False
    seconds = time.perf_counter() - began
    print(f"  {'ok' if well else 'FAILED':7} {name:9} {seconds:5.1f} s  {said}", flush=True)
    return well


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
