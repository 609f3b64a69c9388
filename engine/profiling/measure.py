"""Measure one model: end to end with the profiler off, and kernel by kernel with it on.

Fresh pairs of sessions of the tagged copy, warmed up, run in alternating blocks inside the child
(``engine.profiling.sessions``). End-to-end figures come from the unprofiled sessions alone, kernel figures from the
profiled ones; how much slower those are stands beside them. Warm-up and the first tenth of each block count nowhere.

``kernel_sum_ms`` is the sum of the kernels' medians (see ``engine.profiling.selftime.kernel_sum_us``), of which shares
are parts. ``peak_memory_bytes`` is by how much the child's resident memory grew
from before the model was loaded to its highest until the model was warm, profiler off.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from engine.backend import RunSettings, Runtime, SessionRequest
from engine.data.samples import Samples
from engine.errors import Cancelled, DeviceError, EngineError
from engine.profiling.blocks import require_batch
from engine.profiling.fair import LatencyComparison, compare_latency
from engine.profiling.handover import Handover, apart
from engine.profiling.pace import Box, NotOpened
from engine.profiling.profile import Profile
from engine.profiling.raw import Raw, Timeline
from engine.profiling.sessions import Requests, measure_in_child
from engine.program import program_of
from engine.progress import Progress

__all__ = ["LatencyComparison", "Timeline", "compare_latency", "profile", "profile_with_timeline"]

if TYPE_CHECKING:
    import onnx_ir as ir

BOX = Box()


def profile(model: ir.Model, runtime: Runtime, samples: Samples, progress: Progress) -> Profile:
    """Measure the model as it is.

    Raises:
        DeviceError: the device cannot run it.
        RuntimeCrash: the runtime crashed or ran out of memory.
        UsageError: there are fewer samples than a batch needs.
        Cancelled: as the progress asked.

    Where a session was measured before any of these, the exception's ``partial`` is what ``profile_with_timeline``
    makes of it.
    """
    return profile_with_timeline(model, runtime, samples, progress)[0]


def profile_with_timeline(
    model: ir.Model, runtime: Runtime, samples: Samples, progress: Progress
) -> tuple[Profile, Timeline]:
    """As ``profile``, with one run in detail."""
    from engine.profiling.assemble import assemble, subject

    require_batch(samples, runtime.settings.batch)
    progress.step("preparing")
    known = subject(model, runtime.settings, progress)
    progress.keep(None)
    try:
        return assemble(known, runtime, samples, _measure(model, runtime, samples, progress), progress)
    except (EngineError, Cancelled) as error:
        kept = progress.kept
        if isinstance(kept, Raw):
            kept = replace(kept, stopped=_why(error, kept))
            error.partial = assemble(known, runtime, samples, kept, Progress())
        raise


def _measure(model: ir.Model, runtime: Runtime, samples: Samples, progress: Progress) -> Raw:
    from engine.profiling.tagging import tagged, untagger

    settings = runtime.settings
    with Handover() as handover:
        copy = tagged(model)
        plain = SessionRequest(
            handover.write(copy, "model.onnx"), settings, handover.weights(copy), program=program_of(model)
        )
        profiled = replace(plain, profile=True, scratch=handover.scratch("profiled"))
        requests = Requests(
            starter=replace(plain, model=handover.write(_tiny_model(), "tiny.onnx"), weights=None),
            # Distinct names make a file run that does not run as it is.
            must_open=replace(plain, model=handover.write(model, "as_it_is.onnx")) if _tagging_mends(model) else None,
            plain=plain,
            profiled=profiled,
            probe=replace(profiled, scratch=handover.scratch("probe")) if _needs_probe(model) else None,
            kernels=2 * model.graph.num_nodes() + 16,
            apart=apart(model),
        )
        try:
            return runtime.host.call(measure_in_child, runtime.backend.open, requests, samples, BOX, progress=progress)
        except DeviceError as error:
            fed = not isinstance(error, NotOpened)
            way_out = error.way_out or (_values_to_give(model, settings, samples) if fed else "")
            raise DeviceError(untagger(model)(error.what), where=error.where, way_out=way_out) from None


def _why(error: Exception, kept: Raw) -> str:
    what = "cancelled" if isinstance(error, Cancelled) else str(getattr(error, "what", error))
    done = len(kept.sessions)
    return f"{what}, after {done} of {kept.planned} session{'s' if kept.planned > 1 else ''}"


def _needs_probe(model: ir.Model) -> bool:
    """Where nodes may run any number of times, or not at all, or be graphs of their own."""
    return any(node.graph is not model.graph or node.domain != "" for graph in model.graphs() for node in graph)


def _tagging_mends(model: ir.Model) -> bool:
    return any(
        len(names) != len(set(names))
        for names in ([node.name for node in graph if node.name] for graph in model.graphs())
    )


def _values_to_give(model: ir.Model, settings: RunSettings, samples: Samples) -> str:
    """The way out where small inputs, a sample rate for example, had made-up values that a model may not take."""
    names = [
        value.name
        for value in model.graph.inputs
        if value.name and value.name not in settings.inputs and value.name not in model.graph.initializers
        if value.shape is not None and len(value.shape) <= 1 and value.dtype is not None
        if not value.dtype.is_floating_point()
    ]
    if samples.kind != "synthetic" or not names:
        return ""
    return (
        f"The value of {', '.join(names)} was made up, and the model may not take it: "
        f"give it with --input {names[0]}=VALUE."
    )


def _tiny_model() -> ir.Model:
    import onnx_ir as ir

    value = ir.Value(name="x", shape=ir.Shape([1]), type=ir.TensorType(ir.DataType.FLOAT))
    node = ir.node("Abs", [value])
    node.outputs[0].name, node.outputs[0].shape, node.outputs[0].type = "y", value.shape, value.type
    graph = ir.Graph([value], node.outputs, nodes=[node], opset_imports={"": 13}, name="tiny")
    return ir.Model(graph, ir_version=8)
