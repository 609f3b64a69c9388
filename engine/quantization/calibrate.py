"""Calibration: run the samples once through the float model and observe every wanted value.

The wanted values become further outputs of a clone, so that the runtime hands them out; where they are too large to be
held at once, they are observed in several passes. What is kept is by value name in the (cleaned, pruned) float model.
Exposing a value can keep the runtime from fusing there, so that it may differ from the fused one in its last bits.
Of values in the bodies of control flow only the extremes are known (``engine.quantization.bodies``).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from engine.backend import Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.errors import DataError
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.quantization.bodies import expose_extremes, values_in_bodies
from engine.quantization.moments import Layout, collect
from engine.quantization.observers import Observer
from engine.quantization.roles import ACTIVATIONS, constant
from engine.quantization.statistics import StatisticsStore
from engine.scheme import Moments, ValueStatistics

if TYPE_CHECKING:
    import onnx_ir as ir

Array = NDArray[Any]

PASS_BYTES = 512 << 20
"""Observed values of one run that are held at once."""
KEPT_MODELS = 4
Key = tuple[str, str]
T = TypeVar("T")


_CHANNELS = {"Conv": 1, "ConvTranspose": 1, "Gemm": 1, "MatMul": -1}


class RangeCache:
    """What was calibrated before, by what it depends on: the model and the samples.

    A value that is asked for once stays known: a later call calibrates only what is new. With a ``store`` it stays
    known to later programs too. In memory are the statistics of the last models, since every cut makes another one, and
    the moments of the very last, which can take hundreds of megabytes.
    """

    def __init__(self, store: StatisticsStore | None = None) -> None:
        self._known: OrderedDict[Key, dict[str, ValueStatistics | None]] = OrderedDict()
        self._moments: OrderedDict[Key, dict[str, Moments]] = OrderedDict()
        self._store = store

    def get_or_calibrate(
        self,
        model: ir.Model,
        wanted: frozenset[str],
        runtime: Runtime,
        samples: Samples,
        progress: Progress,
    ) -> dict[str, ValueStatistics]:
        """The statistics of the wanted values, calibrated where they are not known yet."""
        from engine.graph.digest import model_sha256

        key = (model_sha256(model), samples.fingerprint)
        if key not in self._known:
            self._known[key] = {} if self._store is None else self._store.load(*key)
        known = _latest(self._known, key, KEPT_MODELS)
        missing = wanted - known.keys()
        if missing:
            found = calibrate(model, missing, runtime, samples, progress)
            known.update({name: found.get(name) for name in missing})
            if self._store is not None:
                self._store.save(*key, known)
        wanted_known = {name: known[name] for name in sorted(wanted)}
        return {name: seen for name, seen in wanted_known.items() if seen is not None}

    def get_or_collect(
        self,
        model: ir.Model,
        layouts: Mapping[str, Layout],
        runtime: Runtime,
        samples: Samples,
        progress: Progress,
    ) -> dict[str, Moments]:
        """The moments of the inputs of the named layers, collected where they are not known yet."""
        from engine.graph.digest import model_sha256

        key = (model_sha256(model), samples.fingerprint)
        self._moments.setdefault(key, {})
        known = _latest(self._moments, key, 1)
        missing = {layer_id: layout for layer_id, layout in layouts.items() if layer_id not in known}
        known |= collect(model, missing, runtime, samples, progress)
        return {layer_id: known[layer_id] for layer_id in layouts}


def _latest(kept: OrderedDict[Key, dict[str, T]], key: Key, most: int) -> dict[str, T]:
    """What is there for it; of all others only those asked for last stay."""
    kept.move_to_end(key)
    while len(kept) > most:
        kept.popitem(last=False)
    return kept[key]


def calibrate(
    model: ir.Model,
    wanted: frozenset[str],
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
) -> dict[str, ValueStatistics]:
    """Observe the wanted values over all samples.

    A value without float elements, or in a body that never ran, gets no statistics.

    Raises:
        DataError: there are no samples, or a value is not finite on one of them.
        EngineError: the model cannot run.
    """
    if not wanted:
        return {}
    if len(samples) == 0:
        raise DataError(
            "there are no samples to calibrate on", way_out="Choose calibration data, or a larger --samples."
        )
    values = values_by_name(model)
    found: dict[str, ValueStatistics] = {}
    to_run = []
    for name in sorted(wanted & values.keys()):
        array = constant(values[name])
        if array is None:
            to_run.append(name)
        elif array.dtype == np.float32:
            observer = Observer()
            observer.observe(array)
            seen = observer.result()
            found |= {} if seen is None else {name: seen}
    groups = passes(to_run, values, samples.group or runtime.settings.batch)
    with Handover() as handover:
        for number, names in enumerate(groups):
            exposed = expose(model, names)
            request = SessionRequest(
                handover.write(exposed, f"calibrate_{number}.onnx"), runtime.settings, weights=handover.weights(exposed)
            )
            label = "calibrating" if len(groups) == 1 else f"calibrating, pass {number + 1} of {len(groups)}"
            axes = {name: channel_axis(values[name]) for name in names}
            found |= runtime.host.call(_observe, runtime.backend.open, request, axes, samples, label, progress=progress)
    inside = {name: value for name, value in values_in_bodies(model).items() if name in wanted - values.keys()}
    found |= _extremes(model, inside, runtime, samples, progress)
    for name, seen in found.items():
        if not np.isfinite((seen.low, seen.high)).all():
            raise DataError(
                f"the value {name!r} is not finite on the calibration data",
                where=_layer_of(values.get(name) or inside[name]),
                way_out="Look for a layer before it that overflows, or for samples that the model was not made for.",
            )
    return found


def _extremes(
    model: ir.Model, inside: Mapping[str, ir.Value], runtime: Runtime, samples: Samples, progress: Progress
) -> dict[str, ValueStatistics]:
    """Of values in bodies."""
    if not inside:
        return {}
    with Handover() as handover:
        exposed, ends = expose_extremes(model, sorted(inside))
        request = SessionRequest(
            handover.write(exposed, "bodies.onnx"), runtime.settings, weights=handover.weights(exposed)
        )
        axes: dict[str, int | None] = {name: None for pair in ends.values() for name in pair}
        label = "calibrating bodies"
        seen = runtime.host.call(_observe, runtime.backend.open, request, axes, samples, label, progress=progress)
    found = {name: (seen[low].low, seen[high].high) for name, (low, high) in ends.items() if low in seen}
    return {name: ValueStatistics(low, high) for name, (low, high) in found.items() if (low, high) != (np.inf, -np.inf)}


def _observe(
    open_session: Callable[[SessionRequest], Session],
    request: SessionRequest,
    axes: Mapping[str, int | None],
    samples: Samples,
    label: str,
    *,
    progress: Progress,
) -> dict[str, ValueStatistics]:
    """The child's part: statistics of the named values, with the axis of their channels, over all samples."""
    session = open_session(request)
    dtypes = {info.name: info.dtype for info in (*session.inputs, *session.outputs)}
    names = [name for name in axes if dtypes.get(name) == "float32"]
    fed = [name for name in names if name in {info.name for info in session.inputs}]
    computed = [name for name in names if name not in fed]
    observers = {name: Observer(axes[name]) for name in names}
    batch = samples.group or request.settings.batch
    progress.step(label, 0, len(samples))
    for number, feeds in enumerate(samples.batches(batch)):
        for name in fed:
            observers[name].observe(np.asarray(feeds[name]))
        for name, array in zip(computed, session.run(feeds, computed) if computed else [], strict=True):
            observers[name].observe(array)
        progress.step(label, min((number + 1) * batch, len(samples)), len(samples))
    results = {name: observers[name].result() for name in names}
    return {name: seen for name, seen in results.items() if seen is not None}


