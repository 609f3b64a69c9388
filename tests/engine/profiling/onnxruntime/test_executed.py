from __future__ import annotations

from pathlib import Path

import onnx
import onnx_ir as ir
import pytest

from engine.backend import KernelEvent
from engine.graph.layers import index_layers
from engine.profiling.attribution import attribute
from engine.profiling.onnxruntime.executed import Assigned, compiled_graph
from engine.profiling.tagging import tagged
from tests.engine.profiling.helpers import floats, parsed

TENSORRT = "TensorrtExecutionProvider"


@pytest.fixture
def model() -> ir.Model:
    return parsed(
        '<ir_version: 8, opset_import: ["" : 17]>'
        "g (float[1,4,8,8] x) => (float[1,4,8,8] y) {"
        "[a] p = Conv<pads=[1,1,1,1]>(x, u) [b] q = Relu(p) [c] r = Erf(q) [d] y = Conv<pads=[1,1,1,1]>(r, u) }",
        {"u": floats(4, 4, 3, 3)},
    )


@pytest.fixture
def path(model: ir.Model, tmp_path: Path) -> Path:
    ir.save(tagged(model), tmp_path / "m.onnx")
    return tmp_path / "m.onnx"


def event(name: str, op: str, start: float, provider: str) -> KernelEvent:
    return KernelEvent(name, op, provider, start, 5.0, 1)


def test_compiled_nodes_hold_the_nodes_that_went_into_them(model: ir.Model, path: Path) -> None:
    a, b, c, d = (node.name for node in onnx.load(path).graph.node)
    # An engine's name ends in numbers, and the tenth comes after the second.
    engines = [f"TensorrtExecutionProvider_TRTKernel_graph_g_77_{n}_{n}" for n in (2, 10)]
    run = [event(engines[0], "TRT", 0, TENSORRT), event(c, "Erf", 9, "CPUExecutionProvider")]
    run.append(event(engines[1], "TRT", 20, TENSORRT))
    parts = [Assigned(TENSORRT, (a, b)), Assigned("CPUExecutionProvider", (c,)), Assigned(TENSORRT, (d,))]
    executed, constants = compiled_graph(path, parts, run, TENSORRT)
    assert [node.originals for node in executed] == [(a, b), (), (d,)]
    assert executed[0].outputs == executed[1].inputs and executed[1].outputs == (executed[2].inputs[0],)
    attribution = attribute(model, index_layers(model), executed, constants)
    assert [owner.layers for owner in attribution.owners] == [("a", "b"), ("c",), ("d",)]


def test_without_the_runtime_s_record_a_compiled_node_stays_unknown(path: Path) -> None:
    executed, _ = compiled_graph(path, [], [event("TRTKernel_0", "TRT", 0, TENSORRT)], TENSORRT)
    assert [(node.originals, node.inputs) for node in executed] == [((), ())]
