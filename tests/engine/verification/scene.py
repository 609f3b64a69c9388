"""A small residual network that tells classes apart, quantized in this process."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime
from onnx import numpy_helper

from engine.backend import RunSettings, Runtime, TargetFacts
from engine.backends import backend_of
from engine.backends.onnxruntime_cpu import INTEGER_OPS
from engine.data.arrays import open_arrays
from engine.data.samples import Samples
from engine.graph.inference import infer
from engine.graph.shapes import inputs
from engine.progress import Progress
from engine.quantization.calibrate import RangeCache
from engine.recipe import Recipe, Rule
from engine.verification.prepared import Prepared, prepare

FACTS = TargetFacts("cpu", np.dtype(np.uint8), INTEGER_OPS, False, 16, "")
_TEXT = """<ir_version: 8, opset_import: ["" : 17]> g (float[n, 8, 6, 6] x) => (float[n, 5] logits) {
    [stem] a = Conv <pads = [1, 1, 1, 1]> (x, w0, b0)
    [act] r = Relu(a)
    [left] b = Conv <pads = [1, 1, 1, 1]> (r, w1, b0)
    [act_left] c = Relu(b)
    [right] d = Conv (c, w2, b0)
    [join] e = Add(d, r)
    [last] f = Conv (e, w2, b0)
    [act_last] h = Relu(f)
    [pool] p = GlobalAveragePool(h)
    [flat] q = Flatten(p)
    [head] logits = Gemm <transB = 1> (q, w3, b1)
}"""


class Here:
    """A host without a process of its own."""

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


@dataclass
class Scene:
    """A float model, its samples with the classes that it gives them, and where it runs."""

    model: ir.Model
    samples: Samples
    runtime: Runtime

    def prepared(self, *rules: Rule, pruned: bool = False) -> Prepared:
        recipe = Recipe(rules=rules or (Rule("quantization", "int8_static"),))
        return prepare(
            self.model, recipe, self.samples, FACTS, self.runtime, Progress(), ranges=RangeCache(), pruned=pruned
        )


def build(folder: Path) -> Scene:
    """Labels are the classes that the float model itself gives."""
    random = np.random.default_rng(3)
    weights = {
        "w0": random.normal(size=(8, 8, 3, 3)) * 0.2,
        "w1": random.normal(size=(8, 8, 3, 3)) * 0.2,
        "w2": random.normal(size=(8, 8, 1, 1)) * 0.4,
        "w3": random.normal(size=(5, 8)),
        "b0": random.normal(size=8) * 0.1,
        "b1": np.zeros(5),
    }
    proto = onnx.parser.parse_model(_TEXT)
    proto.graph.initializer.extend(numpy_helper.from_array(w.astype(np.float32), name) for name, w in weights.items())
    model = ir.from_proto(proto)
    infer(model, forget=False)
    x = random.normal(size=(24, 8, 6, 6)).astype(np.float32)
    runtime = Runtime(backend_of("cpu"), RunSettings(threads=2), Here())
    session = onnxruntime.InferenceSession(proto.SerializeToString(), providers=["CPUExecutionProvider"])
    labels = session.run(None, {"x": x})[0].argmax(axis=1)
    np.savez(folder / "s.npz", x=x, labels=labels)
    return Scene(model, open_arrays(folder / "s.npz", inputs(model), samples=None, seed=0), runtime)
