from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

X = {"DISPLAY": ":0"}
WAYLAND = {"WAYLAND_DISPLAY": "wayland-0"}
XWAYLAND = {**X, **WAYLAND}
OFFSCREEN = {"QT_QPA_PLATFORM": "offscreen"}


@pytest.mark.parametrize(
    ("platform", "environment", "window"),
    [
        ("linux", X, True),
        ("linux", WAYLAND, True),
        ("linux", {"QT_QPA_PLATFORM": "vnc:size=800x600"}, True),
        ("linux", {}, False),
        ("linux", {"DISPLAY": ""}, False),
        ("linux", OFFSCREEN, False),
        ("darwin", {}, True),
        ("win32", {}, True),
    ],
)
def test_window_opens_where_there_is_a_display(platform: str, environment: dict[str, str], window: bool) -> None:
    from check_qt import Finding, decide

    decision = decide(platform, environment, Finding())
    assert decision.qt
    assert decision.window is window
    assert ("no display" in decision.message) is not window


@pytest.mark.parametrize("environment", [X, {}, OFFSCREEN])
def test_missing_library_of_qtgui_stops_the_import_everywhere(environment: dict[str, str]) -> None:
    from check_qt import Finding, decide

    error = "libEGL.so.1: cannot open shared object file: No such file or directory"
    decision = decide("linux", environment, Finding(("libEGL.so.1", "libGL.so.1"), error))
    assert not decision.qt
    assert not decision.window
    assert "sudo apt install libegl1 libgl1\n" in decision.message
    assert "libEGL.so.1" in decision.message


@pytest.mark.parametrize(("environment", "window"), [(X, False), (WAYLAND, True), (XWAYLAND, True)])
def test_missing_library_of_x_only_matters_on_x(environment: dict[str, str], window: bool) -> None:
    from check_qt import Finding, decide

    decision = decide("linux", environment, Finding(("libxcb-cursor.so.0",)))
    assert decision.qt
    assert decision.window is window
    assert ("sudo apt install libxcb-cursor0\n" in decision.message) is not window


def test_qt_s_own_words_are_passed_on() -> None:
    from check_qt import Finding, decide

    assert "libodd.so.3" in decide("linux", X, Finding(import_error="libodd.so.3: cannot open")).message
    assert not decide("linux", X, Finding(import_error="libodd.so.3: cannot open")).qt
    refused = decide("linux", X, Finding(start_error="could not connect to display :0"))
    assert (refused.qt, refused.window) == (True, False)
    assert "could not connect to display :0" in refused.message


def fake_interpreter(folder: Path, body: str) -> Path:
    """A program in the place of the interpreter that has Qt."""
    script = folder / "python"
    script.write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    script.chmod(0o755)
    return script


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the interpreter is a shell script")
def test_probe_reads_what_the_program_prints_and_how_it_ends(tmp_path: Path) -> None:
    from check_qt import Finding, probe

    found = json.dumps({"missing": ["libEGL.so.1"], "import_error": "no libEGL"})
    assert probe(fake_interpreter(tmp_path, f"echo '{found}'"), X) == Finding(("libEGL.so.1",), "no libEGL")

    fine = json.dumps({"missing": [], "import_error": ""})
    aborts = fake_interpreter(tmp_path, f"echo '{fine}'; echo 'no platform plugin' >&2; exit 134")
    assert probe(aborts, X) == Finding(start_error="no platform plugin")

    assert probe(fake_interpreter(tmp_path, "echo 'bad interpreter' >&2; exit 1"), X).import_error == "bad interpreter"


@pytest.mark.skipif(sys.platform == "win32", reason="the stand-in for the interpreter is a shell script")
def test_probe_starts_qt_only_where_it_could_be_seen(tmp_path: Path) -> None:
    from check_qt import probe

    fine = json.dumps({"missing": [], "import_error": ""})
    echo = fake_interpreter(tmp_path, f"echo '{fine}'; case \"$*\" in *--start*) echo started >&2; exit 1;; esac")
    assert probe(echo, X).start_error == "started"
    if sys.platform == "linux":
        assert probe(echo, OFFSCREEN).start_error == ""


def test_this_program_runs_by_itself(packaging_scripts: Path) -> None:
    done = subprocess.run(
        [sys.executable, packaging_scripts / "check_qt.py"], capture_output=True, text=True, check=True, timeout=60
    )
    found = json.loads(done.stdout)
    assert set(found) == {"missing", "import_error"}
    assert bool(found["import_error"]) or isinstance(found["missing"], list)
