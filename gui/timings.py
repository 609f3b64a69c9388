"""A measurement told in the layers of the file that is open.

A cleaned or treated model has other layers than the file: each carries the ids it came from (``lathe.origins``). A
measured layer's time goes to one source layer, so that the column sums to the kernel sum: to itself where the file has
a layer of that id among its origins, otherwise to its first origin. The other origins ended inside that one.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from engine.profiling.profile import KernelTiming, Profile, State

if TYPE_CHECKING:
    from engine.graph.layers import Layer


@dataclass(frozen=True, slots=True)
class SourceTiming:
    """``lead`` is the layer whose kernel does this layer's work; ``kernels`` are those that it leads.

    ``provider`` ran it; ``fallback`` says that this is not the one that was asked for; ``copies_us`` is what moving its
    data between devices took.
    """

    state: State
    median_us: float
    inserted_us: float
    share: float
    lead: str | None = None
    kernels: tuple[KernelTiming, ...] = ()
    provider: str = ""
    fallback: bool = False
    copies_us: float = 0.0
    precision: str = ""


def home(layer: Layer | None, layer_id: str, sources: set[str]) -> str | None:
    """The source layer that a measured layer counts for."""
    origins = layer.origins if layer is not None and layer.origins else (layer_id,)
    if layer_id in sources and layer_id in origins:
        return layer_id
    return next((o for o in origins if o in sources), layer_id if layer_id in sources else None)


def homes_of(profile: Profile, measured: Sequence[Layer], source_ids: Sequence[str]) -> dict[str, str]:
    """For the measured layers that have one, the layer of the file that each counts for."""
    sources = set(source_ids)
    layers = {layer.id: layer for layer in measured}
    ids = dict.fromkeys([*layers, *(t.id for t in profile.layers)])
    return {i: place for i in ids if (place := home(layers.get(i), i, sources)) is not None}


def by_source(profile: Profile, measured: Sequence[Layer], source_ids: Sequence[str]) -> dict[str, SourceTiming]:
    """For every source layer how it ended in this measurement."""
    sources = set(source_ids)
    layers = {layer.id: layer for layer in measured}
    homes = {t.id: home(layers.get(t.id), t.id, sources) for t in profile.layers}
    kernels: dict[str, list[KernelTiming]] = {}
    for kernel in profile.kernels:
        place = homes.get(kernel.lead) if kernel.lead is not None else None
        if place is not None:
            kernels.setdefault(place, []).append(kernel)
    found: dict[str, SourceTiming] = {}
    for timing in profile.layers:
        place = homes[timing.id]
        if place is None:
            continue
        lead = homes.get(timing.lead) if timing.lead is not None else None
        old = found.get(place)
        if old is None or (old.median_us == 0 and timing.median_us > 0):
            state, lead_of = timing.state, lead if lead != place else None
        else:
            state, lead_of = old.state, old.lead
        # The part with most time says where the layer ran.
        main = timing if old is None or timing.median_us > old.median_us else old
        found[place] = SourceTiming(
            state,
            timing.median_us + (old.median_us if old else 0.0),
            timing.inserted_us + (old.inserted_us if old else 0.0),
            timing.share + (old.share if old else 0.0),
            lead_of,
            tuple(kernels.get(place, ())),
            main.provider,
            timing.fallback or (old.fallback if old else False),
            timing.copies_us + (old.copies_us if old else 0.0),
            main.precision,
        )
    for layer in measured:
        place = homes.get(layer.id, home(layer, layer.id, sources))
        for origin in layer.origins:
            if origin in sources and origin not in found and origin != place:
                found[origin] = SourceTiming("fused_into", 0.0, 0.0, 0.0, place)
    for source_id in source_ids:
        found.setdefault(source_id, SourceTiming("eliminated", 0.0, 0.0, 0.0))
    return found
