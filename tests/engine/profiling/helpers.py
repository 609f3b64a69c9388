"""Profiled sessions for the tests of this folder, without the child."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import onnx_ir as ir

from engine.backend import Feeds, RunSettings, SessionRequest, Trace
from engine.backends import backend_of
from engine.graph.layers import LayerIndex, index_layers
from engine.graph.shapes import bind
from engine.profiling.attribution import Attribution, Owner, attribute
from engine.profiling.handover import Handover
from engine.profiling.selftime import kernel_runs
from engine.profiling.tagging import tagged

RUNS = 6


@dataclass(frozen=True)
class Profiled:
    """A few profiled runs of a model and what attribution makes of them."""

    model: ir.Model
    index: LayerIndex
    trace: Trace
    attribution: Attribution

    @property
    def states(self) -> dict[str, tuple[str, str | None]]:
        names = {(kernel.body_of, kernel.name) for kernel in kernel_runs(self.trace, range(len(self.trace.runs)))}
        return dict(self.attribution.states([(node.body_of, node.name) in names for node in self.attribution.executed]))

    def kernels(self, op: str = "") -> list[Owner]:
        return [
            owner
            for owner, node in zip(self.attribution.owners, self.attribution.executed, strict=True)
            if not op or node.op == op
        ]

    def kernel_of(self, layer_id: str) -> str:
        """The op of the kernel that does a layer's work."""
        return self.attribution.executed[self.attribution.claims[layer_id]].op


def parsed(text: str, arrays: Mapping[str, np.ndarray] | None = None) -> ir.Model:
    """A model from ONNX's text form, with further initializers."""
    proto = onnx.parser.parse_model(text)
    proto.graph.initializer.extend(onnx.numpy_helper.from_array(array, name) for name, array in (arrays or {}).items())
    onnx.checker.check_model(proto, full_check=True)
    return ir.from_proto(proto)


def run_profiled(
    model: ir.Model,
    feeds: Feeds,
    shapes: Mapping[str, tuple[int, ...]] | None = None,
    copy_to: Path | None = None,
    device: str = "cpu",
) -> Profiled:
    """Run the tagged copy in this process; the runtime's files are moved to ``copy_to``."""
    bound = bind(model, dict(shapes or {}), 1, strict=False)
    with Handover() as handover:
        copy = tagged(model)
        request = SessionRequest(
            handover.write(copy, "tagged.onnx"),
            RunSettings(device=device),
            handover.weights(copy),
            profile=True,
            scratch=handover.scratch("scratch"),
        )
        session = backend_of(device).open(request)
        for _ in range(RUNS):
            session.run(feeds)
        trace = session.finish_trace()
        if copy_to is not None:
            for path in (request.model, *handover.path.glob("scratch/*")):
                (copy_to / path.name).write_bytes(path.read_bytes())
    index = index_layers(bound)
    return Profiled(bound, index, trace, attribute(bound, index, trace.executed, trace.constants))


def floats(*shape: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).standard_normal(shape).astype(np.float32)
