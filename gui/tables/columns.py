"""The columns of the layers table, as data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Generic, Literal, TypeVar

from engine.recipe import FLOAT
from gui import numbers
from gui.choices import choice_text
from gui.language import mark, tr
from gui.numbers import db_text
from gui.timings import SourceTiming
from gui.treatment import Treatment, pruned_text

if TYPE_CHECKING:
    from engine.graph.layers import Layer
    from engine.verification.layer_errors import LayerError
    from gui.channels import Coupled

Value = float | int | str | None
R = TypeVar("R")


@dataclass(slots=True)
class Row:
    """One layer and all that is known of it.

    Nobody writes into one; frozen, tens of thousands would take four times as long to make.
    """

    number: int
    layer: Layer
    before: SourceTiming | None = None
    after: SourceTiming | None = None
    treatment: Treatment | None = None
    skipped: str = ""
    stale: bool = False
    noisy: bool = False
    inputs: tuple[tuple[object, ...] | None, ...] = ()
    error: LayerError | None = None
    channels: Coupled | None = None
    along: str = ""
    """The layer whose cut takes channels from this one as well."""


@dataclass(frozen=True, slots=True)
class Column(Generic[R]):
    """``value`` sorts, ``text`` shows, ``full`` goes into the tooltip; ``when`` says which measurements it needs:
    "said" that some layer has something in it besides, "erred" the errors of layers, "coupled" the channel groups;
    "treated" a recipe that treats something.

    A column of words is between ``width`` and ``widest`` pixels wide, as its texts need.
    """

    key: str
    title: str
    tip: str
    width: int
    value: Callable[[R], Value]
    text: Callable[[R], str]
    full: Callable[[R], str]
    number: bool = True
    when: Literal["always", "treated", "measured", "compared", "said", "erred", "coupled"] = "always"
    widest: int = 0


def memory_bytes(layer: Layer) -> int | None:
    """What the layer's weights and its output take."""
    return None if layer.output_bytes is None else layer.parameter_bytes + layer.output_bytes


def _time(timing: SourceTiming | None) -> float | None:
    return timing.median_us if timing is not None and timing.median_us > 0 else None


def _delta(row: Row) -> float | None:
    if row.before is None or row.after is None:
        return None
    before, after = row.before.median_us, row.after.median_us
    return after - before if before or after else None


def _delta_full(row: Row) -> str:
    if _delta(row) is None:
        return tr("without a time of its own, before and after")
    text = f"{numbers.full(_delta(row))} µs"
    return f"{text}\n{tr('measured while the machine was busy: it may be noise')}" if row.noisy else text


def _time_full(timing: SourceTiming | None) -> str:
    if timing is None:
        return tr("not measured yet")
    time, inserted = numbers.full(timing.median_us), numbers.full(timing.inserted_us)
    if timing.inserted_us:
        text = tr("{time} µs per run, of which {inserted} µs in what the runtime inserted for it")
        return text.format(time=time, inserted=inserted)
    return tr("{time} µs per run").format(time=time)


STATES = {
    "timed": mark("timed"),
    "folded": mark("folded"),
    "eliminated": mark("eliminated"),
    "not_run": mark("not run"),
}


def state_text(timing: SourceTiming | None) -> str:
    if timing is None:
        return numbers.NOTHING
    if timing.state == "fused_into":
        return tr("in {layer}").format(layer=timing.lead) if timing.lead else tr("fused")
    return tr(STATES[timing.state])


def _state_full(row: Row) -> str:
    """The graph outlines kernels of the profile that is shown, which may be the treated model's."""
    if row.after is None or state_text(row.after) == state_text(row.before):
        return state_text(row.before)
    text = tr("{before} in the float model, {after} in the treated one")
    return text.format(before=state_text(row.before), after=state_text(row.after))


def provider_text(provider: str) -> str:
    """``CPUExecutionProvider`` is "CPU" where there is no room for more."""
    return provider.removesuffix("ExecutionProvider")


def _now(row: Row) -> SourceTiming | None:
    """How it is as measured last: treated, where that is of the recipe as it stands."""
    return row.after if row.after is not None and not row.stale else row.before


def _changed(before: str, after: str) -> str:
    return f"{before} → {after}" if before and after and before != after else after or before


def _provider(row: Row) -> str:
    before, now = row.before, _now(row)
    text = _changed(provider_text(before.provider) if before else "", provider_text(now.provider) if now else "")
    if now is None or not now.copies_us:
        return text
    return tr("{provider}, copies {time}").format(provider=text, time=numbers.time_us(now.copies_us))


