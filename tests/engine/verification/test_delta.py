from __future__ import annotations

import numpy as np
import onnx_ir as ir
import onnxruntime

from engine.graph.cuts import frontiers, part
from engine.verification.delta import Base
from tests.engine.verification.scene import Scene


def run(model: ir.Model, feeds: dict[str, np.ndarray], outputs: list[str]) -> list[np.ndarray]:
    session = onnxruntime.InferenceSession(ir.to_proto(model).SerializeToString(), providers=["CPUExecutionProvider"])
    found: list[np.ndarray] = session.run(outputs, {i.name: feeds[i.name] for i in session.get_inputs()})
    return found


def base_of(scene: Scene) -> Base:
    return Base(scene.model, frontiers(scene.model, {}))


def test_a_copy_changes_nothing(scene: Scene) -> None:
    assert base_of(scene).changed(scene.model.clone()) is None


def test_only_what_is_between_the_first_and_the_last_difference_is_run(scene: Scene) -> None:
    candidate = scene.model.clone()
    weight = candidate.graph.initializers["w1"]
    assert weight.const_value is not None
    weight.const_value = ir.tensor(weight.const_value.numpy() * np.float32(2), name="w1")
    base = base_of(scene)
    changed = base.changed(candidate)
    assert changed is not None
    assert (base.frontier(changed.start), base.frontier(changed.end)) == (("r",), ("r", "b"))
    assert [node.name for node in changed.model.graph] == ["left"] and changed.handed == {"b": "b"}


def test_its_parts_give_what_the_whole_candidate_gives(scene: Scene) -> None:
    prepared = scene.prepared()
    base = base_of(scene)
    (feeds, *_) = list(scene.samples.batches(4))
    held = base.with_frontiers()
    names = [value.name or "" for value in held.graph.outputs]
    arrays = {**feeds, **dict(zip(names, run(held, dict(feeds), names), strict=True))}
    seen = set()
    for treatment in prepared.treatments:
        candidate, _ = prepared.alone(treatment)
        changed = base.changed(candidate)
        assert changed is not None
        seen.add(changed.end - changed.start)
        own = dict(zip(changed.handed, run(changed.model, arrays, list(changed.handed.values())), strict=True))
        rest = base.rest(changed.end)
        result = own.get("logits")
        if rest is not None:
            (result,) = run(rest[0], {**arrays, **own}, list(rest[1]))
        (whole,) = run(candidate, dict(feeds), ["logits"])
        assert result is not None
        np.testing.assert_allclose(result, whole, rtol=1e-4, atol=1e-5)
    assert min(seen) < len(base.cuts)  # something was saved


def test_readers_behind_the_cut_read_what_was_rounded(scene: Scene) -> None:
    """``stem`` rounds behind its Relu: what follows reads the DequantizeLinear, which is handed over in its place."""
    prepared = scene.prepared()
    stem = next(t for t in prepared.treatments if t.id == "stem")
    base = base_of(scene)
    changed = base.changed(prepared.alone(stem)[0])
    assert changed is not None
    assert base.frontier(changed.end) == ("r",)
    assert "DequantizeLinear" in changed.handed["r"]


def test_a_value_from_before_the_cut_makes_it_start_earlier(scene: Scene) -> None:
    """The base reads only codes behind the stem; with the next layer in float something reads it as it was."""
    prepared = scene.prepared()
    every, _ = prepared.without()
    base = Base(every, frontiers(every, {}))
    for treatment in prepared.treatments:
        changed = base.changed(prepared.without({(treatment.kind, treatment.id)})[0])
        assert changed is not None
        given = {value.name for value in changed.model.graph.inputs}
        assert given <= set(base.frontier(changed.start))


def test_a_part_needs_what_it_is_given(scene: Scene) -> None:
    assert part(scene.model, ("c",), ("e",)) is None
    found = part(scene.model, ("c", "r", "a"), ("e",))
    assert found is not None
    assert [value.name for value in found.graph.inputs] == ["c", "r"]
    assert [node.name for node in found.graph] == ["right", "join"]
