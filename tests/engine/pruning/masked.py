"""The reference for a cut: the original model, reading zeros wherever something sums over channels that were cut."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
import onnxruntime
from numpy.typing import NDArray

from engine.graph.inference import infer
from engine.pruning.analysis import analyse
from engine.pruning.atoms import Kept, Ref
from engine.pruning.cut import cut, dead_or_alive

Arrays = dict[str, NDArray[Any]]


def masked(model: ir.Model, kept: Mapping[str, Sequence[int]]) -> ir.Model:
    """A copy in which what is cut is multiplied by zero in front of every node that sums over it."""
    copy = model.clone()
    found = analyse(copy)
    stays = Kept(dead_or_alive(found, kept), set())
    for number, (node, position, axis) in enumerate(found.atoms.reads):
        value = node.inputs[position]
        assert value is not None
        axes = found.atoms.axes.get(value)
        ref = found.atoms.constants.get(value, {}).get(axis) if axes is None else axes[axis]
        if not stays.cuts(ref):
            continue
        assert isinstance(ref, Ref)
        rank = len(found.atoms.sizes(value) or ())
        shape = [ref.size if at == axis % rank else 1 for at in range(rank)]
        mask = stays.mask(ref, ref.size).astype(np.float32).reshape(shape)
        tensor = ir.tensor(mask, name=f"mask_{number}")
        initializer = ir.Value(
            name=tensor.name, const_value=tensor, shape=ir.Shape(shape), type=ir.TensorType(tensor.dtype)
        )
        graph = node.graph
        assert isinstance(graph, ir.Graph)
        graph.register_initializer(initializer)
        mul = ir.Node("", "Mul", [value, initializer], name=f"masking_{number}")
        mul.outputs[0].name = f"masked_{number}"
        graph.insert_before(node, mul)
        node.replace_input_with(position, mul.outputs[0])
    return copy


def run(model: ir.Model, feeds: Arrays) -> list[NDArray[Any]]:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 4
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    proto = ir.to_proto(model)
    session = onnxruntime.InferenceSession(proto.SerializeToString(), options, providers=["CPUExecutionProvider"])
    return list(session.run(None, feeds))


def assert_cut_is_right(model: ir.Model, kept: Mapping[str, Sequence[int]], feeds: Arrays) -> ir.Model:
    """The checker and the runtime accept the cut model, shapes are as inferred, and its results are the reference's."""
    shorter = cut(model, kept)
    onnx.checker.check_model(ir.to_proto(shorter), full_check=True)
    again = shorter.clone()
    infer(again, forget=True)
    for node, other in zip(shorter.graph.all_nodes(), again.graph.all_nodes(), strict=True):
        for value, inferred in zip(node.outputs, other.outputs, strict=True):
            if value.shape is not None and inferred.shape is not None:
                pairs = zip(value.shape, inferred.shape, strict=True)
                assert all(a == b for a, b in pairs if isinstance(a, int) and isinstance(b, int)), value.name
    found = run(shorter, feeds)
    groups = analyse(model).groups
    if all(groups.by_id[group].exact for group in kept):
        for one, other in zip(found, run(masked(model, kept), feeds), strict=True):
            np.testing.assert_allclose(one, other, rtol=2e-3, atol=2e-4)
    return shorter
