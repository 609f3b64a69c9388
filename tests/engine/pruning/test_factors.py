"""What two weights in the place of one promise."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.pruner import Linear
from engine.pruning.factors import energies, factorize, rank_for, rounded, saves


@settings(max_examples=25, deadline=None, derandomize=True, database=None)
@given(n=st.integers(1, 12), outputs=st.integers(1, 12), seed=st.integers(0, 99), data=st.booleans())
def test_error_falls_with_rank_to_nothing_at_full_rank(n: int, outputs: int, seed: int, data: bool) -> None:
    rng = np.random.default_rng(seed)
    weight, rows = rng.normal(size=(n, outputs)), rng.normal(size=(200, n)) @ rng.normal(size=(n, n)) + 3
    gram = np.atleast_2d(np.cov(rows.T, bias=True))
    linear = Linear(weight, gram=gram, mean=rows.mean(axis=0)) if data else Linear(weight)
    lost, wanted = [], rows @ weight
    for rank in range(1, min(n, outputs) + 1):
        found = factorize(linear, rank)
        assert (found.first.shape, found.second.shape, found.rank) == ((n, rank), (rank, outputs), rank)
        given = rows @ found.first @ found.second + found.shift
        lost.append(np.sum((given - wanted) ** 2))
        if data:
            assert lost[-1] == pytest.approx((1 - found.energy) * np.sum((wanted - wanted.mean(0)) ** 2), abs=1e-6)
    assert all(after <= before * (1 + 1e-3) + 1e-9 for before, after in pairwise(lost))
    assert lost[-1] < 1e-9 * np.sum(wanted**2)


def test_on_data_the_output_is_closer_than_by_singular_values() -> None:
    rng = np.random.default_rng(0)
    rows = rng.normal(size=(500, 24)) * np.geomspace(1, 0.02, 24)
    weight = rng.normal(size=(24, 16)) * np.geomspace(0.05, 1, 24)[:, None]
    known = Linear(weight, gram=np.cov(rows.T, bias=True), mean=rows.mean(axis=0))
    for rank in (4, 8):
        blind, seeing = factorize(Linear(weight), rank), factorize(known, rank)
        wrong = [np.sum((rows @ (weight - f.first @ f.second)) ** 2) for f in (blind, seeing)]
        assert wrong[1] < 0.7 * wrong[0]


def test_few_samples_do_not_make_it_forget_what_they_do_not_show() -> None:
    """Of what the samples do not show, a factor for these alone keeps nothing."""
    rng = np.random.default_rng(1)
    weight = rng.normal(size=(40, 40))
    halves = [rng.normal(size=(6, 40)) for _ in range(2)]
    grams = tuple(rows.T @ rows / len(rows) for rows in halves)
    both = sum(grams) / 2
    mean = np.zeros(40)
    careful = factorize(Linear(weight, grams=(grams[0], grams[1]), gram=both, mean=mean), 18)
    careless = factorize(Linear(weight, gram=both, mean=mean), 18)
    other = rng.normal(size=(500, 40))
    wrong = [np.sum((other @ (weight - f.first @ f.second)) ** 2) for f in (careful, careless)]
    assert wrong[0] < 0.8 * wrong[1]


def test_what_a_rank_keeps_is_told_of_samples_that_it_was_not_made_for() -> None:
    rng = np.random.default_rng(4)
    weight, rows = rng.normal(size=(60, 50)), rng.normal(size=(2, 12, 60))
    first, second = (half.T @ half / len(half) for half in rows)
    linear = Linear(weight, grams=(first, second), gram=(first + second) / 2, mean=np.zeros(60))
    found = factorize(linear, 24)
    other = rng.normal(size=(2000, 60)) @ weight
    kept = 1 - np.sum((other @ (np.eye(50) - np.linalg.pinv(found.second) @ found.second)) ** 2) / np.sum(other**2)
    assert found.energy == pytest.approx(kept, abs=0.12), (
        "24 samples lie in 24 directions: all of their own would be kept"
    )
    assert np.cumsum(energies(linear))[23] == pytest.approx(found.energy)
    assert rank_for(0.99, energies(linear)) > 40


def test_the_values_between_are_of_like_size() -> None:
    rng = np.random.default_rng(2)
    weight = rng.normal(size=(32, 32)) @ np.diag(np.geomspace(1, 1e-3, 32))
    found = factorize(Linear(weight), 16)
    sizes = np.linalg.norm(found.first, axis=0)
    plain = np.linalg.svd(weight, compute_uv=False)[:16]
    assert sizes.max() / sizes.min() < 1.01 * np.sqrt(plain.max() / plain.min())


def test_energies_are_shares_and_ranks_keep_them() -> None:
    shares = energies(Linear(np.diag([3.0, 2.0, 1.0, 0.0])))
    np.testing.assert_allclose(shares, np.array([9, 4, 1, 0]) / 14, atol=1e-12)
    assert [rank_for(share, shares) for share in (0.5, 13 / 14, 0.95, 1.0)] == [1, 2, 3, 3]
    assert rank_for(1.0, energies(Linear(np.zeros((3, 2))))) == 2


@pytest.mark.parametrize(("n", "outputs", "most"), [(1, 5, 0), (2, 2, 0), (3, 3, 1), (64, 64, 31), (576, 64, 57)])
def test_a_rank_saves_up_to_where_both_weights_are_as_large(n: int, outputs: int, most: int) -> None:
    assert saves(n, outputs) == most
    assert most * (n + outputs) < n * outputs <= (most + 1) * (n + outputs)


def test_ranks_are_rounded_to_a_multiple_that_saves() -> None:
    assert [rounded(w, 16, 57) for w in (3, 23, 24, 50, 57)] == [16, 16, 32, 48, 48]
    assert rounded(3, 16, 15) == 0
