"""How far the outputs of changed models are from those of the original, for many of them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from engine.backend import Array, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.pruning.walk import Held, Walk

if TYPE_CHECKING:
    import onnx_ir as ir

AT_ONCE = 8


def errors_of(
    model: ir.Model, others: Iterable[ir.Model], runtime: Runtime, samples: Samples, progress: Progress
) -> list[float]:
    """The squared error of the outputs of other models in parts of the variance of this one's, on all samples."""
    outputs = tuple(value.name or "" for value in model.graph.outputs)
    found, waiting = list[float](), list[SessionRequest]()
    with Handover() as handover:
        walk = Walk(model, runtime, samples, handover, progress)
        original = walk.request(model)

        def measure() -> None:
            found.extend(
                runtime.host.call(
                    _measure,
                    runtime.backend.open,
                    original,
                    tuple(waiting),
                    walk.fed,
                    outputs,
                    progress=progress,
                )
            )
            waiting.clear()

        for other in others:
            waiting.append(walk.request(other))
            if len(waiting) == AT_ONCE:
                measure()
        if waiting:
            measure()
    return found


def _measure(
    open_session: Callable[[SessionRequest], Session],
    original: SessionRequest,
    cut_models: Sequence[SessionRequest],
    fed: Held,
    outputs: Sequence[str],
    *,
    progress: Progress,
) -> list[float]:
    """The child's part."""
    session = open_session(original)
    reference = [session.run(feeds, outputs) for feeds in fed.batches(fed.names)]
    found = []
    for request in cut_models:
        session = open_session(request)
        progress.check()
        wrong, power = np.zeros(len(outputs)), np.zeros(len(outputs))
        for feeds, wanted in zip(fed.batches(fed.names), reference, strict=True):
            for number, (got, true) in enumerate(zip(session.run(feeds, outputs), wanted, strict=True)):
                if true.dtype.kind == "f":
                    wrong[number] += _square(got - true)
                    power[number] += _square(true - true.mean())
        found.append(float(np.max(wrong / np.maximum(power, np.finfo(np.float64).tiny))))
    return found


def _square(array: Array) -> float:
    return float(np.sum(np.square(array, dtype=np.float64)))
