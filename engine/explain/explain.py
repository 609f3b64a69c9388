"""Everything that is explained of one profile."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from engine.explain.memory import ActivationMemory
from engine.explain.reason import Evidence, Reason, Side
from engine.explain.roofline import Ceilings, Roofline

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.backend import Runtime
    from engine.profiling.profile import Profile
    from engine.progress import Progress


@dataclass(frozen=True, slots=True)
class Explanation:
    """``roofline`` is None where the device's ceilings are not known; ``reasons`` with the highest cost first."""

    memory: ActivationMemory
    roofline: Roofline | None
    reasons: tuple[Reason, ...]

    def to_json(self) -> Mapping[str, Any]:
        from dataclasses import asdict

        return asdict(self)


def explain(
    model: ir.Model,
    runtime: Runtime,
    profile: Profile,
    progress: Progress,
    *,
    before: Side | None = None,
    ceilings: Ceilings | None = None,
) -> Explanation:
    """Memory, roofline and reasons of a measured model.

    Args:
        model: as it was measured by ``runtime``.
        before: the original, where a treated model is explained against it.
    """
    from engine.explain.memory import activation_memory
    from engine.explain.roofline import roofline

    progress.step("explaining")
    now = side_of(model, runtime, profile)
    progress.check()
    return Explanation(
        memory=activation_memory(now.bound, now.index, profile),
        roofline=None if ceilings is None else roofline(now.index, profile, ceilings),
        reasons=reasons(Evidence(now, before), progress),
    )


def side_of(model: ir.Model, runtime: Runtime, profile: Profile) -> Side:
    """One measured model as the rules see it."""
    from engine.graph.layers import index_layers
    from engine.graph.shapes import bind

    settings = runtime.settings
    bound = bind(model, settings.shapes, settings.batch, strict=False)
    return Side(model, bound, index_layers(bound), profile, settings, runtime.backend.facts(settings.device))


def reasons(evidence: Evidence, progress: Progress) -> tuple[Reason, ...]:
    """What every rule finds, the highest cost first; what cannot be costed comes last."""
    from engine.explain.rules import rules

    found: list[Reason] = []
    for rule in progress.track(list(rules().values()), "looking for what costs time"):
        found += rule.find(evidence)
    return tuple(sorted(found, key=lambda reason: -1.0 if reason.cost_us is None else reason.cost_us, reverse=True))
