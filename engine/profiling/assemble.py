"""From what the child measured to a ``Profile``."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from math import fsum
from statistics import median

import onnx_ir as ir

from engine.backend import ExecutedNode, Phases, RunSettings, Runtime
from engine.data.samples import Samples
from engine.graph.digest import model_sha256
from engine.graph.layers import LayerIndex, index_layers
from engine.graph.shapes import bind, inputs
from engine.graph.values import batch_axis
from engine.options import OptionValue, with_values
from engine.profiling.attribution import Owner, attribute
from engine.profiling.latency import latency_ms
from engine.profiling.machine import environment
from engine.profiling.pooling import pooled
from engine.profiling.processor import threads_of
from engine.profiling.profile import KernelTiming, LayerTiming, Profile, State, Transfers
from engine.profiling.raw import Raw, Timeline
from engine.profiling.remarks import noise, remarks, warmup
from engine.profiling.selftime import KernelRuns, kernel_sum_us
from engine.profiling.tagging import untagger
from engine.progress import Progress

COPIES = frozenset({"MemcpyToHost", "MemcpyFromHost"})
"""Op types that move data between devices."""

Place = Callable[[str, str], int | None]
"""From the body and the name of a kernel to its number among the executed nodes."""


@dataclass(frozen=True, slots=True)
class Subject:
    """What is known of the measured model before it is measured; ``index`` is of the model with bound dimensions."""

    model: ir.Model
    bound: ir.Model
    index: LayerIndex
    sha256: str


def subject(model: ir.Model, settings: RunSettings, progress: Progress) -> Subject:
    """Prepared before measuring, so that a profile that is cut short need not wait for it."""
    bound = bind(model, settings.shapes, settings.batch, strict=False)
    progress.check()
    index = index_layers(bound)
    progress.check()
    return Subject(model, bound, index, model_sha256(model))


def assemble(
    subject: Subject, runtime: Runtime, samples: Samples, raw: Raw, progress: Progress
) -> tuple[Profile, Timeline]:
    """Attribute the kernels of the measured model and add everything up."""
    settings, model, index = runtime.settings, subject.model, subject.index
    progress.step("attributing")
    attribution = attribute(subject.bound, index, raw.executed, raw.constants)
    place = _places(raw.executed)
    measured = pooled([(session.kernels, len(session.walls_us)) for session in raw.sessions])
    found = [place(kernel.body_of, kernel.name) for kernel in measured]
    owners = [attribution.owners[number] if number is not None else Owner() for number in found]
    ran = [False] * len(raw.executed)
    for number in found:
        if number is not None:
            ran[number] = True

    own_names = untagger(model)
    shares = _shares([kernel.median_us for kernel in measured])
    asked = runtime.backend.provider
    kernels = tuple(
        KernelTiming(
            name=own_names(kernel.name),
            op=kernel.op,
            provider=kernel.provider,
            layers=owner.layers,
            lead=owner.lead,
            median_us=round(kernel.median_us, 3),
            p90_us=round(kernel.p90_us, 3),
            share=share,
            inserted=owner.inserted,
            precision=kernel.precision,
            implementation=kernel.implementation,
            fallback=kernel.provider not in ("", asked),
            copy=kernel.op in COPIES,
        )
        for kernel, owner, share in progress.track(
            zip(measured, owners, shares, strict=True), "attributing", len(owners)
        )
    )
    unowned = [kernel for kernel in kernels if kernel.lead is None]
    batch = batch_of(model, settings, samples)
    latency = latency_ms([session.blocks for session in raw.sessions])
    overhead = median(median(session.ratios) for session in raw.sessions) - 1
    wall = _wall(raw, measured)
    disturbed = noise(raw, latency)
    result = Profile(
        device=settings.device,
        threads=threads_of(settings.threads),
        batch=batch,
        runs=sum(len(block.run_us) for session in raw.sessions for block in session.blocks),
        latency_ms=latency,
        throughput_per_s=batch / (latency.median / 1e3),
        kernel_sum_ms=wall.kernels_us / 1000,
        profiled_ms=(wall.kernels_us + wall.between_us) / 1000,
        between_kernels_ms=wall.between_us / 1000,
        profiler_overhead=overhead,
        attributed_share=min(1.0, fsum(share for share, owner in zip(shares, owners, strict=True) if owner.layers)),
        unattributed_us=round(sum(kernel.median_us for kernel in unowned), 3),
        unattributed_share=fsum(kernel.share for kernel in unowned) if kernels else 1.0,
        peak_memory_bytes=raw.peak_memory_bytes,
        arena_bytes=raw.arena_bytes,
        noisy=bool(disturbed),
        inputs=samples.kind,
        kernels=kernels,
        layers=_layers(index, attribution.states(ran), kernels),
        kernel_clock=raw.clock,
        transfers=_transfers([phases for session in raw.sessions for phases in session.phases]),
        complete=not raw.stopped,
        stopped=raw.stopped,
        warmup=warmup(raw, settings),
        settings=settings_of(runtime, batch),
        notes=(*disturbed, *remarks(raw, latency, overhead, settings, wall.overlap_us, wall.apart_us), *raw.notes),
        model_sha256=subject.sha256,
        environment=environment_of(runtime),
        measured_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    return result, _timeline(raw, attribution.owners, place, own_names)


def _shares(medians: Sequence[float]) -> list[float]:
    """Of the sum; where the profiler's clock is too coarse for any of them, they are taken as equally long."""
    total = sum(medians)
    return [us / total if total else 1 / len(medians) for us in medians]


