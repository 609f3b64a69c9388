"""What treating each layer gains in time, from a profile of the float model and one of the treated model.

A layer's gain is that of the work it leads on both sides, with the conversions on its way (``engine.explain.pair``).
Work that several layers lead together says nothing of each of them: they get none.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import TYPE_CHECKING

from engine.backend import Runtime
from engine.data.samples import Samples
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir


def saved_time(
    float_model: ir.Model,
    treated: ir.Model,
    layers: Collection[str],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
) -> tuple[Mapping[str, float], float]:
    """Microseconds that each of the layers gains by its treatment, and those of a run of the treated model."""
    from engine.explain.explain import side_of
    from engine.explain.pair import pieces
    from engine.profiling.measure import profile

    before = profile(float_model, runtime, samples, progress)
    after = profile(treated, runtime, samples, progress)
    found = pieces(side_of(float_model, runtime, before), side_of(treated, runtime, after))
    alone = {piece.layers[0]: -piece.lost_us for piece in found if len(piece.layers) == 1}
    return {layer: alone[layer] for layer in layers if layer in alone}, after.latency_ms.median * 1000
