# ruff: noqa: N802 (the names of NVML)
from __future__ import annotations

import ctypes
import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import onnx.parser
import pytest

from engine.backend import RunSettings, SessionRequest
from engine.profiling.onnxruntime import nvidia, packages
from engine.profiling.onnxruntime.apart import SessionApart
from engine.profiling.onnxruntime.packages import Package
from engine.profiling.onnxruntime.session import OrtSession, Setup

GPUS = (("NVIDIA A", "GPU-aa11"), ("NVIDIA B", "GPU-bb22"), ("NVIDIA C", "GPU-cc33"))
Driver = Callable[..., None]


class Nvml:
    """NVIDIA's management library as ``ctypes`` shows it."""

    def __init__(self, gpus: tuple[tuple[str, str], ...], init: int) -> None:
        self.gpus, self.init = gpus, init
        self.nvmlErrorString: Any = lambda status: b"Driver Not Loaded"

    def nvmlInit_v2(self) -> int:
        return self.init

    def nvmlShutdown(self) -> int:
        return 0

    def nvmlSystemGetDriverVersion(self, text: Any, size: int) -> int:
        text.value = b"580.65.06"
        return 0

    def nvmlSystemGetCudaDriverVersion_v2(self, number: Any) -> int:
        number._obj.value = 13000
        return 0

    def nvmlDeviceGetCount_v2(self, count: Any) -> int:
        count._obj.value = len(self.gpus)
        return 0

    def nvmlDeviceGetHandleByIndex_v2(self, index: int, handle: Any) -> int:
        handle._obj.value = index + 1
        return 0

    def nvmlDeviceGetName(self, handle: Any, text: Any, size: int) -> int:
        text.value = self.gpus[handle.value - 1][0].encode()
        return 0

    def nvmlDeviceGetUUID(self, handle: Any, text: Any, size: int) -> int:
        text.value = self.gpus[handle.value - 1][1].encode()
        return 0


