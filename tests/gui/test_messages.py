"""The engine's messages, told as the window has things."""

from __future__ import annotations

import pytest

from gui.messages import in_the_window


@pytest.mark.parametrize(
    ("said", "shown"),
    [
        ("Give the input a shape: --shape image=1.", "Give the input a shape: File > Input shapes and values."),
        ("Give it with --input sr=VALUE, or samples with --data.",
         "Give it in File > Input shapes and values, or samples in the Data menu."),
        ("More runs (--runs) give a steadier median", "More runs (Runs in the toolbar) give a steadier median"),
        ("a longer run (--seconds) is steadier", "a longer run (Seconds in the Load panel) is steadier"),
        ("or leave them out with --bad-samples leave-out.", "or leave them out in Data > Samples."),
        ("`lathe optimize --recipe` replays it.", "`lathe optimize --recipe` replays it."),
    ],
)  # fmt: skip
def test_flags_become_places_of_the_window(said: str, shown: str) -> None:
    assert in_the_window(said) == shown
