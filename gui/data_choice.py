"""How samples are taken from where they are: how many, with which preprocessing; and what was found in them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from engine.options import OptionValue
from gui.language import tr

if TYPE_CHECKING:
    from engine.data.cleaning import DataReport, PartReport

NAMED = 4


@dataclass(frozen=True)
class DataChoice:
    """``samples`` of each part, 0 for all; ``options`` are those of ``DataOptions`` that differ from the defaults."""

    samples: int = 0
    options: Mapping[str, OptionValue] = field(default_factory=dict)

    @property
    def key(self) -> str:
        """ "" where nothing was chosen."""
        return json.dumps([self.samples, sorted(self.options.items())]) if self.samples or self.options else ""

    def to_json(self) -> dict[str, Any]:
        return {"samples": self.samples, "options": dict(self.options)}

    @staticmethod
    def from_json(data: object) -> DataChoice:
        """What was kept; the defaults where it is something else."""
        if not isinstance(data, dict) or not isinstance(data.get("options"), dict):
            return DataChoice()
        samples = data.get("samples")
        return DataChoice(samples if isinstance(samples, int) else 0, data["options"])


@dataclass(frozen=True)
class DataFound:
    """What there is to say of opened samples; ``report`` is None for synthetic ones."""

    calibration: int
    evaluation: int
    split: bool
    report: DataReport | None = None


def report_lines(found: DataFound) -> list[tuple[str, str]]:
    """Level ("", "warning") and text of each thing that there is to say."""
    if found.split:
        lines = [
            (
                "",
                tr("{calibration} samples to calibrate on, {evaluation} to score on").format(
                    calibration=found.calibration, evaluation=found.evaluation
                ),
            )
        ]
    else:
        lines = [
            (
                "warning",
                tr("{evaluation} samples, which both calibrate and score: the score may be too good").format(
                    evaluation=found.evaluation
                ),
            )
        ]
    report = found.report
    if report is None:
        return lines
    for name, part in report.parts.items():
        lines += _part_lines(name if len(report.parts) > 1 else tr("the data"), part)
    if report.overlap:
        pairs = [a if a == b else tr("{a} is {b}").format(a=a, b=b) for a, b in report.overlap]
        said = tr("left out of the calibration") if report.overlap_left_out else tr("the score may be too good")
        one = tr("1 calibration sample is in the evaluation part too, {said}: {pairs}")
        several = tr("{count} calibration samples are in the evaluation part too, {said}: {pairs}")
        text = (
            one.format(said=said, pairs=_named(pairs))
            if len(pairs) == 1
            else several.format(count=len(pairs), said=said, pairs=_named(pairs))
        )
        lines.append(("warning", text))
    return lines


def _part_lines(name: str, part: PartReport) -> list[tuple[str, str]]:
    lines = []
    by_reason: dict[str, list[str]] = {}
    for item in part.left_out:
        by_reason.setdefault(item.reason, []).append(f"{item.name} ({item.detail})" if item.detail else item.name)
    for reason, names in sorted(by_reason.items(), key=lambda item: -len(item[1])):
        lines.append(
            (
                "warning",
                tr("{count} of {checked} in {name} left out, {reason}: {names}").format(
                    count=len(names), checked=part.checked, name=name, reason=reason, names=_named(names)
                ),
            )
        )
    if part.copies:
        lines.append(
            (
                "",
                tr("{count} in {name} repeat others: {copies}").format(
                    count=len(part.copies), name=name, copies=_named(part.copies)
                ),
            )
        )
    if part.rest:
        lines.append(("", tr("{rest} in {name} do not fill a batch").format(rest=part.rest, name=name)))
    return lines


def _named(names: Any) -> str:
    first = ", ".join(names[:NAMED])
    return tr("{first} and {count} more").format(first=first, count=len(names) - NAMED) if len(names) > NAMED else first
