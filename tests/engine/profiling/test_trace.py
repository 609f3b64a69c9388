from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.backend import RunSettings, Runtime
from engine.backends import backend_of
from engine.data.synthetic import synthetic
from engine.errors import UsageError
from engine.profiling.child import Child
from engine.profiling.measure import profile_with_timeline
from engine.profiling.trace import write_trace
from engine.progress import Progress
from tests.engine.profiling.helpers import floats, parsed


def test_a_trace_has_every_kernel_of_one_run_with_its_layers(tmp_path: Path) -> None:
    model = parsed(
        '<ir_version: 8, opset_import: ["" : 17]> g (float[4,64] x) => (float[4,64] y) '
        "{ [product] a = MatMul(x, w) [bias] b = Add(a, v) [sin] y = Sin(b) }",
        {"w": floats(64, 64), "v": floats(64)},
    )
    settings = RunSettings(threads=1, runs=5)
    with Child() as child:
        profile, timeline = profile_with_timeline(
            model, Runtime(backend_of("cpu"), settings, child), synthetic(model, settings, 1), Progress()
        )
    write_trace(tmp_path / "t.json", timeline, profile)
    trace = json.loads((tmp_path / "t.json").read_text())
    kernels = [event for event in trace["traceEvents"] if event["ph"] == "X"]
    assert [event["args"]["layers"] for event in kernels] == [["product", "bias"], ["sin"]]
    assert [event["args"]["lead"] for event in kernels] == ["product", "sin"]
    assert kernels[0]["ts"] == 0
    assert kernels[1]["ts"] >= kernels[0]["dur"]
    with pytest.raises(UsageError, match="does not exist"):
        write_trace(tmp_path / "missing" / "t.json", timeline, profile)
