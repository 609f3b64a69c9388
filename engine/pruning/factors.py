"""Two smaller weights in the place of one: the best of a rank, for what the layer reads. NumPy only.

A layer computes ``Y = X W + b``, W of shape [n, m]. Of all weights of rank k, with G the second moments of what it
reads about the mean, the one that changes the output least is::

    W_k = W E E'          E [m, k]: the eigenvectors of W' G W with the largest eigenvalues e_1 >= e_2 >= ...
    |Y - Y_k|^2 = e_(k+1) + e_(k+2) + ...      b_k = b + mean(X) (W - W_k)

which are the principal components of the output (Zhang et al. 2016, "Accelerating very deep convolutional networks for
classification and detection"). Without data G is the identity, and W_k the truncated singular value decomposition
(Denton et al. 2014, "Exploiting linear structure within convolutional networks for efficient evaluation"). The factors
are ``W E S^-1`` and ``S E'``; S holds the fourth roots of the eigenvalues, so that neither the values between nor the
second weight have channels far smaller than others, which quantization would lose.

Few samples see only some directions of X, and a factor for these alone forgets the others. G is therefore mixed with
the identity; how much of it is what, of each half of the samples, serves the other half best. What a rank keeps is
measured on the other half as well: of a hundred samples a rank of a hundred keeps everything, and of others little.
"""

from __future__ import annotations

import math

import numpy as np

from engine.pruner import Factors, Floats, Linear

SHARES = (1e-4, 1e-2, 1e-1, 1.0, 10.0)
"""Of the identity, in parts of the mean diagonal of G."""
LEAST = 1e-12


def saves(n: int, outputs: int) -> int:
    """The largest rank at which both factors together have fewer elements than the weight; 0 where none has."""
    return -(-n * outputs // (n + outputs)) - 1


def energies(linear: Linear) -> Floats:
    """Of each rank what it adds to the output's variance, in parts of it; falling."""
    within = linear.weight @ _span(linear.weight)
    if linear.grams is not None:
        kept = np.maximum.accumulate(_held_out(within, linear.grams).max(axis=0))
        return np.diff(kept, prepend=0.0)
    found, _ = _components(within, linear.gram)
    total = float(found.sum())
    return found / total if total > 0 else np.full(len(found), 1 / len(found))


def factorize(linear: Linear, rank: int) -> Factors:
    weight = linear.weight
    span = _span(weight)
    within = weight @ span
    variances, basis, energy = _chosen(linear, within, rank)
    basis = span @ basis[:, :rank]
    scale = np.maximum(variances[:rank] / max(float(variances[0]), LEAST), LEAST) ** 0.25
    kept = weight @ basis @ basis.T
    mean = np.zeros(len(weight)) if linear.mean is None else linear.mean
    energy = _kept(weight, kept, linear.gram) if energy is None else energy
    return Factors(weight @ basis / scale, scale[:, None] * basis.T, mean @ (weight - kept), energy)


def rank_for(share: float, shares: Floats) -> int:
    """The smallest rank that keeps this share of the energy."""
    return min(len(shares), int(np.searchsorted(np.cumsum(shares), share - 1e-9)) + 1)


def rounded(wanted: float, multiple: int, most: int) -> int:
    """The nearest multiple, at least one; the largest one up to ``most`` where the nearest is more; 0 without any."""
    count = max(1, math.floor(wanted / multiple + 0.5)) * multiple
    return min(count, most // multiple * multiple)


def _span(weight: Floats) -> Floats:
    """[m, min(n, m)], orthonormal: what can come out."""
    n, outputs = weight.shape
    return np.eye(outputs) if outputs <= n else np.linalg.qr(weight.T)[0]


def _components(weight: Floats, gram: Floats | None) -> tuple[Floats, Floats]:
    """Energies, the largest first, and the directions of the output that they belong to."""
    energies, basis = np.linalg.eigh(weight.T @ (weight if gram is None else gram @ weight))
    return np.maximum(energies[::-1], 0), basis[:, ::-1]


def _mixed(gram: Floats, share: float) -> Floats:
    n = len(gram)
    return gram + share * max(float(np.trace(gram)) / n, LEAST) * np.eye(n)


def _chosen(linear: Linear, within: Floats, rank: int) -> tuple[Floats, Floats, float | None]:
    """Variances and directions, and what a rank keeps on the other half where there are two."""
    if linear.gram is None:
        return *_components(within, None), None
    if linear.grams is None:
        return *_components(within, _mixed(linear.gram, SHARES[0])), None
    kept = _held_out(within, linear.grams)[:, rank - 1]
    best = int(np.argmax(kept))
    return *_components(within, _mixed(linear.gram, SHARES[best])), float(kept[best])


def _held_out(within: Floats, halves: tuple[Floats, Floats]) -> Floats:
    """[shares, ranks]: the part of the variance that directions of one half keep of the other's."""
    kept, total = np.zeros((len(SHARES), within.shape[1])), 0.0
    for own, other in (halves, halves[::-1]):
        out = within.T @ other @ within
        total += float(np.trace(out))
        for number, share in enumerate(SHARES):
            basis = _components(within, _mixed(own, share))[1]
            kept[number] += np.cumsum(np.sum(basis * (out @ basis), axis=0))
    return kept / total if total > 0 else np.ones_like(kept)


def _kept(weight: Floats, kept: Floats, gram: Floats | None) -> float:
    def power(one: Floats) -> float:
        return float(np.sum(one * (one if gram is None else gram @ one)))

    total = power(weight)
    return 1.0 if total <= 0 else max(0.0, 1 - power(weight - kept) / total)
