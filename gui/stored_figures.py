"""The document's figures to and from the plain form that a session file holds."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from engine.errors import DataError
from engine.profiling.stored import read_as
from gui.figures import Explained, Figures, Measurement, Pair, Rebuilt
from gui.timings import SourceTiming

if TYPE_CHECKING:
    from engine.verification.compare import Comparison

T = TypeVar("T")


def to_store(figures: Figures) -> dict[str, dict[str, Any]]:
    """By kind, then by key; the values as they are, which a session makes plain."""
    return {kind: dict(getattr(figures, kind)) for kind in READERS}


def from_store(stored: Mapping[str, Mapping[str, Any]], where: str) -> tuple[Figures, int]:
    """The figures, and how many could not be read: another version may have had other ones."""
    figures, lost = Figures(), 0
    for kind, reader in READERS.items():
        kept = getattr(figures, kind)
        for key, value in stored.get(kind, {}).items():
            try:
                kept[key] = reader(value, where)
            except (DataError, KeyError, TypeError, ValueError, AttributeError):
                lost += 1
    return figures, lost


def _as(kind: type[T]) -> Callable[[Any, str], T]:
    return lambda stored, where: read_as(kind, stored, where=where, what="a figure", way_out="Measure it again.")


def _measurement(stored: Any, where: str) -> Measurement:
    from engine.profiling.profile import Profile
    from engine.profiling.raw import Timeline

    timing = _as(SourceTiming)
    timeline = stored.get("timeline")
    return Measurement(
        _as(Profile)(stored["profile"], where),
        {str(layer): timing(value, where) for layer, value in stored["layers"].items()},
        int(stored["order"]),
        {str(a): str(b) for a, b in stored["homes"].items()},
        None if timeline is None else _as(Timeline)(timeline, where),
    )


def _explained(stored: Any, where: str) -> Explained:
    from engine.explain.explain import Explanation

    found = stored["explanation"]
    explanation = None if found is None else _as(Explanation)(found, where)
    return Explained(explanation, str(stored["before"]), str(stored["missing"]))


def _comparison(stored: Any, where: str) -> Comparison:
    from engine.verification.compare import Comparison

    return _as(Comparison)(stored, where)


def _latency(stored: Any, where: str) -> Any:
    from engine.profiling.fair import LatencyComparison

    return _as(LatencyComparison)(stored, where)


def _pair(stored: Any, where: str) -> Pair:
    return Pair(_latency(stored["latency"], where), _comparison(stored["outputs"], where))


def _sweep(stored: Any, where: str) -> Any:
    from engine.profiling.sweep import Sweep

    return _as(Sweep)(stored, where)


def _scenarios(stored: Any, where: str) -> Any:
    from engine.profiling.scenarios import ScenarioResult

    return {str(name): _as(ScenarioResult)(value, where) for name, value in stored.items()}


def _scan(stored: Any, where: str) -> Any:
    from engine.verification.sensitivity import Sensitivity

    return _as(Sensitivity)(stored, where)


def _errors(stored: Any, where: str) -> Any:
    from engine.verification.layer_errors import LayerError

    return {str(layer): _as(LayerError)(value, where) for layer, value in stored.items()}


READERS: Mapping[str, Callable[[Any, str], Any]] = {
    "measurements": _measurement,
    "rebuilt": _as(Rebuilt),
    "comparisons": _comparison,
    "latency": _latency,
    "explained": _explained,
    "sweeps": _sweep,
    "scenarios": _scenarios,
    "scans": _scan,
    "errors": _errors,
    "pairs": _pair,
}
"""How each kind is read; the kinds are the fields of ``Figures``."""
