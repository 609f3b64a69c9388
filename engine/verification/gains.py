"""Which layers gain time by a scheme on a target, measured there.

What a kernel gains depends on its shape, and what a layer gains on its neighbours: a conversion to integers and back
may cost more than a fast kernel saves. So whole models are measured, beside the float model in the same rounds
(``engine.profiling.beside``), and what was measured is taken apart into pieces of work (``engine.explain.pair``):

    S = the faster one of {layers that suit by what is known of the target, all that the scheme can quantize}
    repeat: S' = S with the layers that gain in the other one,
                 without the layers whose work, conversions included, takes longer than in float,
                 and without those that then stand between float layers
            measure S'

The fastest S that was seen is measured once more, and nothing counts where it is not clearly faster than float. After
``SECONDS`` no other S is tried, so that a slow model or a busy machine does not keep anybody waiting. Values
hardly change the times of kernels, so that what was found holds for every choice of data and of options that cost no
time. It is found once for all layers of a model: what a user asks for or forbids beside it changes nothing.
"""

from __future__ import annotations

import hashlib
import itertools
import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

from engine import __version__
from engine.backend import Runtime
from engine.caches import JsonFiles, cache_folder
from engine.data.samples import Samples
from engine.explain.wording import time as in_words
from engine.progress import Progress

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.explain.pair import Piece

FOLDER = "gains"
LABEL = "measuring which layers gain"
MOST_CHOICES = 5
SECONDS = 15.0
"""After this time no other choice of layers is tried."""
LITTLE_US, LITTLE = 1.0, 0.003
"""Of a run: a layer that loses less loses nothing that could be told from noise."""
WORTH = 0.97
"""A model that is not faster than this part of the float one is not worth its rounding."""
MOST_BYTES = 1 << 30
"""Of a model's weights; to measure a larger one takes minutes, and what is known of the target must do."""

Build = Callable[[frozenset[str]], "ir.Model"]
"""The model with these layers quantized, and all others in float."""


@dataclass(frozen=True, slots=True)
class Gains:
    """``reasons``: why the other layers stay in float, by id; ``treated_us`` is of the model as it is then.

    Attributes:
        tried: how many choices of layers were measured.
        best_us: of the fastest of them, chosen or not.
        runtime: with which versions it was measured.
        complete: nothing was left to try when the time was up.
        steady: the machine was quiet enough; what was measured on a busy one is not kept for later programs.
    """

    chosen: tuple[str, ...]
    reasons: Mapping[str, str]
    float_us: float
    treated_us: float
    best_us: float
    tried: int
    device: str
    runtime: str
    steady: bool = True
    complete: bool = True

    def to_json(self) -> dict[str, Any]:
        return asdict(self)

    def words(self) -> str:
        """For a person."""
        said = self._words()
        if not self.complete:
            said += f"; after {SECONDS:g} s no other choice of layers was tried"
        return said + ("" if self.steady else "; the machine was busy, so the next command measures again")

    def _words(self) -> str:
        with_what = f"on {self.device} ({self.runtime})"
        if not self.chosen:
            return (
                f"nothing gains {with_what}: {in_words(self.float_us)} in float, {in_words(self.best_us)} with the "
                f"fastest of {self.tried} choices of layers; layers that are named are treated all the same"
            )
        return (
            f"{len(self.chosen)} layers gain {with_what}: {in_words(self.float_us)} in float, "
            f"{in_words(self.treated_us)} with them"
        )


@dataclass(frozen=True, slots=True)
class Seen:
    """One choice of layers, measured beside the float model."""

    chosen: frozenset[str]
    float_us: float
    us: float
    pieces: tuple[Piece, ...]
    steady: bool = True

    @property
    def ratio(self) -> float:
        return self.us / self.float_us

    @property
    def least_us(self) -> float:
        return max(LITTLE_US, LITTLE * self.float_us)

    def losers(self) -> dict[str, str]:
        """Layers whose work takes longer than in float, with how long."""
        found: dict[str, str] = {}
        for piece in self.pieces:
            if piece.lost_us > self.least_us:
                before = in_words(piece.before_us + piece.converting_before_us)
                after = in_words(piece.after_us + piece.converting_after_us)
                found |= dict.fromkeys(piece.layers, f"slower in integers: {after}, in float {before}")
        return {layer: said for layer, said in found.items() if layer in self.chosen}

    def winners(self) -> frozenset[str]:
        found = {layer for piece in self.pieces if -piece.lost_us > self.least_us for layer in piece.layers}
        return self.chosen & found


Look = Callable[[Sequence[frozenset[str]]], list[Seen]]
"""Measures choices of layers beside the float model in the same rounds."""


