"""What the colours of the canvas say: one row for each choice, and the numbers that stand beside the colours.

Sequences are cividis, with the low end near the background of the theme; categories are Okabe and Ito's colours.
Colour is never alone: near by each box has its figure in words, and the legend counts.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Literal, NamedTuple

from PySide6.QtGui import QColor

from gui import numbers
from gui.choices import choice_text
from gui.language import mark, tr
from gui.tables.columns import Row, memory_bytes, provider_text
from gui.theme import CIVIDIS, OKABE_ITO, Theme
from gui.timings import SourceTiming

if TYPE_CHECKING:
    from gui.canvas.scene import Scene

BINS = 24
CALM = 0.25
"""Of the background in the colour of a category; more, and those of Okabe and Ito come too close to each other."""
PALE = 0.6
"""Of the background in the lowest colour of a sequence."""
Value = float | str | None
Side = Literal["before", "after", "change"]
FUSED = {
    "fused_into": mark("fused"),
    "folded": mark("folded"),
    "eliminated": mark("removed"),
    "not_run": mark("not run"),
}


class Known(NamedTuple):
    """One layer for colouring: its row of the table, and what a sensitivity scan says of it, in decibels."""

    row: Row
    sensitivity_db: float | None = None

    def timing(self, side: Side) -> SourceTiming | None:
        return self.row.after if side == "after" else self.row.before


@dataclass(frozen=True, slots=True)
class Mode:
    """A choice of colours.

    Attributes:
        total: what a closed group shows: the sum, the lowest value, or what all have in common.
        low_is_bad: the scale runs from the largest value to the smallest.
        sided: whether it differs before and after treating.
        changes: whether the difference of both can be shown.
    """

    key: str
    title: str
    tip: str
    kind: Literal["sequence", "category"]
    value: Callable[[Known, Side], Value]
    text: Callable[[float], str] = numbers.three
    total: Literal["sum", "lowest", "common"] = "sum"
    low_is_bad: bool = False
    sided: bool = False
    changes: bool = False
    missing: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the legend: a colour, a word, and how many boxes have it."""

    color: QColor
    text: str
    count: int = 0


@dataclass(frozen=True)
class Colours:
    """The colours of all boxes.

    Attributes:
        bins: of each item the place of its colour in ``palette``, -1 without a value.
        texts: of each item its figure in words.
        mixed: closed groups whose layers have several values, where only a common one would say something.
        ramp: the colours of a sequence, from ``low`` to ``high``; empty for categories.
    """

    mode: Mode
    title: str
    palette: tuple[QColor, ...]
    bins: list[int]
    texts: list[str]
    entries: tuple[Entry, ...] = ()
    ramp: tuple[QColor, ...] = ()
    low: str = ""
    high: str = ""
    missing: str = ""
    without: int = 0
    mixed: int = 0
    values: list[Value] = field(default_factory=list)


def _share(known: Known, side: Side) -> Value:
    timing = known.timing(side)
    return timing.share if timing is not None and timing.median_us > 0 else None


def _provider(known: Known, side: Side) -> Value:
    timing = known.timing(side)
    return provider_text(timing.provider) or None if timing is not None else None


def _precision(known: Known, side: Side) -> Value:
    timing = known.timing(side)
    said = timing.precision if timing is not None else ""
    if said:
        return said
    treatment = known.row.treatment
    if side == "after" and treatment is not None and treatment.quantized and treatment.quantization is not None:
        return choice_text(treatment.quantization.choice)
    return known.row.layer.dtype


def _positive(value: float | None) -> Value:
    return value if value else None


def _finite(value: float | None) -> Value:
    return value if value is not None and math.isfinite(value) else None


FAMILIES: tuple[tuple[str, str, frozenset[str]], ...] = (
    (mark("Convolution"), "blue", frozenset({
        "Conv", "ConvTranspose", "ConvInteger", "QLinearConv", "FusedConv", "DeformConv"
    })),
    (mark("Matrix product"), "sky", frozenset({
        "MatMul", "Gemm", "MatMulInteger", "QLinearMatMul", "Einsum", "MatMulNBits", "FusedMatMul", "FusedGemm",
        "QGemm"
    })),
    (mark("Recurrent, attention"), "purple", frozenset({
        "LSTM", "GRU", "RNN", "Attention", "MultiHeadAttention", "GroupQueryAttention", "QAttention",
        "DynamicQuantizeLSTM"
    })),
    (mark("Normalization"), "green", frozenset({
        "BatchNormalization", "LayerNormalization", "InstanceNormalization", "GroupNormalization", "LpNormalization",
        "LRN", "Softmax", "LogSoftmax", "SkipLayerNormalization", "RMSNormalization"
    })),
    (mark("Activation"), "yellow", frozenset({
        "Relu", "Clip", "Sigmoid", "Tanh", "LeakyRelu", "PRelu", "Elu", "Selu", "Gelu", "HardSigmoid", "HardSwish",
        "Swish", "Erf", "Softplus", "Mish", "FastGelu", "QuickGelu", "Celu", "Softsign", "ThresholdedRelu"
    })),
    (mark("Pooling, reduction"), "orange", frozenset({
        "MaxPool", "AveragePool", "GlobalAveragePool", "GlobalMaxPool", "ReduceMean", "ReduceSum", "ReduceMax",
        "ReduceMin", "LpPool", "ArgMax", "ArgMin", "TopK", "ReduceL2", "ReduceProd", "CumSum"
    })),
    (mark("Quantization"), "vermillion", frozenset({
        "QuantizeLinear", "DequantizeLinear", "DynamicQuantizeLinear"
    })),
)  # fmt: skip
OTHER = mark("Elementwise, movement")
_FAMILY = {op: title for title, _, ops in FAMILIES for op in ops}
_FAMILY_COLOR = {title: color for title, color, _ in FAMILIES}
_CATEGORIES = ("blue", "orange", "green", "purple", "sky", "vermillion", "yellow")

