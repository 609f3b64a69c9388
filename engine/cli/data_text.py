"""What was found in the data of ``--data``: for the JSON object of a command, and in words."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from engine.cli.layout import count, labelled

if TYPE_CHECKING:
    from engine.data.samples import Dataset

_SHOWN = 3


def data_json(dataset: Dataset) -> dict[str, Any]:
    """The key "data" of a command that read samples; without ``--data`` there is none."""
    return {} if dataset.report is None else {"data": dataset.report.to_json()}


def data_text(result: dict[str, Any]) -> list[str]:
    """Lines on samples that were left out and on parts that overlap; none where there is nothing to say."""
    data: dict[str, Any] = result.get("data", {})
    lines: list[str] = []
    for name in ("calibration", "evaluation"):
        part = data.get(name)
        if part is None:
            continue
        part_of = f"the {name} part" if "calibration" in data else "the data"
        for reason in part["reasons"]:
            first = [f"{one['name']} ({one['detail']})" if one["detail"] else one["name"] for one in reason["first"]]
            names = ", ".join(first[:_SHOWN])
            more = f" and {reason['count'] - _SHOWN} more" if reason["count"] > _SHOWN else ""
            said = f"{count(reason['count'], 'sample')} of {part['checked']} in {part_of}, {reason['reason']}: "
            lines += labelled("left out", said + names + more)
        if copies := part["copies"]["count"]:
            first_copies = ", ".join(part["copies"]["first"][:_SHOWN])
            lines += labelled(
                "note", f"{count(copies, 'sample')} of {part_of} repeat{'s' * (copies == 1)} another: {first_copies}"
            )
        if part["rest"]:
            lines += labelled("note", f"{count(part['rest'], 'sample')} of {part_of} did not fill a batch")
    overlap = data.get("overlap", {"count": 0})
    if overlap["count"]:
        pairs = ", ".join(a if a == b else f"{a} is {b}" for a, b in overlap["first"][:_SHOWN])
        total = data["calibration"]["used"] + (overlap["count"] if overlap["left_out"] else 0)
        said = f"{overlap['count']} of {count(total, 'calibration sample')} are in the evaluation part too ({pairs}): "
        if overlap["left_out"]:
            lines += labelled("left out", said + "they did not calibrate")
        else:
            lines += labelled("WARNING", said + "the score may be too good; --set data.overlap=leave-out prevents that")
    return lines