def find_gains(
    suited: frozenset[str],
    possible: frozenset[str],
    look: Look,
    left_alone: Callable[[frozenset[str]], frozenset[str]],
    where: Where,
    clock: Callable[[], float] = time.monotonic,
) -> Gains:
    """Measure choices of layers until none gets faster, or the time is up.

    Args:
        suited: the layers that gain by what is known of the target; ``possible`` all that the scheme can quantize.
        left_alone: of a choice of layers, those that stand between float ones.
    """
    end, complete = clock() + SECONDS, True
    seen = look([chosen for chosen in dict.fromkeys((suited, possible)) if chosen])
    reasons: dict[str, str] = {}
    for one in seen:
        reasons |= one.losers()
    best = current = min(seen, key=lambda one: one.ratio)
    others = frozenset[str]().union(*(one.winners() for one in seen))
    while len(seen) < MOST_CHOICES:
        losers = current.losers()
        chosen = (current.chosen | others) - losers.keys()
        others = frozenset()
        alone = left_alone(chosen)
        reasons |= dict.fromkeys(alone, "it stands between layers that stay in float") | losers
        chosen -= alone
        if chosen == current.chosen or not chosen:
            break
        if clock() > end:
            complete = False
            break
        (current,) = look([chosen])
        seen.append(current)
        best = min(best, current, key=lambda one: one.ratio)
    if best.ratio < WORTH:  # The fastest of several is so by chance as well: it is measured once more, and that counts.
        (best,) = look([best.chosen])
        if not best.steady:  # Another program makes a run longer and never shorter: float is no slower than ever seen.
            best = replace(best, float_us=min(one.float_us for one in (*seen, best)))
    worth = best.ratio < WORTH
    taken = best.chosen if worth else frozenset[str]()
    whole = (
        "what it gains is lost around it: with all layers that gain the model takes "
        f"{in_words(best.us)}, in float {in_words(best.float_us)}"
    )
    told = {layer: reasons.get(layer) or ("" if worth else whole) for layer in sorted(possible - taken)}
    return Gains(
        tuple(sorted(taken)),
        {layer: said for layer, said in told.items() if said},
        round(best.float_us, 3),
        round(best.us if worth else best.float_us, 3),
        round(best.us, 3),
        len(seen),
        where.device,
        where.versions,
        best.steady,
        complete,
    )


@dataclass(frozen=True, slots=True)
class Where:
    """The device, and with which versions it runs."""

    device: str
    versions: str


def where(runtime: Runtime) -> Where:
    device = runtime.settings.device
    versions = sorted(runtime.backend.environment(device).items())
    return Where(device, ", ".join(f"{name} {version}" for name, version in versions))


def looking(model: ir.Model, build: Build, runtime: Runtime, samples: Samples, progress: Progress) -> Look:
    """Builds and measures; the look raises ``DeviceError`` or ``RuntimeCrash`` where a model cannot run there."""
    from engine.explain.explain import side_of
    from engine.explain.pair import pieces
    from engine.profiling.beside import UNSTEADY, profile_beside

    looks = itertools.count(1)

    def look(choices: Sequence[frozenset[str]]) -> list[Seen]:
        label = f"{LABEL}, look {next(looks)} of at most {MOST_CHOICES + 1}"
        models = [model, *map(build, choices)]
        profiles = profile_beside(models, runtime, samples, progress, label)
        sides = [side_of(one, runtime, profile) for one, profile in zip(models, profiles, strict=True)]
        before_us, *times_us = (profile.latency_ms.median * 1000 for profile in profiles)
        return [
            Seen(chosen, before_us, us, pieces(sides[0], side), not any(UNSTEADY in one.notes for one in profiles))
            for chosen, us, side in zip(choices, times_us, sides[1:], strict=True)
        ]

    return look


@dataclass(frozen=True)
class GainsStore:
    """What was measured: all of it for this program, and in ``files`` (where there are any) for later ones."""

    files: JsonFiles | None
    known: dict[str, Gains] = field(default_factory=dict)

    def load(self, key: str) -> Gains | None:
        if key not in self.known and self.files is not None:
            content = self.files.load(key)
            with suppress(KeyError, TypeError):
                if content is not None:
                    self.known[key] = Gains(**{**content, "chosen": tuple(content["chosen"])})
        return self.known.get(key)

    def save(self, key: str, gains: Gains) -> None:
        self.known[key] = gains
        if self.files is not None and gains.steady:
            self.files.save(key, gains.to_json())


def kept_gains() -> GainsStore:
    """In the user's cache folder."""
    return GainsStore(JsonFiles(cache_folder() / FOLDER, 1))


def gains_key(model: ir.Model, treatment: str, runtime: Runtime) -> str:
    """What the times of kernels depend on: the model, what is done to it, and where it runs."""
    from engine.graph.digest import model_sha256
    from engine.profiling.processor import processor, threads_of

    settings = runtime.settings
    how = replace(settings, threads=threads_of(settings.threads), runs=0, warmup=0, seed=0, inputs={})
    versions = sorted(runtime.backend.environment(settings.device).items())
    about = f"{how} {processor().name} {versions} {treatment}"
    return f"{__version__} {model_sha256(model)} {hashlib.sha256(about.encode()).hexdigest()}"
