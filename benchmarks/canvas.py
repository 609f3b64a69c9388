"""The canvas in a window of its own, driven by real wheel and drag events; prints its figures as one line of JSON.

    python -m benchmarks.canvas MODEL | NODES

``NODES`` is a made-up network of that many layers without scopes, all drawn: a trunk with a side branch at every sixth
layer. Layout is what the worker needs from the opened model to places; first paint is from the model being parsed to
everything in sight being painted, layout included. A frame is the time from an event to the end of its painting, with
nothing left out but the display itself; ``sharp`` counts until no stretched tile is in sight any more.
"""

from __future__ import annotations

import json
import random
import statistics
import sys
import tempfile
import time
from pathlib import Path

from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QMouseEvent, QWheelEvent
from PySide6.QtWidgets import QApplication

from gui.app import build_window
from gui.calls.drawing import draw
from gui.main_window import MainWindow
from gui.opened import Opened
from gui.paths import Folders

NOTCHES, DRAGS, STEPS = 60, 8, 30
BRANCH_EVERY = 6
MANY = 20_000


def main(arguments: list[str]) -> int:
    app = QApplication(sys.argv[:1])
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        window = build_window(app, Folders(folder / "config", folder / "state"))
        window.resize(1280, 800)
        window.show()
        path = made_up(int(arguments[0]), folder) if arguments[0].isdigit() else Path(arguments[0])
        figures = measure(app, window, path)
        window.close()
    print(json.dumps(figures), flush=True)
    return 0


def measure(app: QApplication, window: MainWindow, path: Path) -> dict[str, float]:
    from engine.progress import Progress

    bench = window.bench
    settle(app, window)
    opened = bench.workshop.open(path, bench.document.settings, False, progress=Progress())
    assert isinstance(opened, Opened)
    window.graph.drawings.start()
    settle(app, window)
    layout_ms = laid_out(window, opened)
    begin = time.perf_counter()
    bench.document.replace(opened)
    replaced = time.perf_counter()
    while window.graph.jobs.busy or window.graph.scene is None:
        app.processEvents()
        if not window.graph.jobs.busy and window.graph.scene is None:
            raise RuntimeError(f"nothing was drawn: {window.graph.note.text() or 'the drawing was given up'}")
        time.sleep(0.0005)
    until_sharp(app, window)
    first_paint_ms = 1e3 * (time.perf_counter() - begin)
    if window.graph.scene.drawing.outline.items and any(i.container for i in window.graph.scene.items):
        window.graph.drawings.open_all()
        settle(app, window)
    until_sharp(app, window)
    found = {"layout_ms": layout_ms, "first_paint_ms": first_paint_ms, "window_ms": 1e3 * (replaced - begin)}
    return found | zoomed(app, window) | panned(app, window) | {"boxes": float(len(window.graph.scene.leaves))}


def laid_out(window: MainWindow, opened: Opened) -> float:
    from engine.progress import Progress

    times = []
    for _ in range(3 if len(opened.index.layers) < MANY else 1):
        begin = time.perf_counter()
        draw(window.graph.drawings.drawer, opened, None, None, False, progress=Progress())
        times.append(1e3 * (time.perf_counter() - begin))
    return statistics.median(times)


def zoomed(app: QApplication, window: MainWindow) -> dict[str, float]:
    """Out from the beginning until all is in sight, in again at another place, notch by notch."""
    view = window.graph.view
    view.go_home()
    until_sharp(app, window)
    frames, sharp = [], []
    middle = QPointF(view.width() / 2, view.height() / 2)
    for notch in range(2 * NOTCHES):
        turn = -120 if notch < NOTCHES else 120
        at = middle if notch < NOTCHES else middle + QPointF(0, view.height() / 5)
        begin = time.perf_counter()
        wheel = QWheelEvent(at, QPointF(view.mapToGlobal(at.toPoint())), QPoint(), QPoint(0, turn),
                            Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase,
                            False)  # fmt: skip
        QApplication.sendEvent(view, wheel)
        frames += painted(view, begin)
        if notch % 6 == 5:
            begin = time.perf_counter()
            frames += until_sharp(app, window)
            sharp.append(1e3 * (time.perf_counter() - begin))
    return {"zoom_ms_p95": p95(frames), "zoom_ms_max": max(frames), "sharp_ms_p95": p95(sharp)}