def channel_axis(value: ir.Value) -> int | None:
    """The axis of a value's channels, as the layer that multiplies it sees them, or else the one that makes it."""
    node = value.producer()
    if node is not None and node.op_type in ACTIVATIONS and node.inputs[0] is not None:
        node = node.inputs[0].producer()
    layers = [user for user, position in value.uses() if position == 0] + ([] if node is None else [node])
    return next((_CHANNELS[layer.op_type] for layer in layers if layer.op_type in _CHANNELS), None)


def values_by_name(model: ir.Model) -> dict[str, ir.Value]:
    graph = model.graph
    values = [*graph.inputs, *graph.initializers.values(), *(v for node in graph for v in node.outputs)]
    return {value.name: value for value in values if value.name}


def passes(names: Sequence[str], values: dict[str, ir.Value], batch: int) -> list[list[str]]:
    """The names in groups whose values fit into ``PASS_BYTES`` together (each group has one at least)."""
    groups: list[list[str]] = []
    room = 0
    for name in names:
        size = _bytes(values[name], batch)
        if not groups or size > room:
            groups.append([])
            room = PASS_BYTES
        groups[-1].append(name)
        room -= size
    return groups


def _bytes(value: ir.Value, batch: int) -> int:
    """A float value's size; a dimension that is not known counts as the batch where it is the first, else as 64."""
    if value.shape is None:
        return 1 << 20
    size = 4
    for axis, dimension in enumerate(value.shape):
        size *= dimension if isinstance(dimension, int) else batch if axis == 0 else 64
    return size


def expose(model: ir.Model, names: Sequence[str]) -> ir.Model:
    """A clone whose outputs are the named values alone: what none of them needs is not run."""
    clone = model.clone()
    values = values_by_name(clone)
    inputs = {value.name for value in clone.graph.inputs}
    exposed = [values[name] for name in names if name not in inputs]
    if exposed:
        clone.graph.outputs[:] = exposed
    return clone


def _layer_of(value: ir.Value) -> str:
    producer = value.producer()
    return f"layer {producer.name}" if producer is not None and producer.name else "input of the model"
