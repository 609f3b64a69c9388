"""Channel groups as text: what can only be cut together, and why the rest stays."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from engine.cli.layout import count

NAME_WIDTH = 48
NAMED = 4


def groups_line(groups: Sequence[dict[str, Any]], layers: Sequence[dict[str, Any]]) -> list[str]:
    """One line for a model with layers that have weights."""
    if not any(layer["group"] is not None for layer in layers):
        return []
    cuttable = sum(group["reason"] is None for group in groups)
    if not cuttable:
        return ["channels: none can be cut (--groups says why)"]
    return [f"channels: {count(cuttable, 'group')} of layers can be cut, each as one (--groups lists them)"]


def groups_text(groups: Sequence[dict[str, Any]], layers: Sequence[dict[str, Any]]) -> list[str]:
    """A line for each group that can be cut, and under each reason the layers whose channels stay."""
    lines = ["", "channels that can be cut, each group as one; a rule on any layer that makes them cuts it:"]
    for group in groups:
        if group["reason"] is None:
            lines += _group_lines(group)
    if len(lines) == 2:
        lines.append("  none")
    reasons: dict[str, list[str]] = {}
    for layer in layers:
        if layer["parameters"] and layer["group"] is not None and layer["group"]["reason"] is not None:
            reasons.setdefault(layer["group"]["reason"], []).append(layer["id"])
    if reasons:
        lines += ["", "layers with weights whose channels are not cut by a rule on them:"]
    for reason, ids in reasons.items():
        lines.append(f"  {reason}")
        lines += [f"    {_short(layer_id)}" for layer_id in ids]
    return lines


def _group_lines(group: dict[str, Any]) -> list[str]:
    makes, unit = group["layers"], group["unit"]
    others = [layer for layer in group["coupled"] if layer not in makes]
    lines = [f"  {_short(group['id'])}: {count(group['channels'], unit)}"]
    if len(makes) > 1:
        lines.append(f"    made together with {_listed([layer for layer in makes if layer != group['id']])}")
    if others:
        lines.append(f"    taken along in {_listed(others)}")
    if group["inexact"] is not None:
        lines.append(f"    not only left out: {group['inexact']}")
    return lines


def _listed(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(map(_short, names[:NAMED])) + (f" and {more} more" if more > 0 else "")


def _short(name: str) -> str:
    """Long ids keep their end, which tells them apart."""
    return f"…{name[1 - NAME_WIDTH :]}" if len(name) > NAME_WIDTH else name
