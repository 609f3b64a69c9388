"""Two models on the same samples: error of every output, and accuracy where there are labels or a metric.

Both run in the child with the runtime's default optimizations, because that is what users ship: fusion changes
quantized results. Outputs are matched by name, those without a namesake by position. The output that is scored is the
one, of those that can be a classification with enough classes for the labels, on which the reference is most accurate
(the first of equal ones): of logits and an embedding, the logits.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field, replace
from typing import TYPE_CHECKING, Any

import numpy as np

from engine.backend import Array, Feeds, OpenOn, Runtime, Session, SessionRequest, in_own_types
from engine.data.samples import Labels, Samples
from engine.errors import DataError, ModelError
from engine.graph.values import Dim, ValueInfo
from engine.options import OptionValue, specs
from engine.profiling.handover import Handover, apart
from engine.program import program_of
from engine.progress import Progress
from engine.verification.chance import Paired
from engine.verification.metric_function import Kept, Metric, MetricValues, load
from engine.verification.metrics import ErrorSums, classes, in_top, predictions

if TYPE_CHECKING:
    import onnx_ir as ir

Open = Callable[[SessionRequest], Session]
_PRECISION = ("precision", "execution")
"""Options that say how exactly is computed."""


@dataclass(frozen=True, slots=True)
class OutputError:
    """``name`` is the reference's; formulas in ``engine.verification.metrics``."""

    name: str
    sqnr_db: float
    cosine: float
    max_abs_error: float


@dataclass(frozen=True, slots=True)
class Accuracy:
    """Fractions of the samples: top-1 of both models, and where both give the same class.

    Attributes:
        output: the one that is scored.
        top5: of both models; None where it has no more than five classes.
        paired: on how many samples both are right, one of them, or none; None in what an older version kept.
    """

    a: float
    b: float
    agreement: float
    output: str
    top5: tuple[float, float] | None = None
    paired: Paired | None = None

    def to_json(self) -> dict[str, Any]:
        found: dict[str, Any] = {"a": self.a, "b": self.b, "agreement": self.agreement, "output": self.output}
        found["top5"] = None if self.top5 is None else {"a": self.top5[0], "b": self.top5[1]}
        if self.paired is not None:
            found |= {
                "difference": self.paired.difference,
                "interval": list(self.paired.interval),
                "p_value": self.paired.p_value,
                "lost": self.paired.lost,
                "gained": self.paired.gained,
            }
        return found


@dataclass(frozen=True, slots=True)
class Comparison:
    """``a`` is the reference. ``not_compared`` are outputs that hold no numbers.

    ``accuracy`` is None without labels, or where no output can be a classification; ``metric`` where none was named.
    """

    samples: int
    outputs: tuple[OutputError, ...]
    accuracy: Accuracy | None
    not_compared: tuple[str, ...] = ()
    metric: MetricValues | None = None

    @property
    def max_abs_error(self) -> float:
        """The largest of all outputs."""
        return max((output.max_abs_error for output in self.outputs), default=0.0)

    @property
    def exact(self) -> bool:
        return self.max_abs_error == 0

    def to_json(self) -> dict[str, Any]:
        """JSON has no infinity: an infinite value is null."""
        outputs = [{key: _finite(value) for key, value in asdict(output).items()} for output in self.outputs]
        found: dict[str, Any] = {
            "samples": self.samples,
            "outputs": outputs,
            "accuracy": None if self.accuracy is None else self.accuracy.to_json(),
        }
        return found if self.metric is None else found | {"metric": self.metric.to_json()}


def compare(
    a: ir.Model,
    b: ir.Model,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    *,
    precise: bool = False,
    basic: bool = False,
    metric: Metric | None = None,
    other: Runtime | None = None,
) -> Comparison:
    """Compare a candidate ``b`` with the reference ``a``, for whose inputs the samples are.

    Args:
        other: where ``b`` runs; without it, where ``a`` does.
        precise: in float32 where the runtime lets its user choose the precision, whatever it does by default.
        basic: without the optimizations that fuse, where the runtime has a choice.
        metric: a function of the user's, whom the caller has asked before its code is run.

    Raises:
        DataError: there are no samples, or one cannot be read.
        MetricError: the metric cannot be loaded or fails.
        ModelError: the models' inputs or outputs do not correspond.
        DeviceError: the runtime cannot run one of them.
    """
    with Handover() as handover:
        requests = [
            SessionRequest(
                handover.write(model, f"{name}/model.onnx"),
                runtime.settings,
                weights=handover.weights(model),
                program=program_of(model),
            )
            for name, model in (("a", a), ("b", b))
        ]
        return compare_files(
            requests[0],
            requests[1],
            runtime,
            samples,
            progress,
            precise=precise,
            basic=basic,
            metric=metric,
            other=other,
            one_by_one=apart(a, b),
        )


