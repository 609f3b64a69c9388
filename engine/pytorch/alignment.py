"""Which node of the graph does the work of each operator that PyTorch ran.

Both come in the order in which the program computes, so they are two sequences to be aligned: pairs may not cross, and
a pair counts only where operator and op are of one kind and, where the modules of both are known, of one module. Among
all such alignments the best is the weighted longest common subsequence,

    S[i, j] = max(S[i-1, j], S[i, j-1], S[i-1, j-1] + w(i, j)),

computed row by row, the maximum along a row at once. The exporter decomposes one operator into several nodes, of which
the last one is taken (attribution finds those before it), and folds several operators into one node: an operator
without a partner belongs to the one before it.

Needleman and Wunsch: A general method applicable to the search for similarities (1970), with gaps that cost nothing.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np

SAME_OP, NEAR, SAME_MODULE = 2, 1, 3
MOST_CELLS = 60_000_000

_KINDS: dict[str, str] = {
    "conv1d conv2d conv3d convolution _convolution": "Conv ConvTranspose ConvInteger",
    "conv_transpose1d conv_transpose2d conv_transpose3d": "ConvTranspose",
    "linear addmm mm matmul bmm baddbmm mv dot": "Gemm MatMul Add",
    "batch_norm native_batch_norm _native_batch_norm_legit_no_training": "BatchNormalization Mul Add",
    "relu threshold": "Relu",
    "clamp hardtanh relu6 clamp_min clamp_max clip": "Clip Relu Max Min",
    "add __add__ rsub": "Add Sum Sub",
    "sub": "Sub Add",
    "mul": "Mul",
    "div": "Div Mul",
    "silu": "Mul Sigmoid Swish",
    "gelu": "Gelu Mul Erf",
    "hardswish": "HardSwish Mul",
    "max_pool1d max_pool2d max_pool3d max_pool2d_with_indices": "MaxPool",
    "avg_pool1d avg_pool2d avg_pool3d adaptive_avg_pool1d adaptive_avg_pool2d mean": (
        "AveragePool GlobalAveragePool ReduceMean"
    ),
    "adaptive_max_pool2d amax max": "GlobalMaxPool MaxPool ReduceMax Max",
    "sum": "ReduceSum",
    "flatten view reshape _unsafe_view unflatten _reshape_alias": "Reshape Flatten",
    "permute transpose t movedim numpy_T": "Transpose",
    "cat concat concatenate": "Concat",
    "stack": "Concat Unsqueeze",
    "slice select narrow split chunk unbind split_with_sizes tensor_split": "Slice Gather Split Squeeze",
    "index embedding gather index_select take": "Gather GatherElements GatherND",
    "masked_fill where": "Where",
    "softmax _softmax": "Softmax",
    "log_softmax _log_softmax": "LogSoftmax",
    "layer_norm native_layer_norm": "LayerNormalization Add Mul",
    "group_norm instance_norm native_group_norm": "GroupNormalization InstanceNormalization Add Mul",
    "scaled_dot_product_attention _scaled_dot_product_flash_attention_for_cpu": "Attention MatMul",
    "lstm lstm_cell": "LSTM",
    "gru gru_cell": "GRU",
    "rnn_tanh rnn_relu": "RNN",
    "pad constant_pad_nd reflection_pad1d reflection_pad2d replication_pad2d": "Pad",
    "upsample_nearest2d upsample_bilinear2d upsample_nearest1d upsample_bicubic2d": "Resize",
    "pixel_shuffle": "DepthToSpace",
    "pixel_unshuffle": "SpaceToDepth",
    "to _to_copy type_as": "Cast",
    "repeat tile": "Tile Expand",
    "prelu _prelu_kernel": "PRelu",
    "rms_norm": "RMSNormalization SimplifiedLayerNormalization Mul",
}
_OPS = {name: frozenset(ops.split()) for names, ops in _KINDS.items() for name in names.split()}


@dataclass(frozen=True, slots=True)
class Step:
    """One operator as it ran; ``module`` is None where nobody knows it. ``op`` without "aten::"."""

    op: str
    module: str | None = None


@dataclass(frozen=True, slots=True)
class Target:
    """One node of the graph."""

    op: str
    module: str


def align(steps: Sequence[Step], targets: Sequence[Target]) -> list[int | None]:
    """For each step the number of the node whose work it does; None only where there is no node to be found at all."""
    pairs = _pairs(steps, targets)
    found: list[int | None] = []
    for number, partner in enumerate(pairs):
        if partner is None:
            partner = _of_module(steps[number].module, targets, found[-1] if found else None)
        found.append(partner)
    after: int | None = None
    for number in reversed(range(len(found))):  # what runs before the first pair
        after = found[number] if found[number] is not None else after
        found[number] = after
    return found


def _of_module(module: str | None, targets: Sequence[Target], before: int | None) -> int | None:
    """For a step that is no node by itself: the node before it, or a node of its own module where that one is not."""
    if before is None or not module or targets[before].module == module:
        return before
    own = [number for number, target in enumerate(targets) if target.module == module]
    return min(own, key=lambda number: abs(number - before)) if own else before


def fits(step: Step, target: Target) -> bool:
    """Whether a node of this type may be what the exporter made of the operator."""
    op = step.op.rstrip("_")
    return target.op in _OPS.get(op, ()) or _plain(op) == _plain(target.op)


def _plain(op: str) -> str:
    return op.replace("_", "").lower()


def _pairs(steps: Sequence[Step], targets: Sequence[Target]) -> list[int | None]:
    if not steps or not targets:
        return [None] * len(steps)
    if len(steps) * len(targets) > MOST_CELLS:  # two halves, cut where the sequences are
        middle, other = len(steps) // 2, len(targets) // 2
        first = _pairs(steps[:middle], targets[:other])
        return first + [None if n is None else n + other for n in _pairs(steps[middle:], targets[other:])]
    modules = {name: n for n, name in enumerate(dict.fromkeys(target.module for target in targets))}
    places = np.array([modules[target.module] for target in targets])
    ops = {name: n for n, name in enumerate(dict.fromkeys(target.op for target in targets))}
    types = np.array([ops[target.op] for target in targets])
    known: dict[str, np.ndarray[tuple[int], np.dtype[np.bool_]]] = {}
    scores = np.zeros((len(steps) + 1, len(targets) + 1), np.int32)
    weights = np.zeros((len(steps), len(targets)), np.int8)
    for row, step in enumerate(steps):
        if step.op not in known:
            able = np.array([fits(step, Target(op, "")) for op in ops])
            known[step.op] = able[types]
        weight = np.where(known[step.op], SAME_OP, 0)
        if step.module is not None:
            same = places == modules.get(step.module, -1)
            weight = np.where(known[step.op] & same, SAME_OP + SAME_MODULE, 0)
        else:
            near = {_outermost(module) for module in _neighbours(steps, row)}
            beside = np.array([_outermost(module) in near for module in modules])[places]
            weight = np.where(known[step.op] & beside, SAME_OP + NEAR, weight)
        weights[row] = weight
        before = scores[row]
        best = np.maximum(before[1:], np.where(weight > 0, before[:-1] + weight, 0))
        scores[row + 1, 1:] = np.maximum.accumulate(best)
    return _back(scores, weights)


def _neighbours(steps: Sequence[Step], number: int) -> Iterator[str]:
    """The modules of the nearest steps before and after of which they are known: two branches may have the same ops."""
    for way in (range(number - 1, -1, -1), range(number + 1, len(steps))):
        found = next((steps[other].module for other in way if steps[other].module), None)
        if found:
            yield found


def _outermost(module: str) -> str:
    return module.partition(".")[0]


def _back(
    scores: np.ndarray[tuple[int, int], np.dtype[np.int32]], weights: np.ndarray[tuple[int, int], np.dtype[np.int8]]
) -> list[int | None]:
    """The pairs of the best alignment; of equal ones that with the later nodes."""
    found: list[int | None] = [None] * weights.shape[0]
    row, column = weights.shape
    while row and column:
        weight = weights[row - 1, column - 1]
        if weight and scores[row, column] == scores[row - 1, column - 1] + weight:
            found[row - 1] = column - 1
            row, column = row - 1, column - 1
        elif scores[row, column] == scores[row - 1, column]:
            row -= 1
        else:
            column -= 1
    return found
