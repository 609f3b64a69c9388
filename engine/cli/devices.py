"""``lathe devices``: where models can run."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from engine.progress import Progress

NAME = "devices"
HELP = "list the devices that models can run on, and what others need"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import devices

    return {"devices": [asdict(device) for device in devices()]}


def describe(result: dict[str, Any]) -> str:
    rows = result["devices"]
    width = max((len(row["id"]) for row in rows), default=0)
    lines = [f"{row['id']:<{width}}  {row['title']}" for row in rows if row["available"]]
    for reason in dict.fromkeys(row["reason"] for row in rows if not row["available"]):
        lines += ["", f"not available: {reason}"]
        lines += [f"{row['id']:<{width}}  {row['title']}" for row in rows if row["reason"] == reason]
    return "\n".join(lines)
