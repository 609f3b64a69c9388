"""A look at how one layer is quantized: its codes, its weights in float and from codes, the values that it rounds.

Reads models and statistics that are there already, nothing is run. Worker thread only.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from gui import numbers
from gui.glance import SAMPLED, TensorSummary, largest_weight, summarize
from gui.language import mark, tr

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.layers import LayerIndex
    from engine.progress import Progress
    from engine.quantization.codes import Codes
    from engine.scheme import ValueStatistics

Array = NDArray[Any]
VALUE_BINS = 128
_RAISED = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOVES = ("Identity", "Transpose", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Slice", "Cast", "Mul", "Sub")


@dataclass(frozen=True)
class ValueLook:
    """A value that is rounded.

    Attributes:
        counts, edges: of what calibration saw; empty where it is not known any more.
        chosen: the range that the codes stand for.
        others: what each method would choose, by its name.
    """

    title: str
    low: float
    high: float
    counts: tuple[int, ...] = ()
    edges: tuple[float, ...] = ()
    chosen: tuple[float, float] | None = None
    others: Mapping[str, tuple[float, float]] | None = None


@dataclass(frozen=True)
class LayerLook:
    """``lines`` are name, text and tip of each operand in codes; ``coded`` has the counts of ``weights``' bins."""

    weights: TensorSummary | None = None
    coded: tuple[int, ...] = ()
    coded_db: float | None = None
    scheme: str = ""
    lines: tuple[tuple[str, str, str], ...] = ()
    values: tuple[ValueLook, ...] = ()


@dataclass(frozen=True)
class TreatedModel:
    """What there is beside the file: the cleaned model, the treated one, and what calibration saw."""

    cleaned: LayerIndex
    treated: LayerIndex
    statistics: Mapping[str, ValueStatistics]


def look(layer_id: str, source: LayerIndex, built: TreatedModel | None, *, progress: Progress) -> LayerLook:
    """Without a treated model the layer as the file has it, which may be quantized already."""
    from engine.quantization.recognise import quantized_as

    node = source.node(layer_id)
    coded = node
    if built is not None:
        node = built.cleaned.node(layer_id) if layer_id in built.cleaned.by_id else node
        coded = _quantized_node(built.treated, layer_id) or node
    progress.check()
    found = quantized_as(coded)
    weights, coded_counts, db = _weights(node, coded, found.codes if found is not None else (), progress)
    if found is None:
        return LayerLook(weights, coded_counts, db)
    values = tuple(
        value
        for codes in found.codes
        if codes.operand in ("activation", "output")
        if (value := _value(coded, codes, built.statistics if built is not None else {})) is not None
    )
    lines = tuple(_line(codes) for codes in found.codes)
    return LayerLook(weights, coded_counts, db, found.label, lines, values)


def _quantized_node(index: LayerIndex, layer_id: str) -> ir.Node | None:
    """The node that does the layer's work: itself, or one that was made of it."""
    from engine.quantization.recognise import quantized_as

    if layer_id in index.by_id:
        return index.node(layer_id)
    made = [index.node(layer.id) for layer in index.layers if layer_id in layer.origins]
    return next((node for node in made if quantized_as(node) is not None), None)


# -- codes -------------------------------------------------------------------------------------------------------

OPERANDS = {"weight": mark("Weight"), "bias": mark("Bias"), "output": mark("Output")}


