"""L-BFGS: a minimum of a smooth function of many numbers, from its values and gradients.

The last ``MEMORY`` steps s and changes of the gradient y give the direction (the two-loop recursion); the step along it
is halved until the function falls enough, the first one taken from the parabola through what is known of it.

Source: Nocedal and Wright 2006, "Numerical optimization", algorithms 7.4 and 3.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

MEMORY = 10
ENOUGH = 1e-4
"""Of what the gradient promises."""
MOST_HALVES = 6


def descend(
    function: Callable[[Floats], tuple[float, Floats]], start: Floats, curvature: float
) -> Iterator[tuple[float, Floats]]:
    """Value and point after each step; ends where no step makes the function smaller.

    Args:
        curvature: about the second derivative, for the first step.
    """
    point = start
    value, slope = function(point)
    steps: list[tuple[Floats, Floats]] = []
    while True:
        direction = -_turned(slope, steps) if steps else -slope / curvature
        falls = float(direction @ slope)
        if falls >= 0:
            steps, direction, falls = [], -slope / curvature, -float(slope @ slope) / curvature
        if falls == 0 or not np.isfinite(falls):
            return
        length = 1.0
        for _ in range(MOST_HALVES):
            there, slope_there = function(point + length * direction)
            if there <= value + ENOUGH * length * falls:
                break
            bend = there - value - length * falls
            length *= float(np.clip(-falls * length / (2 * bend), 0.1, 0.5)) if bend > 0 else 0.5
        else:
            return
        moved, changed = length * direction, slope_there - slope
        if moved @ changed > 1e-12 * float(moved @ moved):
            steps = [*steps, (moved, changed)][-MEMORY:]
        point, value, slope = point + moved, there, slope_there
        yield value, point


def _turned(slope: Floats, steps: list[tuple[Floats, Floats]]) -> Floats:
    """The inverse of the curvature times the gradient."""
    found = slope.copy()
    shares = []
    for moved, changed in reversed(steps):
        share = float(moved @ found) / float(moved @ changed)
        found -= share * changed
        shares.append(share)
    moved, changed = steps[-1]
    found *= float(moved @ changed) / float(changed @ changed)
    for (moved, changed), share in zip(steps, reversed(shares), strict=True):
        found += (share - float(changed @ found) / float(moved @ changed)) * moved
    return found
