"""How channels cross a graph: every node in order, by the law of its op (``engine.pruning.laws``).

Bodies of control flow are walked where their node stands, and see the values around them; what crosses their
boundary, as an input or an output, cannot be cut. Neither can what the model gives back, nor what reaches an op
without a law.
"""

from __future__ import annotations

import onnx_ir as ir

from engine.graph.ops import STANDARD_DOMAINS, names
from engine.graph.structure import bodies
from engine.pruning.atoms import Atoms
from engine.pruning.laws import elementwise, law_of

_MENDED = names("Reshape Expand ConstantOfShape Resize Slice Shape Size")
"""Ops whose laws set such numbers right."""
CONTRADICTION = "its inputs do not fit together"
_BEAR_REPETITION = names("Reshape Transpose MatMul Softmax Shape Size")
_NUMBERS = (ir.DataType.INT64, ir.DataType.BOOL)


def propagate(model: ir.Model) -> Atoms:
    """What the laws of all nodes say. The model's values have shapes (``engine.graph.inference``)."""
    atoms = Atoms(opset=model.opset_imports.get("", 13))
    _walk(model.graph, atoms, "it reaches the model's output {!r}")
    return atoms


def _walk(graph: ir.Graph, atoms: Atoms, leaving: str) -> None:
    for value in graph.initializers.values():
        if value.is_graph_input():
            atoms.fix(value, f"a caller can feed {value.name!r}")
    for node in graph:
        atoms.node = node
        _node(node, atoms)
    atoms.node = None
    for value in graph.outputs:
        atoms.fix(value, leaving.format(value.name))


def _node(node: ir.Node, atoms: Atoms) -> None:
    op = node.op_type if node.domain in STANDARD_DOMAINS else f"{node.domain}.{node.op_type}"
    inner = bodies(node) if node.attributes else {}
    if inner:
        for value in node.inputs:
            atoms.fix(value, f"it enters the body of this {op}")
        for body in inner.values():
            _walk(body, atoms, f"it leaves the body of {node.name or op} as {{!r}}")
        atoms.node = node
        return
    if node.op_type == "Constant" and node.domain in STANDARD_DOMAINS:
        return
    law = law_of(node)
    known = [value for value in (*node.inputs, *node.outputs) if value is not None and value.name]
    if law is None:
        _untouchable(node, atoms, f"the op {op} is not understood")
    elif (shapeless := next((value for value in known if atoms.sizes(value) is None), None)) is not None:
        _untouchable(node, atoms, f"the shape of {shapeless.name!r} is not known before the model runs")
    else:
        try:
            if not (node.op_type in _BEAR_REPETITION or node.op_type in elementwise.NAMES):
                _hold_repetitions(node, atoms)
            law(node, atoms)
            _sizes_in_use(node, atoms)
        except (AssertionError, IndexError, ValueError, TypeError, ZeroDivisionError):  # a file can say anything
            _untouchable(node, atoms, CONTRADICTION)
        for value in node.inputs:
            if value is not None and value not in atoms.axes and atoms.is_constant(value):
                held = atoms.constants.setdefault(value, {})
                for axis in range(len(atoms.sizes(value) or ())):
                    held.setdefault(axis, None)


def _sizes_in_use(node: ir.Node, atoms: Atoms) -> None:
    """Sizes that are computed at run time go with a cut; who works with them holds it up, or is another then."""
    if node.op_type in _MENDED or (node.outputs and node.outputs[0].dtype in _NUMBERS):
        return
    for value in node.inputs:
        if value is not None and value.dtype == ir.DataType.INT64 and value.producer() is not None:
            for ref in atoms.made_of(value):
                if node.op_type == "Cast":
                    atoms.note_inexact(ref, "their number goes into what is computed")
                else:
                    atoms.freeze(ref, "their number goes into how it works")


def _hold_repetitions(node: ir.Node, atoms: Atoms) -> None:
    for value in node.inputs:
        for ref in atoms.axes.get(value, ()) if value is not None else ():
            if ref is not None and atoms.is_repeating(ref):
                atoms.freeze(ref, "they are merged with an axis whose size is not known before the model runs")


def _untouchable(node: ir.Node, atoms: Atoms, reason: str) -> None:
    atoms.refused[node] = reason
    for value in node.inputs:
        atoms.fix(value, reason)