def _line(codes: Codes) -> tuple[str, str, str]:
    name = (
        tr("Input {position}").format(position=codes.position)
        if codes.operand == "activation"
        else tr(OPERANDS[codes.operand])
    )
    if codes.scale is None or not codes.scale.size:
        return (
            name,
            tr("{dtype}, scale computed in every run").format(dtype=codes.dtype),
            tr("Its range is taken from the data of each run"),
        )
    low, high = float(codes.scale.min()), float(codes.scale.max())
    if codes.scale.size == 1:
        scale = tr("scale {low}").format(low=scale_text(low))
    else:
        span = tr("{low} to {high}").format(low=scale_text(low), high=scale_text(high))
        block = tr(" for blocks of {size}").format(size=codes.block_size) if codes.block_size else ""
        axis = tr(" along axis {axis}").format(axis=codes.axis) if codes.axis is not None else ""
        scale = tr("{count} scales{axis}{block}, {span}").format(
            count=codes.scale.size, axis=axis, block=block, span=span
        )
    exact = tr("scale {low:.9g} to {high:.9g}") if high > low else tr("scale {low:.9g}")
    return name, f"{codes.dtype}{tr(', ')}{scale}{_zero_text(codes)}", exact.format(low=low, high=high)


def scale_text(value: float) -> str:
    """Scales span many powers of ten: small ones are told with an exponent."""
    if value == 0 or abs(value) >= 1e-3:
        return numbers.three(value)
    digits, exponent = f"{value:.2e}".split("e")
    return f"{float(digits):g}·10{str(int(exponent)).translate(_RAISED)}"


def _zero_text(codes: Codes) -> str:
    if codes.zero_point is None or not codes.zero_point.size:
        return tr(", zero point 0")
    zero = codes.zero_point.astype(np.int64)
    low, high = int(zero.min()), int(zero.max())
    text = f"{low}" if low == high else tr("{low} to {high}").format(low=low, high=high)
    return tr(", zero point {text}").format(text=text).replace("-", numbers.MINUS)


# -- weights -----------------------------------------------------------------------------------------------------


