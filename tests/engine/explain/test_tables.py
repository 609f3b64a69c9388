from __future__ import annotations

import csv
import io
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.errors import CheckError, UsageError
from engine.explain.diff import diff
from engine.explain.memory import ActivationMemory, MemoryStep
from engine.explain.placement import placement
from engine.explain.reason import Reason, Remedy
from engine.explain.tables import (
    Table,
    check_folder,
    diff_table,
    memory_table,
    profile_tables,
    reasons_table,
    to_csv,
    write_tables,
)
from engine.profiling.profile import Histogram
from tests.engine.explain.test_diff import profile

HOSTILE = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "=cmd|' /C calc'!A0"]


def read(table: Table) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(to_csv(table), newline="")))


@pytest.mark.parametrize("name", HOSTILE)
def test_a_layer_is_never_a_formula(name: str) -> None:
    for table in (*profile_tables(profile([(name, 1.0)])), diff_table(diff(profile([]), profile([(name, 1.0)])))):
        for row in csv.reader(io.StringIO(to_csv(table), newline="")):
            assert not [cell for cell in row if cell.startswith(("=", "+", "@", "\t", "\r"))]
            assert not [cell for cell in row if cell.startswith("-") and cell == name]
    (layer, _rest) = read(profile_tables(profile([(name, 1.0)]))[1])
    assert layer["id"] == "'" + name


def test_a_number_below_zero_stays_one() -> None:
    (row, _rest) = read(diff_table(diff(profile([("a", 3.0)]), profile([("a", 1.0)]))))
    assert float(row["delta_us"]) == -2.0


@given(st.lists(st.text(st.characters(exclude_categories=["Cs"])), min_size=1, max_size=4))
def test_any_text_comes_back(texts: list[str]) -> None:
    table = Table("t", tuple(f"c{n}" for n in range(len(texts))), (tuple(texts),))
    (row,) = list(csv.reader(io.StringIO(to_csv(table), newline="")))[1:]
    assert [cell.removeprefix("'") for cell in row] == [text.removeprefix("'") for text in texts]
    assert to_csv(table).endswith("\r\n")


def test_the_layers_and_the_unattributed_row_sum_to_the_whole() -> None:
    measured = profile([("a", 6.0), ("b", 3.0), (None, 1.0)], unattributed_us=1.0, unattributed_share=0.1)
    rows = read(next(table for table in profile_tables(measured) if table.name == "layers"))
    assert [row["id"] for row in rows] == ["a", "b", "(unattributed)"]
    assert sum(float(row["share"]) for row in rows) == pytest.approx(1.0)
    assert sum(float(row["median_us"]) for row in rows) == pytest.approx(10.0)


def test_every_field_of_a_profile_is_in_a_table() -> None:
    measured = profile([("a", 1.0)], settings={"level": "all"}, environment={"onnxruntime": "1.23"})
    measured = replace(measured, latency_ms=replace(measured.latency_ms, histogram=Histogram((0.0, 1.0, 2.0), (3, 4))))
    tables = {table.name: table for table in profile_tables(measured)}
    figures = {row["figure"] for row in read(tables["summary"])}
    stated = measured.to_json()
    assert {key for key, value in stated.items() if not isinstance(value, dict | tuple)} <= figures
    assert {"latency_ms.p99", "latency_ms.interval", "settings.level", "environment.onnxruntime", "notes"} <= figures
    assert set(stated["kernels"][0]) == set(tables["kernels"].header)
    assert set(stated["layers"][0]) == set(tables["layers"].header)
    assert [row["runs"] for row in read(tables["histogram"])] == ["3", "4"]


def test_reasons_and_memory() -> None:
    reason = Reason("casts", "2 casts", ("a", "b"), None, "detail", "advice", (Remedy("clean", "Clean"),))
    (row,) = read(reasons_table([reason]))
    assert row == {
        "rule": "casts", "title": "2 casts", "cost_us": "", "layers": "a; b",
        "detail": "detail", "advice": "advice", "remedies": "Clean",
    }  # fmt: skip
    (step,) = read(memory_table(ActivationMemory(1, 2, ("a",), (MemoryStep("a", 2, 1),))))
    assert step["live_bytes"] == "2"


def test_the_placement_of_kernels_sums_to_the_whole_and_shows_what_fell_back() -> None:
    measured = profile([("a", 6.0), ("a", 1.0), ("b", 3.0)])
    first, copy, last = measured.kernels
    measured = replace(
        measured,
        kernels=(
            replace(first, provider="CUDA"),
            replace(copy, provider="CUDA", copy=True),
            replace(last, provider="CPU", fallback=True),
        ),
    )
    on_gpu, on_cpu = placement(measured)
    assert (on_gpu.provider, on_gpu.layers, on_gpu.kernels, on_gpu.fallback) == ("CUDA", 1, 2, False)
    assert (on_gpu.copies, on_gpu.copies_us) == (1, 1.0)
    assert (on_cpu.provider, on_cpu.fallback, on_cpu.share) == ("CPU", True, pytest.approx(0.3))
    assert on_gpu.share + on_cpu.share == pytest.approx(1.0)


def test_a_folder_is_made_and_files_are_replaced(tmp_path: Path) -> None:
    folder = tmp_path / "tables"
    for rows in (((1,),), ((2,),)):
        check_folder(folder, ["t"], {})
        write_tables(folder, [Table("t", ("n",), rows)])
    assert (folder / "t.csv").read_bytes() == b'"n"\r\n2\r\n'


def test_a_failure_leaves_no_folder_of_tables(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(path: Path, _text: str) -> None:
        if path.name == "second.csv":
            raise CheckError("the disk is full")

    monkeypatch.setattr("engine.explain.tables.write_text", full)
    found = [Table(name, ("n",), ()) for name in ("first", "second")]
    with pytest.raises(CheckError, match="full"):
        write_tables(tmp_path / "new", found)
    assert not (tmp_path / "new").exists()
    (tmp_path / "old").mkdir()
    with pytest.raises(CheckError, match="full"):
        write_tables(tmp_path / "old", found)
    assert (tmp_path / "old").is_dir(), "which may hold something else"


def test_a_folder_that_cannot_be_one(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x")
    with pytest.raises(UsageError, match="is a file"):
        check_folder(tmp_path / "file", [], {})
    with pytest.raises(UsageError, match="several tables"):
        check_folder(tmp_path / "layers.csv", [], {})
    with pytest.raises(UsageError, match="does not exist"):
        check_folder(tmp_path / "missing" / "tables", [], {})
    (tmp_path / "layers.csv").write_text("kept")
    with pytest.raises(UsageError, match="the model"):
        check_folder(tmp_path, ["layers"], {tmp_path / "layers.csv": "the model"})
