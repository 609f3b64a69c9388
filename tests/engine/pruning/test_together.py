"""What solving layers together promises: the arithmetic of the runtime, its gradient, and nearer outputs."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.naming import places
from engine.progress import Progress
from engine.pruning.blocks import Block, blocks
from engine.pruning.cut import cut
from engine.pruning.forward import Array, channels_last, error, gradient, rows_of_weight
from engine.pruning.gone import gone
from engine.pruning.groups import find_groups
from engine.pruning.heal import heal
from engine.pruning.solvable import weight_of
from engine.pruning.together import solve_together, weights_of
from engine.pruning.walk import all_frontiers
from tests.engine.pruning.scene import RUNTIME, Rows, network, run


def found(model: ir.Model) -> list[Block]:
    narrow = all_frontiers(model)
    ids = {place.node: place.id for place in places(model)}
    return blocks(model, narrow, {cut.frontier[0] for cut in narrow if len(cut.frontier) == 1}, ids, 0, {})


def arrays(block: Block, model: ir.Model) -> tuple[Mapping[str, Array], Array, dict[str, Array]]:
    fed = np.concatenate([feeds["x"] for feeds in Rows(seed=2).batches(8)])
    inputs = {name: channels_last(fed if name == "x" else run(model, None, name)[0]) for name in block.inputs}
    weights = {name: weights_of(layer).astype(np.float32) for name, layer in block.layers.items()}
    return inputs, channels_last(run(model, None, block.end)[0]), weights


def test_blocks_end_where_little_is_handed_on() -> None:
    assert [(block.end, tuple(block.layers)) for block in found(network())] == [
        ("f", ("stem", "inner", "back")),
        ("m", ("wide", "deep", "narrow")),
    ]


@pytest.mark.parametrize("number", [0, 1])
def test_a_block_computes_what_the_runtime_does(number: int) -> None:
    model = network()
    block = found(model)[number]
    inputs, wanted, weights = arrays(block, model)
    assert error(block.ops, inputs, wanted, weights) < 1e-8 * float(np.sum(wanted**2))
    name = next(iter(weights))
    weights[name] = weights[name] * 1.1
    assert error(block.ops, inputs, wanted, weights) > 1e-4 * float(np.sum(wanted**2))


@pytest.mark.parametrize("number", [0, 1])
def test_the_gradient_is_how_the_error_changes(number: int) -> None:
    model = network()
    block = found(model)[number]
    inputs, wanted, weights = arrays(block, model)
    inputs = {name: array[:4].astype(np.float64) for name, array in inputs.items()}
    wanted = wanted[:4].astype(np.float64) + 0.5
    weights = {name: weight.astype(np.float64) for name, weight in weights.items()}
    _, half = gradient(block.ops, inputs, wanted, weights)
    rng = np.random.default_rng(0)
    for name, weight in weights.items():
        way = rng.normal(size=weight.shape)
        there, back = (
            error(block.ops, inputs, wanted, {**weights, name: weight + step * way}) for step in (1e-6, -1e-6)
        )
        assert float(np.sum(2 * half[name] * way)) == pytest.approx((there - back) / 2e-6, rel=1e-4)


def test_weights_come_back_as_they_went() -> None:
    for block in found(network()):
        for layer in block.layers.values():
            weight, _ = rows_of_weight(layer.layout, weights_of(layer))
            np.testing.assert_array_equal(weight, weight_of(layer))


@pytest.fixture(name="cut_inside")
def _cut_inside() -> tuple[ir.Model, ir.Model, dict[str, set[int]]]:
    """A model, the healed one without half of a block's channels, and what is gone."""
    model = network()
    kept = {"inner": tuple(range(8))}
    lost = gone([find_groups(model).by_id["inner"]], kept)
    alone, _ = heal(model, cut(model, kept), lost, RUNTIME, Rows(), Progress())
    return model, alone, lost


def test_a_block_solved_together_gives_more_nearly_what_it_gave(
    cut_inside: tuple[ir.Model, ir.Model, dict[str, set[int]]],
) -> None:
    model, healed, lost = cut_inside
    wanted, before = run(model, None, "f")[0], run(healed, None, "f")[0]
    solved = solve_together(model, healed, lost, RUNTIME, Rows(), 1, Progress())
    assert (solved[0].end, solved[0].layers) == ("f", ("back",))
    assert all(block.after < block.before for block in solved)
    assert np.sum((run(healed, None, "f")[0] - wanted) ** 2) < np.sum((before - wanted) ** 2)


def test_a_block_goes_as_far_as_serves_samples_kept_apart(
    cut_inside: tuple[ir.Model, ir.Model, dict[str, set[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, healed, lost = cut_inside
    (far,) = solve_together(model, healed.clone(), lost, RUNTIME, Rows(), 1, Progress())[:1]
    monkeypatch.setattr("engine.pruning.together.WAYS", (0.0, 0.25))
    (near,) = solve_together(model, healed.clone(), lost, RUNTIME, Rows(), 1, Progress())[:1]
    assert far.before == near.before
    assert far.after < near.after < near.before


def test_what_does_not_serve_samples_kept_apart_is_left(
    cut_inside: tuple[ir.Model, ir.Model, dict[str, set[int]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    model, healed, lost = cut_inside
    monkeypatch.setattr("engine.pruning.together.error", lambda *_: 1.0)
    before = run(healed)[0]
    assert solve_together(model, healed, lost, RUNTIME, Rows(), 1, Progress()) == ()
    np.testing.assert_array_equal(run(healed)[0], before)
