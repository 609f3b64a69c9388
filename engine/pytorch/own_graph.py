"""The graph of a program that is no ONNX graph: its operators as nodes of the domain ``aten``, with its weights.

What cannot be converted can still be looked at: modules, parameters, what feeds what, and the time that PyTorch takes.
Only what carries tensors becomes a node; arithmetic on sizes and Python numbers is left out.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import onnx_ir as ir

from engine.graph.layers import NAME_SCOPES, name_scopes
from engine.graph.origin import STACK_TRACE
from engine.graph.values import Dim
from engine.pytorch.loading import Loaded, dtype_name, tensors_of, torch
from engine.pytorch.values import to_numpy

AT = re.compile(r"^\s*(?P<file>[^\n]+):(?P<line>\d+):\d+$")
_CONTROL = {"prim::If": ("then_branch", "else_branch"), "prim::Loop": ("body",)}


def graph_of(loaded: Loaded, shapes: Mapping[str, Sequence[Dim]]) -> ir.Model:
    """The program's own graph; of a plain module, which has none, its modules alone.

    Args:
        shapes: of its inputs, as far as they are known.
    """
    if loaded.exported is not None:
        return _Exported(loaded, shapes).model()
    if isinstance(loaded.module, torch().jit.ScriptModule):
        return _Script(loaded, shapes).model()
    return _Modules(loaded, shapes).model()


class _Builder:
    """Nodes with unique names and initializers by their path in the module."""

    def __init__(self, loaded: Loaded, shapes: Mapping[str, Sequence[Dim]]) -> None:
        self.loaded = loaded
        self.initializers: dict[str, ir.Value] = {}
        self.taken: Counter[str] = Counter()
        self.domains: set[str] = set()
        self.inputs = [self._input(one.name, one.dtype, shapes.get(one.name, one.shape)) for one in loaded.inputs]
        self.tensors = {**dict(loaded.module.named_parameters()), **dict(loaded.module.named_buffers())}

    @staticmethod
    def _input(name: str, dtype: str, shape: Sequence[Dim] | None) -> ir.Value:
        value = ir.Value(name=name, type=ir.TensorType(onnx_dtype(dtype or "float32")))
        value.shape = None if shape is None else ir.Shape(list(shape))
        return value

    def node(
        self,
        scope: Sequence[str],
        kind: str,
        inputs: Sequence[ir.Value | None],
        outputs: int,
        trace: str,
        **bodies: Any,
    ) -> ir.Node:
        domain, _, op = kind.rpartition("::")
        path = "/".join((*scope, op))
        self.taken[path] += 1
        name = path if self.taken[path] == 1 else f"{path}_{self.taken[path] - 1}"
        attributes = [ir.AttrGraph(key, body) for key, body in bodies.items()]
        self.domains.add(domain)
        found = ir.Node(domain, op, list(inputs), attributes, num_outputs=outputs, name=name)
        for number, value in enumerate(found.outputs):
            value.name = f"{name}:{number}"
        found.metadata_props[NAME_SCOPES] = name_scopes(scope, op)
        if trace:
            found.metadata_props[STACK_TRACE] = trace
        return found

    def weight(self, path: str, tensor: Any) -> ir.Value:
        if path not in self.initializers:
            array = to_numpy(tensor)
            value = ir.Value(name=path, const_value=ir.tensor(array, name=path), shape=ir.Shape(array.shape))
            value.type = ir.TensorType(onnx_dtype(dtype_name(tensor.dtype)))
            self.initializers[path] = value
        return self.initializers[path]

    def finish(self, nodes: Sequence[ir.Node], outputs: Sequence[ir.Value]) -> ir.Model:
        for number, value in enumerate(outputs):
            value.name = "output" if len(outputs) == 1 else f"output_{number}"
        graph = ir.Graph(
            self.inputs,
            list(outputs),
            nodes=nodes,
            initializers=list(self.initializers.values()),
            opset_imports=dict.fromkeys(sorted(self.domains), 1),
            name="program",
        )
        return ir.Model(graph, ir_version=10, producer_name="pytorch", producer_version=torch().__version__)


def onnx_dtype(name: str) -> ir.DataType:
    known = {"bool": "BOOL", "float32": "FLOAT", "float64": "DOUBLE"}
    return (
        ir.DataType[known.get(name, name.upper())]
        if known.get(name, name.upper()) in ir.DataType.__members__
        else (ir.DataType.UNDEFINED)
    )


# -- TorchScript ---------------------------------------------------------------------------------------------------


class _Script(_Builder):
    """Walks the graph of ``forward``, calls in their places, as PyTorch's exporter has it before it translates."""

    def model(self) -> ir.Model:
        c = torch()._C
        c._jit_pass_onnx_function_substitution(self.loaded.module.forward.graph)
        frozen = c._freeze_module(self.loaded.module._c, preserveParameters=True)
        module, tensors = c._jit_onnx_list_model_parameters(frozen)
        graph = module._get_method("forward").graph
        inputs = list(graph.inputs())
        known: dict[str, Any] = {}
        own = [value for value in inputs if str(value.type()) != "None"][: len(inputs) - len(tensors)]
        for value, mine in zip(own, self.inputs, strict=False):
            known[value.debugName()] = mine
        for value, tensor in zip(inputs[len(inputs) - len(tensors) :], tensors, strict=True):
            known[value.debugName()] = self.weight(value.debugName(), tensor)
        nodes = self._block(graph, known)
        outputs = [found for value in graph.outputs() for found in self._values(value, known)]
        return self.finish(nodes, list(dict.fromkeys(value for value in outputs if value.producer() is not None)))

    def _block(self, block: Any, known: dict[str, Any]) -> list[ir.Node]:
        return [made for node in block.nodes() for made in self._node(node, known)]

    def _node(self, node: Any, known: dict[str, Any]) -> Iterator[ir.Node]:
        kind, outputs = node.kind(), list(node.outputs())
        if kind == "prim::GetAttr":
            self._attribute(node, known)
        elif kind in ("prim::ListConstruct", "prim::TupleConstruct", "prim::DictConstruct"):
            known[outputs[0].debugName()] = [found for v in node.inputs() for found in self._values(v, known)]
        elif kind in ("prim::ListUnpack", "prim::TupleUnpack"):
            found = self._values(next(iter(node.inputs())), known)
            for number, value in enumerate(outputs):
                if _is_tensor(value) and found:
                    known[value.debugName()] = found[min(number, len(found) - 1)]
        elif kind in _CONTROL:
            yield from self._control(node, known)
        elif not kind.startswith("prim::") and any(_is_tensor(value) for value in outputs):
            inputs = [found for value in node.inputs() for found in self._values(value, known)]
            made = self.node(_scope(node), kind, inputs, len(outputs), _at(node))
            known.update(zip((value.debugName() for value in outputs), made.outputs, strict=True))
            yield made

    def _control(self, node: Any, known: dict[str, Any]) -> Iterator[ir.Node]:
        kind, outputs = node.kind(), [value for value in node.outputs() if _is_tensor(value)]
        bodies: dict[str, ir.Graph] = {}
        carried = [found for value in node.inputs() for found in self._values(value, known)]
        for key, block in zip(_CONTROL[kind], node.blocks(), strict=True):
            inside, inputs = dict(known), []
            for value in block.inputs():
                if _is_tensor(value):
                    inputs.append(ir.Value(name=value.debugName()))
                    inside[value.debugName()] = inputs[-1]
            nodes = self._block(block, inside)
            given = [found for value in block.outputs() for found in self._values(value, inside)]
            bodies[key] = ir.Graph(inputs, [v for v in given if v.producer() in nodes], nodes=nodes, name=key)
        if outputs or any(len(body) for body in bodies.values()):
            made = self.node(_scope(node), kind, carried, max(1, len(outputs)), _at(node), **bodies)
            known.update(zip((value.debugName() for value in outputs), made.outputs, strict=False))
            yield made

    def _attribute(self, node: Any, known: dict[str, Any]) -> None:
        """A module by its path, or one of its tensors."""
        holder = known.get(next(iter(node.inputs())).debugName(), "")
        if isinstance(holder, str):
            path = f"{holder}.{node.s('name')}" if holder else node.s("name")
            tensor = self.tensors.get(path)
            known[next(iter(node.outputs())).debugName()] = path if tensor is None else self.weight(path, tensor)

    @staticmethod
    def _values(value: Any, known: Mapping[str, Any]) -> list[ir.Value]:
        found = known.get(value.debugName())
        if isinstance(found, ir.Value):
            return [found]
        return list(found) if isinstance(found, list) else []