def _weights(
    node: ir.Node, coded: ir.Node, codes: Sequence[Codes], progress: Progress
) -> tuple[TensorSummary | None, tuple[int, ...], float | None]:
    """The float weight, and how many elements of the treated one fall into its bins."""
    stored = next((c for c in codes if c.operand == "weight"), None)
    treated = _array(coded.inputs[stored.position], 8) if stored is not None else None
    if node is coded:
        # Quantized in the file: the floats are what its codes stand for.
        return (_summary_of(treated, progress) if treated is not None else _summary(node, progress)), (), None
    tensor = largest_weight(node)
    if tensor is None:
        return None, (), None
    summary = summarize(tensor, progress=progress)
    if treated is None and stored is None:
        pruned = largest_weight(coded)
        treated = None if pruned is None else np.asarray(pruned.numpy())
    floats = np.asarray(tensor.numpy())
    if summary is None or treated is None or treated.shape != floats.shape:
        return summary, (), None
    if np.array_equal(treated, floats):
        return summary, (), None
    step = max(1, -(-floats.size // SAMPLED))
    a, b = floats.reshape(-1)[::step].astype(np.float64), treated.reshape(-1)[::step].astype(np.float64)
    noise = float(((a - b) ** 2).sum())
    db = 10 * math.log10(float((a**2).sum()) / noise) if noise and a.any() else None
    edges = np.asarray(summary.edges)
    counts, _ = np.histogram(np.clip(b, edges[0], edges[-1]), edges)
    return summary, tuple(int(c) for c in counts), db


def _summary(node: ir.Node, progress: Progress) -> TensorSummary | None:
    tensor = largest_weight(node)
    return None if tensor is None else summarize(tensor, progress=progress)


def _summary_of(array: Array, progress: Progress) -> TensorSummary | None:
    import onnx_ir as ir

    return summarize(ir.tensor(np.ascontiguousarray(array)), progress=progress)


def _array(value: ir.Value | None, depth: int) -> Array | None:
    """What a value that depends on constants alone holds."""
    from engine.graph.attributes import int_of
    from engine.graph.constants import constant
    from engine.graph.evaluate import can_evaluate, evaluate

    if value is None or not depth:
        return None
    tensor = constant(value)
    if tensor is not None:
        return np.asarray(tensor.numpy())
    producer = value.producer()
    if producer is None or producer.op_type not in (*_MOVES, "DequantizeLinear"):
        return None
    inputs = [_array(v, depth - 1) for v in producer.inputs if v is not None]
    if any(array is None for array in inputs):
        return None
    if producer.op_type == "DequantizeLinear":
        zero = inputs[2] if len(inputs) > 2 else None
        return _dequantized(inputs[0], inputs[1], zero, int_of(producer, "axis", 1), int_of(producer, "block_size", 0))
    found = evaluate(producer, inputs, 21) if can_evaluate(producer) else None
    return found[0] if found else None


def _dequantized(codes: Any, scale: Any, zero: Any, axis: int, block: int) -> Array:
    """As DequantizeLinear does it: one scale, one for each index of an axis, or one for each block along it."""

    def spread(array: Array) -> Array:
        if array.ndim == 0 or array.size == 1:
            return array.reshape(())
        if block:
            return np.repeat(array, block, axis).take(range(codes.shape[axis]), axis)
        shape = [1] * codes.ndim
        shape[axis] = array.size
        return array.reshape(shape)

    moved = codes.astype(np.float32) - (0.0 if zero is None else spread(zero.astype(np.float32)))
    return np.asarray(moved * spread(scale.astype(np.float32)), np.float32)


# -- values ------------------------------------------------------------------------------------------------------


def _value(node: ir.Node, codes: Codes, statistics: Mapping[str, ValueStatistics]) -> ValueLook | None:
    from engine.quantization.ranges import METHODS, choose_range

    if codes.scale is None or codes.scale.size != 1:
        return None
    limits = np.iinfo(codes.dtype) if codes.dtype.startswith(("int", "uint")) and codes.dtype[-1] in "86" else None
    if limits is None:
        return None
    scale = float(codes.scale.reshape(-1)[0])
    zero = 0 if codes.zero_point is None else int(np.asarray(codes.zero_point).reshape(-1)[0])
    chosen = ((int(limits.min) - zero) * scale, (int(limits.max) - zero) * scale)
    name = _float_name(node, codes)
    title = tr("Output") if codes.operand == "output" else tr("Input {position}").format(position=codes.position)
    title = tr("{place}, {name}").format(place=title, name=name) if name else title
    seen = statistics.get(name)
    if seen is None:
        return ValueLook(title, *chosen, chosen=chosen)
    levels = int(limits.max) - int(limits.min) + 1
    ranges = {method: choose_range(seen, method, levels=levels) for method in METHODS}
    others = {method: (r.low, r.high) for method, r in ranges.items()}
    counts, edges = _coarse(seen)
    return ValueLook(title, seen.low, seen.high, counts, edges, chosen, others)


def _float_name(node: ir.Node, codes: Codes) -> str:
    """The name of the value before it was rounded."""
    value = node.outputs[0] if codes.operand == "output" else node.inputs[codes.position]
    if codes.operand == "output":
        for _ in range(2):
            users = [user for user, _ in value.uses()] if value is not None else []
            if any(user.op_type == "QuantizeLinear" for user in users) or len(users) != 1:
                break
            value = users[0].outputs[0]
        return value.name or "" if value is not None else ""
    while value is not None and (producer := value.producer()) is not None:
        if producer.op_type not in ("DequantizeLinear", "QuantizeLinear"):
            break
        value = producer.inputs[0]
    return value.name or "" if value is not None else ""


def _coarse(seen: ValueStatistics) -> tuple[tuple[int, ...], tuple[float, ...]]:
    """The histogram between the lowest and the highest element, in few bins."""
    if not seen.counts.size or not seen.low < seen.high:
        return (), ()
    fine = np.linspace(*seen.bounds, len(seen.counts) + 1)
    centres = np.clip((fine[1:] + fine[:-1]) / 2, seen.low, seen.high)
    counts, edges = np.histogram(centres, VALUE_BINS, (seen.low, seen.high), weights=seen.counts.astype(np.float64))
    return tuple(int(c) for c in counts), tuple(float(e) for e in edges)
