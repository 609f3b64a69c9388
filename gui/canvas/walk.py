"""Which box a key leads to: down and up along lines, sideways to what stands beside."""

from __future__ import annotations

from typing import Literal

from gui.canvas.scene import NOTHING, Scene

Way = Literal["down", "up", "left", "right"]


def step(scene: Scene, current: int, way: Way) -> int:
    """The next box, or ``NOTHING``."""
    if current == NOTHING or current not in scene.rects:
        return int(min(scene.leaves, key=lambda n: (scene.top[n], scene.left[n]))) if len(scene.leaves) else NOTHING
    if way in ("down", "up"):
        linked = (scene.after if way == "down" else scene.before).get(current, [])
        return min((n for n in linked if n in scene.rects), key=lambda n: _apart(scene, current, n), default=NOTHING)
    return _beside(scene, current, way)


def _beside(scene: Scene, current: int, way: Way) -> int:
    """The nearest box to that side that is level with this one."""
    box = scene.rects[current]
    reach = box.height()
    found, nearest = NOTHING, float("inf")
    for number, other in scene.rects.items():
        distance = other.center().x() - box.center().x()
        if way == "left":
            distance = -distance
        height = abs(other.center().y() - box.center().y())
        if number != current and distance > 1 and height < reach and distance + 4 * height < nearest:
            found, nearest = number, distance + 4 * height
    return found


def _apart(scene: Scene, a: int, b: int) -> tuple[float, float]:
    """Straight below or above comes first."""
    one, other = scene.rects[a].center(), scene.rects[b].center()
    return abs(one.x() - other.x()), abs(one.y() - other.y())
