from __future__ import annotations

import numpy as np

from engine.data.choose import choose


def test_all_samples_stay_in_order_where_no_fewer_are_wanted() -> None:
    assert choose(5, None, None, 0).tolist() == [0, 1, 2, 3, 4]
    assert choose(5, None, 9, 0).tolist() == [0, 1, 2, 3, 4]


def test_classes_have_the_same_share_though_they_stand_one_after_the_other() -> None:
    labels = np.repeat(np.arange(10), 200)
    chosen = choose(2000, labels, 30, seed=3)
    assert np.bincount(labels[chosen]).tolist() == [3] * 10


def test_a_small_class_does_not_keep_the_others_from_filling_up() -> None:
    labels = np.array([0, *[1] * 99])
    assert np.bincount(labels[choose(100, labels, 20, 0)]).tolist() == [1, 19]


def test_the_choice_depends_on_the_seed_alone() -> None:
    assert choose(1000, None, 10, 1).tolist() == choose(1000, None, 10, 1).tolist()
    assert choose(1000, None, 10, 1).tolist() != choose(1000, None, 10, 2).tolist()
