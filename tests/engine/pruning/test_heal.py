"""What healing promises, on a small network whose channels are correlated."""

from __future__ import annotations

import numpy as np
import pytest

from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.progress import Progress
from engine.pruning.cut import cut
from engine.pruning.evidence import look_at
from engine.pruning.gone import gone
from engine.pruning.groups import find_groups
from engine.pruning.heal import heal, tasks
from engine.pruning.mend import mend
from engine.pruning.rows import paired
from engine.pruning.solvable import Solvable, set_weight, solvable, weight_of
from engine.pruning.walk import unclipped
from tests.engine.pruning.scene import RUNTIME, Rows, distance, network, run

KEPT = {"inner": tuple(range(8)), "wide": tuple(range(4, 28))}


def healed(kept: dict[str, tuple[int, ...]]) -> tuple[float, float, float]:
    """The error of the outputs after cutting, mending and healing."""
    model = network()
    groups = [find_groups(model).by_id[name] for name in kept]
    after = cut(model, kept)
    index = index_layers(model)
    lost = gone(groups, kept)
    reads = look_at(model, index, groups, RUNTIME, Rows(), Progress())
    mended = mend(index, after, groups, kept, lost, reads)
    whole, layers = heal(model, after, lost, RUNTIME, Rows(), Progress())
    assert {layer.id for layer in layers} >= {"back", "narrow"}
    assert all(layer.after <= layer.before + 1e-9 for layer in layers)
    return distance(model, after), distance(model, mended), distance(model, whole)


def test_mending_helps_and_healing_helps_more() -> None:
    nothing, mended, whole = healed(KEPT)
    assert mended < 0.5 * nothing
    assert whole < 0.8 * mended


def test_a_group_that_crosses_an_addition_is_healed_too() -> None:
    nothing, mended, whole = healed({"stem": tuple(range(12))})
    assert mended < nothing
    assert whole < 0.5 * nothing


def test_what_no_cut_reaches_is_not_touched() -> None:
    model = network()
    kept = {"wide": tuple(range(16))}
    after, lost = cut(model, kept), gone([find_groups(model).by_id["wide"]], kept)
    whole, layers = heal(model, after, lost, RUNTIME, Rows(), Progress())
    assert [layer.id for layer in layers] == ["deep", "narrow", "product"]
    for name in ("w0", "w1", "w2"):
        assert whole.graph.initializers[name].const_value is after.graph.initializers[name].const_value


def test_the_branch_of_a_residual_sum_aims_at_the_sum() -> None:
    model = network()
    found = {task.id: task for task in tasks(model, cut(model, {"stem": tuple(range(12))}))}
    assert (found["back"].target, found["back"].minus) == ("e", "r")
    assert found["inner"].minus is None
    assert found["back"].bounds == (0, np.inf)


def test_healing_does_not_depend_on_where_the_walk_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    model = network()
    after = cut(model, KEPT)
    lost = gone([find_groups(model).by_id[name] for name in KEPT], KEPT)
    first, _ = heal(model, after, lost, RUNTIME, Rows(), Progress())
    monkeypatch.setattr("engine.pruning.walk.HELD_BYTES", 0)
    second, _ = heal(model, after, lost, RUNTIME, Rows(), Progress())
    np.testing.assert_allclose(run(first)[0], run(second)[0], rtol=1e-3, atol=1e-4)


def test_what_is_clipped_in_both_models_is_right_already() -> None:
    wanted, own = np.array([-3.0, -3.0, 2.0, 9.0, 9.0]), np.array([-1.0, 4.0, 1.0, 7.0, 3.0])
    assert unclipped(wanted, own, 0.0, 6.0).tolist() == [-1.0, 0.0, 2.0, 7.0, 6.0]


@pytest.mark.parametrize(("name", "reads", "makes"), [("inner", "r", "b"), ("deep", "h", "i"), ("product", "q", "s")])
def test_rows_times_weight_are_what_the_layer_gives(name: str, reads: str, makes: str) -> None:
    model = network()
    layer = solvable(index_layers(model).node(name))
    assert isinstance(layer, Solvable)
    read, made = run(model, None, reads, makes)
    rows, outputs = paired(layer.layout, read, made, 500, np.random.default_rng(0))
    assert len(rows) == min(500, made.size // made.shape[1])
    np.testing.assert_allclose(np.einsum("vgn,gno->vgo", rows, weight_of(layer)), outputs, atol=1e-4)


def test_a_weight_that_others_use_is_replaced_beside_it() -> None:
    model = network()
    nodes = {place.id: place.node for place in places(model)}
    nodes["narrow"].replace_input_with(1, nodes["back"].inputs[1])  # type: ignore[arg-type]
    layer = solvable(nodes["back"])
    assert isinstance(layer, Solvable)
    before = nodes["narrow"].inputs[1].const_value.numpy().copy()  # type: ignore[union-attr]
    set_weight(model, layer, weight_of(layer) + 1, np.zeros((1, 16)))
    np.testing.assert_array_equal(nodes["narrow"].inputs[1].const_value.numpy(), before)  # type: ignore[union-attr]
    np.testing.assert_allclose(nodes["back"].inputs[1].const_value.numpy(), before + 1, rtol=1e-5)  # type: ignore[union-attr]
