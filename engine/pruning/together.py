"""Layers of a block solved together, so that what the block hands on is what the original's hands on.

Layer by layer, the channels that stay inside of a block aim at what they were. Together, they may become others that
serve the layers behind them better: a nonlinear least-squares problem over a few layers, whose gradient is known in
closed form (``engine.pruning.forward``). It is solved by L-BFGS in coordinates in which what each layer reads, with a
one for the bias, has the identity for its second moments, ``U = L' W`` with ``L L' = E[a a'] + l I``: there the last
layer of a block is solved in one step, and the others in few (as in Desjardins et al. 2015, "Natural neural networks").

Block after block, each reading what the healed blocks before it give (as Li et al. 2021, "BRECQ", for quantization).
No labels are looked at. One sample in ``APART`` is kept apart: a block goes as far from its old weights as serves those
best, which may be nowhere. A layer that reads few vectors for its size keeps its weights.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array, Runtime, Session, SessionRequest
from engine.data.samples import Samples
from engine.graph.layers import index_layers
from engine.graph.naming import places
from engine.graph.shapes import bind
from engine.profiling.handover import Handover
from engine.progress import Progress
from engine.pruning.blocks import Block, blocks
from engine.pruning.descent import descend
from engine.pruning.forward import (
    Floats,
    Op,
    channels_last,
    error,
    gradient,
    inputs_of,
    is_depthwise,
    rows,
    rows_of_weight,
    weight_of_rows,
)
from engine.pruning.mend import bias_of
from engine.pruning.solvable import Solvable, set_weight, weight_of
from engine.pruning.variants import Variants
from engine.pruning.walk import Open, Part, Walk, all_frontiers, run_part

if TYPE_CHECKING:
    import onnx_ir as ir

WORK = 2e9
"""Multiply-accumulates of one pass over the samples, forwards; over fewer samples where a block needs more."""
DEPTHWISE = 24
"""What a multiply-accumulate of a depthwise Conv costs here, against one of a product of matrices."""
MEMORY_BYTES = 768 << 20
"""Of the arrays of one block."""
MOST_ELEMENTS = 2048
FEWEST = 128
"""A block that there is time to learn from fewer samples for learns those by heart."""
STEPS = 10
APART = 8
WAYS = (0.0, 0.25, 0.5, 0.75, 1.0)
"""Of the way from the old weights to the new ones; what serves the samples best that are kept apart."""
VECTORS_PER_ELEMENT = 32
"""A layer with fewer keeps its weights."""
RIDGE = 1e-3
_CHUNK_BYTES = 2 << 20


@dataclass(frozen=True, slots=True)
class Together:
    """One block: error of what it hands on in parts of its variance, on samples kept apart."""

    end: str
    layers: tuple[str, ...]
    before: float
    after: float

    def to_json(self) -> dict[str, Any]:
        return asdict(self)


@dataclass(frozen=True, slots=True)
class Problem:
    """What the child solves; ``weights`` [groups, n + 1, outputs] by layer."""

    ops: tuple[Op, ...]
    inputs: tuple[str, ...]
    target: str
    left: tuple[int, ...] | None
    weights: Mapping[str, Floats]
    images: int
    samples: int


def solve_together(
    original: ir.Model,
    healed: ir.Model,
    gone: Mapping[str, Collection[int]],
    runtime: Runtime,
    samples: Samples,
    most_variants: int,
    progress: Progress,
) -> tuple[Together, ...]:
    """Write better weights into a model that is healed layer by layer.

    Args:
        gone: layer id to the channels of its output that went.
    """
    todo = to_solve(original, healed, gone)
    if not todo:
        return ()
    with Handover() as handover:
        variants = min(most_variants, -(-max(images for _, images in todo) // len(samples)))
        more: Samples = Variants(samples, variants) if variants > 1 else samples
        walk = Walk(original, runtime, more, handover, progress)
        theirs, mine = walk.track(original), walk.track(healed)
        found = []
        for number, (block, images) in enumerate(todo):
            progress.step(f"healing block {number + 1} of {len(todo)}")
            for track in (theirs, mine):
                node = track.node(next(iter(block.layers)))
                place = track.next_place(node, len(more))
                if place is not None:
                    walk.advance(track, place)
            channels = _channels(original, block.end)
            left = tuple(c for c in range(channels) if c not in set(block.lost)) if block.lost else None
            problem = Problem(
                block.ops,
                block.inputs,
                block.end,
                left,
                {name: weights_of(layer) for name, layer in block.layers.items()},
                min(images, len(more)),
                len(samples),
            )
            here, there = mine.part(set(block.inputs)), theirs.part({block.end})
            weights, before, after = runtime.host.call(
                _solve, runtime.backend.open, here, there, problem, progress=progress
            )
            for name, weight in weights.items():
                layer = block.layers[name]
                set_weight(healed, layer, *rows_of_weight(layer.layout, weight.astype(np.float64)))
            if weights:
                found.append(Together(block.end, tuple(weights), before, after))
    return tuple(found)


def to_solve(original: ir.Model, healed: ir.Model, gone: Mapping[str, Collection[int]]) -> list[tuple[Block, int]]:
    """The blocks behind a cut that there is time to learn from enough samples for, with how many one pass may take."""
    ids = {place.node: place.id for place in places(healed) if place.owner is None}
    start = next((number for number, node in enumerate(healed.graph) if gone.get(ids.get(node, ""))), None)
    if start is None:
        return []
    shared = {cut.frontier[0] for cut in all_frontiers(original) if len(cut.frontier) == 1}
    shared |= {value.name or "" for value in original.graph.outputs}
    macs = {layer.id: layer.macs for layer in index_layers(bind(healed, {}, 1, strict=False)).layers}
    found = blocks(healed, all_frontiers(healed), shared, ids, start, gone)
    return [(one, images) for one in found if _suits(one) and (images := _images(one, macs)) >= FEWEST]


def _suits(block: Block) -> bool:
    """Behind a mean over places there is one vector for each sample: too few to learn from."""
    longest = max(layer.layout.elements for layer in block.layers.values())
    return longest <= MOST_ELEMENTS and not any(op.kind == "mean" for op in block.ops)


def _images(block: Block, macs: Mapping[str, int | None]) -> int:
    """How many samples one pass may take."""
    work = 0
    for name, layer in block.layers.items():
        work += (macs.get(name) or 0) * (DEPTHWISE if is_depthwise(layer.layout) else 1)
    return max(APART, int(WORK / max(work, 1)))


def _channels(model: ir.Model, name: str) -> int:
    value = next(v for node in model.graph for v in node.outputs if v.name == name)
    assert value.shape is not None
    return int(value.shape[1])  # type: ignore[arg-type]


def weights_of(layer: Solvable) -> Floats:
    weight = weight_of(layer)
    bias = bias_of(layer, range(weight.shape[0] * weight.shape[2]), weight.shape[0])
    return weight_of_rows(layer.layout, weight, np.broadcast_to(bias, (weight.shape[0], weight.shape[2])))


def _solve(
    open_session: Callable[[SessionRequest], Session], here: Part, there: Part, problem: Problem, *, progress: Progress
) -> tuple[dict[str, Array], float, float]:
    """The child's part: better weights, and the errors with the old and the new ones."""
    label = progress.tick.label
    chunks, apart = _gather(open_session, here, there, problem, progress)
    if not chunks or not apart:
        return {}, 0.0, 0.0
    solver = _Solver(problem, chunks, progress)
    if not solver.point.size:
        return {}, 0.0, 0.0
    best = solver.point
    for number, (_, point) in enumerate(descend(solver.value, solver.point, solver.curvature), start=1):
        progress.step(label, number, STEPS)
        best = point
        if number == STEPS:
            break
    # Some of the way serves samples that were not learnt better than all of it, where there are few.
    old, new, power = solver.weights, solver.weights_at(best), _power(apart)

    def at(way: float) -> dict[str, Array]:
        return {name: old[name] + np.float32(way) * (weight - old[name]) for name, weight in new.items()}

    wrong = {way: sum(error(problem.ops, *one, {**old, **at(way)}) for one in apart) / power for way in WAYS}
    best_way = min(WAYS, key=wrong.__getitem__)
    return (at(best_way) if best_way else {}), wrong[0.0], wrong[best_way]


