"""Which layers a scheme must leave in float for what they do to the outputs, whatever time they gain.

Some layers do not survive: the variance of a normalisation that is taken as E[x^2] - E[x]^2, a sum that cancels. One
of them in eight bits and the model answers at random, while each of the others costs next to nothing. So the model with
all layers treated is held against the float one on a few calibration samples. Only where its worst output is below
``FLOOR_DB`` is each layer tried alone, and those that alone fall below it stay in float. On the model that this was
first seen on, five layers leave less than 4 dB, two 13 dB, and all others 20 to 54 dB.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Mapping
from functools import partial
from typing import TYPE_CHECKING

from engine.backend import Runtime
from engine.data.samples import Head, Samples
from engine.progress import Progress
from engine.verification.measured import Score
from engine.verification.scan import has_dynamic_ranges, scan

if TYPE_CHECKING:
    import onnx_ir as ir

FLOOR_DB = 20.0
"""An error of a tenth of the output's amplitude."""
SAMPLES = 16
SECONDS = 10.0
"""After which no other layer is tried alone."""


def not_surviving(
    model: ir.Model,
    build: Callable[[frozenset[str]], ir.Model],
    layers: Collection[str],
    samples: Samples,
    runtime: Runtime,
    progress: Progress,
) -> dict[str, str]:
    """The layers that lose the outputs alone, with the reason; none where the samples are made up.

    Args:
        build: the model with these layers treated.

    Raises:
        EngineError: the model cannot be run, or there are no samples.
    """
    if samples.kind != "data" or not layers:
        return {}
    few = Head(samples, SAMPLES)
    every = build(frozenset(layers))
    names = sorted(layers)

    def scores(choices: list[frozenset[str]], seconds: float | None) -> dict[int, Score]:
        trials = [partial(build, chosen) for chosen in choices]
        return scan(
            model, model, trials, few, runtime, progress, label="looking for layers that lose the output",
            collect=_nothing, seconds=seconds, batched=not has_dynamic_ranges(every),
        )  # fmt: skip

    began = time.monotonic()
    together = scores([frozenset(names)], None)
    if not _lost(together.get(0)):
        return {}
    left = max(1.0, SECONDS - (time.monotonic() - began))
    alone = scores([frozenset({name}) for name in names], left)
    return {name: _words(alone[number]) for number, name in enumerate(names) if _lost(alone.get(number))}


def _lost(score: Score | None) -> bool:
    return score is not None and score.sqnr_db is not None and score.sqnr_db < FLOOR_DB


def _words(score: Score) -> str:
    assert score.sqnr_db is not None
    return f"quantized alone it leaves {max(score.sqnr_db, -99):.1f} dB of the output on the calibration samples"


def _nothing(scores: Mapping[int, Score], /) -> object:
    return None