def panned(app: QApplication, window: MainWindow) -> dict[str, float]:
    """Drags in all directions, near and from afar."""
    view = window.graph.view
    frames: list[float] = []
    generator = random.Random(0)
    for scale in (1.0, 0.4, 0.12, 0.03):
        view.zoom(scale / view.scale)
        frames_before = until_sharp(app, window)
        assert frames_before
        for _ in range(DRAGS):
            way = QPointF(generator.uniform(-8, 8), generator.uniform(-16, 16))
            at = QPointF(view.width() / 2, view.height() / 2)
            send(view, "press", at)
            for _ in range(STEPS):
                at += way
                begin = time.perf_counter()
                send(view, "move", at)
                frames += painted(view, begin)
            send(view, "release", at)
    return {"pan_ms_p95": p95(frames), "pan_ms_max": max(frames)}


def send(view: object, what: str, at: QPointF) -> None:
    from gui.canvas.view import CanvasView

    assert isinstance(view, CanvasView)
    kinds = {"press": QMouseEvent.Type.MouseButtonPress, "move": QMouseEvent.Type.MouseMove,
             "release": QMouseEvent.Type.MouseButtonRelease}  # fmt: skip
    left, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
    QApplication.sendEvent(
        view,
        QMouseEvent(kinds[what], at, QPointF(view.mapToGlobal(at.toPoint())), none if what == "move" else left,
                    none if what == "release" else left, Qt.KeyboardModifier.NoModifier),
    )  # fmt: skip


def painted(view: object, begin: float) -> list[float]:
    """Paint now, as the event loop would; from the event to the end of it."""
    from gui.canvas.view import CanvasView

    assert isinstance(view, CanvasView)
    view.repaint()
    return [1e3 * (time.perf_counter() - begin)]


def until_sharp(app: QApplication, window: MainWindow) -> list[float]:
    """Frames until nothing is missing any more."""
    frames = []
    while True:
        begin = time.perf_counter()
        window.graph.view.repaint()
        frames.append(1e3 * (time.perf_counter() - begin))
        if window.graph.view.sharp:
            app.processEvents()
            return frames


def settle(app: QApplication, window: MainWindow) -> None:
    while window.bench.jobs.busy or window.bench.glances.busy or window.graph.jobs.busy:
        app.processEvents()
        time.sleep(0.001)


def p95(values: list[float]) -> float:
    return statistics.quantiles(values, n=20)[-1]


def made_up(nodes: int, folder: Path) -> Path:
    """A trunk of Relu with an Add every few layers, which takes what came some layers before as well."""
    import onnx
    from onnx import TensorProto, helper

    made: list[onnx.NodeProto] = []
    values = ["x"]
    generator = random.Random(0)
    while len(made) < nodes:
        number = len(made)
        if number % BRANCH_EVERY == BRANCH_EVERY - 1:
            back = values[-generator.randint(2, min(BRANCH_EVERY, len(values)))]
            made.append(helper.make_node("Add", [values[-1], back], [f"v{number}"], f"layer{number}"))
        else:
            made.append(helper.make_node("Relu", [values[-1]], [f"v{number}"], f"layer{number}"))
        values.append(f"v{number}")
    x, y = (helper.make_tensor_value_info(name, TensorProto.FLOAT, [1, 16]) for name in ("x", values[-1]))
    model = helper.make_model(helper.make_graph(made, "made_up", [x], [y]), ir_version=8)
    model.opset_import[0].version = 17
    path = folder / f"made_up_{nodes}.onnx"
    onnx.save(model, path)
    return path


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
