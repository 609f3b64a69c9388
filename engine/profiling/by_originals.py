"""Anchors from the original layers that a runtime names for each kernel (OpenVINO).

Tags in those names anchor most kernels. The rest is found in the order of execution:

1. A mover (reorder, convert, reshape, transpose, broadcast) that names no original node which moves is *inserted*, and
   hands its value on.
2. A fused operation that lost its tag is the reader of the kernel's value that has its type ("Sigmoid_11374").
3. A kernel without any tag gets the nodes between its neighbours: those that lie behind what its readers are known to
   do (or behind the value that an inserted kernel makes of its output) and in front of the values that it reads. Among
   them, the nodes of its own type; where none has it, all that nobody does.
4. A loop that is one kernel does its whole body.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.graph.naming import bodies
from engine.profiling.original import ancestors
from engine.profiling.regions import Attributor
from engine.profiling.tagging import tags

_MOVES = {
    "reorder": {"Transpose"},
    "convert": {"Cast", "QuantizeLinear", "DequantizeLinear"},
    "reshape": {"Reshape", "Flatten", "Squeeze", "Unsqueeze", "Transpose", "Identity"},
    "transpose": {"Transpose", "DepthToSpace", "SpaceToDepth"},
    "permute": {"Transpose", "DepthToSpace", "SpaceToDepth"},
    "broadcast": {"Expand", "Tile", "ConstantOfShape"},
    "shapeof": {"Shape", "Size"},
}
"""Kernels that may be inserted, and the ops whose work they do otherwise."""
_LOOPS = ("tensoriterator", "loop", "if")
_OPS = {
    "Multiply": ("Mul",),
    "Subtract": ("Sub",),
    "Divide": ("Div",),
    "Power": ("Pow",),
    "Maximum": ("Max",),
    "Minimum": ("Min",),
    "Clamp": ("Clip",),
    "MatMul": ("MatMul", "Gemm"),
    "FullyConnected": ("MatMul", "Gemm"),
    "Convolution": ("Conv",),
    "GroupConvolution": ("Conv",),
    "ConvolutionBackpropData": ("ConvTranspose",),
    "GRUSequence": ("GRU",),
    "LSTMSequence": ("LSTM",),
    "RNNSequence": ("RNN",),
    "GRUCell": ("GRU",),
    "LSTMCell": ("LSTM",),
    "VariadicSplit": ("Split", "Slice"),
    "StridedSlice": ("Slice",),
    "Interpolate": ("Resize", "Upsample"),
    "FakeQuantize": ("QuantizeLinear", "DequantizeLinear"),
    "AvgPool": ("AveragePool", "GlobalAveragePool"),
    "BatchNormInference": ("BatchNormalization",),
    "MVN": ("InstanceNormalization", "LayerNormalization"),
}
"""OpenVINO's names of operations that ONNX names otherwise."""
_SEVERAL = ("Split", "Slice")


