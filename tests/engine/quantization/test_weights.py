"""Codes of weights: how near they are to the weight, and how they lie."""

from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest
from onnx import numpy_helper, parser

from engine.quantization.weights import SMALLEST_BLOCK, block_for, encode, padded_block, problem, weight_slots

RNG = np.random.default_rng(0)


@pytest.mark.parametrize("bits", [4, 8])
@pytest.mark.parametrize("symmetric", [True, False])
@pytest.mark.parametrize(
    ("shape", "channels", "summed", "block"),
    [
        ((24, 64), 0, 1, 16),
        ((64, 24), 1, 0, 32),
        ((8, 16, 3, 3), 0, 1, 0),
        ((2, 12, 20), 1, 2, 0),
        ((6, 40), 0, 1, 32),
    ],
)
def test_every_weight_is_within_half_a_step(
    shape: tuple[int, ...], channels: int, summed: int, block: int, bits: int, symmetric: bool
) -> None:
    weight = RNG.normal(size=shape).astype(np.float32) + 0.3
    coded = encode(weight, channels, summed, bits=bits, block=block, symmetric=symmetric)
    assert coded.codes.shape == shape
    steps = coded.scale.max()
    # An asymmetric zero point is rounded too, which can move a bound by half a step.
    assert np.abs(coded.dequantized() - weight).max() <= steps * (0.51 if symmetric else 1.01)
    assert coded.scale.shape[channels] == shape[channels]
    assert coded.scale.shape[summed] == (-(-shape[summed] // block) if block else 1)
    assert np.abs(coded.dequantized() - weight).max() > steps * 0.2, "something was rounded"


def test_blocks_are_more_exact_than_channels_and_search_more_than_nearest() -> None:
    weight = RNG.standard_t(4, size=(64, 256)).astype(np.float32)

    def error(**options: object) -> float:
        coded = encode(weight, 0, 1, bits=4, **options)  # type: ignore[arg-type]
        return float(((coded.dequantized() - weight) ** 2).sum())

    assert error(block=32, search=True) < error(block=32) < error()


def test_zero_and_extreme_weights() -> None:
    coded = encode(np.zeros((4, 32), np.float32), 0, 1, bits=4, block=16)
    assert not coded.dequantized().any() and (coded.scale == 1).all()
    assert problem(np.array([1.0, np.inf], np.float32)) is not None
    assert problem(np.array([1.0, 2.0], np.float32)) is None


def test_which_block_fits() -> None:
    assert block_for(64, 32) == 32 and block_for(48, 32) == 16
    assert block_for(32, 32) == 0, "one block is the whole axis"
    assert block_for(27, 32) == 0
    assert padded_block(1024, 128) == 128 and padded_block(16, 128) == SMALLEST_BLOCK
    assert padded_block(257, 128) == 16, "a block of 128 would be empty but for one element"


CASES = {
    "y = MatMul(x, w)": (1, 1, 0),
    "y = MatMul(w, x)": (0, 0, 1),
    "y = Gemm(x, w)": (1, 1, 0),
    "y = Gemm<transB = 1>(x, w)": (1, 0, 1),
    "y = Gather(w, i)": (0, 0, 1),
}


@pytest.mark.parametrize("text", CASES)
def test_axes_of_channels_and_sums(text: str) -> None:
    proto = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> net (float[8,8] x, int64[2] i) => (float[N,8] y) { ' + text + " }"
    )
    proto.graph.initializer.append(numpy_helper.from_array(np.ones((8, 8), np.float32), "w"))
    slots = weight_slots(ir.from_proto(proto).graph[0])
    assert not isinstance(slots, str)
    assert [(slot.position, slot.channels, slot.summed) for slot in slots] == [CASES[text]]


@pytest.mark.parametrize("text", ["y = MatMul(x, x)", "y = Relu(x)", "y = Gather(x, i)", "y = MatMul(w, w)"])
def test_reasons_where_there_is_no_weight(text: str) -> None:
    proto = parser.parse_model(
        '<ir_version: 8, opset_import: ["" : 13]> net (float[8,8] x, int64[2] i) => (float[N,8] y) { ' + text + " }"
    )
    proto.graph.initializer.append(numpy_helper.from_array(np.ones((8, 8), np.float32), "w"))
    assert isinstance(weight_slots(ir.from_proto(proto).graph[0]), str)