MODES: tuple[Mode, ...] = (
    Mode("operator", "Operator", "By what kind of operator a layer is", "category",
         lambda k, _: _FAMILY.get(k.row.layer.op, OTHER), total="common"),
    Mode("share", "Latency share", "By the part of the time of all kernels that a layer takes", "sequence", _share,
         numbers.share, sided=True, changes=True, missing="Profile the model to see where its time goes"),
    Mode("macs", "MACs", "By multiply-accumulates per run", "sequence", lambda k, _: _positive(k.row.layer.macs),
         lambda v: numbers.count(int(v)), missing="No layer multiplies and accumulates"),
    Mode("parameters", "Parameters", "By weights, biases and normalisation values", "sequence",
         lambda k, _: _positive(k.row.layer.parameters), lambda v: numbers.count(int(v)),
         missing="No layer has parameters"),
    Mode("memory", "Memory", "By the bytes of a layer's weights and its output", "sequence",
         lambda k, _: _positive(memory_bytes(k.row.layer)), lambda v: numbers.size(int(v)),
         missing="The shapes of the outputs are not known"),
    Mode("precision", "Precision", "By the precision that a layer computes in, or the type of its output where the "
         "runtime does not say", "category", _precision, total="common", sided=True),
    Mode("provider", "Provider", "By the execution provider that ran a layer", "category", _provider, total="common",
         sided=True, missing="Profile the model to see what ran where"),
    Mode("sensitivity", "Sensitivity", "By the SQNR of the outputs where this layer alone is treated: low is "
         "sensitive", "sequence", lambda k, _: _finite(k.sensitivity_db), numbers.db_text, "lowest", True,
         missing="Scan in the Sensitivity tab to see what treating each layer costs"),
    Mode("error", "Error", "By the SQNR behind each layer of the treated model: low is far from the float model",
         "sequence", lambda k, _: _finite(k.row.error.sqnr_db) if k.row.error else None, numbers.db_text, "lowest",
         True, missing="Measure the errors of layers of a treated model: Measure > Errors by layer"),
)  # fmt: skip
BY_KEY = {mode: found for found in MODES for mode in (found.key,)}
CHANGE = Mode("change", "Change", "By the change of a layer's time: orange is slower, blue is faster", "sequence",
              lambda k, _: _change(k), lambda v: numbers.delta_us(v), sided=True, changes=True,
              missing="Profile the treated model to see what became faster")  # fmt: skip


def _change(known: Known) -> Value:
    before, after = known.row.before, known.row.after
    if before is None or after is None or not (before.median_us or after.median_us):
        return None
    return after.median_us - before.median_us


def colours(mode: Mode, side: Side, scene: Scene, known: Sequence[Known], theme: Theme) -> Colours:
    """The colours of every box that is shown."""
    change = side == "change" and mode.changes
    if change:
        mode = CHANGE
    of_layer = [mode.value(k, side) for k in known]
    values: list[Value] = [None] * len(scene.items)
    texts = [""] * len(scene.items)
    leaves, count, mixed = scene.leaves.tolist(), 0, 0
    for number in (*leaves, *scene.frames.tolist()):
        layers = scene.layers_of(number)
        if len(layers) == 1:
            values[number] = of_layer[layers[0]]
        elif layers:
            values[number] = _total(mode, [of_layer[n] for n in layers])
            mixed += (
                values[number] is None and not scene.is_open(number) and any(of_layer[n] is not None for n in layers)
            )
        count += bool(layers) and not scene.is_open(number)
    shown = [values[n] for n in leaves]
    there = [v for v in shown if v is not None]
    without = count - len(there) - mixed
    title = tr(mode.title)
    if side == "after" and mode.sided:
        title = tr("{figure}, after").format(figure=title)
    if not there:
        return Colours(
            mode,
            title,
            (),
            [-1] * len(scene.items),
            texts,
            missing=tr(mode.missing) if mode.missing else "",
            without=without,
            mixed=mixed,
        )
    if mode.kind == "category":
        return replace(_categories(mode, title, values, texts, there, theme, without), mixed=mixed)
    return _sequence(mode, title, values, texts, there, theme, without, scene, known, side, change)


