"""The graph of a model as SVG, each layer as a box that is the darker the more of the time it takes."""

from __future__ import annotations

from collections.abc import Mapping
from html import escape
from typing import TYPE_CHECKING

import numpy as np

from engine.progress import Progress
from engine.reports.svg import short

if TYPE_CHECKING:
    import onnx_ir as ir

    from engine.graph.layers import LayerIndex

MOST_ITEMS = 600
"""Beyond, a page would take longer to open than the drawing is worth: the table of layers stands for it."""
BOX = (168.0, 36.0)
PILL = (120.0, 24.0)
EDGE = 24.0
CHARACTERS = 24


def graph_svg(model: ir.Model, index: LayerIndex, shares: Mapping[str, float], progress: Progress) -> str:
    """``shares`` of the time by layer id, empty where nothing was measured; "" for a graph that is too large."""
    from engine.layout.drawer import Drawer
    from engine.layout.outline import outline
    from engine.layout.place import Request

    drawn = outline(model, index)
    if len(drawn.items) > MOST_ITEMS:
        return ""
    sizes = [BOX if item.kind == "layer" else PILL for item in drawn.items]
    containers = frozenset(number for number, item in enumerate(drawn.items) if item.container)
    wires = [(line.source, line.targets) for line in drawn.lines]
    drawer = Drawer()
    try:
        request = Request([item.parent for item in drawn.items], sizes, containers, wires)
        placed = drawer.place(request, progress=progress).placed
    finally:
        drawer.close()
    boxes = placed.boxes
    seen = ~np.isnan(boxes[:, 0])
    if not seen.any():
        return ""
    left, top = (float(boxes[seen, n].min()) - EDGE for n in (0, 1))
    width = float((boxes[seen, 0] + boxes[seen, 2]).max()) + EDGE - left
    height = float((boxes[seen, 1] + boxes[seen, 3]).max()) + EDGE - top
    most = max(shares.values(), default=0.0) or 1.0
    parts = [
        f'<svg viewBox="{left:.0f} {top:.0f} {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}" '
        'role="img" aria-label="Graph of the model" class="graph">'
    ]
    for number in np.flatnonzero(seen):
        item = drawn.items[number]
        if item.container:
            parts.append(_box(boxes[number], "container", 0.0))
            x, y = float(boxes[number][0]) + 8, float(boxes[number][1]) + 14
            parts.append(f'<text x="{x:.1f}" y="{y:.1f}" class="scope">{escape(short(item.name, 40))}</text>')
    for start, end in zip(placed.starts[:-1], placed.starts[1:], strict=True):
        points = " ".join(f"{x:.1f},{y:.1f}" for x, y in placed.points[start:end])
        parts.append(f'<polyline points="{points}" class="wire"/>')
    for number in np.flatnonzero(seen):
        item = drawn.items[number]
        if item.container:
            continue
        layer = index.layers[item.layer] if item.layer >= 0 else None
        share = shares.get(layer.id, 0.0) if layer is not None else 0.0
        tip = item.name if layer is None else f"{layer.id}, {layer.op}" + (f", {share * 100:.1f} %" if share else "")
        parts.append(f"<g><title>{escape(tip)}</title>{_box(boxes[number], item.kind, share / most)}")
        middle, base = float(boxes[number][0] + boxes[number][2] / 2), float(boxes[number][1] + boxes[number][3] / 2)
        if layer is None:
            parts.append(_text(middle, base + 4, short(item.name, 16), "layer"))
        else:
            said = f"{layer.op}  {share * 100:.1f} %" if share >= 0.001 else layer.op
            parts.append(_text(middle, base - 3, said, "layer"))
            parts.append(_text(middle, base + 11, short(layer.id, CHARACTERS), "small"))
        parts.append("</g>")
    return "".join([*parts, "</svg>"])


def _box(box: np.ndarray, kind: str, strength: float) -> str:
    x, y, width, height = (float(n) for n in box)
    return f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" class="box {kind}"/>' + (
        f'<rect x="{x:.1f}" y="{y:.1f}" width="{width:.1f}" height="{height:.1f}" rx="4" class="heat" '
        f'fill-opacity="{0.05 + 0.45 * strength:.2f}"/>'
        if strength > 0
        else ""
    )


def _text(x: float, y: float, text: str, name: str) -> str:
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="middle" class="{name}">{escape(text)}</text>'
