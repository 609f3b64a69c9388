"""How long a job will still take, from how far it came; told calmly."""

from __future__ import annotations

from engine.progress import Tick
from gui.language import tr

PATIENCE_S = 1.0
"""Nothing is said before: a first guess would be wrong, and a short job needs none."""
STEADY = 0.3
"""The weight of a new guess against the ones before."""


class TimeLeft:
    """Fed with ticks and the time at which they were seen; a phase begins with another job or another total."""

    def __init__(self) -> None:
        self._phase: tuple[object, int | None] | None = None
        self._began = 0.0
        self._first = 0
        self._done = 0
        self._end: float | None = None

    def seen(self, job: object, tick: Tick, now: float) -> None:
        phase = (job, tick.total)
        if phase != self._phase or tick.done < self._done:
            self._phase, self._began, self._first, self._end = phase, now, tick.done, None
        elif tick.done > self._done and tick.total:
            pace = (now - self._began) / (tick.done - self._first)
            end = now + pace * max(0, tick.total - tick.done)
            self._end = end if self._end is None else self._end + STEADY * (end - self._end)
        self._done = tick.done

    def left_s(self, now: float) -> float | None:
        """Seconds; None where that cannot be told yet."""
        if self._end is None or now - self._began < PATIENCE_S:
            return None
        return max(0.0, self._end - now)


def text(left_s: float | None) -> str:
    """In steps that do not flicker: "about 20 s left"."""
    if left_s is None:
        return ""
    if left_s < 3:
        return tr("a few seconds left")
    for limit, step in ((10, 1), (60, 5), (300, 15)):
        if left_s < limit:
            rounded = max(step, round(left_s / step) * step)
            if rounded < 60:
                return tr("about {seconds} s left").format(seconds=rounded)
            return tr("about {minutes} min left").format(minutes=f"{rounded / 60:.2g}")
    return tr("about {minutes} min left").format(minutes=round(left_s / 60))


def so_far(seconds: int) -> str:
    """For what ends when it ends, such as building a session."""
    return tr("{seconds} s so far").format(seconds=seconds) if seconds >= 2 else ""
