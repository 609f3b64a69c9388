"""From what the child measured to a ``Profile``."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from statistics import fmean, median

import numpy as np
import onnx_ir as ir

from engine.backend import ExecutedNode, RunSettings, Runtime
from engine.data.samples import Samples
from engine.graph.digest import model_sha256
from engine.graph.layers import LayerIndex, index_layers
from engine.graph.shapes import bind, inputs
from engine.graph.values import batch_axis
from engine.profiling.attribution import Owner, attribute
from engine.profiling.blocks import Rounds
from engine.profiling.machine import environment
from engine.profiling.processor import physical_cores, threads_of
from engine.profiling.profile import KernelTiming, Latency, LayerTiming, Profile, State
from engine.profiling.raw import Raw, Timeline
from engine.profiling.selftime import kernel_sum_us
from engine.profiling.tagging import untagger
from engine.progress import Progress

_FOREIGN_SHARE = 0.1
_SPREAD = 0.08
_OVERHEAD = 0.3

Place = Callable[[str, str], int | None]
"""From the body and the name of a kernel to its number among the executed nodes."""


def assemble(
    model: ir.Model, runtime: Runtime, samples: Samples, raw: Raw, progress: Progress
) -> tuple[Profile, Timeline]:
    """Attribute the kernels of the measured model and add everything up."""
    settings = runtime.settings
    progress.step("attributing")
    bound = bind(model, settings.shapes, settings.batch, strict=False)
    progress.check()
    index = index_layers(bound)
    progress.check()
    attribution = attribute(bound, index, raw.executed, raw.constants)
    place = _places(raw.executed)
    found = [place(kernel.body_of, kernel.name) for kernel in raw.kernels]
    owners = [attribution.owners[number] if number is not None else Owner() for number in found]
    ran = [False] * len(raw.executed)
    for number in found:
        if number is not None:
            ran[number] = True

    own_names = untagger(model)
    medians = [kernel.median_us for kernel in raw.kernels]
    total = sum(medians)
    kernels = tuple(
        KernelTiming(
            name=own_names(kernel.name),
            op=kernel.op,
            provider=kernel.provider,
            layers=owner.layers,
            lead=owner.lead,
            median_us=round(kernel.median_us, 3),
            p90_us=round(kernel.p90_us, 3),
            share=kernel.median_us / total if total else 0.0,
            inserted=owner.inserted,
        )
        for kernel, owner in progress.track(zip(raw.kernels, owners, strict=True), "attributing", len(owners))
    )
    owned = sum(us for us, owner in zip(medians, owners, strict=True) if owner.layers)
    batch = _batch(model, settings, samples)
    run_us = [us for block in raw.rounds.first for us in block.run_us]
    overhead = median(raw.rounds.ratios) - 1
    noise = _noise(raw)
    result = Profile(
        device=settings.device,
        threads=threads_of(settings.threads),
        batch=batch,
        runs=len(run_us),
        latency_ms=Latency(
            min=min(run_us) / 1000,
            median=median(run_us) / 1000,
            p90=float(np.quantile(run_us, 0.9)) / 1000,
            mean=fmean(run_us) / 1000,
        ),
        throughput_per_s=batch / (median(run_us) / 1e6),
        kernel_sum_ms=kernel_sum_us(raw.kernels) / 1000,
        profiled_ms=_profiled_us(raw.rounds) / 1000,
        profiler_overhead=overhead,
        attributed_share=owned / total if total else float(all(owner.layers for owner in owners)),
        peak_memory_bytes=raw.peak_memory_bytes,
        noisy=bool(noise),
        inputs=samples.kind,
        kernels=kernels,
        layers=_layers(index, attribution.states(ran), kernels, total),
        notes=(*noise, *_remarks(overhead, settings)),
        model_sha256=model_sha256(model),
        environment=_environment(runtime),
        measured_at=datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds"),
    )
    return result, _timeline(raw, attribution.owners, place, own_names)


def _batch(model: ir.Model, settings: RunSettings, samples: Samples) -> int:
    """How many samples one run took: a given shape and a fixed batch say it as well as the setting."""
    for info in inputs(model):
        axis = batch_axis(info.shape)
        if axis is not None and info.name in settings.shapes:
            return settings.shapes[info.name][axis]
    return samples.group or settings.batch


def _layers(
    index: LayerIndex,
    states: Mapping[str, tuple[State, str | None]],
    kernels: Sequence[KernelTiming],
    total: float,
) -> tuple[LayerTiming, ...]:
    spent: dict[str, float] = defaultdict(float)
    inserted: dict[str, float] = defaultdict(float)
    for kernel in kernels:
        if kernel.lead is not None:
            spent[kernel.lead] += kernel.median_us
            inserted[kernel.lead] += kernel.median_us if kernel.inserted else 0.0
    return tuple(
        LayerTiming(
            id=layer.id,
            state=states[layer.id][0],
            median_us=round(spent[layer.id], 3),
            inserted_us=round(inserted[layer.id], 3),
            share=spent[layer.id] / total if total else 0.0,
            lead=states[layer.id][1],
        )
        for layer in index.layers
    )


def _profiled_us(rounds: Rounds) -> float:
    return median(us for block in rounds.second for us in block.run_us)


def _places(executed: Sequence[ExecutedNode]) -> Place:
    exact = {(node.body_of, node.name): number for number, node in enumerate(executed)}
    by_name = {node.name: number for number, node in enumerate(executed)}
    return lambda body_of, name: exact.get((body_of, name), by_name.get(name))


def _noise(raw: Raw) -> list[str]:
    """What disturbed the measurement, and what helps."""
    notes = []
    if raw.foreign_cores > _FOREIGN_SHARE * physical_cores():
        notes.append(
            f"Other programs kept {raw.foreign_cores:.1f} of {physical_cores()} cores busy while this was measured. "
            "Close them, or use fewer threads, and measure again."
        )
    medians = sorted(block.median_us for block in raw.rounds.first)
    edge = len(medians) // 10
    spread = (medians[-1 - edge] - medians[edge]) / median(medians)
    if spread > _SPREAD:
        notes.append(
            f"The figure wanders by {spread:.0%} from one moment to the next. More runs (--runs) give a steadier "
            "median; a laptop on battery or a processor that gets hot changes its speed."
        )
    return notes


def _remarks(overhead: float, settings: RunSettings) -> list[str]:
    notes = []
    if overhead > _OVERHEAD:
        notes.append(
            f"The profiler makes this model {overhead:.0%} slower, and kernel times contain that; end-to-end latency "
            "does not."
        )
    if settings.threads > physical_cores():
        notes.append(f"{settings.threads} threads on {physical_cores()} physical cores are in each other's way.")
    return notes


def _environment(runtime: Runtime) -> dict[str, str]:
    titles = {device.id: device.title for device in runtime.backend.devices()}
    return {**environment(), "device": titles.get(runtime.settings.device, runtime.settings.device)}


def _timeline(raw: Raw, owners: Sequence[Owner], place: Place, own_names: Callable[[str], str]) -> Timeline:
    begin = min((event.start_us for event in raw.typical_run), default=0.0)
    bodies = {(kernel.name): kernel.body_of for kernel in raw.kernels}
    numbers = [place(bodies.get(event.name, ""), event.name) for event in raw.typical_run]
    mine = [owners[number] if number is not None else Owner() for number in numbers]
    return Timeline(
        tuple(replace(event, name=own_names(event.name), start_us=event.start_us - begin) for event in raw.typical_run),
        tuple(owner.layers for owner in mine),
        tuple(owner.lead for owner in mine),
        tuple(owner.inserted for owner in mine),
    )
