"""Everything about the selected layer: what it is, what it costs, what can be done to it and, where not, why."""

from __future__ import annotations

from collections import Counter
from itertools import chain
from typing import TYPE_CHECKING

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QGridLayout, QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from gui import numbers
from gui.choices import choice_text
from gui.document import Document
from gui.glance import attributes, tensors
from gui.jobs import JobRunner
from gui.language import mark, tr
from gui.panels.conversion import conversion_lines, source_lines
from gui.panels.distributions import Distributions
from gui.panels.facts import channel_lines, kernel_line, profile_lines, shape, short
from gui.panels.parts import Facts, breakable, head, label, scrolled, section
from gui.tables.columns import Row, memory_bytes, provider_text, state_text, treatment_text
from gui.tables.layer_model import LayerModel
from gui.theme import Theme, tabular

if TYPE_CHECKING:
    from gui.workshop import Workshop

KERNELS_SHOWN = 6
ROLES = {"in": mark("in"), "out": mark("out")}


class Inspector(QFrame):
    """One layer in full, several as sums."""

    def __init__(
        self,
        document: Document,
        model: LayerModel,
        theme: Theme,
        glances: JobRunner,
        workshop: Workshop,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("panel")
        self.setMinimumWidth(264)
        self._document, self._model = document, model
        self._title = label("", "title", wrap=True)
        self._title.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._subtitle = label("", "muted", wrap=True)
        self._facts, self._time, self._can, self._ways = Facts(), Facts(), Facts(), Facts()
        self._error, self._channels = Facts(), Facts()
        self._attributes, self._tensors = Facts(), Facts()
        self._possible_of: tuple[str, ...] | None = None
        self._possible_lines: list[tuple[str, str, str]] = []
        self.distributions = Distributions(document, theme, glances, workshop)
        self._sections: dict[str, tuple[QLabel, QWidget]] = {}
        page = QWidget()
        self._column = QVBoxLayout(page)
        self._column.setContentsMargins(16, 16, 16, 16)
        self._column.setSpacing(8)
        self._column.addWidget(self._title)
        self._column.addWidget(self._subtitle)
        self._column.addWidget(self._facts)
        self._ways_to_treat: list[QToolButton] = []
        self._buttons = QGridLayout()
        self._buttons.setSpacing(4)
        self._column.addLayout(self._buttons)
        self._add(mark("Treatment"), self._can)
        self._add(mark("Channels"), self._channels)
        self._add(mark("Time"), self._time)
        self._add(mark("Error"), self._error)
        self._add(mark("Weights"), self.distributions)
        self._add(mark("What can be done"), self._ways)
        self._add(mark("Attributes"), self._attributes)
        self._add(mark("Inputs and outputs"), self._tensors)
        self._column.addStretch(1)
        for facts in (self._facts, self._time):
            facts.setFont(tabular(self.font()))
        for text in (self._title, self._subtitle):
            text.setMinimumWidth(1)
        area = scrolled(page, tr("Inspector"))
        self._area = area
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(0)
        layout.addWidget(head(label(tr("Inspector")), 1))
        layout.addWidget(area, 1)
        document.replaced.connect(self._replaced)
        for signal in (document.selection_changed, document.figures_changed, document.channels_changed,
                       document.replaced):  # fmt: skip
            signal.connect(self._show)
        self._show()

    def _add(self, title: str, widget: QWidget) -> None:
        name = section(tr(title))
        name.setContentsMargins(0, 8, 0, 0)  # of its own: a space in the column would stay where the section is hidden
        self._column.addWidget(name)
        self._column.addWidget(widget)
        self._sections[title] = (name, widget)

    def add_button(self, button: QToolButton) -> None:
        place = len(self._ways_to_treat)
        self._ways_to_treat.append(button)
        button.setObjectName("bordered")
        button.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self._buttons.addWidget(button, place // 2, place % 2)

    def _show_sections(self, *titles: str) -> None:
        for title, (name, widget) in self._sections.items():
            name.setVisible(title in titles)
            widget.setVisible(title in titles)
        for button in self._ways_to_treat:
            button.setVisible("Treatment" in titles)

    def _show(self) -> None:
        chosen = set(self._document.selection)
        rows = [row for row in self._model.rows if row.layer.id in chosen] if chosen else []
        if len(rows) == 1:
            self._show_one(rows[0])
        elif rows:
            self._show_many(rows)
        else:
            self._show_none()

    def as_text(self) -> str:
        """What is shown, in lines."""
        parts = [self._title.text(), self._subtitle.text(), *self._facts.lines()]
        for name, widget in self._sections.values():
            if isinstance(widget, Facts) and not widget.isHidden():
                parts += ["", name.text(), *widget.lines()]
        return "\n".join(parts).replace("\u200b", "")

    def _show_none(self) -> None:
        opened = self._document.opened
        self._title.setText(breakable(opened.path.name) if opened is not None else "")
        self._subtitle.setText(tr("Choose a layer to see what it costs and what can be done to it.") if opened else "")
        lines = []
        if opened is not None:
            index = opened.index
            lines = [
                (tr("Layers"), numbers.full(len(index.layers)),
                 tr("Nodes of the graph and of its bodies, constants not counted")),
                (tr("Parameters"), numbers.count(index.parameters), f"{index.parameters:,}"),
                ("MACs", tr("unknown") if index.macs is None else numbers.count(index.macs),
                 tr("{count} multiply-accumulates per run").format(count=numbers.full(index.macs))),
                (tr("File"), numbers.size(opened.source.file_bytes),
                 tr("{count} bytes").format(count=f"{opened.source.file_bytes:,}")),
                *((tr("In: {name}").format(name=short(i.name)), f"{shape(i)} {i.dtype}", i.name)
                  for i in opened.inputs),
                *conversion_lines(opened.source.conversion),
            ]  # fmt: skip
        self._facts.show_lines(lines)
        self.distributions.show_layer("")
        measured = [
            line
            for name, found in ((tr("Before"), self._document.baseline), (tr("After"), self._document.current))
            if found is not None
            for line in profile_lines(name, found.profile)
        ]
        self._time.show_lines(measured)
        self._show_sections(*(["Time"] if measured else []))

    def _show_many(self, rows: list[Row]) -> None:
        self.distributions.show_layer("")
        self._title.setText(tr("{count} layers").format(count=len(rows)))
        ops = Counter(row.layer.op for row in rows).most_common(6)
        self._subtitle.setText(", ".join(f"{n} {op}" for op, n in ops))
        macs = [row.layer.macs for row in rows]
        total = None if None in macs else sum(m or 0 for m in macs)
        parameters = sum(row.layer.parameters for row in rows)
        lines = [
            (tr("Parameters"), numbers.count(parameters), f"{parameters:,}"),
            ("MACs", tr("unknown") if total is None else numbers.count(total), f"{numbers.full(total)}"),
        ]
        self._facts.show_lines(lines)
        times = []
        if any(row.before is not None for row in rows):
            before = sum(row.before.median_us for row in rows if row.before is not None)
            share = sum(row.before.share for row in rows if row.before is not None)
            text = tr("{time}, {share} of all").format(time=numbers.time_us(before), share=numbers.share(share))
            times.append((tr("Before"), text, numbers.full(before)))
        if any(row.after is not None for row in rows):
            after = sum(row.after.median_us for row in rows if row.after is not None)
            times.append((tr("After"), numbers.time_us(after), numbers.full(after)))
        self._time.show_lines(times)
        untreated = tr("untreated")
        treated = Counter(treatment_text(row.treatment) or untreated for row in rows)
        text = "\n".join(f"{n} {what}" for what, n in treated.most_common())
        self._can.show_lines([(tr("In the recipe"), text, "")])
        self._ways.show_lines(self._possible(rows))
        self._show_sections("Treatment", "What can be done", *(["Time"] if times else []))

    def _show_one(self, row: Row) -> None:
        layer = row.layer
        assert self._document.opened is not None
        self._title.setText(breakable(layer.id))
        scope = " / ".join(layer.scope)
        self._subtitle.setText(tr("{op} in {scope}").format(op=layer.op, scope=scope) if scope else layer.op)
        macs = tr("unknown") if layer.macs is None else numbers.count(layer.macs)
        shapes = ", ".join(numbers.shape(s) for s in layer.input_shapes if s is not None)
        self._facts.show_lines([
            (tr("Output"), f"{numbers.shape(layer.output_shape)} {layer.dtype or ''}", tr("Of the first output")),
            (tr("Inputs"), shapes or numbers.NOTHING, tr("Shapes of the inputs, weights included")),
            (tr("Parameters"), numbers.count(layer.parameters), tr("{count}, {size} bytes").format(
                count=f"{layer.parameters:,}", size=f"{layer.parameter_bytes:,}")),
            ("MACs", macs, tr("{count} multiply-accumulates per run").format(count=numbers.full(layer.macs))),
            (tr("Memory"), numbers.size(memory_bytes(layer)), tr("weights {weights} B, output {output} B").format(
                weights=f"{layer.parameter_bytes:,}", output=numbers.full(layer.output_bytes))),
            *source_lines(self._document.opened.index.node(layer.id)),
        ])  # fmt: skip
        text = treatment_text(row.treatment) or tr("none")
        done = self._document.rebuilt.details.get(layer.id, "") if self._document.rebuilt else ""
        lines = [(tr("In the recipe"), text, "")]
        if done and row.treatment is not None:
            lines.append((tr("Done"), done, tr("What the last rebuilt model has")))
        if row.treatment is not None and row.treatment.kept_float and layer.id in self._document.reasons:
            lines.append((tr("Why"), self._document.reasons[layer.id], tr("Chosen by Lathe on the calibration data")))
        if row.along:
            tip = tr("They lose channels together")
            lines.append((tr("Coupled"), tr("loses channels with {layers}").format(layers=row.along), tip))
            if done and row.treatment is None:
                lines.append((tr("Done"), done, tr("What the last rebuilt model has")))
        if row.skipped:
            lines.append((tr("Left as it is"), row.skipped, tr("Why the recipe could not be followed here")))
        self._can.show_lines(lines)
        self._ways.show_lines(self._possibilities([row]))
        self._time.show_lines(self._time_lines(row))
        node = self._document.opened.index.node(layer.id)
        found = attributes(node)
        self._attributes.show_lines([(short(name), value, name) for name, value in found])
        self._tensors.show_lines([
            (tr("const") if t.constant else tr(ROLES[t.role]), f"{t.name}  {numbers.shape(t.shape)} {t.dtype}", t.name)
            for t in tensors(node)
        ])  # fmt: skip
        titles = ["Treatment", "What can be done", "Inputs and outputs"]
        titles += ["Time"] if row.before or row.after else []
        if row.channels is not None:
            self._channels.show_lines(channel_lines(row.channels))
            titles.append("Channels")
        if (error := row.error) is not None:
            how = tr("{value}, in integers") if error.rounded else tr("{value}, in float")
            self._error.show_lines([
                ("SQNR", numbers.db_text(error.sqnr_db), tr("Of the float layer over the treated one's error")),
                (tr("Cosine"), f"{error.cosine:.5f}", tr("1 is the same direction")),
                (tr("Largest"), numbers.three(error.max_abs_error), tr("Absolute difference of any element")),
                (tr("Behind"), how.format(value=error.value),
                 tr("The value that is compared: the layers before it count too")),
            ])  # fmt: skip
            titles.append("Error")
        titles += ["Attributes"] if found else []
        titles += ["Weights"]
        self._show_sections(*titles)
        self.distributions.show_layer(layer.id)

    def _time_lines(self, row: Row) -> list[tuple[str, str, str]]:
        lines = []
        for name, timing in ((tr("Before"), row.before), (tr("After"), row.after)):
            if timing is None:
                continue
            if timing.median_us:
                text = tr("{time}, {share} of all").format(
                    time=numbers.time_us(timing.median_us), share=numbers.share(timing.share)
                )
                if timing.inserted_us:
                    text = tr("{text}, {time} of it inserted by the runtime").format(
                        text=text, time=numbers.time_us(timing.inserted_us)
                    )
            else:
                text = tr("fused into {layer}").format(layer=timing.lead) if timing.lead else state_text(timing)
            if row.stale and timing is row.after:
                text = tr("{text} (before the last edit)").format(text=text)
            lines.append((name, text, tr("{time} µs per run").format(time=numbers.full(timing.median_us))))
            if timing.provider:
                text = tr("ran on {provider}").format(provider=provider_text(timing.provider))
                if timing.fallback:
                    text = tr("{text}, not the device that was asked for").format(text=text)
                if timing.precision:
                    text = tr("{text}, in {precision}").format(text=text, precision=timing.precision)
                lines.append(("", text, timing.provider))
            if timing.copies_us:
                text = tr("{time} to copy data between devices").format(time=numbers.time_us(timing.copies_us))
                lines.append(("", text, f"{numbers.full(timing.copies_us)} µs"))
            lines += [kernel_line(kernel) for kernel in timing.kernels[:KERNELS_SHOWN]]
            if len(timing.kernels) > KERNELS_SHOWN:
                more = tr("and {count} more kernels").format(count=len(timing.kernels) - KERNELS_SHOWN)
                lines.append(("", more, ""))
        return lines

    def _possible(self, rows: list[Row]) -> list[tuple[str, str, str]]:
        """Kept while the same layers stay chosen: edits change nothing of it, and the layers may be many."""
        if self._possible_of is not self._document.selection:
            self._possible_of, self._possible_lines = self._document.selection, self._possibilities(rows)
        return self._possible_lines

    def _replaced(self) -> None:
        self._possible_of = None

    def _possibilities(self, rows: list[Row]) -> list[tuple[str, str, str]]:
        """What each scheme and pruner says of the layers; the most common reason where one cannot."""
        assert self._document.opened is not None
        abilities = self._document.opened.abilities
        able = [abilities[row.layer.id] for row in rows if row.layer.id in abilities]
        lines = []
        for table in ("quantize", "prune"):
            told = {id(said): said for ability in able if (said := getattr(ability, table))}
            alike = Counter(id(getattr(ability, table)) for ability in able)
            for key in dict.fromkeys(chain.from_iterable(told.values())):
                reasons: Counter[str | None] = Counter()
                for number, said in told.items():
                    reasons[said[key]] += alike[number]
                possible = reasons.pop(None, 0)
                name = choice_text(key)
                if not possible:
                    text = tr("not possible: {reason}").format(reason=reasons.most_common(1)[0][0])
                elif len(able) == 1:
                    gains = able[0].suits.get(key) if table == "quantize" else None
                    text = tr("possible, but gains nothing: {reason}").format(reason=gains) if gains else tr("possible")
                else:
                    text = tr("for {count} of {all}").format(count=possible, all=len(able))
                    text = tr("for all") if possible == len(able) else text
                lines.append((name, text, ""))
        return lines
