"""Parses the command line, runs one subcommand and turns its outcome into output and an exit status."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
import threading
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from types import FrameType
from typing import Any, Protocol, cast

from engine import __version__
from engine.cli import COMMANDS
from engine.errors import Cancelled, EngineError
from engine.progress import Progress, Tick

INTERRUPTED = 130
BUG = 1


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
        return _fail(f"lathe {args.command}: {error}", error.exit_status, args)
    except (Cancelled, KeyboardInterrupt):
        return _fail(f"lathe {args.command}: stopped", INTERRUPTED, args)
    except Exception:
        traceback.print_exc()
        return _fail(f"lathe {args.command}: this is a bug in Lathe; the lines above say where", BUG, args)
    status = int(result.pop("exit_status", 0))
    print(json.dumps(result, allow_nan=False) if args.json else command.describe(result))
    return status


def _needed(argv: Sequence[str]) -> dict[str, Command]:
    """Only the module of the command that is asked for, all of them for the help: importing them costs time."""
    named = [word for word in argv[:1] if word in COMMANDS]
    return {name: cast(Command, importlib.import_module(f"engine.cli.{name}")) for name in named or COMMANDS}


def _parser(commands: dict[str, Command]) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="lathe",
        description="Profile, quantize, prune and export neural networks. `lathe MODEL` opens the window.",
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"lathe {__version__}")
    subparsers = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    for name, command in commands.items():
        sub = subparsers.add_parser(name, help=command.HELP, description=command.HELP, allow_abbrev=False)
        command.add_arguments(sub)
        sub.add_argument("--json", action="store_true", help="print one JSON object and nothing else")
        sub.add_argument("--quiet", action="store_true", help="no progress on standard error")
    return parser


def _fail(message: str, status: int, args: argparse.Namespace) -> int:
    print(message, file=sys.stderr)
    return status


@contextmanager
def _interrupt(progress: Progress) -> Iterator[None]:
    """Ctrl+C and a polite kill cancel the work, so that children are ended and temporary files removed."""

    def cancel(_signal: int, _frame: FrameType | None) -> None:
        progress.cancel()

    if threading.current_thread() is not threading.main_thread():
        yield
        return
    before = {number: signal.signal(number, cancel) for number in (signal.SIGINT, signal.SIGTERM)}
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
        print(f"\r\x1b[K{text}" if terminal else text, end="" if terminal else "\n", file=sys.stderr, flush=True)
        last = tick
    if terminal and last != Tick():
        print("\r\x1b[K", end="", file=sys.stderr, flush=True)
