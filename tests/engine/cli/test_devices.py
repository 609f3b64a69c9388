from __future__ import annotations

import json

import pytest

from engine.cli.main import main


def test_devices_as_json(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices", "--json"]) == 0
    result = json.loads(capsys.readouterr().out)
    devices = result["devices"]
    assert all(set(device) == {"id", "title", "available", "reason"} for device in devices)
    assert devices[0]["id"] == "cpu" and devices[0]["available"]
    assert all(device["reason"] for device in devices if not device["available"])
    cpu = next(backend for backend in result["backends"] if backend["key"] == "onnxruntime_cpu")
    assert cpu["devices"] == ["cpu"]
    assert {"name": "spinning", "type": "bool", "default": True}.items() <= cpu["options"][1].items()


def test_devices_for_people(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert main(["devices"]) == 0
    out = capsys.readouterr().out
    assert "pip install" in out
    assert max(map(len, out.splitlines())) <= 100


def test_the_options_of_usable_runtimes_are_listed(capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["devices"]) == 0
    out = capsys.readouterr().out
    assert "--set onnxruntime_cpu.OPTION=VALUE on cpu" in out
    assert "optimization=all|extended|basic|disabled" in out and "spinning=yes|no" in out
