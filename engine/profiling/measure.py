"""Measure one model: end to end with the profiler off, and kernel by kernel with it on.

Both sessions run the tagged copy in alternating blocks inside the child (``engine.profiling.blocks``), warmed up first.
End-to-end figures come from the unprofiled session alone, kernel figures from the profiled one; how much slower that is
stands beside them. All medians are over single runs, without warm-up and without the first tenth of each block.

``kernel_sum_ms`` is the sum of the kernels' medians (see ``engine.profiling.selftime.kernel_sum_us``), of which shares
are parts. ``peak_memory_bytes`` is by how much the child's resident memory grew
from before the model was loaded to its highest until the model was warm, profiler off.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from engine.backend import RunSettings, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.errors import DeviceError
from engine.profiling.blocks import MAX_ROUNDS, WARM_RUNS, Plan, Runner, alternate, require_batch, take_feeds
from engine.profiling.fair import LatencyComparison, compare_latency
from engine.profiling.handover import Handover
from engine.profiling.machine import PeakMemory, foreign_cores, moment
from engine.profiling.profile import Profile
from engine.profiling.raw import Raw, Timeline
from engine.profiling.selftime import kernel_runs, sums_us
from engine.progress import Progress

__all__ = ["LatencyComparison", "Timeline", "compare_latency", "profile", "profile_with_timeline"]

if TYPE_CHECKING:
    import onnx_ir as ir

Open = Callable[[SessionRequest], Session]

EVENTS = 60_000
"""Kernel events of one profiled session that are aimed at; ONNX Runtime stops at 1,000,000, and they must be read."""


def profile(model: ir.Model, runtime: Runtime, samples: Samples, progress: Progress) -> Profile:
    """Measure the model as it is.

    Raises:
        DeviceError: the device cannot run it.
        RuntimeCrash: the runtime crashed or ran out of memory.
        UsageError: there are fewer samples than a batch needs.
    """
    return profile_with_timeline(model, runtime, samples, progress)[0]


def profile_with_timeline(
    model: ir.Model, runtime: Runtime, samples: Samples, progress: Progress
) -> tuple[Profile, Timeline]:
    """As ``profile``, with one run in detail."""
    from engine.profiling.assemble import assemble
    from engine.profiling.tagging import tagged, untagger

    settings = runtime.settings
    require_batch(samples, settings.batch)
    progress.step("preparing")
    with Handover() as handover:
        copy = tagged(model)
        requests = [SessionRequest(handover.write(copy, "model.onnx"), settings, handover.weights(copy))]
        if _tagging_mends(model):
            # Distinct names make a file run that does not run as it is.
            requests.insert(0, replace(requests[0], model=handover.write(model, "as_it_is.onnx")))
        profiled = replace(requests[-1], profile=True, scratch=handover.scratch("profiled"))
        probe = replace(profiled, scratch=handover.scratch("probe")) if _has_loops(model) else None
        starter = replace(requests[-1], model=handover.write(_tiny_model(), "tiny.onnx"), weights=None)
        try:
            raw = runtime.host.call(
                measure_in_child,
                runtime.backend.open,
                starter,
                tuple(requests),
                profiled,
                probe,
                2 * model.graph.num_nodes() + 16,
                samples,
                progress=progress,
            )
        except DeviceError as error:
            way_out = error.way_out or _values_to_give(model, settings, samples)
            raise DeviceError(untagger(model)(error.what), where=error.where, way_out=way_out) from None
    return assemble(model, runtime, samples, raw, progress)


def measure_in_child(
    open_session: Open,
    starter: SessionRequest,
    requests: Sequence[SessionRequest],
    profiled: SessionRequest,
    probe: SessionRequest | None,
    kernels: int,
    samples: Samples,
    *,
    progress: Progress,
) -> Raw:
    """The part that runs in the child.

    Args:
        starter: a tiny model, which loads the runtime itself before memory is looked at.
        requests: for unprofiled sessions; the last is measured, one before it must only open.
        probe: opened for one run where the number of kernels cannot be told from the graph.
        kernels: that a run has at the most, without a probe.
    """
    settings = profiled.settings
    progress.step("loading the model")
    feeds = take_feeds(samples, settings.batch)
    open_session(starter)
    for request in requests[:-1]:
        open_session(request)
    memory = PeakMemory()
    session = open_session(requests[-1])
    plain = Runner(session, feeds)
    plain.warm(min(2, settings.warmup or 2), progress, "warming up")
    memory.look()
    if probe is not None:
        probed = open_session(probe)
        probed.run(feeds[0])
        kernels = max(1, len(probed.finish_trace().runs[0]))
    watched = open_session(profiled)
    plan = _plan(settings, kernels)
    before = moment()
    runner = Runner(watched, feeds)
    rounds = alternate(plain, runner, plan, progress)
    foreign = foreign_cores(before, moment())
    progress.step("reading the trace")
    trace = watched.finish_trace()
    counted = [block.first + n for block in rounds.second for n in range(len(block.run_us))]
    counted = [number for number in counted if number < len(trace.runs)]
    assert counted, "the profiler left no run behind"
    found = kernel_runs(trace, counted)
    sums = sums_us(found).tolist()
    typical = counted[sums.index(sorted(sums)[(len(sums) - 1) // 2])]
    return Raw(
        rounds,
        found,
        trace.executed,
        trace.constants,
        trace.runs[typical],
        memory.growth_bytes,
        foreign,
        len(feeds),
    )


def _plan(settings: RunSettings, kernels: int) -> Plan:
    most = max(WARM_RUNS + 2, EVENTS // kernels)
    return Plan(
        warmup=settings.warmup,
        runs=settings.runs,
        second_runs=most,
        max_rounds=min(MAX_ROUNDS, most - WARM_RUNS),
    )


def _has_loops(model: ir.Model) -> bool:
    from engine.graph.constants import is_op

    return any(is_op(node, "Loop", "Scan") or node.domain != "" for graph in model.graphs() for node in graph)


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
