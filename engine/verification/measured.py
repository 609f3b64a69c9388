"""The child's part of ``engine.verification.scan``: run what differs, and hold the outputs against the float model's.

Candidates come as files in a folder that the parent writes; the file that describes one appears last and at once.
"""

from __future__ import annotations

import math
import os
import pickle
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol

import numpy as np

from engine.backend import Array, Session, SessionRequest
from engine.data.samples import Labels, Samples
from engine.errors import DeviceError
from engine.progress import Progress
from engine.verification.margins import Margins, margins
from engine.verification.metrics import ErrorSums, classes, predictions

Open = Callable[[SessionRequest], Session]
REST_BYTES = 512 << 20
"""Of the weights in sessions that are kept open for later candidates."""
_POLL_SECONDS = 0.002


@dataclass(frozen=True, slots=True)
class Score:
    """A candidate's outputs against the float model's.

    Attributes:
        sqnr_db: of the output that suffered most; infinite where nothing changed, None where it could not be measured.
        accuracy: top-1, as a fraction; None without labels. ``accuracy_drop`` is how far the float model's is above it.
        agreement: the fraction of samples to which both give the same class.
        expected_drop, expected_disagreement: of samples like these, from how the margins between the two best classes
            moved (see ``engine.verification.margins``); None where there are no scores of classes.
        reason: why there is nothing to measure.
    """

    sqnr_db: float | None = None
    accuracy: float | None = None
    accuracy_drop: float | None = None
    agreement: float | None = None
    expected_drop: float | None = None
    expected_disagreement: float | None = None
    reason: str = ""


class Collector(Protocol):
    """What becomes of the scores on their way: called in the child after each, with all of them by number."""

    def __call__(self, scores: Mapping[int, Score], /) -> object:
        """What is kept of them (``Progress.keep``)."""
        ...


@dataclass(frozen=True, slots=True)
class Rest:
    """What follows the last difference: ``outputs`` come after it, the others before; ``bytes`` of its weights."""

    request: SessionRequest
    outputs: tuple[str, ...]
    bytes: int


@dataclass(frozen=True, slots=True)
class CandidateFile:
    """``model`` is None where nothing must be run: nothing changed, or for the ``reason``.

    Attributes:
        handed: name in the base to name in the model, of the values that it hands over.
        rest: None where the model's own outputs are the last ones.
    """

    model: SessionRequest | None = None
    handed: tuple[tuple[str, str], ...] = ()
    rest: Rest | None = None
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Work:
    """What the child needs to know.

    Attributes:
        reference: the float model; None where the base is that.
        base: hands out ``held``, the arrays at every cut, beside the ``outputs``.
        candidates: the folder in which they appear, ``total`` of them.
        workers: how many are measured at once.
    """

    reference: SessionRequest | None
    base: SessionRequest
    held: tuple[str, ...]
    outputs: tuple[str, ...]
    candidates: Path
    total: int
    batch: int
    workers: int
    seconds: float | None
    label: str


def put(folder: Path, number: int, candidate: CandidateFile | None) -> None:
    """Describe a candidate to the child; None is the end of them."""
    aside = folder / f"{number}.aside"
    aside.write_bytes(pickle.dumps(candidate))
    os.replace(aside, folder / str(number))  # noqa: PTH105 (reads as what it is)


