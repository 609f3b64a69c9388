"""The process that opens and inspects damaged models, under limits of memory and time.

Its input is one seed in each line; for each it says, in one line of JSON, what came of it. A seed that kills it, or
that takes too long, is the last that it said it had begun.
"""

from __future__ import annotations

import argparse
import faulthandler
import json
import resource
import sys
import tempfile
import time
import traceback
import warnings
from pathlib import Path
from typing import Any

from engine.errors import EngineError
from engine.progress import Progress
from tests.fuzz.mutate import damaged

MEMORY_BYTES = 4 << 30
MOST_KIB = 1_000_000
STUCK_S = 8.0


def look(path: Path) -> str:
    """Do with a file what opening it in the window and ``lathe inspect`` do; the message where it is refused."""
    from engine.cli import inspect
    from engine.formats import open_source
    from engine.graph.clean import clean
    from engine.graph.structure import unsound

    parser = argparse.ArgumentParser()
    inspect.add_arguments(parser)
    try:
        result = inspect.run(parser.parse_args([str(path)]), Progress())
        inspect.describe(result)
        json.dumps(result, allow_nan=False)
        source = open_source(path, Progress())
        if unsound(source.model) is None:
            clean(source.model)
    except EngineError as error:
        if error.exit_status != 3 or not error.what:
            raise AssertionError(f"exit status {error.exit_status}: {error}") from error
        return error.what
    return ""


def main() -> None:
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    faulthandler.enable()
    warnings.simplefilter("ignore")
    sources = [Path(name).read_bytes() for name in sys.argv[1:]]
    replies, sys.stdout = sys.stdout, sys.stderr
    with tempfile.TemporaryDirectory(prefix="lathe-fuzz-") as folder:
        path = Path(folder) / "model.onnx"
        for line in sys.stdin:
            seed = line.strip()
            path.write_bytes(damaged(sources, seed))
            print(json.dumps({"begun": seed}), file=replies, flush=True)
            faulthandler.dump_traceback_later(STUCK_S)
            outcome = _outcome(path)
            faulthandler.cancel_dump_traceback_later()
            print(json.dumps({"seed": seed, **outcome}), file=replies, flush=True)


def _outcome(path: Path) -> dict[str, Any]:
    began, before = time.perf_counter(), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    try:
        outcome: dict[str, Any] = {"message": look(path)}
    except BaseException:
        outcome = {"traceback": traceback.format_exc()}
    grown = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before
    if grown > MOST_KIB:
        outcome["memory_kib"] = grown
    return {**outcome, "seconds": round(time.perf_counter() - began, 3)}


if __name__ == "__main__":
    main()