def _total(mode: Mode, values: Sequence[Value]) -> Value:
    there = [v for v in values if v is not None]
    if not there:
        return None
    if mode.total == "common":
        return there[0] if len(set(there)) == 1 else None
    floats = [float(v) for v in there]
    return sum(floats) if mode.total == "sum" else min(floats)


def _categories(
    mode: Mode, title: str, values: list[Value], texts: list[str], there: list[Value], theme: Theme, without: int
) -> Colours:
    counts = Counter(str(v) for v in there)
    if mode.key == "operator":
        names = [name for name in (*_FAMILY_COLOR, OTHER) if counts[name]]
        colors = {n: _calm(_FAMILY_COLOR[n], theme) if n in _FAMILY_COLOR else theme.color("before") for n in names}
    else:
        names = [name for name, _ in counts.most_common()]
        cycle = [_calm(key, theme) for key in _CATEGORIES]
        colors = {n: cycle[i] if i < len(cycle) else theme.color("before") for i, n in enumerate(names)}
        texts = ["" if v is None else str(v) for v in values]
    place = {name: n for n, name in enumerate(names)}
    bins = [-1 if v is None else place.get(str(v), -1) for v in values]
    said = {name: tr(name) if mode.key == "operator" else name for name in names}
    entries = tuple(Entry(colors[name], said[name], counts[name]) for name in names)
    return Colours(mode, title, tuple(colors[n] for n in names), bins, texts, entries, without=without, values=values)


def _sequence(
    mode: Mode, title: str, values: list[Value], texts: list[str], there: list[Value], theme: Theme, without: int,
    scene: Scene, known: Sequence[Known], side: Side, change: bool,
) -> Colours:  # fmt: skip
    floats = [float(v) for v in there if v is not None]
    if change:
        most = max(abs(v) for v in floats) or 1.0
        low, high = -most, most
        ramp = tuple(_diverging(theme, n / (BINS - 1)) for n in range(BINS))
    else:
        low, high = (max(floats), min(floats)) if mode.low_is_bad else (0.0, max(floats))
        ramp = sequence(theme)
    span = (high - low) or 1.0
    bins = [-1 if v is None else min(BINS - 1, max(0, int((float(v) - low) / span * BINS))) for v in values]
    words = {v: mode.text(float(v)) for v in set(values) if v is not None}  # many are alike
    texts = ["" if v is None else words[v] for v in values]
    if mode.key in ("share", "change"):
        for number in scene.leaves.tolist():
            item = scene.items[number]
            if values[number] is None and item.layer >= 0 and not item.container:
                timing = known[item.layer].timing(side)
                texts[number] = tr(FUSED[timing.state]) if timing is not None and timing.state in FUSED else ""
    return Colours(mode, title, ramp, bins, texts, ramp=ramp, low=mode.text(low), high=mode.text(high),
                   without=without, values=values)  # fmt: skip


def sequence(theme: Theme) -> tuple[QColor, ...]:
    """Cividis from the end that is near the background, so that what is little does not call."""
    steps = [QColor(color) for color in CIVIDIS]
    if theme.tokens.name == "light":
        steps.reverse()
        steps[0] = blend(steps[0], theme.color("surface"), PALE)
    return tuple(_between(steps, n / (BINS - 1)) for n in range(BINS))


def _calm(key: str, theme: Theme) -> QColor:
    """A category's colour with some of the background: whole boxes of it lie side by side."""
    return blend(QColor(OKABE_ITO[key]), theme.color("surface"), CALM)


def _between(steps: Sequence[QColor], at: float) -> QColor:
    place = at * (len(steps) - 1)
    first = min(int(place), len(steps) - 2)
    return blend(steps[first], steps[first + 1], place - first)


def _diverging(theme: Theme, at: float) -> QColor:
    middle = theme.color("hover")
    return _between([QColor(OKABE_ITO["blue"]), middle, QColor(OKABE_ITO["vermillion"])], at)


def blend(a: QColor, b: QColor, part: float) -> QColor:
    """``a`` with ``part`` of ``b``."""

    def mixed(x: int, y: int) -> int:
        return round(x + (y - x) * part)

    return QColor(mixed(a.red(), b.red()), mixed(a.green(), b.green()), mixed(a.blue(), b.blue()))


def readable(on: QColor) -> QColor:
    """Black or white, whichever has more contrast (WCAG's relative luminance)."""

    def linear(part: float) -> float:
        return part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4

    light = 0.2126 * linear(on.redF()) + 0.7152 * linear(on.greenF()) + 0.0722 * linear(on.blueF())
    return QColor("#111111") if light > 0.179 else QColor("#ffffff")
