"""The entry point: subcommands and help never touch Qt."""

from __future__ import annotations

import subprocess
import sys

import pytest

WITHOUT_QT = "import sys; sys.modules['PySide6'] = None; from gui.__main__ import main; raise SystemExit(main())"


def run(*words: str, code: str = WITHOUT_QT) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code, *words], capture_output=True, text=True, timeout=60, check=False)


@pytest.mark.parametrize("words", [("--help",), ("--version",), ("inspect", "--help")])
def test_no_window_is_needed(words: tuple[str, ...]) -> None:
    done = run(*words)
    assert done.returncode == 0, done.stderr
    assert "lathe" in done.stdout


def test_wrong_usage_says_so() -> None:
    done = run("--unknown")
    assert done.returncode == 2
    assert "--unknown" in done.stderr


def test_a_mistyped_command_is_no_model() -> None:
    done = run("optimise")
    assert done.returncode == 2
    assert "optimise" in done.stderr


def test_an_early_interrupt_ends_with_130() -> None:
    code = (
        "import sys, gui.__main__ as m\n"
        "class Stop:\n"
        "    def find_spec(self, name, *_):\n"
        "        if name == 'engine.cli.main': raise KeyboardInterrupt\n"
        "sys.meta_path.insert(0, Stop())\n"
        "raise SystemExit(m.main())"
    )
    done = run("inspect", "model.onnx", code=code)
    assert (done.returncode, done.stderr) == (130, "lathe: stopped\n")


def test_missing_qt_is_a_message() -> None:
    done = run("model.onnx")
    assert done.returncode == 4
    assert "pip install" in done.stderr
    assert "Traceback" not in done.stderr


def test_missing_library_names_it_and_the_apt_line() -> None:
    code = (
        "from gui.__main__ import _no_qt; "
        "_no_qt(ImportError('libEGL.so.1: cannot open shared object file: No such file or directory'))"
    )
    done = run(code=code)
    assert "libEGL.so.1 is missing" in done.stderr
    assert "apt-get install" in done.stderr


def test_importing_the_window_does_not_import_what_is_slow() -> None:
    code = (
        "import sys, gui.app; print([m for m in ('pyqtgraph', 'onnx_ir', 'onnx', 'onnxruntime') if m in sys.modules])"
    )
    done = run(code=code)
    assert done.stdout.strip() == "[]", done.stderr
