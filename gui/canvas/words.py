"""What stands on boxes and in their tips."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from gui import numbers
from gui.canvas.colouring import Colours
from gui.canvas.scene import Scene
from gui.language import mark, tr
from gui.tables.columns import Row, row_treatment, state_text

KINDS = {
    "layer": mark("layer {name}"), "input": mark("input {name}"), "output": mark("output {name}"),
    "constant": mark("constant {name}"), "scope": mark("scope {name}"), "body": mark("body {name}"),
}  # fmt: skip


class Marks(Mapping[int, str]):
    """What the recipe does in each box that is drawn: to a layer in words, in a closed group to how many.

    Found when they are asked for: of tens of thousands of boxes few are in sight.
    """

    def __init__(self, scene: Scene, rows: Sequence[Row]) -> None:
        self._scene, self._rows = scene, rows
        self._known: dict[int, str] = {}

    def _of(self, number: int) -> str:
        found = self._known.get(number)
        if found is None:
            found = self._known[number] = self._find(number) if number in self._scene.rects else ""
        return found

    def _find(self, number: int) -> str:
        item = self._scene.items[number]
        if item.container and self._scene.is_open(number):
            return ""
        if item.layer >= 0 and not item.container:
            row = self._rows[item.layer]
            text = row_treatment(row)
            return tr("{treatment}, skipped").format(treatment=text) if text and row.skipped else text
        count = sum(bool(row_treatment(self._rows[n])) for n in self._scene.layers_of(number))
        return tr("{count} treated").format(count=count) if count else ""

    def __getitem__(self, number: int) -> str:
        if text := self._of(number):
            return text
        raise KeyError(number)

    def __contains__(self, number: object) -> bool:
        return isinstance(number, int) and bool(self._of(number))

    def __iter__(self) -> Iterator[int]:
        return (number for number in self._scene.leaves.tolist() if self._of(number))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def __bool__(self) -> bool:
        """Whether anything is treated, without a look at every box."""
        return any(row.treatment is not None or row.along for row in self._rows)


class Words:
    """Titles, second lines and marks of boxes, by their numbers; made when they are first asked for."""

    def __init__(self, scene: Scene, rows: Sequence[Row], colours: Colours) -> None:
        self._scene, self._rows, self._colours = scene, rows, colours
        self._titles: dict[int, str] = {}
        self._details: dict[int, str] = {}
        self.marks = Marks(scene, rows)

    def title(self, number: int) -> str:
        found = self._titles.get(number)
        if found is None:
            item = self._scene.items[number]
            found = self._rows[item.layer].layer.op if item.layer >= 0 else item.name
            self._titles[number] = found
        return found

    def detail(self, number: int) -> str:
        found = self._details.get(number)
        if found is None:
            item = self._scene.items[number]
            if item.layer >= 0:
                found = short_name(self._rows[item.layer])
            else:
                found = layers_text(len(self._scene.layers_of(number))) if item.container else ""
            self._details[number] = found
        return found

    def box_tip(self, number: int) -> str:
        """All that is known of a box, in lines."""
        item, text = self._scene.items[number], self._colours.texts[number]
        figure = [f"{self._colours.title}: {text}"] if text else []
        if item.layer < 0:
            lines = [tr(KINDS[item.kind]).format(name=item.name)]
            if item.container:
                lines += [layers_text(len(self._scene.layers_of(number))), *figure]
            return "\n".join(lines)
        row = self._rows[item.layer]
        layer = row.layer
        lines = [
            layer.id,
            f"{layer.op}, {layer.dtype or tr('unknown type')} {numbers.shape(layer.output_shape)}",
            *figure,
        ]
        if layer.parameters:
            lines.append(tr("{parameters:,} parameters").format(parameters=layer.parameters))
        if layer.macs:
            lines.append(tr("{macs:,} multiply-accumulates").format(macs=layer.macs))
        if row.before is not None:
            time = (
                tr("{median_us} per run").format(median_us=numbers.time_us(row.before.median_us))
                if row.before.median_us
                else ""
            )
            lines.append(time or state_text(row.before))
        if mark := self.marks.get(number, ""):
            lines.append(mark)
        if row.skipped:
            lines.append(tr("left as it is: {skipped}").format(skipped=row.skipped))
        return "\n".join(lines)

    def line_tip(self, value: int) -> str:
        line = self._scene.lines[value]
        return f"{line.name}\n{line.dtype or tr('unknown type')} {numbers.shape(line.shape)}"


def short_name(row: Row) -> str:
    """The layer's name without what its operator says already."""
    parts = [part for part in row.layer.id.split("/") if part]
    if len(parts) > 1 and parts[-1].rstrip("0123456789").rstrip("_") == row.layer.op:
        parts.pop()
    return "/".join(parts) if parts != [row.layer.op] else ""


def layers_text(count: int) -> str:
    return tr("{count} layer").format(count=count) if count == 1 else tr("{count:,} layers").format(count=count)
