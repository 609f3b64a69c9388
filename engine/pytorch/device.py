"""What the devices of PyTorch have in common; nothing here imports it."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import metadata

from engine.options import option


@dataclass(frozen=True, slots=True)
class Options:
    """What a user may choose; threads are those of every device."""

    compile: bool = option(
        False,
        label="Compile",
        help="torch.compile, as users of PyTorch 2 do: the first run compiles and takes long; kernels that it fuses "
        "belong to no layer of the graph",
    )


def version() -> str:
    """Of the installed package, without importing it."""
    try:
        return metadata.version("torch")
    except metadata.PackageNotFoundError:
        return ""
