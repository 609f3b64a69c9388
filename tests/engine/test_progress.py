from __future__ import annotations

import pytest

from engine.errors import Cancelled
from engine.progress import Progress, Tick


def test_track_reports_each_item() -> None:
    progress = Progress()
    seen = [progress.tick for _ in progress.track("abc", "letters")]
    assert seen == [Tick("letters", 0, 3), Tick("letters", 1, 3), Tick("letters", 2, 3)]


def test_cancel_stops_at_the_next_item_and_calls_the_hooks() -> None:
    progress, called = Progress(), []
    with pytest.raises(Cancelled), progress.on_cancel(lambda: called.append("killed")):
        for item in progress.track(range(5), "numbers"):
            if item == 2:
                progress.cancel()
    assert (progress.tick.done, called) == (2, ["killed"])


def test_a_hook_of_a_finished_block_is_not_called() -> None:
    progress, called = Progress(), []
    with progress.on_cancel(lambda: called.append("killed")):
        pass
    progress.cancel()
    assert called == []


def test_a_hook_registered_after_the_cancel_is_called_at_once() -> None:
    progress, called = Progress(), []
    progress.cancel()
    with progress.on_cancel(lambda: called.append("killed")):
        assert called == ["killed"]
