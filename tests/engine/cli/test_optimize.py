from __future__ import annotations

import argparse
import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import pytest
from onnx import numpy_helper

from engine.cli.main import main
from engine.cli.optimize import _score_text, add_arguments, recipe_of
from engine.errors import Cancelled
from engine.recipe import Recipe, Rule
from engine.verification import search
from engine.verification.measured import Score
from engine.verification.search import Chosen

pytestmark = pytest.mark.usefixtures("capsys")
SAMPLES = Path(__file__).resolve().parents[3] / "resources" / "samples"
MODEL = SAMPLES / "digits_cnn.onnx"
DATA = SAMPLES / "digits"


def optimize(capsys: pytest.CaptureFixture[str], *flags: str | Path) -> tuple[int, dict[str, object], str]:
    status = main(["optimize", str(MODEL), "--json", "--quiet", *map(str, flags)])
    out, err = capsys.readouterr()
    return status, json.loads(out) if out else {}, err


def ids() -> list[str]:
    return [node.name for node in onnx.load(MODEL).graph.node]


def initializers(path: Path) -> dict[str, np.ndarray]:
    return {tensor.name: numpy_helper.to_array(tensor) for tensor in onnx.load(path).graph.initializer}


def test_the_contract(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.onnx"
    status, result, _ = optimize(
        capsys,
        "-o",
        out,
        "--quantize",
        "int8_static:op:Conv",
        "--prune",
        "magnitude_weights=0.5:op:Gemm",
        "--data",
        DATA,
    )
    assert status == 0
    keys = "output file_bytes parameters macs cleaned treated skipped checks split seconds"
    assert set(keys.split()) <= set(result)
    assert result["output"] == str(out)
    assert result["file_bytes"] == out.stat().st_size
    assert result["split"] == "named"
    checks = result["checks"]
    assert isinstance(checks, dict)
    assert checks["checker"] and checks["loads"] and checks["parity"]["max_abs_error"] < 1e-4
    treated = result["treated"]
    assert isinstance(treated, list)
    quantized = [t["id"] for t in treated if t["quantization"] == "int8_static"]
    pruned = [t["id"] for t in treated if t["pruning"] == "magnitude_weights"]
    ops = {node.name: node.op_type for node in onnx.load(MODEL).graph.node}
    assert {ops[layer_id] for layer_id in quantized} == {"Conv"}
    assert {ops[layer_id] for layer_id in pruned} == {"Gemm"}
    saved = {p.key: p.value for p in onnx.load(out).metadata_props}
    assert json.loads(saved["lathe.recipe"])["rules"]


def test_two_layers_in_the_place_of_one_replay_too(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second, recipe = tmp_path / "a.onnx", tmp_path / "b.onnx", tmp_path / "r.json"
    flags = ("--prune", "low_rank=energy:0.7:op:Conv", "--set", "low_rank.multiple=1")
    _, result, _ = optimize(capsys, "-o", first, *flags, "--save-recipe", recipe)
    factored, before = result["pruned"]["factored"], result["before"]  # type: ignore[index]
    assert factored
    fewer = sum(one["rows"] * one["outputs"] - one["rank"] * (one["rows"] + one["outputs"]) for one in factored)
    assert before["parameters"] - result["parameters"] == fewer  # type: ignore[operator]
    assert all(one["energy"] >= 0.7 and not one["on_data"] for one in factored)
    optimize(capsys, "-o", second, "--recipe", recipe)
    assert first.read_bytes() == second.read_bytes()


def test_a_saved_recipe_replays_to_the_same_bytes(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second, recipe = tmp_path / "1.onnx", tmp_path / "2.onnx", tmp_path / "recipe.json"
    flags = ("--quantize", "int8_static", "--prune", "magnitude_weights=0.3", "--set", "magnitude_weights.ratio=0.4")
    assert optimize(capsys, "-o", first, *flags, "--data", DATA, "--save-recipe", recipe)[0] == 0
    assert optimize(capsys, "-o", second, "--recipe", recipe, "--data", DATA)[0] == 0
    assert first.read_bytes() == second.read_bytes()
    assert any(rule.get("options", {}).get("ratio") for rule in json.loads(recipe.read_text())["rules"])


def test_nothing_that_is_read_is_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    model, data, out = tmp_path / "model.onnx", tmp_path / "data.npz", tmp_path / "out.onnx"
    recipe = tmp_path / "recipe.json"
    model.write_bytes(MODEL.read_bytes())
    data.write_bytes((DATA / "evaluation.npz").read_bytes())
    recipe.write_text(json.dumps({"lathe_recipe": 1, "clean": True, "shapes": {}, "rules": []}))
    before = {path: path.read_bytes() for path in (model, data, recipe)}
    for output, saved in ((data, tmp_path / "r"), (recipe, tmp_path / "r"), (out, model), (out, data), (out, out)):
        flags = ["-o", output, "--save-recipe", saved, "--recipe", recipe, "--data", data]
        assert main(["optimize", str(model), "--json", "--quiet", *map(str, flags)]) == 2
        captured = capsys.readouterr()
        assert not captured.out and "Choose another name" in captured.err
    assert not out.exists()
    assert {path: path.read_bytes() for path in before} == before


@pytest.mark.skipif(os.name == "nt", reason="file names are text there")
def test_a_file_name_that_is_no_text_is_kept_as_far_as_it_can_be(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    model = Path(os.fsdecode(bytes(tmp_path) + b"/m\xfcdel.onnx"))
    model.write_bytes(MODEL.read_bytes())
    assert main(["optimize", str(model), "-o", str(tmp_path / "out.onnx"), "--json", "--quiet"]) == 0
    assert json.loads(capsys.readouterr().out)["output"]
    saved = {p.key: p.value for p in onnx.load(tmp_path / "out.onnx").metadata_props}
    assert saved["lathe.source"] == "m?del.onnx"


def test_a_recipe_that_cannot_be_saved_is_told_before_anything_is_written(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    out = tmp_path / "out.onnx"
    status, _, err = optimize(capsys, "-o", out, "--save-recipe", tmp_path / "none" / "r.json")
    assert (status, out.exists()) == (2, False)
    assert "does not exist" in err


def test_keep_leaves_a_layer_in_float(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    conv = next(node.name for node in onnx.load(MODEL).graph.node if node.op_type == "Conv")
    status, result, _ = optimize(
        capsys, "-o", tmp_path / "out.onnx", "--keep", conv, "--quantize", "int8_static:op:*", "--data", DATA
    )
    assert status == 0
    treated = result["treated"]
    assert isinstance(treated, list) and treated
    assert conv not in [t["id"] for t in treated]


def test_keep_wins_wherever_it_stands() -> None:
    parser = argparse.ArgumentParser()
    add_arguments(parser)
    flags = ["--keep", "head/*", "--quantize", "int8_static:op:Conv"]
    recipe = recipe_of(parser.parse_args(["model.onnx", "-o", "out.onnx", *flags]))
    assert [(rule.choice, rule.selector) for rule in recipe.rules] == [("int8_static", "op:Conv"), ("float", "head/*")]


@pytest.mark.parametrize(
    ("flags", "words"),
    [
        (("--quantize", "int8_static:op:Convolution"), "op:Convolution"),
        (("--quantize", "int3"), "int3"),
        (("--prune", "magnitude_weights"), "how much"),
        (("--prune", "magnitude_weights=2"), "must be 0 to 1"),
        (("--prune", "magnitude_weights=threshold:x"), "threshold"),
        (("--prune", "magnitude_weights=threshold:-1"), "at least 0"),
        (("--prune", "low_rank=rank:0"), "at least 1"),
        (("--prune", "l1_channels=energy:0.5"), "no option"),
        (("--quantize", "int8_static", "--set", "int8_static.speed=11"), "no option 'speed'"),
        (("--set", "int8_static.per_channel=no"), "nothing uses 'int8_static'"),
        (("--recipe", "no_such_recipe.json"), "no_such_recipe.json"),
        (("--shape", "x"), "NAME="),
        (("--target", "abacus"), "abacus"),
    ],
)
def test_wrong_usage_ends_with_2_and_writes_nothing(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, flags: tuple[str, ...], words: str
) -> None:
    status, result, err = optimize(capsys, "-o", tmp_path / "out.onnx", *flags)
    assert (status, result) == (2, {})
    assert words in err
    assert "Traceback" not in err
    assert list(tmp_path.iterdir()) == []


def test_a_recipe_of_another_file_says_what_did_not_match(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.json"
    rules = [
        {"quantization": "int8_static", "selector": "op:Conv"},
        {"pruning": "magnitude_weights", "selector": "a_layer_of_another_model"},
    ]
    recipe.write_text(json.dumps({"lathe_recipe": 1, "clean": True, "shapes": {}, "rules": rules}))
    status, result, _ = optimize(capsys, "-o", tmp_path / "out.onnx", "--recipe", recipe, "--data", DATA)
    assert status == 0
    assert result["unmatched"] == ["a_layer_of_another_model"]
    recipe.write_text(json.dumps({"lathe_recipe": 1, "clean": True, "shapes": {}, "rules": rules[1:]}))
    assert optimize(capsys, "-o", tmp_path / "none.onnx", "--recipe", recipe)[0] == 2


def test_the_source_is_never_written(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    copy = tmp_path / "model.onnx"
    copy.write_bytes(MODEL.read_bytes())
    assert main(["optimize", str(copy), "-o", str(copy), "--quiet"]) == 2
    assert copy.read_bytes() == MODEL.read_bytes()


def test_what_a_person_reads_names_output_and_layers(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    out = tmp_path / "out.onnx"
    flags = ["--quantize", "int8_static:op:Conv", "--data", str(DATA)]
    assert main(["optimize", str(MODEL), "-o", str(out), *flags, "--quiet"]) == 0
    text = capsys.readouterr().out
    assert str(out) in text
    assert "int8 weights" in text
    assert "checker passed" in text


def test_a_limit_of_loss_becomes_rules_that_replay(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    first, second, recipe = tmp_path / "1.onnx", tmp_path / "2.onnx", tmp_path / "recipe.json"
    flags = ["--quantize", "int8_static", "--drop-limit", "0.02", "--data", DATA, "--runs", "3", "--warmup", "1"]
    status, result, _ = optimize(capsys, "-o", first, *flags, "--save-recipe", recipe)
    assert status == 0
    chosen, search = result["chosen"], result["search"]
    assert isinstance(chosen, list) and isinstance(search, dict)
    assert search["part"] == "calibration" and search["within_limit"] is True and result["split"] == "named"
    assert chosen and all(kept["id"] in ids() and kept["reason"] for kept in chosen)
    assert isinstance(result["score"], dict) and result["score"]["accuracy"] is not None
    rules = json.loads(recipe.read_text())["rules"]
    assert [rule["selector"] for rule in rules if rule.get("quantization") == "float"] == [k["id"] for k in chosen]
    assert optimize(capsys, "-o", second, "--recipe", recipe, "--data", DATA)[0] == 0
    assert first.read_bytes() == second.read_bytes()


def result_with(**values: Any) -> dict[str, Any]:
    accuracy = {"a": 0.98, "b": 0.14, "agreement": 0.14, "difference": -0.84, "p_value": 1e-20}
    outputs = [{"name": "scores", "sqnr_db": -1.6, "max_abs_error": 1.0}]
    return {"split": "named", "score": {"samples": 112, "accuracy": accuracy, "outputs": outputs}} | values


def test_a_model_that_was_broken_is_warned_of_with_a_way_out() -> None:
    lines = " ".join(_score_text(result_with()))
    assert "top-1 98.00% -> 14.00%" in lines and "112 samples of the evaluation part" in lines
    assert "WARNING" in lines and "lost 84.0 points" in lines and "--drop-limit" in lines
    assert "WARNING" not in " ".join(_score_text(result_with(drop_limit=0.3)))


def test_what_may_be_chance_is_no_warning() -> None:
    result = result_with()
    result["score"]["accuracy"] |= {"difference": -0.018, "p_value": 0.5}
    assert "WARNING" not in " ".join(_score_text(result))


@pytest.mark.parametrize(("sqnr_db", "warned"), [(30.0, False), (4.0, True), (None, True)])
def test_without_labels_the_error_of_the_worst_output_counts(sqnr_db: float | None, warned: bool) -> None:
    outputs = [
        {"name": "same", "sqnr_db": None, "max_abs_error": 0.0},
        {"name": "boxes", "sqnr_db": sqnr_db, "max_abs_error": 0.5},
    ]
    lines = " ".join(_score_text(result_with(score={"samples": 3, "accuracy": None, "outputs": outputs})))
    assert "output boxes" in lines and ("WARNING" in lines) is warned


def test_every_treatment_is_scored_on_data(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    flags: list[str | Path] = ["-o", tmp_path / "out.onnx", "--quantize", "int8_static:op:Conv"]
    _, result, _ = optimize(capsys, *flags, "--data", DATA)
    score = result["score"]
    assert isinstance(score, dict) and score["accuracy"]["a"] > 0.9 and score["outputs"]
    assert optimize(capsys, *flags)[1]["score"] is None


def test_a_search_that_is_stopped_leaves_its_best_recipe(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def stop(source: Any, recipe: Recipe, points: float, *rest: Any, **more: Any) -> Any:
        stopped = Cancelled()
        best = recipe.with_rule(Rule("quantization", "float", "conv1"))
        stopped.partial = Chosen(best, (), {}, Score(30.0), Score(40.0), True, 3, 8, complete=False)
        raise stopped

    monkeypatch.setattr(search, "within_drop", stop)
    saved = tmp_path / "recipe.json"
    flags = ("--quantize", "int8_static", "--drop-limit", "1", "--data", DATA, "--save-recipe", saved)
    assert optimize(capsys, "-o", tmp_path / "o.onnx", *flags)[0] == 130
    assert not (tmp_path / "o.onnx").exists()
    assert json.loads(saved.read_text())["rules"][-1]["selector"] == "conv1"


@pytest.mark.parametrize("flags", [["--drop-limit", "-1"], ["--drop-limit", "1"]])
def test_a_limit_of_loss_needs_a_number_and_data(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, flags: list[str]
) -> None:
    assert optimize(capsys, "-o", tmp_path / "o.onnx", "--quantize", "int8_static", *flags)[0] == 2
    assert not (tmp_path / "o.onnx").exists()
