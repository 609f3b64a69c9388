from __future__ import annotations

import pytest

from engine.explain.costs import cost_us
from engine.explain.pair import pieces
from tests.engine.explain.conftest import Measured

pytestmark = pytest.mark.real_models


def test_every_microsecond_is_in_one_piece_at_the_most(measured: Measured) -> None:
    before, after = measured("mobilenet"), measured("mobilenet uint8")
    found = pieces(before, after)
    was = sum(piece.before_us + piece.converting_before_us for piece in found)
    now = sum(piece.after_us + piece.converting_after_us for piece in found)
    assert 0.95 * cost_us(before, before.profile.kernels) < was <= cost_us(before, before.profile.kernels) * 1.001
    assert 0.95 * cost_us(after, after.profile.kernels) < now <= cost_us(after, after.profile.kernels) * 1.001
    names = [layer for piece in found for layer in piece.layers]
    assert len(names) == len(set(names))
    assert [piece.lost_us for piece in found] == sorted((piece.lost_us for piece in found), reverse=True)


def test_each_conv_is_a_piece_of_its_own_with_what_is_fused_into_it(measured: Measured) -> None:
    found = {piece.layers: piece for piece in pieces(measured("mobilenet"), measured("mobilenet uint8"))}
    assert len([layers for layers in found if layers[0].startswith("conv")]) == 53
    assert found[("conv2",)].quantized
    (first,) = (piece for layers, piece in found.items() if "conv0" in layers)
    assert not first.quantized and first.converting_after_us > 0, "left in float, and its result is quantized"


def test_batch_normalizations_that_cleaning_folded_are_matched_by_origin(measured: Measured) -> None:
    before, after = measured("ultraface"), measured("ultraface clean")
    folded = [kernel for kernel in before.profile.kernels if kernel.op == "BatchNormalization"]
    assert folded, "as opened they are kernels of their own"
    found = pieces(before, after)
    was = sum(piece.before_us for piece in found)
    assert was >= cost_us(before, folded) and all(not piece.quantized for piece in found)


def test_pairs_of_a_file_that_was_quantized_elsewhere_belong_to_the_layer_they_convert_for(measured: Measured) -> None:
    found = pieces(measured("detector"), measured("detector pairs"))
    divided = [piece for piece in found if any(layer.startswith("Div") for layer in piece.layers)]
    assert len(divided) == 20
    assert all(piece.converting_after_us > 0 for piece in divided)
