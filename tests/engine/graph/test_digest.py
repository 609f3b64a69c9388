from __future__ import annotations

import numpy as np
import onnx_ir as ir
import pytest

from engine.graph.digest import model_sha256

TEXT = """g (bool c, float[2,2] x) => (float[2,2] y) {
    [mm] m = MatMul(x, w)
    [if] y = If(c) <then_branch = t () => (float[2,2] a) { [e] a = Elu<alpha=0.5>(m) },
        else_branch = e () => (float[2,2] b) { b = Neg(m) }>
}"""


def build(parse, text: str = TEXT) -> ir.Model:
    return parse(text, w=np.eye(2, dtype=np.float32))


def test_a_copy_and_notes_change_nothing(parse) -> None:
    model = build(parse)
    copy = model.clone()
    copy.producer_name, copy.graph[0].doc_string = "someone", "a note"
    copy.metadata_props["recipe"] = "{}"
    assert model_sha256(copy) == model_sha256(model)


def test_where_the_weights_are_stored_changes_nothing(parse, tmp_path) -> None:
    model = build(parse)
    ir.save(model, tmp_path / "m.onnx", external_data="w.bin", size_threshold_bytes=0)
    assert model_sha256(ir.load(tmp_path / "m.onnx")) == model_sha256(model)


@pytest.mark.parametrize(
    ("old", "new"),
    [("[mm]", "[other]"), ("alpha=0.5", "alpha=0.6"), ("Neg(m)", "Abs(m)"), ("MatMul(x, w)", "MatMul(w, x)")],
)
def test_any_change_of_the_graph_changes_it(parse, old: str, new: str) -> None:
    assert model_sha256(build(parse, TEXT.replace(old, new))) != model_sha256(build(parse))


def test_one_changed_weight_changes_it(parse) -> None:
    weight = np.eye(2, dtype=np.float32)
    weight[0, 0] = np.nextafter(np.float32(1), np.float32(2))
    assert model_sha256(parse(TEXT, w=weight)) != model_sha256(build(parse))
