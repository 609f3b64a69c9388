"""Two layers in the place of one: the same outputs at full rank, costs as predicted, healed, quantized, undone."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.apply import Applied, apply
from engine.graph.layers import index_layers, set_origins
from engine.graph.naming import places
from engine.graph.shapes import bind
from engine.progress import Progress
from engine.pruner import Linear
from engine.pruners import pruners
from engine.pruning.factorize import sketched, why_not
from engine.pruning.factors import factorize
from engine.pruning.savings import difference
from engine.pruning.solvable import Solvable, solvable, weight_of
from engine.pruning.split import split
from engine.quantization.calibrate import RangeCache
from engine.recipe import Recipe, Rule
from tests.engine.pruning.net import Net
from tests.engine.pruning.scene import FACTS, RUNTIME, Rows, distance, network, run

KEY = "low_rank"


def applied(*rules: Rule, samples: Rows | None = None, facts: object = FACTS) -> Applied:
    return apply(network(), Recipe(rules=rules), samples or Rows(), facts, RUNTIME, Progress(), ranges=RangeCache())  # type: ignore[arg-type]


def rule(selector: str | None, **options: float | str) -> Rule:
    return Rule("pruning", KEY, selector, {"multiple": "1", **options})


def layers() -> ir.Model:
    """A strided and padded Conv, a dilated one, a MatMul over positions and a Gemm with each of its operands turned."""
    net = Net(x=[2, 3, 9, 9])
    a = net.op("Conv", "x", net.weight(8, 3, 3, 3), net.weight(8), name="strided", strides=[2, 2], pads=[1, 0, 2, 1])
    b = net.op("Conv", a, net.weight(6, 8, 2, 2), name="dilated", dilations=[2, 2], pads=[1, 1, 1, 1])
    c = net.op("Transpose", b, perm=[0, 2, 3, 1])
    d = net.op("Add", net.op("MatMul", c, net.weight(6, 7), name="product"), net.weight(7))
    e = net.op("ReduceMean", d, net.constant(np.asarray([1, 2], np.int64)), keepdims=0)
    f = net.op("Gemm", net.op("Transpose", e), net.weight(5, 7), net.weight(5), name="turned", transA=1, transB=1)
    net.output(net.op("Gemm", f, net.weight(5, 9), name="plain"))
    return net.model()


def test_the_first_of_two_counts_as_the_layer_whatever_was_merged_into_it() -> None:
    model = layers()
    node = next(place.node for place in places(model) if place.id == "dilated")
    set_origins(node, ("pad", "dilated", "norm"))
    split(model, node, np.zeros((32, 3)), np.zeros((3, 6)), None)
    found = index_layers(model).by_id
    assert found["dilated_first"].origins == ("dilated", "pad", "norm")
    assert found["dilated"].origins == ("pad", "dilated", "norm")


@pytest.mark.parametrize("name", ["strided", "dilated", "product", "turned", "plain"])
def test_at_full_rank_the_outputs_are_the_same(name: str) -> None:
    model = layers()
    feeds = {"x": np.random.default_rng(0).normal(size=(2, 3, 9, 9)).astype(np.float32)}
    made = model.clone()
    node = next(place.node for place in places(made) if place.id == name)
    layer = solvable(node)
    assert isinstance(layer, Solvable)
    weight = weight_of(layer)[0]
    found = factorize(Linear(weight), min(weight.shape))
    assert split(made, node, found.first, found.second, None) == f"{name}_first"
    onnx.checker.check_model(ir.to_proto(made), full_check=True)
    np.testing.assert_allclose(_run(made, feeds), _run(model, feeds), rtol=1e-4, atol=1e-5)
    again = index_layers(made)
    assert again.by_id[f"{name}_first"].origins == again.by_id[name].origins == (name,)
    assert again.by_id[f"{name}_first"].output_shape is not None


def _run(model: ir.Model, feeds: dict[str, np.ndarray]) -> np.ndarray:
    import onnxruntime

    session = onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    return np.asarray(session.run(None, feeds)[0])


def test_error_falls_with_rank_and_healing_helps() -> None:
    lost = {}
    for heal in ("no", "yes"):
        for rank in (3, 7):
            found = applied(rule("inner", rank=rank, heal=heal), rule("wide", rank=rank, heal=heal))
            assert {one.id: one.rank for one in found.pruned.factored} == {"inner": rank, "wide": rank}
            lost[heal, rank] = distance(network(), found.model)
    assert lost["yes", 7] < lost["yes", 3]
    assert all(lost["yes", rank] < 0.7 * lost["no", rank] for rank in (3, 7))


def test_what_it_saves_is_known_before() -> None:
    model = network()
    plan = {name: (pruners()[KEY], pruners()[KEY].options(ratio=0.5, multiple="1")) for name in ("inner", "wide")}
    sketch, sizes = sketched(model, plan, 8)
    assert sizes == {"inner": (144, 16, 7), "wide": (16, 32, 5)}
    found = applied(rule("inner", ratio=0.5), rule("wide", ratio=0.5))
    before, predicted, after = (index_layers(bind(m, {}, 1, strict=True)) for m in (model, sketch, found.model))
    saved = difference(before, predicted)
    biases = 16 + 32 + 8  # that healing gives to "inner", "deep" and "narrow", which have none
    assert saved.parameters == before.parameters - after.parameters + biases
    assert saved.macs is not None
    assert before.macs is not None
    assert after.macs == before.macs - saved.macs == before.macs - 36 * (144 * 16 - 7 * 160 + 16 * 32 - 5 * 48)
    times = difference(before, predicted, {"inner": 100.0, "act": 5.0}).estimated_us
    assert times == pytest.approx(100 * (1 - 7 * (144 + 16) / (144 * 16)))


def test_what_may_be_slower_is_warned_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.pruning.factorize.FEW_MACS", 50_000)
    plenty, little = applied(rule("inner", rank=2)), applied(rule("wide", rank=8))
    assert not plenty.pruned.warnings
    assert len(little.pruned.warnings) == 1
    assert little.pruned.warnings[0].startswith("wide: as two layers it saves few")


def test_what_would_save_nothing_stays_and_says_at_which_rank_it_would() -> None:
    found = applied(rule("inner", rank=15), rule("wide", energy=0.999999), rule("narrow", multiple="8"))
    assert not found.pruned.factored
    assert found.skipped["inner"] == "a rank of 15 saves nothing: its 144 x 16 weight pays up to 14"
    assert "takes a rank of 16; its 16 x 32 weight saves something up to 10" in found.skipped["wide"]
    assert (
        "up to a rank of 6, and the target's kernels like multiples of 8; multiple=1 takes any"
        in found.skipped["narrow"]
    )


def test_a_weight_that_others_use_stays() -> None:
    model = network()
    nodes = {place.id: place.node for place in places(model)}
    assert "narrow" not in why_not(model)
    nodes["narrow"].replace_input_with(1, nodes["back"].inputs[1])  # type: ignore[arg-type]
    assert why_not(model)["narrow"] == "its weight is shared with 1 other layer: each would get its own two"


def test_energy_chooses_each_rank_by_the_data() -> None:
    found = applied(rule("inner", energy=0.9), rule("wide", energy=0.6))
    kept = {one.id: one.energy for one in found.pruned.factored}
    assert kept["inner"] >= 0.9 - 1e-3
    assert kept["wide"] >= 0.6 - 1e-3
    assert all(one.on_data for one in found.pruned.factored)
    blind = applied(rule("inner", energy=0.9), samples=Rows(kind="synthetic"))
    assert not blind.pruned.factored or not blind.pruned.factored[0].on_data
    assert not blind.pruned.healed


def test_a_layer_that_lost_channels_is_factored_as_it_is_then() -> None:
    channels = Rule("pruning", "reconstruction_channels", "inner", {"ratio": 0.5})
    found = applied(channels, rule("back", rank=5))
    (one,) = found.pruned.factored
    assert (one.id, one.rows, one.outputs, one.rank) == ("back", 8, 16, 5)
    assert {t.id: t.pruning for t in found.treated} == {"inner": "reconstruction_channels", "back": KEY}


def test_quantization_takes_both_layers_and_speaks_of_one() -> None:
    int8 = Rule("quantization", "int8_static", "wide")
    facts = replace(FACTS, integer_ops=frozenset({"Conv"}))
    found = applied(rule("wide", rank=8), int8, facts=facts)
    assert [(t.id, t.pruning, t.quantization) for t in found.treated] == [("wide", KEY, "int8_static")]
    integers = [n.op_type for n in found.model.graph if n.op_type == "Conv" and _dequantized(n)]
    assert len(integers) == 2
    plain = applied(rule("wide", rank=8))
    assert distance(plain.model, found.model) < 0.02


def _dequantized(node: ir.Node) -> bool:
    producer = node.inputs[1].producer() if node.inputs[1] is not None else None
    return producer is not None and producer.op_type == "DequantizeLinear"


def test_the_same_recipe_gives_the_same_model() -> None:
    first, second = (applied(rule("wide", ratio=0.4)).model for _ in range(2))
    np.testing.assert_array_equal(run(first)[0], run(second)[0])
