"""What to say about a file that has weights and no program."""

from __future__ import annotations

from collections.abc import Mapping
from math import prod
from pathlib import Path

from engine.errors import ModelError

_NAMED = 3


def no_program(path: Path, tensors: Mapping[str, tuple[int, ...]]) -> ModelError:
    """It holds weights alone; the way out is a few lines of Python that give the module."""
    count = sum(prod(shape) for shape in tensors.values())
    first = ", ".join(f"{name} {'x'.join(map(str, shape))}" for name, shape in list(tensors.items())[:_NAMED])
    load = "safetensors.torch.load_file(path)" if path.suffix == ".safetensors" else "torch.load(path)"
    return ModelError(
        f"it holds weights alone: {len(tensors)} tensors with {count:,} numbers ({first}, ...). What the model "
        "computes with them is not in the file",
        where=str(path),
        way_out=(
            "Write a Python file with a function that makes the module and fills it, as in\n"
            f"    def build():\n        net = Net()\n        net.load_state_dict({load})\n        return net\n"
            "and open model.py:build."
        ),
    )
