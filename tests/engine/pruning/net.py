"""Small models with random weights, written op by op."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import onnx
import onnx_ir as ir
from numpy.typing import NDArray
from onnx import TensorProto, helper, numpy_helper

from engine.graph.inference import infer


class Net:
    """Nodes are named by op and number; weights come from a seeded generator."""

    def __init__(self, seed: int = 0, opset: int = 21, **inputs: Sequence[int | str]) -> None:
        self.rng = np.random.default_rng(seed)
        self.opset = opset
        self.nodes: list[onnx.NodeProto] = []
        self.initializers: list[onnx.TensorProto] = []
        self.inputs = [helper.make_tensor_value_info(n, TensorProto.FLOAT, list(s)) for n, s in inputs.items()]
        self.outputs: list[str] = []

    def op(self, op: str, *inputs: str, outputs: int = 1, name: str | None = None, **attributes: Any) -> Any:
        name = name or f"{op}_{len(self.nodes)}"
        names = [f"{name}_out{number}" for number in range(outputs)]
        self.nodes.append(helper.make_node(op, list(inputs), names, name=name, **attributes))
        return names[0] if outputs == 1 else names

    def weight(self, *shape: int, positive: bool = False) -> str:
        array = self.rng.normal(size=shape).astype(np.float32) / np.float32(np.sqrt(max(np.prod(shape[1:]), 1)))
        return self.constant(np.abs(array) + np.float32(0.5) if positive else array)

    def constant(self, array: NDArray[Any] | Sequence[int] | float) -> str:
        name = f"c{len(self.initializers)}"
        self.initializers.append(numpy_helper.from_array(np.asarray(array), name))
        return name

    def output(self, *names: str) -> None:
        self.outputs += names

    def model(self) -> ir.Model:
        """The model with inferred shapes, checked."""
        outputs = [onnx.ValueInfoProto(name=name) for name in self.outputs]
        graph = helper.make_graph(self.nodes, "net", self.inputs, outputs, self.initializers)
        proto = helper.make_model(graph, opset_imports=[helper.make_opsetid("", self.opset)], ir_version=10)
        model = ir.from_proto(proto)
        infer(model, forget=False)
        onnx.checker.check_model(ir.to_proto(model), full_check=True)
        return model

    # The usual layers

    def conv(self, x: str, c: int, m: int, kernel: int = 1, group: int = 1, bias: bool = True, **kwargs: Any) -> str:
        weights = [self.weight(m, c // group, kernel, kernel), *([self.weight(m)] if bias else [])]
        half = kernel // 2
        return str(self.op("Conv", x, *weights, kernel_shape=[kernel] * 2, pads=[half] * 4, group=group, **kwargs))

    def linear(self, x: str, inputs: int, outputs: int, **kwargs: Any) -> str:
        return str(self.op("Add", self.op("MatMul", x, self.weight(inputs, outputs), **kwargs), self.weight(outputs)))

    def batchnorm(self, x: str, c: int) -> str:
        parts = [self.weight(c), self.weight(c), self.weight(c), self.weight(c, positive=True)]
        return str(self.op("BatchNormalization", x, *parts))

    def reshape(self, x: str, *shape: int) -> str:
        return str(self.op("Reshape", x, self.constant(np.asarray(shape, np.int64))))

    def attention(self, x: str, s: int, e: int, heads: int) -> str:
        """Self attention of ``[N, s, e]``."""
        q, k, v = (
            self.op("Transpose", self.reshape(self.linear(x, e, e), 0, s, heads, e // heads), perm=[0, 2, 1, 3])
            for _ in range(3)
        )
        scores = self.op("MatMul", q, self.op("Transpose", k, perm=[0, 1, 3, 2]))
        weights = self.op("Softmax", self.op("Div", scores, self.constant(np.float32(2))), axis=-1)
        mixed = self.op("Transpose", self.op("MatMul", weights, v), perm=[0, 2, 1, 3])
        return self.linear(self.reshape(mixed, 0, s, e), e, e)
