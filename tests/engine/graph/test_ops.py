from __future__ import annotations

import onnx.defs

from engine.graph.cost import _FAMILIES
from engine.graph.ops import _OPS, facts

WITHOUT_A_ROW = {
    "Adagrad", "Adam", "Gradient", "Momentum",
    "CausalConvWithState", "FlexAttention", "LinearAttention",
}  # fmt: skip


def test_every_operator_of_the_standard_has_a_row() -> None:
    """An op that is new in the standard shows up here instead of as silently unknown."""
    standard = {schema.name for schema in onnx.defs.get_all_schemas() if schema.domain == ""}
    assert standard - {op for domain, op in _OPS if domain == ""} <= WITHOUT_A_ROW


def test_every_family_has_a_cost_function() -> None:
    assert {row.family for row in _OPS.values()} == set(_FAMILIES)


def test_weights_lie_at_inputs_that_the_operators_have() -> None:
    for (domain, op), row in _OPS.items():
        if domain == "" and onnx.defs.has(op):
            schema = onnx.defs.get_schema(op)
            assert all(position < schema.max_input for position in (*row.parameters, *row.maybe_parameters)), op


def test_an_operator_of_another_domain_is_unknown_though_the_name_is_known() -> None:
    import onnx_ir as ir

    assert facts(ir.Node("my.domain", "Conv", [])) is None
    assert facts(ir.Node("ai.onnx", "Conv", [])) is facts(ir.Node("", "Conv", []))
