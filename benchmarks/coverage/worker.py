"""The process that does the work for the table: one line of JSON in, one out, for each model.

Models are inspected in this process, as in the window. What profiles them is the product's own child, which stays warm
from one model to the next.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
import traceback
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from engine.backend import Runtime
from engine.errors import EngineError
from engine.profiling.child import Child
from engine.progress import Progress

BRIEF = ("--runs", "2", "--warmup", "0", "--threads", "1")


def inspected(path: Path) -> str:
    from engine.cli import inspect

    parser = argparse.ArgumentParser()
    inspect.add_arguments(parser)
    result = inspect.run(parser.parse_args([str(path)]), Progress())
    inspect.describe(result)
    json.dumps(result, allow_nan=False)
    model = result["model"]
    return "" if model["runs"] else str(model["reason"])


def profiled(path: Path, data: str | None, host: Child) -> str:
    from engine.backends import backend_of
    from engine.cli import profile
    from engine.cli.arguments import dataset_of, run_settings
    from engine.formats import open_source
    from engine.profiling.measure import profile_with_timeline

    parser = argparse.ArgumentParser()
    profile.add_arguments(parser)
    given = [] if data is None else ["--data", data, "--samples", "1"]
    args = parser.parse_args([str(path), *BRIEF, *given])
    settings, progress = run_settings(args), Progress()
    model = open_source(path, progress).model
    samples = dataset_of(args, model, settings, progress, timed_batch=settings.batch).evaluation
    profile_with_timeline(model, Runtime(backend_of(settings.device), settings, host), samples, progress)
    return ""


def attempt(work: Callable[[], str]) -> dict[str, Any]:
    """``ok`` with a remark, ``message`` where it was refused properly, ``traceback`` where Lathe has a bug."""
    began = time.perf_counter()
    try:
        outcome: dict[str, Any] = {"ok": work()}
    except EngineError as error:
        outcome = {"message": str(error), "status": error.exit_status}
    except BaseException:
        outcome = {"traceback": traceback.format_exc()}
    return {**outcome, "seconds": round(time.perf_counter() - began, 3)}


def main() -> None:
    replies, sys.stdout = sys.stdout, sys.stderr
    with Child() as host:
        for line in sys.stdin:
            asked = json.loads(line)
            path, data = Path(asked["path"]), asked["data"]
            work = partial(inspected, path) if asked["step"] == "inspect" else partial(profiled, path, data, host)
            found = attempt(work)
            print(json.dumps(found), file=replies, flush=True)


if __name__ == "__main__":
    main()
