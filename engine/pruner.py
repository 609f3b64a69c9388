"""What a pruning method is. One file in ``engine/pruners`` defines one ``PRUNER``.

There are three kinds. An unstructured method sets single weights to zero and has ``prune``. A structural one takes
whole channels out of everything that is coupled to them; it only says in which order the channels of a group go
(``rank``), and ``engine.pruning.structural`` does the rest for all of them alike. A factorization puts two smaller
layers in the place of one; it only says which (``factor``), and ``engine.pruning.factorize`` does the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from engine.backend import TargetFacts
from engine.report import Report

if TYPE_CHECKING:
    import onnx_ir as ir

Array = NDArray[Any]
Floats = NDArray[np.float64]
Need = Literal["weights", "scales", "activations", "readers"]
AMOUNTS = ("threshold", "channels", "rank", "energy")
"""Options that say how much is pruned in the place of a ratio."""


@dataclass(frozen=True, slots=True, eq=False)
class Reader:
    """What one reader of a group's channels does with them, in the original model.

    Attributes:
        gram: float64 [n, n] of what it reads, about the mean. ``weight``: float64 [n, outputs].
        columns: for each channel the rows of ``weight`` that go with it.
        scale: what its squared error is divided by: the summed variance of its outputs.
    """

    gram: Floats
    weight: Floats
    columns: tuple[NDArray[np.int64], ...]
    scale: float


@dataclass(frozen=True, slots=True, eq=False)
class Evidence:
    """What is known of a group's channels; of the last three only what the method needs.

    Attributes:
        weights: float64 [channels, elements] of each layer that makes them, its bias not among them.
        scales: |scale| of the BatchNormalization after them, in the file as opened, summed over those that make them.
        activations: mean absolute value of what the readers read, on the data.
        readers: those that read the channels as factors of a weight.
        fewest: how many channels stay at least.
    """

    channels: int
    weights: tuple[Floats, ...]
    fewest: int = 1
    scales: Floats | None = None
    activations: Floats | None = None
    readers: tuple[Reader, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranking:
    """``order``: the channels in the order in which they go; those that are not in it stay in any case.

    ``costs``: of each of them, what its going costs, not falling. Normalised by the method so that the channels of
    different groups can be held against each other.
    """

    order: tuple[int, ...]
    costs: tuple[float, ...]

    def kept(self, channels: int, count: int) -> tuple[int, ...]:
        """The ``count`` channels that stay, in their own order."""
        gone = set(self.order[: channels - count])
        assert len(gone) == channels - count, f"{count} of {channels} channels cannot be reached"
        return tuple(channel for channel in range(channels) if channel not in gone)


@dataclass(frozen=True, slots=True, eq=False)
class Linear:
    """A layer that multiplies rows of what it reads with a weight.

    Attributes:
        weight: float64 [n, outputs].
        multiple: of what the number between two layers in its place is to be a multiple.
        grams: float64 [n, n] of what it reads, about the mean, of each half of the samples; None without data.
        gram: of all samples. ``mean``: float64 [n]; zero for a layer that can have no bias.
    """

    weight: Floats
    multiple: int = 1
    grams: tuple[Floats, Floats] | None = None
    gram: Floats | None = None
    mean: Floats | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Factors:
    """``weight`` is about ``first @ second``, and the bias grows by ``shift``.

    Attributes:
        first: float64 [n, rank]. ``second``: [rank, outputs]. ``shift``: [outputs].
        energy: how much of the output's variance stays, or without data of the squared singular values.
    """

    first: Floats
    second: Floats
    shift: Floats
    energy: float

    @property
    def rank(self) -> int:
        return int(self.first.shape[1])


@dataclass(frozen=True, slots=True)
class Pruner:
    """A way to prune.

    Attributes:
        key: its name in recipes, flags and JSON.
        options: the frozen dataclass of its options; it has ``ratio`` and, where the method knows one, ``threshold``.
        why_not: for the layers of a model that the method cannot prune, by id the reason.
        speed: one line on what it gains on a target.
        prune: of an unstructured method; a new model in which the planned layers (id to options) are pruned.
        rank: of a structural method; the order in which a group's channels go, given the options, or why it cannot say.
        need: what of ``Evidence`` it looks at; "activations" and "readers" take calibration data.
        factor: of a factorization; the two weights that stand for one, given the options, or why there are none.
        size: the number between them for a weight of n rows and so many outputs, a multiple and the options; None
            where it follows from the weight, a text where no number saves anything.
    """

    key: str
    title: str
    summary: str
    options: type
    why_not: Callable[[ir.Model], Mapping[str, str]]
    speed: Callable[[TargetFacts], str]
    prune: Callable[[ir.Model, Mapping[str, Any], Report], ir.Model] | None = None
    rank: Callable[[Evidence, Any], Ranking | str] | None = None
    need: Need = "weights"
    factor: Callable[[Linear, Any], Factors | str] | None = None
    size: Callable[[int, int, int, Any], int | str | None] | None = None

    @property
    def structural(self) -> bool:
        return self.rank is not None

    @property
    def needs_data(self) -> bool:
        return self.need in ("activations", "readers")


def by_score(scores: Array) -> Ranking:
    """The channels with the least score first; scores in parts of their mean over the group."""
    order = np.argsort(scores, kind="stable")
    mean = float(np.mean(scores))
    costs = scores[order] / mean if mean > 0 else np.zeros(len(scores))
    return Ranking(tuple(int(channel) for channel in order), tuple(float(cost) for cost in costs))


def by_norm(evidence: Evidence, norm: Callable[[Floats], Floats]) -> Ranking | str:
    """The channels with the least norm of the weights that make them first; each layer counts alike."""
    if not evidence.weights:
        return "no weight makes its channels: choose a method that looks at data"
    norms = [norm(weights) for weights in evidence.weights]
    return by_score(np.sum([found / max(float(found.mean()), np.finfo(np.float64).tiny) for found in norms], axis=0))
