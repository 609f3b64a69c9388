from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.parser
import pytest

from engine.cli.main import main

MODEL_KEYS = {
    "path", "format", "opset", "producer", "inputs", "outputs", "parameters", "parameter_bytes", "macs", "file_bytes",
    "layers", "quantized", "runs", "reason",
}  # fmt: skip
LAYER_KEYS = {
    "id", "name", "op", "scope", "parameters", "parameter_bytes", "macs", "output_bytes", "output_shape", "dtype",
    "quantization", "pruning",
}  # fmt: skip


@pytest.fixture
def model(tmp_path: Path) -> Path:
    proto = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 13, "my" : 1], producer_name: "hand", producer_version: "2">
        g (float[N,3,H,W] image) => (float[N,8,H,W] y, float[N] z) {
            [conv] c = Conv<pads=[1,1,1,1]>(image, w)
            [act] y = Relu(c)
            [own] z = my.Thing(y)
        }"""
    )
    proto.graph.node[0].name = "net/stem/conv"
    proto.graph.initializer.append(onnx.numpy_helper.from_array(np.ones((8, 3, 3, 3), np.float32), "w"))
    path = tmp_path / "m.onnx"
    onnx.save(proto, path)
    return path


def inspect(capsys: pytest.CaptureFixture[str], *words: str) -> dict[str, Any]:
    status = main(["inspect", *words, "--json"])
    out = capsys.readouterr().out
    assert status == 0
    found = json.loads(out)
    assert isinstance(found, dict)
    return found


def test_has_the_keys_of_the_contract(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = inspect(capsys, str(model))
    assert result["model"].keys() >= MODEL_KEYS
    assert all(layer.keys() >= LAYER_KEYS for layer in result["layers"])
    assert result["model"]["layers"] == len(result["layers"]) == 3


def test_says_what_the_model_is(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = inspect(capsys, str(model))["model"]
    assert (told["format"], told["opset"], told["producer"]) == ("onnx", 13, "hand 2")
    assert told["inputs"] == [{"name": "image", "dtype": "float32", "shape": ["N", 3, "H", "W"]}]
    assert (told["parameters"], told["parameter_bytes"]) == (216, 864)
    assert told["file_bytes"] == model.stat().st_size
    assert told["quantized"] is False


def test_unknown_is_null_and_not_zero(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = inspect(capsys, str(model))
    conv, act, own = result["layers"]
    assert (conv["macs"], act["macs"], own["macs"], result["model"]["macs"]) == (None, 0, None, None)
    assert (conv["scope"], own["scope"]) == ("net/stem", "")


def test_shapes_and_batch_count(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conv = inspect(capsys, str(model), "--shape", "image=2,3,10,10")["layers"][0]
    assert (conv["macs"], conv["output_shape"], conv["output_bytes"]) == (2 * 8 * 100 * 27, [2, 8, 10, 10], 6400)


def test_a_model_that_cannot_run_says_why(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    told = inspect(capsys, str(model))["model"]
    assert told["runs"] is False
    assert "Thing" in told["reason"]


def test_layers_name_the_schemes_and_pruners_that_apply(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    conv, _, own = inspect(capsys, str(model))["layers"]
    assert conv["quantization"]
    assert conv["pruning"]
    assert (own["quantization"], own["pruning"]) == ([], [])


def test_layers_name_their_group_of_channels_and_why_it_stays(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = inspect(capsys, str(model))
    conv, act, own = found["layers"]
    (group,) = found["groups"]
    assert (group["id"], group["channels"], group["unit"], group["layers"]) == (conv["id"], 8, "channel", [conv["id"]])
    assert group["coupled"] == [conv["id"]]
    assert conv["group"] == {key: group[key] for key in ("id", "channels", "unit", "reason")}
    assert "the op my.Thing is not understood" in group["reason"]
    assert act["group"]["reason"] == f"its channels are those of {conv['id']}"
    assert own["group"] is None


def test_a_person_reads_a_table(model: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["inspect", str(model), "--shape", "image=1,3,10,10"]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].endswith("m.onnx: onnx, opset 13, hand 2")
    assert "input image: float32 Nx3xHxW" in lines
    row = next(line for line in lines if line.startswith("net/stem/conv"))
    assert row.split()[1:5] == ["Conv", "1x8x10x10", "216", "21,600"]


def shuffled(tmp_path: Path) -> Path:
    """Two Convs and what lies between them, its Pad written as exporters do: computed from constants."""
    proto = onnx.parser.parse_model(
        """<ir_version: 8, opset_import: ["" : 13]> g (float[1,3,4,4] x) => (float[1,2,4,4] y) {
            [first] a = Conv(x, w)
            pads = Concat<axis=0>(none, none, none, none)
            [pad] p = Pad(a, pads)
            [act] b = Relu(p)
            [second] y = Conv(b, v)
        }"""
    )
    shapes = {"w": (8, 3, 1, 1), "v": (2, 8, 1, 1)}
    proto.graph.initializer.extend(
        [onnx.numpy_helper.from_array(np.ones(shape, np.float32), name) for name, shape in shapes.items()]
        + [onnx.numpy_helper.from_array(np.zeros(2, np.int64), "none")]
    )
    path = tmp_path / "pads.onnx"
    onnx.save(proto, path)
    return path


def test_groups_are_those_that_a_cut_has_after_cleaning(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    result = inspect(capsys, str(shuffled(tmp_path)))
    (group,) = (group for group in result["groups"] if group["reason"] is None)
    assert (group["id"], group["channels"], group["coupled"]) == ("first", 8, ["first", "second"])


def test_a_person_reads_the_groups_where_they_are_asked_for(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = str(shuffled(tmp_path))
    assert main(["inspect", path]) == 0
    out = capsys.readouterr().out
    assert "channels: 1 group of layers can be cut" in out
    assert main(["inspect", path, "--groups"]) == 0
    out = capsys.readouterr().out
    assert "  first: 8 channels\n    taken along in second\n" in out
    assert "  it reaches the model's output 'y'\n    second" in out


@pytest.mark.parametrize(
    ("words", "status"), [(["--shape", "nope=1"], 2), (["--shape", "image=1,4,8,8"], 2), (["--shape", "image"], 2)]
)
def test_wrong_usage(model: Path, capsys: pytest.CaptureFixture[str], words: list[str], status: int) -> None:
    assert main(["inspect", str(model), *words, "--json"]) == status
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_what_is_no_model_ends_with_status_3(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "m.onnx"
    path.write_bytes(b"\x08\x08not a model")
    assert main(["inspect", str(path), "--json"]) == 3
    captured = capsys.readouterr()
    assert captured.out == ""
    assert "Traceback" not in captured.err


def test_needs_neither_runtime_nor_sympy(model: Path) -> None:
    code = f"""
import sys
sys.modules["onnxruntime"] = None
from engine.cli.main import main
status = main(["inspect", {str(model)!r}, "--json", "--quiet"])
print(status, "sympy" in sys.modules, "torch" in sys.modules, file=sys.stderr)
"""
    # the operator of its own would make it ask the runtime what it knows
    proto = onnx.load(model)
    del proto.graph.node[2], proto.graph.output[1]
    onnx.save(proto, model)
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, timeout=120)
    assert done.stderr.split() == ["0", "False", "False"]
    assert json.loads(done.stdout)["model"]["runs"] in (True, None)


@pytest.mark.real_models
@pytest.mark.parametrize(
    ("name", "runs", "reason"),
    [
        ("mobilenet_v2_1.0_224_fp32", True, ""),
        ("trt_duplicate_node_names", False, "identical"),
        ("superres_pre_post_ortext", False, "com.microsoft.extensions"),
    ],
)
def test_real_models_say_whether_they_run(real_model, capsys, name: str, runs: bool, reason: str) -> None:
    told = inspect(capsys, str(real_model(name)))["model"]
    assert told["runs"] is runs
    assert reason in told["reason"]
