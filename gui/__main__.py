"""``lathe MODEL`` opens the window; a subcommand goes to the command line without touching Qt."""

from __future__ import annotations

import multiprocessing
import os
import sys
from collections.abc import Sequence
from pathlib import Path

USAGE = """usage: lathe [MODEL | SESSION.lathe]    open the window
       lathe COMMAND ...    work without it; lathe COMMAND --help says more
       lathe --picture OUT.png [MODEL]    open the window, take its picture, close it

commands: {commands}
"""
APT_LINE = (
    "sudo apt-get install libegl1 libgl1 libxkbcommon0 libxkbcommon-x11-0 libdbus-1-3 libfontconfig1 "
    "libxcb-cursor0 libxcb-icccm4 libxcb-keysyms1 libxcb-shape0"
)
NO_WINDOW = 4
INTERRUPTED = 130


def main(argv: Sequence[str] | None = None) -> int:
    try:
        return _main(argv)
    except KeyboardInterrupt:  # before the work has its own way to stop
        print("lathe: stopped", file=sys.stderr)
        return INTERRUPTED


def _main(argv: Sequence[str] | None) -> int:
    multiprocessing.freeze_support()
    from engine.profiling.child import serve_if_asked

    serve_if_asked()
    words = list(sys.argv[1:] if argv is None else argv)
    from engine.cli import COMMANDS

    if words and words[0] in COMMANDS:
        from engine.cli.main import program as run_command

        return run_command(words)
    if words and words[0] in ("-h", "--help"):
        print(USAGE.format(commands=", ".join(COMMANDS)), end="")
        return 0
    if words and words[0] == "--version":
        from engine.version import version

        print(f"lathe {version()}")
        return 0
    if words and words[0] == "--picture" and len(words) in (2, 3):
        return open_window(Path(words[2]) if len(words) == 3 else None, Path(words[1]))
    if len(words) > 1 or (words and (words[0].startswith("-") or _is_no_file(words[0]))):
        print(USAGE.format(commands=", ".join(COMMANDS)), end="", file=sys.stderr)
        print(f"lathe: do not know what to do with {' '.join(words)!r}", file=sys.stderr)
        return 2
    return open_window(Path(words[0]) if words else None)


def _is_no_file(word: str) -> bool:
    """Whether it is rather a mistyped command than the name of a model."""
    path = Path(word)
    return path.name == word and not path.suffix and not path.exists()


def open_window(model: Path | None, picture: Path | None = None) -> int:
    """The window; where Qt cannot be loaded or there is no display, a message that says what is missing.

    With the name of a picture it closes again once that is taken.
    """
    try:
        import PySide6.QtWidgets  # noqa: F401
    except ImportError as error:
        return _no_qt(error)
    if not _has_display():
        print("lathe: there is no display to open a window on (neither DISPLAY nor WAYLAND_DISPLAY is set).\n"
              "Without a screen use the command line: lathe --help.", file=sys.stderr)  # fmt: skip
        return NO_WINDOW
    from gui.app import run

    return run(model, picture)


def _has_display() -> bool:
    if not sys.platform.startswith("linux"):
        return True
    return any(os.environ.get(name) for name in ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM"))


def _no_qt(error: ImportError) -> int:
    text = str(error)
    if isinstance(error, ModuleNotFoundError):
        print(f"lathe: the window needs PySide6 ({text}).\nInstall it with: pip install 'lathe[gui]'", file=sys.stderr)
    else:
        # As in "libEGL.so.1: cannot open shared object file: No such file or directory".
        library = text.partition(":")[0]
        print(f"lathe: Qt cannot be loaded because {library} is missing.\n{APT_LINE}\n({text})", file=sys.stderr)
    return NO_WINDOW


if __name__ == "__main__":
    sys.exit(main())
