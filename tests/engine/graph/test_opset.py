from __future__ import annotations

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.graph.inference import infer
from engine.graph.layers import origins
from engine.graph.naming import name_nodes
from engine.graph.opset import raise_opset


def raised(model: ir.Model, target: int = 13) -> ir.Model:
    named = name_nodes(model)
    infer(named, forget=False)
    result, reason = raise_opset(named, target)
    assert reason is None
    onnx.checker.check_model(ir.to_proto(result))
    return result


def test_ids_metadata_and_weights_survive(parse) -> None:
    big = np.random.default_rng(0).standard_normal((64, 64)).astype(np.float32)
    model = parse(
        "g (float[1,64] x) => (float[1,1,64] y) { [mm] a = MatMul(x, w) [un] y = Unsqueeze<axes=[0]>(a) }",
        opset=11,
        w=big,
    )
    model.graph[0].metadata_props["note"] = "kept"
    result = raised(model)
    assert result.opset_imports[""] == 13
    by_name = {node.name: node for node in result.graph}
    assert by_name["mm"].metadata_props["note"] == "kept"
    weight = result.graph.initializers["w"].const_value
    assert weight is not None
    assert weight.numpy().tobytes() == big.tobytes()
    (new,) = by_name.keys() - {"mm", "un"}
    assert new.startswith("un_")
    assert origins(by_name[new]) == ("un",)


def test_bodies_are_raised_too(parse) -> None:
    model = parse(
        """g (bool c, float[2,3] x) => (float[1,2,3] y) {
            y = If(c) <then_branch = t () => (float[1,2,3] a) { a = Unsqueeze<axes=[0]>(x) },
                       else_branch = e () => (float[1,2,3] b) { n = Neg(x) b = Unsqueeze<axes=[0]>(n) }>
        }""",
        opset=11,
    )
    kinds = {node.name: node for node in raised(model).graph.all_nodes()}
    assert "axes" not in kinds["If_0/then_branch/Unsqueeze_0"].attributes


@pytest.mark.parametrize(("axis", "nodes"), [(2, 1), (-1, 1), (1, 4)])
def test_softmax_means_the_same_and_over_the_last_axis_stays_one_node(parse, run_model, axis: int, nodes: int) -> None:
    model = parse(f"g (float[2,3,4] x) => (float[2,3,4] y) {{ y = Softmax<axis={axis}>(x) }}", opset=11)
    result = raised(model)
    feeds = {"x": np.random.default_rng(0).standard_normal((2, 3, 4)).astype(np.float32)}
    assert result.graph.num_nodes() == nodes
    np.testing.assert_allclose(run_model(result, feeds)[0], run_model(model, feeds)[0], rtol=1e-6)


def test_what_cannot_be_raised_is_left_and_says_why(parse) -> None:
    model = parse("g (float[2,2] x) => (float[4,4] y) { [up] y = Upsample<scales=[2.0,2.0]>(x) }", opset=7)
    model.graph[0].attributes["scales"] = ir.AttrString("scales", "nonsense")
    named = name_nodes(model)
    result, reason = raise_opset(named, 13)
    assert result is named
    assert reason


def test_a_model_that_is_there_already_is_left(parse) -> None:
    model = parse("g (float[2] x) => (float[2] y) { y = Relu(x) }", opset=17)
    assert raise_opset(model, 13) == (model, None)
