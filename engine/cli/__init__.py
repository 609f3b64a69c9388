"""The command line: one file in this folder is one subcommand.

A command module defines ``NAME``, ``HELP``, ``add_arguments(parser)``, ``run(args, progress) -> dict`` (the JSON
object) and ``describe(result) -> str`` (what a person reads). With ``--json`` the object is the only thing on
standard output; progress and messages go to standard error. Exit statuses stand with the error classes in
``engine.errors``.
"""

from __future__ import annotations

COMMANDS = ("inspect", "devices", "profile", "optimize", "compare", "sensitivity", "sweep", "report", "demo")
"""The module of each subcommand, in the order of the help. A table, so that looking one up imports nothing."""
