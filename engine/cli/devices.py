"""``lathe devices``: where models can run."""

from __future__ import annotations

import argparse
from dataclasses import asdict
from typing import Any

from engine.cli.layout import wrapped
from engine.options import OptionSpec, specs
from engine.progress import Progress

NAME = "devices"
HELP = "list the devices that models can run on, and what others need"


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """None of its own."""


def run(args: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    from engine.backends import backends, devices

    return {
        "devices": [asdict(device) for device in devices()],
        "backends": [
            {
                "key": backend.key,
                "title": backend.title,
                "devices": [device.id for device in backend.devices()],
                "options": [_option(spec) for spec in specs(backend.options)],
            }
            for backend in backends().values()
        ],
    }


def _option(spec: OptionSpec) -> dict[str, Any]:
    return {**asdict(spec), "type": spec.type.__name__}


def describe(result: dict[str, Any]) -> str:
    rows = result["devices"]
    width = max((len(row["id"]) for row in rows), default=0)
    lines = [f"{row['id']:<{width}}  {row['title']}" for row in rows if row["available"]]
    usable = {row["id"] for row in rows if row["available"]}
    for backend in result["backends"]:
        if usable & set(backend["devices"]) and backend["options"]:
            lines += ["", f"--set {backend['key']}.OPTION=VALUE on {', '.join(backend['devices'])}"]
            for option in backend["options"]:
                lines += wrapped(f"  {_values(option)}  {option['help']}", indent="      ")
    for reason in dict.fromkeys(row["reason"] for row in rows if not row["available"]):
        lines += ["", *wrapped(f"not available: {reason}", indent="  ")]
        lines += [f"{row['id']:<{width}}  {row['title']}" for row in rows if row["reason"] == reason]
    return "\n".join(lines)


def _values(option: dict[str, Any]) -> str:
    kinds = {"bool": ("yes", "no"), "int": ("NUMBER",), "float": ("NUMBER",), "str": ("TEXT",)}
    return f"{option['name']}={'|'.join(option['choices'] or kinds[option['type']])}"
