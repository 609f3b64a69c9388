"""Graph optimizations that are switched off.

Looks for a run whose option ``optimization`` was below "all". At "extended" ONNX Runtime keeps its Convs out of the
blocked layout, at "basic" it fuses no activation and no Q/DQ pair, "disabled" folds nothing at all.

Cost: measured against the profile before, where that is the same model with all optimizations; else it cannot be told
from one profile. Source: ONNX Runtime, "Graph optimizations".
"""

from __future__ import annotations

from collections.abc import Sequence

from engine.explain.costs import run_us
from engine.explain.reason import Evidence, Reason, Remedy, Rule, Side
from engine.explain.wording import time

_OPTION, _ALL = "optimization", "all"
_MISSING = {
    "extended": "Convs do not run in the blocked layout of their fast kernels.",
    "basic": "Activations and Q/DQ pairs are not fused, and Convs do not run in the layout of their fast kernels.",
    "disabled": "Nothing is folded or fused.",
}


def find(evidence: Evidence) -> Sequence[Reason]:
    side = evidence.now
    level = str(side.settings.options.get(_OPTION, _ALL))
    if level not in _MISSING:
        return ()
    us = _measured(side, evidence.before)
    return [
        Reason(
            KEY,
            f"Graph optimization is {level}" + (f": {time(us)}" if us else ""),
            (),
            us,
            _MISSING[level],
            "Let the runtime use all of its optimizations, unless this is to find out what they do.",
            (Remedy("runtime", "Use all optimizations", options={_OPTION: _ALL}),),
        )
    ]


def _measured(side: Side, before: Side | None) -> float | None:
    if before is None or before.profile.model_sha256 != side.profile.model_sha256 or not side.profile.model_sha256:
        return None
    lost = run_us(side) - run_us(before)
    return lost if before.settings.options.get(_OPTION, _ALL) == _ALL and lost > 0 else None


KEY = "optimization_level"
RULE = Rule(
    key=KEY,
    title="Graph optimizations switched off",
    summary="a runtime that was told not to fuse and rearrange the graph",
    find=find,
)
