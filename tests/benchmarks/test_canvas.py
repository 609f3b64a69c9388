"""The benchmark of the canvas: a size that fails costs no other."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from benchmarks.cases import canvas
from benchmarks.subject import Subject


def test_a_size_that_fails_costs_no_other(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    def report(arguments: list[str], _timeout_s: float) -> tuple[float, dict[str, Any]]:
        if arguments[-1] == "50000":
            raise RuntimeError("python -m benchmarks.canvas 50000 ended with -9")
        return 1.0, dict.fromkeys(canvas.TEXTS, 7.0)

    monkeypatch.setattr(canvas, "report_of", report)
    subject = Subject("a model", Path("m.onnx"), Path("data"))
    sizes = {figure.name.split(".")[0] for figure in canvas.measure(subject)}
    assert sizes == {"101", "1746", "10000"}
    said = capsys.readouterr().err
    assert "10,000 nodes: layout 7 ms" in said and "50,000 nodes: python -m benchmarks.canvas 50000 ended" in said
