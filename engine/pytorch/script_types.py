"""Which inputs of a TorchScript program are indices; the child process only.

TorchScript does not say the element type of a tensor that comes in. Where its graph takes one to be indices, the place
of a token in an embedding for instance, PyTorch accepts nothing but integers.
"""

from __future__ import annotations

from typing import Any

_INDICES = {
    "aten::embedding": 1,
    "aten::embedding_bag": 1,
    "aten::gather": 2,
    "aten::index_add": 2,
    "aten::index_select": 2,
    "aten::one_hot": 0,
    "aten::scatter": 2,
    "aten::scatter_add": 2,
}
"""The argument that takes indices."""
_SAME_ELEMENTS = {
    "aten::clamp",
    "aten::clone",
    "aten::contiguous",
    "aten::detach",
    "aten::expand",
    "aten::flatten",
    "aten::index_select",
    "aten::long",
    "aten::narrow",
    "aten::permute",
    "aten::reshape",
    "aten::select",
    "aten::slice",
    "aten::squeeze",
    "aten::to",
    "aten::transpose",
    "aten::unsqueeze",
    "aten::view",
}
"""Whose results hold elements of their first argument."""


def indices(module: Any) -> set[int]:
    """The numbers of the inputs of a ScriptModule's ``forward`` that reach an operator as indices."""
    return {number for number, value in enumerate(list(module.inlined_graph.inputs())[1:]) if _is_index(value)}


def _is_index(value: Any) -> bool:
    waiting, seen = [value], {value.debugName()}
    while waiting:
        for use in waiting.pop().uses():
            kind = use.user.kind()
            if _INDICES.get(kind) == use.offset:
                return True
            if use.offset == 0 and kind in _SAME_ELEMENTS:
                new = [out for out in use.user.outputs() if out.debugName() not in seen]
                seen.update(out.debugName() for out in new)
                waiting += new
    return False