@pytest.fixture(autouse=True)
def fresh(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.delenv("CUDA_VISIBLE_DEVICES", raising=False)
    nvidia._nvml.cache_clear()
    yield
    nvidia._nvml.cache_clear()


@pytest.fixture
def driver(monkeypatch: pytest.MonkeyPatch) -> Driver:
    def make(gpus: tuple[tuple[str, str], ...] = GPUS, init: int = 0) -> None:
        monkeypatch.setattr(ctypes, "CDLL", lambda name: Nvml(gpus, init))

    return make


@pytest.fixture
def gpu_package(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Package:
    for provider in ("cuda", "tensorrt"):
        (tmp_path / packages.library_name(f"onnxruntime_providers_{provider}")).write_bytes(b"")
    found = Package("onnxruntime-gpu", "1.30.0", "13.0", tmp_path)
    monkeypatch.setattr(packages, "installed", lambda: found)
    return found


def listed() -> list[tuple[str, bool]]:
    return [(d.id, d.available) for d in nvidia.devices("cuda", "CUDA", ("cuda",), "pip install it")]


def test_every_gpu_is_a_device(driver: Driver, gpu_package: Package) -> None:
    driver()
    assert listed() == [("cuda:0", True), ("cuda:1", True), ("cuda:2", True)]
    titles = [device.title for device in nvidia.devices("cuda", "CUDA", ("cuda",), "")]
    assert titles[1] == "NVIDIA B · ONNX Runtime 1.30.0 with CUDA"
    said = nvidia.environment("cuda:2")
    assert (said["gpu"], said["driver"], said["driver_cuda"]) == ("NVIDIA C", "580.65.06", "13.0")
    assert said["onnxruntime_package"] == "onnxruntime-gpu"


@pytest.mark.parametrize(
    ("visible", "names"),
    [
        ("2,0", ["NVIDIA C", "NVIDIA A"]),
        ("GPU-bb", ["NVIDIA B"]),
        ("1,7,0", ["NVIDIA B"]),
        ("MIG-1234", ["NVIDIA A (MIG)"]),
        ("", []),
        ("-1", []),
    ],
)
def test_hidden_gpus_are_not_listed(
    driver: Driver, monkeypatch: pytest.MonkeyPatch, visible: str, names: list[str]
) -> None:
    driver()
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", visible)
    found = nvidia.driver()
    assert list(found.gpus) == names
    assert bool(found.fault) == (not names)


def test_without_a_driver_the_reason_says_where_to_get_one(
    monkeypatch: pytest.MonkeyPatch, gpu_package: Package
) -> None:
    def none(name: str) -> None:
        raise OSError(name)

    monkeypatch.setattr(ctypes, "CDLL", none)
    (device,) = nvidia.devices("cuda", "CUDA", ("cuda",), "")
    assert not device.available
    assert "no NVIDIA driver" in device.reason and "nvidia.com/drivers" in device.reason


def test_a_driver_without_gpus_or_that_does_not_start_says_so(driver: Driver, gpu_package: Package) -> None:
    driver(gpus=())
    assert "sees no GPU" in nvidia.driver().fault
    nvidia._nvml.cache_clear()
    driver(init=9)
    assert "Driver Not Loaded" in nvidia.driver().fault


def test_the_reason_names_what_is_missing_and_what_to_install(
    driver: Driver, gpu_package: Package, monkeypatch: pytest.MonkeyPatch
) -> None:
    driver()
    (gpu_package.library("tensorrt")).unlink()
    device = nvidia.devices("tensorrt", "TensorRT", ("cuda", "tensorrt"), "pip install it")[0]
    assert "onnxruntime-gpu 1.30.0 has no TensorRT provider" in device.reason and "pip install it" in device.reason
    monkeypatch.setattr(nvidia.libraries, "missing", lambda library: ("libcudnn.so.9",))
    device = nvidia.devices("cuda", "CUDA", ("cuda",), "pip install it")[0]
    assert "libcudnn.so.9" in device.reason and "pip install it" in device.reason
    monkeypatch.setattr(packages, "installed", lambda: None)
    assert "ONNX Runtime is missing" in nvidia.devices("cuda", "CUDA", ("cuda",), "")[0].reason


def test_what_to_install_fits_the_cuda_of_the_package(gpu_package: Package) -> None:
    assert nvidia.install("tensorrt").endswith("tensorrt-cu13")
    assert "cudnn" in nvidia.install("cuda")


def profiled(folder: Path) -> SessionRequest:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[1] x) => (float[1] y) { y = Sin(x) }'
    onnx.save(onnx.parser.parse_model(text), folder / "m.onnx")
    (folder / "scratch").mkdir()
    return SessionRequest(folder / "m.onnx", RunSettings(threads=1), profile=True, scratch=folder / "scratch")


@pytest.mark.parametrize("wait", ["auto", "yes", "no"])
def test_the_profiled_session_waits_for_kernels_in_a_process_of_its_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, wait: str
) -> None:
    """On the processor's provider, where waiting changes nothing."""
    monkeypatch.delenv("CUDA_LAUNCH_BLOCKING", raising=False)
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    setup = Setup(notes={"host": ("launches",), "waited": ("one kernel",)})
    session = nvidia.open_session(profiled(tmp_path), setup, wait)
    assert isinstance(session, OrtSession if wait == "no" else SessionApart)
    session.run({"x": np.ones(1, np.float32)})
    trace = session.finish_trace()
    assert [event.op for event in trace.runs[0]] == ["Sin"]
    assert trace.notes[0] == ("launches" if wait == "no" else "one kernel")
    assert any("waited for each kernel" in note for note in trace.notes) == (wait != "no")
    assert "CUDA_LAUNCH_BLOCKING" not in os.environ


def test_an_unprofiled_session_never_waits(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CUDA_DEVICE_ORDER", "PCI_BUS_ID")
    plain = replace(profiled(tmp_path), profile=False)
    assert isinstance(nvidia.open_session(plain, Setup(), "yes"), OrtSession)


@pytest.mark.parametrize(
    ("needs", "records"), [(("libcupti.so.12", "libcudart.so.12"), True), (("libcudart.so.12",), False)]
)
def test_a_build_with_cupti_records_device_events(
    gpu_package: Package, monkeypatch: pytest.MonkeyPatch, needs: tuple[str, ...], records: bool
) -> None:
    monkeypatch.setattr(nvidia.libraries, "needed", lambda library: needs)
    assert nvidia.records_device_events() is records
