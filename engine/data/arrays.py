"""Samples from one ``.npz``: one array for each model input, optionally class indices under ``labels``.

How an array's axes map to an input is said in ``engine.data.fitting``. Arrays that numpy named itself (``arr_0``, ...)
belong to the inputs by position. A label that is negative or NaN is a missing one. Rows are read while iterating, ahead
of the consumer.
"""

from __future__ import annotations

import hashlib
from collections.abc import Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal

import numpy as np

from engine.backend import Array, Feeds
from engine.data import npz
from engine.data.ahead import ahead
from engine.data.cleaning import INFINITE, NO_LABEL, Fault, Good, Verdict, digest_of, good_samples
from engine.data.fitting import Role, cast, check_castable, role, shape_text, type_text, unfit
from engine.data.options import DataOptions
from engine.data.samples import Labels, stamp
from engine.errors import DataError
from engine.graph.values import ValueInfo, symbol
from engine.progress import Progress


@dataclass(frozen=True, slots=True)
class _Source:
    """Where one input's values come from."""

    info: ValueInfo
    array: str
    role: Role


@dataclass(frozen=True, slots=True, eq=False)
class ArraySamples:
    """``group`` is how many samples every feed must hold, None where the batch is free."""

    path: Path
    sources: tuple[_Source, ...]
    given: Mapping[str, Array]
    indices: tuple[int, ...]
    labels: Labels | None
    group: int | None
    good: Good | None = None
    kind: Literal["data"] = "data"

    @property
    def fingerprint(self) -> str:
        digest = hashlib.sha256(repr((stamp([self.path]), self.sources, self.indices, self.group)).encode())
        for name, value in sorted(self.given.items()):
            digest.update(name.encode() + value.tobytes())
        return digest.hexdigest()

    def __len__(self) -> int:
        return len(self.indices)

    def batches(self, size: int) -> Iterator[Feeds]:
        return ahead(lambda: self._read(self.group or size))

    def take(self, places: Sequence[int]) -> ArraySamples:
        """Some of the samples, by their places among these."""
        return replace(
            self,
            indices=tuple(self.indices[place] for place in places),
            labels=None if self.labels is None else self.labels[list(places)],
            good=None if self.good is None else self.good.take(places),
        )

    def _read(self, size: int) -> Iterator[Feeds]:
        streams = {s.array: npz.rows(self.path, s.array, self.indices) for s in self.sources if s.role != "constant"}
        constants = {s.array: npz.whole(self.path, s.array) for s in self.sources if s.role == "constant"}
        for start in range(0, len(self), size):
            count = min(size, len(self) - start)
            where = f"{self.path}, sample {self.indices[start]}"
            feeds: dict[str, Array] = dict(self.given)
            for source in self.sources:
                if source.role == "constant":
                    array = constants[source.array]
                elif source.role == "feeds":
                    array = next(streams[source.array])
                else:
                    array = np.stack([next(streams[source.array]) for _ in range(count)])
                feeds[source.info.name] = cast(array, source.info, where)
            yield feeds


def open_arrays(
    path: Path,
    inputs: Sequence[ValueInfo],
    *,
    samples: int | None,
    seed: int,
    labels: str | None = "labels",
    given: Mapping[str, Array] | None = None,
    options: DataOptions | None = None,
    progress: Progress | None = None,
) -> ArraySamples:
    """The samples of one file; ``given`` are inputs whose value does not come from the file.

    Args:
        labels: the array with class indices, where the file has it; None where the data has no labels.

    Raises:
        DataError: a missing array, one that does not fit its input, or samples that are refused.
    """
    options, progress = options or DataOptions(), progress or Progress()
    given = given or {}
    headers = npz.headers(path)
    wanted = [info for info in inputs if info.name not in given]
    names = _names(path, headers, wanted, labels)
    for info in wanted:
        check_castable(headers[names[info.name]].dtype, info, str(path))
    known = npz.whole(path, labels) if labels in headers and labels not in names.values() else None
    shapes = [(headers[names[info.name]].shape, info) for info in wanted]
    count = _count(path, shapes, None if known is None else len(np.atleast_1d(known)))
    sources = tuple(_Source(info, names[info.name], role(shape, info, count, str(path))) for shape, info in shapes)
    group = _group(path, sources, [info for info in inputs if info.name in given])
    indexed = None if known is None else class_indices(known, count, str(path))
    _check_counts(path, sources, headers)
    for source in sources:
        if source.role == "constant":
            cast(npz.whole(path, source.array), source.info, f"{path}, array {source.array!r}")
    unlabelled = [] if indexed is None else np.flatnonzero(indexed < 0).tolist()
    good = good_samples(
        count,
        wanted=samples,
        seed=seed,
        labels=indexed,
        known=dict.fromkeys(unlabelled, Fault(NO_LABEL, "")),
        look=lambda indices: _look(path, sources, indices, options),
        name=lambda index: f"row {index}",
        group=group,
        options=options,
        progress=progress,
        where=str(path),
    )
    chosen = None if indexed is None else indexed[list(good.indices)]
    return ArraySamples(path, sources, given, good.indices, chosen, group, good)