def compare_files(
    a: SessionRequest,
    b: SessionRequest,
    runtime: Runtime,
    samples: Samples,
    progress: Progress,
    *,
    precise: bool = False,
    basic: bool = False,
    metric: Metric | None = None,
    other: Runtime | None = None,
    one_by_one: bool = False,
) -> Comparison:
    """As ``compare``, of models that are files already; ``one_by_one`` holds one of them in memory at a time."""
    if len(samples) == 0:
        raise DataError("there are no samples to compare on", way_out="Choose evaluation data, or a larger --samples.")
    other = other or runtime
    a = replace(a, settings=replace(runtime.settings, options=_options(runtime, precise, basic)))
    b = replace(b, settings=replace(other.settings, options=_options(other, precise, basic)))
    opens = OpenOn({one.settings.device: one.backend.open for one in (runtime, other)})
    return runtime.host.call(_compare, opens, a, b, samples, metric, one_by_one, progress=progress)


def _options(runtime: Runtime, precise: bool, basic: bool) -> dict[str, OptionValue]:
    """The runtime's own defaults, whatever was tried out in a profile, but the precision that the user chose.

    The threads of one session, actively waiting while the other runs, make both several times slower and change no
    result.
    """
    found: dict[str, OptionValue] = {}
    for spec in specs(runtime.backend.options):
        full = [choice for choice in spec.choices if choice in ("f32", "fp32")]
        if spec.name == "spinning":
            found[spec.name] = False
        elif spec.name == "optimization" and basic and "basic" in spec.choices:
            found[spec.name] = "basic"
        elif spec.name == "precision" and precise and full:
            found[spec.name] = full[0]
        elif spec.name in _PRECISION and spec.name in runtime.settings.options:
            found[spec.name] = runtime.settings.options[spec.name]
    return found


def _compare(
    open_session: Open,
    a: SessionRequest,
    b: SessionRequest,
    samples: Samples,
    metric: Metric | None,
    one_by_one: bool,
    *,
    progress: Progress,
) -> Comparison:
    """The child's part."""
    function = None if metric is None else load(metric)
    kept_a, kept_b = Kept(), Kept()
    size = samples.group or a.settings.batch
    progress.step("opening both models", 0, len(samples))
    first: Session | _Ran = _Ran(open_session(a), samples, size, progress) if one_by_one else open_session(a)
    second = open_session(b)
    pairs = _output_pairs(first.outputs, second.outputs)
    feeding = _input_pairs(first.inputs, second.inputs)
    sums = [ErrorSums() for _ in pairs]
    votes = [_Votes(samples.labels) for _ in pairs]
    compared = [True] * len(pairs)
    done = 0
    for feeds in samples.batches(size):
        progress.step("comparing", done, len(samples))
        count = min(size, len(samples) - done)
        results = first.run(in_own_types(feeds, first.inputs), [x for x, _ in pairs])
        others = second.run(_renamed(feeds, feeding, first.inputs), [y for _, y in pairs])
        if function is not None:
            names_a = [name for name, _ in pairs]
            kept_a.add(dict(zip(names_a, results, strict=True)), count)
            kept_b.add(dict(zip(names_a, others, strict=True)), count)
        for number, (x, y) in enumerate(zip(results, others, strict=True)):
            if not _numeric(x) or not _numeric(y):
                compared[number] = False
                continue
            if x.shape != y.shape:
                raise ModelError(
                    f"output {pairs[number][0]!r} has shape {list(x.shape)} in the first model and {list(y.shape)} in "
                    "the second",
                    way_out="Compare models that compute the same thing.",
                )
            sums[number].add(x, y)
            votes[number].add(x, y, done, count)
        done += count
    progress.step("comparing", done, len(samples))
    names = [name for name, _ in pairs]
    errors = tuple(
        OutputError(name, s.sqnr_db, s.cosine, s.max_abs_error)
        for name, s, fine in zip(names, sums, compared, strict=True)
        if fine
    )
    left_out = tuple(name for name, fine in zip(names, compared, strict=True) if not fine)
    values = None
    if function is not None and metric is not None:
        progress.step("computing the metric", done, len(samples))
        labels = None if samples.labels is None else samples.labels[:done]
        values = MetricValues(f"{metric.path.name}:{metric.name}", function(kept_a, labels), function(kept_b, labels))
    return Comparison(done, errors, _accuracy(names, votes, done), left_out, values)


class _Ran:
    """A session that ran on all samples and was closed: it gives what it gave, in the same order."""

    def __init__(self, session: Session, samples: Samples, size: int, progress: Progress) -> None:
        self.inputs, self.outputs = session.inputs, session.outputs
        self._results: deque[list[Array]] = deque()
        for feeds in samples.batches(size):
            progress.check()
            self._results.append(session.run(in_own_types(feeds, self.inputs)))

    def run(self, feeds: Feeds, outputs: Sequence[str]) -> list[Array]:
        given = dict(zip((value.name for value in self.outputs), self._results.popleft(), strict=True))
        return [given[name] for name in outputs]


