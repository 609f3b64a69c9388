"""``python -m engine.cli``: the command line without the window."""

from __future__ import annotations

import multiprocessing
import sys

from engine.cli.main import program

if __name__ == "__main__":
    multiprocessing.freeze_support()
    sys.exit(program(sys.argv[1:]))
