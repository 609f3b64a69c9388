"""A whole profile the way a GPU's goes, on the processor: values bound to a device, kernels waited for, a graph that
cannot be saved."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from engine.backend import RunSettings, Runtime, Session, SessionRequest
from engine.backends import onnxruntime_tensorrt
from engine.data.synthetic import synthetic
from engine.profiling.child import Child
from engine.profiling.measure import profile
from engine.profiling.onnxruntime import nvidia
from engine.profiling.onnxruntime.binding import Memory
from engine.profiling.onnxruntime.session import Setup
from engine.progress import Progress
from tests.engine.profiling.helpers import floats, parsed

AZURE = "AzureExecutionProvider"
"""In every build, and takes nothing that these models have: all of it falls back to the processor."""


def open_as_on_a_gpu(request: SessionRequest) -> Session:
    notes = {"host": ("launches",), "waited": ("one kernel",)}
    setup = Setup(providers=((AZURE, {}),), memory=Memory("cpu"), compiles=True, notes=notes)
    return nvidia.open_session(request, setup, "yes")


def test_a_profile_with_phases_a_process_apart_and_a_graph_put_together() -> None:
    model = parsed(
        '<ir_version: 8, opset_import: ["" : 17]>'
        "g (float[64,64] x) => (float[64,64] y) {"
        "[first] p = MatMul(x, u) [second] q = Erf(p) [third] y = MatMul(q, u) }",
        {"u": floats(64, 64)},
    )
    backend = replace(onnxruntime_tensorrt.BACKEND, open=open_as_on_a_gpu, provider=AZURE)
    settings = RunSettings(device="tensorrt:0", threads=1, runs=20, warmup=2)
    with Child() as host:
        found = profile(model, Runtime(backend, settings, host), synthetic(model, settings, 1), Progress())
    assert found.transfers is not None
    assert min(found.transfers.copy_in_us, found.transfers.compute_us, found.transfers.copy_out_us) > 0
    assert {layer.id: layer.state for layer in found.layers} == dict.fromkeys(("first", "second", "third"), "timed")
    assert np.isclose(found.attributed_share, 1.0)
    assert all(kernel.fallback for kernel in found.kernels)
    assert any("waited for each kernel" in note for note in found.notes)
