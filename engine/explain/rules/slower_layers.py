"""Layers that are slower in integers than they were in float.

Looks, where there is a profile of the model before the treatment, for work (``engine.explain.pair``) that was float, is
quantized now and whose own kernels take clearly longer. Usual on ONNX Runtime: Conv with fewer than 4 input channels,
AveragePool, Softmax, Resize. Conversions and layout changes are left to ``unfused_qdq`` and ``inserted``: in float,
such a layer would often only hand them to its neighbour. A layer that a MaxPool reads is left out for that reason too:
ONNX Runtime moves the rounding behind a MaxPool before it, and only behind an integer Conv is that MaxPool fast (a
detector of 3 ms becomes 4 ms slower when its first Conv is left in float).

Cost: what the kernels of these layers take now less what they took before, both as measured. The two measurements stand
minutes apart, so that small differences are left out: unless the whole model is slower than before, since then many
small losses are the reason, and each is named.
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import run_us, share, worth_telling
from engine.explain.pair import Piece, pieces
from engine.explain.quantized import DEQUANTIZE, QUANTIZE
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import count, names, percent, time
from engine.graph.constants import is_op
from engine.quantization.roles import ACTIVATIONS

_CLEARLY = 1.25
"""How many times as long: medians of one machine at two moments wander by up to a quarter."""
_PIECE = 0.005
"""Of a run: less of a loss in one layer is rounding of the profiler."""
_SLOWER, _SLOWER_LAYER, _SLOWER_PIECE = 1.02, 1.05, 0.001
"""The same for the layers of a model that takes as many times as long as before, the first of these."""
_NAMED = 4


def find(evidence: Evidence) -> Sequence[Reason]:
    if evidence.before is None:
        return ()
    side = evidence.now
    whole = run_us(side) > _SLOWER * run_us(evidence.before)
    times, least = (_SLOWER_LAYER, _SLOWER_PIECE) if whole else (_CLEARLY, _PIECE)
    slower = [
        piece
        for piece in pieces(evidence.before, side)
        if piece.quantized and piece.after_us > times * piece.before_us and share(side, _lost_us(piece)) > least
        if not any(_feeds_max_pool(side, layer) for layer in piece.layers)
    ]
    slower.sort(key=lambda piece: -_lost_us(piece))
    us = sum(_lost_us(piece) for piece in slower)
    if not slower or not (whole or worth_telling(side, us)):
        return ()
    worst = [f"{names(one.layers)} ({time(one.before_us)} before, {time(one.after_us)} now)" for one in slower[:_NAMED]]
    layers = tuple(layer for piece in slower for layer in piece.layers)
    ops = names([side.index.by_id[layer].op for layer in layers if layer in side.index.by_id])
    return [
        Reason(
            KEY,
            f"{count(len(layers), 'quantized layer')} slower than in float: {time(us)}, "
            f"{percent(share(side, us))} of a run",
            layers,
            us,
            f"On this device the integer kernels for {ops} take longer than the float ones did. Most of all in "
            f"{', '.join(worst)}.",
            "Leave these layers in float.",
            (Remedy("keep_float", f"Keep {count(len(layers), 'layer')} in float"),),
        )
    ]


def _lost_us(piece: Piece) -> float:
    return piece.after_us - piece.before_us


def _feeds_max_pool(side: Side, layer: str) -> bool:
    waiting = [side.index.node(layer)] if layer in side.index.by_id else []
    while waiting:
        for value in waiting.pop().outputs:
            for reader, _ in value.uses():
                if is_op(reader, "MaxPool"):
                    return True
                if is_op(reader, *ACTIVATIONS, QUANTIZE, DEQUANTIZE):
                    waiting.append(reader)
    return False


KEY = "slower_layers"
RULE = Rule(
    key=KEY,
    title="Layers slower than in float",
    summary="quantized layers that take longer than they did before",
    find=find,
)