def measure(
    open_session: Open, work: Work, samples: Samples, collect: Collector, *, progress: Progress
) -> dict[int, Score]:
    """The scores of the candidates by number, until they or the time are over."""
    deadline = math.inf if work.seconds is None else time.monotonic() + work.seconds
    held = _hold(open_session, work, samples, progress)
    turns = _Turns(work, deadline, progress)
    scores: dict[int, Score] = {}
    lock = threading.Lock()

    def serve() -> None:
        worker = _Worker(open_session, held, REST_BYTES // work.workers)
        while (turn := turns.next()) is not None:
            number, candidate = turn
            score = worker.score(candidate)
            with lock:
                scores[number] = score
                progress.keep(collect(scores))
                progress.step(work.label, len(scores), work.total)

    progress.step(work.label, 0, work.total)
    with ThreadPoolExecutor(work.workers, "lathe-scan") as pool:
        waiting = [pool.submit(serve) for _ in range(work.workers)]
        try:
            for future in waiting:
                future.result()
        except BaseException:
            turns.over = True
            raise
    return scores


class _Turns:
    """Hands out the candidates in their order, each once."""

    def __init__(self, work: Work, deadline: float, progress: Progress) -> None:
        self.over = False
        self._work, self._deadline, self._progress = work, deadline, progress
        self._lock = threading.Lock()
        self._number = 0

    def next(self) -> tuple[int, CandidateFile] | None:
        with self._lock:
            path = self._work.candidates / str(self._number)
            while self._number < self._work.total and not self._is_over():
                if not path.exists():
                    time.sleep(_POLL_SECONDS)
                    continue
                number, candidate = self._number, pickle.loads(path.read_bytes())
                if candidate is None:
                    break
                self._number += 1
                return number, candidate
            self.over = True
            return None

    def _is_over(self) -> bool:
        return self.over or self._progress.finishing or time.monotonic() > self._deadline


@dataclass(frozen=True)
class _Held:
    """What was computed once: arrays by name and batch (``held`` and the feeds), and the float model's outputs."""

    arrays: dict[str, list[Array]]
    reference: dict[str, list[Array]]
    outputs: tuple[str, ...]
    counts: tuple[int, ...]
    votes: _Votes | None


@dataclass(frozen=True)
class _Votes:
    """Classes that the float model gives by the output on which it is most accurate, and the labels."""

    output: str
    classes: tuple[Array, ...]
    labels: tuple[Labels, ...]
    margins: Margins | None

    @property
    def accuracy(self) -> float:
        hits = sum(int((a == b).sum()) for a, b in zip(self.classes, self.labels, strict=True))
        return hits / sum(len(labels) for labels in self.labels)


def _hold(open_session: Open, work: Work, samples: Samples, progress: Progress) -> _Held:
    size = samples.group or work.batch
    arrays: dict[str, list[Array]] = {name: [] for name in dict.fromkeys((*work.held, *work.outputs))}
    reference: dict[str, list[Array]] = {name: [] for name in work.outputs} if work.reference is not None else arrays
    base = open_session(work.base)
    first = None if work.reference is None else open_session(work.reference)
    counts: list[int] = []
    progress.step("running the float model", 0, len(samples))
    for feeds in samples.batches(size):
        for name, array in feeds.items():
            arrays.setdefault(name, []).append(array)
        for name, array in zip(work.held, base.run(feeds, work.held), strict=True):
            arrays[name].append(array)
        if first is not None:
            for name, array in zip(work.outputs, first.run(feeds, work.outputs), strict=True):
                reference[name].append(array)
        counts.append(min(size, len(samples) - sum(counts)))
        progress.step("running the float model", sum(counts), len(samples))
    kept = {name: reference[name] for name in work.outputs}
    return _Held(arrays, kept, work.outputs, tuple(counts), _votes(kept, counts, samples.labels))


def _votes(outputs: Mapping[str, Sequence[Array]], counts: Sequence[int], labels: Labels | None) -> _Votes | None:
    if labels is None or not len(labels):
        return None
    ends = np.cumsum(counts)
    parts = tuple(np.split(labels[: ends[-1]], ends[:-1]))
    found = []
    for name, batches in outputs.items():
        guesses = [predictions(array, count) for array, count in zip(batches, counts, strict=True)]
        known = classes(batches[0], counts[0])
        if all(guess is not None for guess in guesses) and (known is None or known > int(labels.max())):
            right = tuple(guess for guess in guesses if guess is not None)
            found.append(_Votes(name, right, parts, margins(batches, counts, parts)))
    return max(found, key=lambda votes: votes.accuracy) if found else None  # max keeps the first of equal ones


@dataclass
class _Worker:
    """Measures one candidate after the other on one thread; keeps sessions that later ones need."""

    open_session: Open
    held: _Held
    most_bytes: int
    rests: OrderedDict[Path, tuple[Session, int]] = field(default_factory=OrderedDict)

    def score(self, candidate: CandidateFile) -> Score:
        if candidate.reason:
            return Score(reason=candidate.reason)
        try:
            return self._score(candidate)
        except DeviceError as error:
            return Score(reason=error.what)

    def _score(self, candidate: CandidateFile) -> Score:
        held = self.held
        session = None if candidate.model is None else self.open_session(candidate.model)
        needs = () if session is None else tuple(info.name for info in session.inputs)
        rest = None if candidate.rest is None else self._rest(candidate.rest)
        sums = {name: ErrorSums() for name in held.outputs}
        right = same = 0
        moved: list[Array] = []
        for batch, count in enumerate(held.counts):
            found: dict[str, Array] = {}
            if session is not None:
                wanted = list(dict.fromkeys(name for _, name in candidate.handed))
                feeds = {name: held.arrays[name][batch] for name in needs}
                own = dict(zip(wanted, session.run(feeds, wanted), strict=True))
                found = {name: own[other] for name, other in candidate.handed}
            if rest is not None and candidate.rest is not None:
                feeds = {
                    info.name: found[info.name] if info.name in found else held.arrays[info.name][batch]
                    for info in rest.inputs
                }
                found |= zip(candidate.rest.outputs, rest.run(feeds, candidate.rest.outputs), strict=True)
            for name in held.outputs:
                array = found.get(name, held.arrays[name][batch])
                sums[name].add(held.reference[name][batch], array)
                if held.votes is not None and name == held.votes.output:
                    guess = predictions(array, count)
                    assert guess is not None, "the float model's output of the same shape is a classification"
                    right += int((guess == held.votes.labels[batch]).sum())
                    same += int((guess == held.votes.classes[batch]).sum())
                    if held.votes.margins is not None:
                        moved.append(held.votes.margins.moved(batch, array, count))
        worst = min((s.sqnr_db for s in sums.values()), default=math.inf)
        if held.votes is None:
            return Score(worst)
        total = sum(held.counts)
        expected = (None, None) if held.votes.margins is None else held.votes.margins.expected(np.concatenate(moved))
        return Score(worst, right / total, held.votes.accuracy - right / total, same / total, *expected)

    def _rest(self, rest: Rest) -> Session:
        path = rest.request.model
        if path not in self.rests:
            self.rests[path] = (self.open_session(rest.request), rest.bytes)
        self.rests.move_to_end(path)
        while len(self.rests) > 1 and sum(size for _, size in self.rests.values()) > self.most_bytes:
            self.rests.popitem(last=False)
        return self.rests[path][0]
