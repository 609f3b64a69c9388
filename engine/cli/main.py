"""Parses the command line, runs one subcommand and turns its outcome into output and an exit status."""

from __future__ import annotations

import argparse
import gc
import importlib
import io
import json
import os
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, cast

from engine.cli import COMMANDS
from engine.errors import Cancelled, CheckError, EngineError
from engine.graph.collection import collection_paused
from engine.progress import Progress, Tick

INTERRUPTED = 130
BUG = 1
_CONTROL = {code: f"\\x{code:02x}" for code in (*range(0x20), *range(0x7F, 0xA0)) if chr(code) not in "\n\t"}


class Command(Protocol):
    """What each module of a subcommand defines."""

    NAME: str
    HELP: str

    def add_arguments(self, parser: argparse.ArgumentParser) -> None: ...
    def run(self, args: argparse.Namespace, progress: Progress) -> dict[str, Any]: ...
    def describe(self, result: dict[str, Any]) -> str: ...


def main(argv: Sequence[str]) -> int:
    """Run one subcommand; returns the exit status."""
    commands = _needed(argv)
    parser = _parser(commands)
    try:
        args = parser.parse_args(argv)
    except SystemExit as stop:  # argparse has printed usage and reason
        return int(stop.code or 0)
    command = commands[args.command]
    progress = Progress()
    try:
        with _interrupt(progress), _shown(progress, quiet=args.quiet):
            result = command.run(args, progress)
    except EngineError as error:
        return _fail(f"lathe {args.command}: {error}", error.exit_status)
    except (Cancelled, KeyboardInterrupt):
        return _fail(f"lathe {args.command}: stopped", INTERRUPTED)
    except Exception:
        traceback.print_exc()
        return _fail(f"lathe {args.command}: this is a bug in Lathe; the lines above say where", BUG)
    status = int(result.pop("exit_status", 0))
    try:
        _put(json.dumps(result, allow_nan=False) if args.json else printable(command.describe(result)))
    except OSError as error:
        return _fail(f"lathe {args.command}: standard output: {error.strerror or error}", CheckError.exit_status)
    return status


def program(argv: Sequence[str]) -> int:
    """``main`` for a process that ends with it: what is left goes with the process, and no garbage is looked for."""
    status = main(argv)
    gc.freeze()
    return status


def printable(text: str) -> str:
    """Without what a terminal would obey: a file may name its layers as it likes."""
    return text.translate(_CONTROL)


def _put(text: str) -> None:
    """On standard output, whatever its encoding; a reader that has seen enough (``| head``) is no fault."""
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        print(text, flush=True)
    except OSError as error:
        # What is still in the buffer must not fail a second time at the end of the program.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            raise


class _Version(argparse.Action):
    """Asks for the commit only where somebody wants to know."""

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from engine.version import version

        print(f"lathe {version()}")
        parser.exit()


def _needed(argv: Sequence[str]) -> dict[str, Command]:
    """Only the module of the command that is asked for, all of them for the help: importing them costs time."""
    named = [word for word in argv[:1] if word in COMMANDS]
    with collection_paused():  # a fifth of the time that importing takes
        return {name: cast(Command, importlib.import_module(f"engine.cli.{name}")) for name in named or COMMANDS}


def _parser(commands: dict[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lathe",
        description="Profile, quantize, prune and export neural networks. `lathe MODEL` opens the window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action=_Version, nargs=0, help="print the version and the commit, and end")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        sub = subparsers.add_parser(name, help=command.HELP, description=command.HELP, allow_abbrev=False)
        command.add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return parser


def _fail(message: str, status: int) -> int:
    print(printable(message), file=sys.stderr)
    return status


@contextmanager
def _interrupt(progress: Progress) -> Iterator[None]:
    """Ctrl+C and a polite kill cancel the work, so that children are ended and temporary files removed.

    What was measured until then may still be printed; a second signal does not wait for that.
    """

    def cancel(_signal: int, _frame: FrameType | None) -> None:
        for number, handler in before.items():
            signal.signal(number, handler)
        progress.cancel()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    for number in before:
        signal.signal(number, cancel)
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


@contextmanager
def _shown(progress: Progress, *, quiet: bool) -> Iterator[None]:
    """Show the ticks on standard error: rewritten in place on a terminal, one line per step elsewhere."""
    if quiet:
        yield
        return
    done = threading.Event()
    thread = threading.Thread(target=_show, args=(progress, done), name="progress", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def _show(progress: Progress, done: threading.Event) -> None:
    terminal, last = sys.stderr.isatty(), Tick()
    while not done.wait(0.1):
        tick = progress.tick
        if tick == last or (not terminal and tick.label == last.label):
            continue
        text = f"{tick.label} {tick.done}/{tick.total}" if tick.total and terminal else tick.label
        text += f" ({tick.seconds} s)" if tick.seconds and terminal else ""
        print(f"\r\x1b[K{text}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
        last = tick
    if terminal and last != Tick():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
