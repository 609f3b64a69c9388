"""What structural pruning needs beside the model."""

from __future__ import annotations

from dataclasses import dataclass

from engine.backend import Runtime, TargetFacts
from engine.data.samples import Samples
from engine.graph.layers import LayerIndex
from engine.progress import Progress


@dataclass(frozen=True, slots=True)
class Context:
    """What structural pruning needs beside the model.

    Attributes:
        source: the file as opened, for what cleaning folded away; None where it is not known.
        facts: of the target.
        samples: for calibration.
    """

    source: LayerIndex | None
    facts: TargetFacts
    runtime: Runtime
    samples: Samples
    progress: Progress
