"""Whose work each kernel does: what attribution finds out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import onnx_ir as ir

from engine.backend import ExecutedNode
from engine.profiling.profile import State


@dataclass(frozen=True, slots=True)
class Owner:
    """Whose work a kernel does; no layers where nobody can say."""

    layers: tuple[str, ...] = ()
    lead: str | None = None
    inserted: bool = False


@dataclass(frozen=True, slots=True)
class Attribution:
    """Whose work every kernel does.

    Attributes:
        owners: beside the executed nodes.
        claims: for each layer that a kernel does, the number of the kernel.
        unclaimed: the layers that no kernel does, and why.
        held: the original value that an executed value holds, perhaps in another layout, by (body, name).
    """

    executed: tuple[ExecutedNode, ...]
    owners: tuple[Owner, ...]
    claims: Mapping[str, int]
    unclaimed: Mapping[str, State]
    held: Mapping[tuple[str, str], ir.Value]

    def states(self, ran: Sequence[bool]) -> dict[str, tuple[State, str | None]]:
        """For every layer how it ended, and which layer it is fused into; ``ran`` says which kernels did."""
        leads = {owner.lead for owner, did in zip(self.owners, ran, strict=True) if did and not owner.inserted}
        found: dict[str, tuple[State, str | None]] = {layer: (state, None) for layer, state in self.unclaimed.items()}
        for layer, kernel in self.claims.items():
            if layer in leads:
                found[layer] = ("timed", None)
            elif self.executed[kernel].in_place:
                found[layer] = ("eliminated", None)
            elif not ran[kernel]:
                found[layer] = ("not_run", None)
            else:
                found[layer] = ("fused_into", self.owners[kernel].lead)
        return found
