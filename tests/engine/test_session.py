"""Session files: what goes in comes out, hostile ones are refused, moved models are found by their hash."""

from __future__ import annotations

import json
import math
import zipfile
from pathlib import Path

import pytest

from engine.errors import DataError, UsageError
from engine.profiling.stored import read_as
from engine.progress import Progress
from engine.recipe import Recipe, Rule
from engine.session import Session, describe_file, find_source, in_pieces, load_session, plain, save_session
from engine.variants import Variants
from engine.verification.compare import Comparison, OutputError


@pytest.fixture
def model(tmp_path: Path) -> Path:
    path = tmp_path / "models" / "m.onnx"
    path.parent.mkdir()
    path.write_bytes(b"a model" * 100)
    return path


def session(model: Path) -> Session:
    recipe = Recipe().with_rule(Rule("quantization", "int8_static", "conv", {"percentile": 99.9}))
    variants = Variants.of(Recipe()).add(recipe, "small")
    exact = Comparison(3, (OutputError("y", math.inf, 1.0, 0.0),), None)
    return Session(
        describe_file(model, Progress()), variants, "/data", {"samples": 5}, {"threads": 2},
        {"comparisons": {"key": exact}},  # type: ignore[dict-item]
        {"panel": "variants"},
    )  # fmt: skip


def test_what_goes_in_comes_out(model: Path, tmp_path: Path) -> None:
    kept = session(model)
    save_session(kept, tmp_path / "s.lathe")
    found = load_session(tmp_path / "s.lathe")
    assert found.source == kept.source
    assert found.variants == kept.variants
    assert (found.data, found.data_choice, found.settings) == ("/data", {"samples": 5}, {"threads": 2})
    compared = read_as(Comparison, found.figures["comparisons"]["key"], where="", what="", way_out="")
    assert compared.outputs[0].sqnr_db == math.inf, "JSON has no infinity, a session has"
    assert not list(tmp_path.glob(".s.lathe*")), "nothing is left beside it"


def test_a_model_is_never_written_over(model: Path) -> None:
    before = model.read_bytes()
    with pytest.raises(UsageError, match="never written"):
        save_session(session(model), model)
    assert model.read_bytes() == before


@pytest.mark.parametrize("where", ["same name elsewhere", "other name elsewhere", "beside the session"])
def test_a_moved_model_is_found_by_its_hash(model: Path, tmp_path: Path, where: str) -> None:
    kept = session(model)
    other = tmp_path / "other" / "deep"
    other.mkdir(parents=True)
    place = tmp_path / "sessions" / "s.lathe"
    place.parent.mkdir()
    target = {"same name elsewhere": other / "m.onnx", "other name elsewhere": other / "renamed.onnx",
              "beside the session": place.parent / "m.onnx"}[where]  # fmt: skip
    model.rename(target)
    (model.parent / "m.onnx").write_bytes(b"another" * 100)  # of the same name and size, not the same
    assert find_source(kept, place, [tmp_path / "other"], Progress()) == target
    target.unlink()
    assert find_source(kept, place, [tmp_path / "other"], Progress()) is None


@pytest.mark.parametrize("damage", ["no zip", "no entry", "newer", "no variants", "current", "list", "bad number"])
def test_what_is_no_session_is_refused(model: Path, tmp_path: Path, damage: str) -> None:
    path = tmp_path / "s.lathe"
    save_session(session(model), path)
    with zipfile.ZipFile(path) as archive:
        head, figures = json.loads(archive.read("session.json")), archive.read("figures.json").decode()
    if damage == "newer":
        head["lathe_session"] = 99
    elif damage == "no variants":
        head["variants"] = []
    elif damage == "current":
        head["current"] = 7
    elif damage == "list":
        head = [head]
    elif damage == "bad number":
        figures = '{"a": {"b": {"$number": "much"}}}'
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("session.json", json.dumps(head))
        if damage != "no entry":
            archive.writestr("figures.json", figures)
    if damage == "no zip":
        path.write_text("hello")
    with pytest.raises(DataError, match="session"):
        load_session(path)


def test_a_number_without_bound_is_one_only_in_sessions() -> None:
    with pytest.raises(DataError):
        read_as(OutputError, {"name": "y", "sqnr_db": math.inf, "cosine": 1.0, "max_abs_error": 0.0}, where="",
                what="an error", way_out="")  # fmt: skip


def test_figures_are_written_in_small_pieces_that_say_the_same() -> None:
    exact = Comparison(3, (OutputError("y", math.inf, 1.0, 0.0),) * 500, None)
    figures = {"comparisons": {'a "key"': exact, "none": {}}, "sweeps": {"k": {"points": list(range(2000))}}}
    pieces = list(in_pieces(figures))
    assert json.loads("".join(pieces)) == plain(figures)
    assert max(map(len, pieces)) < 6000, "what is encoded at once stops all other threads"
