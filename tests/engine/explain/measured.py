"""A model with the profile that a runtime might have left of it, for the tests of this folder."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import onnx
import onnx.parser
import onnx_ir as ir

from engine.graph.layers import LayerIndex, index_layers
from engine.graph.shapes import bind
from engine.profiling.profile import KernelTiming, Latency, LayerTiming, Profile, State


@dataclass(frozen=True)
class Measured:
    model: ir.Model
    index: LayerIndex
    profile: Profile


def measured(
    text: str,
    *kernels: Sequence[str],
    us: float = 10.0,
    inserted_us: float = 0.0,
    states: Mapping[str, State] | None = None,
    precision: str = "",
    arrays: Mapping[str, np.ndarray] | None = None,
) -> Measured:
    """The model of a text, every node in a kernel of its own but for those of ``kernels``, which lists layers of one.

    The first of a kernel's layers leads it. ``states`` are those of layers without a kernel.
    """
    proto = onnx.parser.parse_model(text)
    proto.graph.initializer.extend(onnx.numpy_helper.from_array(array, name) for name, array in (arrays or {}).items())
    model = bind(ir.from_proto(proto), {}, 1, strict=False)
    index = index_layers(model)
    states = dict(states or {})
    together = {layer: tuple(kernel) for kernel in kernels for layer in kernel}
    groups = dict.fromkeys(together.get(layer.id, (layer.id,)) for layer in index.layers if layer.id not in states)
    return Measured(model, index, _profile(index, groups, us, inserted_us, states, precision))


def _profile(
    index: LayerIndex,
    groups: Iterable[tuple[str, ...]],
    us: float,
    inserted_us: float,
    states: Mapping[str, State],
    precision: str,
) -> Profile:
    groups = tuple(groups)
    leads = {layer: group[0] for group in groups for layer in group}

    def timing(layer: str) -> LayerTiming:
        if layer in states:
            return LayerTiming(layer, states[layer], 0.0, 0.0, 0.0, None)
        if leads[layer] != layer:
            return LayerTiming(layer, "fused_into", 0.0, 0.0, 0.0, leads[layer])
        return LayerTiming(layer, "timed", us + inserted_us, inserted_us, 0.0, None)

    return Profile(
        device="cpu", threads=1, batch=1, runs=1, latency_ms=Latency(1, 1, 1, 1), throughput_per_s=1,
        kernel_sum_ms=1, profiled_ms=1, profiler_overhead=0, attributed_share=1, peak_memory_bytes=0, noisy=False,
        inputs="synthetic",
        kernels=tuple(
            KernelTiming(f"k{n}", "", "", group, group[0], us, us, 0.0, False, precision)
            for n, group in enumerate(groups)
        ),
        layers=tuple(timing(layer.id) for layer in index.layers),
    )  # fmt: skip
