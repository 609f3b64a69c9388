"""The options of the GPU backends as ONNX Runtime takes them, and where TensorRT's engines go."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import pytest

from engine.backend import RunSettings, SessionRequest
from engine.backends import onnxruntime_cuda
from engine.backends.onnxruntime_tensorrt import ENGINES_KEPT, Options, engine_folder, provider_options


def test_cuda_s_options() -> None:
    chosen = onnxruntime_cuda.Options(conv_search="heuristic", tf32=False, memory_limit_mb=2)
    assert onnxruntime_cuda.provider_options(chosen, "cuda:3") == {
        "device_id": "3",
        "cudnn_conv_algo_search": "HEURISTIC",
        "use_tf32": "0",
        "prefer_nhwc": "0",
        "gpu_mem_limit": str(2 * 1024 * 1024),
    }


@pytest.mark.parametrize(
    ("precision", "quantized", "half", "integer", "brain"),
    [
        ("fp32", False, "0", "0", None),
        ("fp32", True, "0", "1", None),
        ("fp16", False, "1", "0", None),
        ("bf16", False, "0", "0", "1"),
        ("int8", False, "0", "1", None),
        ("int8_fp16", False, "1", "1", None),
    ],
)
def test_tensorrt_s_precision(precision: str, quantized: bool, half: str, integer: str, brain: str | None) -> None:
    chosen = replace(Options(), precision=precision)
    found = provider_options(chosen, "tensorrt:1", None, quantized=quantized)
    assert (found["trt_fp16_enable"], found["trt_int8_enable"], found.get("trt_bf16_enable")) == (half, integer, brain)
    assert found["device_id"] == "1" and found["trt_engine_cache_enable"] == "0"


@pytest.fixture
def request_of(tmp_path: Path) -> SessionRequest:
    (tmp_path / "m.onnx").write_bytes(b"a model")
    return SessionRequest(tmp_path / "m.onnx", RunSettings(device="tensorrt:0"))


def test_engines_of_other_weights_or_options_are_apart(request_of: SessionRequest, tmp_path: Path) -> None:
    root = tmp_path / "cache"
    first = engine_folder(request_of, Options(), root)
    assert engine_folder(request_of, Options(), root) == first
    assert first.parent == root and first.is_dir()
    found = provider_options(Options(), "tensorrt:0", first, quantized=False)
    assert (found["trt_engine_cache_enable"], found["trt_engine_cache_path"]) == ("1", str(first))
    other_options = engine_folder(request_of, Options(builder_level=5), root)
    request_of.model.write_bytes(b"a Model")  # as long, other weights
    assert len({first, other_options, engine_folder(request_of, Options(), root)}) == 3
    weights = tmp_path / "weights"
    weights.mkdir()
    (weights / "w.data").write_bytes(b"1")
    outside = replace(request_of, weights=weights)
    before = engine_folder(outside, Options(), root)
    (weights / "w.data").write_bytes(b"22")
    assert engine_folder(outside, Options(), root) != before


def test_the_oldest_engines_go(request_of: SessionRequest, tmp_path: Path) -> None:
    root = tmp_path / "cache"
    folders = []
    for number in range(ENGINES_KEPT + 2):
        request_of.model.write_bytes(b"%d" % number)
        folders.append(engine_folder(request_of, Options(), root))
        os.utime(folders[-1], (number, number))
    request_of.model.write_bytes(b"last")
    newest = engine_folder(request_of, Options(), root)
    left = set(root.iterdir())
    assert len(left) == ENGINES_KEPT and newest in left
    assert folders[0] not in left and folders[-1] in left
