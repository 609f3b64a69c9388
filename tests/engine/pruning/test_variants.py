from __future__ import annotations

import numpy as np

from engine.pruning.variants import Variants, varied
from tests.engine.pruning.scene import Rows


def test_the_first_variant_is_the_sample_and_the_others_are_not() -> None:
    samples = Variants(Rows(), 3)
    batches = [feeds["x"] for feeds in samples.batches(8)]
    own = [feeds["x"] for feeds in Rows().batches(8)]
    assert len(samples) == 96
    assert sum(map(len, batches)) == 96
    np.testing.assert_array_equal(np.concatenate(batches[:4]), np.concatenate(own))
    assert not np.array_equal(batches[4], own[0])


def test_an_image_is_mirrored_along_its_width_whatever_its_layout() -> None:
    image = np.arange(2 * 3 * 5 * 6, dtype=np.float32).reshape(2, 3, 5, 6)  # too small to be moved
    mirrored = varied(image, 1, np.random.default_rng(0))
    np.testing.assert_array_equal(mirrored, image[:, :, :, ::-1])
    last = image.transpose(0, 2, 3, 1)
    np.testing.assert_array_equal(varied(last, 1, np.random.default_rng(0)), last[:, :, ::-1])


def test_moving_repeats_the_edge_and_leaves_other_inputs_alone() -> None:
    image = np.zeros((1, 3, 32, 32), np.float32)
    image[0, 0, :, :4] = 1
    moved = varied(image, 2, np.random.default_rng(0))
    assert set(np.unique(moved)) <= {0.0, 1.0}
    assert (np.diff(moved[0, 0, 0]) <= 0).all()
    row = np.ones((2, 7), np.float32)
    assert varied(row, 1, np.random.default_rng(0)) is row
