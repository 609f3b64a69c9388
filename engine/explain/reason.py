"""What a rule is. One file in ``engine/explain/rules`` defines one ``RULE``.

A rule looks at one measured model, and at the one before it where there is a pair, and says what costs time there:
which layers, how many microseconds of a run, and what would help. It says nothing where it does not apply.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from engine.backend import RunSettings, TargetFacts
from engine.options import OptionValue
from engine.profiling.profile import Profile

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.layers import LayerIndex


@dataclass(frozen=True, slots=True)
class Remedy:
    """The click that would help.

    Attributes:
        kind: "keep_float" leaves the reason's layers in float; "quantize" gives them ``scheme`` with ``options``;
            "set_option" changes options of the scheme in the whole recipe; "runtime" changes run settings or the
            runtime's options (``options``: "threads", "batch", or an option of the backend); "shape" asks for fixed
            input shapes; "device" chooses ``device``; "clean" turns cleaning on.
        label: on the button, imperative: "Keep 3 layers in float".
    """

    kind: Literal["keep_float", "quantize", "set_option", "runtime", "shape", "device", "clean"]
    label: str
    scheme: str = ""
    options: Mapping[str, OptionValue] = field(default_factory=dict)
    device: str = ""


@dataclass(frozen=True, slots=True)
class Reason:
    """One finding.

    Attributes:
        rule: key of the rule.
        title: one line with the figures, "12 Q/DQ pairs did not fuse".
        layers: ids of the layers concerned, the most expensive first.
        cost_us: what it costs of one run, in microseconds as measured (``engine.explain.costs``); None where that
            cannot be measured.
        detail: what happens and why, one or two sentences for a person.
        advice: the way out, one sentence, also where there is no click for it.
        remedies: the clicks that would help, the best first; empty where none would.
    """

    rule: str
    title: str
    layers: tuple[str, ...]
    cost_us: float | None
    detail: str
    advice: str
    remedies: tuple[Remedy, ...] = ()


@dataclass(frozen=True, slots=True)
class Side:
    """One measured model.

    Attributes:
        model: as it was given to the runtime, dynamic dimensions included.
        bound: a copy with the shapes that were measured; ``index`` has its layers, whose ids are those of ``profile``.
    """

    model: ir.Model
    bound: ir.Model
    index: LayerIndex
    profile: Profile
    settings: RunSettings
    facts: TargetFacts


@dataclass(frozen=True, slots=True)
class Evidence:
    """What a rule looks at: ``now``, and ``before`` where a treated model is explained against its original."""

    now: Side
    before: Side | None = None


@dataclass(frozen=True, slots=True)
class Rule:
    """``find`` returns nothing where the rule does not apply; ``summary`` says in one line what it looks for."""

    key: str
    title: str
    summary: str
    find: Callable[[Evidence], Sequence[Reason]]
