"""Which samples of a set can be used: the others are counted, named and left out, or the whole set is refused.

Samples are looked at in the order in which they are chosen and no further than needed, so that N samples of a large
set cost what N samples cost. Each good one gets a digest of its content: what stands in both parts of a set is found
by it.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Callable, Generator, Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from typing import Any, NamedTuple

import numpy as np

from engine.backend import Array
from engine.data.choose import order
from engine.data.options import DataOptions
from engine.data.samples import Labels
from engine.errors import DataError
from engine.progress import Progress

FIRST = 5
"""Names that are given of a list."""

UNREADABLE = "unreadable"
MISSING = "missing file"
DEEP = "more than 8 bits a channel"
SHAPE = "wrong shape"
TYPE = "wrong type"
NAN = "NaN"
INFINITE = "infinity"
RANGE = "out of range"
NO_LABEL = "no label"
_WAYS_OUT = {
    UNREADABLE: "Repair the files, or give others.",
    MISSING: "Add the files, or take out what names them.",
    DEEP: "Convert them to 8 bits a channel: what 16-bit pixels are to be divided by, only you know.",
    SHAPE: "Store them in the shape that the model takes; images: say resize, resize_short_side or center_crop.",
    NAN: "Repair the values.",
    INFINITE: "Repair the values; where they are meant, as masks for attention, say --set data.infinite=yes.",
    NO_LABEL: "Give labels, or say that there are none: --set data.labels=no.",
}


class Fault(NamedTuple):
    """Why one sample cannot be used: one of the reasons above, and what is to be said about this one."""

    reason: str
    detail: str


class Verdict(NamedTuple):
    """``digest`` stands for the content of a sample that can be used."""

    digest: bytes
    fault: Fault | None = None


Look = Callable[[Sequence[int]], Generator[Verdict, None, None]]
"""Verdicts on samples, given by ascending index."""


@dataclass(frozen=True, slots=True)
class LeftOut:
    name: str
    reason: str
    detail: str


@dataclass(frozen=True, slots=True)
class PartReport:
    """What became of one part of a set.

    Attributes:
        found: samples that the part has, usable or not.
        checked: of these, how many were looked at.
        rest: good samples that are not used because they do not fill a batch of the size that the model takes.
        copies: samples that have the same content as an earlier one.
    """

    found: int
    checked: int
    used: int
    left_out: tuple[LeftOut, ...] = ()
    rest: int = 0
    copies: tuple[str, ...] = ()

    def to_json(self) -> dict[str, Any]:
        return {
            "found": self.found,
            "checked": self.checked,
            "used": self.used,
            "left_out": len(self.left_out),
            "reasons": reasons(self.left_out),
            "copies": {"count": len(self.copies), "first": list(self.copies[:FIRST])},
            "rest": self.rest,
        }


@dataclass(frozen=True, slots=True)
class DataReport:
    """What was found while a set was opened; ``overlap`` are names of calibration and evaluation samples in pairs."""

    parts: Mapping[str, PartReport] = field(default_factory=dict)
    overlap: tuple[tuple[str, str], ...] = ()
    overlap_left_out: bool = False

    def to_json(self) -> dict[str, Any]:
        return {
            **{name: part.to_json() for name, part in self.parts.items()},
            "overlap": {
                "count": len(self.overlap),
                "first": [list(pair) for pair in self.overlap[:FIRST]],
                "left_out": self.overlap_left_out,
            },
        }


@dataclass(frozen=True, slots=True, eq=False)
class Good:
    """The samples of one part that are used, ascending, with the digests and names of their contents."""

    indices: tuple[int, ...]
    digests: tuple[bytes, ...]
    names: tuple[str, ...]
    report: PartReport

    def take(self, places: Sequence[int]) -> Good:
        return Good(
            tuple(self.indices[place] for place in places),
            tuple(self.digests[place] for place in places),
            tuple(self.names[place] for place in places),
            replace(self.report, used=len(places)),
        )


def reasons(left_out: Iterable[LeftOut]) -> list[dict[str, Any]]:
    """How many for each reason, most first, with the first few of them."""
    by_reason: dict[str, list[LeftOut]] = {}
    for item in left_out:
        by_reason.setdefault(item.reason, []).append(item)
    return [
        {
            "reason": reason,
            "count": len(items),
            "first": [{"name": item.name, "detail": item.detail} for item in items[:FIRST]],
        }
        for reason, items in sorted(by_reason.items(), key=lambda item: -len(item[1]))
    ]


def good_samples(
    count: int,
    *,
    wanted: int | None,
    seed: int,
    labels: Labels | None,
    known: Mapping[int, Fault],
    look: Look,
    name: Callable[[int], str],
    group: int | None,
    options: DataOptions,
    progress: Progress,
    where: str,
) -> Good:
    """Choose among the samples that can be used.

    Args:
        known: faults that show without a look at the sample itself.
        group: how many samples every feed must hold.

    Raises:
        DataError: none can be used, too few for one feed, or one cannot and the user wants none left out.
    """
    chosen = range(count) if wanted is None or wanted >= count else order(count, labels, seed).tolist()
    faults = dict(known) if wanted is None or wanted >= count else {}
    digests: dict[int, bytes] = {}
    queue = iter(chosen)
    checked = 0
    while wanted is None or len(digests) < wanted:
        batch, passed = _next(queue, count if wanted is None else wanted - len(digests), known)
        faults |= {index: known[index] for index in passed}
        checked += len(batch) + len(passed)
        if not batch:
            break
        for index, verdict in zip(sorted(batch), _looked(look, sorted(batch), progress), strict=True):
            if verdict.fault is None:
                digests[index] = verdict.digest
            else:
                faults[index] = verdict.fault
    left_out = tuple(LeftOut(name(index), *faults[index]) for index in sorted(faults))
    if left_out and options.bad_samples == "refuse":
        raise DataError(
            f"{_of(len(left_out), checked)} cannot be used: {listed(left_out)}",
            where=where,
            way_out="Repair them, take them out, or leave them out with --bad-samples leave-out.",
        )
    if not digests:
        raise DataError(
            f"has no sample that can be used: {listed(left_out)}" if left_out else "holds no samples",
            where=where,
            way_out=_WAYS_OUT.get(reasons(left_out)[0]["reason"], "") if left_out else "",
        )
    used = sorted(digests)
    rest = len(used) % group if group else 0
    if rest == len(used):
        raise DataError(
            f"has {len(used)} samples that can be used, and the model takes {group} at a time",
            where=where,
            way_out=f"Give at least {group} samples, and no smaller --samples.",
        )
    used = used[: len(used) - rest]
    seen: set[bytes] = set()
    copies = []
    for index in used:
        if digests[index] in seen:
            copies.append(name(index))
        seen.add(digests[index])
    return Good(
        tuple(used),
        tuple(digests[index] for index in used),
        tuple(name(index) for index in used),
        PartReport(count, checked, len(used), left_out, rest, tuple(copies)),
    )


def overlap(calibration: Good, evaluation: Good) -> list[tuple[int, str, str]]:
    """Places among the calibration samples whose content stands in the evaluation part, with both names."""
    there = dict(zip(evaluation.digests, evaluation.names, strict=True))
    return [
        (place, name, there[digest])
        for place, (digest, name) in enumerate(zip(calibration.digests, calibration.names, strict=True))
        if digest in there
    ]


def listed(left_out: Sequence[LeftOut]) -> str:
    """Counts by reason, with the first few names."""
    parts = []
    for reason, count in Counter(item.reason for item in left_out).most_common():
        items = [item for item in left_out if item.reason == reason]
        first = [f"{item.name} ({item.detail})" if item.detail else item.name for item in items]
        more = f" and {count - FIRST} more" if count > FIRST else ""
        parts.append(f"{count} {reason}: {', '.join(first[:FIRST])}{more}")
    return "; ".join(parts)


def _next(queue: Iterator[int], count: int, known: Mapping[int, Fault]) -> tuple[list[int], list[int]]:
    """So many of the queue without a known fault, and those that were passed over."""
    batch: list[int] = []
    passed: list[int] = []
    for index in queue:
        (passed if index in known else batch).append(index)
        if len(batch) == count:
            break
    return batch, passed


def _looked(look: Look, indices: Sequence[int], progress: Progress) -> Iterator[Verdict]:
    with closing(look(indices)) as verdicts:  # a cancelled look must not leave threads behind
        yield from progress.track(verdicts, "checking samples", len(indices))


def _of(count: int, total: int) -> str:
    return f"{count} of {total} samples" if total != 1 else "the only sample"


def digest_of(contents: Iterable[bytes | Array]) -> bytes:
    found = hashlib.blake2b(digest_size=16)
    for content in contents:
        if isinstance(content, np.ndarray):
            found.update(f"{content.dtype.str} {content.shape}".encode())
            content = repr(content.tolist()).encode() if content.dtype.hasobject else content.tobytes()
        found.update(content)
    return found.digest()
