"""Many candidates against one float model on the same samples, at the price of what differs between them.

The parent builds the candidates one after the other; the child measures them as they come, in the order in which they
were given. Each is held against a base with which it has most in common (``engine.verification.delta``): what the base
computes before the first difference is computed once for all, and what comes after the last difference runs in
sessions that candidates share.

On a processor the sessions run with one thread each, as many at once as there are threads: two models on a thread each
take less time than one after the other on both.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from engine.backend import Runtime, SessionRequest
from engine.data.samples import Samples
from engine.errors import DataError
from engine.graph.cuts import Cut, cuts
from engine.graph.layers import index_layers
from engine.graph.shapes import bind, inputs
from engine.graph.values import batch_axis
from engine.profiling.handover import Handover
from engine.profiling.processor import threads_of
from engine.progress import Progress
from engine.verification.delta import Base
from engine.verification.measured import CandidateFile, Collector, Rest, Score, Work, measure, put

if TYPE_CHECKING:
    import onnx_ir as ir

CACHE_BYTES = 512 << 20
"""Of the arrays at all cuts, for all samples."""
BATCH = 4
"""Samples in one run, where the model leaves that open."""
_EXTERNAL_BYTES = 1024
"""Smaller tensors stay in the model file."""

Trial = Callable[[], "ir.Model | str"]
"""Builds a candidate; or the reason why there is none."""


def scan(
    float_model: ir.Model,
    base: ir.Model,
    trials: Sequence[Trial],
    samples: Samples,
    runtime: Runtime,
    progress: Progress,
    *,
    label: str,
    collect: Collector,
    seconds: float | None = None,
    batched: bool = True,
) -> dict[int, Score]:
    """The scores of the trials by number; fewer where the time was over before, or an early end was asked for.

    Args:
        float_model: what the outputs are compared with.
        base: what most of each candidate has in common with the others; may be the float model itself.
        seconds: after which no other candidate is begun.
        batched: whether samples that run together give what each gives alone; not so where ranges are dynamic.

    Raises:
        DataError: there are no samples.
        DeviceError: the device cannot run the float model or the base.
    """
    if len(samples) == 0:
        raise DataError("there are no samples to measure on", way_out="Choose calibration data, or a larger --samples.")
    with Handover() as handover:
        held = Base(base, _cuts(base, len(samples), runtime))
        exposed = held.with_frontiers()
        writer = _Writer(handover, base, runtime)
        work = Work(
            reference=None if float_model is base else writer.request(float_model, "float.onnx"),
            base=writer.request(exposed, "base.onnx"),
            held=tuple(value.name or "" for value in exposed.graph.outputs),
            outputs=held.outputs,
            candidates=handover.scratch("candidates"),
            total=len(trials),
            batch=_batch(base, runtime, batched),
            workers=_workers(runtime),
            seconds=seconds,
            label=label,
        )
        builder = _Builder(held, trials, writer, work)
        thread = threading.Thread(target=builder.run, name="lathe-candidates", daemon=True)
        thread.start()
        try:
            return runtime.host.call(measure, runtime.backend.open, work, samples, collect, progress=progress)
        finally:
            builder.stop.set()
            thread.join()
            if builder.error is not None:
                raise builder.error


def has_dynamic_ranges(model: ir.Model) -> bool:
    """Whether a run takes ranges from its own inputs, so that samples in one batch are not what they are alone."""
    return any(node.op_type.startswith("Dynamic") for node in model.graph)


class _Writer:
    """Writes parts of models for the child; the weights of the base stand in one file, to which all refer."""

    def __init__(self, handover: Handover, base: ir.Model, runtime: Runtime) -> None:
        import onnx_ir as ir

        self._handover, self._settings = handover, runtime.settings
        self._one_thread = replace(runtime.settings, threads=1) if _workers(runtime) > 1 else runtime.settings
        own = {name: value.const_value for name, value in base.graph.initializers.items()}
        self._outside: dict[int, ir.TensorProtocol] = {}
        if not any(isinstance(tensor, ir.ExternalTensor) for tensor in own.values()):
            path = handover.path / "weights.onnx"
            ir.save(base.clone(), path, external_data="weights.data", size_threshold_bytes=_EXTERNAL_BYTES)
            for name, value in ir.load(path).graph.initializers.items():
                if isinstance(value.const_value, ir.ExternalTensor):
                    self._outside[id(own[name])] = value.const_value
        self._own = own  # an id is that of no other tensor as long as this one lives

    def request(self, model: ir.Model, name: str, *, one_thread: bool = False) -> SessionRequest:
        settings = self._one_thread if one_thread else self._settings
        return SessionRequest(self._handover.write(model, name), settings, weights=self._handover.weights(model))

    def part(self, model: ir.Model, name: str) -> SessionRequest:
        """Of a model that nobody else uses."""
        for value in model.graph.initializers.values():
            value.const_value = self._outside.get(id(value.const_value), value.const_value)
        return self.request(model, name, one_thread=True)


class _Builder:
    """Builds the candidates ahead of the child, and writes what must be run of each."""

    def __init__(self, base: Base, trials: Sequence[Trial], writer: _Writer, work: Work) -> None:
        self.stop = threading.Event()
        self.error: BaseException | None = None
        self._base, self._trials, self._writer, self._work = base, trials, writer, work
        self._rests: dict[int, Rest | None] = {}

    def run(self) -> None:
        number = 0
        try:
            for number, trial in enumerate(self._trials):
                if self.stop.is_set():
                    return
                put(self._work.candidates, number, self._file(number, trial))
        except BaseException as error:  # raised again where the scan was asked for
            self.error = error
            put(self._work.candidates, number, None)

    def _file(self, number: int, trial: Trial) -> CandidateFile:
        built = trial()
        if isinstance(built, str):
            return CandidateFile(reason=built)
        changed = self._base.changed(built)
        if changed is None:
            return CandidateFile()
        model = self._writer.part(changed.model, f"candidate_{number}.onnx")
        return CandidateFile(model, tuple(changed.handed.items()), self._rest(changed.end))

    def _rest(self, cut: int) -> Rest | None:
        if cut not in self._rests:
            found = self._base.rest(cut)
            if found is not None:
                model, outputs = found
                size = sum(v.const_value.nbytes for v in model.graph.initializers.values() if v.const_value is not None)
                self._rests[cut] = Rest(self._writer.part(model, f"rest_{cut}.onnx"), outputs, size)
            else:
                self._rests[cut] = None
        return self._rests[cut]


def _cuts(model: ir.Model, samples: int, runtime: Runtime) -> tuple[Cut, ...]:
    bound = bind(model, runtime.settings.shapes, 1, strict=False)
    index, names = index_layers(model), index_layers(bound)
    macs = {index.node(layer.id): layer.macs or 0 for layer in names.layers if layer.owner is None}
    sizes: dict[str, int] = {}
    for value in (*bound.graph.inputs, *(value for node in bound.graph for value in node.outputs)):
        if value.shape is not None and value.dtype is not None and value.shape.is_static():
            sizes[value.name or ""] = int(np.prod(value.shape.numpy(), dtype=np.int64) * value.dtype.itemsize)
    return cuts(model, macs, sizes, CACHE_BYTES // samples)


def _batch(model: ir.Model, runtime: Runtime, batched: bool) -> int:
    """How many samples run at once."""
    free = all(batch_axis(info.shape) == 0 for info in inputs(model))
    return max(BATCH, runtime.settings.batch) if batched and free else runtime.settings.batch


def _workers(runtime: Runtime) -> int:
    """As many as threads, where it is the processor that computes."""
    device = runtime.settings.device
    return threads_of(runtime.settings.threads) if device.rpartition(":")[2] == "cpu" else 1