def _provider_full(row: Row) -> str:
    now = _now(row)
    if now is None or not now.provider:
        return tr("no kernel of its own") if now is not None else tr("not measured yet")
    lines = [now.provider]
    if now.fallback:
        lines.append(tr("fell back: the device that was asked for does not run it"))
    if now.copies_us:
        text = tr("{time} µs of its time move data between devices")
        lines.append(text.format(time=numbers.full(now.copies_us)))
    return "\n".join(lines)


def _precision(row: Row) -> str:
    now = _now(row)
    return _changed(row.before.precision if row.before else "", now.precision if now else "")


def placement_mark(row: Row) -> str:
    """Names of the icons for what the user did not ask for."""
    now = _now(row)
    if now is None:
        return ""
    return " ".join(name for name, there in (("fallback", now.fallback), ("copy", now.copies_us > 0)) if there)


def treatment_text(treatment: Treatment | None) -> str:
    """Short words for the mark: "int8 static, pruned 50 %"."""
    if treatment is None:
        return ""
    quantization = treatment.quantization
    if quantization is None:
        text = ""
    else:
        text = tr("float") if quantization.choice == FLOAT else choice_text(quantization.choice)
    if treatment.pruning is None or not treatment.pruned:
        return text
    return tr(", ").join(part for part in (text, pruned_text(treatment.pruning)) if part)


def _id_full(row: Row) -> str:
    """The whole name, and what the layer has to do with channels."""
    return row.layer.id if row.channels is None else f"{row.layer.id}\n{row.channels.words()}"


def _shapes(row: Row) -> str:
    return ", ".join(numbers.shape(s) for s in row.inputs)


def row_treatment(row: Row) -> str:
    """What the recipe does to a layer, itself or by what is cut elsewhere."""
    text = treatment_text(row.treatment)
    if not row.along:
        return text
    along = tr("with {layer}").format(layer=row.along)
    return tr(", ").join(part for part in (text, along) if part)


def _treatment_full(row: Row) -> str:
    lines = [treatment_text(row.treatment) or tr("untreated: Q quantizes, P prunes, K keeps in float")]
    if row.along:
        lines.append(tr("loses channels with {layer}, to which it is coupled").format(layer=row.along))
    if row.skipped:
        lines.append(tr("left as it is: {reason}").format(reason=row.skipped))
    return "\n".join(lines)


def _channels(row: Row) -> str:
    found = row.channels
    if found is None or not found.makes:
        return ""
    return str(found.channels) if found.unit == "channel" else found.amount


def share_full(share: float) -> str:
    return tr("{share} % of the time of all kernels").format(share=f"{share * 100:.3f}")


def _error_full(row: Row) -> str:
    if row.error is None:
        return tr("not compared yet (Shift+F6), or the treated model does not have this layer's value by itself")
    text = tr("behind {value}, which the treated model has in float")
    if row.error.rounded:
        text = tr("behind {value}, which the treated model has in integers")
    return text.format(value=row.error.value)


