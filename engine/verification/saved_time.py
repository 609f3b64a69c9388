"""What treating each layer gains in time, from a profile of the float model and one of the treated model.

A layer's gain is that of the work it leads on both sides, with the conversions on its way (``engine.explain.pair``).
Work that several treated layers lead together, since the runtime fuses them on one side, is divided among them by their
multiply-accumulates (equally where none has any), so that what all of them gain adds up.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import TYPE_CHECKING

from engine.backend import Runtime
from engine.data.samples import Samples
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.explain.pair import Piece


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
    side = side_of(float_model, runtime, before)
    macs = {layer.id: layer.macs or 0 for layer in side.index.layers}
    return shared(pieces(side, side_of(treated, runtime, after)), layers, macs), after.latency_ms.median * 1000


def shared(found: Iterable[Piece], layers: Collection[str], macs: Mapping[str, int]) -> dict[str, float]:
    """Microseconds by layer; those that lead no work have none."""
    saved: dict[str, float] = {}
    for piece in found:
        own = [layer for layer in piece.layers if layer in layers]
        total = sum(macs.get(layer, 0) for layer in own)
        for layer in own:
            part = macs.get(layer, 0) / total if total else 1 / len(own)
            saved[layer] = -piece.lost_us * part
    return saved
