from __future__ import annotations

import numpy as np
import pytest

from engine.verification.margins import margins


def softmax(x: np.ndarray) -> np.ndarray:
    e = np.exp(x - x.max(axis=1, keepdims=True))
    found: np.ndarray = e / e.sum(axis=1, keepdims=True)
    return found


@pytest.mark.parametrize("probabilities", [False, True])
def test_what_is_expected_of_few_samples_is_what_happens_to_many(probabilities: bool) -> None:
    random = np.random.default_rng(0)
    scores = random.normal(size=(4000, 3)) * 3
    noisy = scores + random.normal(size=scores.shape) * 0.5
    labels = scores.argmax(axis=1)
    flips = float((noisy.argmax(axis=1) != labels).mean())
    form = softmax if probabilities else np.asarray
    few = 200
    found = margins([form(scores[:few])], [few], [labels[:few]])
    assert found is not None and found.logarithmic is probabilities
    drop, disagreement = found.expected(found.moved(0, form(noisy[:few]), few))
    assert disagreement == pytest.approx(flips, rel=0.3)
    assert drop == pytest.approx(disagreement)  # every label is the float model's class, so every flip is a loss


def test_a_flip_to_the_label_is_a_gain() -> None:
    scores = np.array([[1.0, 0.9], [1.0, 0.9]])
    moved = np.array([[1.0, 1.1], [1.0, 0.9]])
    wrong = margins([scores], [2], [np.array([1, 1])])
    assert wrong is not None
    drop, disagreement = wrong.expected(wrong.moved(0, moved, 2))
    assert drop == pytest.approx(-disagreement) and disagreement > 0.1


def test_no_change_expects_nothing_and_classes_have_no_margins() -> None:
    scores = np.array([[1.0, 0.5]])
    found = margins([scores], [1], [np.array([0])])
    assert found is not None and found.expected(found.moved(0, scores, 1)) == (0.0, 0.0)
    assert margins([np.array([3], np.int64)], [1], [np.array([3])]) is None


def test_an_output_that_is_not_finite_is_as_bad_as_guessing() -> None:
    scores = np.array([[2.0, 0.5], [2.0, 0.5]])
    found = margins([scores], [2], [np.array([0, 0])])
    assert found is not None
    assert found.expected(found.moved(0, np.full((2, 2), np.nan), 2))[1] == pytest.approx(0.5)
