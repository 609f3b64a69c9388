"""``lathe report`` on a small model and its treated form."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.cli.main import main
from resources import samples

FAST = ["--runs", "5", "--warmup", "1", "--samples", "20", "--threads", "1", "--quiet"]


@pytest.fixture
def model() -> Path:
    return samples()[-1].model


def test_two_models_make_a_page(capsys: pytest.CaptureFixture[str], tmp_path: Path, model: Path) -> None:
    treated, page = tmp_path / "int8.onnx", tmp_path / "r.html"
    data = ["--data", str(samples()[-1].data)]
    assert main(["optimize", str(model), "-o", str(treated), "--quantize", "int8_static:op:*", *data, "--quiet"]) == 0
    capsys.readouterr()
    status = main(["report", str(model), str(treated), "-o", str(page), "--no-fair", "--json", *data, *FAST])
    told = json.loads(capsys.readouterr().out)
    assert status == 0
    assert [m["file_bytes"] for m in told["models"]] == [model.stat().st_size, treated.stat().st_size]
    assert told["models"][0]["ratio"] == 1.0
    assert told["models"][1]["sqnr_db"] > 10
    assert told["models"][0]["accuracy"] is not None, "the reference's accuracy comes with the comparison"
    text = page.read_text(encoding="utf-8")
    assert told["bytes"] == page.stat().st_size
    assert "int8.onnx" in text
    assert "Conv" in text
    assert text.count('class="graph"') == 2
    assert f"lathe report {model}" in text


def test_a_report_is_never_written_over_a_model(
    model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    copy = tmp_path / "m.onnx"
    copy.write_bytes(model.read_bytes())
    assert main(["report", str(copy), "-o", str(copy), *FAST]) == 2
    assert "never written" in capsys.readouterr().err
    assert copy.read_bytes() == model.read_bytes()
