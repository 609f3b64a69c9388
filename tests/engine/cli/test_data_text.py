from __future__ import annotations

from engine.cli.data_text import data_json, data_text
from engine.data.cleaning import DataReport, LeftOut, PartReport
from engine.data.samples import Dataset
from engine.data.synthetic import SyntheticSamples

SAMPLES = SyntheticSamples((), {}, 1, 0)


def told(report: DataReport | None) -> list[str]:
    return data_text(data_json(Dataset(SAMPLES, SAMPLES, "named", report)))


def test_nothing_is_said_where_there_is_nothing_to_say() -> None:
    assert told(None) == [] and data_json(Dataset(SAMPLES, SAMPLES, "none")) == {}
    assert told(DataReport({"calibration": PartReport(5, 5, 5), "evaluation": PartReport(9, 9, 9)})) == []


def test_the_first_few_of_many_are_named() -> None:
    left_out = tuple(LeftOut(f"{n}.jpg", "unreadable", "cut off") for n in range(20))
    text = " ".join(" ".join(told(DataReport({"evaluation": PartReport(100, 100, 80, left_out)}))).split())
    assert text == (
        "left out 20 samples of 100 in the data, unreadable: 0.jpg (cut off), 1.jpg (cut off), 2.jpg (cut off) "
        "and 17 more"
    )


def test_what_was_left_out_of_the_calibration_is_no_warning() -> None:
    parts = {"calibration": PartReport(4, 4, 3), "evaluation": PartReport(9, 9, 9)}
    (warned, *_) = told(DataReport(parts, (("a", "b"),)))
    assert warned.startswith("WARNING   1 of 3 calibration samples are in the evaluation part too (a is b)")
    (told_, *_) = told(DataReport(parts, (("a", "a"),), overlap_left_out=True))
    assert told_.startswith("left out  1 of 4 calibration samples are in the evaluation part too (a)")