Chunk = tuple[dict[str, Array], Array]


def _gather(
    open_session: Open, here: Part, there: Part, problem: Problem, progress: Progress
) -> tuple[list[Chunk], list[Chunk]]:
    """What the block reads and is to give: to learn from, and kept apart."""
    learnt, apart = _Chunks(), _Chunks()
    held = seen = 0
    for read, made in zip(
        run_part(open_session, here, problem.inputs), run_part(open_session, there, (problem.target,)), strict=True
    ):
        progress.check()
        target = made[problem.target]
        if problem.left is not None:
            target = np.take(target, problem.left, axis=1)
        count = len(target)
        if any(len(array) != count for array in read.values()):
            return [], []  # not an array for each sample
        aside = (seen + np.arange(count)) % problem.samples % APART == APART - 1
        seen += count
        for chunks, mask in ((learnt, ~aside), (apart, aside)):
            if mask.any():
                given = {name: channels_last(array[mask]) for name, array in read.items()}
                chunks.add(given, channels_last(target[mask]))
        held += target.nbytes + sum(array.nbytes for array in read.values())
        if seen >= problem.images or held > MEMORY_BYTES:
            break
    return learnt.done(), apart.done()


class _Chunks:
    """Batches put together to sizes that matrices are fast with."""

    def __init__(self) -> None:
        self._done: list[Chunk] = []
        self._open: list[Chunk] = []
        self._bytes = 0

    def add(self, given: dict[str, Array], wanted: Array) -> None:
        self._open.append((given, wanted))
        self._bytes += wanted.nbytes + sum(array.nbytes for array in given.values())
        if self._bytes >= _CHUNK_BYTES:
            self._close()

    def done(self) -> list[Chunk]:
        if self._open:
            self._close()
        return self._done

    def _close(self) -> None:
        names = self._open[0][0]
        given = {name: np.concatenate([one[name] for one, _ in self._open]) for name in names}
        self._done.append((given, np.concatenate([wanted for _, wanted in self._open])))
        self._open, self._bytes = [], 0


