"""The table of variants, and which of them no other beats."""

from __future__ import annotations

import csv
import io

from engine.explain.tables import to_csv
from engine.reports.scores import Score, front, scores_table


def score(name: str, ms: float | None, size: int | None, accuracy: float | None = None) -> Score:
    return Score(name, "", file_bytes=size, latency_ms=ms, accuracy=accuracy)


def test_the_front_leaves_out_what_another_beats() -> None:
    found = [score("float", 3.0, 14, 0.88), score("int8", 1.5, 4, 0.87), score("worse", 1.6, 4, 0.80),
             score("unknown", None, None)]  # fmt: skip
    assert front(found) == {0, 1}
    assert front([score("a", 3.0, 14), score("b", 1.5, 4)]) == {1}, "without accuracies time and size decide"
    assert front([score("a", 1.0, 4, 0.9), score("b", 1.0, 4, 0.9)]) == {0, 1}, "equals do not beat each other"


def test_csv_has_every_figure_and_guards_names() -> None:
    found = Score("=evil", "int8 static: 3 layers", 4_000_000, latency_ms=1.5, latency_ratio=0.5, interval=(0.4, 0.6),
                  fair=True)  # fmt: skip
    (row,) = csv.DictReader(io.StringIO(to_csv(scores_table([found]))))
    assert row["name"] == "'=evil"
    assert (row["file_bytes"], row["latency_ms"], row["ratio_low"], row["ratio_high"]) == (
        "4000000",
        "1.5",
        "0.4",
        "0.6",
    )
    assert row["accuracy"] == ""
    assert row["fair"] == "true"
