"""A small residual network with data on which its channels are correlated, run in this process."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
import onnx_ir as ir
import onnxruntime
from numpy.typing import NDArray
from onnx import numpy_helper, parser

from engine.backend import Feeds, RunSettings, Runtime, TargetFacts
from engine.backends import backend_of
from engine.graph.inference import infer
from engine.progress import Progress
from engine.pruning.context import Context

FACTS = TargetFacts("elsewhere", np.dtype(np.uint8), frozenset(), False, 8, "")
_TEXT = """<ir_version: 8, opset_import: ["" : 17]> g (float[n, 8, 6, 6] x) => (float[n, 5] logits) {
    [stem] a = Conv <pads = [1, 1, 1, 1]> (x, w0, b0)
    [act] r = Relu(a)
    [inner] b = Conv <pads = [1, 1, 1, 1]> (r, w1)
    [act_inner] c = Relu(b)
    [back] d = Conv (c, w2, b2)
    [join] e = Add(r, d)
    [act_join] f = Relu(e)
    [wide] h = Conv (f, w3, b3)
    [deep] i = Conv <group = 32, pads = [1, 1, 1, 1]> (h, w4)
    [act_deep] k = Clip(i, low, high)
    [narrow] m = Conv (k, w5)
    [pool] p = GlobalAveragePool(m)
    [flat] q = Flatten(p)
    [product] s = MatMul(q, w6)
    [head] logits = Add(s, b6)
}"""


def network() -> ir.Model:
    rng = np.random.default_rng(3)
    base = {name: rng.normal(size=(6, n)) for name, n in (("w0", 8 * 9), ("w1", 16 * 9), ("w3", 16))}
    arrays: dict[str, Any] = {
        "w0": _mixed(rng, 16, base["w0"]).reshape(16, 8, 3, 3) * 0.15,
        "b0": rng.normal(size=16) * 0.1,
        "w1": _mixed(rng, 16, base["w1"]).reshape(16, 16, 3, 3) * 0.1,
        "w2": rng.normal(size=(16, 16, 1, 1)) * 0.3,
        "b2": rng.normal(size=16) * 0.1,
        "w3": _mixed(rng, 32, base["w3"]).reshape(32, 16, 1, 1) * 0.3,
        "b3": rng.normal(size=32) * 0.1,
        "w4": rng.normal(size=(32, 1, 3, 3)) * 0.4,
        "w5": rng.normal(size=(8, 32, 1, 1)) * 0.3,
        "w6": rng.normal(size=(8, 5)),
        "b6": np.zeros(5),
        "low": np.float32(0),
        "high": np.float32(6),
    }
    proto = parser.parse_model(_TEXT)
    proto.graph.initializer.extend(
        numpy_helper.from_array(np.asarray(array, np.float32), name) for name, array in arrays.items()
    )
    model = ir.from_proto(proto)
    infer(model, forget=False)
    return model


def _mixed(rng: np.random.Generator, rows: int, base: NDArray[np.float64]) -> NDArray[np.float64]:
    """Rows that are nearly mixtures of a few: others can make up for most of them."""
    found: NDArray[np.float64] = rng.normal(size=(rows, len(base))) @ base + 0.2 * rng.normal(
        size=(rows, base.shape[1])
    )
    return found


@dataclass(frozen=True)
class Rows:
    kind: Literal["data", "synthetic"] = "data"
    seed: int = 1
    fingerprint: str = "rows"
    labels: None = None
    group: int | None = None

    def __len__(self) -> int:
        return 32

    def batches(self, size: int) -> Iterator[Feeds]:
        rng = np.random.default_rng(self.seed)
        for _ in range(len(self) // size):
            yield {"x": rng.normal(size=(size, 8, 6, 6)).astype(np.float32)}


class Here:
    """A host without a process of its own."""

    def call(self, function: Callable[..., Any], *args: Any, progress: Progress) -> Any:
        return function(*args, progress=progress)


RUNTIME = Runtime(backend_of("cpu"), RunSettings(threads=1), Here())


def context(samples: Rows | None = None, facts: TargetFacts = FACTS) -> Context:
    return Context(None, facts, RUNTIME, samples or Rows(), Progress())


def run(model: ir.Model, samples: Rows | None = None, *names: str) -> list[NDArray[Any]]:
    """What the model gives for all samples, or values on the way."""
    from engine.quantization.calibrate import expose

    exposed = expose(model, names) if names else model
    session = onnxruntime.InferenceSession(ir.to_proto(exposed).SerializeToString(), providers=["CPUExecutionProvider"])
    found = [session.run(list(names) or None, dict(feeds)) for feeds in (samples or Rows(seed=2)).batches(8)]
    return [np.concatenate(arrays) for arrays in zip(*found, strict=True)]


def distance(model: ir.Model, other: ir.Model, samples: Rows | None = None) -> float:
    """Squared error of the outputs in parts of their variance, on samples that nobody calibrated on unless given."""
    (a,), (b,) = run(model, samples), run(other, samples)
    return float(np.sum((a - b) ** 2) / np.sum((a - a.mean()) ** 2))