def _look(
    path: Path, sources: Sequence[_Source], indices: Sequence[int], options: DataOptions
) -> Generator[Verdict, None, None]:
    streams = [(s.info, npz.rows(path, s.array, indices)) for s in sources if s.role != "constant"]
    for _ in indices:
        arrays = [(info, next(stream)) for info, stream in streams]
        faults = [fault for info, array in arrays if (fault := unfit(array, info)) is not None]
        fault = next((f for f in faults if not (options.infinite and f.reason == INFINITE)), None)
        yield Verdict(digest_of(array for _, array in arrays), fault)


def class_indices(array: Array, count: int, where: str) -> Labels:
    """Labels as class indices, -1 where one is missing.

    Raises:
        DataError: another number of labels than of samples, or no whole numbers.
    """
    flat = array.reshape(-1) if array.ndim == 2 and array.shape[1] == 1 else array
    if flat.ndim == 1 and flat.dtype.kind == "f":
        flat = np.where(np.isnan(flat), -1, flat)
    if flat.ndim != 1 or len(flat) != count or flat.dtype.kind not in "iuf" or (flat != np.trunc(flat)).any():
        raise DataError(
            f"labels have shape {list(array.shape)} and type {array.dtype.name}; one class index (0, 1, ...) "
            f"for each of the {count} samples is needed",
            where=where,
            way_out="Where the data has no class indices, say --set data.labels=no.",
        )
    return np.maximum(flat.astype(np.int64), -1)


def _names(
    path: Path, headers: Mapping[str, npz.Header], wanted: Sequence[ValueInfo], labels: str | None
) -> dict[str, str]:
    """The array of each input."""
    if not any(info.name in headers for info in wanted) and all(f"arr_{k}" in headers for k in range(len(wanted))):
        return {info.name: f"arr_{k}" for k, info in enumerate(wanted)}
    for info in wanted:
        if info.name not in headers:
            held = ", ".join(repr(name) for name in headers if name != labels) or "none"
            raise DataError(
                f"has no array for the model's input {info.name!r}; it has: {held}",
                where=str(path),
                way_out=f"Add an array {info.name!r} ({type_text(info)}, {shape_text(info)}, with one entry for each "
                f"sample), or give one value for all samples with --input {info.name}=VALUE.",
            )
    return {info.name: info.name for info in wanted}


def _count(path: Path, shapes: Sequence[tuple[tuple[int, ...], ValueInfo]], labels: int | None) -> int:
    """How many samples there are: the number that makes the fewest arrays constant."""
    counts = {labels} if labels is not None else {shape[0] for shape, _ in shapes if shape} or {1}
    best: tuple[int, int] | None = None
    fault: DataError | None = None
    for count in sorted(counts):
        try:
            roles = [role(shape, info, count, str(path)) for shape, info in shapes]
        except DataError as error:
            fault = error
            continue
        best = max(best or (-1, -1), (sum(r != "constant" for r in roles), count))
    if best is None:
        assert fault is not None
        raise fault
    if best[0] == 0:  # every array is one complete feed
        if labels not in (None, 1):
            raise DataError(
                f"has {labels} labels, and no input array has as many samples",
                where=str(path),
                way_out="Give one label for each sample.",
            )
        return 1
    if best[1] == 0:
        raise DataError("holds no samples", where=str(path))
    return best[1]


def _check_counts(path: Path, sources: Sequence[_Source], headers: Mapping[str, npz.Header]) -> None:
    """Refuse an array that is one feed by its shape, though its batch must be that of an array of samples."""
    rows = {name: s for s in sources if s.role == "rows" and (name := symbol(s.info.shape[0]))}
    for source in sources:
        if source.role != "constant":
            continue
        for dim, size in zip(source.info.shape, headers[source.array].shape, strict=True):
            name = symbol(dim)
            if name in rows and size != 1:
                other = rows[name].array
                raise DataError(
                    f"array {source.array!r} holds {size} samples and {other!r} {headers[other].shape[0]}",
                    where=str(path),
                    way_out="Store as many of each.",
                )


def _group(path: Path, sources: Sequence[_Source], given: Sequence[ValueInfo]) -> int | None:
    """How many samples every feed must hold; None where any number goes."""
    constants = [*given, *(s.info for s in sources if s.role == "constant")]
    tied = any(not all(isinstance(d, int) for d in info.shape) for info in constants)
    rows = [s.info for s in sources if s.role == "rows"]
    sizes = {d for info in rows if isinstance(d := info.shape[0], int)}
    if tied or not rows or any(s.role == "feeds" for s in sources):
        sizes.add(1)
    if len(sizes) > 1:
        raise DataError(
            f"its arrays make the model's inputs take batches of {sorted(sizes)} samples at the same time",
            where=str(path),
            way_out="Store each sample as one complete feed: one more leading axis than each input has.",
        )
    return sizes.pop() if sizes else None
