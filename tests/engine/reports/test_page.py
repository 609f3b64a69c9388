"""The page: everything escaped, nothing from elsewhere, every figure there with its unit."""

from __future__ import annotations

import math
import re
import xml.etree.ElementTree as ET
from html.parser import HTMLParser

import pytest

from engine.reports.page import LayerRow, Report, Subject, render
from engine.reports.scores import Score
from engine.reports.sorting import SCRIPT, hash_of
from engine.reports.svg import Bar, Point, bars, scatter, span, tick, ticks
from engine.reports.words import db, size, three, time_us

EVIL = "<script>alert(1)</script>&\"'"
VOID = frozenset({"meta", "br", "rect", "line", "circle", "polyline"})


class Wellformed(HTMLParser):
    """Every element is closed in order."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.seen.add(tag)
        assert not any(name in ("src", "href") or name.startswith("on") for name, _ in attrs), (tag, attrs)
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if tag not in VOID:
            assert self.open.pop() == tag


@pytest.fixture
def page() -> str:
    base = Score("model.onnx", "", 13_970_000, 3_489_099, 300_000_000, 2.85, 1.0, accuracy=0.88, drop_points=0.0)
    treated = Score(EVIL, "int8", 3_800_000, 3_489_099, 300_000_000, 1.74, 0.61, (0.6, 0.62), True, True,
                    accuracy=0.877, drop_points=0.3, sqnr_db=math.inf, samples=300)  # fmt: skip
    rows = [LayerRow(EVIL, "Conv", "1×8×4×4 float32", 100, 2000, 12.5, 0.5, "timed", "int8")]
    subjects = [Subject(base, layers=rows), Subject(treated, [("File", EVIL)], rows, before_us={EVIL: 25.0},
                notes=[EVIL], reasons=[(EVIL, EVIL)], commands=[EVIL])]  # fmt: skip
    return render(Report(EVIL, "now", "model.onnx", subjects, [("Device", EVIL)], [f"lathe report '{EVIL}'"]))


def test_the_page_is_whole_and_nothing_but_its_own_script_runs(page: str) -> None:
    found = Wellformed()
    found.feed(page)
    assert not found.open
    before, after = page.split(f"<script>{SCRIPT}</script>")
    assert "<script" not in before and "<script" not in after, "names of models are no code"
    assert f"script-src {hash_of(SCRIPT)}" in before, "and would not run if they were"
    assert "http://" not in page
    assert "https://" not in page
    assert "prefers-color-scheme: dark" in page
    assert "@media print" in page


def test_cells_carry_the_numbers_that_they_sort_by(page: str) -> None:
    """As text 3.80 MB would come before 13.9 MB, and 896 before 1.63 k."""
    for shown, value in (("3.80\u202fMB", "3800000"), ("2.85\u202fms", "2.85"), ("exact", "Infinity"),
                         ("12.5\u202fµs", "12.5"), ("2.00\u202fk", "2000")):  # fmt: skip
        assert re.search(f'<td class=n[^>]* data-v="{re.escape(value)}">[^<]*{shown}<', page), shown


def test_a_gain_that_is_too_close_to_tell_says_so(page: str) -> None:
    base = Score("model.onnx", "", latency_ms=11.1, latency_ratio=1.0)
    doubtful = Score("a", "int8", latency_ms=15.1, latency_ratio=0.467, interval=(0.175, 1.808), fair=True, noisy=True)
    apart = Score("b", "int8", latency_ms=9.0, latency_ratio=0.811)
    told = render(Report("t", "now", "model.onnx", [Subject(score) for score in (base, doubtful, apart)]))
    for text in ("2.14× ?", "1.23× ?", "noisy 15.1\u202fms", "too close to tell", "from two separate measurements"):
        assert text in told
    assert "too close to tell" not in page and "1.64× ?" not in page


def test_no_name_makes_the_page_or_a_plot_illegal() -> None:
    name = "\x07bell\x1b[31m"
    subject = Subject(Score(name, "", latency_ms=1.0), layers=[LayerRow(name, "Conv", "", 1, 1, 2.0)])
    told = render(Report(name, "now", name, [subject]))
    assert not re.search("[\x00-\x08\x0b-\x1f]", told) and "\ufffdbell\ufffd[31m" in told


def test_the_figures_stand_in_the_summary(page: str) -> None:
    for text in ("3.80\u202fMB", "2.85\u202fms", "1.64×", "88.0\u202f%", "exact", "interval 0.600 to 0.620"):
        assert text in page


@pytest.mark.parametrize("plot", [
    bars("t", [Bar(EVIL, 3.0, "3 µs", 5.0, "5 µs"), Bar("b", 0.0, "0")]),
    scatter("t", "x", "y", [Point(EVIL, 1.0, 2.0, "p", True), Point("b", 1.0, 2.0, "q")]),
])  # fmt: skip
def test_plots_are_xml(plot: str) -> None:
    assert ET.fromstring(plot).tag == "svg"


def test_axes_show_all_values_at_round_numbers() -> None:
    low, high, step = span([0.33, 2.9])
    assert low <= 0.33
    assert high >= 2.9
    assert ticks(low, high, step)[-1] == pytest.approx(high)
    assert span([5.0, 5.0])[0] < 5 < span([5.0, 5.0])[1], "one value has room on both sides"


def test_values_that_differ_by_rounding_are_one_and_marks_tell_each_other_apart() -> None:
    low, high, step = span([99.777777777, 99.777777778])
    marks = [tick(value, step) for value in ticks(low, high, step)]
    assert len(set(marks)) == len(marks)
    assert [tick(value, 0.02) for value in (0.98, 1.0)] == ["0.98", "1.00"]
    plot = scatter("t", "x", "accuracy, %", [Point("a", 1.0, 99.8, ""), Point("b", 2.0, 99.8, "")], 100.0)
    assert ">100<" in plot
    assert ">102<" not in plot


def test_words() -> None:
    assert (three(0.0614), three(123.4), three(9.996)) == ("0.0614", "123", "10.0")
    assert (time_us(2850.0), time_us(None), size(999_600)) == ("2.85\u202fms", "–", "1.00\u202fMB")
    assert (db(math.inf), db(-math.inf), db(31.46)) == ("exact", "not finite", "31.5\u202fdB")
