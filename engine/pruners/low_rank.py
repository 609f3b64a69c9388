"""Low-rank factorization: two thin layers in the place of one.

A layer that multiplies rows of n elements with a weight [n, m] costs n m multiplications per row; through k values in
between it costs ``k (n + m)``, which is less for every rank ``k < n m / (n + m)``::

    MatMul, Gemm     x [.., n] -> U [n, k] -> V [k, m] (+ bias)
    Conv             C x kh x kw to k channels, with the layer's strides, pads and dilations; 1 x 1 to m, with the bias

U and V are those that change the output least on the calibration data, without data the truncated singular value
decomposition (``engine.pruning.factors``). Where there is data, every layer behind is solved again, as after a cut of
channels. Nothing else of the model changes its shape.

The second layer keeps the id, the first is named after it (``engine.pruning.split``). Ranks are rounded to a multiple
of what the target's kernels like. A ratio is the share of the layer's multiplications that goes: k = (1 - ratio) n m /
(n + m).

Source: Denton et al. 2014, "Exploiting linear structure within convolutional networks for efficient evaluation"; Zhang
et al. 2016, "Accelerating very deep convolutional networks for classification and detection" (for data and k x k).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from engine.backend import TargetFacts
from engine.options import option
from engine.pruner import Factors, Linear, Pruner
from engine.pruning.factorize import why_not
from engine.pruning.factors import energies, factorize, rank_for, rounded, saves


@dataclass(frozen=True, slots=True)
class Options:
    ratio: float = option(
        0.5, label="Ratio", help="Share of the layer's multiply-accumulates that goes", minimum=0, maximum=1
    )
    rank: int | None = option(None, label="Rank", help="Instead of a ratio: so many values between", minimum=1)
    energy: float | None = option(
        None,
        label="Energy",
        help="Instead of a ratio: the smallest rank that keeps this share of the output's variance on the data "
        "(without data of the squared singular values), as in 0.95. A layer for which that saves nothing stays",
        minimum=0,
        maximum=1,
    )
    multiple: Literal["auto", "1", "4", "8", "16", "32"] = option(
        "auto",
        label="Multiple of",
        help="The rank is rounded to a multiple of this; auto takes what the target's kernels like. Other ranks can be "
        "slower than the whole layer",
    )
    heal: Literal["auto", "yes", "no"] = option(
        "auto",
        label="Heal",
        help="Choose the factors on the calibration data, and solve the layers behind again; auto does so where there "
        "is data, no takes the singular values of the weights",
    )


def size(n: int, outputs: int, multiple: int, options: Options) -> int | str | None:
    most = saves(n, outputs)
    if most < multiple:
        return (
            f"as two layers its {n} x {outputs} weight saves something up to a rank of {most}, and the target's "
            f"kernels like multiples of {multiple}; multiple=1 takes any"
        )
    if options.rank is None and options.energy is not None:
        return None
    if options.rank is not None and options.rank > most:
        return f"a rank of {options.rank} saves nothing: its {n} x {outputs} weight pays up to {most}"
    wanted = (1 - options.ratio) * n * outputs / (n + outputs) if options.rank is None else options.rank
    return rounded(wanted, multiple, most)


def factor(linear: Linear, options: Options) -> Factors | str:
    n, outputs = linear.weight.shape
    rank = size(n, outputs, linear.multiple, options)
    if rank is None:
        assert options.energy is not None
        needs = rank_for(options.energy, energies(linear))
        rank = -(-needs // linear.multiple) * linear.multiple
        most = saves(n, outputs)
        if rank > most:
            rank = (
                f"{options.energy:.4g} of its energy takes a rank of {needs}"
                + (f", {rank} as a multiple of {linear.multiple}" if rank > needs else "")
                + f"; its {n} x {outputs} weight saves something up to {most}"
            )
    return rank if isinstance(rank, str) else factorize(linear, rank)


def speed(facts: TargetFacts) -> str:
    return (
        f"{facts.device}: fewer multiplications in two kernels instead of one, with what lies between written and read "
        "again: large layers gain, small ones can get slower"
    )


PRUNER = Pruner(
    key="low_rank",
    title="Low rank (two thin layers)",
    summary="Puts two thin layers in the place of one: fewer multiplications for a weight of less rank. Shapes around "
    "it stay.",
    options=Options,
    why_not=why_not,
    speed=speed,
    factor=factor,
    size=size,
)
