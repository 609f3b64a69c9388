"""Raise a model that may be quantized in part to the opset that a scheme needs."""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.fold_constants import lift_constants
from engine.graph.inference import infer
from engine.graph.naming import name_nodes
from engine.graph.opset import raise_opset

_IR_VERSIONS = {13: 7, 21: 10, 22: 10}


def raised(model: ir.Model, opset: int) -> tuple[ir.Model, str | None]:
    """A copy at the opset, with the IR version that its element types need; or the model and the reason why not."""
    found, reason = raise_opset(name_nodes(model), opset)
    if reason is not None:
        return model, reason
    lift_constants(found)
    infer(found, forget=False)
    found.ir_version = max(found.ir_version or 0, _IR_VERSIONS[opset])
    return found, None