class _Solver:
    """The error in coordinates in which what the layers read is white."""

    def __init__(self, problem: Problem, chunks: Sequence[Chunk], progress: Progress) -> None:
        self._ops, self._chunks, self._progress = problem.ops, chunks, progress
        self.weights = {name: weight.astype(np.float32) for name, weight in problem.weights.items()}
        self._shapes = {name: weight.shape for name, weight in problem.weights.items()}
        self._power = _power(chunks)
        self._inverse: dict[str, Floats] = {}
        start: list[Floats] = [np.zeros(0)]
        for name, root in self._roots().items():
            inverse: Floats = np.linalg.inv(root).astype(np.float64)
            self._inverse[name] = inverse
            start.append((root.transpose(0, 2, 1) @ problem.weights[name]).reshape(-1))
        self.point: Floats = np.concatenate(start).astype(np.float64)
        self.curvature = 2 * sum(wanted[..., 0].size for _, wanted in chunks) / self._power
        """Of the last layer's weights, where it adds nothing up over places."""

    def weights_at(self, point: Floats) -> dict[str, Array]:
        found, at = {}, 0
        for name, inverse in self._inverse.items():
            shape = self._shapes[name]
            size = int(np.prod(shape))
            white = point[at : at + size].reshape(shape)
            found[name] = (inverse.transpose(0, 2, 1) @ white).astype(np.float32)
            at += size
        return found

    def value(self, point: Floats) -> tuple[float, Floats]:
        weights = {**self.weights, **self.weights_at(point)}
        total = 0.0
        slopes = {name: np.zeros(self._shapes[name]) for name in self._inverse}
        for given, wanted in self._chunks:
            self._progress.check()
            wrong, found = gradient(self._ops, given, wanted, weights)
            total += wrong
            for name in slopes:
                slopes[name] += found[name]
        white = [(inverse @ slopes[name]).reshape(-1) for name, inverse in self._inverse.items()]
        return total / self._power, np.concatenate(white) * (2 / self._power)

    def _roots(self) -> dict[str, Floats]:
        """L of each layer, from some of the samples."""
        moments: dict[str, Floats] = {}
        counts: dict[str, int] = {}
        for given, _ in self._chunks:
            self._progress.check()
            enough = True
            for name, layout, read in inputs_of(self._ops, given, self.weights):
                each = rows(layout, read)
                both = np.concatenate([each, np.ones((*each.shape[:2], 1), each.dtype)], axis=2)
                product = (both.transpose(0, 2, 1) @ both).astype(np.float64)
                moments[name] = product + moments.get(name, 0.0)
                counts[name] = counts.get(name, 0) + each.shape[1]
                enough &= counts[name] >= VECTORS_PER_ELEMENT * both.shape[2]
            if enough:
                break
        found = {}
        for name, moment in moments.items():
            n = moment.shape[1]
            if counts[name] < VECTORS_PER_ELEMENT * n:
                continue
            mean = np.maximum(np.trace(moment, axis1=1, axis2=2) / n, np.finfo(np.float32).tiny)
            root: Floats = np.linalg.cholesky(moment + RIDGE * mean[:, None, None] * np.eye(n))
            found[name] = root / counts[name] ** 0.5
        return found


def _power(chunks: Sequence[Chunk]) -> float:
    """Of the targets about the mean of each channel."""
    count = sum(wanted[..., 0].size for _, wanted in chunks)
    total = np.sum(
        [np.sum(wanted, axis=tuple(range(wanted.ndim - 1)), dtype=np.float64) for _, wanted in chunks], axis=0
    )
    squares = sum(float(np.sum(np.square(wanted), dtype=np.float64)) for _, wanted in chunks)
    return max(squares - float(np.sum(np.square(total))) / count, float(np.finfo(np.float32).tiny))
