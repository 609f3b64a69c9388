"""ONNX Runtime called directly, without any of Lathe's code: what Lathe's own figures are held against.

``python direct.py MODEL FEEDS.npz [--profiled]`` prints one line of JSON: the median milliseconds of a run, over blocks
of 60 ms with pauses between them, after half a second that does not count. With ``--profiled`` blocks of a second
session, with ONNX Runtime's profiler on, alternate with those, and their median stands beside it.
"""

from __future__ import annotations

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Mapping

import numpy as np
import onnxruntime as ort

BLOCK_S, PAUSE_S, WARM_S, MEASURE_S = 0.06, 0.08, 0.5, 2.0
MOST_PROFILED = 2000
"""Runs; the profiler ends by itself after 1,000,000 events."""


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("model")
    parser.add_argument("feeds")
    parser.add_argument("--profiled", action="store_true")
    args = parser.parse_args()
    with np.load(args.feeds) as stored, tempfile.TemporaryDirectory() as folder:
        feeds = dict(stored)
        sessions = {"median_ms": ort.InferenceSession(args.model, providers=["CPUExecutionProvider"])}
        if args.profiled:
            options = ort.SessionOptions()
            options.enable_profiling = True
            options.profile_file_prefix = f"{folder}/trace"
            sessions["profiled_ms"] = ort.InferenceSession(args.model, options, providers=["CPUExecutionProvider"])
        warm_s = WARM_S / len(sessions)
        run_s = {key: statistics.median(_block(session, feeds, warm_s, 200)) for key, session in sessions.items()}
        found: dict[str, list[float]] = {key: [] for key in sessions}
        end = time.perf_counter() + MEASURE_S * len(sessions)
        most = MOST_PROFILED // 10 if args.profiled else 10**9
        while time.perf_counter() < end or len(found["median_ms"]) < 3:
            for key, session in sessions.items():
                time.sleep(PAUSE_S)
                times = _block(session, feeds, max(BLOCK_S, 2 * run_s[key]), most)
                found[key] += times[len(times) // 10 :] if len(times) > 1 else times
            if args.profiled and len(found["profiled_ms"]) > MOST_PROFILED:
                break
    print(json.dumps({key: statistics.median(times) * 1e3 for key, times in found.items()}))


def _block(session: ort.InferenceSession, feeds: Mapping[str, np.ndarray], seconds: float, most: int) -> list[float]:
    times: list[float] = []
    end = time.perf_counter() + seconds
    while (not times or time.perf_counter() < end) and len(times) < most:
        begin = time.perf_counter()
        session.run(None, feeds)
        times.append(time.perf_counter() - begin)
    return times


if __name__ == "__main__":
    main()