COLUMNS: tuple[Column[Row], ...] = (
    Column("number", "#", mark("Place in the order of the file"), 36, lambda r: r.number, lambda r: str(r.number),
           lambda r: tr("layer {number} in the order of the file").format(number=r.number)),
    Column("id", mark("Layer"), mark("Name of the node in the file, or its type and number"), 96,
           lambda r: r.layer.id, lambda r: r.layer.id, _id_full, number=False, widest=164),
    Column("op", mark("Op"), mark("Operator type"), 64, lambda r: r.layer.op, lambda r: r.layer.op,
           lambda r: f"{r.layer.domain or 'ai.onnx'}.{r.layer.op}", number=False, widest=84),
    Column("before", mark("Latency"), mark("Median time per run, measured on the cleaned float model. A layer that "
           "runs inside another layer's kernel has none of its own"), 72, lambda r: _time(r.before),
           lambda r: numbers.time_us(_time(r.before)), lambda r: _time_full(r.before)),
    Column("after", mark("After"), mark("Median time per run of the treated model, told in the layers of the file"),
           72, lambda r: _time(r.after), lambda r: numbers.time_us(_time(r.after)),
           lambda r: _time_full(r.after) + (f"\n{tr('from before the last edit')}" if r.stale else ""),
           when="compared"),
    Column("delta", mark("Delta"), mark("After minus before: negative is faster"), 80, _delta,
           lambda r: numbers.delta_us(_delta(r)), _delta_full, when="compared"),
    Column("share", mark("Share"), mark("Part of the time of all kernels"), 84,
           lambda r: r.before.share if r.before is not None and r.before.median_us else None,
           lambda r: numbers.share(r.before.share if r.before is not None and r.before.median_us else None),
           lambda r: share_full(r.before.share if r.before else 0)),
    Column("treatment", mark("Treatment"), mark("What the recipe does to the layer, itself or by a cut that it is "
           "coupled to"), 88, row_treatment, row_treatment, _treatment_full, number=False, when="treated", widest=168),
    Column("channels", mark("Channels"), mark("How many channels the layer makes; grey where none can be cut. Beside "
           "a selected layer, what the layers that are coupled to it are to its channels"), 124,
           lambda r: r.channels.channels if r.channels is not None and r.channels.makes else None, _channels,
           lambda r: r.channels.words() if r.channels is not None else tr("no channels that could be cut"),
           when="coupled"),
    Column("sqnr", mark("SQNR"), mark("Power of what the layer gives in float over the power of its error as treated: "
           "higher is closer. It holds what the layers before did as well"), 80,
           lambda r: r.error.sqnr_db if r.error else None, lambda r: db_text(r.error.sqnr_db if r.error else None),
           _error_full, when="erred"),
    Column("cosine", mark("Cosine"), mark("Between what the layer gives in float and as treated: 1 is the same "
           "direction"), 80, lambda r: r.error.cosine if r.error else None,
           lambda r: f"{r.error.cosine:.5f}" if r.error else numbers.NOTHING, _error_full, when="erred"),
    Column("error", mark("Max error"), mark("Largest absolute difference of any element behind the layer"), 80,
           lambda r: r.error.max_abs_error if r.error else None,
           lambda r: numbers.three(r.error.max_abs_error) if r.error else numbers.NOTHING, _error_full, when="erred"),
    Column("state", mark("State"), mark("timed: leads a kernel; in X: runs inside X's kernel; folded: computed when "
           "the model is loaded; eliminated: optimized away; not run: no run reached it"), 80,
           lambda r: state_text(r.before), lambda r: state_text(r.before), _state_full,
           number=False, when="measured", widest=168),
    Column("provider", mark("Provider"), mark("The execution provider or device that ran it; an arrow back: not the "
           "one that was asked for; two sheets: data was copied between devices"), 80, _provider, _provider,
           _provider_full, number=False, when="said", widest=216),
    Column("precision", mark("Precision"), mark("In which it computed, where the runtime says it"), 80, _precision,
           _precision, lambda r: _precision(r) or tr("the runtime does not say"), number=False, when="said",
           widest=144),
    Column("parameters", mark("Params"), mark("Weights, biases and normalisation values"), 72,
           lambda r: r.layer.parameters,
           lambda r: numbers.count(r.layer.parameters) if r.layer.parameters else numbers.NOTHING,
           lambda r: tr("{count} parameters").format(count=f"{r.layer.parameters:,}")),
    Column("macs", mark("MACs"), mark("Multiply-accumulates per run"), 72, lambda r: r.layer.macs,
           lambda r: numbers.NOTHING if r.layer.macs == 0 else "?" if r.layer.macs is None
           else numbers.count(r.layer.macs),
           lambda r: tr("{count} multiply-accumulates").format(count=numbers.full(r.layer.macs))),
    Column("memory", mark("Memory"), mark("Bytes of the layer's weights and of its output"), 80,
           lambda r: memory_bytes(r.layer), lambda r: numbers.size(memory_bytes(r.layer)),
           lambda r: tr("weights {weights} B, output {output} B").format(
               weights=f"{r.layer.parameter_bytes:,}", output=numbers.full(r.layer.output_bytes))),
    Column("input", mark("Input"), mark("Shapes of the inputs that are no constants"), 96, _shapes, _shapes, _shapes,
           number=False, widest=216),
    Column("output", mark("Output"), mark("Shape of the first output"), 96,
           lambda r: numbers.shape(r.layer.output_shape), lambda r: numbers.shape(r.layer.output_shape),
           lambda r: numbers.shape(r.layer.output_shape), number=False, widest=168),
)  # fmt: skip
INDEX = {column.key: number for number, column in enumerate(COLUMNS)}
