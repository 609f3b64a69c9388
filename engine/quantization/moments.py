"""Moments: mean and covariance of what the rows of a layer's weight are multiplied with, on the calibration data.

A Conv with groups multiplies each row of n = C_in / groups * kernel elements with patches of its group's input, padding
included; a Gemm or MatMul each column with rows of its input. ``Layout.rows`` brings a weight into that form, [groups,
rows, n], and ``Layout.weight`` back. Of each sample some vectors are taken, at places that change from one to the next.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from engine.backend import Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.graph.attributes import int_of, ints_of, text_of
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.quantization.roles import constant
from engine.scheme import Moments

if TYPE_CHECKING:
    import onnx_ir as ir

Array = NDArray[Any]

VECTORS_PER_ELEMENT = 4
FEWEST_VECTORS, MOST_VECTORS = 1024, 16384
_AT_ONCE = 1024
MOST_ELEMENTS = 6144
"""Longer rows are left out: their covariance alone would take 300 MB."""


@dataclass(frozen=True, slots=True)
class Layout:
    """How a layer multiplies its input, as plain data for the child.

    Attributes:
        value: name of the input.
        kernel, strides, dilations, pads: of a Conv (pads as ONNX has them, begins then ends); empty for a product.
        transposed: the weight is [n, rows] as MatMul has it, not [rows, n]; ``input_transposed`` the same of the input.
        shape: of the weight.
    """

    value: str
    shape: tuple[int, ...]
    groups: int = 1
    kernel: tuple[int, ...] = ()
    strides: tuple[int, ...] = ()
    dilations: tuple[int, ...] = ()
    pads: tuple[int, ...] = ()
    transposed: bool = False
    input_transposed: bool = False

    @property
    def elements(self) -> int:
        """n, of one row."""
        return int(np.prod(self.shape[1:])) if not self.transposed else self.shape[0]

    def rows(self, weight: Array) -> Array:
        """[groups, rows, n]."""
        if self.transposed:
            return weight.T[None]
        return weight.reshape(self.groups, self.shape[0] // self.groups, self.elements)

    def weight(self, rows: Array) -> Array:
        """What ``rows`` came from."""
        return rows[0].T if self.transposed else rows.reshape(self.shape)

    def vectors(self, array: Array, count: int, rng: np.random.Generator) -> Array:
        """About ``count`` of the vectors that one input holds: [vectors, groups, n]."""
        if not self.kernel:
            flat = (array.T if self.input_transposed else array).reshape(-1, self.elements)
            chosen = flat if len(flat) <= count else flat[rng.choice(len(flat), count, replace=False)]
            return chosen[:, None, :]
        rank = len(self.kernel)
        pads = list(zip(self.pads[:rank], self.pads[rank:], strict=True))
        padded = np.pad(array, [(0, 0), (0, 0), *pads]) if any(self.pads) else array
        sizes = [
            (length - dilation * (k - 1) - 1) // stride + 1
            for length, k, stride, dilation in zip(
                padded.shape[2:], self.kernel, self.strides, self.dilations, strict=True
            )
        ]
        places = rng.integers(0, [len(array), *sizes], size=(min(count, len(array) * int(np.prod(sizes))), rank + 1))
        index: list[Array] = [places[:, 0].reshape(-1, *[1] * (rank + 1))]
        index.append(np.arange(padded.shape[1]).reshape(1, -1, *[1] * rank))
        for axis in range(rank):
            offsets = np.arange(self.kernel[axis]) * self.dilations[axis]
            spots = places[:, axis + 1, None] * self.strides[axis] + offsets
            shape = [1] * (rank + 2)
            shape[0], shape[axis + 2] = spots.shape
            index.append(spots.reshape(shape))
        return padded[tuple(index)].reshape(len(places), self.groups, self.elements)


def layout(node: ir.Node) -> Layout | None:
    """The layout of a Conv, Gemm or MatMul with a constant weight of a kind that is understood; None otherwise."""
    weight = constant(node.inputs[1]) if len(node.inputs) > 1 else None
    value = node.inputs[0]
    if weight is None or value is None or value.name is None or weight.size == 0:
        return None
    found: Layout | None = None
    if node.op_type == "Conv":
        found = _conv(node, value, weight.shape)
    elif node.op_type == "Gemm" and weight.ndim == 2:
        turned = bool(int_of(node, "transA", 0))
        found = Layout(value.name, weight.shape, transposed=not int_of(node, "transB", 0), input_transposed=turned)
    elif node.op_type == "MatMul" and weight.ndim == 2:
        found = Layout(value.name, weight.shape, transposed=True)
    return None if found is None or found.elements > MOST_ELEMENTS else found


def _conv(node: ir.Node, value: ir.Value, shape: tuple[int, ...]) -> Layout | None:
    rank = len(shape) - 2

    def ints(name: str, default: int, count: int) -> tuple[int, ...]:
        found = ints_of(node, name)
        return (default,) * count if found is None else found

    automatic = text_of(node, "auto_pad") or "NOTSET"
    strides, dilations = ints("strides", 1, rank), ints("dilations", 1, rank)
    pads = ints("pads", 0, 2 * rank) if automatic == "NOTSET" else (0,) * 2 * rank
    if (len(strides), len(dilations), len(pads)) != (rank, rank, 2 * rank):
        return None
    if automatic.startswith("SAME"):
        sizes = None if value.shape is None else value.shape[2:]
        if sizes is None or not all(isinstance(size, int) for size in sizes):
            return None
        spare = [
            max((-(-int(size) // s) - 1) * s + d * (k - 1) + 1 - int(size), 0)  # type: ignore[arg-type]
            for size, s, d, k in zip(sizes, strides, dilations, shape[2:], strict=True)
        ]
        small, large = tuple(s // 2 for s in spare), tuple(s - s // 2 for s in spare)
        pads = (*small, *large) if automatic == "SAME_UPPER" else (*large, *small)
    if any(pad < 0 for pad in pads):
        return None
    groups = int_of(node, "group", 1)
    assert value.name is not None
    return Layout(value.name, shape, groups, tuple(shape[2:]), strides, dilations, pads)


def collect(
    model: ir.Model, layouts: Mapping[str, Layout], runtime: Runtime, samples: Samples, progress: Progress
) -> dict[str, Moments]:
    """The moments of the named layers' inputs over all samples, in the child.

    Raises:
        EngineError: the model cannot run.
    """
    from engine.quantization.calibrate import expose, passes, values_by_name

    if not layouts:
        return {}
    values = values_by_name(model)
    names = sorted({layout.value for layout in layouts.values()})
    found: dict[str, Moments] = {}
    with Handover() as handover:
        for number, exposed in enumerate(passes(names, values, samples.group or runtime.settings.batch)):
            copy = expose(model, exposed)
            request = SessionRequest(
                handover.write(copy, f"moments_{number}.onnx"), runtime.settings, handover.weights(copy)
            )
            mine = {layer_id: layout for layer_id, layout in layouts.items() if layout.value in exposed}
            found |= runtime.host.call(_collect, runtime.backend.open, request, mine, samples, progress=progress)
    return found


def _collect(
    open_session: Callable[[SessionRequest], Session],
    request: SessionRequest,
    layouts: Mapping[str, Layout],
    samples: Samples,
    *,
    progress: Progress,
) -> dict[str, Moments]:
    """The child's part."""
    session = open_session(request)
    fed = {info.name for info in session.inputs}
    computed = sorted({layout.value for layout in layouts.values()} - fed)
    batch = samples.group or request.settings.batch
    rng = np.random.default_rng(0)
    sums = {layer_id: _Sums(layout) for layer_id, layout in layouts.items()}
    for number, feeds in enumerate(samples.batches(batch)):
        progress.step("looking at inputs", number * batch, len(samples))
        outputs = dict(zip(computed, session.run(feeds, computed) if computed else [], strict=True))
        for layer_id, layout in layouts.items():
            wanted = -(-sums[layer_id].wanted * batch // len(samples))
            array = outputs.get(layout.value, feeds.get(layout.value))
            assert array is not None
            sums[layer_id].add(layout.vectors(np.asarray(array), wanted, rng))
    return {layer_id: found.moments() for layer_id, found in sums.items()}


class _Sums:
    """Running sums, about the mean of the first vectors: covariances of values far from zero keep their digits."""

    def __init__(self, layout: Layout) -> None:
        n = layout.elements
        self.wanted = min(MOST_VECTORS, max(FEWEST_VECTORS, VECTORS_PER_ELEMENT * n))
        self._sum = np.zeros((layout.groups, n))
        self._products = np.zeros((layout.groups, n, n))
        self._offset: Array | None = None
        self._count = 0
        self._waiting: list[Array] = []

    def add(self, vectors: Array) -> None:
        if self._offset is None:
            self._offset = vectors.mean(axis=0)
        self._waiting.append(vectors)
        if sum(map(len, self._waiting)) >= _AT_ONCE:
            self._take()

    def moments(self) -> Moments:
        self._take()
        assert self._offset is not None, "no samples"
        mean = self._sum / self._count
        covariance = self._products / self._count - mean[:, :, None] * mean[:, None, :]
        return Moments(mean + self._offset, covariance, self._count)

    def _take(self) -> None:
        """Many at once: a product with few rows would spend its time on adding up the large result."""
        if not self._waiting:
            return
        vectors = np.concatenate(self._waiting)
        self._waiting.clear()
        by_group = (vectors - self._offset).astype(np.float32).transpose(1, 0, 2)
        self._sum += by_group.sum(axis=1, dtype=np.float64)
        self._products += by_group.transpose(0, 2, 1) @ by_group
        self._count += len(vectors)
