"""Elimination and the closed-form solve against least squares written out."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from engine.pruner import Reader
from engine.pruning.solve import Normal, eliminate, error, solve

Floats = NDArray[np.float64]


def normal(a: Floats, y: Floats) -> Normal:
    mean_a, mean_y = a.mean(0), y.mean(0)
    da, dy = a - mean_a, y - mean_y
    aa, ay = da.T @ da / len(a), da.T @ dy / len(a)
    return Normal(len(a), mean_a[None], mean_y[None], aa[None], ay[None], np.mean(dy**2, 0)[None])


def correlated(rng: np.random.Generator, rows: int, columns: int) -> Floats:
    return rng.normal(size=(rows, columns)) @ rng.normal(size=(columns, columns)) + rng.normal(size=columns)


@pytest.mark.parametrize("width", [1, 9])
def test_the_error_of_elimination_is_that_of_solving_again(width: int) -> None:
    rng = np.random.default_rng(width)
    a = correlated(rng, 3000, 10 * width)
    a -= a.mean(0)
    weight = rng.normal(size=(10 * width, 4))
    columns = tuple(np.arange(c * width, (c + 1) * width) for c in range(10))
    gram = a.T @ a / len(a)
    found = eliminate([Reader(gram, weight, columns, 1.0)], 10, 6, ridge=1e-10)
    left = np.concatenate([columns[c] for c in found.kept(10, 6)])
    again, *_ = np.linalg.lstsq(a[:, left], a @ weight, rcond=None)
    wrong = np.mean(np.sum((a[:, left] @ again - a @ weight) ** 2, axis=1))
    assert sum(found.costs) == pytest.approx(wrong, rel=1e-4)
    assert min(found.costs) >= 0


def test_a_channel_that_repeats_others_goes_first() -> None:
    rng = np.random.default_rng(0)
    a = rng.normal(size=(2000, 6))
    a[:, 4] = a[:, 0] - a[:, 1] + 0.01 * rng.normal(size=2000)
    weight = rng.normal(size=(6, 3))
    columns = tuple(np.array([c]) for c in range(6))
    found = eliminate([Reader(a.T @ a, weight, columns, 1.0)], 6, 5)
    assert found.order[0] in (0, 1, 4)


def test_several_readers_decide_together() -> None:
    """Channel 0 is nothing to the first reader and everything to the second."""
    gram = np.eye(3)
    columns = tuple(np.array([c]) for c in range(3))
    one = Reader(gram, np.array([[0.0], [1.0], [2.0]]), columns, 1.0)
    two = Reader(gram, np.array([[5.0], [0.1], [0.1]]), columns, 1.0)
    assert eliminate([one], 3, 2).order == (0,)
    assert eliminate([one, two], 3, 2).order == (1,)


def test_a_reader_without_columns_of_a_channel_has_no_say() -> None:
    columns = (np.array([0]), np.array([], np.int64), np.array([1]))
    reader = Reader(np.eye(2), np.array([[1.0], [2.0]]), columns, 1.0)
    assert eliminate([reader], 3, 1).order == (1, 0)


def test_solving_finds_the_weights_that_made_the_outputs() -> None:
    rng = np.random.default_rng(1)
    a, truth = correlated(rng, 4000, 8), rng.normal(size=(8, 3))
    y = a @ truth + rng.normal(size=3)
    halves = normal(a[:2000], y[:2000]), normal(a[2000:], y[2000:])
    found = solve(halves, np.zeros((1, 8, 3)))
    assert found.before == pytest.approx(1.0)
    assert found.after < 1e-3
    np.testing.assert_allclose(a @ found.weight[0] + found.bias[0], y, atol=0.05 * y.std())


def test_weights_stay_where_the_other_half_says_that_a_change_does_harm() -> None:
    """Few vectors of noise: every ridge that changes something overfits, but the mean is still put right."""
    rng = np.random.default_rng(2)
    a, truth = rng.normal(size=(40, 30)), rng.normal(size=(30, 2))
    y = a @ truth + 3.0 * rng.normal(size=(40, 2)) + 7.0
    halves = normal(a[:20], y[:20]), normal(a[20:], y[20:])
    found = solve(halves, truth[None])
    np.testing.assert_allclose(found.weight[0], truth, atol=0.3)
    assert found.bias.mean() == pytest.approx(7.0, abs=2.0)
    unchecked = solve(halves, truth[None], ridges=(1e-5,))
    assert np.isinf(unchecked.ridge)


def test_two_halves_together_are_the_whole() -> None:
    rng = np.random.default_rng(3)
    a, y = correlated(rng, 100, 4) + 5, rng.normal(size=(100, 2)) - 3
    together, whole = normal(a[:30], y[:30]) + normal(a[30:], y[30:]), normal(a, y)
    for name in ("mean_a", "mean_y", "aa", "ay", "yy"):
        np.testing.assert_allclose(getattr(together, name), getattr(whole, name), atol=1e-9)
    assert together.count == whole.count


def test_without_a_bias_the_weights_answer_for_the_mean() -> None:
    rng = np.random.default_rng(4)
    a = rng.normal(size=(500, 3)) + 2
    y = a @ np.array([[1.0], [2.0], [3.0]])
    moments = normal(a, y).about_zero()
    np.testing.assert_allclose(moments.aa[0], a.T @ a / 500)
    assert error(moments, np.array([[[1.0], [2.0], [3.0]]])) == pytest.approx(0, abs=1e-9)
    assert not replace(moments, count=1).mean_a.any()
