from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from engine.cli import COMMANDS
from engine.cli.main import main
from engine.progress import Progress
from engine.version import version

ROOT = Path(__file__).resolve().parents[3]


def test_help_lists_every_subcommand(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--help"]) == 0
    text = capsys.readouterr().out
    for name in COMMANDS:
        assert f"    {name} " in text or f"    {name}\n" in text


def test_version(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["--version"]) == 0
    assert capsys.readouterr().out == f"lathe {version()}\n"


@pytest.mark.parametrize("argv", [[], ["transmogrify"], ["inspect"], ["inspect", "m.onnx", "--runs", "-1"]])
def test_wrong_usage_ends_with_2(argv: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(argv) == 2
    assert capsys.readouterr().out == ""


def test_a_file_that_is_missing_ends_with_3_and_nothing_on_standard_output(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", "no_such_model.onnx", "--json"]) == 3
    out, err = capsys.readouterr()
    assert out == ""
    assert "no_such_model.onnx" in err
    assert "Traceback" not in err


def test_a_bug_ends_with_1_and_shows_where(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    import engine.cli.devices as command

    def broken(*_: object) -> dict[str, object]:
        raise ZeroDivisionError

    monkeypatch.setattr(command, "run", broken)
    assert main(["devices", "--json"]) == 1
    out, err = capsys.readouterr()
    assert out == ""
    assert "ZeroDivisionError" in err


def test_json_is_alone_on_standard_output() -> None:
    command = [sys.executable, "-m", "engine.cli", "devices", "--json"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True, timeout=120)
    assert json.loads(done.stdout)["devices"]


def test_importing_the_command_line_loads_no_heavy_library() -> None:
    heavy = ["onnx", "onnx_ir", "onnxruntime", "sympy", "PIL", "PySide6", "torch"]
    program = f"import sys, engine.cli.main; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True, timeout=120
    )
    assert done.stdout.strip() == "[]"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no SIGINT to send to another process")
def test_an_interrupt_ends_with_130_and_leaves_nothing(tmp_path: Path) -> None:
    import signal

    model = ROOT / "resources" / "samples" / "digits_resnet.onnx"
    command = [sys.executable, "-m", "engine.cli", "profile", str(model), "--runs", "100000"]
    environment = {**os.environ, "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True, env=environment) as running:
        assert running.stderr is not None
        for line in running.stderr:
            if "measuring" in line:
                break
        running.send_signal(signal.SIGINT)
        assert running.wait(timeout=20) == 130
    assert list(tmp_path.iterdir()) == []


def test_a_second_interrupt_does_not_wait(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    import signal

    from engine.cli import devices

    heard: list[object] = []

    def deaf(_args: Any, progress: Progress) -> dict[str, Any]:
        signal.raise_signal(signal.SIGINT)
        heard.append(progress.cancelled)
        signal.raise_signal(signal.SIGINT)
        heard.append("still working")
        return {}

    monkeypatch.setattr(devices, "run", deaf)
    # A shell starts what runs in the background without it.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        assert main(["devices", "--quiet"]) == 130
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler, "the handler is not put back"
    finally:
        signal.signal(signal.SIGINT, before)
    assert heard == [True] and "stopped" in capsys.readouterr().err


def test_nothing_is_sent_and_no_device_id_kept(tmp_path: Path) -> None:
    program = (
        "import sys; from engine.cli.main import main; "
        "main(['profile', sys.argv[1], '--runs', '3', '--quiet', '--json'])"
    )
    model = ROOT / "resources" / "samples" / "digits_cnn.onnx"
    environment = {name: value for name, value in os.environ.items() if "TELEMETRY" not in name}
    environment |= {"TMPDIR": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "HOME": str(tmp_path)}
    subprocess.run(
        [sys.executable, "-c", program, str(model)],
        cwd=ROOT,
        env=environment,
        check=True,
        capture_output=True,
        timeout=120,
    )
    assert [path.name for path in tmp_path.rglob("*") if "Microsoft" in str(path) or path.name == ".ses"] == []


MODEL = ROOT / "resources" / "samples" / "digits_resnet.onnx"


def test_a_reader_that_has_seen_enough_is_no_fault() -> None:
    command = [sys.executable, "-m", "engine.cli", "inspect", str(MODEL), "--json", "--quiet"]
    reading, writing = os.pipe()
    os.close(reading)
    done = subprocess.run(
        command, cwd=ROOT, stdout=writing, stderr=subprocess.PIPE, text=True, check=False, timeout=120
    )
    os.close(writing)
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_standard_output_is_a_message() -> None:
    command = [sys.executable, "-m", "engine.cli", "inspect", str(MODEL), "--quiet"]
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            command, cwd=ROOT, stdout=full, stderr=subprocess.PIPE, text=True, check=False, timeout=120
        )
    assert done.returncode == 5
    assert "No space left" in done.stderr and "Traceback" not in done.stderr


def test_names_that_the_encoding_lacks_or_a_terminal_would_obey_are_escaped(tmp_path: Path) -> None:
    import onnx

    model = onnx.load(MODEL)
    model.graph.node[0].name, model.graph.node[1].name = "Übung", "\x1b[31mred"
    path = tmp_path / "model.onnx"
    onnx.save(model, path)
    command = [sys.executable, "-m", "engine.cli", "inspect", str(path), "--quiet"]
    env = {**os.environ, "PYTHONIOENCODING": "ascii"}
    done = subprocess.run(command, cwd=ROOT, env=env, capture_output=True, check=False, timeout=120)
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\\xdcbung" in done.stdout
    assert b"\\x1b[31mred" in done.stdout and b"\x1b" not in done.stdout
