from __future__ import annotations

import onnx.defs
import onnx_ir as ir
import pytest

from engine.graph import runnable
from engine.graph.runnable import runs


def test_a_sound_model_of_standard_operators_runs(parse) -> None:
    assert runs(parse("g (float[2] x) => (float[2] y) { y = Relu(x) }")) == (True, "")


def test_an_operator_of_onnx_runtime_runs(parse) -> None:
    assert runs(
        parse("g (float[2] x) => (float[2] y) { y = com.microsoft.QuickGelu(x) }", domains=', "com.microsoft" : 1')
    )[0]


@pytest.mark.parametrize(
    ("text", "opset", "domains", "reason"),
    [
        ("y = my.Thing(x)", 13, ', "my" : 1', "Thing of domain my"),
        ("y = my.Thing(x)", 13, "", "no operator set"),
        ("y = Gelu(x)", 13, "", "Gelu in opset 13"),
        ("y = NoSuchOp(x)", 13, "", "NoSuchOp"),
        ("y = com.microsoft.Gone(x)", 13, ', "com.microsoft" : 1', "Gone"),
        ("[same] a = Relu(x) [same] y = Neg(a)", 13, "", "the name 'same'"),
    ],
)
def test_what_cannot_run_says_why(parse, text: str, opset: int, domains: str, reason: str) -> None:
    can_run, why = runs(parse(f"g (float[2] x) => (float[2] y) {{ {text} }}", opset=opset, domains=domains))
    assert can_run is False
    assert reason in why


def test_a_value_that_nothing_produces(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu(x) }")
    model.graph[0].replace_input_with(0, ir.Value(name="ghost"))
    assert runs(model)[0] is False
    assert "'ghost'" in runs(model)[1]


def test_without_a_runtime_it_is_not_known(parse, monkeypatch) -> None:
    monkeypatch.setattr(runnable, "find_spec", lambda name: None)
    can_run, why = runs(parse("g (float[2] x) => (float[2] y) { y = Relu(x) }"))
    assert can_run is None
    assert "onnxruntime" in why


def test_an_opset_of_the_future_is_not_known(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu(x) }", opset=onnx.defs.onnx_opset_version() + 1)
    assert runs(model)[0] is None


def test_custom_operators_may_come_from_a_library(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = own.Op(x) }", domains=', "own" : 1')
    assert runs(model)[0] is False
    assert runs(model, "ops.so") == (None, "what ONNX Runtime itself does not know may come from ops.so")
