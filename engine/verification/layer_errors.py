"""How far a quantized model is from the float one behind each layer, as the runtime really computes it.

A layer is looked at where its rounding sits: a Conv with the Relu or Clip that its kernel takes over is one layer, and
its value is the one behind both. Handing a value out must not change it: what a runtime fuses as DequantizeLinear -> op
-> QuantizeLinear stays fused where the integers behind the QuantizeLinear are handed out, and those are dequantized
here (``(q - zero_point) * scale``, in float32 as the runtime does); a value that nobody rounds is handed out as it is.
The runtime's default optimizations are on. Values are matched by name, which treatments keep.

Formulas in ``engine.verification.metrics``. The error behind a layer holds what the layers before it did as well.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array, Runtime, SessionRequest
from engine.data.samples import Samples
from engine.errors import DataError
from engine.graph.layers import index_layers
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.quantization.calibrate import passes, values_by_name
from engine.quantization.roles import ACTIVATIONS, is_constant
from engine.verification.compare import Open
from engine.verification.metrics import ErrorSums

if TYPE_CHECKING:
    import onnx_ir as ir


@dataclass(frozen=True, slots=True)
class LayerError:
    """``value`` is its name in the float model; ``rounded`` says that the other model has it in integers."""

    id: str
    op: str
    value: str
    rounded: bool
    sqnr_db: float
    cosine: float
    max_abs_error: float

    def to_json(self) -> dict[str, Any]:
        """JSON has no infinity: an infinite value is null."""
        return {
            key: None if isinstance(value, float) and not math.isfinite(value) else value
            for key, value in asdict(self).items()
        }


@dataclass(frozen=True, slots=True)
class _Codes:
    """How integers stand for numbers; ``axis`` is that of a scale with several elements."""

    scale: Array
    zero_point: Array
    axis: int

    def dequantize(self, codes: Array) -> Array:
        shape = [1] * codes.ndim
        if self.scale.size > 1:
            shape[self.axis] = self.scale.size
        found = codes.astype(np.float32)
        found -= self.zero_point.astype(np.float32).reshape(shape)
        found *= self.scale.astype(np.float32).reshape(shape)
        return found


@dataclass(frozen=True, slots=True)
class _Probe:
    """One layer: what to read of the float model and of the other, and how."""

    id: str
    op: str
    value: str
    other: str
    codes: _Codes | None


def layer_errors(
    float_model: ir.Model, quantized_model: ir.Model, samples: Samples, runtime: Runtime, progress: Progress
) -> tuple[LayerError, ...]:
    """The error behind every layer of which both models have the value, in the order of the float model's layers.

    Args:
        float_model: as the other one was made from it, which is after cleaning.

    Raises:
        DataError: there are no samples.
        DeviceError: the runtime cannot run one of them.
    """
    if len(samples) == 0:
        raise DataError("there are no samples to compare on", way_out="Choose evaluation data, or a larger --samples.")
    probes = {probe.value: probe for probe in _probes(float_model, quantized_model)}
    groups = passes(list(probes), values_by_name(float_model), 2 * (samples.group or runtime.settings.batch))
    found: dict[str, LayerError] = {}
    with Handover() as handover:
        for number, names in enumerate(groups):
            pair = []
            part = [probes[name] for name in names]
            for model, wanted, side in (
                (float_model, [probe.value for probe in part], "a"),
                (quantized_model, [probe.other for probe in part], "b"),
            ):
                exposed = _with_outputs(model, wanted)
                path = handover.write(exposed, f"{side}_{number}.onnx")
                pair.append(SessionRequest(path, runtime.settings, weights=handover.weights(exposed)))
            label = "comparing layers" + (f", pass {number + 1} of {len(groups)}" if len(groups) > 1 else "")
            sums = runtime.host.call(
                _compare, runtime.backend.open, pair[0], pair[1], part, samples, label, progress=progress
            )
            found |= {
                probe.id: LayerError(
                    probe.id, probe.op, probe.value, probe.codes is not None, s.sqnr_db, s.cosine, s.max_abs_error
                )
                for probe, s in zip(part, sums, strict=True)
                if s is not None
            }
    return tuple(found[probe.id] for probe in probes.values() if probe.id in found)


def _compare(
    open_session: Open,
    a: SessionRequest,
    b: SessionRequest,
    probes: Sequence[_Probe],
    samples: Samples,
    label: str,
    *,
    progress: Progress,
) -> list[ErrorSums | None]:
    """The child's part; None for a value that holds no numbers or has another shape in the other model."""
    progress.step(label, 0, len(samples))
    first, second = open_session(a), open_session(b)
    inputs = {info.name: info.dtype for info in second.inputs}
    sums: list[ErrorSums | None] = [ErrorSums() for _ in probes]
    size = samples.group or a.settings.batch
    for number, feeds in enumerate(samples.batches(size)):
        results = first.run(feeds, [probe.value for probe in probes])
        others = second.run(_feeds(feeds, inputs), [probe.other for probe in probes])
        for place, (probe, x, y) in enumerate(zip(probes, results, others, strict=True)):
            there = sums[place]
            if there is None or x.dtype.kind not in "biuf" or x.shape != y.shape:
                sums[place] = None
                continue
            there.add(x, y if probe.codes is None else probe.codes.dequantize(y))
        progress.step(label, min((number + 1) * size, len(samples)), len(samples))
    return sums