class ByOriginals(Attributor):
    """Anchors from ``ExecutedNode.originals``."""

    def is_inserted(self, node: ExecutedNode) -> bool:
        moves = _MOVES.get(node.op.lower())
        return moves is not None and not any(named.op_type in moves for named in self._named(node))

    def anchor(self) -> None:
        self._readers: dict[str, list[int]] = {}
        self._makers = {name: number for number, node in enumerate(self.executed) for name in node.outputs}
        for number, node in enumerate(self.executed):
            for name in node.inputs:
                self._readers.setdefault(name, []).append(number)
        named = [self._named(node) for node in self.executed]
        real = [n for n, found in enumerate(named) if found and not self.inserted[n]]
        for number in sorted(real, key=lambda n: self.executed[n].in_place):
            self._take(number, self._with_loops(number, named[number]))
        for number in real:
            self._follow(number)
        for number, found in enumerate(named):
            if found:
                self._hold(number, self.anchors[number] or found)
        for number, node in enumerate(self.executed):
            if self.inserted[number]:
                self._hand_on(node)
            elif not named[number]:
                self._take(number, self._between(number))
                self._hold(number, self.anchors[number])

    # what the runtime names

    def _named(self, node: ExecutedNode) -> list[ir.Node]:
        """The original nodes that the names of a kernel's original layers point at, in the order of the graph."""
        found: set[int] = set()
        for text in node.originals:
            said = tags(text)
            found.update(said.nodes)
            makers = (self.original.maker(self.original.value(tag)) for tag in said.values)
            found.update(self._place[maker] for maker in makers if maker is not None)
        return [self.original.nodes[number] for number in sorted(found)]

    @property
    def _place(self) -> dict[ir.Node, int]:
        if not hasattr(self, "_places"):
            self._places = {node: number for number, node in enumerate(self.original.nodes)}
        return self._places

    def _take(self, number: int, nodes: Sequence[ir.Node]) -> None:
        self.anchors[number] = list(nodes)
        for node in nodes:
            self.claims.setdefault(node, number)

    def _with_loops(self, number: int, nodes: list[ir.Node]) -> list[ir.Node]:
        """For the kernel of a loop: the loop behind the named nodes, and all of its body."""
        if self.executed[number].op.lower() not in _LOOPS:
            return nodes
        waiting, found = list(nodes), dict.fromkeys(nodes)
        while waiting:
            node = waiting.pop()
            if bodies(node):
                inside = [inner for body in bodies(node).values() for inner in body.all_nodes()]
                return [*found, node, *inside] if node not in found else [*found, *inside]
            for value in ancestors(node):
                producer = self.original.producer(value)
                if producer is not None and producer not in found and producer not in self.claims:
                    found[producer] = None
                    waiting.append(producer)
        return nodes

    def _follow(self, number: int) -> None:
        """Take the fused operations that lost their tags."""
        types = [ops for name in self.executed[number].originals if not any(tags(name).nodes) for ops in [_types(name)]]
        last = self.anchors[number][-1]
        for ops in types:
            readers = self.original.consumers(last.outputs[0]) if len(last.outputs) == 1 else ()
            if len(readers) == 1 and readers[0].op_type in ops and readers[0] not in self.claims:
                last = readers[0]
                self.anchors[number].append(last)
                self.claims[last] = number

    # which value an executed value holds

    def _hold(self, number: int, nodes: Sequence[ir.Node]) -> None:
        kernel = self.executed[number]
        if not nodes:
            return
        last = max(nodes, key=self._place.__getitem__) if len(nodes) > 1 else nodes[0]
        loops = [node for node in nodes if bodies(node)]
        last = loops[0] if loops and last.graph is not loops[0].graph else last
        if len(kernel.outputs) == len(last.outputs):
            for name, value in zip(kernel.outputs, last.outputs, strict=True):
                self.held.setdefault((kernel.body_of, name), value)
        elif len(nodes) > 1 and all(node.op_type in _SEVERAL for node in nodes):
            for name in kernel.outputs:
                found = [n for n in nodes if n in self._behind(self._starts(name))]
                if len(found) == 1:
                    self.held.setdefault((kernel.body_of, name), found[0].outputs[0])
        elif last.outputs:
            self.held.setdefault((kernel.body_of, kernel.outputs[0]), last.outputs[0])

    def _hand_on(self, node: ExecutedNode) -> None:
        value = next((v for name in node.inputs if (v := self.lookup(name, node.body_of)) is not None), None)
        if value is not None and node.outputs:
            self.held.setdefault((node.body_of, node.outputs[0]), value)

    # kernels without any tag

    def _between(self, number: int) -> list[ir.Node]:
        kernel = self.executed[number]
        candidates: dict[ir.Node, None] = {}
        for name in kernel.outputs:
            candidates.update(self._behind(self._starts(name)))
        read = {self.original.one(value) for name in kernel.inputs for value in self._read(name)}
        ordered = sorted(candidates, key=self._place.__getitem__)
        if read:
            reached: set[ir.Node] = set()
            for node in ordered:
                if any(self.original.one(v) in read or self.original.producer(v) in reached for v in ancestors(node)):
                    reached.add(node)
            ordered = [node for node in ordered if node in reached]
        free = [node for node in ordered if node not in self.claims]
        found: list[ir.Node] = []
        for name in kernel.originals or (kernel.op,):
            ops = _types(name)
            fitting = [node for node in free if node.op_type in ops and node not in found]
            found += fitting if set(ops) & set(_SEVERAL) else fitting[:1]
        if found:
            return found
        types = {op for name in kernel.originals for op in _types(name)}
        shared = [node for node in ordered if node.op_type in types]  # one direction of a recurrent layer
        return shared[:1] or free

    def _starts(self, name: str) -> Iterator[ir.Value]:
        """The original values that an executed value is, or is used for, as far as its readers tell."""
        waiting, seen = [name], {name}
        while waiting:
            for number in self._readers.get(waiting.pop(), ()):
                kernel = self.executed[number]
                value = self.held.get((kernel.body_of, kernel.outputs[0])) if kernel.outputs else None
                if self.inserted[number] and value is not None:
                    yield value
                elif self.anchors[number] and not self.inserted[number]:
                    yield from (value for node in self.anchors[number] for value in ancestors(node))
                else:
                    waiting += [output for output in kernel.outputs if output not in seen]
                    seen.update(kernel.outputs)

    def _behind(self, starts: Iterator[ir.Value]) -> dict[ir.Node, None]:
        """Original nodes that compute the values and that no named kernel does."""
        held = {self.original.one(value) for value in self.held.values()}
        found: dict[ir.Node, None] = {}
        waiting = list(starts)
        first = set(waiting)
        while waiting:
            value = waiting.pop()
            producer = self.original.producer(value)
            if (
                producer is None
                or producer in found
                or producer in self.original.static
                or (self.original.one(value) in held and value not in first)
                or self._named_kernel_does(producer)
            ):
                continue
            found[producer] = None
            waiting += ancestors(producer)
        return found

    def _named_kernel_does(self, node: ir.Node) -> bool:
        kernel = self.claims.get(node)
        return kernel is not None and bool(self._named(self.executed[kernel]))

    def _read(self, name: str) -> Iterator[ir.Value]:
        """The original values that stand at a kernel's input, looking through kernels that nobody knows."""
        waiting, seen = [name], {name}
        while waiting:
            current = waiting.pop()
            value = self.lookup(current, "")
            if value is not None:
                yield value
            elif current in self._makers:
                inputs = self.executed[self._makers[current]].inputs
                waiting += [other for other in inputs if other not in seen]
                seen.update(inputs)


def _types(name: str) -> tuple[str, ...]:
    """The ONNX op types of an operation that OpenVINO named itself: "Multiply_4357" is a Mul."""
    match = re.match(r"[A-Za-z]+", name)
    word = match[0] if match else ""
    return _OPS.get(word, (word,))
