"""Spans: one lane for each provider and thread, nested kernels below each other."""

from __future__ import annotations

from engine.backend import KernelEvent
from engine.profiling.raw import Timeline
from gui.main_window import MainWindow
from gui.plots.spans import spans_of
from tests.gui import measured


def test_a_lane_for_each_provider_and_a_look_for_each_kind(opened: MainWindow) -> None:
    document = opened.bench.document
    spans, lanes = spans_of(measured.timeline(), measured.profile(document), measured.measurement(document).homes)
    assert [lane.title for lane in lanes] == ["CUDA", "CPU"]
    assert {span.name: span.kind for span in spans} == {
        "fused": "kernel", "reorder": "inserted", "to_host": "copy", "slow": "fallback", "strange": "kernel",
    }  # fmt: skip
    assert next(span for span in spans if span.name == "slow").row == 1
    assert spans[0].layers == ("block0/conv", "block0/relu")


def test_what_runs_inside_another_kernel_stands_below_it(opened: MainWindow) -> None:
    def event(name: str, start: float, duration: float, thread: int = 1) -> KernelEvent:
        return KernelEvent(name, "Loop", "CPUExecutionProvider", start, duration, thread)

    events = (event("inside", 10, 20), event("loop", 0, 100), event("deep", 12, 5), event("after", 100, 10),
              event("other", 0, 5, thread=2))  # fmt: skip
    no = (False,) * 5
    spans, lanes = spans_of(Timeline(events, ((),) * 5, (None,) * 5, no), measured.profile(opened.bench.document), {})
    assert {span.name: span.row for span in spans} == {"loop": 0, "inside": 1, "deep": 2, "after": 0, "other": 3}
    assert [(lane.title, lane.first_row, lane.rows) for lane in lanes] == [("CPU 1", 0, 3), ("CPU 2", 3, 1)]
    assert [span.start_us for span in spans] == sorted(span.start_us for span in spans)