def _feeds(feeds: Mapping[str, Array], dtypes: Mapping[str, str]) -> dict[str, Array]:
    """A float input may have another precision in the other model."""
    return {
        name: array.astype(dtypes[name], copy=False) if array.dtype.kind == "f" else array
        for name, array in feeds.items()
        if name in dtypes
    }


def _probes(float_model: ir.Model, other: ir.Model) -> list[_Probe]:
    """One for each layer that computes and whose value the other model has too."""
    index = index_layers(float_model)
    there = {value.name: value for node in other.graph for value in node.outputs if value.name}
    found = []
    for layer, node in zip(index.layers, index.nodes, strict=True):
        if layer.owner is not None or not node.outputs or node.op_type == "Constant":
            continue
        if node.op_type in ACTIVATIONS and node.inputs[0] is not None and _is_taken_over(node, there):
            continue  # looked at with the layer before it
        value = node.outputs[0]
        reader = _only_reader(value)
        if reader is not None and reader.op_type in ACTIVATIONS and _is_taken_over(reader, there):
            value = reader.outputs[0]
        if value.name not in there or is_constant(value):
            continue
        probed, codes = _where(there[value.name])
        found.append(_Probe(layer.id, layer.op, value.name or "", probed.name or "", codes))
    return found


def _is_taken_over(activation: ir.Node, there: Mapping[str, ir.Value]) -> bool:
    """Whether a Relu or Clip belongs to the layer before it, of which nobody else reads the value in either model."""
    before = activation.inputs[0]
    if before is None or before.producer() is None or _only_reader(before) is not activation:
        return False
    held = there.get(before.name or "")
    reader = None if held is None else _only_reader(held)
    return held is None or (reader is not None and reader.op_type == activation.op_type)


def _only_reader(value: ir.Value) -> ir.Node | None:
    uses = list(value.uses())
    return uses[0].node if len(uses) == 1 and not value.is_graph_output() else None


def _where(value: ir.Value) -> tuple[ir.Value, _Codes | None]:
    """What to hand out for a value: the integers that all its readers read, or the value itself."""
    reader = next((user for user, _ in value.uses()), None)
    if reader is not None and reader.op_type == "DequantizeLinear":  # its layer moves integers
        return value, _parameters(reader)
    quantizer = _only_reader(value)
    if quantizer is None or quantizer.op_type != "QuantizeLinear":
        return value, None
    codes = _parameters(quantizer)
    return (value, None) if codes is None else (quantizer.outputs[0], codes)


def _parameters(node: ir.Node) -> _Codes | None:
    """Of a QuantizeLinear or DequantizeLinear; None where they are not constant, or of a block form."""
    from engine.graph.attributes import int_of
    from engine.quantization.roles import constant

    scale = constant(node.inputs[1])
    given = node.inputs[2] if len(node.inputs) > 2 else None
    zero_point = constant(given) if given is not None else np.zeros(1, np.uint8)
    if scale is None or zero_point is None or int_of(node, "block_size", 0):
        return None
    return _Codes(scale, np.broadcast_to(zero_point.reshape(-1), scale.reshape(-1).shape), int_of(node, "axis", 1))


def _with_outputs(model: ir.Model, names: Sequence[str]) -> ir.Model:
    """A clone that hands out these values beside its own outputs, so that the rest of it stays as it is."""
    clone = model.clone()
    values = values_by_name(clone)
    own = {value.name for value in clone.graph.outputs}
    clone.graph.outputs.extend(values[name] for name in dict.fromkeys(names) if name not in own)
    return clone
