"""L-BFGS on functions whose minimum is known."""

from __future__ import annotations

import itertools

import numpy as np

from engine.pruning.descent import Floats, descend


def test_a_crooked_valley_is_followed_to_its_end() -> None:
    def valley(point: Floats) -> tuple[float, Floats]:
        x, y = point
        return (1 - x) ** 2 + 100 * (y - x * x) ** 2, np.array(
            [-2 * (1 - x) - 400 * x * (y - x * x), 200 * (y - x * x)]
        )

    values = [value for value, _ in descend(valley, np.array([-1.2, 1.0]), 1.0)]
    assert all(later <= earlier for earlier, later in itertools.pairwise(values))
    assert values[-1] < 1e-8


def test_the_first_step_is_the_last_where_the_curvature_is_known() -> None:
    aim = np.array([3.0, -4.0])
    steps = list(descend(lambda point: (float(np.sum((point - aim) ** 2)), 2 * (point - aim)), np.zeros(2), 2.0))
    assert len(steps) == 1
    np.testing.assert_allclose(steps[0][1], aim)