def _is_tensor(value: Any) -> bool:
    return str(value.type()).startswith(("Tensor", "Float", "Long", "Double", "Half", "Bool", "Int", "Optional[Tensor"))


def _scope(node: Any) -> list[str]:
    """``net.Net::/torch.nn.Sequential::layer1/net.Block::0`` is layer1, 0."""
    return [part.rpartition("::")[2] for part in node.scopeName().split("/") if part.rpartition("::")[2]]


def _at(node: Any) -> str:
    lines = str(node.sourceRange()).strip().splitlines()
    return "\n".join(line.strip() for line in lines[:1] if line.strip().startswith("File "))


# -- torch.export --------------------------------------------------------------------------------------------------


class _Exported(_Builder):
    """The nodes of an exported program as they are."""

    def model(self) -> ir.Model:
        exported = self.loaded.exported
        signature = exported.graph_signature
        paths = {**signature.inputs_to_parameters, **signature.inputs_to_buffers}
        known: dict[str, ir.Value] = {value.name: value for value in self.inputs if value.name}
        nodes: list[ir.Node] = []
        outputs: list[ir.Value] = []
        for node in exported.graph.nodes:
            if node.op == "placeholder" and node.name in paths:
                known[node.name] = self.weight(paths[node.name], self.tensors_of(exported, paths[node.name]))
            elif node.op == "output":
                outputs = [known[one.name] for one in node.all_input_nodes if one.name in known]
            elif node.op == "call_function":
                nodes += self._call(node, known)
        return self.finish(nodes, [value for value in outputs if value.producer() is not None])

    @staticmethod
    def tensors_of(exported: Any, path: str) -> Any:
        return exported.state_dict.get(path, exported.constants.get(path))

    def _call(self, node: Any, known: dict[str, ir.Value]) -> Iterator[ir.Node]:
        inputs = [known[one.name] for one in node.all_input_nodes if one.name in known]
        value = node.meta.get("val")
        if getattr(node.target, "__name__", "") == "getitem" and inputs:
            several = inputs[0].producer()
            number = node.args[1] if isinstance(node.args[1], int) else 0
            known[node.name] = several.outputs[number] if several and number < len(several.outputs) else inputs[0]
            return
        tensors = tensors_of(value)
        if not tensors or not hasattr(node.target, "_schema"):
            return
        stack = list((node.meta.get("nn_module_stack") or {}).values())
        scope = [part for part in (stack[-1][0] if stack else "").split(".") if part]
        made = self.node(scope, node.target._schema.name, inputs, len(tensors), node.meta.get("stack_trace") or "")
        for out, tensor in zip(made.outputs, tensors, strict=True):
            out.shape = ir.Shape([size if type(size) is int else str(size) for size in tensor.shape])
            out.type = ir.TensorType(onnx_dtype(dtype_name(tensor.dtype)))
        known[node.name] = made.outputs[0]
        yield made


# -- plain modules -------------------------------------------------------------------------------------------------


class _Modules(_Builder):
    """The modules that hold no others, one behind the other: which feeds which only running them would tell."""

    def model(self) -> ir.Model:
        nodes: list[ir.Node] = []
        before: list[ir.Value] = list(self.inputs)
        for path, module in self.loaded.module.named_modules():
            if next(iter(module.children()), None) is not None:
                continue
            own = module.named_parameters(recurse=False)
            weights = [self.weight(f"{path}.{name}" if path else name, tensor) for name, tensor in own]
            kind = f"torch.nn::{type(module).__name__}"
            nodes.append(self.node(path.split(".") if path else [], kind, [*before[:1], *weights], 1, ""))
            before = [nodes[-1].outputs[0]]
        return self.finish(nodes, [nodes[-1].outputs[0]] if nodes else [])
