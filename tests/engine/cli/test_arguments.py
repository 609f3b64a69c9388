from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import onnx
import onnx_ir as ir
import pytest

from engine.backend import RunSettings
from engine.cli.arguments import (
    add_cache_argument,
    add_run_arguments,
    data_options,
    dataset_of,
    range_cache,
    run_settings,
    settings_of,
)
from engine.cli.main import main
from engine.data.options import DataOptions
from engine.errors import UsageError


def settings(*flags: str, treatments: tuple[str, ...] = ()) -> RunSettings:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    return run_settings(parser.parse_args(flags), treatments)


def test_set_reaches_the_runtime_of_the_device() -> None:
    found = settings("--set", "onnxruntime_cpu.spinning=no", "--set", "onnxruntime_cpu.optimization=basic")
    assert found.options == {"spinning": False, "optimization": "basic"}
    found = settings("--device", "cuda:0", "--set", "onnxruntime_cuda.memory_limit_mb=512")
    assert found.options == {"memory_limit_mb": 512}
    assert settings().options == {}


def test_custom_operators_are_an_option_of_the_runtime_that_has_them() -> None:
    assert settings("--custom-ops", "ops.so").options == {"custom_ops": "ops.so"}
    with pytest.raises(UsageError, match="takes no custom operators"):
        settings("--device", "openvino:cpu", "--custom-ops", "ops.so")


def test_the_later_of_two_wins() -> None:
    assert settings(*["--set", "onnxruntime_cpu.spinning=no", "--set", "onnxruntime_cpu.spinning=yes"]).options == {
        "spinning": True
    }


def test_options_of_treatments_are_left_to_the_recipe() -> None:
    flags = ("--set", "int8_static.per_channel=no", "--set", "onnxruntime_cpu.spinning=no")
    assert settings(*flags, treatments=("int8_static",)).options == {"spinning": False}
    with pytest.raises(UsageError, match="nothing uses 'int8_static'"):
        settings(*flags)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("onnxruntime_cpu.spinning", "not KEY.OPTION=VALUE"),
        ("spinning=no", "not KEY.OPTION=VALUE"),
        (".spinning=no", "not KEY.OPTION=VALUE"),
        ("onnxruntime_cpu.speed=11", "no option 'speed'"),
        ("onnxruntime_cpu.spinning=maybe", "not yes or no"),
        ("onnxruntime_cuda.tf32=no", "does not run cpu"),
        ("abacus.beads=9", "nothing uses 'abacus'"),
    ],
)
def test_what_nothing_uses_is_wrong_usage(text: str, words: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(UsageError, match=words) as raised:
        settings("--set", text)
    assert raised.value.exit_status == 2
    assert main(["profile", "no_such_model.onnx", "--set", text]) == 2
    assert words in capsys.readouterr().err


def test_the_way_out_names_what_there_is() -> None:
    with pytest.raises(UsageError) as raised:
        settings("--set", "abacus.beads=9", treatments=("int8_static",))
    assert "onnxruntime_cpu.spinning" in raised.value.way_out and "int8_static" in raised.value.way_out


def test_a_device_that_does_not_exist_is_told_as_such(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["profile", "no_such_model.onnx", "--device", "abacus", "--set", "abacus.beads=9"]) == 2
    assert "no device 'abacus'" in capsys.readouterr().err


def parsed(*flags: str) -> argparse.Namespace:
    parser = argparse.ArgumentParser()
    add_run_arguments(parser)
    add_cache_argument(parser)
    return parser.parse_args(flags)


def test_options_of_the_data_are_no_options_of_the_runtime() -> None:
    args = parsed("--set", "data.mean=1,2,3", "--set", "onnxruntime_cpu.spinning=no", "--bad-samples", "refuse")
    assert data_options(args) == DataOptions(bad_samples="refuse", mean="1,2,3")
    assert [setting.option for setting in settings_of(args)] == ["spinning"]
    assert run_settings(args).options == {"spinning": False}
    assert data_options(parsed()) == DataOptions()


@pytest.mark.parametrize("text", ["data.meen=1", "data.bad_samples=keep", "data.resize_short_side=0"])
def test_an_impossible_option_of_the_data_is_wrong_usage(text: str) -> None:
    with pytest.raises(UsageError, match="--set data"):
        data_options(parsed("--set", text))


@pytest.mark.parametrize("flags", [("--set", "data.mean=1,2,3"), ("--bad-samples", "refuse")])
def test_how_data_is_read_says_nothing_without_data(flags: tuple[str, ...]) -> None:
    made = ir.from_proto(onnx.parser.parse_model("<ir_version: 8> g (float[3] x) => (float[3] y) { y = Identity(x) }"))
    args = parsed(*flags)
    with pytest.raises(UsageError, match="--data"):
        dataset_of(args, made, run_settings(args))


def test_times_need_few_samples_and_scores_all(tmp_path: Path) -> None:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[n, 3] x) => (float[n, 3] y) { y = Identity(x) }'
    made = ir.from_proto(onnx.parser.parse_model(text))
    np.savez(tmp_path / "s.npz", x=np.zeros((500, 3)))
    args = parsed("--data", str(tmp_path / "s.npz"))
    assert len(dataset_of(args, made, run_settings(args)).evaluation) == 500
    few = dataset_of(args, made, run_settings(args), timed_batch=16)
    assert 16 <= len(few.evaluation) < 500
    assert few.report is not None and few.report.parts["evaluation"].checked == len(few.evaluation)


def test_calibration_is_kept_unless_the_user_does_not_want_it() -> None:
    assert range_cache(parsed())._store is not None and range_cache(parsed("--no-cache"))._store is None