@dataclass(slots=True)
class _Votes:
    """Hits of both models by one output; ``possible`` until a batch shows that it is no classification."""

    labels: Labels | None
    both: int = 0
    lost: int = 0
    gained: int = 0
    same: int = 0
    top5: tuple[int, int] | None = (0, 0)
    possible: bool = field(init=False)

    def __post_init__(self) -> None:
        self.possible = self.labels is not None and len(self.labels) > 0

    def add(self, a: Array, b: Array, start: int, count: int) -> None:
        if not self.possible or self.labels is None:
            return
        first, second = predictions(a, count), predictions(b, count)
        known = classes(a, count)
        if first is None or second is None or (known is not None and known <= int(self.labels.max())):
            self.possible = False
            return
        labels = self.labels[start : start + count]
        right, still = first == labels, second == labels
        self.both += int((right & still).sum())
        self.lost += int((right & ~still).sum())
        self.gained += int((~right & still).sum())
        self.same += int((first == second).sum())
        tops = in_top(a, labels, 5), in_top(b, labels, 5)
        if self.top5 is None or tops[0] is None or tops[1] is None:
            self.top5 = None
        else:
            self.top5 = self.top5[0] + int(tops[0].sum()), self.top5[1] + int(tops[1].sum())


def _accuracy(names: Sequence[str], votes: Sequence[_Votes], samples: int) -> Accuracy | None:
    able = [(vote, name) for vote, name in zip(votes, names, strict=True) if vote.possible]
    if not able:
        return None
    best, name = max(able, key=lambda item: item[0].both + item[0].lost)  # max keeps the first of equal ones
    paired = Paired(best.both, best.lost, best.gained, samples - best.both - best.lost - best.gained)
    return Accuracy(
        (best.both + best.lost) / samples,
        (best.both + best.gained) / samples,
        best.same / samples,
        name,
        None if best.top5 is None else (best.top5[0] / samples, best.top5[1] / samples),
        paired,
    )


def _output_pairs(a: Sequence[ValueInfo], b: Sequence[ValueInfo]) -> list[tuple[str, str]]:
    return _pairs([info.name for info in a], [info.name for info in b], "outputs")


def _input_pairs(a: Sequence[ValueInfo], b: Sequence[ValueInfo]) -> list[tuple[str, ValueInfo]]:
    """The reference's input that feeds each input of the candidate, which may have lost inputs that nothing used."""
    infos = {info.name: info for info in b}
    if infos.keys() <= {info.name for info in a}:
        return list(infos.items())
    return [(x, infos[y]) for x, y in _pairs([info.name for info in a], list(infos), "inputs")]


def _pairs(a: Sequence[str], b: Sequence[str], what: str) -> list[tuple[str, str]]:
    if len(a) != len(b):
        raise ModelError(
            f"the models' {what} do not correspond: {', '.join(a)} in the first and {', '.join(b)} in the second",
            way_out="Compare models that compute the same thing.",
        )
    others = iter([name for name in b if name not in a])
    return [(name, name if name in b else next(others)) for name in a]


def _renamed(feeds: Feeds, pairs: Sequence[tuple[str, ValueInfo]], inputs: Sequence[ValueInfo]) -> Feeds:
    """The feeds for the second model; float inputs may differ in precision.

    Args:
        inputs: of the first model, to which the feeds belong.
    """
    own = {info.name: info.shape for info in inputs}
    found = {}
    for name, info in pairs:
        array = feeds[name]
        fixed = tuple(d if isinstance(d, int) and d >= 0 else None for d in info.shape)
        if len(fixed) != array.ndim or any(d not in (None, s) for d, s in zip(fixed, array.shape, strict=True)):
            raise ModelError(
                f"input {info.name!r} of the second model takes {list(info.shape)} and is fed {list(array.shape)}",
                way_out=_shape_for_both(name, own[name], fixed, array.shape),
            )
        found[info.name] = array
    return in_own_types(found, [info for _, info in pairs])


def _shape_for_both(name: str, first: Sequence[Dim], second: Sequence[int | None], fed: Sequence[int]) -> str:
    """The way out, where the first model leaves open what the second one fixes."""
    if len(first) == len(second):
        wanted = [size if other is None else other for size, other in zip(fed, second, strict=True)]
        fixed = [d if isinstance(d, int) and d >= 0 else None for d in first]
        if all(d in (None, size) for d, size in zip(fixed, wanted, strict=True)):
            return f"Say the shape that both take: --shape {name}={','.join(map(str, wanted))}."
    return "No shape fits both, which fix theirs. Export them for the same shape, or compare others."


def _numeric(output: Any) -> bool:  # runtimes hand out lists and dicts for sequences and maps
    return isinstance(output, np.ndarray) and output.dtype.kind in "biuf"


def _finite(value: object) -> object:
    return None if isinstance(value, float) and not math.isfinite(value) else value
