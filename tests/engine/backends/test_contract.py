"""What every backend promises."""

from __future__ import annotations

from dataclasses import FrozenInstanceError, fields
from pathlib import Path

import numpy as np
import onnx
import onnx.parser
import pytest

from engine.backend import Backend, RunSettings, SessionRequest
from engine.backends import backend_of, backends, devices
from engine.errors import DeviceError, UsageError
from engine.options import specs, with_values

EVERY = pytest.mark.parametrize("backend", [pytest.param(b, id=key) for key, b in backends().items()])


@pytest.fixture
def model(tmp_path: Path) -> Path:
    text = '<ir_version: 8, opset_import: ["" : 17]> g (float[2,4] x) => (float[2,4] y) { y = Sin(x) }'
    onnx.save(onnx.parser.parse_model(text), tmp_path / "m.onnx")
    return tmp_path / "m.onnx"


def test_ids_are_of_one_backend_each() -> None:
    ids = [device.id for backend in backends().values() for device in backend.devices()]
    assert len(ids) == len(set(ids))
    assert {"cpu", "cuda:0", "tensorrt:0", "directml:0", "coreml", "openvino:cpu"} <= set(ids)
    assert {"torch:cpu", "torch:cuda:0"} <= set(ids)
    assert devices()[0].id == "cpu"


@EVERY
def test_a_device_is_available_or_says_what_is_missing(backend: Backend) -> None:
    found = backend.devices()
    assert found
    for device in found:
        assert device.title and device.available == (not device.reason)
        if device.available:
            assert backend_of(device.id) is backend
        else:
            with pytest.raises(DeviceError) as raised:
                backend_of(device.id)
            assert device.reason in str(raised.value)


@EVERY
def test_facts_of_each_device(backend: Backend) -> None:
    for device in backend.devices():
        facts = backend.facts(device.id)
        assert facts.device == device.id and facts.why
        assert facts.activation_dtype in (np.dtype(np.uint8), np.dtype(np.int8))
        assert facts.channel_block >= 1


@EVERY
def test_options_are_frozen_have_labels_and_come_from_text(backend: Backend) -> None:
    options = backend.options()
    found = specs(backend.options)
    assert [spec.name for spec in found] == [f.name for f in fields(backend.options)]
    for spec in found:
        assert spec.label and spec.help and not spec.help.endswith(".")
        choices = {bool: ["yes", "no"], int: ["1"], float: ["1"], str: ["x"]}
        for text in spec.choices or choices[spec.type]:
            with_values(options, {spec.name: text}, backend.key)
        with pytest.raises(FrozenInstanceError):
            setattr(options, spec.name, spec.default)
    with pytest.raises(UsageError, match="no option 'speed'"):
        with_values(options, {"speed": "11"}, backend.key)


@EVERY
def test_the_environment_is_text(backend: Backend) -> None:
    for device in backend.devices():
        said = backend.environment(device.id)
        assert said and all(isinstance(text, str) for item in said.items() for text in item)


@EVERY
def test_opening_what_is_not_available_is_the_device_s_error(backend: Backend, model: Path) -> None:
    for device in backend.devices():
        request = SessionRequest(model, RunSettings(device=device.id, threads=1))
        if device.available and backend.programs:
            with pytest.raises(DeviceError, match="runs PyTorch programs"):
                backend.open(request)
        elif device.available:
            assert len(backend.open(request).run({"x": np.ones((2, 4), np.float32)})) == 1
        else:
            with pytest.raises(DeviceError) as raised:
                backend.open(request)
            assert raised.value.where == device.id and raised.value.exit_status == 4


@EVERY
def test_a_wrong_option_is_wrong_usage(backend: Backend, model: Path) -> None:
    settings = RunSettings(device=backend.devices()[0].id, options={"speed": 11})
    with pytest.raises(UsageError, match=backend.key):
        backend.open(SessionRequest(model, settings))