@dataclass(frozen=True, slots=True)
class _Wall:
    """A profiled run: in kernels, between them, by how much kernels that ran at one time exceed it, and by how much the
    kernels' medians add up to more than is in kernels for another reason (``kernel_sum_us``)."""

    kernels_us: float
    between_us: float
    overlap_us: float
    apart_us: float


def _wall(raw: Raw, measured: Sequence[KernelRuns]) -> _Wall:
    wall_us = median([us for session in raw.sessions for us in session.walls_us])
    sum_us = kernel_sum_us(measured)
    apart_us = sum(kernel.median_us for kernel in measured) - sum_us
    return _Wall(min(sum_us, wall_us), max(0.0, wall_us - sum_us), max(0.0, sum_us - wall_us), apart_us)


def _transfers(phases: Sequence[Phases]) -> Transfers | None:
    if not phases:
        return None
    return Transfers(
        copy_in_us=median(one.copy_in_us for one in phases),
        compute_us=median(one.compute_us for one in phases),
        copy_out_us=median(one.copy_out_us for one in phases),
    )


def settings_of(runtime: Runtime, batch: int) -> dict[str, OptionValue]:
    """Threads, batch and every option of the backend, those at their defaults included."""
    settings, backend = runtime.settings, runtime.backend
    options = with_values(backend.options(), settings.options, backend.key)
    return {"threads": threads_of(settings.threads), "batch": batch, **asdict(options)}


def batch_of(model: ir.Model, settings: RunSettings, samples: Samples) -> int:
    """How many samples one run took: a given shape and a fixed batch say it as well as the setting."""
    for info in inputs(model):
        axis = batch_axis(info.shape)
        if axis is not None and info.name in settings.shapes:
            return settings.shapes[info.name][axis]
    return samples.group or settings.batch


def _layers(
    index: LayerIndex, states: Mapping[str, tuple[State, str | None]], kernels: Sequence[KernelTiming]
) -> tuple[LayerTiming, ...]:
    led: dict[str, list[KernelTiming]] = defaultdict(list)
    for kernel in kernels:
        if kernel.lead is not None:
            led[kernel.lead].append(kernel)
    found = []
    for layer in index.layers:
        state, lead = states[layer.id]
        mine = led[layer.id]
        main = max(
            led[lead] if lead is not None else mine, key=lambda one: (not one.inserted, one.median_us), default=None
        )
        found.append(
            LayerTiming(
                id=layer.id,
                state=state,
                median_us=round(sum(kernel.median_us for kernel in mine), 3),
                inserted_us=round(sum(kernel.median_us for kernel in mine if kernel.inserted), 3),
                share=fsum(kernel.share for kernel in mine),
                lead=lead,
                provider=main.provider if main else "",
                fallback=main.fallback if main else False,
                copies_us=round(sum(kernel.median_us for kernel in mine if kernel.copy), 3),
                precision=main.precision if main else "",
            )
        )
    return tuple(found)


def _places(executed: Sequence[ExecutedNode]) -> Place:
    exact = {(node.body_of, node.name): number for number, node in enumerate(executed)}
    by_name = {node.name: number for number, node in enumerate(executed)}
    return lambda body_of, name: exact.get((body_of, name), by_name.get(name))


def environment_of(runtime: Runtime) -> dict[str, str]:
    """Versions, processor and device, for the record of a measurement."""
    titles = {device.id: device.title for device in runtime.backend.devices()}
    told = runtime.backend.environment(runtime.settings.device)
    return {**environment(), **told, "device": titles.get(runtime.settings.device, runtime.settings.device)}


def _timeline(raw: Raw, owners: Sequence[Owner], place: Place, own_names: Callable[[str], str]) -> Timeline:
    begin = min((event.start_us for event in raw.typical_run), default=0.0)
    bodies = {kernel.name: kernel.body_of for kernel in raw.sessions[0].kernels}
    numbers = [place(bodies.get(event.name, ""), event.name) for event in raw.typical_run]
    mine = [owners[number] if number is not None else Owner() for number in numbers]
    return Timeline(
        tuple(replace(event, name=own_names(event.name), start_us=event.start_us - begin) for event in raw.typical_run),
        tuple(owner.layers for owner in mine),
        tuple(owner.lead for owner in mine),
        tuple(owner.inserted for owner in mine),
    )
